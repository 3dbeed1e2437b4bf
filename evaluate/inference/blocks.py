"""A cluster's block of I - H, from the cluster's moments alone.

With S = X'X of a cluster = V D V', R = D^(1/2) V' and M = (X'X)^-1 over all clusters, the
cluster's block of I - H acts as I - R M R' on the space that its rows span and as the
identity elsewhere; so every adjustment of its residuals needs k x k matrices only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.inference.linear import Fit, Float, GroupMoments

# Eigenvalues of matrices scaled to length one: what is smaller is rounding.
_ZERO = 1e-11


@dataclass(frozen=True, slots=True)
class Blocks:
    """R, D^(-1/2) V' and the eigenvalues and vectors of I - R M R', by cluster.

    Attributes
    ----------
    root, inverse : ndarray, shape (g, k, k)
        R and D^(-1/2) V'.
    values : ndarray, shape (g, k)
        Eigenvalues of I - R M R', ascending.
    vectors : ndarray, shape (g, k, k)
        Its eigenvectors, in columns.
    """

    root: Float
    inverse: Float
    values: Float
    vectors: Float

    def power(self, exponent: float) -> Float:
        """Return (I - R M R')^exponent of each cluster, shape (g, k, k).

        Directions in which a cluster alone decides a coefficient have no residual; they get
        0, as with a Moore-Penrose inverse.
        """
        real = self.values > _ZERO
        powers = np.where(real, np.where(real, self.values, 1.0) ** exponent, 0.0)
        adjust: Float = (self.vectors * powers[:, None, :]) @ self.vectors.transpose(0, 2, 1)
        return adjust


def cluster_blocks(clusters: GroupMoments, fitted: Fit) -> Blocks:
    """Return the blocks of I - H.

    Parameters
    ----------
    clusters : GroupMoments
        Moments by cluster.
    fitted : Fit
        Fit to the same moments.
    """
    # X at length one, so that a small eigenvalue means the same in every unit.
    scale = 1 / np.sqrt(np.diag(clusters.xx.sum(axis=0)))
    values, vectors = np.linalg.eigh(clusters.xx * np.outer(scale, scale))
    real = values > _ZERO * np.maximum(values[:, -1:], 1e-300)
    size = np.sqrt(np.where(real, values, 0.0))
    inverse = np.divide(1.0, size, out=np.zeros_like(size), where=real)
    turned = vectors.transpose(0, 2, 1)
    root = size[:, :, None] * turned / scale
    inside = np.eye(root.shape[2]) - root @ fitted.bread @ root.transpose(0, 2, 1)
    return Blocks(root, inverse[:, :, None] * turned * scale, *np.linalg.eigh(inside))


def adjusted_scores(clusters: GroupMoments, fitted: Fit, blocks: Blocks, power: float) -> Float:
    """Return each cluster's X'Ae with A = (I - H)^power, shape (g, k).

    Parameters
    ----------
    clusters : GroupMoments
        Moments by cluster.
    fitted : Fit
        Fit to the same moments.
    blocks : Blocks
        Of the same fit.
    power : float
        0 for CR0, CR1 and CR1S, -1/2 for CR2, -1 for CR3.
    """
    scores = clusters.xy - clusters.xx @ fitted.coefficients
    if power == 0:
        return scores
    adjusted = blocks.power(power) @ (blocks.inverse @ scores[:, :, None])
    inner: Float = (blocks.root.transpose(0, 2, 1) @ adjusted)[:, :, 0]
    return inner
