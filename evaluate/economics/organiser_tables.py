"""Who gains and who pays when a pupil stays, as tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from evaluate.core import Cell, Table
from evaluate.economics.organiser import Counts, Funding, Organiser
from evaluate.economics.quantities import figure, plain, sourced, table
from evaluate.economics.seats import (
    MONTHS,
    Seat,
    accounts,
    counted_months_to_break_even,
    funded_months,
    months_to_break_even,
)
from evaluate.errors import Refused

Lookup = Callable[[str], Mapping[str, Cell]]


def organiser_tables(
    spec: Organiser, *, currency: str, analysis: str = "", lookup: Lookup | None = None
) -> tuple[Table, ...]:
    """Return the tables ``organiser``, ``organiser_inputs`` and, by counts, ``organiser_months``.

    Parameters
    ----------
    spec : Organiser
        Costs, prices and grants.
    currency : str
        Of all amounts.
    analysis : str
        Whose effect it rests on; empty where it rests on none.
    lookup : callable, optional
        From the key of a shipped parameter to its row: ``value`` in ``currency``, ``source``,
        ``url``, ``date``, ``status`` and ``note``.

    Raises
    ------
    Refused
        If a programme names a parameter and there is no table to look it up in.
    """
    prices = {name: _price(name, one, lookup) for name, one in spec.programmes.items()}
    given = {"currency": currency, "analysis": analysis}
    found = [table("organiser", _rows(spec, prices), **given)]
    if spec.funding != "monthly":
        found.append(table("organiser_months", _months(spec, prices, spec.funding), **given))
    found.append(table("organiser_inputs", _inputs(spec, prices, currency), **given))
    return tuple(found)


def seat(spec: Organiser, price: float, marginal_share: float) -> Seat:
    """Return what one treated pupil costs and brings.

    Parameters
    ----------
    spec : Organiser
        Costs and grants.
    price : float
        What a pupil brings in a year.
    marginal_share : float
        What one more pupil costs, as a share of the price.
    """
    month = price / MONTHS
    return Seat(
        programme_cost=spec.programme_cost.amount,
        grants=sum(one.of(spec.programme_cost.amount) for one in spec.grants),
        averted=spec.averted.share,
        months=spec.retained.months,
        price=month,
        marginal_cost=marginal_share * month,
    )


def _seats(
    spec: Organiser, prices: Mapping[str, Mapping[str, Cell]]
) -> Iterator[tuple[dict[str, Cell], Seat]]:
    for name, price in prices.items():
        for share in spec.marginal_shares:
            one = seat(spec, float(price["value"] or 0.0), share)
            yield {"key": f"{name}|{share:g}", "programme": name, "marginal_share": share}, one


def _rows(spec: Organiser, prices: Mapping[str, Mapping[str, Cell]]) -> Iterator[dict[str, Cell]]:
    for head, one in _seats(spec, prices):
        found, even = accounts(one), months_to_break_even(one)
        others = {party: _other(spec, party) for party in ("home_municipality", "state", "pupil")}
        home = others["home_municipality"] or 0.0
        yield {
            **head,
            "margin_month": one.margin,
            "months_to_break_even": even.effect,
            "state": even.state,
            "net_organiser": found.organiser,
            "net_home_municipality": found.home_municipality + home,
            "net_consolidated": found.consolidated + home,
            "net_state": others["state"],
            "net_pupil": others["pupil"],
            "status": prices[str(head["programme"])]["status"],
        }


def _other(spec: Organiser, party: str) -> float | None:
    """Return what a party gains beside the funding; nothing where nothing is said of it."""
    stay = spec.averted.share * spec.retained.months
    parts = [-one.of(spec.programme_cost.amount) for one in spec.grants if one.payer == party]
    parts += [stay * one.amount for one in spec.transfers if one.to == party]
    parts += [-stay * one.amount for one in spec.transfers if one.from_ == party]
    return sum(parts) if parts else None


def _months(
    spec: Organiser, prices: Mapping[str, Mapping[str, Cell]], counts: Counts
) -> Iterator[dict[str, Cell]]:
    for head, one in _seats(spec, prices):
        for month in range(1, MONTHS + 1):
            paid = funded_months(month, one.months, counts.count_months)
            even = counted_months_to_break_even(
                one, exit_month=month, count_months=counts.count_months
            )
            money = one.averted * paid * one.price
            yield {
                **head,
                "key": f"{head['key']}|{month}",
                "exit_month": month,
                "funded_months": paid,
                "months_to_break_even": even.effect,
                "state": even.state,
                "net_organiser": accounts(one).consolidated + money,
                "net_home_municipality": -money + (_other(spec, "home_municipality") or 0.0),
            }


def _price(name: str, funding: Funding, lookup: Lookup | None) -> Mapping[str, Cell]:
    if funding.parameter is None:
        given = sourced(funding.source, funding.status, funding.note)
        return figure(name, float(funding.amount or 0.0), "", given)
    if lookup is None:
        raise Refused(
            "no_parameter_table",
            f"programme `{name}` names a parameter, and there is no table to look it up in",
            "give its `amount`, with `source` and `status`",
        )
    return lookup(funding.parameter)


def _inputs(
    spec: Organiser, prices: Mapping[str, Mapping[str, Cell]], currency: str
) -> Iterator[dict[str, Cell]]:
    cost, averted, retained = spec.programme_cost, spec.averted, spec.retained
    yield figure("programme_cost", cost.amount, f"{currency}/pupil", cost)
    yield figure("averted", averted.share, "share", averted)
    yield figure("retained", retained.months, "months", retained)
    for i, grant in enumerate(spec.grants, start=1):
        unit = "share" if grant.amount is None else f"{currency}/pupil"
        value = grant.share if grant.amount is None else grant.amount
        yield figure(f"grant|{i}", float(value or 0.0), unit, grant)
    for one in spec.transfers:
        yield figure(f"transfer|{one.item}", one.amount, f"{currency}/month", one)
    for name, price in prices.items():
        note = price.get("note") or plain(spec.programmes[name].note) or None
        key, unit = f"programme|{name}", f"{currency}/year"
        yield {**price, "key": key, "unit": unit, "note": note}
