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

from evaluate.data.moments import LEVERAGE_LIMIT, Integer, Moments
from evaluate.errors import Refused
from evaluate.inference.clustered import ClusterStdError, cluster_spread
from evaluate.inference.design_rows import group_moments
from evaluate.inference.linear import Fit, Float, GroupMoments, Spread, spread

# Eigenvalues of matrices scaled to length one: what is smaller is rounding.
_ZERO = 1e-11
# Variance of a residual, of errors of variance one, below which there is none.
NO_RESIDUAL = 1 - LEVERAGE_LIMIT
# Share of the contrast's squared weights below which it is rounding.
_NO_SHARE = 1e-9
# Share of squared weights that is rounding.
_ALIKE = 1e-10


def weighted_cluster_spread(
    powers: Sequence[GroupMoments],
    fitted: Fit,
    contrast: Float,
    std_error: ClusterStdError,
    *,
    alone: bool = True,
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
    alone : bool
        Whether to refuse a cluster that alone decides part of the contrast by its weight.
        With indicators of the clusters in the model the test has no meaning.

    Returns
    -------
    Spread
        Degrees of freedom are Satterthwaite's for CR2, G - 1 for the others.

    Raises
    ------
    Refused
        With the codes of ``cluster_spread``: ``leverage_one`` also when a cluster's weights are
        so much larger than the others' that no residual is left.

    References
    ----------
    Pustejovsky & Tipton (2018), J. Business & Economic Statistics 36(4), equations 5 and 6
    with target Phi = I. R ``clubSandwich::vcovCR(lm(..., weights = w), type = "CR2")`` and
    ``coef_test(test = "Satterthwaite")``; the others as in ``cluster_spread``.
    """
    other = "CR0" if std_error == "CR2" else std_error
    found = cluster_spread(powers[1], fitted, contrast, other)
    # Also the refusals: what a cluster decides alone is the same with every adjustment.
    variance, df, lost = _bias_reduced(powers, fitted, contrast)
    if alone and lost > _NO_SHARE:
        raise Refused(
            "leverage_one",
            "the weights let one cluster alone decide part of the effect, so that it has no"
            " residual",
            "check the column of weights, or ask for adjustment: additive",
        )
    return spread(variance, df, powers[1]) if std_error == "CR2" else found


def by_power(cells: Moments, maps: Float, group: Integer) -> tuple[GroupMoments, ...]:
    """Return moments of design rows by group with weights to the power 0, 1 and 2.

    Parameters
    ----------
    cells : Moments
        Moments of the covariates and, last, the outcome, by cell.
    maps, group : ndarray
        As in ``group_moments``.

    Returns
    -------
    tuple of three GroupMoments, or empty
        Nothing without probability weights.
    """
    if cells.powers is None:
        return ()
    return tuple(group_moments(cells.to_power(at), maps, group) for at in range(3))


def require_alike(cells: Moments, pair: Integer) -> None:
    """Refuse probability weights that differ within a matched pair.

    With an intercept for each pair its residuals are then orthogonal to its weights, and not
    to what the contrast leaves out, so that CR2 would be too small.

    Parameters
    ----------
    cells : Moments
        Moments by cell.
    pair : ndarray, shape (g,)
        Pair of each cell.

    Raises
    ------
    Refused
        ``weights_with_pairs``.
    """
    if cells.powers is None:
        return
    n, once, twice = (np.bincount(pair, one[:, 0, 0]) for one in cells.powers)
    if (n * twice - once**2 > _ALIKE * once**2).any():
        raise Refused(
            "weights_with_pairs",
            "probability weights differ within matched pairs, where uncertainty is over pairs",
            "leave weights out, give both units of a pair the same weight, or name coarser strata",
        )


@dataclass(frozen=True, slots=True)
class WeightedParts:
    """What the CR2 estimator makes of several contrasts under probability weights.

    A cluster's errors enter contrast s with weights whose products over clusters i and j are
    [i = j] own_ist + shared_is' Q shared_jt.

    Attributes
    ----------
    parts : ndarray, shape (g, q)
        Each cluster's part in the estimate's error.
    own : ndarray, shape (g, q, q)
        Products of weights within a cluster.
    shared : ndarray, shape (g, 2k, q)
        Weights towards what clusters share.
    between : ndarray, shape (2k, 2k)
        Q.
    lost : ndarray, shape (q,)
        Share of each contrast's squared weights that lies where clusters have no residual.
    """

    parts: Float
    own: Float
    shared: Float
    between: Float
    lost: Float

    @property
    def expected(self) -> Float:
        """Return the expected covariance under the working model, shape (q, q)."""
        through = self.shared.transpose(0, 2, 1) @ self.between @ self.shared
        both: Float = (self.own + through).sum(axis=0)
        return both


@dataclass(frozen=True, slots=True)
class _Scaled:
    """Moments by power with the columns of X at length one."""

    xx: Float
    scores: Float
    bread: Float
    towards: Float


def _scaled(powers: Sequence[GroupMoments], fitted: Fit, contrasts: Float) -> _Scaled:
    scale = 1 / np.sqrt(np.diag(powers[1].xx.sum(axis=0)))
    both = np.outer(scale, scale)
    scores = [one.xy - one.xx @ fitted.coefficients for one in powers]
    return _Scaled(
        xx=np.array([one.xx for one in powers]) * both,
        scores=np.array(scores) * scale,
        bread=fitted.bread / both,
        towards=fitted.bread @ contrasts.T / scale[:, None],
    )


def weighted_parts(powers: Sequence[GroupMoments], fitted: Fit, contrasts: Float) -> WeightedParts:
    """Return the parts of the CR2 estimator for several contrasts.

    A cluster's part of the estimate is w'e with w = A W X M c and A the inverse root. As A is
    the identity plus O (P - I) O', w is W X M c, which is known exactly, plus O d.

    Parameters
    ----------
    powers : sequence of three GroupMoments
        As in ``weighted_cluster_spread``.
    fitted : Fit
        Likewise.
    contrasts : ndarray, shape (q, k)
        Weights of the coefficients.
    """
    of = _scaled(powers, fitted, contrasts)
    k, t = contrasts.shape[1], of.towards
    squares = of.bread @ of.xx[2].sum(axis=0) @ of.bread
    between = np.block([[squares, -of.bread], [-of.bread, np.zeros((k, k))]])
    gram = np.block([[of.xx[0], of.xx[1]], [of.xx[1], of.xx[2]]])
    root, inverse = _roots(gram)
    turned = root.transpose(0, 2, 1)
    start = root @ np.concatenate([np.zeros_like(t), t])
    values, vectors = np.linalg.eigh(np.eye(2 * k) + root @ between @ turned)
    real = values > NO_RESIDUAL
    along = vectors.transpose(0, 2, 1) @ start
    gone = np.where(real[:, :, None], 0.0, along)
    change = np.where(real, np.where(real, values, 1.0) ** -0.5, 0.0) - 1
    d = vectors @ (change[:, :, None] * along)
    residual = inverse @ np.concatenate([of.scores[0], of.scores[1]], axis=1)[:, :, None]
    cross = start.transpose(0, 2, 1) @ d
    return WeightedParts(
        parts=of.scores[1] @ t + np.sum(d * residual, axis=1),
        own=t.T @ of.xx[2] @ t + cross + cross.transpose(0, 2, 1) + d.transpose(0, 2, 1) @ d,
        shared=np.concatenate([of.xx[1] @ t, of.xx[2] @ t], axis=1) + turned @ d,
        between=between,
        lost=np.sum(gone**2, axis=(0, 1)) / np.sum(start**2, axis=(0, 1)),
    )


def _bias_reduced(
    powers: Sequence[GroupMoments], fitted: Fit, contrast: Float
) -> tuple[float, float, float]:
    """Return the CR2 variance, its degrees of freedom, and the share without residual."""
    found = weighted_parts(powers, fitted, contrast[None, :])
    q, own, s = found.between, found.own[:, 0, 0], found.shared[:, :, 0]
    shared = np.einsum("gi,ij,gj->g", s, q, s)
    both = q @ (s.T @ s)
    trace = float(np.sum(own + shared))
    squared = float(np.sum(own**2 + 2 * own * shared) + np.einsum("ij,ji->", both, both))
    df = trace**2 / squared if squared > 0 else 0.0
    return float(np.sum(found.parts**2)), df, float(found.lost[0])


def _roots(gram: Float) -> tuple[Float, Float]:
    """Return R = D^(1/2) V' and D^(-1/2) V' of each Gram matrix V D V', shape (g, 2k, 2k)."""
    values, vectors = np.linalg.eigh(gram)
    real = values > _ZERO * np.maximum(values[:, -1:], 1e-300)
    size = np.sqrt(np.where(real, values, 0.0))
    inverse = np.divide(1.0, size, out=np.zeros_like(size), where=real)
    turned = vectors.transpose(0, 2, 1)
    return size[:, :, None] * turned, inverse[:, :, None] * turned
