"""What was forecast of a study, beside what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from evaluate.core import Estimate, Table
from evaluate.diagnosed import diagnosable, questions_of, quoted
from evaluate.diagnosis.diagnose import MAIN
from evaluate.diagnosis.precision import Both, precision
from evaluate.study.load import Definition


def forecast(
    definition: Definition,
    leading: Mapping[str, str],
    estimates: Sequence[Estimate],
    tables: Sequence[Table],
) -> tuple[Table, ...]:
    """Return the diagnosis that still fits the study, and planned beside achieved precision.

    Parameters
    ----------
    definition : Definition
        The study; its folder may hold ``plan/diagnosis.json``.
    leading : mapping of str to str
        Analysis that stands for each outcome.
    estimates : sequence of Estimate
        As the gate released them.
    tables : sequence of Table
        Likewise.
    """
    said = quoted(definition).tables
    known = _both(definition, leading, estimates, (*tables, *said))
    table = precision(known)
    return said if table is None else (*said, table)


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
