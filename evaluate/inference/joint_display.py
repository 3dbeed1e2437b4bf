"""The same cases in several strands of evidence, and whether the strands say the same of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, model_validator

from evaluate.core import Cell, Strict, Text

_PAIR = 2
Says = Literal["for", "against", "silent", "missing"]
Together = Literal["agree_for", "agree_against", "disagree", "silent"]


class Limits(Strict):
    """From which value a strand takes a side."""

    at_least: float | None = Field(default=None, description="From this number on.")
    at_most: float | None = Field(default=None, description="Up to this number.")
    among: tuple[str, ...] = Field(default=(), description="One of these words.")

    @model_validator(mode="after")
    def _some(self) -> Limits:
        if self.at_least is None and self.at_most is None and not self.among:
            raise ValueError("give `at_least`, `at_most` or `among`: nothing else takes a side")
        return self

    def holds(self, value: Cell) -> bool:
        """Return whether a value is there and within the limits, themselves included."""
        if isinstance(value, str):
            return value in self.among
        if value is None or (self.at_least is None and self.at_most is None):
            return False
        low = self.at_least is None or float(value) >= self.at_least
        return low and (self.at_most is None or float(value) <= self.at_most)

    def told(self) -> str:
        """Return them in signs that every language reads."""
        low = [] if self.at_least is None else [f"≥ {self.at_least:g}"]
        high = [] if self.at_most is None else [f"≤ {self.at_most:g}"]
        return ", ".join([*low, *high, *self.among])


Sides = tuple[Limits | None, Limits | None]  # when a strand speaks for, and when against


@dataclass(frozen=True, slots=True)
class Spoken:
    """What all strands together say of one case.

    Attributes
    ----------
    says : mapping of str to str
        By strand: for, against, silent, or missing where the strand has no value of the case.
    together : {"agree_for", "agree_against", "disagree", "silent"}
        Silent where fewer than two strands take a side.
    """

    says: Mapping[str, Says]
    together: Together

    def count(self, said: Says) -> int:
        """Return how many strands say so."""
        return sum(one == said for one in self.says.values())


def spoken(values: Mapping[str, Cell], rules: Mapping[str, Sides]) -> Spoken:
    """Return what the strands say of one case.

    Parameters
    ----------
    values : mapping of str to cell
        Value of the case by strand; ``None`` where it has none.
    rules : mapping of str to (Limits or None, Limits or None)
        By strand: when it speaks for, and when against.
    """
    says: dict[str, Says] = {}
    for name, (for_, against) in rules.items():
        value = values.get(name)
        if value is None:
            says[name] = "missing"
        elif for_ is not None and for_.holds(value):
            says[name] = "for"
        elif against is not None and against.holds(value):
            says[name] = "against"
        else:
            says[name] = "silent"
    sides = [one for one in says.values() if one in ("for", "against")]
    if len(sides) < _PAIR:
        return Spoken(says, "silent")
    if len(set(sides)) > 1:
        return Spoken(says, "disagree")
    return Spoken(says, "agree_for" if sides[0] == "for" else "agree_against")


def in_order(
    cases: Sequence[str], values: Mapping[str, Cell] | None, *, descending: bool
) -> list[str]:
    """Return cases by their value in one strand, those without one last.

    Parameters
    ----------
    cases : sequence of str
        In the order that decides between equal values.
    values : mapping of str to cell, or None
        By case; ``None`` leaves the order as it is.
    descending : bool
        Whether the largest comes first.
    """
    if values is None:
        return list(cases)
    told = [one for one in cases if values.get(one) is not None]
    numbers = all(not isinstance(values[one], str) for one in told)
    place = {one: i for i, one in enumerate(cases)}

    def key(case: str) -> tuple[float, str]:
        value = values[case]
        if numbers and value is not None:
            return (-float(value) if descending else float(value)), ""
        return 0.0, str(value)

    ranked = sorted(told, key=lambda one: (*key(one), place[one]))
    if not numbers and descending:
        ranked = sorted(told, key=lambda one: (key(one), -place[one]), reverse=True)
    return [*ranked, *(one for one in cases if values.get(one) is None)]


def concordance_rows(
    said: Mapping[str, Spoken], people: Mapping[str, int]
) -> list[dict[str, Cell]]:
    """Return how many strands take which side on each case.

    Parameters
    ----------
    said : mapping of str to Spoken
        By case.
    people : mapping of str to int
        By case: the fewest people behind any of its numbers, where that is known.
    """
    return [
        {
            "case": case,
            "speak_for": one.count("for"),
            "speak_against": one.count("against"),
            "silent": one.count("silent"),
            "missing": one.count("missing"),
            "concordance": one.together,
            "n_least": people.get(case),
        }
        for case, one in said.items()
    ]


def heading(title: Text, language: str) -> dict[str, str]:
    """Return a heading in every language that tables have, the study's own where one lacks.

    Parameters
    ----------
    title : str or mapping of str to str
        What the strand is called.
    language : str
        The study's own.
    """
    given = {language: title} if isinstance(title, str) else {str(k): v for k, v in title.items()}
    first = given.get("en") or given.get(language) or next(iter(given.values()))
    return {"en": first, "nb": first, "sv": first} | given
