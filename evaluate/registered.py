"""The registered estimate beside the one that deviates: the locked plan, run on today's files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from evaluate.core import Refusal
from evaluate.data.definition import Data, Source
from evaluate.design import Result
from evaluate.errors import EvaluateError, Problem, Refused
from evaluate.prepare import Prepared, reopen
from evaluate.study.against_plan import Registered
from evaluate.study.deviations import current_form
from evaluate.study.load import Definition
from evaluate.study.plan import Json, plan_of
from evaluate.study.planned import planned
from evaluate.study.schema import Study

# What an analysis may change without another number for the effect as a whole.
_WORDS = (
    *("role", "subgroups", "assignment.level", "assignment.unit", "inference.family"),
    *("alternatives", "negative_controls"),
)
_GONE, _THEN = "registered_not_estimable", "as registered"
Run = Callable[[Prepared], tuple[dict[str, Result], list[Refusal]]]


def moved(plan: Registered | None) -> tuple[str, ...]:
    """Return the registered analyses whose numbers a deviation may have moved, by name.

    Left out are exploratory ones, and all where the plan was locked after outcomes were seen.

    Parameters
    ----------
    plan : Registered or None
        The study held against its plan; ``None`` where none is locked.
    """
    if plan is None or plan.locks[0].data_access == "outcomes_seen":
        return ()
    first = current_form(plan.definition, plan.locks[0])
    now = plan_of(plan.definition.study, plan.definition.specs)
    elements = [one.element for one in plan.deviations]
    return tuple(
        name
        for name, one in first["analyses"].items()
        if one["role"] != "exploratory" and any(_moves(e, name, first, now) for e in elements)
    )


def _moves(element: str, name: str, first: Json, now: Json) -> bool:
    """Return whether a deviation can move the numbers of a registered analysis."""
    block, _, rest = element.partition(".")
    if block == "analyses":
        own, _, field = rest.partition(".")
        return own == name and not any(f"{field}.".startswith(f"{one}.") for one in _WORDS)
    if block == "outcomes":
        return rest in (key := first["analyses"][name]["outcome"], f"{key}.column")
    if block != "data" or "data" not in first:
        return False
    if rest in ("", "kind") or rest.partition(".")[0] == "timing":
        return False
    derived = rest.removeprefix("derive.").partition(".")[0] if "derive." in rest else None
    return derived is None or any(derived in _behind(name, plan) for plan in (first, now))


def _behind(name: str, plan: Json) -> set[str]:
    """Return every name that an analysis and the choice of its rows rest on."""
    data = {key: one for key, one in plan.get("data", {}).items() if key != "derive"}
    analysis = plan["analyses"].get(name, {})
    found = set(_names((data, analysis, plan["outcomes"].get(analysis.get("outcome")))))
    for one in reversed(plan.get("data", {}).get("derive", ())):  # from later to earlier ones
        if one["name"] in found:
            found |= set(_names(one))
    return found


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _names(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _names(one)


def as_registered(
    prepared: Prepared, estimate: Run, *, dummy: bool
) -> tuple[dict[str, Result], list[Refusal]]:
    """Estimate, as the locked plan has it, every registered analysis that may have moved.

    Paths and the way in which files are written are those of today's definition.

    Parameters
    ----------
    prepared : Prepared
        The study as it is defined now.
    estimate : callable
        Runs every analysis of a prepared study: ``(prepared) -> results, refusals``.
    dummy : bool
        Whether dummy rows stand in for restricted ones.

    Returns
    -------
    results : dict of str to Result
        By analysis.
    refusals : list of Refusal
        ``registered_not_estimable`` where the data, their dictionary or the definition lack
        something that the plan rests on, and the designs' own.
    """
    plan = prepared.plan
    names = moved(plan) if prepared.rows is not None else ()
    if plan is None or not names:
        return {}, []
    try:
        return _estimated(plan, names, estimate, dummy=dummy)
    except Refused:  # some of it is gone: what is still there is found one by one
        pass
    results: dict[str, Result] = {}
    refusals: list[Refusal] = []
    for name in names:
        try:
            found, refused = _estimated(plan, (name,), estimate, dummy=dummy)
        except Refused as error:
            refusals.append(Refusal(name, error.code, error.why, error.fix))
        else:
            results |= found
            refusals += refused
    return results, refusals


def _estimated(
    plan: Registered, names: Sequence[str], estimate: Run, *, dummy: bool
) -> tuple[dict[str, Result], list[Refusal]]:
    """Return the results of some analyses, each as if it stood alone: all of them lead."""
    results: dict[str, Result] = {}
    refusals: list[Refusal] = []
    with _reopened(_definition(plan, names, dummy=dummy)) as then:
        for name in names:
            found, refused = estimate(_only(then, name))
            results |= found
            refusals += [replace(one, why=f"{_THEN}: {one.why}") for one in refused]
    return results, refusals


def _only(then: Prepared, name: str) -> Prepared:
    """Return a prepared study with one of its analyses."""
    study = then.definition.study
    alone = study.with_analyses({name: study.analyses[name]})
    definition = replace(then.definition, study=alone, specs={name: then.definition.specs[name]})
    return replace(then, definition=definition, samples={name: then.samples[name]})


@contextmanager
def _reopened(definition: Definition) -> Iterator[Prepared]:
    """Open the rows of a plan; data that no longer hold it are a refusal."""
    try:
        with reopen(definition) as prepared:
            yield prepared
    except EvaluateError as error:
        raise _refused(_without_files(error.problems[0], definition.study.data)) from None


def beside(own: Result | None, then: Result) -> Result:
    """Return the result of an analysis with the estimates of the locked plan after its own.

    Parameters
    ----------
    own : Result or None
        As the definition has it now; ``None`` where it has no such analysis, or was refused.
    then : Result
        As the plan has it; only its headline is kept.
    """
    rows = (one for one in then.estimates if one.role == "headline")
    registered = tuple(replace(one, role="registered") for one in rows)
    if own is None:
        return Result(registered)
    return replace(own, estimates=(*own.estimates, *registered))


def _definition(plan: Registered, names: Sequence[str], *, dummy: bool) -> Definition:
    """Return the study as it was registered, with some analyses and today's files."""
    then, specs = planned(plan.locks[0].plan, plan.definition.study)
    for outcome in (then.analyses[name].outcome for name in names):
        if outcome not in plan.definition.study.outcomes:
            raise _refused(f"the outcome `{outcome}` is no longer defined")
    data = _with_files(then, plan.definition.study)
    named = then.with_analyses({name: then.analyses[name] for name in names})
    study = named.model_copy(update={"data": data.in_dummy_form() if dummy else data})
    return replace(plan.definition, study=study, specs={name: specs[name] for name in names})


def _with_files(then: Study, now: Study) -> Data:
    """Return the registered rules for rows, on the files that the definition names now."""
    if now.data is None:
        raise _refused("the definition names no data any more")
    if then.data is None:  # the plan left the data open
        return now.data
    gone = sorted(set(then.data.tables) - set(now.data.tables))
    if gone:
        raise _refused(f"the source `{gone[0]}` is no longer among the data")
    tables: dict[str, Source] = {name: now.data.tables[name] for name in then.data.tables}
    changed = {"kind": now.data.kind, "sources": tables, "dummy": now.data.dummy}
    return then.data.model_copy(update=changed)


def _refused(why: str) -> Refused:
    return Refused(
        _GONE,
        f"{_THEN}, this analysis can no longer be computed: {why}",
        "bring back what the locked plan rests on, or say under `plan.deviations` why it is gone",
    )


def _without_files(problem: Problem, data: Data | None) -> str:
    """Return what is wrong without the name of a file, which is nobody's business."""
    what = problem.what
    for source in data.tables.values() if data is not None else ():
        what = what.replace(source.label, "the data") if source.label else what
    return what
