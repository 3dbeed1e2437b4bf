"""One group before and after a start: its change, which is not an effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Moments
from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.assignment import numbered
from evaluate.inference.clustered import ClusterStdError, cluster_spread
from evaluate.inference.linear import Float, GroupMoments, Spread, fit

PAIRED = "mean change of the same units, no comparison"
CROSSED = "difference of means after and before, no comparison"


@dataclass(frozen=True, slots=True)
class BeforeAfterColumns:
    """Which columns make the group and its two times.

    Attributes
    ----------
    treated, post : str
        1 for the programme's group; 1 from its start.
    unit, cluster, time : str or None
        What is seen before and after, what it belongs to, and the period.
    """

    treated: str
    post: str
    unit: str | None = None
    cluster: str | None = None
    time: str | None = None

    @property
    def by(self) -> tuple[str, ...]:
        """Return what rows are summed by."""
        names = (self.treated, self.unit, self.cluster, self.post)
        return tuple(dict.fromkeys(name for name in names if name))


@dataclass(frozen=True, slots=True)
class Units:
    """Units of the programme's group, each shape (u,).

    Attributes
    ----------
    before, after : ndarray
        Mean outcome of each, less ``centre``; undefined where it is not seen then.
    cluster : ndarray of int
        What it belongs to; the unit itself where nothing is named.
    centre : float
        Taken off, so that no sum cancels.
    n_obs, n_after : int
        Rows of units that are seen both times, and those after the start.
    """

    before: Float
    after: Float
    cluster: NDArray[np.int64]
    centre: float
    n_obs: int
    n_after: int

    @property
    def both(self) -> NDArray[np.bool_]:
        """Return which units are seen before and after."""
        found: NDArray[np.bool_] = np.isfinite(self.before) & np.isfinite(self.after)
        return found


@dataclass(frozen=True, slots=True)
class Changed:
    """A change from before to after.

    Attributes
    ----------
    value : float
        In the outcome's unit.
    spread : Spread
        Its uncertainty.
    n_obs, n_after : int
        Rows used, and those after the start.
    n_clusters : int or None
        What uncertainty is over; ``None`` where rows are.
    """

    value: float
    spread: Spread
    n_obs: int
    n_after: int
    n_clusters: int | None


def require_two_times(sample: Sample, columns: BeforeAfterColumns) -> None:
    """Refuse a group that is not seen before and after.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    columns : BeforeAfterColumns
        Where the group and its times are.

    Raises
    ------
    Refused
        ``treatment_not_binary``, ``post_not_binary``, ``no_treated``, ``no_before``,
        ``no_after``.
    """
    cells = sample.count((columns.treated, columns.post))
    treated = _binary(cells.labels[columns.treated], "treatment")
    post = _binary(cells.labels[columns.post], "post")[treated == 1]
    if not len(post):
        raise Refused(
            "no_treated",
            "no row with an outcome is of the programme's group",
            "make treated 1 for the programme's group, before and after the start",
        )
    for value, code, side in ((0.0, "no_before", "before"), (1.0, "no_after", "after")):
        if not (post == value).any():
            raise Refused(
                code,
                f"the programme's group has no row with an outcome {side} the start",
                "treated is 1 also before the start, and post from the start: correct the"
                " column that is not so",
            )


def _binary(labels: NDArray[Any], name: str) -> Float:
    if labels.dtype.kind in "OUS" or not set(labels.tolist()) <= {0.0, 1.0}:
        what = "treated" if name == "treatment" else "post"
        raise Refused(
            f"{name}_not_binary",
            f"the column named under {what} holds other values than 0 and 1",
            "derive a column that is 1 for yes and 0 for no",
        )
    return labels.astype(np.float64)


def read_units(sample: Sample, columns: BeforeAfterColumns) -> Units:
    """Return the units of the programme's group with their means before and after.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    columns : BeforeAfterColumns
        ``unit`` is named.

    Raises
    ------
    Refused
        ``unit_not_nested`` when a unit lies in several clusters; ``no_unit_before_and_after``.
    """
    cells = treated_only(sample.moments((sample.outcome,), columns.by), columns.treated)
    unit = numbered(cells.labels[columns.unit or ""])
    post = cells.labels[columns.post].astype(np.int64)
    size = int(unit.max()) + 1
    means, rows = np.full((2, size), np.nan), np.zeros((2, size), np.int64)
    if len(np.unique(unit * 2 + post)) < len(unit):
        raise Refused(
            "unit_not_nested",
            "a unit lies in several clusters",
            "give units codes that are unique, or name as cluster what a unit stays in",
        )
    means[post, unit] = cells.cross[:, 0, 1] / cells.cross[:, 0, 0]
    rows[post, unit] = cells.n
    cluster = np.arange(size)
    if columns.cluster:
        codes = numbered(cells.labels[columns.cluster])
        cluster[unit] = codes
        if (cluster[unit] != codes).any():
            raise Refused(
                "unit_not_nested",
                "a unit lies in several clusters",
                "give units codes that are unique, or name as cluster what a unit stays in",
            )
    both = np.isfinite(means).all(axis=0)
    if not both.any():
        raise Refused(
            "no_unit_before_and_after",
            "no unit has an outcome both before and after the start",
            "leave unit out: rows are then other people each time, and the page says so",
        )
    centre = float(cells.centre[-1])
    return Units(
        means[0], means[1], cluster, centre, int(rows[:, both].sum()), int(rows[1, both].sum())
    )


def treated_only(cells: Moments, treated: str) -> Moments:
    """Return the moments of the programme's group.

    Parameters
    ----------
    cells : Moments
        By group among others.
    treated : str
        Column of the group.
    """
    kept = cells.labels[treated].astype(np.float64) == 1
    labels = {name: values[kept] for name, values in cells.labels.items()}
    return Moments(cells.columns, cells.centre, labels, cells.n[kept], cells.cross[kept])


def paired(units: Units, std_error: str) -> Changed:
    """Return the mean change of units that are seen both times; each counts once.

    Parameters
    ----------
    units : Units
        Their means.
    std_error : str
        A cluster's estimator; a unit without a cluster is its own.

    Raises
    ------
    Refused
        With the codes of ``cluster_spread``; ``too_few_rows`` with a single unit.

    References
    ----------
    Without clusters R ``t.test(after, before, paired = TRUE)``; with them
    ``clubSandwich::coef_test(lm(after - before ~ 1), "CR2", cluster)``.
    """
    kept = units.both
    change, cluster = (units.after - units.before)[kept], numbered(units.cluster[kept])
    value = float(change.mean())
    moments = by_cluster(np.ones((len(change), 1)), change - value, cluster)
    found = cluster_spread(moments, fit(moments), np.ones(1), cast(ClusterStdError, std_error))
    return Changed(value, found, units.n_obs, units.n_after, len(moments.n))


def by_cluster(x: Float, y: Float, cluster: NDArray[np.int64]) -> GroupMoments:
    """Return the moments of a regression by cluster, in an order that names do not decide.

    Parameters
    ----------
    x : ndarray, shape (n, k)
        Columns.
    y : ndarray, shape (n,)
        Outcome.
    cluster : ndarray, shape (n,)
        Numbers 0, 1, ….
    """
    size = int(cluster.max()) + 1
    xx, xy = np.zeros((size, x.shape[1], x.shape[1])), np.zeros((size, x.shape[1]))
    np.add.at(xx, cluster, x[:, :, None] * x[:, None, :])
    np.add.at(xy, cluster, x * y[:, None])
    yy = np.bincount(cluster, y**2, minlength=size).astype(np.float64)
    order = np.lexsort((yy, xy[:, 0], np.bincount(cluster, minlength=size)))
    n = np.bincount(cluster, minlength=size)
    return GroupMoments(n[order], xx[order], xy[order], yy[order])
