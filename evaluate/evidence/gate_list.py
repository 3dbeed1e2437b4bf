"""The gate list: what a final report has to say, or say why not. Only silence fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from evaluate.core import Cell, Column, Finding, Table
from evaluate.errors import Problem
from evaluate.evidence.checklists_needs import Found, answer, find
from evaluate.evidence.checklists_read import GATE, Item, item_list

At = Callable[..., str]

_COLUMNS = (
    Column("item", "text", {"en": "Item", "nb": "Punkt", "sv": "Punkt"}),
    Column("key", "text", {"en": "Key", "nb": "Nøkkel", "sv": "Nyckel"}),
    Column(
        "title", "text", {"en": "What it asks", "nb": "Hva det spør om", "sv": "Vad den frågar"}
    ),
    Column("status", "text", {"en": "Status", "nb": "Status", "sv": "Status"}),
    Column("where", "text", {"en": "Where", "nb": "Hvor", "sv": "Var"}),
    Column("note", "text", {"en": "Note", "nb": "Merknad", "sv": "Anmärkning"}),
)
_SAID = ("filled", "partial")
_VAGUE = {"analyses", "data", "evidence"}  # what gives it is no single key
_WHY = "a final report has to speak of it, if only to say why nothing was done"


@dataclass(frozen=True, slots=True)
class _Judged:
    """One item of the gate list with what was found for it."""

    item: Item
    status: str
    parts: Sequence[Found]
    note: str

    @property
    def key(self) -> str:
        return self.item.answer or ""

    @property
    def where(self) -> str:
        """Return the sections that hold it; of what is missing, the keys that would fill it."""
        every = [place for one in self.parts for place in one.where.split("; ")]
        keys = [one for one in every if not one.startswith("#")]
        sections = [one for one in every if one.startswith("#")]
        return "; ".join(dict.fromkeys(keys if self.status == "missing" else sections))


def gate_list(finding: Finding) -> Table:
    """Return the gate list of a finding.

    Parameters
    ----------
    finding : Finding
        The released finding.

    Returns
    -------
    Table
        Of kind ``gate_list``. ``status`` is ``filled`` where the finding holds all that the item
        asks, or the authors answered it; ``not_done`` where the report says why there is
        nothing; ``missing`` where it is silent on some part of it. ``note`` is the authors'
        answer or the reason, in the study's language.
    """
    rows = tuple(map(_row, _judgements(finding)))
    return Table("gate_list", "gate_list", _COLUMNS, rows)


def missing(finding: Finding) -> list[Item]:
    """Return the items of the gate list on which a finding is silent."""
    return [one.item for one in _judgements(finding) if one.status == "missing"]


def gate_faults(finding: Finding, at: At, *, authors_only: bool = False) -> list[Problem]:
    """Return a problem for each item on which a final study is silent.

    Parameters
    ----------
    finding : Finding
        The released finding; of a study that is not final nothing is asked.
    at : callable
        ``(*key) -> "file:line"``, such as ``Definition.at``.
    authors_only : bool
        Whether to ask only what authors alone can answer, as may be done before anything has
        been computed.
    """
    if finding.stage != "final":
        return []
    return [
        _problem(one, at)
        for one in _judgements(finding)
        if one.status == "missing" and (one.item.source == "author" or not authors_only)
    ]


def _judgements(finding: Finding) -> Iterator[_Judged]:
    return (_judged(item, finding) for item in item_list(GATE).items)


def _judged(item: Item, finding: Finding) -> _Judged:
    parts = [find(need, finding) for need in item.needs]
    given = answer(item.answer or "", finding)
    lacking = [one for one in parts if one.state == "missing"]
    if parts and all(one.state in _SAID for one in parts):
        # What authors add to it is shown beside.
        also = [given] if given.state in _SAID else []
        return _Judged(item, "filled", [*parts, *also], "".join(one.why for one in also))
    if given.state != "missing":
        status = "filled" if given.state in _SAID else "not_done"
        return _Judged(item, status, [*parts, given], given.why)
    if lacking or not parts:
        return _Judged(item, "missing", [*lacking, given], "")
    if any(one.state in _SAID for one in parts):
        return _Judged(item, "filled", parts, "")
    return _Judged(item, "not_done", parts, parts[0].why)


def _row(one: _Judged) -> dict[str, Cell]:
    return {
        "item": one.item.item,
        "key": one.key,
        "title": one.item.title,
        "status": one.status,
        "where": one.where,
        "note": one.note,
    }


def _problem(one: _Judged, at: At) -> Problem:
    key = f"report.answers.{one.key}"
    places = one.where.split("; ")
    others = [place for place in places if not (place.startswith("report.") or place in _VAGUE)]
    fix = f"add `{key}: {{text: …}}`, or `{{not_done: …}}` with the reason, which is printed"
    if others:
        fix += f"; or give it under {' and '.join(f'`{place}`' for place in others)}"
    block = others[0].split(".")[0] if others and one.item.source == "definition" else ""
    return Problem(
        at(block) if block else at("report", "answers"),
        f"the study is `final` and says nothing on “{one.item.title}” ({one.key})",
        _WHY,
        fix,
    )
