"""Random accounts against plain loops over payers, items and years, written from the reference."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from example_accounts import NOTE, row

from evaluate.core import Table
from evaluate.economics.account import account
from evaluate.economics.definition import Economics
from evaluate.economics.discount import Step, discount_factors
from evaluate.economics.frontier import frontier
from evaluate.economics.internal_rates import irr

SHIFT = {"start": 0.0, "mid": 0.5, "end": 1.0}
STEPS = [(4, 0.05), (12, 0.0), (None, 0.02)]
PUBLIC = ("county", "town", "state")
NAMES = ("pupil", *PUBLIC, "union")
Part = tuple[str, str, float]  # payer, side, money
Flow = tuple[str, str, int, float, bool]  # payer, side, year, money, whether it follows the effect


def parties(rng: random.Random, names: tuple[str, ...]) -> str | dict[str, float]:
    chosen = rng.sample(names, rng.randint(1, 2))
    return chosen[0] if len(chosen) == 1 else {chosen[0]: 0.3, chosen[1]: 0.7}


def shares(given: str | dict[str, float]) -> dict[str, float]:
    return {given: 1.0} if isinstance(given, str) else given


def drawn_row(rng: random.Random, item: str, default: str) -> dict[str, Any]:
    first = rng.randint(0, 3)
    found: dict[str, Any] = {
        "item": item,
        "amount": rng.choice([0.0, 7.3, 12_345.6]),
        "per": rng.choice(["participant", "programme", default, "decrease"]),
        "years": {"from": first, "to": first + rng.choice([0, 1, 18])},
        "growth": rng.choice([0.0, 0.009, -0.03]),
        "times": rng.choice([1.0, 2.5]),
        "survival": rng.choice([1.0, 0.98]),
        **NOTE,
    }
    if rng.random() < 0.5:
        found["profile"] = {17: 0.2, 20: -1.0, 24: 1.4}
    if rng.random() < 0.5:
        found |= {"causal": {"share": 0.4}, "displaced": {"share": 0.15}}
    if found["per"] in ("increase", "decrease"):
        found["fade"] = rng.choice(["none", "linear", {"rate": 0.2}])
    return found


def definition(rng: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {
        "effects": {"main": {"assumed": {"value": rng.choice([0.05, -0.3, 0.0, 2.0])}}},
        "currency": "NOK",
        "price_year": 2024,
        "base_year": 2020,
        "schedule": {"rates": [], **NOTE},
        "timing": rng.choice(list(SHIFT)),
        "scope": rng.choice(["local", "national"]),
        "public_funds": {"rate": rng.choice([0.0, 0.2]), **NOTE},
        "observed": {"from": 1, "to": rng.choice([1, 4])},
        "participants": {"treated": 37.5, "completed": 20, "age": 16},
        "payers": {one: {"title": one, "public": one != "pupil"} for one in NAMES},
        "costs": [drawn_row(rng, f"cost{k}", "increase") for k in range(3)],
        "earnings": [drawn_row(rng, "wage", "increase")],
        "benefits": [drawn_row(rng, "gain", "increase"), drawn_row(rng, "levy", "increase")],
        "transfers": [drawn_row(rng, "grant", "increase")],
    }
    found["effects"]["main"]["assumed"] |= {"unit": "share", **NOTE}
    found["schedule"]["rates"] = [
        {"rate": rate} if to is None else {"to": to, "rate": rate} for to, rate in STEPS
    ]
    found["payers"]["union"]["eu"] = True
    found["payers"]["town"]["retention"] = {"local": 0.1, "national": 0.9, "rest": "state"}
    for one in found["costs"]:
        one |= {"payer": parties(rng, NAMES), "saving": rng.random() < 0.3}
        one |= {"quantity": rng.choice([1.0, 0.5, 30.0]), "charged": rng.choice([1.0, 0.5])}
        one |= {"phase": rng.choice(["start_up", "running"]), "in_kind": rng.random() < 0.3}
        if rng.random() < 0.4:
            salvage = 0.25 * one["amount"]
            one["durable"] = {"years": 5, "salvage": salvage, "rate": rng.choice([0.0, 0.04])}
    found["earnings"][0] |= {"earner": "pupil", "tax": {"rate": 0.3, "to": {"town": 1.0}}}
    found["earnings"][0]["contribution"] = {"rate": 0.141, "to": parties(rng, PUBLIC)}
    found["benefits"][0]["payer"] = parties(rng, NAMES)
    found["benefits"][1] |= {"payer": {"town": 0.6, "county": 0.4}, "taxed": True}
    first, second = rng.sample(NAMES, 2)
    found["transfers"][0] |= {"from": first, "to": second, "administration": 0.05}
    return found


def factor(year: float) -> float:
    """Return one discount factor by going from year to year, in halves."""
    found, at = 1.0, 0.0
    while at < year:
        rate = next(rate for to, rate in STEPS if to is None or at < to)
        found, at = found / (1 + rate) ** 0.5, at + 0.5
    return found


def age_factor(profile: dict[int, float], age: int) -> float:
    ages = sorted(profile)
    if age <= ages[0] or age >= ages[-1]:
        return profile[ages[0] if age <= ages[0] else ages[-1]]
    low = max(one for one in ages if one <= age)
    high = min(one for one in ages if one > age)
    return profile[low] + (profile[high] - profile[low]) * (age - low) / (high - low)


def price(one: dict[str, Any]) -> float:
    money: float = one["amount"]
    if "durable" in one:
        n, rate, rest = (one["durable"][key] for key in ("years", "rate", "salvage"))
        worn = (money - rest / (1 + rate) ** n) * rate / (1 - (1 + rate) ** -n) if rate else None
        money = (money - rest) / n if worn is None else worn
    return float(money * one.get("quantity", 1.0) * one.get("charged", 1.0) * one["times"])


def years(spec: dict[str, Any], one: dict[str, Any]) -> Iterator[tuple[int, float]]:
    """Yield years and money of a row at the effect."""
    last, end = spec["observed"]["to"], one["years"]["to"]
    for year in range(one["years"]["from"], end + 1):
        money = price(one) * (1 + one["growth"]) ** year * one["survival"] ** year
        if "profile" in one:
            money *= age_factor(one["profile"], 16 + year)
        if "causal" in one:
            money *= 0.4 * (1 - 0.15)
        if one["per"] == "programme":
            money /= 37.5
        fade = one.get("fade", "none")
        if year > last and fade == "linear":
            money *= (end + 1 - year) / (end + 1 - last)
        elif year > last and fade != "none":
            money *= (1 - fade["rate"]) ** (year - last)
        effect = spec["effects"]["main"]["assumed"]["value"]
        yield year, money * {"increase": effect, "decrease": -effect}.get(one["per"], 1.0)


def taxed(spec: dict[str, Any], payer: str, money: float) -> Iterator[Part]:
    """Yield tax, and what equalisation takes of it."""
    yield payer, "benefit", money
    if payer == "town":
        gone = (1 - spec["payers"]["town"]["retention"][spec["scope"]]) * money
        yield "town", "benefit", -gone
        yield "state", "benefit", gone


def of_cost(_: Any, one: dict[str, Any], money: float) -> Iterator[Part]:
    for payer, part in shares(one["payer"]).items():
        yield payer, "cost", part * money * (-1 if one["saving"] else 1)


def of_wage(spec: dict[str, Any], one: dict[str, Any], money: float) -> Iterator[Part]:
    yield "pupil", "benefit", 0.7 * money
    yield from taxed(spec, "town", 0.3 * money)
    for payer, part in shares(one["contribution"]["to"]).items():
        yield payer, "benefit", 0.141 * part * money


def of_gain(spec: dict[str, Any], one: dict[str, Any], money: float) -> Iterator[Part]:
    for payer, part in shares(one["payer"]).items():
        if "taxed" in one:
            yield from taxed(spec, payer, part * money)
        else:
            yield payer, "benefit", part * money


def of_grant(_: Any, one: dict[str, Any], money: float) -> Iterator[Part]:
    yield one["from"], "benefit", -money
    yield one["to"], "benefit", 1.05 * money  # who no longer pays saves the handling too


SIDES = {"costs": of_cost, "earnings": of_wage, "benefits": of_gain, "transfers": of_grant}


def lines(spec: dict[str, Any]) -> Iterator[Flow]:
    for side, split in SIDES.items():
        for one in spec[side]:
            follows = one["per"] in ("increase", "decrease")
            for year, money in years(spec, one):
                for payer, kind, part in split(spec, one, money):
                    yield payer, kind, year, part, follows


def drawn_up(spec: dict[str, Any]) -> dict[str, Table]:
    tables = account(Economics.model_validate(spec), {}, seed=(7,))
    return {table.kind: table for table in tables}


def sums(spec: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Return cost, benefit and what lies beyond follow-up by payer, then by society."""
    rate, shift = spec["public_funds"]["rate"], SHIFT[spec["timing"]]
    found: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for payer, side, year, money, follows in lines(spec):
        value = money * factor(year + shift)
        net = -value if side == "cost" else value
        late = follows and not 1 <= year <= spec["observed"]["to"]
        mine = {payer: 1.0}
        if payer != "union":
            mine |= {"society": 1.0}
        for name in mine:
            found[name][side] += value
            found[name]["net_extrapolated"] += net * late
        for name in ("society", "public_funds") if payer in PUBLIC else ():
            found[name]["benefit"] += rate * net
            found[name]["net_extrapolated"] += rate * net * late
        found[payer][f"year{year}"] += net
    return found


@pytest.mark.parametrize("seed", range(24))
def test_account(seed: int) -> None:
    spec = definition(random.Random(seed))
    tables, plain = drawn_up(spec), sums(spec)
    # Sums in another order differ by rounding of the largest term.
    size = 1e-12 * sum(abs(money) for _, _, _, money, _ in lines(spec)) + 1e-12
    for one in tables["accounts"].rows:
        known = plain[str(one["payer"])]
        for column in ("cost", "benefit", "net_extrapolated"):
            assert one[column] == pytest.approx(known[column], abs=size)
        assert one["net"] == pytest.approx(known["benefit"] - known["cost"], abs=size)
    for one in tables["cash_flow"].rows:
        if one["payer"] in NAMES:
            known = plain[str(one["payer"])]
            assert one["value"] == pytest.approx(known[f"year{one['year']}"], abs=size)
    nets = {payer: plain[payer]["benefit"] - plain[payer]["cost"] for payer in NAMES}
    lost = sum(max(0.0, -net) for net in nets.values())
    won = sum(max(0.0, net) for net in nets.values())
    if won > size:
        index = row(tables["wrong_pocket"], "index")
        assert index["value"] == pytest.approx(lost / won, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("seed", range(24, 36))
def test_what_the_programme_costs(seed: int) -> None:
    spec = definition(random.Random(seed))
    table = drawn_up(spec)["cost_summary"]
    known: dict[str, float] = defaultdict(float)
    for one in spec["costs"]:
        sign, shift = -1 if one["saving"] else 1, SHIFT[spec["timing"]]
        value = sign * sum(money * factor(year + shift) for year, money in years(spec, one))
        if one["per"] in ("increase", "decrease"):
            known["caused_by_effect"] += value
            continue
        kinds = ("comparison" if one["saving"] else "programme", "incremental", one["phase"])
        for kind in (*kinds, "in_kind" if one["in_kind"] else "cash"):
            known[kind] += value
    size = 1e-12 * sum(map(abs, known.values())) + 1e-12
    for kind, value in known.items():
        found = row(table, kind)
        assert found["per_participant"] == pytest.approx(value, abs=size)
        assert found["total"] == pytest.approx(37.5 * value, abs=40 * size)
        assert found["per_completed"] == pytest.approx(37.5 / 20 * value, abs=2 * size)


def test_green_book_discount_factors() -> None:
    # HM Treasury, The Green Book, annex 6, table of long-term discount factors (four decimals).
    steps = [Step(30, 0.035), Step(75, 0.03), Step(125, 0.025), Step(200, 0.02), Step(300, 0.015)]
    known = {1: 0.9662, 10: 0.7089, 30: 0.3563, 31: 0.3459, 50: 0.1973, 75: 0.0942, 100: 0.0508}
    known |= {125: 0.0274, 150: 0.0167, 200: 0.0062, 250: 0.0029, 300: 0.0014, 500: 0.0002}
    found = discount_factors([*steps, Step(None, 0.01)], list(known))
    assert [round(float(one), 4) for one in found] == list(known.values())


def test_internal_rates_of_manuals() -> None:
    # Microsoft's page on IRR: 8.66 % after five years, -2.12 % after four; numpy-financial's page.
    business = [-70_000, 12_000, 15_000, 18_000, 21_000, 26_000]
    assert irr(business).rates == pytest.approx((0.0866309480365316,))
    assert irr(business[:-1]).rates == pytest.approx((-0.0212448482734109,))
    assert irr([-100, 39, 59, 55, 20]).rates == pytest.approx((0.2809484211599611,))


def test_frontiers_of_the_field() -> None:
    # The HERC example that R's dampack is tested on, and the HIV screening of its vignette, whose
    # ratios are differences in cost over differences in months of life / 12.
    names = ("E", "D", "C", "B", "A", "UC")
    cost, effect = (55_000, 35_000, 25_000, 10_000, 12_000, 5_000), (5, 4, 3, 2, 1.5, 1)
    found = {one.name: (one.status, one.icer) for one in frontier(names, cost, effect)}
    assert found["UC"] == ("ND", None)
    assert [found[name] for name in "BDE"] == [("ND", 5000.0), ("ND", 12_500.0), ("ND", 20_000.0)]
    assert (found["C"][0], found["A"][0]) == ("ED", "D")
    months = [277.25, 277.57, 277.78, 277.83, 277.76]
    costs = [26_000, 27_000, 28_020, 28_440, 29_440]
    hiv = frontier(["no", "once", "five", "three", "annual"], costs, [one / 12 for one in months])
    assert [one.status for one in hiv] == ["ND", "ND", "ND", "ND", "D"]
    ratios = [one.icer for one in hiv][1:4]
    assert ratios == pytest.approx([1000 * 12 / 0.32, 1020 * 12 / 0.21, 420 * 12 / 0.05])
