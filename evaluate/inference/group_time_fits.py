"""Which models of who is treated, and of the change untreated, serve which effects."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer
from evaluate.inference.group_time_plan import Plan
from evaluate.inference.group_time_rows import Block, Rows

Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Part:
    """What one cohort contributes to the fits in which it plays one role.

    Attributes
    ----------
    place, at : int
        Place of the cohort in ``Starts.cohorts``, and of the period of the covariates.
    treated : bool
        Whether the cohort is the treated one of these fits, or among the comparison.
    fits, effects : ndarray, shape (f,) and (c,)
        Which fits, and which effects these serve.
    within : ndarray, shape (c,)
        Each effect's fit, as a place in ``fits``.
    change : ndarray, shape (c, T)
        Takes outcomes to the change that each effect is about.
    periods, bases : ndarray, shape (f,)
        The two periods that a unit must be seen in, where there are gaps.
    """

    place: int
    at: int
    treated: bool
    fits: Integer
    effects: Integer
    within: Integer
    change: Float
    periods: Integer
    bases: Integer

    def of(self, block: Block) -> tuple[Float, Float, Float | None]:
        """Return a block's covariates, its changes (0 where not seen) and who is seen.

        Their shapes are (k, r), (c, r) and (f, r).

        Parameters
        ----------
        block : Block
            Units of this cohort.
        """
        changes = self.change @ block.y
        mask = block.mask(self.periods, self.bases, self.at)
        if mask is not None:
            changes *= mask[self.within]
        return block.design(self.at), changes, mask

    def only(self, fits: Bool) -> Part | None:
        """Return the part of some of the fits, without their effects; ``None`` if of none.

        Parameters
        ----------
        fits : ndarray of bool, shape (F,)
            Which of all fits.
        """
        kept = fits[self.fits]
        if not kept.any():
            return None
        none = np.zeros(0, dtype=np.int64)
        return Part(
            self.place,
            self.at,
            self.treated,
            self.fits[kept],
            none,
            none,
            self.change[:0],
            self.periods[kept],
            self.bases[kept],
        )


@dataclass(frozen=True, slots=True)
class Fits:
    """All models that a plan's effects need.

    Effects of one cohort with one comparison share a model, whatever the periods; where units
    are missing in some periods, each effect has its own.

    Attributes
    ----------
    of : ndarray, shape (m,)
        Fit of each effect.
    n : int
        Number of fits.
    parts : tuple of tuple of Part
        By cohort of ``Starts``.
    """

    of: Integer
    n: int
    parts: tuple[tuple[Part, ...], ...]


def arrange(plan: Plan, rows: Rows, cohorts: Integer) -> Fits:
    """Return the fits that a plan needs.

    Covariates that change over time are those of the earlier of the two periods, which
    treatment has not touched.

    Parameters
    ----------
    plan : Plan
        Effects, none of them a reference period's.
    rows : Rows
        The panel.
    cohorts : ndarray, shape (H,)
        ``Starts.cohorts``.
    """
    place = np.searchsorted(cohorts, plan.cohort)
    at = np.minimum(plan.period, plan.base) if rows.varying else np.zeros_like(plan.period)
    both = (plan.period, plan.base) if rows.gaps else (at, at)
    keys = np.column_stack([place, at, *both, plan.compared])
    _, first, of = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    of = of.ravel()
    parts = []
    for here in range(len(cohorts)):
        mine = []
        for treated in (True, False):
            concerned = (place == here) if treated else plan.compared[:, here]
            for one in np.unique(at[concerned]).tolist():
                effects = np.flatnonzero(concerned & (at == one))
                fits, within = np.unique(of[effects], return_inverse=True)
                change = np.zeros((len(effects), rows.y.shape[1]))
                change[np.arange(len(effects)), plan.period[effects]] = 1.0
                change[np.arange(len(effects)), plan.base[effects]] = -1.0
                periods, bases = plan.period[first[fits]], plan.base[first[fits]]
                mine.append(Part(here, one, treated, fits, effects, within, change, periods, bases))
        parts.append(tuple(mine))
    return Fits(of, len(first), tuple(parts))


def pairs(x: Float) -> Float:
    """Return the products of all pairs of covariates, shape (k (k + 1) / 2, r).

    Parameters
    ----------
    x : ndarray, shape (k, r)
        Covariates.
    """
    k, first = len(x), 0
    found = np.empty((k * (k + 1) // 2, x.shape[1]))
    for at in range(k):
        last = first + k - at
        np.multiply(x[at:], x[at], out=found[first:last])
        first = last
    return found


def square(products: Float) -> Float:
    """Return sums of products of pairs as symmetric matrices, shape (…, k, k).

    Parameters
    ----------
    products : ndarray, shape (…, k (k + 1) / 2)
        Sums of what ``pairs`` gives.
    """
    k = int((np.sqrt(8 * products.shape[-1] + 1) - 1) / 2 + 0.5)
    left, right = np.triu_indices(k)
    found = np.empty((*products.shape[:-1], k, k))
    found[..., left, right] = found[..., right, left] = products
    return found


def solved(matrices: Float, sides: Float) -> tuple[Float, Bool]:
    """Solve symmetric systems, and say which of them are not singular.

    In directions in which a matrix is singular the solution is 0.

    Parameters
    ----------
    matrices : ndarray, shape (F, k, k)
        Positive semi-definite.
    sides : ndarray, shape (F, k)
        Right-hand sides.
    """
    scale = np.sqrt(np.maximum(np.diagonal(matrices, axis1=1, axis2=2), 0.0))
    usable = (scale > 0).all(axis=1)
    scale = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(matrices / scale[:, :, None] / scale[:, None, :])
    kept = values > _SINGULAR
    usable &= kept[:, 0]
    inverse = np.where(kept, 1.0 / np.where(kept, values, 1.0), 0.0)
    turned = (vectors.transpose(0, 2, 1) @ (sides / scale)[:, :, None])[:, :, 0] * inverse
    return (vectors @ turned[:, :, None])[:, :, 0] / scale, usable


# A covariate that others explain but for this share of its variance is no covariate.
_SINGULAR = 1e-11
