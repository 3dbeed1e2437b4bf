"""What comes out of an account: by payer, by perspective, and how much of it was observed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from docutils import nodes

from evaluate.book.account_reading import (
    ABSENT,
    account_of,
    amount,
    effect_unit,
    effects,
    in_hundred,
    listed,
    outsiders,
    parties,
    present,
    span,
    state,
    within,
)
from evaluate.book.account_table import numbers, ratio
from evaluate.book.view import Row, View, numeric
from evaluate.book.write import Content, paragraph, strong

_ALL = ("society", "society_eu", "public")
_CHANCES = ("prob_payback", "prob_pays_for_itself", "prob_positive")
_TWICE = ("npv_mean", "payback_final")  # of a payer the first of each pair says enough
Measures = Mapping[tuple[str, str], list[Row]]


def accounts(view: View) -> nodes.Node:
    """Return present values by payer, with the range of each; of costs alone what they come to."""
    w, found = view.words, view.rows("economics.accounts")
    slots = {"currency": view.currency, "year": account_of(view).get("price_year", "")}
    if not effects(view):
        head = [w("money.payer"), w("money.cost"), w("account.cost_in_all")]
        alone = (_cost(view, key, row) for key, row in found.items())
        return numbers(w("money.accounts", **slots), head, alone)
    # A column without a number in it says nothing.
    drawn = any("prob_positive" in row for row in found.values())
    head = [w("money.payer"), w("money.cost"), w("money.benefit")]
    head += [w("money.net", level=_level(view)) if drawn else w("money.net_alone")]
    head += [w("money.gains_in")] if drawn else []
    rows = (_account(view, key, row, drawn=drawn) for key, row in found.items())
    return numbers(w("money.accounts", **slots), [*head, w("money.ratio")], rows)


def outside(view: View) -> Iterator[nodes.Node]:
    """Yield who stands in the table and not in society's sum; nothing where nobody does."""
    found = [within(view, one) for one in outsiders(view)]
    if found:
        yield paragraph(view.words("money.outside", payers=listed(view, found)), "ev-note")


def _account(view: View, key: str, row: Row, *, drawn: bool) -> list[Content]:
    range_ = span(view, row.get("net_low"), row.get("net_high"))
    return [
        _named(view, key),
        amount(view, row.get("cost")),
        amount(view, row.get("benefit"), sign=True),
        [strong(amount(view, row.get("net"), sign=True)), range_],
        *([in_hundred(view, row.get("prob_positive"))] if drawn else []),
        _ratio(view, row),
    ]


def _cost(view: View, key: str, row: Row) -> list[Content]:
    """Return a payer's cost; the burden of taxation is no resource, but society bears it too."""
    return [
        _named(view, key),
        amount(view, row.get("cost")),
        [
            strong(amount(view, outlay(row.get("net")))),
            span(view, outlay(row.get("net_high")), outlay(row.get("net_low")), sign=False),
        ],
    ]


def outlay(net: object) -> float | None:
    """Return what is left to bear where nothing is gained: the net with its sign turned."""
    found = numeric(net)
    return None if found is None else 0.0 - found


def _named(view: View, key: str) -> Content:
    name = view.payer(key)
    return strong(name) if key == "society" else name


def _ratio(view: View, row: Row) -> str:
    if numeric(row.get("benefit_cost_ratio")) is None:
        return state(view, row.get("state")) or ABSENT
    return ratio(view, row["benefit_cost_ratio"])


def _level(view: View) -> str:
    levels = [one.row.conf_level for one in effects(view) if one.row is not None]
    return view.percent(levels[0] if levels else 0.95, digits=0)


def extrapolated(view: View) -> str:
    """Return how much of society's net rests on years that nobody has observed."""
    beyond = view.rows("economics.accounts").get("society", {}).get("net_extrapolated")
    if not numeric(beyond):
        return view.words("money.extrapolated")
    return view.words("money.extrapolated_some", net=view.money(numeric(beyond) or 0.0, sign=True))


def results(view: View) -> Iterator[nodes.Node]:
    """Yield the measures, the break-even effects, and what was observed."""
    found = _measures(view)
    yield from _by_perspective(view, found)
    yield from _by_payer(view, found)
    yield from break_even(view)
    yield from _observed(view)


def some_results(view: View) -> bool:
    """Return whether there is anything to show beyond the account by payer."""
    return bool(effects(view)) and present(view, ("measures", "break_even", "accounts"))


def _measures(view: View) -> Measures:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in view.rows("economics.measures").values():
        key = (str(row.get("measure")), str(row.get("perspective")))
        found.setdefault(key, []).append(row)
    return found


def _by_perspective(view: View, found: Measures) -> Iterator[nodes.Node]:
    shown = [one for one in _ALL if any(key[1] == one for key in found)]
    if not shown:
        return
    w = view.words
    names = {"society": w("money.society_national")} if "society_eu" in shown else {}
    head = [w("account.measure"), *(names.get(one, view.payer(one)) for one in shown)]
    yield numbers(w("account.national_eu"), head, _matrix(view, found, shown))
    said = [w("account.national_eu_note")] if "society_eu" in shown else []
    yield paragraph(" ".join([*said, w("account.first_npv")]), "ev-note")
    if any(key[0] == "mvpf" for key in found):
        yield paragraph(w("account.mvpf_note"), "ev-note")
    if any(key[0] == "prob_payback" for key in found):
        yield paragraph(w("account.payback_note"), "ev-note")


def _by_payer(view: View, found: Measures) -> Iterator[nodes.Node]:
    shown = [one for one in parties(view) if any(key[1] == one for key in found)]
    if not shown:
        return
    measures = [
        one
        for one in _order(found)
        if one not in _TWICE and any((one, key) in found for key in shown)
    ]
    head = [view.words("money.payer"), *(_name(view, one) for one in measures)]
    rows = (
        [view.payer(key), *(_cell(view, one, found.get((one, key), [])) for one in measures)]
        for key in shown
    )
    yield numbers(view.words("account.by_payer_measures"), head, rows)


def _matrix(view: View, found: Measures, shown: Sequence[str]) -> Iterator[list[Content]]:
    for measure in _order(found):
        if any((measure, one) in found for one in shown):
            cells = [_cell(view, measure, found.get((measure, one), [])) for one in shown]
            yield [_name(view, measure), *cells]


def _order(found: Measures) -> list[str]:
    return list(dict.fromkeys(measure for measure, _ in found))


def _name(view: View, measure: str) -> str:
    key = f"measure.{measure}"
    return view.words(key) if key in view.words else measure.replace("_", " ")


def _cell(view: View, measure: str, rows: Sequence[Row]) -> str:
    """Return a measure with its range and remark; a rate of return may have several roots."""
    return "; ".join(_told(view, measure, row) for row in rows) or ABSENT


def _told(view: View, measure: str, row: Row) -> str:
    said = [_value(view, measure, row.get("value"))] if "value" in row else []
    low, high = (_value(view, measure, row.get(one)) for one in ("low", "high"))
    if said and low != high and ABSENT not in (low, high):
        said = [f"{said[0]} ({view.words('facts.interval', low=low, high=high)})"]
    word = state(view, row.get("state"))
    return ", ".join([*said, *([word] if word else [])]) or ABSENT


def _value(view: View, measure: str, value: object) -> str:
    found = numeric(value)
    if found is None:
        return ABSENT
    if measure.startswith("npv"):
        return amount(view, found, sign=True)
    if measure in _CHANCES:
        return in_hundred(view, found)
    if measure.startswith("payback"):
        return view.words("account.year_one") if found == 1 else _years(view, found)
    if measure == "internal_rate":
        return view.percent(found)
    return view.number(found, digits=2)


def _years(view: View, found: float) -> str:
    return view.words("account.years", n=view.number(found, digits=0))


def break_even(view: View) -> Iterator[nodes.Node]:
    """Yield the effect at which each payer breaks even, and how likely it is reached."""
    w, rows = view.words, view.rows("economics.break_even")
    if not rows:
        return
    unit, reached = effect_unit(view), any("prob_reached" in one for one in rows.values())
    head = [w("money.payer"), w("money.effect"), *([w("money.reached")] if reached else [])]
    body = []
    for key, row in rows.items():
        effect, why = numeric(row.get("effect")), state(view, row.get("state"))
        shown = view.effect(effect, unit) if effect is not None else ""
        cells = [view.payer(key), ", ".join(one for one in (shown, why) if one) or ABSENT]
        body.append([*cells, in_hundred(view, row.get("prob_reached"))] if reached else cells)
    yield numbers(w("money.break_even"), head, body)


def _observed(view: View) -> Iterator[nodes.Node]:
    """Yield what rests on years in which an effect was measured, apart from the others."""
    w, rows = view.words, view.rows("economics.accounts")
    late = {key: numeric(row.get("net_extrapolated")) for key, row in rows.items()}
    if any(late.values()):
        head = [w("money.payer"), w("account.observed_years"), w("account.beyond")]
        head += [w("account.beyond_share")]
        body = (_years_apart(view, key, row, late[key]) for key, row in rows.items())
        caption = w("account.observed", currency=view.currency)
        yield numbers(caption, head, body)
    yield paragraph(extrapolated(view), "ev-note")


def _years_apart(view: View, key: str, row: Row, beyond: float | None) -> list[Content]:
    net, share = numeric(row.get("net")), numeric(row.get("share_extrapolated"))
    seen = None if net is None or beyond is None else net - beyond
    return [
        view.payer(key),
        amount(view, seen, sign=True),
        amount(view, beyond, sign=True),
        ABSENT if share is None else view.percent(share, digits=0),
    ]
