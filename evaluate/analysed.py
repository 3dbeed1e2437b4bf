"""One analysis: its rows to its design, what stands beside it, and the names of the study."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from evaluate.completed import Question, completed, range_of
from evaluate.core import Estimand, Refusal, Role, Settings, Strict
from evaluate.data.engines import SampleOf
from evaluate.design import Design, Result
from evaluate.families import family_of
from evaluate.inference.stream import stream
from evaluate.linkage import flow_table
from evaluate.prepare import Prepared
from evaluate.specifications import with_others
from evaluate.study.columns import analysis_roles
from evaluate.study.entries import Analysis
from evaluate.study.plan import headline
from evaluate.study.schema import Study

Fields = tuple[Design[Any], Strict]
Progress = Callable[[str], None]


def analysed(
    prepared: Prepared,
    name: str,
    sample_of: SampleOf,
    progress: Progress = lambda _: None,
) -> tuple[Result, list[Refusal]]:
    """Return one analysis, estimated by its design, with what stands beside it.

    Parameters
    ----------
    prepared : Prepared
        The study and its rows.
    name : str
        The analysis.
    sample_of : callable
        Gives the sample behind a view.
    progress : callable
        Told of each data set that is completed.

    Returns
    -------
    result : Result
        With the names that only the study knows.
    refusals : list of Refusal
        Of its alternatives and negative controls.

    Raises
    ------
    Refused
        If the data cannot carry the analysis itself.
    """
    study = prepared.definition.study
    analysis, spec = study.analyses[name], prepared.definition.specs[name]
    view, column = prepared.samples[name], study.outcomes[analysis.outcome].column or ""
    family = family_of(study, prepared.samples, leading(study), name)
    settings = _settings(study, name, analysis, family)
    if prepared.rows is not None:
        settings = replace(settings, outcome_range=range_of(prepared.rows.columns[column]))
    asked = _asked(study, analysis, spec, settings)
    result = completed(asked, sample_of(view, column), progress=progress)
    if prepared.rows is not None:
        used = analysis_roles(analysis, spec[1])
        steps = flow_table(prepared.rows, view, column, used)
        result = replace(result, tables=(*result.tables, steps))

    def other(key: str, one: Analysis, fields: Fields, rows: str) -> Result:
        alone = replace(_settings(study, key, one, None), headline_only=True)
        sample = sample_of(rows, study.outcomes[one.outcome].column or "")
        return completed(_asked(study, one, fields, alone), sample)

    result, refused = with_others(prepared, name, result, other, sample_of)
    return _named(result, name, spec[0].name, study), refused


def _settings(study: Study, name: str, analysis: Analysis, family: str | None) -> Settings:
    """Return how an analysis estimates, beyond the fields of its design."""
    outcome = study.outcomes[analysis.outcome]
    return Settings(
        adjustment=analysis.adjustment,
        std_errors=analysis.inference.std_errors,
        conf_level=analysis.inference.conf_level,
        seed=stream(study.id, name),
        draws=analysis.inference.draws,
        subgroups=tuple(one.column for one in analysis.subgroups),
        probability=analysis.assignment.probability if analysis.assignment else None,
        family=None if family is None else stream(study.id, "family", family),
        smallest_worthwhile=outcome.smallest_worthwhile,
    )


def _asked(study: Study, analysis: Analysis, fields: Fields, settings: Settings) -> Question:
    """Return what a design is asked, and what is done about missing covariates."""
    outcome = study.outcomes[analysis.outcome]
    estimand = Estimand(analysis.estimand, outcome.column or "", outcome.unit)
    columns = analysis_roles(analysis, fields[1])
    return Question(fields[0], fields[1], estimand, settings, analysis.missing, columns)


def _named(result: Result, name: str, design: str, study: Study) -> Result:
    """Fill in what only the study knows: the analysis, its outcome and its place in the plan."""
    outcome = study.analyses[name].outcome
    place: Role | None = None
    if study.analyses[name].role == "exploratory":
        place = "exploratory"
    elif name != headline(study, outcome):
        place = "beside"
    return replace(
        result,
        estimates=tuple(
            replace(
                one,
                analysis=name,
                design=one.design or design,
                outcome=outcome,
                role=one.role if one.alternative and place == "beside" else place or one.role,
            )
            for one in result.estimates
        ),
        checks=tuple(
            replace(one, analysis=name, table=one.table and f"{name}.{one.table}")
            for one in result.checks
        ),
        tables=tuple(replace(one, analysis=name, id=f"{name}.{one.id}") for one in result.tables),
    )


def leading(study: Study) -> dict[str, str]:
    """Return the analysis that stands for each outcome that has one."""
    found = {key: headline(study, key) for key in study.outcomes}
    return {key: name for key, name in found.items() if name is not None}
