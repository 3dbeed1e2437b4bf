"""A finding as a chapter reads it: its language, its words, its rows by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evaluate.book.numbers import TIE, in_unit, number, of_treated, percent
from evaluate.book.words import Words, words
from evaluate.book.write import Texts
from evaluate.core import Cell, Estimate, Finding, Table, Verdict

Row = Mapping[str, Cell]
_TOGETHER = ("public_funds", "public", "society", "society_eu")


@dataclass(frozen=True, slots=True)
class View:
    """What every part of a chapter needs.

    Attributes
    ----------
    finding : Finding
        Sealed results.
    language : str
        Of the page.
    titles : mapping of str to mapping
        What keys in text cells are called, by language.
    """

    finding: Finding
    language: str
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def study(self) -> Mapping[str, Any]:
        """Return the study's public part."""
        return self.finding.study

    @property
    def words(self) -> Words:
        """Return the book's own words; sums are told per what the study's account counts."""
        counted = self.study.get("economics", {}).get("participants", {}).get("unit")
        return words(self.language, self.texts.plain(counted) if counted else "")

    @property
    def texts(self) -> Texts:
        """Return what chooses the language of the study's texts."""
        return Texts(self.language, str(self.study["language"]))

    @property
    def planned(self) -> bool:
        """Return whether nothing has been computed yet."""
        return self.finding.outcome == "planned"

    def number(self, value: float, **how: Any) -> str:
        """Return a number in the page's language."""
        return number(value, self.language, **how)

    def percent(self, value: float, **how: Any) -> str:
        """Return a share as per cent in the page's language."""
        return percent(value, self.language, **how)

    def effect(self, value: float, unit: str, *, sign: bool = True) -> str:
        """Return a difference with its unit, in percentage points for shares."""
        text = in_unit(value, self.unit(unit), self.language, sign=True)
        return text if sign else text.lstrip("+")

    def level(self, value: float, unit: str) -> str:
        """Return a level, such as a mean, with its unit."""
        return in_unit(value, self.unit(unit), self.language)

    def unit(self, name: str) -> str:
        """Return a unit in the page's language where the book knows it, else as it is."""
        key = f"unit.{name}"
        return self.words(key) if key in self.words else name

    def interval(self, low: float, high: float, unit: str) -> str:
        """Return an interval that does not break over lines, its unit said once."""
        ends = (self.effect(low, unit).rsplit(TIE, 1)[0], self.effect(high, unit))
        return self.words("facts.interval", low=ends[0], high=ends[1]).replace(" ", TIE)

    def money(self, value: float, *, sign: bool = False) -> str:
        """Return a sum in the account's currency."""
        return f"{number(value, self.language, digits=0, sign=sign)} {self.currency}"

    @property
    def currency(self) -> str:
        """Return the account's currency code."""
        return str(self.study["economics"]["currency"])

    def outcome(self, key: str) -> Mapping[str, Any]:
        """Return what is declared of an outcome."""
        found: Mapping[str, Any] = self.study["outcomes"][key]
        return found

    def table(self, identity: str) -> Table | None:
        """Return a table by its id, such as ``"main.arms"``."""
        return next((one for one in self.finding.tables if one.id == identity), None)

    def rows(self, identity: str) -> Mapping[str, Row]:
        """Return a table's rows by the value of their first column; empty without the table."""
        table = self.table(identity)
        if table is None:
            return {}
        key = table.columns[0].name
        return {str(row[key]): row for row in table.rows if key in row}

    def of_kind(self, kind: str) -> tuple[Row, ...]:
        """Return the rows of all tables of a kind, each with its analysis, in their order."""
        return tuple(
            {"analysis": one.analysis, **row}
            for one in self.finding.tables
            if one.kind == kind
            for row in one.rows
        )

    def headline(self, outcome: str) -> Estimate | None:
        """Return the row that stands for an outcome."""
        return next(
            (
                one
                for one in self.finding.estimates
                if (one.outcome, one.role, one.term) == (outcome, "headline", "overall")
            ),
            None,
        )

    def verdicts(self) -> Sequence[Verdict]:
        """Return the verdicts, the primary outcome's first."""
        order = {"primary": 0, "secondary": 1}
        return sorted(
            self.finding.verdicts, key=lambda one: order[self.outcome(one.outcome)["role"]]
        )

    @property
    def primary(self) -> str:
        """Return the outcome that the question is about: the first primary one, else the first."""
        outcomes = self.study["outcomes"]
        ranked = sorted(outcomes, key=lambda one: outcomes[one]["role"] != "primary")
        return str(ranked[0])

    def lead(self) -> tuple[Verdict, Estimate | None] | None:
        """Return the verdict that answers the question, with its row."""
        for verdict in self.verdicts():
            return verdict, self.headline(verdict.outcome)
        return None

    def arms(self, row: Estimate) -> tuple[float, float] | None:
        """Return the means with and without the programme behind an estimate.

        Where a comparison was built for the treated, without is what it says of them.
        """
        arms = self.rows(f"{row.analysis}.arms")
        pair = [arms.get(name, {}).get("mean") for name in ("treated", "comparison")]
        if not all(isinstance(one, (int, float)) for one in pair):
            return None
        treated, comparison = float(pair[0] or 0), float(pair[1] or 0)
        return treated, treated - row.estimate if of_treated(row) else comparison

    def payer(self, key: str) -> str:
        """Return a payer's name in prose."""
        if f"money.{key}" in self.words and key in _TOGETHER:
            return self.words(f"money.{key}")
        payers = self.study.get("economics", {}).get("payers", {})
        title = payers.get(key, {}).get("title")
        return self.texts.plain(title) if title else key.replace("_", " ")

    def parts(self, *names: str) -> Iterator[Mapping[str, Any]]:
        """Yield the named blocks of the study that are there."""
        for name in names:
            if name in self.study:
                yield self.study[name]


def numeric(cell: object) -> float | None:
    """Return a cell as a number, or nothing where it has none."""
    return float(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else None
