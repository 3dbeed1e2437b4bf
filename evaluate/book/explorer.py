"""A block in which a reader moves what the account rests on and sees what comes of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from evaluate.book.account_reading import ABSENT, Effect, account_of, amount, effects, state, worded
from evaluate.book.explorer_data import (
    SOCIETY,
    embedded,
    estimate,
    keepers,
    last_year,
    nets,
    scale,
    shown_unit,
    unit,
)
from evaluate.book.view import View, numeric
from evaluate.book.write import section

FILES = ("explorer.css", "explorer.js")
_HIGHEST_RATE, _MOST_COST, _HUNDRED = 10, 300, 100
_NEAR = 4.0  # a break-even effect so many times further than the estimate's range is left out
_STEPS = 100
_FRESH = 'autocomplete="off"'  # a page that is opened again starts at the published values


class Explorer(nodes.General, nodes.Element):
    """Controls and a table, hidden until the script has taken them over."""


def explorer(view: View) -> list[nodes.Node]:
    """Return the block, or nothing where the finding holds no flows of money.

    Parameters
    ----------
    view : View
        The finding and the page's language.
    """
    if not view.rows("economics.flows") or SOCIETY not in view.rows("economics.accounts"):
        return []
    block = Explorer("", html=_block(view))
    return [section(view.words("explorer.title"), "explorer", [block])]


def _block(view: View) -> str:
    w = view.words
    return "".join(
        (
            f'<noscript><p class="ev-note">{escape(w("explorer.without"))}</p></noscript>',
            '<div class="ev-explorer" hidden>',
            f'<p class="ev-note">{escape(w("explorer.intro"))}</p>',
            f'<div class="ev-controls" role="group" aria-label="{escape(w("explorer.controls"))}">',
            *_controls(view),
            f'<button type="button" class="ev-reset">{escape(w("explorer.reset"))}</button></div>',
            _table(view),
            f'<p class="ev-answer" role="status">{escape(_start(view))}</p>',
            f'<p class="ev-note">{escape(w("explorer.note"))}</p>',
            f'<script type="application/json">{embedded(view)}</script></div>',
        )
    )


def _start(view: View) -> str:
    net = amount(view, nets(view)[SOCIETY], sign=True)
    return view.words("explorer.say.same", net=net, currency=view.currency)


def _controls(view: View) -> Iterator[str]:
    w, valued = view.words, effects(view)
    for i, one in enumerate(valued):
        reach, step = _reach(view, one, first=i == 0)
        label = w("explorer.effect", effect=_named(view, one, valued), unit=shown_unit(view, one))
        span = (-reach, reach, step)
        yield _control(label, "effects", span, estimate(one), scale=scale(one), index=i)
    yield _control(w("explorer.cost"), "cost", (0, _MOST_COST, 1), 1.0, scale=_HUNDRED)
    yield _rate(view)
    last = last_year(view)
    if last > 0:
        label = w("explorer.horizon", base=account_of(view).get("base_year", 0))
        yield _control(label, "horizon", (0, last, 1), last)
    for i, keeper in enumerate(keepers(view)):
        who, rest = view.payer(keeper.payer), view.payer(keeper.rest)
        label = w("explorer.kept", payer=who, rest=rest)
        yield _control(label, "kept", (0, _HUNDRED, 1), keeper.share, scale=_HUNDRED, index=i)


def _named(view: View, one: Effect, valued: tuple[Effect, ...]) -> str:
    """Return what an effect is on; its key too where several are on the same outcome."""
    if one.row is None:
        return view.words("explorer.assumed", effect=worded(one.key))
    title = view.texts.plain(view.outcome(one.row.outcome)["title"])
    same = [other for other in valued if other.row and other.row.outcome == one.row.outcome]
    return title if len(same) == 1 else f"{title} ({worded(one.key)})"


def _reach(view: View, one: Effect, *, first: bool) -> tuple[float, float]:
    """Return how far from 0 an effect can be moved, and in what steps, as readers see it."""
    ends = [2.0 * abs(estimate(one))]
    if one.row is not None:
        ends += [abs(one.row.conf_low), abs(one.row.conf_high)]
    reach = max(ends)
    if first:
        found = (numeric(row.get("effect")) for row in view.rows("economics.break_even").values())
        near = [1.1 * abs(even) for even in found if even and abs(even) <= _NEAR * reach]
        reach = max([reach, *near])
    reach *= scale(one)
    if unit(one) == "share":
        reach = min(reach, float(_HUNDRED))
    if reach == 0.0:
        reach = 1.0
    power = 10.0 ** math.floor(math.log10(reach / _STEPS))
    step = next(power * n for n in (1, 2, 5, 10) if power * n * _STEPS >= reach * (1 - 1e-9))
    return math.ceil(reach / step - 1e-9) * step, step


def _control(
    label: str,
    name: str,
    span: tuple[float, float, float],
    published: float,
    **where: Any,
) -> str:
    """Return a label, a slider and a number; ``where`` has the scale and the index."""
    identity = f"explorer-{name}" + (f"-{where['index']}" if "index" in where else "")
    return (
        f'<div class="ev-control" {_data(name, published, **where)}>'
        f'<label for="{identity}" id="{identity}-label">{escape(label)}</label>'
        f"{_pair(identity, span, f'{identity}-label')}</div>"
    )


def _data(name: str, published: float, scale: int = 1, index: int | None = None) -> str:
    at = "" if index is None else f' data-index="{index}"'
    return f'data-control="{name}" data-scale="{scale}" data-published="{published!r}"{at}'


def _pair(identity: str, span: tuple[float, float, float], label: str) -> str:
    low, high, step = (f"{one:.10g}" for one in span)
    limits = f'min="{low}" max="{high}" step="{step}"'
    return (
        f'<span class="ev-pair"><input type="range" {_FRESH} {limits} aria-labelledby="{label}">'
        f'<input type="number" id="{identity}" {_FRESH} {limits} aria-labelledby="{label}"></span>'
    )


def _rate(view: View) -> str:
    """Return the choice between the published schedule and one rate for all years."""
    w, name = view.words, "explorer-schedule"
    found = view.table("economics.schedule")
    rows = found.rows if found else ()
    rate = (numeric(rows[0]["rate"]) or 0.0) if rows else 0.0
    told = "; ".join(
        w(
            "money.rate_until" if "to_year" in row else "money.rate_span",
            rate=view.percent(numeric(row["rate"]) or 0.0),
            start=row["from_year"],
            end=row.get("to_year"),
        )
        for row in rows
    )
    return (
        f'<fieldset class="ev-control" {_data("rate", rate, _HUNDRED)}>'
        f"<legend>{escape(w('explorer.rate'))}</legend>"
        f'<label class="ev-choice"><input type="radio" name="{name}" {_FRESH} value="published" checked>'
        f"<span>{escape(w('explorer.rate_published', rates=told))}</span></label>"
        f'<label class="ev-choice"><input type="radio" name="{name}" {_FRESH} value="flat">'
        f'<span id="{name}-flat">{escape(w("explorer.rate_flat"))}</span></label>'
        f"{_pair(f'{name}-rate', (0, _HIGHEST_RATE, 0.1), f'{name}-flat')}</fieldset>"
    )


def _table(view: View) -> str:
    """Return published values beside those that follow from what is set."""
    w = view.words
    evens = view.rows("economics.break_even")
    head = [w("money.payer"), w("explorer.published"), w("explorer.now")]
    if evens:
        head.append(w("money.effect"))
    slots = {"currency": view.currency, "year": account_of(view).get("price_year", "")}
    caption = escape(w("explorer.table", **slots))
    top = "".join(f'<th scope="col">{escape(one)}</th>' for one in head)
    rows = "".join(_row(view, key, net, evens=bool(evens)) for key, net in nets(view).items())
    return (
        f'<div class="ev-scroll" role="region" tabindex="0" aria-label="{caption}">'
        '<table class="table ev-table ev-few ev-numbers ev-explored">'
        f"<caption>{caption}</caption><thead><tr>{top}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(view: View, key: str, net: float, *, evens: bool) -> str:
    shown = escape(amount(view, net, sign=True))
    cells = f"<td>{shown}</td>{_cell('net', shown)}"
    if evens:
        cells += _cell("even", escape(_even(view, key)))
    mark = ' class="ev-total"' if key == SOCIETY else ""
    return f'<tr data-row="{escape(key)}"{mark}><th scope="row">{escape(view.payer(key))}</th>{cells}</tr>'


def _cell(kind: str, shown: str) -> str:
    return f'<td data-cell="{kind}" data-published="{shown}">{shown}</td>'


def _even(view: View, key: str) -> str:
    """Return a row's published break-even effect, and why there is none or what it means."""
    row = view.rows("economics.break_even").get(key, {})
    even, first = numeric(row.get("effect")), effects(view)[0]
    shown = [] if even is None else [view.effect(even, unit(first))]
    said = state(view, row.get("state"))
    return ", ".join([*shown, *([said] if said else [])]) or ABSENT


def _visit(self: HTML5Translator, node: Explorer) -> None:
    self.body.append(node["html"])
    raise nodes.SkipNode


def _files(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Load the script and the style sheet where there is a block, and nowhere else."""
    if doctree is not None and next(iter(doctree.findall(Explorer)), None) is not None:
        style, script = FILES
        app.add_css_file(style, priority=910)
        app.add_js_file(script, loading_method="defer")


def setup(app: Sphinx) -> None:
    """Register the block."""
    app.add_node(Explorer, html=(_visit, None))
    app.connect("html-page-context", _files, priority=400)
