"""What the workbook takes from a finding: the account's lines, rates and figures as published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from evaluate.book.account_reading import account_of, effects
from evaluate.book.view import Row, View, numeric
from evaluate.core import Cell

Side = Literal["cost", "benefit", "transfer"]

_LARGE = 1000
_MANY = 10
SLACK = 10  # further years that a reader may move flows into
_FUNDS = "marginal_cost_of_public_funds"
_SIDES: Mapping[str, Side] = {
    "costs": "cost",
    "earnings": "benefit",
    "benefits": "benefit",
    "transfers": "transfer",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row of money as the study declares it.

    Attributes
    ----------
    item : str
        Its key.
    block : str
        Costs, earnings, benefits or transfers.
    given : mapping
        The declaration.
    figure : mapping
        Its row of the table of inputs: the amount, how it was converted, its source.
    """

    item: str
    block: str
    given: Mapping[str, Any]
    figure: Row

    @property
    def side(self) -> Side:
        """Return the side of the account that it stands on."""
        return _SIDES[self.block]

    @property
    def per(self) -> str:
        """Return what the amount is for."""
        default = "participant" if self.block == "costs" else "increase"
        return str(self.given.get("per", default))

    @property
    def follows(self) -> bool:
        """Return whether the money follows an effect."""
        return self.per in ("increase", "decrease")

    @property
    def profile(self) -> dict[float, float]:
        """Return the points of its profile in order of age; a sealed key is text."""
        points = {
            float(age): float(height) for age, height in self.given.get("profile", {}).items()
        }
        return dict(sorted(points.items()))

    @property
    def factor(self) -> float:
        """Return what one unit of the given money is worth in the account's."""
        converted, amount = (numeric(self.figure.get(one)) for one in ("converted", "amount"))
        return converted / amount if converted and amount else 1.0

    def number(self, name: str, default: float = 1.0) -> float:
        """Return a number of the declaration."""
        return float(self.given.get(name, default))

    def fraction(self, name: str, absent: float) -> float:
        """Return a share of the declaration that may have a distribution beside it."""
        return float(self.given.get(name, {}).get("share", absent))


@dataclass(frozen=True, slots=True)
class Account:
    """An account as a finding holds it.

    Attributes
    ----------
    view : View
        The finding in a language.
    """

    view: View

    @property
    def spec(self) -> Mapping[str, Any]:
        """Return the declaration."""
        return account_of(self.view)

    @property
    def payers(self) -> tuple[str, ...]:
        """Return the payers in their order."""
        return tuple(self.spec["payers"])

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the rows of money: costs, earnings, benefits, then transfers."""
        figures = self.view.rows("economics.inputs")
        return tuple(
            Line(one["item"], block, one, figures.get(one["item"], {}))
            for block in _SIDES
            for one in self.spec.get(block, ())
        )

    @property
    def who(self) -> tuple[str, ...]:
        """Return everybody with a balance: payers, the cost of public funds, society, sums."""
        payers = self.spec["payers"].values()
        n_public = sum(bool(one.get("public")) and not one.get("eu") for one in payers)
        names = [*self.payers]
        names += ["public_funds"] if n_public else []
        names += ["society"]
        names += ["public"] if n_public > 1 else []
        names += ["society_eu"] if any(one.get("eu") for one in payers) else []
        return tuple(names)

    @property
    def effects(self) -> dict[str, float]:
        """Return the effects that money follows, in order; an absent one is 0."""
        return {
            one.key: one.row.estimate if one.row else float(one.assumed.get("value", 0.0))
            for one in effects(self.view)
        }

    @property
    def towards(self) -> float:
        """Return 1 where the first effect's outcome should rise, -1 where it should fall."""
        first = next(iter(effects(self.view)), None)
        if first is None:
            return 1.0
        direction = first.assumed.get("direction", "increase")
        if first.row is not None:
            direction = self.view.outcome(self._outcome(first.row.analysis))["direction"]
        return -1.0 if direction == "decrease" else 1.0

    @property
    def rates(self) -> tuple[Row, ...]:
        """Return the steps of the schedule of discount rates."""
        table = self.view.table("economics.schedule")
        return table.rows if table else ()

    @property
    def public_funds(self) -> Row:
        """Return the marginal cost of public funds; empty where nothing is said about it."""
        return self.view.rows("economics.inputs").get(_FUNDS, {})

    @property
    def last(self) -> int:
        """Return the last year that is counted."""
        ends = max(int(line.given["years"]["to"]) for line in self.lines)
        return int(self.spec.get("horizon", ends))

    @property
    def n_years(self) -> int:
        """Return how many years the sheets have room for."""
        return self.last + SLACK + 1

    @property
    def money(self) -> str:
        """Return the kind of number in which sums are shown: small ones with decimals."""
        rows = self.view.rows("economics.accounts").values()
        largest = max((abs(numeric(row.get("net")) or 0.0) for row in rows), default=0.0)
        return "money" if largest >= _LARGE else "cents"

    @property
    def dummy(self) -> bool:
        """Return whether invented rows stand in for restricted ones."""
        return self.view.finding.data_kind == "dummy"

    @property
    def slots(self) -> dict[str, object]:
        """Return what headings say of the money."""
        return {"currency": self.view.currency, "year": self.spec["price_year"]}

    @property
    def effect_kind(self) -> str:
        """Return the kind of number in which effects are shown."""
        large = any(abs(one) >= _MANY for one in self.effects.values())
        return "large" if large else "effect"

    @property
    def widest(self) -> float:
        """Return the width that the titles of rows need, in characters, within reason."""
        return float(min(max(24, *(len(self.title(line)) for line in self.lines)), 60))

    def published(self, table: str, key: str, column: str) -> Cell:
        """Return a cell of the finding, or nothing."""
        return self.view.rows(f"economics.{table}").get(key, {}).get(column)

    def name(self, key: str) -> str:
        """Return who somebody is."""
        word = f"money.{key}"
        return self.view.words(word) if word in self.view.words else self.view.payer(key)

    def title(self, line: Line) -> str:
        """Return what a row of money is."""
        return self.text(line.given.get("title")) or line.item.replace("_", " ")

    def effect_title(self, key: str) -> str:
        """Return what an effect is on."""
        for one in effects(self.view):
            if one.key == key and one.row is not None:
                outcome = self.view.outcome(self._outcome(one.row.analysis))
                return self.text(outcome.get("title")) or key.replace("_", " ")
        return key.replace("_", " ")

    def effect_unit(self, key: str) -> str:
        """Return the unit of an effect."""
        for one in effects(self.view):
            if one.key == key:
                return one.row.unit if one.row else str(one.assumed.get("unit", ""))
        return ""

    def text(self, given: object) -> str:
        """Return a text of the study in the reader's language; empty where there is none."""
        if isinstance(given, Mapping):
            return self.view.texts.plain(given)
        return str(given) if given else ""

    def source(self, given: Mapping[str, Any], figure: Row) -> str:
        """Return where a figure was published."""
        reference = given.get("source")
        if isinstance(reference, Mapping):
            return " ".join(self._reference(reference))
        parts = (figure.get(one) for one in ("source", "date", "page", "url"))
        return ", ".join(str(one) for one in parts if one)

    def _reference(self, reference: Mapping[str, Any]) -> Iterator[str]:
        if "author" in reference:
            yield f"{reference['author']}:"
        yield self.text(reference.get("title"))
        when = [str(reference[one]) for one in ("date", "page") if one in reference]
        if when:
            yield f"({', '.join(when)})"
        if "url" in reference:
            yield str(reference["url"])

    def status(self, status: object) -> str:
        """Return how far a figure can be relied on."""
        word = f"workbook.status.{status}"
        return self.view.words(word) if word in self.view.words else str(status or "")

    def _outcome(self, analysis: str) -> str:
        return str(self.view.study["analyses"][analysis]["outcome"])
