"""What a group did already before the start, and what that would have given without one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Moments
from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.assignment import numbered
from evaluate.inference.before_after import BeforeAfterColumns, treated_only
from evaluate.inference.clustered import cluster_spread
from evaluate.inference.linear import Float, GroupMoments, Spread, fit
from evaluate.inference.t import t_quantile, two_sided_p

FEWEST_BEFORE = 2


@dataclass(frozen=True, slots=True)
class TrendBefore:
    """The group's line before the start, drawn on.

    Attributes
    ----------
    slope, slope_low, slope_high : float
        Change per period before the start.
    p_value : float
        Of no change before the start.
    distance : float
        Periods between the middle of those before and the middle of those after.
    """

    slope: float
    slope_low: float
    slope_high: float
    p_value: float
    distance: float

    @property
    def drawn_on(self) -> tuple[float, float, float]:
        """Return the change that the line alone would have given, with its limits."""
        d = self.distance
        return self.slope * d, self.slope_low * d, self.slope_high * d


def trend_before(sample: Sample, columns: BeforeAfterColumns, conf_level: float) -> TrendBefore:
    """Return the slope of the group's outcome before the start.

    Units, or clusters, that are seen several times before have an intercept each, and the error
    is CR2 over clusters; where neither is named it is that of the regression on rows.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    columns : BeforeAfterColumns
        ``time`` is named.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``one_period_before``, ``post_within_period``, ``periods_out_of_order``, and the codes of
        ``fit`` and ``cluster_spread``.
    """
    names = (columns.treated, columns.unit, columns.cluster, columns.time, columns.post)
    by = tuple(dict.fromkeys(one for one in names if one))
    cells = treated_only(sample.moments((sample.outcome,), by), columns.treated)
    place, post = _places(cells, columns)
    before = post == 0
    n = cells.cross[:, 0, 0]
    distance = float(np.average(place[~before], weights=n[~before]))
    distance -= float(np.average(place[before], weights=n[before]))
    x, y, weight = place[before].astype(float), cells.cross[before, 0, 1], n[before]
    own = columns.unit or columns.cluster
    if own is None:
        value, spread = _of_rows(x, cells.cross[before])
    else:
        level = numbered(cells.labels[own][before])
        over = numbered(cells.labels[columns.cluster or own][before])
        x = x - _means(x, weight, level)[level]
        # Sums of the outcome, less the mean of what it belongs to.
        y = y - weight * (_sums(y, level) / _sums(weight, level))[level]
        value, spread = _of_clusters(x, y, (weight, cells.cross[before, 1, 1], over))
    half = t_quantile((1 + conf_level) / 2, spread.df) * spread.std_error
    p_value = two_sided_p(value / spread.std_error, spread.df)
    return TrendBefore(value, value - half, value + half, p_value, distance)


def _places(cells: Moments, columns: BeforeAfterColumns) -> tuple[Float, Float]:
    """Return the place of each cell's period, and whether it is after the start."""
    times = cells.labels[columns.time or ""]
    post = cells.labels[columns.post].astype(np.float64)
    known, place = np.unique(times, return_inverse=True)
    first = np.array([post[place == at].min() for at in range(len(known))])
    last = np.array([post[place == at].max() for at in range(len(known))])
    if (first != last).any():
        raise Refused(
            "post_within_period",
            "a period lies both before and after the start",
            "make post 1 for all rows of a period or for none",
        )
    if (np.diff(first) < 0).any():
        raise Refused(
            "periods_out_of_order",
            "periods after the start sort before periods that are not",
            "write periods so that they sort as they follow each other, such as 2015-Q3",
        )
    if (first == 0).sum() < FEWEST_BEFORE:
        raise Refused(
            "one_period_before",
            "there is one period before the start, which has no trend",
            "add periods before the start",
        )
    return place.astype(np.float64), post


def _sums(values: Float, level: np.ndarray) -> Float:
    found: Float = np.bincount(level, values).astype(np.float64)
    return found


def _means(values: Float, weight: Float, level: np.ndarray) -> Float:
    found: Float = _sums(values * weight, level) / _sums(weight, level)
    return found


def _of_rows(x: Float, cross: Float) -> tuple[float, Spread]:
    n, y, yy = cross[:, 0, 0], cross[:, 0, 1], cross[:, 1, 1]
    away = x - float(np.average(x, weights=n))
    square = float(away**2 @ n)
    slope = float(away @ y) / square
    total = float(yy.sum() - y.sum() ** 2 / n.sum())
    df = float(n.sum()) - 2
    residual = total - slope**2 * square
    if not (df > 0 and residual > 1e-14 * max(float(yy.sum()), 1e-300)):
        raise Refused("no_variation", "the outcome follows a line before the start", "add rows")
    return slope, Spread(float(np.sqrt(residual / df / square)), df)


def _of_clusters(
    x: Float, y: Float, parts: tuple[Float, Float, np.ndarray]
) -> tuple[float, Spread]:
    weight, squares, over = parts
    xx, xy, n, yy = (_sums(one, over) for one in (weight * x**2, x * y, weight, squares))
    kept = xx > 0
    counts = np.rint(n[kept]).astype(np.int64)
    moments = GroupMoments(counts, xx[kept, None, None], xy[kept, None], yy[kept])
    fitted = fit(moments)
    found = cluster_spread(moments, fitted, np.ones(1), "CR2")
    return float(fitted.coefficients[0]), found
