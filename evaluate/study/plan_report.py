"""What a finding says about the locked plan: the register of deviations, a check and the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluate.core import Check, Column, Table
from evaluate.study.against_plan import Registered
from evaluate.study.deviations import SEEN, UNKNOWN, Deviation, in_language
from evaluate.study.plan_definition import Access

_STATE: Mapping[Access, str] = {
    "not_created": "before the data existed",
    "not_accessed": "before anybody had access to the data",
    "accessed": "after access to the data and before outcomes were seen",
    "outcomes_seen": "after outcomes had been seen",
}
_COLUMNS: tuple[Column, ...] = (
    Column("element", "text", {"en": "Element", "nb": "Element", "sv": "Element"}),
    Column("registered", "text", {"en": "Registered", "nb": "Registrert", "sv": "Registrerat"}),
    Column("done", "text", {"en": "Done", "nb": "Gjort", "sv": "Gjort"}),
    Column("when", "text", {"en": "When", "nb": "Når", "sv": "När"}),
    Column("kind", "text", {"en": "Kind of reason", "nb": "Type grunn", "sv": "Typ av skäl"}),
    Column("reason", "text", {"en": "Reason", "nb": "Begrunnelse", "sv": "Skäl"}),
    Column("impact", "text", {"en": "Impact", "nb": "Betydning", "sv": "Betydelse"}),
    Column("explained", "boolean", {"en": "Explained", "nb": "Forklart", "sv": "Förklarat"}),
)


def with_plan(shown: Mapping[str, Any], plan: Registered | None) -> dict[str, Any]:
    """Return the public part of a study with the state of its locked plan.

    Parameters
    ----------
    shown : mapping
        As ``public`` returns it.
    plan : Registered or None
        The study held against its plan; without one nothing is added.
    """
    if plan is None:
        return dict(shown)
    return {**shown, "plan": {**shown.get("plan", {}), **_facts(plan)}}


def _facts(plan: Registered) -> dict[str, Any]:
    first, block = plan.locks[0], plan.definition.study.plan
    registration = block.registration if block else None
    language = plan.definition.study.language
    shown = {
        "registered": True,
        "date": first.date.isoformat(),
        "sha256": first.sha256,
        "data_access": first.data_access,
        "registry": None if registration is None else in_language(registration.registry, language),
        "n_deviations": len(plan.deviations),
        "amendments": [
            {"date": one.date.isoformat(), "sha256": one.sha256, "data_access": one.data_access}
            for one in plan.locks[1:]
        ],
    }
    return {key: one for key, one in shown.items() if one is not None}


def deviations_table(found: Sequence[Deviation]) -> Table:
    """Return the register as a table of the finding; absent cells are unknown or nothing."""
    names = [one.name for one in _COLUMNS]
    rows = tuple(
        {name: value for name in names if (value := getattr(one, name)) is not None}
        for one in found
    )
    return Table("deviations", "deviations", _COLUMNS, rows)


def plan_check(plan: Registered) -> Check:
    """Return whether a study was done as registered, or says why it was not."""
    first, found = plan.locks[0], plan.deviations
    when = f"The plan was locked on {first.date.isoformat()}, {_STATE[first.data_access]}"
    seen = first.data_access == "outcomes_seen"
    if seen:
        when += ", so every analysis is exploratory"
    text = f"{when}. {_counted(found)}"
    passed = not seen and all(one.explained for one in found)
    return Check("plan", "passed" if passed else "failed", text, "deviations" if found else None)


def _counted(found: Sequence[Deviation]) -> str:
    if not found:
        return "Nothing was done otherwise than registered."
    n, without = len(found), sum(not one.explained for one in found)
    late = sum(one.when in (SEEN, UNKNOWN) for one in found)
    elements = f"{n} element{'s' if n > 1 else ''}"
    reason = "each with a reason" if not without else f"{without} without a reason"
    when = f"; {late} after outcomes were seen or at a time that is not known" if late else ""
    return f"Done otherwise than registered: {elements}, {reason}{when}."
