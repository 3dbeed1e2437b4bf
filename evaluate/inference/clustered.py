"""Cluster-robust uncertainty of a contrast, from each cluster's moments alone."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from evaluate.data.moments import LEVERAGE_LIMIT
from evaluate.errors import Refused
from evaluate.inference.blocks import Blocks, adjusted_scores, cluster_blocks
from evaluate.inference.linear import Fit, Float, GroupMoments, Spread, spread

ClusterStdError = Literal["CR0", "CR1", "CR1S", "CR2", "CR3"]
CLUSTER_STD_ERRORS: tuple[str, ...] = get_args(ClusterStdError)

# Share of the contrast's squared weights below which it is rounding.
_NO_SHARE = 1e-9


def cluster_spread(
    clusters: GroupMoments,
    fitted: Fit,
    contrast: Float,
    std_error: ClusterStdError,
) -> Spread:
    """Return the uncertainty of ``contrast @ coefficients`` when clusters were assigned.

    Parameters
    ----------
    clusters : GroupMoments
        Moments by cluster; whether treatment varies within a cluster does not matter.
    fitted : Fit
        Fit to the same moments.
    contrast : ndarray, shape (k,)
        Weights of the coefficients.
    std_error : {"CR0", "CR1", "CR1S", "CR2", "CR3"}
        Estimator. CR1 is CR0 times G / (G - 1). CR1S, Stata's, is CR1 times
        (N - 1) / (N - k). CR2 is unbiased where errors are independent with equal variance.
        CR3 is the leave-one-cluster-out jackknife around the estimate, with its
        factor (G - 1) / G.

    Returns
    -------
    Spread
        Degrees of freedom are Satterthwaite's for CR2, G - 1 for the others.

    Raises
    ------
    Refused
        ``one_cluster`` with a single cluster; ``leverage_one`` when a cluster alone decides
        part of the contrast; ``no_variation`` and ``no_degrees_of_freedom`` as in
        ``spread``.

    References
    ----------
    Pustejovsky & Tipton (2018), J. Business & Economic Statistics 36(4), section 2; Bell
    & McCaffrey (2002), Survey Methodology 28(2). R ``clubSandwich::vcovCR(type = "CR0", "CR1", "CR1S", "CR2")`` and
    ``coef_test(test = "Satterthwaite")``. CR3: MacKinnon, Nielsen & Webb (2023), J. Applied
    Econometrics 38(5), CV3; R ``clubSandwich`` type ``"CR3"`` times (G - 1) / G; Stata
    ``vce(jackknife, mse)``.
    """
    n_clusters = len(clusters.n)
    if n_clusters == 1:
        raise Refused(
            "one_cluster",
            "with a single cluster nothing tells its own fate from the effect",
            "add comparison clusters, or compare over time with a synthetic control",
        )
    blocks, towards = cluster_blocks(clusters, fitted), fitted.bread @ contrast
    _require_residuals(blocks, towards)
    if std_error == "CR2":
        variance, df = _bias_reduced(clusters, fitted, blocks, towards)
        return spread(variance, df, clusters)
    power = -1.0 if std_error == "CR3" else 0.0
    influence = adjusted_scores(clusters, fitted, blocks, power) @ towards
    factor = {
        "CR0": 1.0,
        "CR1": n_clusters / (n_clusters - 1),
        "CR1S": n_clusters / (n_clusters - 1) * (fitted.n_obs - 1) / (fitted.n_obs - fitted.rank),
        "CR3": (n_clusters - 1) / n_clusters,
    }[std_error]
    return spread(factor * float(influence @ influence), n_clusters - 1.0, clusters)


def _require_residuals(blocks: Blocks, towards: Float) -> None:
    """Refuse a contrast of which a cluster alone decides part.

    Where I - R M R' is singular the cluster's residual is zero whatever its errors, so that
    every estimator would drop this part of the variance without a word.
    """
    own = blocks.root @ towards
    along = (blocks.vectors.transpose(0, 2, 1) @ own[:, :, None])[:, :, 0]
    lost = np.where(blocks.values > 1 - LEVERAGE_LIMIT, 0.0, along)
    if np.sum(lost**2) > _NO_SHARE * np.sum(own**2):
        raise Refused(
            "leverage_one",
            "a cluster alone decides part of the effect, so that it has no residual",
            "ask for adjustment: additive, or merge strata",
        )


def _bias_reduced(
    clusters: GroupMoments, fitted: Fit, blocks: Blocks, towards: Float
) -> tuple[float, float]:
    """Return the CR2 variance and Satterthwaite's degrees of freedom.

    The variance estimator is e'Pe with P_gh = [g = h] |w_g|^2 - u_g'M u_h; its degrees of
    freedom are (tr P)^2 / tr(P P) when errors are independent with equal variance.
    """
    w = (blocks.power(-0.5) @ (blocks.root @ towards)[:, :, None])[:, :, 0]
    u = np.einsum("gji,gj->gi", blocks.root, w)
    scores = clusters.xy - clusters.xx @ fitted.coefficients
    e = np.einsum("gij,gj->gi", blocks.inverse, scores)
    own = np.einsum("gi,gi->g", w, w)
    shared = np.einsum("gi,gi->g", u @ fitted.bread, u)
    both = fitted.bread @ (u.T @ u)
    trace = float(np.sum(own - shared))
    squared = float(np.sum(own**2 - 2 * own * shared) + np.einsum("ij,ji->", both, both))
    variance = float(np.sum(np.einsum("gi,gi->g", w, e) ** 2))
    return variance, trace**2 / squared if squared > 0 else 0.0
