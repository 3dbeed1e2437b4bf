"""A roll-out: who started when, effects over time, what others found, effects per participant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from docutils import nodes

from evaluate.book.numbers import TIE
from evaluate.book.picture import figure
from evaluate.book.view import Row, View, numeric
from evaluate.book.write import Content, marked, paragraph, strong, table
from evaluate.core import Cell, Estimate

ABSENT = "–"
FIGURES = ("rollout", "event_study", "honest", "group_time", "bacon")
TERMS = ("event_time=", "group_time=", "cohort=", "calendar=")
RELATIVE, SMOOTH = "relative_magnitudes", "smoothness"
_ANOTHER_UNIT = "another unit"


def over_time(view: View) -> Iterator[nodes.Node]:
    """Yield the figures of a roll-out, then what it says of participants and beside others."""
    drawn = [node for kind in FIGURES for node in figure(view, kind)]
    if drawn:
        yield nodes.rubric("", view.words("over.title"))
        yield from drawn
    yield from dilution(view)
    yield from published_results(view)


def one_of_many(row: Estimate) -> bool:
    """Return whether a row is one of a curve's, which a figure and its table show."""
    return row.term.startswith(TERMS)


def breakdown(view: View, row: Estimate) -> str:
    """Return how unequal trends may be before a result is no longer shown; empty if unknown.

    Parameters
    ----------
    view : View
        The finding and the page's language.
    row : Estimate
        A headline that differs from zero.
    """
    rows = [one for one in view.of_kind("honest") if one["analysis"] == row.analysis]
    for name in (RELATIVE, SMOOTH):
        own = [one for one in rows if one.get("restriction") == name]
        if own:
            return _reach(view, row, name, own)
    return ""


def _reach(view: View, row: Estimate, name: str, rows: Sequence[Row]) -> str:
    limit = next((n for one in rows if (n := numeric(one.get("breakdown"))) is not None), None)
    tried = max((numeric(one.get("m")) or 0.0 for one in rows), default=0.0)
    held = all(one.get("excludes_zero") is True for one in rows)
    if limit is None and not held:
        return view.words("lead.breaks_at_once")
    key = f"lead.breaks_{name}" if limit is not None else f"lead.holds_{name}"
    size = tried if limit is None else limit
    shown = view.effect(size, row.unit, sign=False) if name == SMOOTH else _times(view, size)
    return view.words(key, size=shown)


def _times(view: View, size: float) -> str:
    return view.number(size, digits=2 if size < 1 else 1)


def dilution(view: View) -> Iterator[nodes.Node]:
    """Yield the effect on those who took part, where only a share of the measured did."""
    w = view.words
    for one in view.finding.tables:
        row = _headline_of(view, one.analysis)
        if one.kind != "dilution" or row is None or not one.rows:
            continue
        yield nodes.rubric("", w("dilution.title"))
        for cells in one.rows:
            if said := _diluted(view, row, cells):
                yield paragraph(said)
        keys = ("share", "effect", "detectable", "worthwhile", "state")
        head = [w(f"dilution.{key}") for key in keys]
        lines = ([_dilution_cell(view, row, key, cells) for key in keys] for cells in one.rows)
        yield table(w("dilution.caption"), head, lines, "ev-numbers", "ev-last-word")
        yield paragraph(w("dilution.note"), "ev-note")


def _headline_of(view: View, analysis: str) -> Estimate | None:
    return next(
        (
            one
            for one in view.finding.estimates
            if (one.analysis, one.role, one.term) == (analysis, "headline", "overall")
        ),
        None,
    )


def _diluted(view: View, row: Estimate, cells: Row) -> str:
    share, low, high, found = (
        numeric(cells.get(one)) for one in ("share", "conf_low", "conf_high", "detectable")
    )
    effect = numeric(cells.get("effect"))
    if share is None or effect is None or low is None or high is None:
        return ""
    slots = {"share": _percent(view, share), "whole": view.effect(row.estimate, row.unit)}
    slots |= {"effect": view.effect(effect, row.unit)}
    slots |= {"low": view.effect(low, row.unit), "high": view.effect(high, row.unit)}
    said = view.words("dilution.said", **slots)
    if found is None:
        return said
    size = view.effect(found, row.unit, sign=False)
    return f"{said} {view.words('dilution.found', size=size)}"


def _dilution_cell(view: View, row: Estimate, key: str, cells: Row) -> Content:
    cell = cells.get(key)
    if key == "state":
        return _word(view, cell)
    size = numeric(cell)
    if size is None:
        return ABSENT
    if key == "share":
        return _percent(view, size)
    if key == "effect":
        return _with_interval(view, cells, "effect", row.unit)
    return view.effect(size, row.unit, sign=False)


def _percent(view: View, share: float) -> str:
    """Return a share as per cent, whole where it is."""
    per_cent = round(100 * share, 6)
    return view.percent(share, digits=0 if per_cent.is_integer() else 1)


def _with_interval(view: View, cells: Row, key: str, unit: str) -> Content:
    size, low, high = (numeric(cells.get(one)) for one in (key, "conf_low", "conf_high"))
    if size is None and low is None and high is None:
        return ABSENT
    said: list[Content] = [] if size is None else [strong(view.effect(size, unit).rstrip(TIE))]
    if low is not None and high is not None:
        interval = view.interval(low, high, unit).rstrip(TIE)
    elif (limit := low if high is None else high) is not None:
        # One limit alone: what lies beyond it is what the authors exclude.
        interval = f"{'≤' if low is None else '≥'} {view.effect(limit, unit).rstrip(TIE)}"
    else:
        return said
    said.append(f" ({interval})" if said else interval)
    return said or ABSENT


def _word(view: View, cell: Cell) -> str:
    """Return a verdict, or how a published result may be read, in the page's words."""
    for key in (f"verdict.{cell}", f"reading.{cell}"):
        if key in view.words:
            return view.words(key)
    return ABSENT if cell is None else str(cell)


def published_results(view: View) -> Iterator[nodes.Node]:
    """Yield what others found on the question beside ours: what each could have seen."""
    rows = view.of_kind("published")
    if not rows:
        return
    w = view.words
    yield nodes.rubric("", w("earlier.title"))
    head = [w(f"earlier.{one}") for one in ("study", "result", "effect", "detectable", "reading")]
    groups = [[*own] for _, own in groupby(rows, key=lambda one: one.get("id"))]
    lines = [*_ours(view), *(_theirs(view, one) for one in groups)]
    yield table(w("earlier.caption"), head, lines, "ev-numbers", "ev-last-word")
    yield paragraph(w("earlier.note"), "ev-note")


def _ours(view: View) -> Iterator[Sequence[Content]]:
    verdict, row = view.lead() or (None, None)
    if verdict is None or row is None:
        return
    size = verdict.detectable
    yield [
        strong(view.words("earlier.ours")),
        view.texts(view.outcome(verdict.outcome)["title"]),
        _with_interval(view, row.row(), "estimate", row.unit),
        ABSENT if size is None else view.effect(size, row.unit, sign=False),
        view.words(f"verdict.{verdict.verdict}"),
    ]


def _theirs(view: View, rows: Sequence[Row]) -> Sequence[Content]:
    """Return one published result, with what it could have found by each spread assumed."""
    cells = rows[0]
    unit = "" if cells.get("reading") == _ANOTHER_UNIT else _unit(view, cells)
    found = [_found(view, one, unit) for one in rows]
    readings = dict.fromkeys(_word(view, one.get("reading")) for one in rows)
    return [
        _cited(view, cells),
        str(cells.get("result") or ABSENT),
        _with_interval(view, cells, "estimate", unit),
        "; ".join(dict.fromkeys(found)),
        "; ".join(readings),
    ]


def _cited(view: View, cells: Row) -> Content:
    study: list[Content] = [str(cells.get("title", cells.get("id", "")))]
    source = ", ".join(str(cells[one]) for one in ("source", "date") if cells.get(one))
    if source:
        study += [". ", marked(source, "ev-soft")]
    mark = f"mark.{cells.get('status')}"
    if mark in view.words and cells.get("status") != "verified":
        study += [" ", marked(view.words(mark), "ev-mark")]
    return study


def _unit(view: View, cells: Row) -> str:
    """Return the unit of a published result: that of the outcome that it speaks of."""
    known = {one.get("id"): one.get("outcome") for one in view.study.get("published", ())}
    outcome = known.get(cells.get("id"))
    key = outcome if outcome in view.study["outcomes"] else view.primary
    return str(view.outcome(str(key))["unit"])


def _found(view: View, cells: Row, unit: str) -> str:
    """Return what a result could have found, with the spread that this rests on."""
    w = view.words
    size, spread = numeric(cells.get("detectable")), numeric(cells.get("sd"))
    counts = [numeric(cells.get(one)) for one in ("n_treated", "n_comparison")]
    if size is None:
        return ABSENT
    said = view.effect(size, unit, sign=False).rstrip(TIE)
    if spread is not None:
        said += w("earlier.spread", sd=view.effect(spread, unit, sign=False).rstrip(TIE))
    if all(one is not None for one in counts):
        shown = [view.number(one or 0.0, digits=0) for one in counts]
        said += f" {w('earlier.counts', treated=shown[0], comparison=shown[1])}"
    return said
