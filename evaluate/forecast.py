"""What was forecast of a study, beside what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from evaluate.core import Estimate, Table
from evaluate.diagnosed import diagnosable, questions_of, quoted
from evaluate.diagnosis.diagnose import MAIN
from evaluate.diagnosis.precision import Both, precision
from evaluate.study.against_plan import Registered
from evaluate.study.load import Definition
from evaluate.study.planned import planned


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
    said = quoted(then).tables
    known = _both(then, leading, estimates, (*tables, *said))
    table = precision(known)
    return said if table is None else (*said, table)


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
