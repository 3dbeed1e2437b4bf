"""A model of a treatment effect, fitted under many assignments at once from units' moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float
from evaluate.errors import Refused
from evaluate.inference.linear import NOTHING_LEFT
from evaluate.inference.shuffle import Flags
from evaluate.inference.units import Units

# Share of a column's squares below which an assignment leaves it nothing of its own.
_COLLINEAR = 1e-10
# A unit that has all of its arm's leverage has no residual to judge by.
_LEAST_REST = 1e-8


@dataclass(frozen=True, slots=True)
class _Coefficients:
    """Fits under b assignments, of two outcomes, in coordinates of the units' b.

    Attributes
    ----------
    weight : ndarray, shape (2, b, q)
        By arm: a row's weight in the effect is its b @ weight.
    fitted : ndarray, shape (2, 2, b, q)
        By arm and outcome: a row's fitted value is its b @ fitted.
    effects : ndarray, shape (2, b)
        By outcome.
    unfit : ndarray, shape (b,)
        Assignments under which the columns are dependent.
    """

    weight: Float
    fitted: Float
    effects: Float
    unfit: Flags


class Refits:
    """Refits of one model.

    The two outcomes are what the observed effect leaves, y - effect T, and T itself: under the
    null that lies ``delta`` below the estimate, outcomes without treatment are the first plus
    ``delta`` times the second. Where the effect of what was received is asked for, that stands
    for T, and the effect is the ratio of the offer's two.
    """

    def __init__(self, units: Units) -> None:
        self._units = units
        maps = units.maps[units.block]
        treatment: Float = units.zz[:, :, 0] * units.treated[:, None]
        self._zt = treatment if units.zd is None else units.zd
        half = maps @ units.zz
        self._first = half[:, :, 0]
        self._bb = half @ maps.transpose(0, 2, 1) if units.interacted else None
        self._whole = np.einsum("gqr,gsr->qs", half, maps, optimize=True)
        self._effect = 0.0
        self._set_outcomes(maps)

    def observed(self) -> tuple[float, float]:
        """Return the effect and the standard error of the assignment that took place.

        Of what was received, if the units hold that; the offer must have moved it.

        Raises
        ------
        Refused
            ``no_variation`` when units do not differ within the arms; ``collinear`` when
            treatment follows from what is held constant.
        """
        effects, squares, unfit = self.fit(self._units.treated[None])
        if unfit[0]:
            raise Refused(
                "collinear",
                "the columns of the model are linearly dependent",
                "remove covariates that follow from others, from treatment or from strata",
            )
        moved = 1.0 if self._units.zd is None else float(effects[1, 0])
        # The first outcome is what earlier effects left.
        self._effect += float(effects[0, 0]) / moved
        self._set_outcomes(self._units.maps[self._units.block])
        if self._units.zd is not None:
            _, squares, _ = self.fit(self._units.treated[None])
        variance = float(squares[0, 0, 0])
        rows = self._units.zz[:, 0, 0].sum()
        if not np.sqrt(variance) > NOTHING_LEFT * self._units.spread / np.sqrt(rows):
            raise Refused(
                "no_variation",
                "the assigned units do not differ within the groups that are compared",
                "check the outcome's column, or ask for an outcome that varies",
            )
        return self._effect, float(np.sqrt(variance)) / abs(moved)

    def fit(self, flags: Flags) -> tuple[Float, Float, Flags]:
        """Return effects, sums of squared influences, and what could not be fitted.

        Parameters
        ----------
        flags : ndarray, shape (b, g)
            Who is treated, by assignment.

        Returns
        -------
        effects : ndarray, shape (2, b)
            By outcome.
        squares : ndarray, shape (2, 2, b)
            Sums over units of products of the influences on the two outcomes' effects.
        unfit : ndarray, shape (b,)
            Assignments whose numbers mean nothing.
        """
        treated = flags.astype(np.float64)
        found = self._interacted(treated) if self._units.interacted else self._additive(treated)
        influence, leverage = self._influence(flags, found)
        block = self._units.block
        starts = np.flatnonzero(np.diff(block, prepend=-1))
        if self._units.pooled:
            influence = np.add.reduceat(influence, starts, axis=2)
            leverage = np.add.reduceat(leverage, starts, axis=1)
            whole = leverage.sum(axis=1, keepdims=True)
        elif self._units.interacted:
            # Each stratum of an arm has its own mean, which its units share.
            inside = np.add.reduceat(leverage * treated, starts, axis=1)
            outside = np.add.reduceat(leverage, starts, axis=1) - inside
            whole = np.where(flags, inside[:, block], outside[:, block])
        else:
            inside = (leverage * treated).sum(axis=1, keepdims=True)
            outside = leverage.sum(axis=1, keepdims=True) - inside
            whole = np.where(flags, inside, outside)
        rest = np.maximum(1 - leverage / np.maximum(whole, 1e-300), _LEAST_REST)
        scaled = influence / np.sqrt(rest)
        squares = np.einsum("ibg,jbg->ijb", scaled, scaled)
        return found.effects, squares, found.unfit

    def _set_outcomes(self, maps: Float) -> None:
        rest = self._units.zy - self._effect * self._zt
        self._z = np.stack([rest, self._zt])
        self._b = np.einsum("gqr,jgr->jgq", maps, self._z)

    def _additive(self, treated: Float) -> _Coefficients:
        """Return fits with columns (b, T), T cleared of b.

        References
        ----------
        Frisch & Waugh (1933), Econometrica 1(4).
        """
        inverse = np.linalg.inv(self._whole)
        shared = treated @ self._first
        slope = shared @ inverse
        alone = shared[:, 0] - np.einsum("bq,bq->b", slope, shared)
        unfit = alone <= _COLLINEAR * shared[:, 0]
        alone = np.where(unfit, 1.0, alone)
        sums = self._b.sum(axis=1)
        effects = (self._b[:, :, 0] @ treated.T - sums @ slope.T) / alone
        outside = (sums @ inverse)[:, None, :] - effects[:, :, None] * slope
        one = np.zeros(len(inverse))
        one[0] = 1.0
        weight = np.stack([-slope, one - slope]) / alone[:, None]
        fitted = np.stack([outside, outside + effects[:, :, None] * one])
        return _Coefficients(weight, fitted, effects, unfit)

    def _interacted(self, treated: Float) -> _Coefficients:
        """Return fits of each arm on its own; the effect is where b's other entries are 0."""
        q = len(self._whole)
        bb = np.zeros((0, q, q)) if self._bb is None else self._bb
        inside = (treated @ bb.reshape(len(bb), q * q)).reshape(-1, q, q)
        sums = np.einsum("bg,jgq->jbq", treated, self._b, optimize=True)
        whole = self._b.sum(axis=1)[:, None, :]
        weight, fitted, unfit = [], [], np.zeros(len(treated), bool)
        for xx, xy, sign in ((self._whole - inside, whole - sums, -1.0), (inside, sums, 1.0)):
            inverse, dependent = _inverse(xx)
            unfit |= dependent
            weight.append(sign * inverse[:, :, 0])
            fitted.append(np.einsum("bqs,jbs->jbq", inverse, xy))
        effects = fitted[1][:, :, 0] - fitted[0][:, :, 0]
        return _Coefficients(np.stack(weight), np.stack(fitted), effects, unfit)

    def _influence(self, flags: Flags, found: _Coefficients) -> tuple[Float, Float]:
        """Return each unit's influence on the effects, shape (2, b, g), and leverage, (b, g)."""
        units = self._units
        influence = np.zeros((2, *flags.shape))
        leverage = np.zeros(flags.shape)
        for block, maps in enumerate(units.maps):
            at = np.flatnonzero(units.block == block)
            square = units.zz[at].reshape(len(at), -1).T
            for arm in (0, 1):
                here = flags[:, at] == bool(arm)
                if not here.any():
                    continue
                weight = found.weight[arm] @ maps
                leverage[:, at] += np.where(here, _products(weight, weight) @ square, 0.0)
                for j in (0, 1):
                    fitted = found.fitted[arm, j] @ maps
                    score = weight @ self._z[j, at].T - _products(weight, fitted) @ square
                    influence[j][:, at] += np.where(here, score, 0.0)
        return influence, leverage


def _products(left: Float, right: Float) -> Float:
    """Return all products of the entries of two rows, shape (b, r * r)."""
    return (left[:, :, None] * right[:, None, :]).reshape(len(left), -1)


def _inverse(stack: Float) -> tuple[Float, Flags]:
    """Return inverses of X'X, shape (b, q, q), and which of them do not exist."""
    size = np.diagonal(stack, axis1=1, axis2=2)
    length = np.sqrt(np.where(size > 0, size, 1.0))
    scale = length[:, :, None] * length[:, None, :]
    scaled = stack / scale
    try:
        inverse = np.linalg.inv(scaled)
    except np.linalg.LinAlgError:  # one of them has no inverse at all
        whole = np.linalg.eigvalsh(scaled)[:, 0] > _COLLINEAR
        inverse = np.full_like(scaled, np.inf)
        inverse[whole] = np.linalg.inv(scaled[whole])
    inflation = np.diagonal(inverse, axis1=1, axis2=2)
    fits: Flags = np.all((inflation > 0) & (inflation < 1 / _COLLINEAR), axis=1)
    dependent = ~fits
    inverse[dependent] = np.eye(scaled.shape[1])
    return inverse / scale, dependent
