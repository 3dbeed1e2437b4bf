"""A panel's units by cohort, in blocks that stay in the processor's cache."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer
from evaluate.data.paths import Panel

Bool = NDArray[np.bool_]
BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Block:
    """Some units of one cohort, clusters kept together.

    Attributes
    ----------
    y : ndarray, shape (T, r)
        Outcomes; 0 where there is none.
    x : ndarray, shape (r, S, k)
        A constant and the covariates, standardised; S is 1, or T where they change over time.
    seen, known : ndarray of bool, shape (T, r) and (S, r), or None
        Where there is an outcome, and where there are covariates; ``None`` for everywhere.
    heads : ndarray or None
        First unit of each cluster; ``None`` where each unit is one.
    """

    y: Float
    x: Float
    seen: Bool | None
    known: Bool | None
    heads: Integer | None

    def design(self, at: int) -> Float:
        """Return the covariates of one period, shape (k, r).

        Parameters
        ----------
        at : int
            Place of the period; 0 where they do not change.
        """
        return np.ascontiguousarray(self.x[:, at].T)

    def mask(self, periods: Integer, bases: Integer, at: int) -> Float | None:
        """Return 1 where a unit is seen in both periods, shape (f, r); ``None`` if all are.

        Parameters
        ----------
        periods, bases : ndarray, shape (f,)
            Places of the two periods.
        at : int
            Place of the period whose covariates must be known.
        """
        if self.seen is None and self.known is None:
            return None
        both = np.ones((len(periods), self.y.shape[1]), dtype=bool)
        if self.seen is not None:
            both &= self.seen[periods] & self.seen[bases]
        if self.known is not None:
            both &= self.known[at]
        return both.astype(np.float64)


@dataclass(frozen=True, slots=True)
class Rows:
    """All units, ordered by cohort and cluster.

    Attributes
    ----------
    y : ndarray, shape (N, T)
        Outcomes; 0 where there is none.
    x : ndarray, shape (N, S, k)
        A constant and the covariates, standardised; S is 1, or T where they change over time.
    seen, known : ndarray of bool, shape (N, T) and (N, S), or None
        Where there is an outcome, and where there are covariates; ``None`` for everywhere.
    bounds : ndarray, shape (H + 1,)
        First unit of each cohort, and the number of units.
    cluster : ndarray, shape (N,), or None
        Cluster of each unit; ``None`` where each unit is one.
    """

    y: Float
    x: Float
    seen: Bool | None
    known: Bool | None
    bounds: Integer
    cluster: Integer | None

    @property
    def varying(self) -> bool:
        """Whether covariates change over time."""
        return bool(self.x.shape[1] > 1)

    @property
    def gaps(self) -> bool:
        """Whether some unit is not seen in some period."""
        return self.seen is not None or self.known is not None

    def blocks(self, place: int, every: int = 1) -> Iterator[Block]:
        """Give a cohort's units, some thousand at a time.

        Parameters
        ----------
        place : int
            Place of the cohort in ``Starts.cohorts``.
        every : int
            Only each so many-th unit.
        """
        first, last = int(self.bounds[place]), int(self.bounds[place + 1])
        while first < last:
            end = min(first + BLOCK * every, last)
            if self.cluster is not None:
                # A cluster is never cut, so that its influences can be added up.
                end = first + int(
                    np.searchsorted(self.cluster[first:last], self.cluster[end - 1], "right")
                )
            at = slice(first, end, every)
            yield Block(
                np.ascontiguousarray(self.y[at].T),
                self.x[at],
                None if self.seen is None else self.seen[at].T,
                None if self.known is None else self.known[at].T,
                None if self.cluster is None else _heads(self.cluster[at]),
            )
            first = end


def ordered_rows(panel: Panel) -> Rows:
    """Return the units of a panel, ordered by cohort and cluster.

    Covariates are standardised over all units and periods, which changes no effect. A unit
    whose constant covariates are not known counts as not seen.

    Parameters
    ----------
    panel : Panel
        One row for each unit.
    """
    alone = int(np.bincount(panel.cluster).max(initial=0)) <= 1
    keys = (panel.cohort,) if alone else (panel.cluster, panel.cohort)
    order = np.lexsort(keys)
    y, x = panel.outcome[order], _design(panel.covariates, order)
    seen, known = np.isfinite(y), np.asarray(np.isfinite(x).all(axis=2))
    if x.shape[1] == 1:
        seen &= known
        known = np.ones((1, 1), dtype=bool)
    bounds = np.searchsorted(panel.cohort[order], panel.starts.cohorts)
    if not (seen.all() and known.all()):
        y, x = np.nan_to_num(y, copy=False), np.nan_to_num(x, copy=False)
    return Rows(
        y=y,
        x=x,
        seen=None if seen.all() else seen,
        known=None if known.all() else known,
        bounds=np.append(bounds, len(order)),
        cluster=None if alone else panel.cluster[order],
    )


def _design(covariates: Float, order: Integer) -> Float:
    """Return a constant and the standardised covariates, shape (N, S, k + 1)."""
    every = covariates if covariates.ndim > 2 else covariates[:, None]  # noqa: PLR2004
    axes = (0, 1)
    centre = np.nanmean(every, axis=axes)
    spread = np.nanstd(every, axis=axes)
    found = np.empty((len(order), every.shape[1], every.shape[2] + 1))
    found[:, :, 0] = 1.0
    np.subtract(every[order], centre, out=found[:, :, 1:])
    # A covariate that never varies is refused later, by name.
    found[:, :, 1:] /= np.where(spread > 0, spread, 1.0)
    return found


def _heads(cluster: Integer) -> Integer:
    """Return the first row of each cluster."""
    return np.flatnonzero(np.append(True, cluster[1:] != cluster[:-1]))
