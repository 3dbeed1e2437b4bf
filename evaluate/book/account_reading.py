"""What pages on money ask of an account: whose effects it values, its names, states and sums."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluate.book.numbers import readable_digits
from evaluate.book.view import View, numeric
from evaluate.book.write import Content, marked
from evaluate.core import Estimate

ABSENT = "–"
OVERALL = ("public_funds", "society", "society_eu", "public")
_FRACTION = re.compile(r"[0-9]+(\.[0-9]+)?(e-?[0-9]+)?")
_BLOCKS = ("costs", "earnings", "benefits", "transfers")
_PAYER = "payer_"
_HUNDRED, _MOST = 100, 99.5
_SMALL = 10  # sums from here on have no decimals


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect that money follows.

    Attributes
    ----------
    key : str
        Of the effect in the account.
    row : Estimate or None
        Its estimate; absent where nobody estimated it.
    assumed : mapping
        What the study assumes in its place, with its unit and status; empty where it was
        estimated.
    """

    key: str
    row: Estimate | None
    assumed: Mapping[str, Any]


def account_of(view: View) -> Mapping[str, Any]:
    """Return the account's definition; empty where the study has none."""
    found: Mapping[str, Any] = view.study.get("economics", {})
    return found


def effects(view: View) -> tuple[Effect, ...]:
    """Return the effects that the account values; empty where it counts costs alone."""
    spec = account_of(view)
    given: Mapping[str, Any] = spec.get("effects", {})
    if "analysis" in spec:
        given = {spec["analysis"]: spec}
    return tuple(
        Effect(key, _estimate(view, one), one.get("assumed", {})) for key, one in given.items()
    )


def effect_title(view: View, key: str) -> str:
    """Return what an effect is called: its outcome; empty where the account values none such."""
    for one in effects(view):
        if one.key == key:
            row = one.row
            known = row is not None and row.outcome in view.study["outcomes"]
            return (
                view.texts.plain(view.outcome(row.outcome)["title"])
                if row and known
                else worded(key)
            )
    return ""


def effect_unit(view: View) -> str:
    """Return the unit of the first valued effect, which break-even effects are told in."""
    found = view.table("economics.break_even")
    units = [one.unit for one in found.columns if one.name == "effect"] if found else []
    first = next(iter(effects(view)), None)
    if first is not None and not any(units):
        units = [first.row.unit if first.row else str(first.assumed.get("unit", ""))]
    return str(next((one for one in units if one), ""))


def _estimate(view: View, valued: Mapping[str, Any]) -> Estimate | None:
    name, term = valued.get("analysis"), valued.get("term", "overall")
    return next(
        (
            one
            for one in view.finding.estimates
            if (one.analysis, one.term) == (name, term) and one.role != "registered"
        ),
        None,
    )


def supposed(view: View) -> bool:
    """Return whether the account rests on an effect that nobody estimated."""
    return any(one.assumed for one in effects(view))


def unclear(view: View) -> bool:
    """Return whether an interval of a valued effect holds 0: then its range is the result."""
    rows = [one.row for one in effects(view) if one.row is not None]
    return any(one.conf_low <= 0.0 <= one.conf_high for one in rows)


def cost_of(view: View) -> float | None:
    """Return what a participant costs beyond the comparison; the effect's own cost is not in it."""
    each = view.rows("economics.cost_summary").get("incremental", {}).get("per_participant")
    if numeric(each) is None:
        each = view.rows("economics.accounts").get("society", {}).get("cost")
    return numeric(each)


def shares_of_cost(view: View) -> list[tuple[str, float]]:
    """Return payers with what each bears per participant, the largest first."""
    sums = view.rows("economics.cost_summary")
    parts = {
        key.removeprefix(_PAYER): numeric(row.get("per_participant")) or 0.0
        for key, row in sums.items()
        if key.startswith(_PAYER)
    }
    if not parts:
        accounts = view.rows("economics.accounts")
        parts = {key: numeric(accounts[key].get("cost")) or 0.0 for key in parties(view)}
    paid = ((key, n) for key, n in parts.items() if n > 0)
    return sorted(paid, key=lambda one: (-one[1], one[0]))


def outsiders(view: View) -> list[str]:
    """Return the payers outside the country, whose money society does not count as its own."""
    given: Mapping[str, Any] = account_of(view).get("payers", {})
    return [one for one in parties(view) if given.get(one, {}).get("eu") is True]


def grants(view: View) -> list[tuple[str, float]]:
    """Return what payers outside the country hand over whatever the effect, beside any cost."""
    flows = view.rows("economics.flows").values()
    given = [
        (
            key,
            -sum(
                numeric(row.get("present")) or 0.0
                for row in flows
                if row.get("payer") == key and not row.get("follows") and row.get("side") != "cost"
            ),
        )
        for key in outsiders(view)
    ]
    return [one for one in given if one[1] > 0]


def sides(view: View) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """Return who is left with more and who with less, and by how much, the largest first."""
    accounts = view.rows("economics.accounts")
    nets = [(key, numeric(accounts[key].get("net")) or 0.0) for key in parties(view)]
    ranked = sorted(((key, net) for key, net in nets if net), key=lambda one: -abs(one[1]))
    return [one for one in ranked if one[1] > 0], [one for one in ranked if one[1] < 0]


def within(view: View, key: str) -> str:
    """Return a payer's name inside a sentence: an English article loses its capital."""
    name = view.payer(key)
    return f"the {name[4:]}" if name.startswith("The ") else name


def parties(view: View) -> list[str]:
    """Return the payers in the account's order, without society and the cost of public funds."""
    return [one for one in view.rows("economics.accounts") if one not in OVERALL]


def item(view: View, key: str) -> Content:
    """Return a row's title in the page's language, else its key as words."""
    given = given_row(view, key)
    return view.texts(given["title"]) if "title" in given else worded(key)


def given_row(view: View, key: str) -> Mapping[str, Any]:
    """Return the row of the definition that an item came from; empty where there is none."""
    spec = account_of(view)
    for block in _BLOCKS:
        for one in spec.get(block, ()):
            if one["item"] == key:
                found: Mapping[str, Any] = one
                return found
    funds: Mapping[str, Any] = spec.get("public_funds", {})
    return funds if key == "marginal_cost_of_public_funds" else {}


def worded(key: str) -> str:
    """Return a key as words."""
    return key.replace("_", " ")


def cell(view: View, part: str, value: object) -> str:
    """Return a closed word of a table in the page's language; an unknown one as it is."""
    key = f"{part}.{value}"
    return view.words(key) if key in view.words else worded(str(value))


def state(view: View, value: object) -> str:
    """Return why there is no number, or what the number means; empty where nothing is said."""
    return cell(view, "money.state", value) if value else ""


def amount(view: View, value: object, *, sign: bool = False) -> str:
    """Return a sum without its currency, or a dash; decimals only where they carry it."""
    found = numeric(value)
    if found is None:
        return ABSENT
    whole = abs(found) >= _SMALL or found.is_integer()
    return view.number(found, digits=0 if whole else 2, sign=sign)


def fraction(text: str) -> float | None:
    """Return a share that a table wrote as text, such as ``0.25``; nothing of any other text."""
    return float(text) if _FRACTION.fullmatch(text) else None


def share(view: View, value: float) -> str:
    """Return a share as per cent, with as many decimals as a small one needs."""
    points = abs(_HUNDRED * value)
    digits = 1 if points >= 1 or points == 0 else readable_digits(points) - 1
    return view.percent(value, digits=digits)


def span(view: View, low: object, high: object, *, sign: bool = True) -> str:
    """Return a range of sums in brackets after a space; empty where an end is unknown."""
    if numeric(low) is None or numeric(high) is None:
        return ""
    ends = {"low": amount(view, low, sign=sign), "high": amount(view, high, sign=sign)}
    if ends["low"] == ends["high"]:
        return ""  # a range without width says nothing beside its number
    return f" ({view.words('facts.interval', **ends)})"


def in_hundred(view: View, share: object) -> str:
    """Return a share of draws in words; what is not all of them is never called all."""
    found = numeric(share)
    if found is None:
        return ABSENT
    count = _HUNDRED * found
    if 0.0 < count < _HUNDRED - _MOST:
        return view.words("answers.hardly")
    if _MOST <= count < _HUNDRED:
        return view.words("answers.nearly")
    return view.words("answers.of_draws", n=view.number(count, digits=0))


def listed(view: View, parts: Sequence[str]) -> str:
    """Return parts as ``a, b and c`` in the page's language."""
    *first, last = parts
    return view.words("answers.and", first=", ".join(first), last=last) if first else last


def mark(view: View, status: object) -> Iterator[Content]:
    """Yield the mark of a figure that nobody has read in a source, or that no longer holds."""
    if status in ("unverified", "illustrative", "expired"):
        yield " "
        yield marked(view.words(f"mark.{status}"), "ev-mark")


def present(view: View, kinds: Iterable[str]) -> bool:
    """Return whether one of several kinds of tables has rows."""
    return any(view.rows(f"economics.{one}") for one in kinds)
