"""What a reader's browser needs to draw up an account anew: its lines, rates and rules."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evaluate.book.account_reading import Effect, account_of, effects
from evaluate.book.numbers import MINUS, POINTS, THIN, TIE
from evaluate.book.view import Row, View, numeric

PUBLIC_FUNDS, SOCIETY = "public_funds", "society"
PUBLIC, EU_SOCIETY = "public", "society_eu"
_MARGINAL = "marginal_cost_of_public_funds"
_EQUALISATION = "_equalisation"
_SHIFT = {"start": 0.0, "mid": 0.5, "end": 1.0}
_STATES = ("always pays", "never pays", "pays below it", "no stake")


@dataclass(frozen=True, slots=True)
class Keeper:
    """A payer that keeps a part of more tax revenue.

    Attributes
    ----------
    payer, rest : str
        Who keeps it, and who gets the rest.
    share : float
        What is kept in the published account.
    """

    payer: str
    rest: str
    share: float


def keepers(view: View) -> tuple[Keeper, ...]:
    """Return the payers whose tax revenue is shared with others, in the account's order."""
    spec = account_of(view)
    scope = spec.get("scope", "national")
    return tuple(
        Keeper(name, rule["rest"], float(rule[scope]))
        for name, payer in _payers(view).items()
        if (rule := payer.get("retention"))
    )


def last_year(view: View) -> int:
    """Return the last year that the account counts."""
    years = [int(row["year"] or 0) for row in view.rows("economics.flows").values()]
    return max([*years, int(account_of(view).get("horizon", 0))])


def nets(view: View) -> dict[str, float]:
    """Return published net present values: the account's rows, then the sums beside them."""
    found = {
        key: numeric(row.get("net")) or 0.0 for key, row in view.rows("economics.accounts").items()
    }
    payers = _payers(view)
    public = [name for name, one in payers.items() if one.get("public")]
    home = [name for name in public if not payers[name].get("eu")]
    if len(home) > 1:
        found[PUBLIC] = sum(found[name] for name in home)
    if any(one.get("eu") for one in payers.values()):
        burden = marginal(view) * sum(found[name] for name in public)
        found[EU_SOCIETY] = sum(found[name] for name in payers) + burden
    return found


def marginal(view: View) -> float:
    """Return the marginal cost of public funds; 0 where nothing is said about it."""
    return numeric(view.rows("economics.inputs").get(_MARGINAL, {}).get("amount")) or 0.0


def embedded(view: View) -> str:
    """Return the data as JSON that may stand inside a ``script`` element of a page."""
    text = json.dumps(data(view), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def data(view: View) -> dict[str, Any]:
    """Return what the account is computed from, and the words and signs that it is told in.

    Amounts are real money before discounting, per treated person or per unit of effect.
    """
    spec, payers, valued = account_of(view), _payers(view), effects(view)
    names = list(payers)
    schedule = view.table("economics.schedule")
    return {
        "payers": [
            {"key": key, "public": bool(one.get("public")), "inside": not one.get("eu")}
            for key, one in payers.items()
        ],
        "rows": list(nets(view)),
        "effects": [_effect(view, one) for one in valued],
        "falls": _falls(view, valued),
        "funds": marginal(view),
        "kept": [
            {"payer": names.index(one.payer), "rest": names.index(one.rest), "share": one.share}
            for one in keepers(view)
        ],
        "steps": [
            [row.get("to_year"), numeric(row["rate"])]
            for row in (schedule.rows if schedule else ())
        ],
        "shift": _SHIFT[str(spec.get("timing", "start"))],
        "horizon": last_year(view),
        "lines": list(_lines(view, names, [one.key for one in valued])),
        "signs": {
            "thin": THIN,
            "minus": MINUS,
            "tie": TIE,
            "decimal": view.number(0.5, digits=1)[1],
        },
        "states": {one: view.words(f"money.state.{one}") for one in _STATES},
        "words": _words(view),
    }


def _words(view: View) -> dict[str, str]:
    """Return sentences whose slots the browser fills."""
    slots = ("net", "even", "published", "year", "calendar")
    kept = {one: f"{{{one}}}" for one in slots}
    names = ("now", "now_even", "same", "year", "percent")
    return {
        one: view.words(f"explorer.say.{one}", currency=view.currency, n="{n}", **kept)
        for one in names
    } | {"base": str(account_of(view).get("base_year", 0))}


def unit(one: Effect) -> str:
    """Return the unit of an effect."""
    return one.row.unit if one.row else str(one.assumed.get("unit", ""))


def estimate(one: Effect) -> float:
    """Return the published size of an effect."""
    return one.row.estimate if one.row else float(one.assumed.get("value", 0.0))


def scale(one: Effect) -> int:
    """Return what an effect is multiplied by where readers see it: shares are in points."""
    return 100 if unit(one) == "share" else 1


def shown_unit(view: View, one: Effect) -> str:
    """Return the unit in which readers see an effect."""
    return POINTS[view.language] if unit(one) == "share" else unit(one)


def _effect(view: View, one: Effect) -> dict[str, Any]:
    return {"estimate": estimate(one), "scale": scale(one), "unit": shown_unit(view, one)}


def _falls(view: View, valued: tuple[Effect, ...]) -> bool:
    """Return whether the first effect is wanted to be a fall of its outcome."""
    if not valued:
        return False
    first = valued[0]
    given = view.outcome(first.row.outcome) if first.row else first.assumed
    return bool(given.get("direction") == "decrease")


def _payers(view: View) -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = account_of(view).get("payers", {})
    return found


def _lines(view: View, names: list[str], followed: list[str]) -> Iterator[dict[str, Any]]:
    """Yield each payer's part of each item, years in a row, without what equalisation takes."""
    payers, courses = _payers(view), _courses(view)
    taxed = {item for (_, item), rows in courses.items() if rows[0].get("taxed")}
    abroad = {item for payer, item in courses if payers[payer].get("eu")}
    for (payer, item), rows in courses.items():
        first = rows[0]
        if item.removesuffix(_EQUALISATION) in taxed - {item}:
            continue  # the browser takes it anew, from what is kept
        start = min(int(row["year"] or 0) for row in rows)
        each = [0.0] * (max(int(row["year"] or 0) for row in rows) - start + 1)
        for row in rows:
            each[int(row["year"] or 0) - start] = numeric(row["each"]) or 0.0
        effect = first.get("follows")
        transfer = first["side"] == "transfer"
        yield {
            "payer": names.index(payer),
            "effect": followed.index(str(effect)) if effect is not None else -1,
            "cost": first["side"] == "cost",
            "taxed": item in taxed,
            "transfer": transfer,
            "within": transfer and item not in abroad,
            "from": start,
            "each": each,
        }


def _courses(view: View) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in view.rows("economics.flows").values():
        found.setdefault((str(row["payer"]), str(row["item"])), []).append(row)
    return found
