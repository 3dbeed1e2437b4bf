"""Cluster-robust uncertainty of a contrast under probability weights, from moments alone.

The working model is that errors are independent with equal variance, whatever the weights.
With W the cluster's weights, M = (X'WX)^-1 and N = M (sum of X'W^2 X) M, the cluster's block
of (I - H)(I - H)' is I + U Q U' with U = [X, WX] and Q = [[N, -M], [-M, 0]]. So its inverse
root differs from the identity on the span of U only, and Gram matrices of U, which the powers
0, 1 and 2 of the weights give, are enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluate.inference.clustered import ClusterStdError, cluster_spread
from evaluate.inference.linear import Fit, Float, GroupMoments, Spread, spread

# Eigenvalues of matrices scaled to length one: what is smaller is rounding.
_ZERO = 1e-11


def weighted_cluster_spread(
    powers: Sequence[GroupMoments],
    fitted: Fit,
    contrast: Float,
    std_error: ClusterStdError,
) -> Spread:
    """Return the uncertainty of ``contrast @ coefficients`` with probability weights.

    Parameters
    ----------
    powers : sequence of three GroupMoments
        Moments by cluster with weights to the power 0, 1 and 2.
    fitted : Fit
        Weighted least squares: the fit to the moments of power 1.
    contrast : ndarray, shape (k,)
        Weights of the coefficients.
    std_error : {"CR0", "CR1", "CR1S", "CR2", "CR3"}
        Estimator, as in ``cluster_spread``. Only CR2 and its degrees of freedom depend on a
        working model.

    Returns
    -------
    Spread
        Degrees of freedom are Satterthwaite's for CR2, G - 1 for the others.

    Raises
    ------
    Refused
        With the codes of ``cluster_spread``.

    References
    ----------
    Pustejovsky & Tipton (2018), J. Business & Economic Statistics 36(4), equations 5 and 6
    with target Phi = I. R ``clubSandwich::vcovCR(lm(..., weights = w), type = "CR2")`` and
    ``coef_test(test = "Satterthwaite")``; the others as in ``cluster_spread``.
    """
    other = "CR0" if std_error == "CR2" else std_error
    # Also the refusals: what a cluster decides alone is the same with every adjustment.
    found = cluster_spread(powers[1], fitted, contrast, other)
    if std_error != "CR2":
        return found
    variance, df = _bias_reduced(powers, fitted, contrast)
    return spread(variance, df, powers[1])


@dataclass(frozen=True, slots=True)
class _Scaled:
    """Moments by power with the columns of X at length one."""

    xx: Float
    scores: Float
    bread: Float
    towards: Float


def _scaled(powers: Sequence[GroupMoments], fitted: Fit, contrast: Float) -> _Scaled:
    scale = 1 / np.sqrt(np.diag(powers[1].xx.sum(axis=0)))
    both = np.outer(scale, scale)
    scores = [one.xy - one.xx @ fitted.coefficients for one in powers]
    return _Scaled(
        xx=np.array([one.xx for one in powers]) * both,
        scores=np.array(scores) * scale,
        bread=fitted.bread / both,
        towards=fitted.bread @ contrast / scale,
    )


def _bias_reduced(
    powers: Sequence[GroupMoments], fitted: Fit, contrast: Float
) -> tuple[float, float]:
    """Return the CR2 variance and Satterthwaite's degrees of freedom.

    A cluster's part of the estimate is w'e with w = A W X M c and A the inverse root. As A is
    the identity plus O (P - I) O', w is W X M c, which is known exactly, plus O d.
    """
    of = _scaled(powers, fitted, contrast)
    k, t = len(contrast), of.towards
    squares = of.bread @ of.xx[2].sum(axis=0) @ of.bread
    q = np.block([[squares, -of.bread], [-of.bread, np.zeros((k, k))]])
    gram = np.concatenate(
        [
            np.concatenate([of.xx[0], of.xx[1]], axis=2),
            np.concatenate([of.xx[1], of.xx[2]], axis=2),
        ],
        axis=1,
    )
    root, inverse = _roots(gram)
    start = root @ np.concatenate([np.zeros(k), t])
    values, vectors = np.linalg.eigh(np.eye(2 * k) + root @ q @ root.transpose(0, 2, 1))
    real = values > _ZERO
    change = np.where(real, np.where(real, values, 1.0) ** -0.5, 0.0) - 1
    d = np.einsum("gij,gj,gkj,gk->gi", vectors, change, vectors, start)
    residual = np.einsum(
        "gij,gj->gi", inverse, np.concatenate([of.scores[0], of.scores[1]], axis=1)
    )
    parts = of.scores[1] @ t + np.einsum("gi,gi->g", d, residual)
    own = of.xx[2] @ t @ t + 2 * np.einsum("gi,gi->g", start, d) + np.einsum("gi,gi->g", d, d)
    s = np.concatenate([of.xx[1] @ t, of.xx[2] @ t], axis=1) + np.einsum("gji,gj->gi", root, d)
    shared = np.einsum("gi,ij,gj->g", s, q, s)
    both = q @ (s.T @ s)
    trace = float(np.sum(own + shared))
    squared = float(np.sum(own**2 + 2 * own * shared) + np.einsum("ij,ji->", both, both))
    return float(parts @ parts), trace**2 / squared if squared > 0 else 0.0


def _roots(gram: Float) -> tuple[Float, Float]:
    """Return R = D^(1/2) V' and D^(-1/2) V' of each Gram matrix V D V', shape (g, 2k, 2k)."""
    values, vectors = np.linalg.eigh(gram)
    real = values > _ZERO * np.maximum(values[:, -1:], 1e-300)
    size = np.sqrt(np.where(real, values, 0.0))
    inverse = np.divide(1.0, size, out=np.zeros_like(size), where=real)
    turned = vectors.transpose(0, 2, 1)
    return size[:, :, None] * turned, inverse[:, :, None] * turned
