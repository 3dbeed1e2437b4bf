"""The author's prose as nodes: numbers, facts and sources are looked up, never re-parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from docutils import nodes

from evaluate.book.numbers import p_value
from evaluate.book.programme import fact_link, facts
from evaluate.book.reference import source
from evaluate.book.view import View
from evaluate.book.write import link, marked, paragraph, section, strong
from evaluate.core import Cell, Column, Estimate

Node = Mapping[str, Any]
# A dot between two digits belongs to a key, such as a share.
_DOT = re.compile(r"(?<!\d)\.|\.(?!\d)")
_PEOPLE = ("n_obs", "n_treated", "n_clusters")
_EFFECTS = ("effect", "break_even")  # of tables: differences, in percentage points for shares
_DIFFERENCES = ("estimate", "conf_low", "conf_high", "std_error")


class UnknownNumberError(LookupError):
    """Prose points to a number that the finding does not hold."""


def prose(view: View) -> list[nodes.Node]:
    """Return the author's own chapter text, in the page's language or marked with its own.

    Raises
    ------
    UnknownNumberError
        If the text points to a number that is not there.
    """
    texts: Mapping[str, Sequence[Node]] = view.study.get("prose", {})
    own = str(view.study["language"])
    language = next((one for one in (view.language, "en", own) if one in texts), None)
    if language is None:
        return []
    found = section(view.words("words.title"), "text", _sections(view, texts[language]))
    if language != view.language:
        for part in found.children[1:]:
            part["classes"].append(f"language-{language}")
    return [found]


def _sections(view: View, blocks: Sequence[Node]) -> Iterator[nodes.Node]:
    """Yield blocks; each heading opens a section below the chapter's own."""
    current: nodes.section | None = None
    for number, block in enumerate(blocks):
        if block["type"] == "heading":
            if current is not None:
                yield current
            current = section(_inlines(view, block["children"]), f"text-{number}", [])
            continue
        node = _block(view, block)
        if current is None:
            yield node
        else:
            current += node
    if current is not None:
        yield current


def _block(view: View, block: Node) -> nodes.Node:
    kind = block["type"]
    if kind == "list":
        items = (nodes.list_item("", *_blocks(view, one)) for one in block["items"])
        build = nodes.enumerated_list if block["ordered"] else nodes.bullet_list
        return build("", *items)
    if kind == "quote":
        return nodes.block_quote("", *_blocks(view, block["children"]))
    if kind == "code":
        return nodes.literal_block(block["text"], block["text"], language="none")
    return paragraph(_inlines(view, block["children"]))


def _blocks(view: View, blocks: Sequence[Node]) -> list[nodes.Node]:
    return [_block(view, one) for one in blocks]


def _inlines(view: View, children: Sequence[Node]) -> list[nodes.Node]:
    return [_inline(view, one) for one in children]


def _inline(view: View, node: Node) -> nodes.Node:
    kind = node["type"]
    if kind in ("text", "literal"):
        return nodes.Text(node["text"])
    if kind == "break":
        return nodes.Text(" ")
    if kind == "code":
        return nodes.literal(node["text"], node["text"])
    if kind == "strong":
        return strong(_inlines(view, node["children"]))
    if kind == "emphasis":
        return nodes.emphasis("", "", *_inlines(view, node["children"]))
    if kind == "link":
        return link(_inlines(view, node["children"]), node["url"])
    return _looked_up(view, node)


def _looked_up(view: View, node: Node) -> nodes.Node:
    if node["type"] == "number":
        return marked(number(view, node["path"]), "ev-number")
    if node["type"] == "fact":
        found = {one["id"]: one for one in facts(view)}
        return fact_link(view, found[node["id"]])
    reference = view.study.get("references", {})[node["key"]]
    text = f"({reference.get('author', view.texts.plain(reference['title']))}"
    year = str(reference.get("date", ""))[:4]
    shown = f"{text}, {year})" if year else f"{text})"
    return nodes.reference("", shown, refid=f"ref-{node['key']}", internal=True)


def number(view: View, path: str) -> str:
    """Return a number of the finding as the page writes it.

    Parameters
    ----------
    view : View
        The finding and the page's language.
    path : str
        ``ANALYSIS.TERM.FIELD``, or ``TABLE.NAME.ROW.COLUMN``.

    Raises
    ------
    UnknownNumberError
        If the finding holds no such number.
    """
    match _DOT.split(path):
        case [analysis, term, field]:
            return _estimate(view, path, analysis, term, field)
        case [owner, name, *key, cell] if key:  # keys of methods hold dots
            return _table_cell(view, path, f"{owner}.{name}", ".".join(key), cell)
    raise UnknownNumberError(path)


def _table_cell(view: View, path: str, identity: str, key: str, cell: str) -> str:
    table = view.table(identity)
    if table is None:
        raise UnknownNumberError(path)
    row = view.rows(identity).get(key, {})
    column = next((one for one in table.columns if one.name == cell), None)
    if column is None or row.get(column.name) is None:
        raise UnknownNumberError(path)
    return _cell(view, row[column.name], column)


def _estimate(view: View, path: str, analysis: str, term: str, field: str) -> str:
    rows = [one for one in view.finding.estimates if (one.analysis, one.term) == (analysis, term)]
    value = getattr(rows[0], field, None) if rows else None
    if not isinstance(value, (int, float)):
        raise UnknownNumberError(path)
    return _field(view, rows[0], field, value)


def _field(view: View, row: Estimate, field: str, value: float) -> str:
    if field in _DIFFERENCES:
        return view.effect(value, row.unit, sign=False)
    if field in _PEOPLE:
        return view.number(value, digits=0)
    if field == "p_value":
        return p_value(value, view.language)
    return view.percent(value, digits=0) if field == "conf_level" else view.number(value)


def _cell(view: View, value: Cell, column: Column) -> str:
    if not isinstance(value, (int, float)):
        return str(value)
    if column.type == "money":
        return view.money(value)
    if column.type == "share":
        return view.percent(value)
    if column.type == "integer":
        return view.number(value, digits=0)
    if column.unit and column.name in _EFFECTS:
        return view.effect(value, column.unit, sign=False)
    return view.level(value, column.unit) if column.unit else view.number(value)


def references(view: View) -> list[nodes.Node]:
    """Return the list of what the prose cites."""
    given = view.study.get("references", {})
    if not given:
        return []
    items = []
    for key, one in sorted(given.items(), key=lambda pair: str(pair[1].get("author", pair[0]))):
        entry = paragraph(source(view, one))
        entry["ids"] = [f"ref-{key}"]
        items.append(nodes.list_item("", entry))
    body = nodes.bullet_list("", *items, classes=["ev-references"])
    return [section(view.words("sources.title"), "references", [body])]
