"""A model with cluster and period intercepts, fitted under many roll-outs at once."""

from __future__ import annotations

import numpy as np

from evaluate.data.moments import Float, Integer, Moments
from evaluate.errors import Refused
from evaluate.inference.linear import NOTHING_LEFT
from evaluate.inference.shuffle import Flags
from evaluate.inference.units import independent

_COLLINEAR = 1e-10
_LEAST_REST = 1e-8


class SequenceRefits:
    """Refits of one model; outcomes are what the observed effect leaves, and treatment itself.

    With b = (periods, covariates) and T_s the treatment of sequence s, each cluster's moments
    of (b, T_1, T_2, ..., y) around its own mean are all that a refit needs.

    Parameters
    ----------
    cells : Moments
        Moments of covariates and, last, the outcome, by cluster and period.
    cluster, period : ndarray, each shape (cells,)
        Of each cell, 0, 1, ...
    label : ndarray, shape (g,)
        Sequence of each cluster.
    starts : ndarray, shape (s,)
        First treated period of each sequence; infinite where there is none.
    received : bool
        Whether the column before the outcome is what was received: then that is the second
        outcome, and the effect is the ratio of the offer's two.
    """

    def __init__(
        self,
        cells: Moments,
        cluster: Integer,
        period: Integer,
        label: Integer,
        starts: Float,
        *,
        received: bool = False,
    ) -> None:
        moments, q = _moments(cells, cluster, period, starts, 1 + received)
        s = len(starts)
        self._label, self._rows = label, float(cells.cross[:, 0, 0].sum())
        self._spread = float(np.sqrt(moments[:, -1, -1].sum() / self._rows))
        keep = independent(moments[:, :q, :q].sum(axis=0))
        own = np.arange(len(label))
        self._bb = moments[:, keep][:, :, keep]
        self._bt = moments[:, q : q + s][:, :, keep]
        tt = moments[:, q : q + s, q : q + s]
        self._tt = np.diagonal(tt, axis1=1, axis2=2)
        took, taken = self._bt[own, label], tt[own, :, label]
        if received:
            took, taken = moments[:, keep, -2], moments[:, q : q + s, -2]
        self._received = received
        self._bu = np.stack([moments[:, keep, -1], took])
        self._tu = np.stack([moments[:, q : q + s, -1], taken])
        self._bread = np.linalg.inv(self._bb.sum(axis=0))

    def observed(self) -> tuple[float, float]:
        """Return the effect and the standard error of the roll-out that took place.

        Raises
        ------
        Refused
            ``collinear`` when effect and time cannot be told apart, ``no_variation`` when
            nothing is left once they are.
        """
        effects, _, unfit = self.fit(self._label[None])
        if unfit[0]:
            raise Refused(
                "collinear",
                "treatment follows from clusters and periods, so that effect and time cannot"
                " be told apart",
                "add clusters that begin later or never",
            )
        moved = float(effects[1, 0]) if self._received else 1.0
        effect = float(effects[0, 0]) / moved
        self._bu[0] -= effect * self._bu[1]
        self._tu[0] -= effect * self._tu[1]
        _, squares, _ = self.fit(self._label[None])
        std_error = float(np.sqrt(squares[0, 0, 0]))
        if not std_error > NOTHING_LEFT * self._spread / np.sqrt(self._rows):
            raise Refused(
                "no_variation",
                "the outcome does not vary beyond clusters, periods and treatment",
                "check the outcome's column, or ask for an outcome that varies",
            )
        return effect, std_error / abs(moved)

    def fit(self, labels: Integer) -> tuple[Float, Float, Flags]:
        """Return effects, sums of squared influences, and what could not be fitted.

        Parameters
        ----------
        labels : ndarray, shape (b, g)
            Sequence of each cluster, by assignment.

        Returns
        -------
        effects : ndarray, shape (2, b)
            By outcome.
        squares : ndarray, shape (2, 2, b)
            Sums over clusters of products of the influences on the two outcomes' effects.
        unfit : ndarray, shape (b,)
            Assignments under which treatment follows from clusters and periods.
        """
        g, q = self._bb.shape[:2]
        at = np.arange(g)
        bt, tt = self._bt[at, labels], self._tt[at, labels]
        shared = bt.sum(axis=1)
        slope = shared @ self._bread
        alone = tt.sum(axis=1) - np.einsum("bq,bq->b", slope, shared)
        unfit = alone <= _COLLINEAR * np.maximum(tt.sum(axis=1), 1e-300)
        alone = np.where(unfit, 1.0, alone)
        square = self._bb.reshape(g, q * q).T
        # T cleared of b is T - b @ slope; the residual is u - effect T - b @ outside.
        crossed = np.einsum("bgq,bq->bg", bt, slope)
        leverage = tt - 2 * crossed + _products(slope, slope) @ square
        rest = np.maximum(1 - leverage / alone[:, None], _LEAST_REST)
        effects, scaled = np.zeros((2, len(labels))), []
        for j in (0, 1):
            treated_by_unit, by_unit = self._tu[j][at, labels], self._bu[j]
            effects[j] = (treated_by_unit.sum(axis=1) - slope @ by_unit.sum(axis=0)) / alone
            outside = self._bread @ by_unit.sum(axis=0) - effects[j][:, None] * slope
            score = treated_by_unit - effects[j][:, None] * (tt - crossed) - slope @ by_unit.T
            score -= np.einsum("bgq,bq->bg", bt, outside) - _products(slope, outside) @ square
            scaled.append(score / alone[:, None] / np.sqrt(rest))
        both = np.stack(scaled)
        return effects, np.einsum("ibg,jbg->ijb", both, both), unfit


def _moments(
    cells: Moments, cluster: Integer, period: Integer, starts: Float, outcomes: int
) -> tuple[Float, int]:
    """Return moments of (b, T_1, ..., outcomes) by cluster around its mean, and b's length."""
    r = cells.cross.shape[1]
    levels = np.arange(1, int(period.max()) + 1)
    constant = np.concatenate(
        [period[:, None] == levels, period[:, None] >= starts], axis=1, dtype=np.float64
    )
    q = len(levels) + r - 1 - outcomes
    maps = np.zeros((len(period), q + len(starts) + outcomes, r))
    maps[:, : len(levels), 0] = constant[:, : len(levels)]
    maps[:, len(levels) : q, 1:-outcomes] = np.eye(r - 1 - outcomes)
    maps[:, q:-outcomes, 0] = constant[:, len(levels) :]
    maps[:, -outcomes:, -outcomes:] = np.eye(outcomes)
    half = maps @ cells.cross
    g = int(cluster.max()) + 1
    sums, whole = np.zeros((g, maps.shape[1])), np.zeros((g, maps.shape[1], maps.shape[1]))
    np.add.at(whole, cluster, half @ maps.transpose(0, 2, 1))
    np.add.at(sums, cluster, half[:, :, 0])
    n = np.bincount(cluster, cells.cross[:, 0, 0])
    return whole - sums[:, :, None] * sums[:, None, :] / n[:, None, None], q


def _products(left: Float, right: Float) -> Float:
    """Return all products of the entries of two rows, shape (b, q * q)."""
    return (left[:, :, None] * right[:, None, :]).reshape(len(left), -1)
