"""How far a mean behind which there is a fitted model moves as units are left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.inference.comparison import Ints
from evaluate.inference.linear import Float

# Leverage above which a cluster alone decides a coefficient, so that none is left without it.
_ALONE = 1.0 - 1e-8
_ROWS = 32_768
# Rows by cluster, on the average, from which one product for each cluster is faster.
_THICK = 24


@dataclass(frozen=True, slots=True)
class Part:
    """One mean and the model behind its terms; each array has an entry for each unit.

    Attributes
    ----------
    z : ndarray, shape (n, k)
        Columns of the model.
    curvature : ndarray, shape (n,)
        Information is the sum of curvature times z z'.
    residual : ndarray, shape (n,)
        Score is the sum of residual times z, zero at the model's coefficients.
    above, below : ndarray, shape (n,)
        The mean is the sum of ``above`` over the sum of ``below``.
    slope_above, slope_below : ndarray, shape (n,)
        How fast they grow with z c.
    weight : ndarray, shape (n,)
        Of each unit in the mean.
    along : ndarray, shape (n, k), or None
        Columns along which the terms grow, where they are others than ``z``.
    """

    z: Float
    curvature: Float
    residual: Float
    above: Float
    below: Float
    slope_above: Float
    slope_below: Float
    weight: Float
    along: Float | None = None

    @property
    def mean(self) -> float:
        """Return the mean."""
        return float(self.above.sum() / self.below.sum())


@dataclass(frozen=True, slots=True)
class Solved:
    """A mean's terms less the mean, and what is needed to leave units out.

    Attributes
    ----------
    part : Part
        The mean and its model.
    along : ndarray, shape (n, k)
        Columns along which the terms grow.
    terms, slopes : ndarray, shape (n,)
        Terms less the mean's, and how fast they grow.
    inverse : ndarray, shape (k, k)
        Of the model's information.
    total : float
        Sum below.
    """

    part: Part
    along: Float
    terms: Float
    slopes: Float
    inverse: Float
    total: float

    def influence(self) -> Float:
        """Return the influence of each unit on the mean, without regard to leverage."""
        step = self.inverse @ (self.slopes @ self.along)
        moved = self.terms + self.part.residual * (self.part.z @ step)
        found: Float = len(moved) * moved / self.total
        return found

    def moves_alone(self) -> Float:
        """Return how far the mean moves as each unit is left out."""
        part = self.part
        half = part.z @ self.inverse
        toward = np.einsum("ij,ij->i", half, part.z)
        leverage = part.curvature * toward
        factor = part.residual / np.where(leverage > _ALONE, 1.0, 1.0 - leverage)
        own = toward if part.along is None else np.einsum("ij,ij->i", half, self.along)
        toward = half @ (self.slopes @ self.along) - self.slopes * own
        found: Float = -(self.terms + toward * factor) / (self.total - part.below)
        return found

    def moves_together(self, order: Ints, begin: Ints) -> Float:
        """Return how far the mean moves as each cluster is left out.

        Parameters
        ----------
        order, begin : ndarray of int
            As ``in_order`` gives them.
        """
        part = self.part
        values, vectors = np.linalg.eigh(self.inverse)
        root = vectors * np.sqrt(np.maximum(values, 0.0))  # A^-1 is root root'
        all_slopes = self.slopes @ self.along
        moves = np.empty(len(begin) - 1)
        for first, last in _chunks(begin):
            rows = order[begin[first] : begin[last]]
            at = begin[first:last] - begin[first]
            z = part.z[rows]
            held = np.add.reduceat(z * part.residual[rows, None], at) @ root
            slope = np.add.reduceat(self.along[rows] * self.slopes[rows, None], at)
            square = root.T @ _products(z, part.curvature[rows], at) @ root
            lambdas, axes = np.linalg.eigh(square)
            left = 1.0 / np.where(lambdas > _ALONE, 1.0, 1.0 - lambdas)
            turned = np.einsum("gij,gi->gj", axes, held) * left
            step = np.einsum("gij,gj->gi", axes, turned) @ root.T
            toward = np.einsum("gi,gi->g", all_slopes - slope, step)
            below = np.add.reduceat(part.below[rows], at)
            moves[first:last] = -(np.add.reduceat(self.terms[rows], at) + toward)
            moves[first:last] /= self.total - below
        return moves


def solved(part: Part) -> Solved:
    """Return what is needed to leave units out of a mean.

    Parameters
    ----------
    part : Part
        The mean and its model.
    """
    mean = part.mean
    information = (part.z * part.curvature[:, None]).T @ part.z
    return Solved(
        part=part,
        along=part.z if part.along is None else part.along,
        terms=part.above - mean * part.below,
        slopes=part.slope_above - mean * part.slope_below,
        inverse=np.asarray(np.linalg.pinv(information, hermitian=True), dtype=np.float64),
        total=float(part.below.sum()),
    )


def in_order(cluster: Ints) -> tuple[Ints, Ints]:
    """Return rows by cluster, and where each cluster begins among them, with the end last.

    Parameters
    ----------
    cluster : ndarray of int, shape (n,)
        Cluster of each row.
    """
    order = np.argsort(cluster, kind="stable")
    begin = np.flatnonzero(np.diff(cluster[order], prepend=-1))
    return order, np.append(begin, len(cluster)).astype(np.int64)


def _chunks(begin: Ints) -> list[tuple[int, int]]:
    """Return runs of clusters that hold few rows each time, at least one cluster."""
    found, first, number = [], 0, len(begin) - 1
    while first < number:
        last = int(np.searchsorted(begin, begin[first] + _ROWS, side="right")) - 1
        last = min(max(last, first + 1), number)
        found.append((first, last))
        first = last
    return found


def _products(z: Float, curvature: Float, at: Ints) -> Float:
    """Return the sum of curvature times z z' of each cluster, shape (g, k, k)."""
    weighted = z * curvature[:, None]
    if len(z) >= _THICK * len(at):
        ends = np.append(at[1:], len(z))
        return np.stack([weighted[a:b].T @ z[a:b] for a, b in zip(at, ends, strict=True)])
    found: Float = np.add.reduceat(weighted[:, :, None] * z[:, None, :], at)
    return found
