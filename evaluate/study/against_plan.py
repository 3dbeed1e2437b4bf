"""A study held against its locked plan: what it may no longer do, and what became exploratory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evaluate.design import Design
from evaluate.errors import Problem, StudyError
from evaluate.study.deviations import Deviation, covers, declared, deviations, registered_names
from evaluate.study.load import Definition
from evaluate.study.lock_file import Lock, read_locks
from evaluate.study.words import choose


@dataclass(frozen=True, slots=True)
class Registered:
    """A study held against its locked plan.

    Attributes
    ----------
    definition : Definition
        The study as it is defined now.
    locks : tuple of Lock
        The plan and its amendments, in order; at least the plan.
    deviations : tuple of Deviation
        From the first version, which stays the reference.
    names : frozenset of str
        Analyses that were registered before outcomes were seen; all others are exploratory.
    """

    definition: Definition
    locks: tuple[Lock, ...]
    deviations: tuple[Deviation, ...]
    names: frozenset[str]


def registered(
    definition: Definition, designs: Mapping[str, Design[Any]] | None = None
) -> Registered | None:
    """Return a study held against its locked plan, ``None`` where none is locked.

    Parameters
    ----------
    definition : Definition
        The study as it is defined now.
    designs : mapping of str to Design, optional
        The designs that analyses may name; all of the package by default.

    Raises
    ------
    StudyError
        If a lock cannot be trusted, a registered primary outcome has no analysis, or what the
        definition says about the plan does not fit the lock; all faults of the latter at once.
    """
    locks = read_locks(definition.folder, definition.study.id)
    if not locks:
        problems = list(_without_lock(definition))
        if problems:
            raise StudyError(*problems)
        return None
    found = deviations(definition, locks, designs)
    names = registered_names(locks)
    problems = [
        *_other_state(definition, locks[-1]),
        *_unanswered(definition, locks[0], names),
        *_unfounded(definition, found),
    ]
    if problems:
        raise StudyError(*problems)
    return Registered(definition, locks, found, names)


def in_the_plan(definition: Definition, plan: Registered | None) -> Definition:
    """Return a definition in which every analysis that was not registered is exploratory.

    Parameters
    ----------
    definition : Definition
        The study as it is defined now.
    plan : Registered or None
        The same held against its plan; without one nothing changes.
    """
    if plan is None:
        return definition
    analyses = {
        name: one if name in plan.names else one.model_copy(update={"role": "exploratory"})
        for name, one in definition.study.analyses.items()
    }
    return replace(definition, study=definition.study.with_analyses(analyses))


def _without_lock(definition: Definition) -> Iterator[Problem]:
    if definition.study.status == "registered":
        yield Problem(
            definition.at("status"),
            "the study is `registered` and no plan is locked",
            "nobody could see what was decided before the results",
            "lock the plan with `evaluate lock`, or set `status: planned`",
        )
    if declared(definition):
        yield Problem(
            definition.at("plan", "deviations"),
            "deviations are explained and no plan is locked",
            "there is nothing that they could deviate from",
            "lock the plan with `evaluate lock` first, or delete `deviations:`",
        )


def _other_state(definition: Definition, last: Lock) -> Iterator[Problem]:
    plan = definition.study.plan
    stated = None if plan is None else plan.data_access
    if stated != last.data_access:
        yield Problem(
            definition.at("plan", "data_access"),
            f"`plan.data_access` is `{stated or 'not there'}`, and the plan was locked with"
            f" `{last.data_access}`",
            "it says what had happened to the data when the plan was locked, and stays so",
            f"write `data_access: {last.data_access}`, or amend the plan: `evaluate lock --amend`",
        )


def _unanswered(definition: Definition, first: Lock, names: frozenset[str]) -> Iterator[Problem]:
    """Find registered primary outcomes that no registered analysis answers for any more."""
    study = definition.study
    kept = names if first.data_access != "outcomes_seen" else frozenset(first.plan["analyses"])
    answered = {
        one.outcome
        for name, one in study.analyses.items()
        if name in kept and one.role != "exploratory"
    }
    for key, outcome in first.plan["outcomes"].items():
        if outcome["role"] == "primary" and key not in answered:
            planned_by = [n for n, one in first.plan["analyses"].items() if one["outcome"] == key]
            yield Problem(
                definition.at("outcomes", key),
                f"the registered primary outcome `{key}` has no registered analysis any more",
                "a primary outcome without a result would vanish without a word",
                f"restore `outcomes.{key}` and `analyses.{planned_by[0]}`; changes of their fields"
                " are shown as deviations, and a result that cannot be had as a refusal",
            )


def _unfounded(definition: Definition, found: Sequence[Deviation]) -> Iterator[Problem]:
    """Find reasons for deviations that are not there, or that are given twice."""
    seen: set[str] = set()
    names = [one.element for one in found]
    for place, entry in enumerate(declared(definition)):
        where = definition.at("plan", "deviations", place, "element")
        key = f"`plan.deviations[#{place + 1}].element` is `{entry.element}`"
        if entry.element in seen:
            what, why = f"{key}, as in an entry before", "a reader could not know which holds"
            yield Problem(where, what, why, "keep one of the entries")
        elif not any(covers(entry.element, name) for name in names):
            yield Problem(
                where,
                f"{key}, in which nothing differs from the locked plan",
                "a reason without a deviation would mislead",
                choose(entry.element, names) if names else "delete the entry",
            )
        seen.add(entry.element)
