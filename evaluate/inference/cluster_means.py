"""The effect from one summary of each cluster: simple, and right with few clusters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluate.data.moments import Float, Integer
from evaluate.errors import Refused
from evaluate.inference.assignment import FEWEST_UNITS, Assignment
from evaluate.inference.cluster_sums import Clusters, read_clusters
from evaluate.inference.design_rows import treatment_model
from evaluate.inference.icc import anova_icc
from evaluate.inference.linear import LEAST_DF, NOTHING_LEFT, Spread
from evaluate.inference.treatment import TreatmentFit, fit_terms

Method = Literal["welch", "pooled", "weighted"]
# Share of a covariate's squares within clusters below which it is one of the cluster.
_CONSTANT = 1e-12


@dataclass(frozen=True, slots=True)
class MeansComparison:
    """A comparison of clusters' means.

    Attributes
    ----------
    effect : float
        In the outcome's unit; each cluster counts once, or by its information.
    spread : Spread
        Standard error and degrees of freedom.
    method : {"welch", "pooled", "weighted"}
        How the standard error was made.
    adjusted : bool
        Whether the means are of residuals.
    """

    effect: float
    spread: Spread
    method: Method
    adjusted: bool


def compare_means(
    assignment: Assignment, covariates: Sequence[str] = (), *, weighted: bool = False
) -> MeansComparison:
    """Return the effect from a t test on the clusters' means.

    Unequal variances are allowed for (Welch) where each arm has two clusters in each stratum,
    and the differences within strata count by their number of clusters. Otherwise, as in
    matched pairs, one variance is pooled and strata count by their precision; a stratum that
    lost an arm adds nothing. With covariates the means are of residuals from a regression that
    leaves treatment out.

    Parameters
    ----------
    assignment : Assignment
        Moments by cell, of one programme without periods.
    covariates : sequence of str
        Columns to adjust for.
    weighted : bool
        Whether a cluster counts by the inverse of its mean's variance, from the intraclass
        correlation within arms and strata.

    Raises
    ------
    Refused
        ``not_clustered`` when individuals were assigned; ``several_arms`` with more
        programmes or periods; ``mixed_clusters`` when a cluster lies in both arms;
        ``stratum_one_arm`` when no stratum holds both; ``no_degrees_of_freedom``; ``no_variation``; with ``weighted``
        the codes of ``anova_icc``; with covariates those of ``fit``.

    References
    ----------
    Hayes & Moulton (2017), Cluster Randomised Trials, 2nd ed., chapter 10, section 10.4 for
    strata and 10.5 for covariates. R ``t.test`` on the clusters' means; weighted ``lm(mean ~
    treated + stratum, weights = w)``.
    """
    if assignment.cluster is None:
        raise Refused(
            "not_clustered",
            "individuals were assigned, so that there are no clusters to summarise",
            "name the cluster, or leave this analysis out",
        )
    if assignment.labels or assignment.period is not None:
        raise Refused(
            "several_arms",
            "clusters' means are compared between two arms, at one time",
            "compare the arms one by one",
        )
    place = 2 * assignment.stratum + assignment.treated.astype(np.int64)
    model = _without_treatment(assignment, covariates) if covariates else None
    adjust = None if model is None else (model.groups, model.fit)
    clusters = read_clusters(assignment.cells, assignment.cluster, place, adjust)
    arm, stratum = (np.zeros(len(clusters.n), np.int64) for _ in range(2))
    arm[assignment.cluster] = assignment.treated.astype(np.int64)
    stratum[assignment.cluster] = assignment.stratum
    _require_both_arms(arm, stratum)
    lost = 0 if model is None else _of_clusters(model)
    if weighted:
        effect, spread, method = _weighted(clusters, arm, stratum, lost)
    else:
        effect, spread, method = _unweighted(clusters, arm, stratum, lost)
    _require_spread(spread, clusters)
    return MeansComparison(effect, spread, method, model is not None)


def _unweighted(
    clusters: Clusters, arm: Integer, stratum: Integer, lost: int
) -> tuple[float, Spread, Method]:
    """Return difference, standard error and method, each cluster counting once."""
    place, strata = 2 * stratum + arm, int(stratum.max()) + 1
    number = np.bincount(place, minlength=2 * strata).astype(np.float64)
    if (number < FEWEST_UNITS).any():
        return _pooled(clusters.mean, np.ones(len(arm)), arm, stratum, lost)
    mean = np.bincount(place, clusters.mean, minlength=2 * strata) / number
    squares = np.bincount(place, (clusters.mean - mean[place]) ** 2, minlength=2 * strata)
    share = (number[::2] + number[1::2]) / number.sum()
    effect = float(share @ (mean[1::2] - mean[::2]))
    parts = np.repeat(share, 2) ** 2 * squares / (number - 1) / number
    variance = float(parts.sum())
    df = variance**2 / float(np.sum(parts**2 / (number - 1))) if variance > 0 else 1.0
    return effect, Spread(float(np.sqrt(variance)), df - lost), "welch"


def _weighted(
    clusters: Clusters, arm: Integer, stratum: Integer, lost: int
) -> tuple[float, Spread, Method]:
    icc = anova_icc(clusters)
    weight = 1 / (icc.between + icc.within / clusters.n)
    effect, spread, _ = _pooled(clusters.mean, weight / weight.mean(), arm, stratum, lost)
    return effect, spread, "weighted"


def _pooled(
    mean: Float, weight: Float, arm: Integer, stratum: Integer, lost: int
) -> tuple[float, Spread, Method]:
    """Return weighted least squares of the means on arm and strata."""
    arm_ = arm.astype(np.float64)
    held = np.bincount(stratum, weight)
    t, y = (one - (np.bincount(stratum, weight * one) / held)[stratum] for one in (arm_, mean))
    inside = float(weight @ t**2)
    effect = float((weight * t) @ y) / inside
    df = len(mean) - len(held) - 1 - lost
    left = float(weight @ (y - effect * t) ** 2)
    variance = left / df / inside if df > 0 else 0.0
    return effect, Spread(float(np.sqrt(variance)), float(df)), "pooled"


def _without_treatment(assignment: Assignment, covariates: Sequence[str]) -> TreatmentFit:
    used = [name for name in covariates if name not in assignment.constant]
    cells = assignment.cells.only((*used, assignment.cells.columns[-1]))
    nothing = np.zeros((len(cells.n), 0))
    model = treatment_model(cells, nothing, (assignment.stratum,))
    return fit_terms(cells, model, assignment.cluster)


def _of_clusters(model: TreatmentFit) -> int:
    """Return how many covariates are the same within each cluster: each costs a degree."""
    p, xx = len(model.covariates), model.groups.xx
    if not p:
        return 0
    n, total = xx[:, 0, 0], xx[:, 0, -p:]
    squares = np.diagonal(xx, axis1=1, axis2=2)[:, -p:]
    within = (squares - total**2 / n[:, None]).sum(axis=0)
    return int(np.sum(within <= _CONSTANT * squares.sum(axis=0)))


def _require_both_arms(arm: Integer, stratum: Integer) -> None:
    if not set(stratum[arm == 1].tolist()) & set(stratum[arm == 0].tolist()):
        raise Refused(
            "stratum_one_arm",
            "no stratum holds both treated and comparison clusters",
            "merge strata",
        )


def _require_spread(found: Spread, clusters: Clusters) -> None:
    if not (np.isfinite(found.df) and found.df > LEAST_DF):
        raise Refused(
            "no_degrees_of_freedom",
            "too few clusters are left to estimate uncertainty with",
            "use fewer covariates or strata, or more clusters",
        )
    size = float(np.sqrt(np.mean(clusters.mean**2) + clusters.squares.sum() / clusters.n.sum()))
    if not found.std_error > NOTHING_LEFT * size / np.sqrt(len(clusters.n)):
        raise Refused(
            "no_variation",
            "the clusters' means do not vary within the groups that are compared, so that"
            " nothing tells chance from effect",
            "check the outcome's column",
        )
