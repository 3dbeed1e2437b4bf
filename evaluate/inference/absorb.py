"""Regression with effects of units absorbed, and of periods as columns, from moments.

Degrees of freedom: effects that lie within clusters are not counted, as they use up nothing
between clusters. CR1S counts the columns, the period indicators and one for the constant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float
from evaluate.data.sample import Sample
from evaluate.data.within import Within, WithinModel
from evaluate.errors import Refused
from evaluate.inference.clustered import ClusterStdError, cluster_spread
from evaluate.inference.linear import Fit, GroupMoments, Spread, fit, spread

# Share of a column's squares that is left within units and periods: below, its standard
# deviation there is a millionth of what it was, and its coefficient has no digits.
NOTHING_WITHIN = 1e-12


@dataclass(frozen=True, slots=True)
class AbsorbedFit:
    """A fit with effects absorbed.

    Attributes
    ----------
    columns : tuple of str
        The columns with a coefficient of their own; period indicators come after them.
    groups : GroupMoments
        Moments of columns, period indicators and outcome, demeaned within units.
    fit : Fit
        Coefficients of the columns, then of the period indicators.
    within : Within
        Where the moments come from.
    """

    columns: tuple[str, ...]
    groups: GroupMoments
    fit: Fit
    within: Within

    def contrast(self, column: str) -> Float:
        """Return the weights that pick a column's coefficient, shape (k,)."""
        weights: Float = np.eye(self.fit.rank)[self.columns.index(column)]
        return weights

    def effect(self, column: str) -> float:
        """Return a column's coefficient, in the outcome's unit for each unit of the column."""
        return float(self.fit.coefficients[self.columns.index(column)])

    @property
    def n_counted(self) -> int:
        """Return the coefficients that CR1S counts: columns, periods and the constant."""
        return self.fit.rank + 1

    def model(self) -> WithinModel:
        """Return the fit as an engine evaluates it row by row."""
        within, p = self.within, len(self.within.of.columns)
        pooled = within.cross.sum(axis=0)
        sweep = np.zeros((len(within.periods), p))
        sweep[within.shown] = _on_periods(pooled, p)
        k = len(self.columns)
        return WithinModel(
            within.of, within.centre, within.periods, sweep, self.fit.coefficients[:k]
        )


def fit_absorbed(within: Within, treated: Sequence[str] = ()) -> AbsorbedFit:
    """Return the least-squares fit of the last column to the others, with effects absorbed.

    Parameters
    ----------
    within : Within
        Moments of the columns, the outcome last.
    treated : sequence of str
        Columns whose coefficient is the effect that is looked for; their loss is refused by
        another name than a covariate's.

    Returns
    -------
    AbsorbedFit
        Same coefficients as R ``lm(y ~ x + factor(unit) + factor(period))``,
        ``fixest::feols(y ~ x | unit + period)`` and Stata ``xtreg y x i.period, fe``.

    Raises
    ------
    Refused
        ``no_rows`` when each unit has one; ``treatment_absorbed`` or ``covariate_absorbed`` when a column does not vary within
        units and periods; ``too_few_rows``; ``collinear`` as in ``fit``.
    """
    if not within.n.sum():
        raise Refused(
            "no_rows",
            "no unit has more than one row, so that nothing varies within units",
            "absorb effects of something coarser, or none",
        )
    p, names = len(within.of.columns), within.of.columns[:-1]
    _require_variation(within, treated)
    order = [*range(p - 1), *range(p, within.cross.shape[1])]
    groups = GroupMoments(
        n=within.n,
        xx=within.cross[:, order][:, :, order],
        xy=within.cross[:, order, p - 1],
        yy=within.cross[:, p - 1, p - 1],
    )
    n = int(within.n.sum())
    if n <= within.n_units + len(order):
        raise Refused(
            "too_few_rows",
            f"{n} rows cannot carry the effects of {within.n_units} units and"
            f" {len(order)} other coefficients",
            "absorb coarser units, use fewer covariates or periods, or more rows",
        )
    return AbsorbedFit(names, groups, fit(groups), within)


def absorbed_spread(fitted: AbsorbedFit, contrast: Float, std_error: ClusterStdError) -> Spread:
    """Return the uncertainty of ``contrast @ coefficients`` when clusters were assigned.

    Parameters
    ----------
    fitted : AbsorbedFit
        Fit to moments by cluster.
    contrast : ndarray, shape (k,)
        Weights of the coefficients.
    std_error : {"CR0", "CR1", "CR1S", "CR2", "CR3"}
        Estimator. CR1S is CR1 times (N - 1) / (N - K) with K the columns, the period
        indicators and the constant. CR2 and CR3 are those of the model with an indicator
        for each unit: units lie within clusters.

    Raises
    ------
    Refused
        ``absorbed_probability_weights`` for CR2 with probability weights, of which the
        theorem does not hold; and the codes of ``cluster_spread``.

    References
    ----------
    Pustejovsky & Tipton (2018), J. Business & Economic Statistics 36(4), theorem 2. CR1S: R
    ``fixest::feols(cluster = ~g)`` with its default small-sample correction; Stata
    ``xtreg, fe vce(cluster)``. Others: R ``clubSandwich::vcovCR`` of ``lm`` with indicators.
    """
    of = fitted.within.of
    if std_error == "CR2" and of.weights and of.kind == "probability":
        raise Refused(
            "absorbed_probability_weights",
            "with probability weights CR2 is not the same after absorbing effects",
            "ask for std_error: CR3 or CR1, or give the effects as strata",
        )
    if std_error != "CR1S":
        return cluster_spread(fitted.groups, fitted.fit, contrast, std_error)
    plain = cluster_spread(fitted.groups, fitted.fit, contrast, "CR1")
    factor = _stata_factor(fitted)
    return Spread(plain.std_error * float(np.sqrt(factor)), plain.df)


def absorbed_covariance(
    sample: Sample, fitted: AbsorbedFit, by: Sequence[str], std_error: ClusterStdError
) -> tuple[Float, float]:
    """Return the covariance of the columns' coefficients, however many clusters there are.

    Where moments by cluster do not fit in memory, fit pooled moments (``by=()``) and take
    their uncertainty from one more pass over the rows.

    Parameters
    ----------
    sample : Sample
        The rows behind the fit.
    fitted : AbsorbedFit
        Fit to moments, pooled or by group.
    by : sequence of str
        Columns that form the clusters.
    std_error : {"CR0", "CR1", "CR1S"}
        Estimator, as in ``absorbed_spread``.

    Returns
    -------
    tuple of ndarray, shape (k, k), and float
        Covariance of the columns' coefficients, and degrees of freedom: clusters less one.

    Raises
    ------
    Refused
        ``needs_moments_by_cluster`` for CR2 and CR3; ``one_cluster``; ``no_variation`` as in
        ``spread``.
    """
    if std_error not in {"CR0", "CR1", "CR1S"}:
        raise Refused(
            "needs_moments_by_cluster",
            f"{std_error} needs the moments of each cluster, and there are too many to hold",
            "ask for std_error: CR1, which is the same number with so many clusters",
        )
    scores = sample.within_scores(fitted.model(), by)
    g, k = scores.n_groups, len(fitted.columns)
    if g <= 1:
        raise Refused(
            "one_cluster",
            "with a single cluster nothing tells its own fate from the effect",
            "add comparison clusters, or compare over time with a synthetic control",
        )
    bread = fitted.fit.bread[:k, :k] * fitted.within.scale
    factor = 1.0 if std_error == "CR0" else g / (g - 1)
    if std_error == "CR1S":
        factor *= _stata_factor(fitted)
    covariance: Float = factor * bread @ scores.products @ bread
    for variance in np.diag(covariance):
        spread(float(variance), g - 1.0, fitted.groups)
    return covariance, g - 1.0


def _stata_factor(fitted: AbsorbedFit) -> float:
    n = fitted.fit.n_obs
    return (n - 1) / (n - fitted.n_counted)


def _on_periods(pooled: Float, p: int) -> Float:
    """Return the coefficients of each column on the period indicators, shape (q, p)."""
    return np.linalg.solve(pooled[p:, p:], pooled[p:, :p]).astype(np.float64, copy=False)


def _require_variation(within: Within, treated: Sequence[str]) -> None:
    p = len(within.of.columns)
    pooled = within.cross.sum(axis=0)
    left = np.diag(pooled)[:p] - np.sum(pooled[p:, :p] * _on_periods(pooled, p), axis=0)
    lost = left <= NOTHING_WITHIN * within.total
    names = [name for name, gone in zip(within.of.columns, lost, strict=True) if gone]
    effects = "units and periods" if within.of.period else "units"
    if lost[p - 1]:
        raise Refused(
            "constant_outcome",
            f"the outcome does not vary within {effects}, so that no effect can be told from none",
            "check the outcome's column, or absorb fewer effects",
        )
    for name in names:
        if name in treated:
            raise Refused(
                "treatment_absorbed",
                f"treatment does not vary within {effects}, whose effects take it up whole",
                "absorb effects of something coarser, or none",
            )
    if names:
        raise Refused(
            "covariate_absorbed",
            f"{', '.join(names)} does not vary within {effects}, whose effects take it up whole",
            "take it out of covariates",
        )
