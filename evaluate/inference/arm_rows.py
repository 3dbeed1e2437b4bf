"""The effect of each programme of a trial with several arms, from one joint model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evaluate.core import Estimate
from evaluate.errors import Refused
from evaluate.inference.headline import headline, needs_resampling, randomise
from evaluate.inference.linear import Spread
from evaluate.inference.multiple import adjust
from evaluate.inference.treatment import TreatmentFit, fit_treatment, treatment_spreads
from evaluate.inference.trial import Trial
from evaluate.inference.trial_rows import method_of, names_for, shown_name


def arm_rows(trial: Trial, *, default: bool) -> tuple[list[Estimate], dict[str, str]]:
    """Return one row for each programme against the comparison group, and what is refused.

    All stand in one model; p-values are adjusted for their number by Holm's method.

    Parameters
    ----------
    trial : Trial
        A trial with several programmes.
    default : bool
        Whether the standard error is the default's, so that few units are judged by
        randomisation too.

    Returns
    -------
    rows : list of Estimate
        By the programmes' names.
    refused : dict of str to str
        Why a programme has no row.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6(2). R ``lm(y ~ factor(arm) + x)``.
    """
    assignment = trial.assignment
    number = len(assignment.labels)
    treatments = (assignment.arm[:, None] == np.arange(1, number + 1)).astype(np.float64)
    try:
        fitted = fit_treatment(assignment, trial.adjusted, trial.adjustment, treatments=treatments)
    except Refused as caught:
        return [], dict.fromkeys(assignment.labels, caught.why)
    rows: list[Estimate] = []
    refused: dict[str, str] = {}
    for at, label in enumerate(assignment.labels):
        try:
            rows.append(_row(trial, fitted, at, default=default))
        except Refused as caught:
            refused[label] = caught.why
    tested = [row for row in rows if row.p_value is not None]
    together = adjust([row.p_value for row in tested if row.p_value is not None], "holm")
    by_term = dict(zip((row.term for row in tested), together.tolist(), strict=True))
    return [replace(row, family="arms", p_adjusted=by_term.get(row.term)) for row in rows], refused


def _row(trial: Trial, fitted: TreatmentFit, at: int, *, default: bool) -> Estimate:
    assignment, settings = trial.assignment, trial.settings
    (name,) = names_for(fitted, trial.std_errors[:1]).values()
    ((_, spread),) = treatment_spreads(trial.sample, fitted, (name,), fitted.contrasts[at])
    inside = assignment.arm == at + 1
    n_treated = int(assignment.cells.n[inside].sum())
    cluster = assignment.cluster
    compared = inside | (assignment.arm == 0)
    row = trial.row(
        float(fitted.effects[at]),
        spread,
        term=f"arm={assignment.labels[at]}",
        role="beside",
        method=method_of(trial, fitted),
        std_error_method=shown_name(trial, fitted, name),
        n_obs=int(assignment.cells.n[compared].sum()),
        n_treated=n_treated,
        n_clusters=None if cluster is None else len(set(cluster[compared].tolist())),
    )
    if not default or cluster is None or not needs_resampling(assignment, spread.df, at + 1):
        return row
    test = randomise(
        fitted,
        assignment,
        interacted=trial.adjustment == "interacted",
        seed=settings.seed,
        arm=at + 1,
        draws=settings.draws,
        conf_level=settings.conf_level,
    )
    found = headline(row.estimate, Spread(spread.std_error, spread.df), row.conf_level, test)
    return replace(
        row,
        p_value=found.p_value,
        conf_low=found.conf_low,
        conf_high=found.conf_high,
        interval_method=found.interval_method,
    )
