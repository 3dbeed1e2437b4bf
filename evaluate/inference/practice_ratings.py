"""How far raters agree on whether a label applies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused


@dataclass(frozen=True, slots=True)
class Ratings:
    """Who says of which item that a label applies.

    Attributes
    ----------
    items, raters, labels : tuple of str
        In the order of the alphabet.
    said : ndarray, shape (items, raters, labels)
        1 applies, 0 does not, NaN was not rated.
    """

    items: tuple[str, ...]
    raters: tuple[str, ...]
    labels: tuple[str, ...]
    said: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Agreed:
    """Agreement on one label.

    Attributes
    ----------
    raters, items : int
        Raters, and items that two or more of them rated.
    agreement : float or None
        Share of pairs of raters, on the same item, who say the same.
    alpha : float or None
        Krippendorff's alpha, nominal; ``None`` with the reason in ``state``.
    state : str or None
        Why there is no alpha.
    """

    raters: int
    items: int
    agreement: float | None
    alpha: float | None
    state: str | None


def ratings_of(
    item: NDArray[Any], rater: NDArray[Any], label: NDArray[Any], applies: NDArray[np.float64]
) -> Ratings:
    """Return ratings from rows, one for each item, rater and label.

    Parameters
    ----------
    item, rater, label : ndarray of str, shape (n,)
        What was rated, by whom, for what.
    applies : ndarray, shape (n,)
        1 or 0.

    Raises
    ------
    Refused
        If there is no row, or a rater rated a label of an item twice.
    """
    if len(item) == 0:
        raise Refused("no_ratings", "there is no rating", "add rows, or leave the ratings out")
    pairs = [np.unique(one.astype(str), return_inverse=True) for one in (item, rater, label)]
    names, places = [one for one, _ in pairs], tuple(one for _, one in pairs)
    shape = tuple(map(len, names))
    flat = np.ravel_multi_index(places, shape)
    if len(np.unique(flat)) < len(flat):
        raise Refused(
            "rated_twice",
            "a rater rated the same label of the same item twice",
            "keep one row for each item, rater and label",
        )
    said = np.full(shape, np.nan)
    said[places] = applies
    items, raters, labels = (tuple(map(str, one)) for one in names)
    return Ratings(items, raters, labels, said)


def shares(ratings: Ratings) -> Mapping[tuple[str, str], float]:
    """Return by item and label the share of its raters who say that the label applies.

    Parameters
    ----------
    ratings : Ratings
        Who says what.
    """
    rated = ~np.isnan(ratings.said)
    counts = rated.sum(axis=1)
    yes = np.where(rated, ratings.said, 0.0).sum(axis=1)
    return {
        (item, label): float(yes[i, k] / counts[i, k])
        for i, item in enumerate(ratings.items)
        for k, label in enumerate(ratings.labels)
        if counts[i, k]
    }


def agreed(ratings: Ratings, label: str) -> Agreed:
    """Return how far raters agree on one label.

    Alpha is 1 less observed over expected disagreement; with m raters of an item, each of its
    pairs counts 1 / (m - 1).

    Parameters
    ----------
    ratings : Ratings
        Who says what.
    label : str
        Which label.

    References
    ----------
    Krippendorff (2011). Computing Krippendorff's alpha-reliability, section C. The same as
    ``irr::kripp.alpha(t(x), "nominal")`` in R.
    """
    if label not in ratings.labels:
        return Agreed(0, 0, None, None, "not_rated")
    said = ratings.said[:, :, ratings.labels.index(label)]
    number = int((~np.isnan(said)).any(axis=0).sum())
    said = said[(~np.isnan(said)).sum(axis=1) > 1]
    if not len(said):
        return Agreed(number, 0, None, None, "one_rater")
    raters = (~np.isnan(said)).sum(axis=1)
    yes = np.nansum(said, axis=1)
    split = 2 * yes * (raters - yes)  # ordered pairs of one item that differ
    agreement = 1 - float(split.sum() / (raters * (raters - 1)).sum())
    total, ones = float(raters.sum()), float(yes.sum())
    expected = 2 * ones * (total - ones) / (total - 1)
    if expected == 0:
        return Agreed(number, len(said), agreement, None, "all_equal")
    observed = float((split / (raters - 1)).sum())
    return Agreed(number, len(said), agreement, 1 - observed / expected, None)
