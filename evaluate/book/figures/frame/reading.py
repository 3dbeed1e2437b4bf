"""A finding as a figure reads it: its language, its rows by table, its words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from evaluate.book.numbers import number, of_treated
from evaluate.book.words import Words, told_per
from evaluate.book.words import words as page_words
from evaluate.core import Cell, Estimate, Finding, Table, Verdict

Row = Mapping[str, Cell]
_FOLDER = Path(__file__).parent / "words"
_NEXT = {"nn": "nb"}  # the language that is read when one has no words of its own
SHOWN = ("shown benefit", "shown harm", "shown")


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing and all that stands around it as text.

    Attributes
    ----------
    svg : str
        Marks and their labels only.
    title : str
        A sentence that may be quoted: what was found.
    subtitle : str
        What is drawn, in which unit.
    alt : str
        What is to be seen, for who does not see it.
    header : tuple of str
        Columns of the table of its numbers.
    rows : tuple of tuple of str
        Its cells, written in the figure's language.
    note : str
        What must be known to read it, and that data are invented where they are.
    """

    svg: str
    title: str
    subtitle: str
    alt: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str


@cache
def _words(language: str, each: str = "") -> Words:
    """Return the words of figures; sums are told per ``each`` where it is given."""
    if each:
        plain, people = _words(language), page_words(language)("per.participant")
        return Words(plain.language, told_per(plain.catalogue, people, each))
    for one in (language, _NEXT.get(language, "en"), "en"):
        file = _FOLDER / f"{one}.json"
        if file.is_file():
            return Words(one, json.loads(file.read_text(encoding="utf-8")))
    raise KeyError(language)


@dataclass(frozen=True, slots=True)
class Reading:
    """A finding in one language.

    Attributes
    ----------
    finding : Finding
        Released results.
    language : str
        Of labels and texts.
    """

    finding: Finding
    language: str

    @property
    def study(self) -> Mapping[str, Any]:
        """Return the study's public part."""
        return self.finding.study

    @property
    def words(self) -> Words:
        """Return the words of figures; sums are told per what the study's account counts."""
        counted = self.study.get("economics", {}).get("participants", {}).get("unit")
        return _words(self.language, self.text(counted))

    @property
    def warning(self) -> str:
        """Return the line of invented data, or nothing."""
        return self.words("dummy") if self.finding.data_kind == "dummy" else ""

    def note(self, *texts: str) -> str:
        """Return what stands under the figure, the line of invented data last."""
        return " ".join(one for one in (*texts, self.warning) if one)

    def number(self, value: float, digits: int = 0, *, sign: bool = False) -> str:
        """Return a number as the language writes it."""
        return number(value, self.language, digits=digits, sign=sign)

    def percent(self, value: float, digits: int = 0) -> str:
        """Return a share as per cent."""
        return self.words("percent", n=self.number(100 * value, digits))

    def text(self, localised: object, otherwise: str = "") -> str:
        """Return a text of the study in the figure's language, else in the next at hand."""
        if isinstance(localised, str):
            return localised
        if not isinstance(localised, Mapping) or not localised:
            return otherwise
        order = (self.language, _NEXT.get(self.language, ""), "en", str(self.study.get("language")))
        found = next((one for one in order if one in localised), next(iter(localised)))
        return str(localised[found])

    def outcome(self, key: str) -> Mapping[str, Any]:
        """Return what is declared of an outcome; empty where it is not."""
        outcomes = self.study.get("outcomes", {})
        found = outcomes.get(key, {})
        return found if isinstance(found, Mapping) else {}

    def title(self, key: str) -> str:
        """Return an outcome's name."""
        return self.text(self.outcome(key).get("title"), key.replace("_", " "))

    def worthwhile(self, key: str) -> float | None:
        """Return the smallest effect worth having, with the sign of the desired direction."""
        size = self.outcome(key).get("smallest_worthwhile")
        if not isinstance(size, (int, float)) or size <= 0:
            return None
        return -float(size) if self.outcome(key).get("direction") == "decrease" else float(size)

    def verdict(self, key: str) -> Verdict | None:
        """Return what may be said of an outcome."""
        return next((one for one in self.finding.verdicts if one.outcome == key), None)

    def word(self, key: str) -> str:
        """Return the verdict's word on an outcome, ``"inconclusive"`` where there is none."""
        found = self.verdict(key)
        return found.verdict if found else "inconclusive"

    def headlines(self) -> Sequence[Estimate]:
        """Return the headline rows of whole effects, the primary outcomes' first."""
        rows = [
            one
            for one in self.finding.estimates
            if (one.role, one.term, one.scale) == ("headline", "overall", "difference")
        ]
        return sorted(rows, key=lambda one: self.outcome(one.outcome).get("role") != "primary")

    def lead(self) -> Estimate | None:
        """Return the row that answers the study's question."""
        return next(iter(self.headlines()), None)

    def table(self, kind: str) -> Table | None:
        """Return the table of a kind that belongs to the lead, else the first of that kind."""
        found = [one for one in self.finding.tables if one.kind == kind]
        lead = self.lead()
        own = f"{lead.analysis}.{kind}" if lead else ""
        return next((one for one in found if one.id == own), found[0] if found else None)

    def rows(self, kind: str) -> Sequence[Row]:
        """Return the rows of that table."""
        table = self.table(kind)
        return table.rows if table else ()

    def payer(self, key: object) -> str:
        """Return a payer's name."""
        if f"payer.{key}" in self.words:
            return self.words(f"payer.{key}")
        payers = self.study.get("economics", {}).get("payers", {})
        return self.text(payers.get(key, {}).get("title"), str(key).replace("_", " "))

    def hundred(self, row: Estimate) -> Mapping[str, int]:
        """Return an effect in people of 100, where the finding counts them; else nothing."""
        names = ("with_programme", "without", "difference", "low", "high")
        for one in self.finding.tables:
            for cells in one.rows if one.kind == "frequencies" else ():
                if (cells.get("analysis"), cells.get("outcome")) == (row.analysis, row.outcome):
                    told = {name: value(cells.get(name)) for name in names}
                    known = {name: round(n) for name, n in told.items() if n is not None}
                    return known if len(known) == len(names) else {}
        return {}

    def arms(self, row: Estimate) -> tuple[float, float] | None:
        """Return the means with and without the programme, which differ by the estimate.

        Without it is that of the comparison group, or for the treated theirs less the estimate.
        """
        tables = [one for one in self.finding.tables if one.id == f"{row.analysis}.arms"]
        means = {one["arm"]: one.get("mean") for table in tables for one in table.rows}
        whole = value(means.get("treated"))
        if of_treated(row):
            return None if whole is None else (whole, whole - row.estimate)
        base = value(means.get("comparison"))
        return None if base is None else (base + row.estimate, base)


def value(cell: object) -> float | None:
    """Return a cell as a number, or nothing where it has none."""
    return float(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else None


def numbers(rows: Iterable[Row], *names: str) -> list[float]:
    """Return the numbers of the named columns, row by row, without what is absent."""
    cells = (value(row.get(name)) for row in rows for name in names)
    return [one for one in cells if one is not None]
