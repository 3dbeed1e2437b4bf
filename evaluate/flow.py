"""The whole flow on one screen: definition, rows, estimates, money, gate, finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from evaluate.analysed import analysed, leading
from evaluate.appraise import appraised
from evaluate.claims import detectable, rung, verdict
from evaluate.context import context
from evaluate.core import (
    Completeness,
    DataKind,
    Finding,
    Refusal,
    Table,
    Verdict,
)
from evaluate.data.engines import require_engine, samples_of
from evaluate.design import Result
from evaluate.disclosure.gate import Released, profile_for, release
from evaluate.disclosure.rule import Profile
from evaluate.errors import Refused
from evaluate.families import adjusted
from evaluate.findings.provenance import source
from evaluate.forecast import forecast
from evaluate.inquiries import gravest, inquire
from evaluate.ladder import ladder, steps
from evaluate.linkage import linked
from evaluate.prepare import Prepared, prepare, work_folder
from evaluate.registered import as_registered, beside
from evaluate.specifications import refused_with
from evaluate.study.plan import headline
from evaluate.study.plan_report import deviations_table, plan_check, with_plan
from evaluate.study.public import public
from evaluate.study.schema import Study
from evaluate.texts import refuse_claims
from evaluate.valued import valued

Progress = Callable[[str], None]
Results = dict[str, Result]
_WITHHELD = "withheld: too few people or degrees of freedom stand behind it"


def run(
    path: Path | str,
    *,
    dummy: bool = False,
    engine: str = "duckdb",
    progress: Progress = lambda step: None,
) -> Finding:
    """Turn a study definition into a finding.

    Parameters
    ----------
    path : Path
        A folder with a ``study.yaml``.
    dummy : bool
        Whether dummy rows stand in for restricted ones.
    engine : {"duckdb", "spark"}
        What counts and sums the rows; the finding is the same.
    progress : callable
        Told the name of each step as it begins.

    Returns
    -------
    Finding
        Released results; nothing is written.

    Raises
    ------
    StudyError
        If the definition, its prose or the dictionary are wrong, all faults at once; or if the
        engine cannot be started.
    DataError
        If the data do not hold what they promise.
    DisclosureError
        If something would leave the data zone that no rule releases.
    """
    require_engine(engine)
    progress("definition and data")
    with prepare(Path(path), dummy=dummy) as prepared:
        results, refusals = _estimate(prepared, engine, progress)
        then = partial(_estimate, engine=engine, progress=lambda one: progress(f"{one} as planned"))
        locked, unable = as_registered(prepared, then, dummy=dummy)
    study = prepared.definition.study
    progress("methods")
    inquired, unanswered = inquire(prepared.definition, prepared.records, results, _profile(study))
    leads = leading(study)
    results, families = adjusted(study, results, leads)
    rows = prepared.rows
    results, joins = linked(results, rows.joins if rows else (), rows.lags if rows else ())
    results |= {name: beside(results.get(name), one) for name, one in locked.items()} | inquired
    plan = prepared.plan
    deviated = (deviations_table(plan.deviations),) if plan and plan.deviations else ()
    progress("gate")
    refused = [*refusals, *unable, *unanswered]
    released = _release(prepared, results, refused, (*families, *joins, *deviated))
    refuse_claims(prepared.definition, steps(prepared.definition, released))
    plans = forecast(prepared.definition, plan, leads, released.estimates, released.tables)
    return appraised(_finding(prepared, results, released), plans, prepared.definition.at)


def _finding(prepared: Prepared, results: Results, released: Released) -> Finding:
    """Put what was released into the form that the book reads."""
    study, plan = prepared.definition.study, prepared.plan
    return Finding(
        id=study.id,
        study=with_plan(public(prepared.definition, prepared.prose), plan),
        data_kind=gravest(prepared.definition, study.data if study.status != "planned" else None),
        stage=study.status,
        outcome=_completeness(study, results, released.refusals),
        verdicts=tuple(_verdicts(prepared, released)),
        estimates=released.estimates,
        # Its sentence comes from definitions alone, so that the gate has nothing to hide in it.
        checks=(*released.checks, plan_check(plan)) if plan else released.checks,
        tables=released.tables,
        refusals=released.refusals,
        provenance={**prepared.hashes, "source": source()},
        released={"profile": released.profile, "hidden": released.hidden},
    )


def _estimate(prepared: Prepared, engine: str, progress: Progress) -> tuple[Results, list[Refusal]]:
    """Run every analysis that has data; a refusal is a result too."""
    results: Results = {}
    refusals: list[Refusal] = []
    if prepared.rows is None:
        return results, refusals
    work = work_folder(prepared.definition)
    with samples_of(engine, prepared.rows.connection, work) as sample_of:
        for name in prepared.samples:
            progress(f"analysis {name}")
            try:
                results[name], refused = analysed(prepared, name, sample_of, progress)
                refusals += refused
            except Refused as error:
                refusals.append(Refusal(name, error.code, error.why, error.fix))
                refusals += refused_with(name, prepared, refusals[-1])
    return results, refusals


def _release(
    prepared: Prepared, results: Results, refusals: list[Refusal], shared: tuple[Table, ...]
) -> Released:
    """Pass results through the gate; only what it released is valued, and passes it again."""
    study = prepared.definition.study
    profile = _profile(study)
    released = release(
        [row for one in results.values() for row in one.estimates],
        [check for one in results.values() for check in one.checks],
        [*(table for one in results.values() for table in one.tables), *shared],
        refusals,
        profile,
    )
    tables, unpaid = valued(study, released.estimates, results)
    around, unknown = context(study, released.estimates)
    climbed = ladder(prepared.definition, released)
    money = release((), (), (*around, *tables, *climbed), (*unknown, *unpaid), profile)
    return replace(
        released,
        tables=released.tables + money.tables,
        refusals=released.refusals + money.refusals,
        hidden=released.hidden + money.hidden,
    )


def _profile(study: Study) -> Profile:
    """Return the gate's rules for all of a study: those of its most private rows."""
    kinds = {one.kind for one in study.records.values()}
    kinds |= {study.data.kind} if study.data else set()
    kind: DataKind = "restricted" if "restricted" in kinds else "public"
    return profile_for(kind, study.disclosure.profile)


def _completeness(
    study: Study, results: Mapping[str, Result], refusals: tuple[Refusal, ...]
) -> Completeness:
    """Say how much there is; of a planned study the effect is still to come, whatever else is."""
    if study.status == "planned" or not (results or refusals):
        return "planned"
    if not refusals:
        return "complete"
    return "partly_refused" if results else "refused"


def _verdicts(prepared: Prepared, released: Released) -> Iterator[Verdict]:
    """Judge each outcome by its headline row and the checks of that analysis."""
    study = prepared.definition.study
    for key, outcome in study.outcomes.items():
        name = headline(study, key)
        if name is None or name not in prepared.samples:
            continue
        row = next(
            (
                one
                for one in released.estimates
                if (one.analysis, one.role, one.term) == (name, "headline", "overall")
            ),
            None,
        )
        if row is None:
            why = [one.why for one in released.refusals if one.analysis == name]
            yield Verdict(key, "not estimable", 0, tuple(why or [_WITHHELD]))
            continue
        word, weak = verdict(row, outcome.direction, outcome.smallest_worthwhile)
        design, _ = prepared.definition.specs[name]
        checks = [one for one in released.checks if one.analysis == name]
        step, because = rung(design.rung, design.needs, checks)
        yield Verdict(key, word, step, (*weak, *because), detectable(row))
