"""Moments of two groups over time by cluster, of which every model of them is a linear map.

Within a cluster a design row is [T O, S] b, with b what was measured (a constant, after the
start, periods, covariates), T whether the cluster is of the programme's group, O the columns
that this group has apart and S those that both share. So the moments of b by cluster give the
effect, effects by period, the change in one group, and all of these under other assignments.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer, Moments
from evaluate.data.within import Within
from evaluate.inference.linear import Fit, GroupMoments, fit, require_digits


@dataclass(frozen=True, slots=True)
class Base:
    """Moments of b and the outcome by group and cluster.

    Attributes
    ----------
    moments : GroupMoments
        Of b, shape (g, r, r), and the outcome; where units are followed, around each unit's
        mean.
    treated : ndarray, shape (g,)
        1.0 for the programme's group.
    cluster : ndarray, shape (g,)
        Number of the cluster, 0, 1, ...; a cluster may lie in both groups.
    constant : bool
        Whether b's first column is 1.
    post : int
        Column that is 1 from the start.
    covariates : tuple of int
        Columns of covariates.
    periods : ndarray, shape (r, T), or None
        Combinations of columns that make the indicator of each period; where they are not
        connected, means only that all but the first are held constant.
    connected : bool
        Whether units that are seen again lead from every period to every other.
    """

    moments: GroupMoments
    treated: Float
    cluster: Integer
    constant: bool
    post: int
    covariates: tuple[int, ...]
    periods: Float | None
    connected: bool = True

    @property
    def mixed(self) -> int:
        """Return the number of clusters that lie in both groups."""
        return len(self.cluster) - len(np.unique(self.cluster))

    def only(self, *columns: int) -> Float:
        """Return the combinations that are single columns, shape (r, m)."""
        picked: Float = np.eye(self.moments.xx.shape[1])[:, list(columns)]
        return picked

    def shared(self, *, covariates: bool = True) -> Float:
        """Return what both groups share: time, covariates and, without units, the constant."""
        first = (0,) if self.constant else ()
        kept = self.covariates if covariates else ()
        time = self.only(self.post) if self.periods is None else self.periods[:, 1:]
        return np.hstack([self.only(*first), time, self.only(*kept)])

    def own(self, effects: Float) -> Float:
        """Return what the programme's group has apart: effects and, without units, a level."""
        return np.hstack([effects, self.only(0)]) if self.constant else effects


def base_of_cells(
    cells: Moments, post: Float, period: Integer | None, treated: Float, cluster: Integer
) -> Base:
    """Return the moments of repeated cross-sections.

    Parameters
    ----------
    cells : Moments
        Of covariates and, last, the outcome, by cell.
    post : ndarray, shape (cells,)
        1.0 from the start.
    period : ndarray, shape (cells,), or None
        Place of the cell's period, where there are more than two.
    treated : ndarray, shape (cells,)
        1.0 for the programme's group.
    cluster : ndarray, shape (cells,)
        Number of the cluster.
    """
    p = len(cells.columns) - 1
    levels = 0 if period is None else int(period.max())
    r = 2 + levels + p
    maps = np.zeros((len(post), r, p + 1))
    maps[:, 0, 0], maps[:, 1, 0] = 1.0, post
    if period is not None:
        maps[:, 2 : 2 + levels, 0] = period[:, None] == np.arange(1, levels + 1)
    maps[:, 2 + levels :, 1:] = np.eye(p)
    key, place = np.unique(cluster * 2 + treated.astype(np.int64), return_inverse=True)
    inside = cells.cross[:, :-1, :-1]
    moments = GroupMoments(
        n=_summed(cells.n, place),
        xx=_summed(maps @ inside @ maps.transpose(0, 2, 1), place),
        xy=_summed((maps @ cells.cross[:, :-1, -1:])[:, :, 0], place),
        yy=_summed(cells.cross[:, -1, -1], place),
    )
    found = Base(
        moments, (key % 2).astype(np.float64), key // 2, True, 1, tuple(range(2 + levels, r)), None
    )
    if period is None:
        return found
    later = found.only(*range(2, 2 + levels))
    first = found.only(0)[:, 0] - later.sum(axis=1)
    periods = np.column_stack([first, later])
    return replace(found, periods=periods)


def base_of_within(within: Within, treated: Float, cluster: Integer) -> Base:
    """Return the moments of units that are seen again, around each unit's mean.

    Parameters
    ----------
    within : Within
        Of ``post``, covariates and, last, the outcome, by group and cluster.
    treated : ndarray, shape (g,)
        1.0 for the programme's group.
    cluster : ndarray, shape (g,)
        Number of the cluster.
    """
    p, size = len(within.of.columns), within.cross.shape[1]
    keep = [*range(p - 1), *range(p, size)]
    moments = GroupMoments(
        n=within.n,
        xx=within.cross[:, keep][:, :, keep],
        xy=within.cross[:, keep, p - 1],
        yy=within.cross[:, p - 1, p - 1],
    )
    covariates = tuple(range(1, p - 1))
    found = Base(moments, treated, cluster, False, 0, covariates, None)
    if within.of.period is None:
        return found
    later = found.only(*range(p - 1, size - 1))
    connected = len(within.shown) + 1 == len(within.periods)
    # Around a unit's mean the indicators of all periods sum to nothing.
    periods = np.column_stack([-later.sum(axis=1), later])
    return replace(found, periods=periods, connected=connected)


Number = TypeVar("Number", np.float64, np.int64)


def _summed(values: NDArray[Number], place: Integer) -> NDArray[Number]:
    total = np.zeros((int(place.max()) + 1, *values.shape[1:]), values.dtype)
    np.add.at(total, place, values)
    return total


def fit_base(base: Base, own: Float, shared: Float) -> tuple[GroupMoments, Fit]:
    """Return a model's moments by cluster, and its fit; the group's own columns come first.

    Parameters
    ----------
    base : Base
        Moments of b.
    own, shared : ndarray, shape (r, m) and (r, k)
        O and S.

    Raises
    ------
    Refused
        With the codes of ``fit`` and, for the first column, ``require_digits``.
    """
    m, k = own.shape[1], shared.shape[1]
    of = base.moments
    maps = np.empty((len(of.n), own.shape[0], m + k))
    maps[:, :, :m] = base.treated[:, None, None] * own
    maps[:, :, m:] = shared
    turned = maps.transpose(0, 2, 1)
    groups = GroupMoments(
        n=_summed(of.n, base.cluster),
        xx=_summed(turned @ of.xx @ maps, base.cluster),
        xy=_summed((turned @ of.xy[:, :, None])[:, :, 0], base.cluster),
        yy=_summed(of.yy, base.cluster),
    )
    fitted = fit(groups)
    require_digits(groups, fitted, np.eye(m + k)[0])
    return groups, fitted
