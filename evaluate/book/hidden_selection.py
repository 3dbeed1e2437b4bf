"""How strong something unseen must be to undo an effect: one plain sentence for each measure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from docutils import nodes

from evaluate.book.picture import figure
from evaluate.book.view import Row, View, numeric
from evaluate.book.write import bullets, paragraph
from evaluate.core import Table

BOUNDS = "hidden_selection_bounds"
_SHARES = ("share", "share_limit", "r2_treatment", "r2_outcome")
_EFFECTS = ("estimate", "conf_low", "conf_high")
_PLAIN = ("value", "limit", "assumed")
_CERTAIN = 1.0


def hidden_selection(view: View, one: Table) -> Iterator[nodes.Node]:
    """Yield a sentence for each measure, and the figure of factors as strong as covariates.

    Parameters
    ----------
    view : View
        The finding and the page's language.
    one : Table
        Of kind ``hidden_selection``.
    """
    said = [text for row in one.rows if (text := sentence(view, one, row))]
    if not said:
        return
    yield paragraph(view.words("hidden.about"))
    yield bullets(said, "ev-unseen")
    beside = [each for each in view.finding.tables if each.kind == BOUNDS]
    own = [each for each in beside if each.analysis == one.analysis]
    rest = [each for each in view.finding.tables if each not in own]
    if own:
        ordered = replace(view, finding=replace(view.finding, tables=(*own, *rest)))
        yield from figure(ordered, BOUNDS)


def sentence(view: View, one: Table, row: Row) -> str:
    """Return what a row says, in the page's language; empty where the book has no words for it.

    Parameters
    ----------
    view : View
        The finding and the page's language.
    one : Table
        The table: its columns tell the unit of the outcome.
    row : mapping
        A row; numbers that the gate has hidden are absent.
    """
    w = view.words
    measure = str(row.get("measure"))
    if row.get("state") is not None and numeric(row.get("limit")) is None:
        return _absent(view, one, row)
    key = _key(row)
    if f"hidden.{key}" not in w:
        return ""
    try:
        text = w(f"hidden.{key}", **_slots(view, one, row))
    except KeyError:  # a number that stayed with the data owner
        return w("hidden.withheld", measure=_name(view, measure))
    return text


def _key(row: Row) -> str:
    """Return which sentence suits a row: some have less to say, or another thing."""
    measure = str(row.get("measure"))
    if measure == "proportional_selection" and (numeric(row.get("value")) or 0.0) < 0:
        return f"{measure}_against"
    if measure == "matched_odds" and numeric(row.get("conf_low")) is not None:
        return f"{measure}_range"
    if measure.startswith("e_value") and numeric(row.get("limit")) == _CERTAIN:
        return f"{measure}_zero"
    if measure in ("robustness_value", "extreme_scenario") and numeric(row.get("share_limit")) == 0:
        return f"{measure}_zero"
    return measure


def _absent(view: View, one: Table, row: Row) -> str:
    w = view.words
    if f"hidden.{row.get('measure')}_{row.get('state')}" in w:
        key = f"hidden.{row.get('measure')}_{row.get('state')}"
        return w(key, **_slots(view, one, row))
    state = f"hidden.state_{row.get('state')}"
    why = w(state) if state in w else w("hidden.state_other")
    return w("hidden.absent", measure=_name(view, str(row.get("measure"))), why=why)


def _name(view: View, measure: str) -> str:
    key = f"detail.{measure}"
    return view.words(key) if key in view.words else measure


def _slots(view: View, one: Table, row: Row) -> dict[str, str]:
    unit = next((each.unit for each in one.columns if each.name == "estimate"), None) or ""
    found: dict[str, str] = {}
    for name in (*_SHARES, *_EFFECTS, *_PLAIN):
        value = numeric(row.get(name))
        if value is None:
            continue
        if name in _SHARES:
            found[name] = view.percent(value)
        elif name in _EFFECTS:
            found[name] = view.effect(value, unit)
        else:
            found[name] = view.number(abs(value), digits=2)
    low, high = (numeric(row.get(name)) for name in ("conf_low", "conf_high"))
    if low is not None and high is not None:
        found["interval"] = view.interval(low, high, unit)
    if isinstance(row.get("benchmark"), str):
        found["benchmark"] = str(row["benchmark"])
    return found
