"""Lock a plan: write what was decided before the results, with its hash, and never over it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from evaluate import __version__
from evaluate.diagnosed import quoted
from evaluate.diagnosis.diagnose import MAIN
from evaluate.errors import Problem, StudyError
from evaluate.findings.atomic import write_whole
from evaluate.findings.provenance import source
from evaluate.prepare import refuse_contradictions
from evaluate.study.deviations import current_form
from evaluate.study.differences import differences
from evaluate.study.load import Definition, load
from evaluate.study.lock_file import (
    SCHEMA,
    Lock,
    document_hash,
    lock_path,
    lock_text,
    read_locks,
    shown_lock,
)
from evaluate.study.plan import Json, headline, plan_of, sha256
from evaluate.study.plan_definition import ORDER
from evaluate.study.plan_document import about, document

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Locked:
    """A version of a plan that was just locked.

    Attributes
    ----------
    path : Path
        The file with the plan; the document for people stands beside it.
    number : int
        1 for the plan, from 2 for its amendments.
    date : date
        When it was locked.
    sha256 : str
        Of the canonical plan.
    """

    path: Path
    number: int
    date: datetime.date
    sha256: str


def lock(
    path: Path | str,
    *,
    date: datetime.date | None = None,
    amend: bool = False,
    progress: Progress = lambda step: None,
) -> Locked:
    """Lock the plan of a study in its folder ``plan/``.

    The first version stays the one that results are compared with. An amendment is a further
    file beside it, ``plan-2.json`` and so on; it shows when a change was made.

    Parameters
    ----------
    path : Path
        A folder with a ``study.yaml``.
    date : date, optional
        Date of locking; today by default.
    amend : bool
        Whether a plan that is locked already gets a further version.
    progress : callable
        Told the name of each step as it begins.

    Raises
    ------
    StudyError
        If the definition is not in order or does not amount to a plan, all faults at once; if
        there is a lock that would be overwritten, or none that could be amended; or if the
        files cannot be written.
    """
    progress("definition")
    definition = load(Path(path))
    refuse_contradictions(definition)
    before = read_locks(definition.folder, definition.study.id)
    today = datetime.date.today()
    day = date or today
    plan = plan_of(definition.study, definition.specs)
    problems = [
        *_not_a_plan(definition),
        *_no_room(definition, before, plan, amend=amend),
        *_wrong_day(definition, before, day, today),
    ]
    if problems:
        raise StudyError(*problems)
    progress("plan")
    content = _content(definition, plan, day, before)
    text = document(content, _mdes(definition))
    content["document"] = document_hash(text)
    target = lock_path(definition.folder, len(before) + 1)
    _write(target.with_suffix(".md"), text)
    _write(target, lock_text(content), new=True)  # last: the plan is locked once this file is there
    return Locked(target, len(before) + 1, day, content["sha256"])


def _content(
    definition: Definition, plan: Json, day: datetime.date, before: tuple[Lock, ...]
) -> Json:
    """Return what a lock holds, all but the hash of its document and the seal."""
    block = definition.study.plan
    content: Json = {
        "schema": SCHEMA,
        "id": definition.study.id,
        "date": day.isoformat(),
        "data_access": block.data_access if block else None,
        "sha256": sha256(plan),
        "software": {"version": __version__, "source": source()},
        "about": about(definition.study),
        "definition": plan,
    }
    if before:
        content["amends"] = before[-1].content["seal"]
    return content


def _mdes(definition: Definition) -> dict[str, str]:
    """Return the simulated minimum detectable effect of each outcome that has one, in words."""
    diagnosis, study = quoted(definition), definition.study
    found: dict[str, str] = {
        study.analyses[name].outcome: state
        for name, state in diagnosis.states.items()
        if state != "not simulated"
    }
    for table in diagnosis.tables:
        outcome = study.analyses[table.analysis].outcome
        if table.kind != "diagnosis" or table.analysis != headline(study, outcome):
            continue
        for row in table.rows:
            if row.get("scenario") == MAIN and isinstance(mde := row.get("mde"), float):
                found[outcome] = f"{mde:.3g}, of {row['draws']} simulated studies"
    return found


def _not_a_plan(definition: Definition) -> Iterator[Problem]:
    """Find what a definition lacks to be a plan."""
    study = definition.study
    if study.plan is None:
        yield Problem(
            definition.at("plan"),
            "`plan.data_access` is missing",
            "a plan protects only as far as its results were unknown when it was locked",
            "add `plan: {data_access: not_created}`, or not_accessed, accessed, outcomes_seen",
        )
    confirmatory = {one.outcome for one in study.analyses.values() if one.role != "exploratory"}
    if not confirmatory:
        yield Problem(
            definition.at("analyses"),
            "no analysis is primary or secondary",
            "a plan says beforehand what will answer the question",
            "add an analysis with `role: primary` or `role: secondary`",
        )
    if all(one.role != "primary" for one in study.outcomes.values()):
        yield Problem(
            definition.at("outcomes"),
            "no outcome is primary",
            "the study is judged by an outcome that was named before the data were seen",
            "give the outcome that answers the question `role: primary`",
        )
    for key, outcome in study.outcomes.items():
        if confirmatory and outcome.role == "primary" and key not in confirmatory:
            yield Problem(
                definition.at("outcomes", key),
                f"no planned analysis answers for the primary outcome `{key}`",
                "how it will be judged would be decided after the results",
                f"add an analysis of `{key}` that is not exploratory, or make it secondary",
            )


def _no_room(
    definition: Definition, before: tuple[Lock, ...], plan: Json, *, amend: bool
) -> Iterator[Problem]:
    """Find a lock that is in the way, or the lack of one to amend."""
    first = shown_lock(lock_path(definition.folder, 1))
    if not before and amend:
        why, fix = "an amendment changes a plan that is locked", "leave out --amend"
        yield Problem(first, "no plan is locked that could be amended", why, fix)
    if not before:
        return
    state = definition.study.plan.data_access if definition.study.plan else None
    as_before = differences(current_form(definition, before[-1]), plan) == []
    if as_before and state == before[-1].data_access:
        what = f"this plan is locked already, on {before[-1].date.isoformat()}"
        why = "there is nothing to add to it"
        yield Problem(first, what, why, "go on; `evaluate run` compares with it")
    elif not amend:
        yield Problem(
            first,
            f"another plan is locked already, on {before[0].date.isoformat()}",
            "what was decided first stays what results are compared with",
            "add `--amend` to lock the change as a further version, or explain it under"
            " `plan.deviations`",
        )
    elif state and ORDER.index(state) < ORDER.index(before[-1].data_access):
        yield Problem(
            definition.at("plan", "data_access"),
            f"`plan.data_access` is `{state}`, and it was `{before[-1].data_access}` before",
            "what has been seen cannot be unseen",
            "state what has happened to the data by now",
        )


def _wrong_day(
    definition: Definition, before: tuple[Lock, ...], day: datetime.date, today: datetime.date
) -> Iterator[Problem]:
    target = shown_lock(lock_path(definition.folder, len(before) + 1))
    if day > today:
        why = "a plan is locked when it is locked"
        yield Problem(target, "the date of locking has not come yet", why, "leave out --date")
    elif before and day < before[-1].date:
        what = f"the version before was locked later, on {before[-1].date.isoformat()}"
        yield Problem(target, what, "an amendment follows what it amends", "leave out --date")


def _write(target: Path, text: str, *, new: bool = False) -> None:
    """Write a file whole or not at all; a new one only where none is.

    Raises
    ------
    StudyError
        If that cannot be done, or the folder is a link.
    """
    why, fix = "the plan could not be shown later", "give rights to the folder, and lock again"
    if target.parent.is_symlink():
        raise StudyError(Problem(shown_lock(target), "its folder is a link", why, fix))
    try:
        target.parent.mkdir(exist_ok=True)
        write_whole(target, text, new=new)
    except OSError as error:
        what = f"cannot be written: {error.strerror}"
        raise StudyError(Problem(shown_lock(target), what, why, fix)) from None
