"""A linear model with a random intercept for each cluster, from the clusters' moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float
from evaluate.errors import Refused
from evaluate.inference.icc import Icc, State, require_replicates
from evaluate.inference.linear import GroupMoments, fit

# Intraclass correlations at which a likelihood is looked at before its peak is searched.
_GRID = np.concatenate([[0.0], np.geomspace(1e-6, 0.01, 9), np.linspace(0.03, 0.99, 33), [0.999]])


@dataclass(frozen=True, slots=True)
class RandomIntercept:
    """A linear model with a random intercept for each cluster.

    Attributes
    ----------
    coefficients : ndarray, shape (k,)
        Generalised least squares.
    covariance : ndarray, shape (k, k)
        Theirs, given the variances.
    icc : Icc
        Variances of clusters and of residuals.
    """

    coefficients: Float
    covariance: Float
    icc: Icc


def random_intercept(groups: GroupMoments) -> RandomIntercept:
    """Return the random-intercept model by restricted maximum likelihood.

    With r the ratio of the variances, V^-1 of a cluster is I - r / (1 + n r) 11', so that all
    depends on its X'X and X'y, whose first column is the constant; the likelihood is profiled
    to r, and its peak is where the score is zero.

    Parameters
    ----------
    groups : GroupMoments
        Moments by cluster of a model with the constant in its first column.

    Raises
    ------
    Refused
        ``one_cluster`` with fewer than two clusters, ``no_replicates`` when no cluster has
        two members, ``no_variation`` when clusters leave nothing to explain; the codes of
        ``fit``.

    References
    ----------
    Laird & Ware (1982), Biometrics 38(4). R ``lme4::lmer(y ~ x + (1 | cluster))``; Stata
    ``mixed y x || cluster:, reml``.
    """
    from scipy.optimize import brentq

    require_replicates(len(groups.n), int(groups.n.sum()))
    b = fit(groups).coefficients
    # Residuals around least squares: no digit of the outcome's level is lost.
    scores, n = groups.xy - groups.xx @ b, groups.xx[:, 0, 0]
    model = _Likelihood(
        n=n,
        sums=groups.xx[:, 0],
        totals=scores[:, 0],
        xx=groups.xx.sum(axis=0),
        xy=scores.sum(axis=0),
        squares=float(_rest(groups, b).sum()),
        rows=int(groups.n.sum()),
    )
    values = np.array([model.deviance(one) for one in _GRID])
    at = int(values.argmin())
    rho = float(_GRID[at])
    low, high = _GRID[max(at - 1, 0)], _GRID[min(at + 1, len(_GRID) - 1)]
    if model.score(low) * model.score(high) < 0:
        rho = float(brentq(model.score, low, high, xtol=1e-15, rtol=1e-14))
    elif at == len(_GRID) - 1:
        raise Refused(
            "no_variation",
            "members of a cluster hardly differ, so that nothing can be divided",
            "check the outcome's column and that of the cluster",
        )
    ratio = rho / (1 - rho)
    bread, shift, within = model.solved(ratio)
    state: State = "inside" if rho > 0 else "at_zero"
    icc = Icc(rho, state, ratio * within, within)
    return RandomIntercept(b + shift, within * bread, icc)


def _rest(groups: GroupMoments, b: Float) -> Float:
    """Return each cluster's sum of squared residuals."""
    rest: Float = groups.yy - 2 * groups.xy @ b + np.einsum("i,gij,j->g", b, groups.xx, b)
    return np.maximum(rest, 0.0)


@dataclass(frozen=True, slots=True)
class _Likelihood:
    """The restricted likelihood of residuals, profiled to the ratio of variances.

    By cluster the number, the sums of X and of the residuals; over all X'X, X'e and e'e.
    """

    n: Float
    sums: Float
    totals: Float
    xx: Float
    xy: Float
    squares: float
    rows: int

    def solved(self, ratio: float) -> tuple[Float, Float, float]:
        """Return (X'V^-1X)^-1, the coefficients and the residual variance."""
        pull = ratio / (1 + self.n * ratio)
        xvx = self.xx - (self.sums * pull[:, None]).T @ self.sums
        xvy = self.xy - self.sums.T @ (pull * self.totals)
        bread = np.linalg.inv(xvx)
        b = bread @ xvy
        left = self.squares - float(pull @ self.totals**2 + b @ xvy)
        return (bread + bread.T) / 2, b, left / (self.rows - len(b))

    def deviance(self, rho: float) -> float:
        """Return minus twice the restricted log likelihood, but for a constant."""
        ratio = rho / (1 - rho)
        bread, b, within = self.solved(ratio)
        determinant = float(np.linalg.slogdet(bread)[1])
        size = (self.rows - len(b)) * np.log(max(within, 1e-300))
        return float(size + np.log1p(self.n * ratio).sum() - determinant)

    def score(self, rho: float) -> float:
        """Return the derivative of the deviance by the ratio of variances."""
        ratio = rho / (1 - rho)
        bread, b, within = self.solved(ratio)
        inner = 1 + self.n * ratio
        fitted = (self.totals - self.sums @ b) / inner
        traces = np.sum((self.sums @ bread) * self.sums, axis=1)
        slope = self.n / inner - traces / inner**2 - fitted**2 / within
        return float(slope.sum())
