"""How alike two groups are in each covariate, before and after a comparison was built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np

from evaluate.data.levels import Indicator
from evaluate.data.names import shown
from evaluate.inference.comparison import Bools, Groups, Ints
from evaluate.inference.linear import Float

# Of a range: a spread below it is rounding.
_NOTHING = 1e-12
_ROUNDING = 1e-13  # of a sum of squares
# From mean and spread a covariate of so few values gives the people with each of them.
_FEW_VALUES = 3
_FIRST_ROWS = 1000
_MOST_BINS = 65536
_SIDES = 2
_AT: tuple[Literal["left", "right"], ...] = ("left", "right")


@dataclass(frozen=True, slots=True)
class Weighting:
    """Two groups under one set of weights.

    Attributes
    ----------
    mean_treated, mean_comparison : float
        In the covariate's unit.
    difference : float or None
        Standardised; ``None`` where the unadjusted sample has no spread to measure it by.
    variance_ratio : float or None
        Variance of the treated over that of the comparison; ``None`` where either is 0.
    distance : float
        Kolmogorov-Smirnov distance of the two weighted distributions, 0 to 1.
    """

    mean_treated: float
    mean_comparison: float
    difference: float | None
    variance_ratio: float | None
    distance: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """One covariate of two groups.

    Attributes
    ----------
    covariate : str
        Its name; of text, one level's.
    column : str
        The column that it comes from.
    binary : bool
        Whether it is 0 or 1.
    std_dev : float or None
        What differences are divided by, from the unadjusted sample; ``None`` where it is 0.
    before, after : Weighting
        Under sampling weights, and under those of the comparison.
    n_least : int
        Fewest people that one of the numbers tells of: of a side, of who was kept and who was
        left out, and of a covariate with at most three values also of each value among them.
    """

    covariate: str
    column: str
    binary: bool
    std_dev: float | None
    before: Weighting
    after: Weighting
    n_least: int


def likeness(
    groups: Groups, weights: Float, *, pooled: bool, first: Mapping[str, str] | None = None
) -> tuple[Likeness, ...]:
    """Return how alike the groups are in each covariate, every level of text among them.

    Parameters
    ----------
    groups : Groups
        All units.
    weights : ndarray, shape (n,)
        Of the comparison; 0 for who was left out.
    pooled : bool
        Whether differences are in standard deviations of both groups, the root of the mean of
        their variances, as for an effect on all; else in those of the treated.
    first : mapping of str to str, or None
        For each text column the level that has no indicator.

    Returns
    -------
    tuple of Likeness
        In the order of the covariates.

    Notes
    -----
    The standard deviation stays that of the unadjusted sample, so that a difference does not
    shrink because a spread grew; of a 0/1 covariate it is the root of p (1 - p). Variances are
    unbiased under reliability weights: sum of w (x - m)^2 over W - sum of w^2 / W.

    References
    ----------
    Stuart (2010), Statistical Science 25(1), section 3.4; Austin (2009), Statistics in Medicine
    28(25). R: ``MatchIt::summary(m)``, ``cobalt::bal.tab(m, stats = c("m", "v", "ks"))``.
    """
    start = np.ones(len(groups.y)) if groups.weights is None else groups.weights
    sides = _Groups(groups.treated, (start, weights))
    return tuple(
        _likeness(sides, name, column, x, pooled=pooled)
        for name, column, x in covariates(groups, first or {})
    )


def covariates(groups: Groups, first: Mapping[str, str]) -> Iterator[tuple[str, str, Float]]:
    """Yield each covariate's name, column and values, omitted levels before their others.

    Parameters
    ----------
    groups : Groups
        Its names are `Indicator` where they stand for a level.
    first : mapping of str to str
        For each text column the level that has no indicator.
    """
    done: set[str] = set()
    for at, name in enumerate(groups.names):
        column = name.column if isinstance(name, Indicator) else name
        if isinstance(name, Indicator) and column in first and column not in done:
            done.add(column)
            inside = [isinstance(one, Indicator) and one.column == column for one in groups.names]
            left = 1 - groups.x[:, inside].sum(axis=1)
            if name.level != first[column]:
                yield _level(column, first[column], groups.names), column, left
        yield name, column, np.ascontiguousarray(groups.x[:, at])


def _level(column: str, level: str, taken: tuple[str, ...]) -> str:
    name = shown(f"{column}={level}")
    while name in taken:
        name += "'"
    return name


class _Groups:
    """Weights before and after of the comparison and the treated, summed once."""

    def __init__(self, treated: Bools, weights: tuple[Float, Float]) -> None:
        self.places: tuple[Ints, Ints] = (np.flatnonzero(~treated), np.flatnonzero(treated))
        # Each side's before and after as two rows.
        self.weights = tuple(np.stack([w[place] for w in weights]) for place in self.places)
        self.kept: tuple[Bools, ...] = tuple(w[1] != 0 for w in self.weights)
        totals = [w.sum(axis=1) for w in self.weights]
        signed = [
            np.where(treated, w / totals[1][i], -w / totals[0][i]) for i, w in enumerate(weights)
        ]
        self.signed = signed[:1] if np.array_equal(*signed) else signed


def _likeness(sides: _Groups, name: str, column: str, x: Float, *, pooled: bool) -> Likeness:
    comparison, treated = (x[place] for place in sides.places)
    binary = bool(((x == 0) | (x == 1)).all())
    # From one point of both, so that far from zero no digits of their difference are lost.
    centre = 0.0 if binary else float(x.mean())
    found = [
        _moments(v - centre, w) for v, w in zip((comparison, treated), sides.weights, strict=True)
    ]
    before, after = zip(*found, strict=True)
    size = float(np.abs(x).max(initial=0.0))
    std_dev = _standard(before, binary=binary, pooled=pooled, size=size)
    distances = _distances(x, sides.signed, binary=binary)
    both = [
        _weighting(pair, centre, (std_dev, size), distance)
        for pair, distance in zip((before, after), (distances[0], distances[-1]), strict=True)
    ]
    least = _n_least(sides, comparison, treated, binary=binary)
    return Likeness(str(name), str(column), binary, std_dev, both[0], both[1], least)


def _moments(apart: Float, weights: Float) -> list[tuple[float, float]]:
    """Return mean and variance of one side under each of its weights."""
    firsts, squares = weights @ apart, weights @ apart**2
    found = []
    for w, first, square in zip(weights, firsts, squares, strict=True):
        total = float(w.sum())
        left = total - float(w @ w) / total
        shift = float(first) / total
        within = float(square) - total * shift**2
        # What is left of squares after their mean is taken off is rounding below this.
        certain = within > _ROUNDING * float(square) and left > _ROUNDING * total
        found.append((shift, within / left if certain else 0.0))
    return found


def _standard(
    before: tuple[tuple[float, float], ...], *, binary: bool, pooled: bool, size: float
) -> float | None:
    variances = [m * (1 - m) if binary else v for m, v in before]
    both = sqrt(max(sum(variances) / 2, 0.0))
    own = both if pooled else sqrt(max(variances[1], 0.0))
    # Treated who are all alike give no measure: that of both groups is taken instead.
    found = own if own > _NOTHING * size else both
    return found if found > _NOTHING * size else None


def _weighting(
    pair: tuple[tuple[float, float], ...],
    centre: float,
    measure: tuple[float | None, float],
    distance: float,
) -> Weighting:
    (mean0, var0), (mean1, var1) = pair
    std_dev, size = measure
    gap, least = mean1 - mean0, (_NOTHING * size) ** 2
    if std_dev is not None:
        difference: float | None = gap / std_dev
    else:
        difference = 0.0 if abs(gap) <= _NOTHING * size else None
    ratio = var1 / var0 if min(var0, var1) > least else None
    return Weighting(centre + mean1, centre + mean0, difference, ratio, distance)


def _distances(x: Float, signed: list[Float], *, binary: bool) -> list[float]:
    """Return the largest gap of the two distributions under each of the weights, in one sort."""
    if binary:
        return [abs(float(w @ x)) for w in signed]
    low, high = float(x.min()), float(x.max())
    if high - low < _MOST_BINS and bool((x == np.floor(x)).all()):
        place = (x - low).astype(np.int64)
        return [float(np.abs(np.cumsum(np.bincount(place, w))).max()) for w in signed]
    return [_distance(x, w) for w in signed]


def _distance(x: Float, signed: Float) -> float:
    there = np.flatnonzero(signed)
    x, signed = x[there], signed[there]
    programme = signed > 0
    if len(np.unique(signed[:_FIRST_ROWS])) <= _SIDES and _alike(signed, programme):
        return _distance_alike(x[programme], x[~programme])
    order = np.argsort(x)
    ordered = x[order]
    last = np.append(ordered[1:] != ordered[:-1], True)
    return float(np.abs(np.cumsum(signed[order])[last]).max())


def _alike(signed: Float, programme: Bools) -> bool:
    """Return whether the units of each side weigh the same."""
    sides = (signed[programme], signed[~programme])
    return all(bool((one == one[0]).all()) for one in sides)


def _distance_alike(one: Float, other: Float) -> float:
    """Return the distance of two samples, widest at a value of the smaller or just before it."""
    few, many = (np.sort(x) for x in ((one, other) if len(one) < len(other) else (other, one)))
    gaps = (
        np.searchsorted(few, few, where) / len(few) - np.searchsorted(many, few, where) / len(many)
        for where in _AT
    )
    return max(float(np.abs(gap).max()) for gap in gaps)


def _n_least(sides: _Groups, comparison: Float, treated: Float, *, binary: bool) -> int:
    both = (comparison, treated)
    values = np.array([0.0, 1.0]) if binary else few_values(np.concatenate(both))
    if binary and len({float(end) for x in both for end in (x.min(), x.max())}) == 1:
        values = np.array([])  # all have the same
    found: list[int] = []
    for x, kept in zip(both, sides.kept, strict=True):
        whole = bool(kept.all())
        for inside in (kept,) if whole else (None, kept, ~kept):
            there = x if inside is None or whole else x[inside]
            if len(there):
                found += [len(there), *(int((there == one).sum()) for one in values)]
    return min(found)


def few_values(x: Float) -> Float:
    """Return the distinct values of a covariate that has at most three, else nothing.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Values.
    """
    if len(np.unique(x[:_FIRST_ROWS])) > _FEW_VALUES:
        return np.array([])
    values = np.unique(x)
    return values if 1 < len(values) <= _FEW_VALUES else np.array([])
