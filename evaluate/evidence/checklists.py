"""Reporting checklists, filled from a released finding; what is missing is named."""

from __future__ import annotations

from collections.abc import Sequence

from evaluate.core import Cell, Column, Finding, Table
from evaluate.evidence.checklists_facts import CONDITIONS, applies
from evaluate.evidence.checklists_needs import STATES, Found, answer, combine, find
from evaluate.evidence.checklists_read import LISTS, Item, ItemList, item_list

_COLUMNS = (
    Column("list", "text", {"en": "List", "nb": "Liste", "sv": "Lista"}),
    Column("item", "text", {"en": "Item", "nb": "Punkt", "sv": "Punkt"}),
    Column(
        "title", "text", {"en": "What it asks", "nb": "Hva det spør om", "sv": "Vad den frågar"}
    ),
    Column("source", "text", {"en": "Answered by", "nb": "Besvart av", "sv": "Besvarad av"}),
    Column("status", "text", {"en": "Status", "nb": "Status", "sv": "Status"}),
    Column("where", "text", {"en": "Where", "nb": "Hvor", "sv": "Var"}),
)


def checklists(finding: Finding) -> tuple[Table, ...]:
    """Return the checklists that are for studies such as this one, one table for each.

    Parameters
    ----------
    finding : Finding
        The released finding.

    Returns
    -------
    tuple of Table
        Of kind ``checklist``. ``status`` is ``filled`` only where the content stands in the
        finding; ``partial`` where a part does; ``missing``, also where the report admits that
        it has none; or ``not_applicable``. ``where`` names sections of the chapter as
        ``#section`` and keys of ``study.yaml`` that would fill the rest.

    References
    ----------
    Hopewell et al. (2025), PLoS Medicine 22(4), e1004587 (CONSORT 2025); Campbell et al. (2012),
    BMJ 345, e5661 (clusters); von Elm et al. (2007), PLoS Medicine 4(10), e296 (STROBE);
    Hoffmann et al. (2014), BMJ 348, g1687 (TIDieR); Husereau et al. (2022), BMC Medicine 20, 23
    (CHEERS 2022).
    """
    return tuple(_table(item_list(name), finding) for name in LISTS if applies(name, finding))


def completeness(table: Table) -> tuple[int, int]:
    """Return how many items of a checklist are filled, and how many apply."""
    states = [row["status"] for row in table.rows if row["status"] != "not_applicable"]
    return states.count("filled"), len(states)


def _table(given: ItemList, finding: Finding) -> Table:
    rows = tuple(_row(given.list, item, finding) for item in given.items)
    return Table(f"checklist.{given.list}", "checklist", _COLUMNS, rows)


def _row(name: str, item: Item, finding: Finding) -> dict[str, Cell]:
    status, where = _judged(item, finding)
    return {
        "list": name,
        "item": item.item,
        "title": item.title,
        "source": item.source,
        "status": status,
        "where": where,
    }


def _judged(item: Item, finding: Finding) -> tuple[str, str]:
    if item.when is not None and not CONDITIONS[item.when](finding):
        return "not_applicable", ""
    parts = [find(need, finding) for need in item.needs]
    state = combine([one.state for one in parts]) if parts else "missing"
    if item.answer is not None and state != "filled":
        given = answer(item.answer, finding)
        parts.append(given)
        state = max(state, given.state, key=STATES.index)
    status = "missing" if state == "stated" else state
    return status, _places(parts, short=status != "filled")


def _places(parts: Sequence[Found], *, short: bool) -> str:
    """Return the sections that hold it, then the keys that would fill the rest."""
    every = [place for one in parts for place in one.where.split("; ")]
    sections = [one for one in every if one.startswith("#")]
    keys = [one for one in every if not one.startswith("#")] if short else []
    return "; ".join(dict.fromkeys(sections + keys))
