"""The restricted wild cluster bootstrap, from each cluster's moments alone.

A draw weights each cluster's residuals under the null as a whole, so that it enters through
the cluster's score s = X'u only: with w = sum v s and M = (X'X)^-1 the estimate moves by c'Mw
and a cluster's residual score becomes v s - X'X M w. All draws are matrix products.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluate.data.moments import Float, Integer
from evaluate.inference.clustered import cluster_spread
from evaluate.inference.inversion import Inversion, Ratios, joined, moment_order, stream
from evaluate.inference.linear import Fit, GroupMoments, Spread
from evaluate.inference.wild_weights import WeightPlan, Weights, weight_plan

WildStdError = Literal["CR0", "CR1", "CR1S"]

# Sums of squares from moments, relative to their parts: what is smaller is rounding.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """A bootstrap test of one contrast.

    Attributes
    ----------
    statistic : float
        Observed t.
    p_value : float
        Two-sided; a draw as far out as the observed one counts.
    conf_low, conf_high : float
        Nulls between which the test does not reject; infinite where it can reject none.
    n_draws : int
        Draws.
    exact : bool
        Whether they are all that there are.
    weights : {"rademacher", "webb"}
        Distribution of the weights.
    draws : ndarray, shape (n_draws,)
        t of each draw under the null.
    """

    statistic: float
    p_value: float
    conf_low: float
    conf_high: float
    n_draws: int
    exact: bool
    weights: str
    draws: Float


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a draw weights. A trailing axis of 2: at the estimate, and for each unit of delta."""

    towards: Float
    score: Float
    own: Float
    leverage: Float
    cluster: Integer
    plain: bool


def wild_bootstrap(
    clusters: GroupMoments,
    fitted: Fit,
    contrast: Float,
    *,
    seed: Sequence[int],
    std_error: WildStdError = "CR1S",
    draws: int = 9999,
    conf_level: float = 0.95,
    null: float = 0.0,
    weights: Weights | None = None,
    subclusters: GroupMoments | None = None,
    cluster_of: Integer | None = None,
) -> Bootstrap:
    """Return the restricted wild cluster bootstrap of ``contrast @ coefficients``.

    Parameters
    ----------
    clusters : GroupMoments
        Moments by cluster.
    fitted : Fit
        Fit to the same moments.
    contrast : ndarray, shape (k,)
        Weights of the coefficients.
    seed : sequence of int
        Entropy of the random stream.
    std_error : {"CR0", "CR1", "CR1S"}
        Denominator of t, in the sample and in each draw. It changes t, not the p-value.
    draws : int
        Draws; fewer where all that are possible are taken.
    conf_level : float
        Coverage probability of the interval, in (0, 1).
    null : float
        Tested value, in the unit of the contrast.
    weights : {"rademacher", "webb"} or None
        Distribution of the weights; ``None`` chooses as ``weight_plan`` does.
    subclusters : GroupMoments or None
        Moments by the groups that are weighted instead, such as classes or single pupils; the
        variance stays clustered.
    cluster_of : ndarray, shape (h,), or None
        Cluster of each subcluster, a place in ``clusters``.

    Raises
    ------
    Refused
        With the codes of ``cluster_spread``.

    References
    ----------
    Cameron, Gelbach & Miller (2008), Review of Economics and Statistics 90(3), section III.C;
    MacKinnon & Webb (2018), Econometrics Journal 21(2), for subclusters; Roodman et al. (2019),
    Stata J. 19(1), section 5. R ``fwildclusterboot::boottest(impose_null = TRUE)``, Stata
    ``boottest``; they count ties as not extreme.
    """
    spread = cluster_spread(clusters, fitted, contrast, std_error)
    effect = float(contrast @ fitted.coefficients)
    order = moment_order(clusters)
    parts = _parts(clusters, fitted, contrast, order, (subclusters, cluster_of))
    plan = weight_plan(len(parts.score), draws, weights)
    factor = _factor(parts, spread)
    ratios = joined(_ratios(plan, parts, factor, stream(seed, "wild")))
    test = Inversion(effect, spread.std_error, ratios, plan.exact)
    low, high = test.limits(conf_level)
    return Bootstrap(
        statistic=(effect - null) / spread.std_error,
        p_value=test.p_value(null),
        conf_low=low,
        conf_high=high,
        n_draws=plan.draws,
        exact=plan.exact,
        weights=plan.name,
        draws=ratios.statistics(effect - null),
    )


def joint_draws(
    clusters: GroupMoments,
    fitted: Fit,
    contrast: Float,
    *,
    seed: Sequence[int],
    draws: int = 9999,
) -> Float:
    """Return draws of t that are joint with those of other outcomes of the same clusters.

    ``wild_bootstrap`` weights clusters in the order of what they hold, which differs between
    outcomes. Here a cluster's weight goes by its place in ``clusters``, so that with one seed,
    one number of draws and the same clusters every outcome sees the same weights in each draw.

    Parameters
    ----------
    clusters : GroupMoments
        Moments by cluster, in the order of the clusters' labels.
    fitted : Fit
        Fit to the same moments.
    contrast : ndarray, shape (k,)
        Weights of the coefficients.
    draws : int
        Draws; fewer where all that are possible are taken.
    seed : sequence of int
        Entropy of the family's random stream.

    Returns
    -------
    ndarray, shape (b,)
        t with CR1S under an effect of zero, which is imposed; infinite where a draw has no
        spread. As many as ``wild_bootstrap`` takes.

    Raises
    ------
    Refused
        With the codes of ``cluster_spread``.

    References
    ----------
    Clarke, Romano & Wolf (2020), Stata J. 20(4), for what they are for. R ``wildrwolf::rwolf``.
    """
    spread = cluster_spread(clusters, fitted, contrast, "CR1S")
    parts = _parts(clusters, fitted, contrast, np.arange(len(clusters.n)))
    plan = weight_plan(len(parts.score), draws)
    ratios = joined(_ratios(plan, parts, _factor(parts, spread), stream(seed, "family")))
    return ratios.statistics(float(contrast @ fitted.coefficients))


def _factor(parts: _Parts, spread: Spread) -> float:
    """Return the factor between the square of a standard error and its sum of squared scores."""
    observed = np.bincount(parts.cluster, parts.own[:, 0])
    return spread.std_error**2 / float(observed @ observed)


def _parts(
    clusters: GroupMoments,
    fitted: Fit,
    contrast: Float,
    order: Integer,
    inside: tuple[GroupMoments | None, Integer | None] = (None, None),
) -> _Parts:
    """Return scores under the null, which are linear in it, of clusters in this order."""
    subclusters, cluster_of = inside
    towards = fitted.bread @ contrast
    leverage = (clusters.xx[order] @ towards) @ fitted.bread
    if subclusters is None or cluster_of is None:
        groups, cluster, within = clusters, np.arange(len(order)), order
    else:
        place = np.argsort(order)[cluster_of]
        within = moment_order(subclusters)
        within = within[np.argsort(place[within], kind="stable")]
        groups, cluster = subclusters, place[within]
    xx, xy = groups.xx[within], groups.xy[within]
    at_estimate = xy - xx @ fitted.coefficients
    away = (xx @ towards) / (contrast @ towards)
    score = np.stack([at_estimate, away], axis=-1)
    own = np.stack([at_estimate @ towards, away @ towards], axis=-1)
    return _Parts(towards, score, own, leverage, cluster, subclusters is None)


def _ratios(
    plan: WeightPlan, parts: _Parts, factor: float, rng: np.random.Generator
) -> Iterator[Ratios]:
    """Yield the draws' statistics, with each sum of squared scores multiplied out.

    For scores i, j in {at the estimate, away from it} and a = sum of v z over a cluster, with
    z = c'Ms and q = M X'X M c of the cluster, the sum over clusters of (a_i - q'w_i)(a_j - q'w_j)
    is sum a_i a_j - w_i'C_j - w_j'C_i + w_i'K w_j, C_j = sum q a_j and K = sum qq'.
    """
    k = len(parts.towards)
    both = parts.leverage.T @ parts.leverage
    turned = parts.own[:, None, :] * parts.leverage[parts.cluster][:, :, None]
    right = np.concatenate([parts.score, turned], axis=1).reshape(len(parts.score), -1)
    for v in plan.blocks(rng):
        product = (v @ right).reshape(len(v), 2 * k, 2)
        moved, crossed = product[:, :k], product[:, k:]
        line = np.einsum("bki,k->ib", moved, parts.towards)
        own = _own(v, parts, squared=plan.name != "rademacher")
        mixed = np.einsum("bki,bkj->ijb", moved, crossed)
        bent = np.einsum("bki,kl,blj->ijb", moved, both, moved, optimize=True)
        squares = own - mixed - mixed.transpose(1, 0, 2) + bent
        yield _clean(line, factor * squares, factor * own)


def _own(v: Float, parts: _Parts, *, squared: bool) -> Float:
    """Return sum over clusters of a_i a_j, shape (2, 2, b)."""
    if parts.plain:
        z = parts.own
        if not squared:  # signs leave it alone
            return np.broadcast_to((z.T @ z)[:, :, None], (2, 2, len(v)))
        return ((v * v) @ (z[:, :, None] * z[:, None, :]).reshape(len(z), 4)).T.reshape(2, 2, -1)
    starts = np.flatnonzero(np.diff(parts.cluster, prepend=-1))
    sums = [np.add.reduceat(v * parts.own[:, i], starts, axis=1) for i in (0, 1)]
    return np.array([[np.einsum("bg,bg->b", a, b) for b in sums] for a in sums])


def _clean(line: Float, squares: Float, own: Float) -> Ratios:
    """Return the ratios, with spreads that are nothing but rounding set to zero.

    Where all weights of a side agree, residuals do not move with the null: the statistic then
    grows without bound, and rounding must not stop it.
    """
    d0, d1, d2 = squares[0, 0], squares[0, 1], squares[1, 1]
    still = d2 <= _ROUNDING * own[1, 1]
    return Ratios(
        n0=line[0],
        n1=line[1],
        d0=np.where(d0 <= _ROUNDING * own[0, 0], 0.0, d0),
        d1=np.where(still, 0.0, d1),
        d2=np.where(still, 0.0, d2),
    )
