"""Covariates with mean 0 and variance 1, after a constant, without those that add nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.linear import Float

# Share of a column's variance that the columns before it must leave.
_OWN = 1e-10


@dataclass(frozen=True, slots=True)
class Standardised:
    """Columns ready for a fit.

    Attributes
    ----------
    z : ndarray, shape (n, k)
        A constant, then the kept covariates with mean 0 and variance 1.
    kept : tuple of int
        Place among the covariates of each column but the first.
    names : tuple of str
        Their names.
    mean, scale : ndarray, shape (k - 1,)
        What was subtracted, and divided by.
    of : int
        Covariates, the dropped ones counted.
    """

    z: Float
    kept: tuple[int, ...]
    names: tuple[str, ...]
    mean: Float
    scale: Float
    of: int

    def original(self, coefficients: Float) -> Float:
        """Return coefficients in the units of the covariates.

        Parameters
        ----------
        coefficients : ndarray, shape (k,)
            Of the columns of ``z``.

        Returns
        -------
        ndarray, shape (p + 1,)
            The constant first; 0 for a covariate without a column.
        """
        own = coefficients[1:] / self.scale
        found = np.zeros(self.of + 1)
        found[0] = coefficients[0] - own @ self.mean
        found[1 + np.array(self.kept, dtype=np.int64)] = own
        return found


def standardised(x: Float, names: tuple[str, ...]) -> Standardised:
    """Return covariates with mean 0 and variance 1; those that follow from others are left out.

    Parameters
    ----------
    x : ndarray, shape (n, p)
        Covariates.
    names : tuple of str, length p
        Their names.

    Returns
    -------
    Standardised
        The columns; of some that depend on each other the last is left out.

    Raises
    ------
    Refused
        ``nothing_to_match`` when no covariate varies.
    """
    mean = x.mean(axis=0)
    z = np.empty((x.shape[0], x.shape[1] + 1))
    z[:, 0] = 1.0
    own = z[:, 1:]
    np.subtract(x, mean, out=own)
    products = own.T @ own / max(len(x), 1)
    length = np.sqrt(np.diag(products))
    # Below this a difference is rounding of values that are all the same.
    varies = length > 1e-13 * np.maximum(np.abs(mean), np.finfo(float).tiny)
    scale = np.where(varies, length, 1.0)
    own /= scale
    kept = _independent(products / np.outer(scale, scale), varies)
    if not kept:
        raise Refused(
            "nothing_to_match", "no covariate varies", "name covariates that differ between units"
        )
    if len(kept) < x.shape[1]:
        z = np.ascontiguousarray(z[:, [0, *(j + 1 for j in kept)]])
    at = np.array(kept, dtype=np.int64)
    return Standardised(
        z, tuple(kept), tuple(names[j] for j in kept), mean[at], scale[at], x.shape[1]
    )


def _independent(correlation: Float, varies: np.typing.NDArray[np.bool_]) -> list[int]:
    """Return the columns of which those before leave something, by Cholesky's factors."""
    kept: list[int] = []
    root = np.zeros((0, 0))
    for j in np.flatnonzero(varies):
        with_others = np.linalg.solve(root, correlation[kept, j]) if kept else np.zeros(0)
        left = 1.0 - float(with_others @ with_others)
        if left <= _OWN:
            continue
        grown = np.zeros((len(kept) + 1, len(kept) + 1))
        grown[:-1, :-1], grown[-1, :-1], grown[-1, -1] = root, with_others, np.sqrt(left)
        root = grown
        kept.append(int(j))
    return kept
