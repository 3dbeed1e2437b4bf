"""Practice records as a table that a reader can narrow down; without a script it is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from evaluate.book.numbers import number
from evaluate.book.view import Row, View, numeric
from evaluate.core import Table

FILES = ("practices.css", "practices.js")
KIND = "practices_records"
CLASSES = ("preventive", "intervening", "compensating")
FILTERS = ("class", "level", "target", "country", "evidence")
_PARTS = {"level": "levels", "target": "targets", "country": "country", "evidence": "evidence"}
_HALF = 0.5
_ABSENT = "–"
_GRADES = ("rct", "comparison", "pre_post", "monitoring", "described")
_ORDER = {
    "class": CLASSES,
    "level": ("individual", "class", "school", "municipality", "region", "country"),
    "target": ("universal", "selective", "indicated"),
    "evidence": _GRADES,
}


class PracticeTable(nodes.General, nodes.Element):
    """The table with its filters, which the script shows."""


def practice_table(view: View, table: Table) -> nodes.Node:
    """Return the practices as one table, with filters for readers whose browser runs the script.

    Parameters
    ----------
    view : View
        The finding and the page's language.
    table : Table
        Of the kind ``"practices_records"``.
    """
    return PracticeTable("", html=_block(view, table))


def _block(view: View, table: Table) -> str:
    w = view.words
    caption, identity = escape(w(f"detail.{KIND}")), f"practices-{escape(table.analysis)}"
    told = w("practices.count", shown=len(table.rows), all=len(table.rows))
    count = w("practices.count", shown="%shown%", all="%all%")
    heads = ("name", *FILTERS, "done", "actors", "cost", "source")
    top = "".join(f'<th scope="col">{escape(w(f"practices.{one}"))}</th>' for one in heads)
    rows = "".join(_row(view, table, row) for row in table.rows)
    return "".join(
        (
            f'<div class="ev-practices" id="{identity}" data-count="{escape(count)}">',
            f'<div class="ev-filters" role="group" aria-label="{escape(w("practices.find"))}" hidden>',
            *(_filter(view, table, one, identity) for one in FILTERS),
            f'<button type="button" class="ev-reset">{escape(w("practices.reset"))}</button>',
            f'<p class="ev-found" role="status">{escape(told)}</p></div>',
            f'<div class="ev-scroll" role="region" tabindex="0" aria-label="{caption}">',
            f'<table class="table ev-table ev-practice-table"><caption>{caption}</caption>',
            f"<thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table></div></div>",
        )
    )


def keys_of(row: Row, name: str) -> tuple[str, ...]:
    """Return the keys of a practice under one filter; a class counts from even odds on.

    Parameters
    ----------
    row : mapping of str to cell
        Of the table.
    name : {"class", "level", "target", "country", "evidence"}
        Which filter.
    """
    if name == "class":
        return tuple(one for one in CLASSES if (numeric(row.get(one)) or 0.0) >= _HALF)
    cell = row.get(_PARTS[name])
    return tuple(str(cell).split("; ")) if cell else ()


def _filter(view: View, table: Table, name: str, identity: str) -> str:
    w, key = view.words, f"{identity}-{name}"
    given = {one for row in table.rows for one in keys_of(row, name)}
    word = _words(view, name)
    order = _ORDER.get(name)
    known = sorted(given, key=order.index) if order else sorted(given, key=word)
    options = f'<option value="">{escape(w("practices.all"))}</option>'
    options += "".join(
        f'<option value="{escape(one)}">{escape(word(one))}</option>' for one in known
    )
    if any(not keys_of(row, name) for row in table.rows):
        options += f'<option value="-">{escape(w("practices.none"))}</option>'
    return (
        f'<p class="ev-filter"><label for="{key}">{escape(w(f"practices.{name}"))}</label>'
        f'<select id="{key}" data-filter="{name}" autocomplete="off">{options}</select></p>'
    )


def _words(view: View, name: str) -> Callable[[str], str]:
    if name == "country":
        return lambda key: _country(key, view.language)
    return lambda key: view.words(f"detail.{key}") if f"detail.{key}" in view.words else key


def _country(code: str, language: str) -> str:
    """Return a country's name, or its code where it has none."""
    from babel import Locale

    return str(Locale.parse(language).territories.get(code, code))


def _row(view: View, table: Table, row: Row) -> str:
    titles = view.study.get("methods", {}).get(table.analysis, {}).get("titles", {})
    data = "".join(f' data-{one}="{escape(" ".join(keys_of(row, one)))}"' for one in FILTERS)
    cells = (
        _list(_class(view, row)),
        *(_list(map(_words(view, one), keys_of(row, one))) for one in ("level", "target")),
        _list([*map(_words(view, "country"), keys_of(row, "country")), *_texts(view, titles, row, "region")]),
        _list([*map(_words(view, "evidence"), keys_of(row, "evidence")), *_texts(view, titles, row, "evidence_source")]),
        _list(_texts(view, titles, row, "method", "context")),
        _list(_texts(view, titles, row, "actors")),
        _cost(view, row),
        _list([*_texts(view, titles, row, "source"), *_words_of(view, row, "status")]),
    )  # fmt: skip
    name = _shown(view, titles, str(row.get("practice", "")))
    return (
        f'<tr{data}><th scope="row">{name}</th>'
        + "".join(f"<td>{one or _ABSENT}</td>" for one in cells)
        + "</tr>"
    )


def _class(view: View, row: Row) -> Iterator[str]:
    for one in keys_of(row, "class"):
        label, sure = view.words(f"detail.{one}"), numeric(row.get(one)) or 0.0
        share = view.percent(sure, digits=0)
        yield label if sure == 1 else view.words("practices.maybe", label=label, share=share)


def _words_of(view: View, row: Row, name: str) -> Sequence[str]:
    cell = row.get(name)
    return [_words(view, name)(str(cell))] if cell else []


class _Marked(str):
    """HTML that is already escaped."""

    __slots__ = ()


Titles = Mapping[str, Any]


def _texts(view: View, titles: Titles, row: Row, *names: str) -> Iterator[str]:
    for name in names:
        for key in str(row.get(name) or "").split("; "):
            if key:
                yield _Marked(_shown(view, titles, key))


def _shown(view: View, titles: Titles, key: str) -> str:
    """Return a title as HTML, marked with its language where that is not the page's."""
    localised = titles.get(key)
    if not localised:
        return escape(key.replace("_", " "))
    node = view.texts(localised)
    mark = next((one.removeprefix("language-") for one in node["classes"]), "")
    text = escape(node.astext())
    return f'<span lang="{escape(mark)}">{text}</span>' if mark else text


def _list(texts: Iterator[str] | Sequence[str] | map[str]) -> str:
    return "<br>".join(one if isinstance(one, _Marked) else escape(one) for one in texts)


def _cost(view: View, row: Row) -> str:
    amount = numeric(row.get("cost"))
    if amount is None:
        return escape(view.words("practices.cost_unknown"))
    return escape(f"{number(amount, view.language)} {row.get('cost_unit') or ''}".strip())


def _visit(self: HTML5Translator, node: PracticeTable) -> None:
    self.body.append(node["html"])
    raise nodes.SkipNode


def _files(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Load the script and the style sheet where there is a table of practices."""
    if doctree is not None and next(iter(doctree.findall(PracticeTable)), None) is not None:
        style, script = FILES
        app.add_css_file(style, priority=910)
        app.add_js_file(script, loading_method="defer")


def setup(app: Sphinx) -> None:
    """Register the table."""
    app.add_node(PracticeTable, html=(_visit, None))
    app.connect("html-page-context", _files, priority=400)
