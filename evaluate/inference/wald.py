"""Several contrasts at once: their covariance, and a Wald test that holds with few clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import LEVERAGE_LIMIT, Float
from evaluate.errors import Refused
from evaluate.inference.blocks import Blocks, adjusted_scores, cluster_blocks
from evaluate.inference.clustered import ClusterStdError
from evaluate.inference.linear import LEAST_DF, Fit, GroupMoments

# Share of a contrast's squared weights, or of its variance, below which it is rounding.
_NO_SHARE = 1e-9
_POWER = {"CR0": 0.0, "CR1": 0.0, "CR1S": 0.0, "CR2": -0.5, "CR3": -1.0}


@dataclass(frozen=True, slots=True)
class WaldTest:
    """A joint test of q contrasts.

    Attributes
    ----------
    f : float
        Statistic; F distributed with ``df_num`` and ``df_denom`` degrees of freedom.
    df_num : int
        Contrasts q.
    df_denom : float
        Degrees of freedom; positive.
    p_value : float
        In [0, 1].
    """

    f: float
    df_num: int
    df_denom: float
    p_value: float


def upper_f(f: float, df_num: float, df_denom: float) -> float:
    """Return the probability of an F statistic at least this large; R ``pf(lower = FALSE)``.

    Parameters
    ----------
    f : float
        Statistic.
    df_num, df_denom : float
        Degrees of freedom.
    """
    from scipy.special import fdtrc

    return float(fdtrc(df_num, df_denom, max(f, 0.0)))


def cluster_covariance(
    clusters: GroupMoments, fitted: Fit, contrasts: Float, std_error: ClusterStdError
) -> Float:
    """Return the covariance of several contrasts when clusters were assigned, shape (q, q).

    Parameters
    ----------
    clusters : GroupMoments
        Moments by cluster.
    fitted : Fit
        Fit to the same moments.
    contrasts : ndarray, shape (q, k)
        Weights of the coefficients.
    std_error : {"CR0", "CR1", "CR1S", "CR2", "CR3"}
        Estimator, as in ``cluster_spread``.

    References
    ----------
    As ``cluster_spread``. R ``clubSandwich::vcovCR``.
    """
    influence = cluster_influence(clusters, fitted, contrasts, std_error)
    return influence.T @ influence


def cluster_influence(
    clusters: GroupMoments, fitted: Fit, contrasts: Float, std_error: ClusterStdError
) -> Float:
    """Return each cluster's part in several contrasts, shape (g, q).

    The covariance of contrasts, of one fit or of two with the same design, is the sum over
    clusters of the products of their parts.

    Parameters
    ----------
    clusters : GroupMoments
        Moments by cluster.
    fitted : Fit
        Fit to the same moments.
    contrasts : ndarray, shape (q, k)
        Weights of the coefficients.
    std_error : {"CR0", "CR1", "CR1S", "CR2", "CR3"}
        Estimator, as in ``cluster_spread``.

    Raises
    ------
    Refused
        ``one_cluster`` and ``leverage_one`` as in ``cluster_spread``.
    """
    blocks = require_residuals(clusters, fitted, contrasts)
    scores = adjusted_scores(clusters, fitted, blocks, _POWER[std_error])
    towards = fitted.bread @ contrasts.T
    return float(np.sqrt(_factor(clusters, fitted, std_error))) * (scores @ towards)


def _factor(clusters: GroupMoments, fitted: Fit, std_error: ClusterStdError) -> float:
    g = len(clusters.n)
    small = g / (g - 1)
    stata = small * (fitted.n_obs - 1) / (fitted.n_obs - fitted.rank)
    return {"CR0": 1.0, "CR1": small, "CR1S": stata, "CR2": 1.0, "CR3": 1 / small}[std_error]


def wald_test(clusters: GroupMoments, fitted: Fit, contrasts: Float) -> WaldTest:
    """Return the approximate Hotelling test that several contrasts are all zero, under CR2.

    With V the CR2 covariance of the contrasts and O their covariance under independent errors
    of equal variance, the statistic is (eta - q + 1) / (eta q) b'V^-1 b with eta = q (q + 1)
    over the summed variances of the entries of O^-1/2 V O^-1/2.

    Parameters
    ----------
    clusters : GroupMoments
        Moments by cluster.
    fitted : Fit
        Fit to the same moments.
    contrasts : ndarray, shape (q, k)
        Weights of the coefficients; linearly independent.

    Returns
    -------
    WaldTest
        With q = 1 the square of the t test of CR2 with Satterthwaite's degrees of freedom.

    Raises
    ------
    Refused
        ``one_cluster`` and ``leverage_one`` as in ``cluster_spread``;
        ``contrasts_dependent`` when one contrast follows from others, or from too few
        clusters; ``no_degrees_of_freedom`` when eta leaves none.

    References
    ----------
    Tipton & Pustejovsky (2015), J. Educational and Behavioral Statistics 40(6); Pustejovsky &
    Tipton (2018), J. Business & Economic Statistics 36(4), section 3. R
    ``clubSandwich::Wald_test(vcov = "CR2", test = "HTZ")``.
    """
    blocks = require_residuals(clusters, fitted, contrasts)
    towards = fitted.bread @ contrasts.T
    influence = adjusted_scores(clusters, fitted, blocks, -0.5) @ towards
    variance = influence.T @ influence
    root = inverse_root(contrasts @ towards)
    w = blocks.power(-0.5) @ (blocks.root @ (towards @ root))
    u = blocks.root.transpose(0, 2, 1) @ w
    total = covariance_spread(w.transpose(0, 2, 1) @ w, u, fitted.bread)
    return hotelling(contrasts @ fitted.coefficients, variance, total)


def hotelling(value: Float, variance: Float, total: float) -> WaldTest:
    """Return the approximate Hotelling test of q values that are zero if nothing is there.

    Parameters
    ----------
    value : ndarray, shape (q,)
        Contrasts.
    variance : ndarray, shape (q, q)
        Their covariance V, as estimated.
    total : float
        Summed variances of the entries of O^-1/2 V O^-1/2; positive.

    Raises
    ------
    Refused
        ``contrasts_dependent`` and ``no_degrees_of_freedom`` as in ``wald_test``.
    """
    require_independent(variance)
    q = len(value)
    statistic = float(value @ np.linalg.solve(variance, value))
    eta = q * (q + 1) / total if total > 0 else 0.0
    df = eta - q + 1
    if not (np.isfinite(df) and df > LEAST_DF):
        raise Refused(
            "no_degrees_of_freedom",
            f"too few assigned units are left to test {q} contrasts together",
            "test fewer contrasts, or use more assigned units",
        )
    f = df / (eta * q) * statistic
    return WaldTest(f, q, float(df), upper_f(f, q, df))


def covariance_spread(own: Float, u: Float, bread: Float) -> float:
    """Return the summed variances of the entries of the scaled covariance, equation (15).

    Its entries are quadratic forms in the errors; for columns s and t the clusters' weights
    have the products K_ij = [i = j] own_ist - u_is' M u_jt.

    Parameters
    ----------
    own : ndarray, shape (g, q, q)
        Products of each cluster's weights of its own errors.
    u : ndarray, shape (g, k, q)
        Through what clusters share.
    bread : ndarray, shape (k, k)
        M.
    """
    shared = u.transpose(0, 2, 1) @ bread @ u
    (g, k, q), total = u.shape, 0.0
    flat = u.transpose(0, 2, 1).reshape(g, q * k)
    outer = (flat.T @ flat).reshape(q, k, q, k).transpose(0, 2, 1, 3) @ bread
    for s in range(q):
        for t in range(q):
            ss, tt, st = (own[:, a, b] for a, b in ((s, s), (t, t), (s, t)))
            total += float(np.sum(st**2 - 2 * st * shared[:, s, t]))
            total += float(np.sum(ss * tt - ss * shared[:, t, t] - tt * shared[:, s, s]))
            total += float(np.sum(outer[s, t] * outer[s, t].T))
            total += float(np.sum(outer[s, t] * outer[t, s].T))
    return total


def require_residuals(clusters: GroupMoments, fitted: Fit, contrasts: Float) -> Blocks:
    """Return the blocks of I - H, or refuse contrasts of which a cluster alone decides part.

    Raises
    ------
    Refused
        ``one_cluster`` and ``leverage_one`` as in ``cluster_spread``.
    """
    if len(clusters.n) == 1:
        raise Refused(
            "one_cluster",
            "with a single cluster nothing tells its own fate from the effect",
            "add comparison clusters, or compare over time with a synthetic control",
        )
    blocks = cluster_blocks(clusters, fitted)
    own = blocks.root @ (fitted.bread @ contrasts.T)
    along = blocks.vectors.transpose(0, 2, 1) @ own
    lost = np.where((blocks.values > 1 - LEVERAGE_LIMIT)[:, :, None], 0.0, along)
    share, whole = np.sum(lost**2, axis=(0, 1)), np.sum(own**2, axis=(0, 1))
    if (share > _NO_SHARE * whole).any():
        raise Refused(
            "leverage_one",
            "a cluster alone decides part of what is tested, so that it has no residual",
            "ask for adjustment: additive, or merge strata or subgroups",
        )
    return blocks


def require_independent(covariance: Float) -> None:
    """Refuse a covariance in which one contrast follows from others.

    Raises
    ------
    Refused
        ``contrasts_dependent``.
    """
    size = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    values = np.linalg.eigvalsh(covariance / np.outer(size, size))
    if values[0] < _NO_SHARE * values[-1]:
        raise Refused(
            "contrasts_dependent",
            "what is tested together is not independent, or rests on too few assigned units",
            "test fewer contrasts together",
        )


def inverse_root(matrix: Float) -> Float:
    """Return M^(-1/2) of a positive definite matrix; its symmetric root.

    Raises
    ------
    Refused
        ``contrasts_dependent`` where it is not positive definite.
    """
    require_independent(matrix)
    values, vectors = np.linalg.eigh(matrix)
    root: Float = (vectors / np.sqrt(values)) @ vectors.T
    return root
