"""The register of deviations: what was done otherwise than the locked plan says, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evaluate.core import Language, Text
from evaluate.design import Design
from evaluate.errors import Problem, StudyError
from evaluate.study.differences import Difference, differences
from evaluate.study.load import Definition
from evaluate.study.lock_file import Lock, lock_path, shown_lock
from evaluate.study.plan import Json, plan_of
from evaluate.study.plan_definition import Access, Explained
from evaluate.study.planned import planned

UNKNOWN = "unknown"
SEEN = "after_outcome"
_WHEN: Mapping[Access, str] = {
    "not_created": "before_access",
    "not_accessed": "before_access",
    "accessed": "before_outcome",
    "outcomes_seen": SEEN,
}


@dataclass(frozen=True, slots=True)
class Deviation:
    """One element that was done otherwise than registered.

    Attributes
    ----------
    element : str
        Its place in the definition, with names: ``"outcomes.score.smallest_worthwhile"``.
    registered, done : str or None
        In short words; ``None`` where there is nothing.
    when : {"before_access", "before_outcome", "after_outcome", "unknown"}
        As an amendment shows it, else as the author says.
    kind, reason, impact : str or None
        As the author says, in the study's language.
    explained : bool
        Whether a reason is given.

    References
    ----------
    Willroth & Atherton (2024), Advances in Methods and Practices in Psychological Science 7(1);
    kinds of reasons: Lakens (2024), Collabra: Psychology 10(1) 117094.
    """

    element: str
    registered: str | None
    done: str | None
    when: str = UNKNOWN
    kind: str | None = None
    reason: str | None = None
    impact: str | None = None
    explained: bool = False


def registered_names(locks: Sequence[Lock]) -> frozenset[str]:
    """Return the analyses that were locked before outcomes were seen."""
    names = (set(one.plan["analyses"]) for one in locks if one.data_access != "outcomes_seen")
    return frozenset[str]().union(*names)


def deviations(
    definition: Definition,
    locks: Sequence[Lock],
    designs: Mapping[str, Design[Any]] | None = None,
) -> tuple[Deviation, ...]:
    """Return every element in which a definition differs from its plan as first locked.

    Parameters
    ----------
    definition : Definition
        The study as it is defined now.
    locks : sequence of Lock
        The plan, then its amendments.
    designs : mapping of str to Design, optional
        The designs that analyses may name; all of the package by default.

    Raises
    ------
    StudyError
        If this version of the format has no place for the locked plan.
    """
    now = plan_of(definition.study, definition.specs)
    plans = [current_form(definition, one, designs) for one in locks]
    left = [{one.element for one in differences(plan, now)} for plan in plans[1:]]
    found = []
    for one in differences(plans[0], now):
        amended = next(
            (lock for lock, open_ in zip(locks[1:], left, strict=True) if one.element not in open_),
            None,
        )
        found.append(_explained(one, definition, amended))
    return tuple(found)


def current_form(
    definition: Definition, lock: Lock, designs: Mapping[str, Design[Any]] | None = None
) -> Json:
    """Return a locked plan as this version writes it: fields added since have their defaults.

    Parameters
    ----------
    definition : Definition
        The study as it is defined now.
    lock : Lock
        One version of its plan.
    designs : mapping of str to Design, optional
        The designs that analyses may name; all of the package by default.

    Raises
    ------
    StudyError
        If this version of the format has no place for the locked plan.
    """
    try:
        return plan_of(*planned(lock.plan, definition.study, designs))
    except (ValueError, KeyError, TypeError):
        raise StudyError(
            Problem(
                shown_lock(lock_path(definition.folder, lock.number)),
                "this version of Evaluate has no place for a part of the locked plan",
                "what was registered could not be compared with what is done",
                "run the study with the version of Evaluate that locked it",
            )
        ) from None


def _explained(one: Difference, definition: Definition, amended: Lock | None) -> Deviation:
    found = Deviation(one.element, one.registered, one.done)
    if amended is not None:
        found = replace(found, when=_WHEN[amended.data_access])
    entry = next((e for e in declared(definition) if covers(e.element, one.element)), None)
    if entry is None:
        return found
    language = definition.study.language
    return replace(
        found,
        when=entry.when if amended is None else found.when,
        kind=entry.kind,
        reason=in_language(entry.reason, language),
        impact=None if entry.impact is None else in_language(entry.impact, language),
        explained=True,
    )


def declared(definition: Definition) -> tuple[Explained, ...]:
    """Return the deviations that a definition gives reasons for."""
    plan = definition.study.plan
    return () if plan is None else plan.deviations


def covers(declared: str, element: str) -> bool:
    """Return whether a reason is given for an element: itself, or all of a named part.

    Parameters
    ----------
    declared, element : str
        What an entry of ``plan.deviations`` names, and what differs.
    """
    return declared == element or ("." in declared and element.startswith(f"{declared}."))


def in_language(text: Text, language: Language) -> str:
    """Return a text in one language, or in the first that it is there in."""
    return text if isinstance(text, str) else text.get(language) or next(iter(text.values()))
