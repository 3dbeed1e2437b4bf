"""Parts of the data to fit on one and predict for another, which no order of rows decides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.comparison import Groups, Ints
from evaluate.inference.linear import Float

Keys = np.typing.NDArray[np.uint64]
_FEWEST = 2
# Odd constants of the finaliser, and the golden ratio.
_FIRST, _SECOND, _STEP = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15


def row_keys(groups: Groups) -> Keys:
    """Return a number for each unit that looks random and follows from its values alone.

    It is made of the place of each value among its column's: another unit of measurement, or
    another order of rows, gives the same.

    Parameters
    ----------
    groups : Groups
        Units; equal ones have the same number.
    """
    columns = [groups.y, groups.treated, *groups.x.T]
    columns += [one for one in (groups.weights, groups.exact) if one is not None]
    keys = np.zeros(len(groups.y), np.uint64)
    for values in columns:
        place = np.unique(values, return_inverse=True)[1].astype(np.uint64)
        keys = _mixed(keys * np.uint64(_STEP) + place)
    return keys


def folds(groups: Groups, keys: Keys, number: int, seed: Sequence[int]) -> Ints:
    """Return the fold of each unit, from 0; clusters are not divided.

    Each fold has about the same share of the treated, or of the clusters with many of them.

    Parameters
    ----------
    groups : Groups
        Units.
    keys : ndarray of uint64, shape (n,)
        Their keys.
    number : int
        Folds.
    seed : sequence of int
        Which of several splits.

    Raises
    ------
    Refused
        ``too_few_units`` when without some fold a group would be empty.

    References
    ----------
    Chernozhukov et al. (2018), The Econometrics Journal 21(1), definition 3.1; Steele, Lea &
    Flood (2014), OOPSLA, for the finaliser of the keys.
    """
    mixed = keys
    for one in (len(seed), *seed):
        mixed = _mixed(mixed + np.uint64((one + 1) * _STEP % 2**64))
    if groups.cluster is None:
        found = _dealt(mixed, groups.treated, number)
    else:
        code = np.unique(groups.cluster, return_inverse=True)[1]
        share = np.bincount(code, groups.treated) / np.bincount(code)
        # Sums of whole numbers: no order of rows is in them.
        sums = np.zeros(len(share), np.uint64)
        np.add.at(sums, code, mixed)
        found = _dealt(_mixed(sums), share > np.median(share), number)[code]
    for fold in range(number):
        rest = groups.treated[found != fold]
        if min(int(rest.sum()), int((~rest).sum())) < _FEWEST:
            raise Refused(
                "too_few_units",
                "without one of the folds a group has nobody left to fit a model to",
                "ask for folds: 1, fewer folds, or a method that needs none",
            )
    return found


def _dealt(keys: Keys, first: np.typing.NDArray[np.bool_], number: int) -> Ints:
    """Deal those of each side out in the order of their keys."""
    order = np.lexsort((keys, first))
    found = np.empty(len(keys), np.int64)
    found[order] = np.arange(len(keys)) % number
    return found


def _mixed(keys: Keys) -> Keys:
    """Return 64 bits each of which depends on all that were given."""
    keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(_FIRST)
    keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(_SECOND)
    found: Keys = keys ^ (keys >> np.uint64(31))
    return found


def order_of(keys: Keys, y: Float) -> Ints:
    """Return an order of rows that follows from their values.

    Parameters
    ----------
    keys : ndarray of uint64, shape (n,)
        Of ``row_keys``.
    y : ndarray, shape (n,)
        Outcome.
    """
    return np.lexsort((y, keys)).astype(np.int64)
