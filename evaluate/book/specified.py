"""One question under several declared choices, and what the programme cannot have changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from docutils import nodes

from evaluate.book.detail import shown
from evaluate.book.picture import figure
from evaluate.book.view import View
from evaluate.book.write import paragraph
from evaluate.core import Table

CURVE = "specifications"
# They stand in the numbers behind the figure.
_BESIDE = {("agreement_of_estimators", name) for name in ("df", "n_obs", "n_treated")}
_TABLES = ("agreement_of_estimators", "negative_controls")


def specified(view: View, analysis: str) -> Iterator[nodes.Node]:
    """Yield the specification curve of an analysis, where answers differ, and its controls.

    Parameters
    ----------
    view : View
        The finding and the page's language.
    analysis : str
        The analysis.
    """
    own = {one.kind: one for one in view.finding.tables if one.analysis == analysis}
    if CURVE in own:
        rest = tuple(one for one in view.finding.tables if one is not own[CURVE])
        first = replace(view, finding=replace(view.finding, tables=(own[CURVE], *rest)))
        yield from figure(first, CURVE)
        yield from _without(view, analysis, own[CURVE])
    titled = replace(view, titles={**view.titles, **_titles(view, analysis)})
    for kind in _TABLES:
        if kind in own:
            columns = tuple(one for one in own[kind].columns if (kind, one.name) not in _BESIDE)
            yield shown(titled, replace(own[kind], columns=columns))
            yield paragraph(view.words(f"detail.{kind}_note"), "ev-note")


def _without(view: View, analysis: str, table: Table) -> Iterator[nodes.Node]:
    """Say which specifications have no number, and why: none is dropped without a word."""
    w, titles = view.words, _titles(view, analysis)
    states = [(str(row["specification"]), row.get("state")) for row in table.rows]
    withheld = sum(state == "withheld" for _, state in states)
    if withheld:
        yield paragraph(w("specified.withheld", n=withheld), "ev-note")
    refused = [
        w("specified.refused_one", name=view.texts.plain(titles.get(key, {"en": key})), code=state)
        for key, state in states
        if state not in (None, "withheld")
    ]
    if refused:
        yield paragraph(w("specified.refused", names=", ".join(refused)), "ev-note")


def _titles(view: View, analysis: str) -> Mapping[str, Mapping[str, str]]:
    """Return what alternatives and outcomes are called, by language."""
    study = view.study
    known = study.get("analyses", {}).get(analysis, {}).get("alternatives", {})
    found = {key: one.get("title", {"en": key.replace("_", " ")}) for key, one in known.items()}
    return {key: one["title"] for key, one in study.get("outcomes", {}).items()} | found
