"""What a released finding is worth as evidence, and whether its report is complete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from evaluate.core import Finding, Table
from evaluate.disclosure.gate import PROFILES, release
from evaluate.errors import StudyError
from evaluate.evidence.checklists import checklists
from evaluate.evidence.gate_list import gate_faults, gate_list
from evaluate.evidence.ratings import rate


def appraised(finding: Finding, plans: Sequence[Table], at: Callable[..., str]) -> Finding:
    """Return a finding with its ratings, effect sizes and reporting lists.

    They are computed from released numbers alone, and pass the gate like every table.

    Parameters
    ----------
    finding : Finding
        Released results, with verdicts.
    plans : sequence of Table
        What was forecast of the study; released first, since ratings quote it.
    at : callable
        ``(*key) -> "file:line"`` of the definition.

    Raises
    ------
    StudyError
        If a final study leaves an item of the gate list empty.
    """
    planned = _with(finding, plans)
    rated = _with(planned, rate(planned))
    faults = gate_faults(rated, at)
    if faults:
        raise StudyError(*faults)
    return _with(rated, (*checklists(rated), gate_list(rated)))


def _with(finding: Finding, tables: Sequence[Table]) -> Finding:
    profile = PROFILES[str(finding.released["profile"])]
    released = release((), (), tables, (), profile)
    hidden = int(finding.released["hidden"] or 0) + released.hidden
    return replace(
        finding,
        tables=finding.tables + released.tables,
        released={**finding.released, "hidden": hidden},
    )
