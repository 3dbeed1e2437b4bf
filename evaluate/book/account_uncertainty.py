"""How sure an account is: draws, what moves it, other assumptions, and what knowing is worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from docutils import nodes

from evaluate.book.account_reading import (
    account_of,
    cell,
    effect_unit,
    effects,
    in_hundred,
    parties,
    share,
)
from evaluate.book.account_reading import amount as money
from evaluate.book.account_results import outlay
from evaluate.book.account_table import listing, numbers, parameter, part
from evaluate.book.folded import folded
from evaluate.book.money import pictured
from evaluate.book.view import Row, View, numeric
from evaluate.book.write import Content, paragraph

_SHOWN = 10
KINDS = (
    *("distribution", "tornado", "scenarios", "information"),
    *("acceptability", "plane", "effectiveness"),
)


def uncertainty(view: View) -> Iterator[nodes.Node]:
    """Yield figures and tables on how sure the account is."""
    yield from pictured(view, "distribution")
    yield from pictured(view, "tornado")
    yield from _tornado(view)
    yield from _scenarios(view)
    yield from pictured(view, "plane")
    yield from pictured(view, "acceptability")
    yield from _acceptability(view)
    yield from _effectiveness(view)
    yield from part(view, "information", "parameter", "value", "population")


def _tornado(view: View) -> Iterator[nodes.Node]:
    rows = view.rows("economics.tornado")
    if not rows:
        return
    names = ("low_value", "high_value", "net_low", "net_high", "switching", "state")
    found = view.table("economics.tornado")
    labels = {one.name: view.texts.plain(one.label) for one in found.columns} if found else {}
    shown = [one for one in names if any(row.get(one) not in (None, "") for row in rows.values())]
    head = [labels.get("parameter", ""), *(labels[one] for one in shown)]
    body = (
        [parameter(view, key), *(_moved(view, one, row) for one in shown)]
        for key, row in rows.items()
    )
    yield numbers(view.words("account.of.tornado"), head, body)
    yield paragraph(view.words("account.of.tornado_note"), "ev-note")


def _moved(view: View, name: str, row: Row) -> Content:
    if name == "state":
        return cell(view, "switch", row["state"]) if row.get("state") else ""
    value, unit = numeric(row.get(name)), str(row.get("unit", ""))
    if value is None or name.startswith("net"):
        return money(view, value, sign=True)
    if unit == view.currency:
        return money(view, value)
    if unit == "share":
        return share(view, value)
    return view.level(value, unit) if unit else view.number(value)


def _scenarios(view: View) -> Iterator[nodes.Node]:
    """Yield society's net in each scenario, and each payer's behind a line that opens it.

    Where nothing is gained, what society bears stands in place of a net.
    """
    rows = view.rows("economics.scenarios").values()
    if not rows:
        return
    w = view.words
    nets = {(str(one.get("scenario")), str(one.get("payer"))): one for one in rows}
    names = list(dict.fromkeys(scenario for scenario, _ in nets))
    society = [(one, nets.get((one, "society"), {})) for one in names]
    if effects(view):
        head = [w("account.scenario"), w("money.net_alone"), w("money.effect")]
        body = [[_scenario(view, one), *_society(view, row)] for one, row in society]
        yield numbers(w("account.of.scenarios"), head, body)
        yield paragraph(w("account.of.scenarios_note"), "ev-note")
        yield from _of_payers(view, names, nets)
        return
    head = [w("account.scenario"), w("account.cost_in_all")]
    body = [[_scenario(view, one), money(view, outlay(row.get("net")))] for one, row in society]
    yield numbers(w("account.of.scenarios_costs"), head, body)
    yield paragraph(w("account.of.scenarios_note"), "ev-note")


def _of_payers(
    view: View, names: Sequence[str], nets: Mapping[tuple[str, str], Row]
) -> Iterator[nodes.Node]:
    shown = [one for one in parties(view) if any((name, one) in nets for name in names)]
    if not shown:
        return
    rows = (
        [
            _scenario(view, name),
            *(money(view, nets.get((name, one), {}).get("net"), sign=True) for one in shown),
        ]
        for name in names
    )
    caption = view.words("account.of.scenarios_payers")
    head = [view.words("account.scenario"), *map(view.payer, shown)]
    yield folded(caption, [numbers(caption, head, rows)])


def _scenario(view: View, key: str) -> Content:
    given = account_of(view).get("scenarios", {}).get(key, {})
    return view.texts(given["title"]) if "title" in given else cell(view, "cell", key)


def _society(view: View, row: Row) -> list[Content]:
    even = numeric(row.get("break_even"))
    word = cell(view, "money.state", row["state"]) if row.get("state") else "–"
    shown = word if even is None else view.effect(even, effect_unit(view))
    return [money(view, row.get("net"), sign=True), shown]


def _acceptability(view: View) -> Iterator[nodes.Node]:
    """Yield the choice that is best at each willingness to pay, about ten of them."""
    rows = list(view.rows("economics.acceptability").values())
    best = [one for one in rows if one.get("optimal") is True]
    if not best:
        return
    step = max(1, len(best) // _SHOWN)
    w = view.words
    head = [w("account.threshold"), w("account.best"), w("account.best_in"), w("account.evpi")]
    body = (
        [
            money(view, one.get("threshold")),
            _option(view, str(one.get("option"))),
            in_hundred(view, one.get("probability")),
            money(view, one.get("evpi")),
        ]
        for one in best[::step]
    )
    yield numbers(w("account.of.acceptability"), head, body)
    unit = effect_unit(view)
    said = w("account.one_person") if unit == "share" else unit
    yield paragraph(w("account.of.acceptability_note", unit=said), "ev-note")


def _option(view: View, key: str) -> str:
    given = account_of(view).get("alternatives", {}).get(key, {})
    return view.texts.plain(given["title"]) if "title" in given else cell(view, "cell", key)


def _effectiveness(view: View) -> Iterator[nodes.Node]:
    rows = [
        {**row, "option": _option(view, key)}
        for key, row in view.rows("economics.effectiveness").items()
    ]
    if rows:
        yield listing(view, "effectiveness", rows=rows)
