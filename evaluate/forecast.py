"""What was forecast of a study, beside what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from evaluate.assumptions.scenario import scenario_of
from evaluate.core import Cell, Estimand, Estimate, Settings, Table
from evaluate.design import all_designs
from evaluate.diagnosed import diagnosable, questions_of, quoted
from evaluate.diagnosis.diagnose import MAIN
from evaluate.diagnosis.draws import Question
from evaluate.diagnosis.formula import formula_mde
from evaluate.diagnosis.precision import Both, precision
from evaluate.diagnosis.tables import table_of
from evaluate.study.against_plan import Registered
from evaluate.study.load import Definition
from evaluate.study.planned import planned

_ALARMS = "false_positive"


def forecast(
    definition: Definition,
    plan: Registered | None,
    leading: Mapping[str, str],
    estimates: Sequence[Estimate],
    tables: Sequence[Table],
) -> tuple[Table, ...]:
    """Return the diagnosis that still fits the study, and planned beside achieved precision.

    Parameters
    ----------
    definition : Definition
        The study; its folder may hold ``plan/diagnosis.json``.
    plan : Registered or None
        Its locked plan, which then says what was planned.
    leading : mapping of str to str
        Analysis that stands for each outcome.
    estimates : sequence of Estimate
        As the gate released them.
    tables : sequence of Table
        Likewise.
    """
    then = _then(definition, plan)
    said = (*_still_true(quoted(then).tables, definition), *_lotteries(then))
    known = _both(then, leading, estimates, (*tables, *said))
    table = precision(known)
    return said if table is None else (*said, table)


def _still_true(tables: Sequence[Table], definition: Definition) -> Iterator[Table]:
    """Yield the tables of the plan's diagnosis, without false alarms of what is done otherwise.

    What was forecast stays what it was; how often the estimator errs is known only of the one
    that was simulated.
    """
    states = quoted(definition).states
    for table in tables:
        if states.get(table.analysis) == "simulated":
            yield table
            continue
        rows = tuple(
            {key: one for key, one in row.items() if not key.startswith(_ALARMS)}
            for row in table.rows
        )
        yield replace(table, rows=rows)


def _lotteries(definition: Definition) -> Iterator[Table]:
    """Yield what a lottery over the assumed units could find, where no analysis is planned.

    It is a yardstick by formula, before anybody has chosen a design: a comparison that chance
    did not decide needs a larger effect to find it from the same data.
    """
    study = definition.study
    planned_for = {study.analyses[name].outcome for name in diagnosable(definition)}
    if study.assumptions is None:
        return
    design = all_designs()["randomised"]
    fields = {"treated": "treated"} | ({"cluster": "unit"} if study.assumptions.clusters else {})
    for key in study.assumptions.outcomes:
        if key in planned_for or key not in study.outcomes:
            continue
        scenario = scenario_of(study.assumptions, {key: key})
        unit = study.outcomes[key].unit
        question = Question(
            design, design.spec(**fields), scenario, Estimand("ITT", key, unit), Settings()
        )
        row: dict[str, Cell] = {
            "scenario": "lottery",
            "outcome": key,
            "draws": 0,
            "effect": question.truth,
            "mde_formula": formula_mde(question),
        }
        known = {name: one for name, one in row.items() if one is not None}
        table = table_of("diagnosis", [known], "", unit)
        yield replace(table, id=f"lottery.{key}")


def _then(definition: Definition, plan: Registered | None) -> Definition:
    """Return the study as it was locked, or as it is where nothing is, or no longer fits."""
    if plan is None:
        return definition
    try:
        study, specs = planned(plan.locks[0].plan, definition.study)
    except (ValueError, KeyError, TypeError):
        return definition
    return replace(definition, study=study, specs=specs)


def _both(
    definition: Definition,
    leading: Mapping[str, str],
    estimates: Sequence[Estimate],
    tables: Sequence[Table],
) -> Iterator[Both]:
    assumed = diagnosable(definition)
    for outcome, name in leading.items():
        if name not in assumed:
            continue
        own = {one.kind: one for one in tables if one.analysis == name}
        simulated = own["diagnosis"].rows if "diagnosis" in own else ()
        yield Both(
            outcome,
            questions_of(definition, name)[MAIN],
            next((row for row in simulated if row.get("scenario") == MAIN), None),
            next(
                (
                    one
                    for one in estimates
                    if (one.analysis, one.role, one.term) == (name, "headline", "overall")
                ),
                None,
            ),
            own.get("icc"),
        )
