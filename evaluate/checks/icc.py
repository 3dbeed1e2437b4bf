"""How alike members of a cluster are, and the effect from one summary of each cluster."""

from __future__ import annotations

import numpy as np

from evaluate.core import Cell, Column, Estimate, Table
from evaluate.errors import Refused
from evaluate.inference.cluster_means import compare_means
from evaluate.inference.cluster_sums import Clusters, read_clusters
from evaluate.inference.design_rows import treatment_model
from evaluate.inference.icc import Icc, anova_icc, design_effect, icc_interval
from evaluate.inference.random_intercept import random_intercept
from evaluate.inference.treatment import fit_terms
from evaluate.inference.trial import Trial

_COLUMNS = (
    Column("estimator", "text", {"en": "Estimator", "nb": "Estimator", "sv": "Estimator"}),
    Column(
        "icc",
        "number",
        {
            "en": "Intraclass correlation",
            "nb": "Intraklassekorrelasjon",
            "sv": "Intraklasskorrelation",
        },
    ),
    Column("conf_low", "number", {"en": "From", "nb": "Fra", "sv": "Från"}),
    Column("conf_high", "number", {"en": "To", "nb": "Til", "sv": "Till"}),
    Column(
        "design_effect",
        "number",
        {"en": "Design effect", "nb": "Designeffekt", "sv": "Designeffekt"},
    ),
    Column(
        "mean_size", "number", {"en": "Mean size", "nb": "Snittstørrelse", "sv": "Medelstorlek"}
    ),
    Column(
        "cv_size",
        "number",
        {"en": "Variation of size", "nb": "Variasjon i størrelse", "sv": "Variation i storlek"},
    ),
)


def icc_table(trial: Trial) -> Table | None:
    """Return the intraclass correlation within arms and strata, or nothing where it has none.

    Parameters
    ----------
    trial : Trial
        A trial of clusters; where clusters hold both groups, all rows count as one group.
    """
    assignment = trial.assignment
    if assignment.cluster is None or trial.columns.weights or trial.columns.probability:
        return None
    place = assignment.arm
    if not assignment.paired:  # a pair has one cluster of each arm: none to be alike with
        place = (int(assignment.arm.max()) + 1) * assignment.stratum + place
    outcome = assignment.cells.only((trial.sample.outcome,))
    try:
        clusters = read_clusters(outcome, assignment.cluster, None if assignment.mixed else place)
        anova = anova_icc(clusters)
        limits = icc_interval(clusters, trial.settings.conf_level)
        rows = [_row("analysis of variance", anova, clusters, limits)]
    except Refused:
        return None
    rows += _likelihood(trial, clusters)
    return Table("icc", "icc", _COLUMNS, tuple(rows))


def _likelihood(trial: Trial, clusters: Clusters) -> list[dict[str, Cell]]:
    """Return the row of restricted maximum likelihood, arms held constant, if there is one."""
    assignment = trial.assignment
    if assignment.cluster is None:
        return []
    cells = assignment.cells.only((trial.sample.outcome,))
    arms = (assignment.arm[:, None] == np.arange(1, assignment.arm.max() + 1)).astype(np.float64)
    blocks = () if assignment.paired else (assignment.stratum,)
    model = treatment_model(cells, arms, blocks)
    try:
        groups = fit_terms(cells, model, assignment.cluster).groups
        found = random_intercept(groups)
    except Refused:
        return []
    return [_row("restricted maximum likelihood", found.icc, clusters, None)]


def _row(
    name: str, icc: Icc, clusters: Clusters, limits: tuple[float, float] | None
) -> dict[str, Cell]:
    mean = float(clusters.n.mean())
    row: dict[str, Cell] = {
        "estimator": name,
        "icc": icc.value,
        "design_effect": design_effect(clusters.n, icc.value),
        "mean_size": mean,
        "cv_size": float(np.std(clusters.n) / mean),
    }
    if limits is not None:
        row |= {"conf_low": limits[0], "conf_high": limits[1]}
    return row


def means_row(trial: Trial) -> Estimate | None:
    """Return the row from the clusters' means, or nothing where they cannot be compared.

    Parameters
    ----------
    trial : Trial
        The trial.
    """
    if trial.assignment.cluster is None or trial.columns.weights or trial.columns.probability:
        return None
    try:
        found = compare_means(trial.assignment.whole, trial.adjusted)
        return trial.row(
            found.effect,
            found.spread,
            method="cluster means" + (" of residuals" if found.adjusted else ""),
            std_error_method={"welch": "Welch", "pooled": "pooled"}.get(found.method, found.method),
            role="beside",
        )
    except Refused:
        return None
