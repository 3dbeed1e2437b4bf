"""Bounds as in ``rosenbaum`` for matched sets of several, and for strata of a 0/1 outcome."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.comparison import Bools, Ints
from evaluate.inference.linear import Float
from evaluate.inference.rosenbaum import Bounds, require_gamma

_TIED = 1e-12


@dataclass(frozen=True, slots=True)
class Sets:
    """Matched sets, each with one treated unit or with one comparison unit.

    Attributes
    ----------
    scores : tuple of ndarray, each shape (sets, size)
        Scores of the sets of one size, the unit that is alone of its kind first. Their sum over
        the treated is large when treatment raises the outcome.
    """

    scores: tuple[Float, ...]


def huber_sets(
    y: Float,
    treated: Bools,
    member: Ints,
    *,
    trim: float = 2.5,
    inner: float = 0.0,
    quantile: float = 0.5,
) -> Sets:
    """Return Huber's scores of units in matched sets.

    A unit's score is the mean over its set of psi((its outcome - another's) / scale): psi
    rises from 0 at ``inner`` to 1 at ``trim``, and scale is a quantile of all absolute
    differences within sets.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Outcome.
    treated : ndarray of bool, shape (n,)
        Who had the programme.
    member : ndarray of int, shape (n,)
        Set of each unit; below 0 for who is in none.
    trim, inner : float
        In units of the scale; ``inf`` for ``trim`` leaves the differences as they are.
    quantile : float
        Of the absolute differences, in (0, 1).

    Raises
    ------
    Refused
        ``no_pairs``; ``several_in_set`` when a set has several of both kinds; ``no_variation``
        when so many differences are zero that there is no scale.

    References
    ----------
    Rosenbaum (2007), Biometrics 63(2), 456-464, section 4.2. R
    ``sensitivitymv::mscorev(y, inner, trim, quantile)``.
    """
    blocks = [(y[rows], sign) for rows, sign in _blocks(treated, member)]
    apart = [one[:, :, None] - one[:, None, :] for one, _ in blocks]
    if np.isfinite(trim) or inner > 0:
        sizes = [one[:, ~np.eye(one.shape[1], dtype=bool)].ravel() for one in apart]
        scale = float(np.quantile(np.abs(np.concatenate(sizes)), quantile))
        if not scale > 0:
            raise Refused(
                "no_variation",
                "most differences within matched sets are zero, so that there is no scale",
                "use a test of a 0/1 outcome, or a higher quantile",
            )
        apart = [_psi(one / scale, inner, trim) for one in apart]
    scores = (
        sign * one.sum(axis=2) / one.shape[1] for one, (_, sign) in zip(apart, blocks, strict=True)
    )
    return Sets(tuple(scores))


def _psi(x: Float, inner: float, trim: float) -> Float:
    size = np.abs(x)
    if not np.isfinite(trim):
        risen = np.maximum(0.0, size - inner)
    elif inner >= trim:
        risen = (size > inner).astype(np.float64)
    else:
        risen = np.clip((size - inner) / (trim - inner), 0.0, 1.0)
    found: Float = np.sign(x) * risen
    return found


def _blocks(treated: Bools, member: Ints) -> list[tuple[Ints, float]]:
    """Return the rows of the sets of each size, the one alone of its kind first, and its sign."""
    inside = np.flatnonzero(member >= 0)
    if not len(inside):
        raise Refused("no_pairs", "there is no matched set", "widen the caliper")
    _, code = np.unique(member[inside], return_inverse=True)
    size, on = np.bincount(code), np.bincount(code, treated[inside])
    if ((on < 1) | (on >= size)).any():
        raise Refused(
            "no_pairs",
            "a matched set lacks treated or comparison units",
            "leave out sets of one kind",
        )
    if ((on > 1) & (size - on > 1)).any():
        raise Refused(
            "several_in_set",
            "sets hold several treated and several comparison units, for which there is no"
            " bound of this outcome here",
            "match pairs, or one to several",
        )
    flipped = on > 1
    alone = np.where(flipped[code], ~treated[inside], treated[inside])
    found = []
    for many, flip in sorted({*zip(size.tolist(), flipped.tolist(), strict=True)}):
        chosen = (size[code] == many) & (flipped[code] == flip)
        order = np.lexsort((~alone[chosen], code[chosen]))
        found.append((inside[chosen][order].reshape(-1, many), -1.0 if flip else 1.0))
    return found


def set_p_values(sets: Sets, gamma: float = 1.0) -> Bounds:
    """Return bounds of the p-value that those treated have larger scores, for many sets.

    Parameters
    ----------
    sets : Sets
        Scores.
    gamma : float
        Odds between two units of a set, from 1.

    Raises
    ------
    Refused
        ``no_variation`` when scores are equal within every set; ``impossible_gamma``.

    References
    ----------
    Gastwirth, Krieger & Rosenbaum (2000), J. Royal Statistical Society B 62(3), 545-555;
    Rosenbaum (2007), section 4. R ``sensitivitymv::senmv``.
    """
    require_gamma(gamma)
    statistic = sum(float(one[:, 0].sum()) for one in sets.scores)
    mean, variance = _moments(sets, gamma)
    less, least_variance = _moments(Sets(tuple(-one for one in sets.scores)), gamma)
    return Bounds(
        _tail(statistic, -less, least_variance),
        _tail(statistic, mean, variance),
    )


def _moments(sets: Sets, gamma: float) -> tuple[float, float]:
    """Return the largest expected sum and, where several give it, the largest variance.

    In each set those with the largest scores have the hidden factor; how many is sought.
    """
    mean = variance = 0.0
    for one in sets.scores:
        falling = -np.sort(-one, axis=1)
        size = one.shape[1]
        number = np.arange(1, size)
        weight = gamma * number + size - number
        sums = [
            (gamma * part[:, :-1] + part[:, -1:] - part[:, :-1]) / weight
            for part in (np.cumsum(falling, axis=1), np.cumsum(falling**2, axis=1))
        ]
        spread = sums[1] - sums[0] ** 2
        most = sums[0].max(axis=1, keepdims=True)
        near = sums[0] >= most - _TIED * np.maximum(np.abs(most), 1.0)
        mean += float(most.sum())
        variance += float(np.where(near, spread, 0.0).max(axis=1).sum())
    return mean, variance


def _tail(statistic: float, mean: float, variance: float) -> float:
    from scipy.special import ndtr

    if not variance > 0:
        raise Refused(
            "no_variation",
            "outcomes are equal within every matched set",
            "check the outcome's column, or ask for another outcome",
        )
    return float(ndtr((mean - statistic) / sqrt(variance)))


def mantel_haenszel(y: Float, treated: Bools, member: Ints, gamma: float = 1.0) -> Bounds:
    """Return bounds of the p-value of Mantel and Haenszel's test, without correction.

    Any strata will do: pairs, sets or cells with several of both kinds.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Outcome, 0 or 1.
    treated : ndarray of bool, shape (n,)
        Who had the programme.
    member : ndarray of int, shape (n,)
        Stratum of each unit; below 0 for who is in none.
    gamma : float
        Odds between two units of a stratum, from 1.

    Raises
    ------
    Refused
        ``no_variation`` when no stratum has both outcomes and both kinds; ``impossible_gamma``.

    References
    ----------
    Rosenbaum (2002), section 4.4: the number of treated with the outcome is at most extended
    hypergeometric with odds gamma in each stratum. R ``sensitivity2x2xk::mh(correct = FALSE)``.
    """
    require_gamma(gamma)
    inside = member >= 0
    _, code = np.unique(member[inside], return_inverse=True)
    size = np.bincount(code)
    among, having = (np.bincount(code, one[inside]).astype(np.int64) for one in (treated, y))
    statistic = float(y[inside & treated].sum())
    cells, many = np.unique(np.column_stack([size, among, having]), axis=0, return_counts=True)
    tails = []
    for odds in (1 / gamma, gamma):
        rows = [_extended((n, on, events), odds) for n, on, events in cells.tolist()]
        moments = np.array(rows).reshape(-1, 2)
        mean, variance = many @ moments if len(cells) else (0.0, 0.0)
        tails.append(_tail(statistic, float(mean), float(variance)))
    return Bounds(*tails)


def _extended(cell: tuple[int, int, int], odds: float) -> tuple[float, float]:
    """Return mean and variance of the extended hypergeometric distribution."""
    from scipy.special import gammaln

    n, on, events = cell
    k = np.arange(max(0, on + events - n), min(on, events) + 1)
    chosen = gammaln(k + 1) + gammaln(events - k + 1)
    chosen += gammaln(on - k + 1) + gammaln(n - events - on + k + 1)
    size = k * np.log(odds) - chosen
    mass = np.exp(size - size.max())
    mass /= mass.sum()
    mean = float(mass @ k)
    return mean, float(mass @ (k - mean) ** 2)
