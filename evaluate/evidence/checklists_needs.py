"""Looking for the answer to an item in a released finding: the small language of ``needs``.

A need is one of the following, or several of them with ``|`` between, of which one is enough:

- ``text PATH``: text or a value of the definition; ``*`` stands for every entry.
- ``table KIND [COLUMN]``: a released table, with at least one cell of that column.
- ``hash NAME``: a hash of the provenance.
- ``answer KEY``: what the authors wrote under ``report.answers``.
- ``fact NAME``: a statement of :mod:`evaluate.evidence.checklists_facts`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from evaluate.core import LANGUAGES, Finding
from evaluate.evidence.checklists_facts import FACTS

# From worst to best. `stated` is a gap that the report admits, with its reason.
State = Literal["missing", "stated", "partial", "filled"]
STATES: tuple[State, ...] = ("missing", "stated", "partial", "filled")
ANSWERS = "#checklists"  # the gate list prints them

_SECTIONS = {
    "title": "#lead",
    "question": "#lead",
    "languages": "#lead",
    "intervention": "#done",
    "comparison": "#comparison",
    "programme": "#programme",
    "outcomes": "#outcomes",
    "analyses": "#numbers",
    "economics": "#money",
    "plan": "#changes",
}
_TABLES = {
    "flow": ("#results", "data"),
    "joins": ("#results", "data"),
    "precision": ("#power", "assumptions"),
    "diagnosis": ("#power", "assumptions"),
    "deviations": ("#changes", "plan"),
    "ratings": ("#certainty", "evidence"),
    "effect_sizes": ("#effect-sizes", "analyses"),
    "subgroups": ("#results", "analyses.*.subgroups"),
}
_MONEY = (
    *("accounts", "costs", "cost_summary", "cash_flow", "distribution", "break_even", "measures"),
    *("tornado", "scenarios", "information", "acceptability", "effectiveness", "incentives"),
    *("inputs", "schedule"),
)
# A text that only says that nothing is known answers no item.
_UNKNOWN = re.compile(
    r"\bnot documented\b|\bikk[ej]e? dokumenter|\bikkje dokumenter|\binte dokumenter", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for one need.

    Attributes
    ----------
    state : {"missing", "stated", "partial", "filled"}
        How far it is met; ``"stated"`` is a gap that the report admits.
    where : str
        ``#section`` of the chapter where it stands, or the key of ``study.yaml`` that lacks.
    why : str
        The reason for an admitted gap.
    """

    state: State
    where: str
    why: str = ""


def find(need: str, finding: Finding) -> Found:
    """Return the best that a finding has for a need.

    Parameters
    ----------
    need : str
        As the lists write it, such as ``"text intervention.why | answer theory_of_change"``.
    finding : Finding
        The released finding.
    """
    options = [_one(part.split(), finding) for part in need.split("|")]
    return max(options, key=lambda one: STATES.index(one.state))


def combine(states: Sequence[State]) -> State:
    """Return the state of several needs that all have to be met."""
    if len(set(states)) == 1:
        return states[0]
    if set(states) <= {"missing", "stated"}:
        return "missing"
    return "partial"


def answer(key: str, finding: Finding) -> Found:
    """Return what the authors wrote under ``report.answers``.

    Parameters
    ----------
    key : str
        Key of the answer.
    finding : Finding
        The released finding.
    """
    report = finding.study.get("report")
    given = report.get("answers", {}) if isinstance(report, Mapping) else {}
    one = given.get(key, {})
    state = _leaf(one.get("text"))
    if state != "missing":
        return Found(state, ANSWERS, _plain(one["text"], finding))
    if _leaf(one.get("not_done")) != "missing":
        return Found("stated", ANSWERS, _plain(one["not_done"], finding))
    return Found("missing", f"report.answers.{key}")


def _one(words: Sequence[str], finding: Finding) -> Found:
    return _KINDS[words[0]](words[1:], finding)


def _answer(words: Sequence[str], finding: Finding) -> Found:
    return answer(words[0], finding)


def _text(words: Sequence[str], finding: Finding) -> Found:
    path = words[0]
    found = list(_expand(finding.study, path.split(".")))
    state = combine([_leaf(one) for one in found])
    place = _SECTIONS.get(path.split(".")[0], "#lead")
    if state in ("missing", "partial"):
        return Found(state, path if state == "missing" else f"{place}; {path}")
    return Found(state, place, _plain(found[0], finding) if state == "stated" else "")


def _table(words: Sequence[str], finding: Finding) -> Found:
    kind, column = words[0], (*words[1:], None)[0]
    place, key = _TABLES.get(kind, ("#results", "analyses"))
    if kind in _MONEY:
        place, key = "#money", "economics"
    tables = [one for one in finding.tables if one.kind == kind]
    rows = [row for table in tables for row in table.rows]
    if tables and (column is None or any(row.get(column) not in (None, "") for row in rows)):
        # A register of deviations without rows says that there were none.
        return Found("filled" if rows or kind == "deviations" else "missing", place)
    if rows and finding.released.get("hidden"):
        return Found("stated", place, "withheld by the rules of disclosure")
    return _refused(finding, key)


def _hash(words: Sequence[str], finding: Finding) -> Found:
    return (
        Found("filled", "#again") if finding.provenance.get(words[0]) else Found("missing", "data")
    )


def _fact(words: Sequence[str], finding: Finding) -> Found:
    fact = FACTS[words[0]]
    if fact.holds(finding):
        return Found("filled", fact.where)
    return _refused(finding, fact.key) if fact.computed else Found("missing", fact.key)


def _refused(finding: Finding, key: str) -> Found:
    """Return what is missing; where everything was refused, the report says so and why."""
    if finding.outcome == "refused" and key.startswith(("analyses", "economics")):
        return Found("stated", "#refused", finding.refusals[0].why)
    return Found("missing", key)


def _expand(value: object, path: Sequence[str]) -> Iterator[object]:
    """Yield all that a path leads to; ``None`` where it ends early."""
    if not path:
        yield value
        return
    head, *rest = path
    if head != "*":
        yield from _expand(value.get(head) if isinstance(value, Mapping) else None, rest)
        return
    entries = value.values() if isinstance(value, Mapping) else value
    if not isinstance(value, (Mapping, list, tuple)) or not value:
        yield None
        return
    for one in cast("Sequence[object]", entries):
        yield from _expand(one, rest)


def _leaf(value: object) -> State:
    if value is None or value in ("", {}, [], ()):
        return "missing"
    if isinstance(value, Mapping) and set(value) <= set(LANGUAGES):
        return max(map(_leaf, value.values()), key=STATES.index)
    if not isinstance(value, str):
        return "filled"
    known = [not _UNKNOWN.search(one) for one in _SENTENCE.split(value.strip())]
    return "filled" if all(known) else "partial" if any(known) else "stated"


def _plain(value: object, finding: Finding) -> str:
    if not isinstance(value, Mapping):
        return str(value)
    own = str(finding.study.get("language", "en"))
    return str(value.get(own) or next(iter(value.values())))


_KINDS: Mapping[str, Callable[[Sequence[str], Finding], Found]] = {
    "text": _text,
    "table": _table,
    "hash": _hash,
    "answer": _answer,
    "fact": _fact,
}
