"""Rows of a forest: one outcome after the other, its answer first, what stands beside it below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from evaluate.book.figures.frame.reading import Reading
from evaluate.core import Estimate


@dataclass(frozen=True, slots=True)
class Entry:
    """One row.

    Attributes
    ----------
    outcome : str
        Key of the outcome.
    label : str
        What the row is called.
    row : Estimate or None
        Its numbers; ``None`` where nothing could be estimated.
    beside : bool
        Whether it asks the same question in another way.
    word : str
        The verdict's word; empty for rows beside.
    exploratory : bool
        Whether nobody had planned it.
    """

    outcome: str
    label: str
    row: Estimate | None
    beside: bool
    word: str
    exploratory: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows of one unit, which share an axis.

    Attributes
    ----------
    unit : str
        Their unit; empty for rows without numbers.
    outcomes : tuple of tuple of Entry
        Rows by outcome.
    """

    unit: str
    outcomes: tuple[tuple[Entry, ...], ...]

    @property
    def rows(self) -> tuple[Estimate, ...]:
        """Return the estimates of all rows."""
        return tuple(one.row for group in self.outcomes for one in group if one.row is not None)


def panels(reading: Reading) -> list[Panel]:
    """Return the rows of a forest by unit, in the order of the study.

    Parameters
    ----------
    reading : Reading
        Finding and language.
    """
    groups = [(row.unit, _group(reading, row)) for row in reading.headlines()]
    groups += [(row.unit, (_unplanned(reading, row),)) for row in _exploratory(reading)]
    units = list(dict.fromkeys(unit for unit, _ in groups))
    found = [Panel(unit, tuple(g for u, g in groups if u == unit)) for unit in units]
    missing = tuple((one,) for one in _missing(reading))
    return [*found, Panel("", missing)] if missing else found


def _group(reading: Reading, row: Estimate) -> tuple[Entry, ...]:
    title = reading.title(row.outcome)
    if reading.outcome(row.outcome).get("direction") == "decrease":
        title = reading.words("lower_better", title=title)
    same = [one for one in reading.headlines() if one.outcome == row.outcome]
    if len(same) > 1:
        title = f"{title}, {row.analysis.replace('_', ' ')}"
    first = Entry(row.outcome, title, row, beside=False, word=reading.word(row.outcome))
    return (first, *_beside(reading, row))


def _exploratory(reading: Reading) -> list[Estimate]:
    """Return the whole effects that no plan asked for, one of each analysis."""
    rows = {
        (one.analysis, one.outcome): one
        for one in reversed(reading.finding.estimates)
        if (one.role, one.term, one.scale) == ("exploratory", "overall", "difference")
        and one.alternative is None
    }
    return list(reversed(rows.values()))


def _unplanned(reading: Reading, row: Estimate) -> Entry:
    label = f"{reading.title(row.outcome)}, {row.analysis.replace('_', ' ')}"
    word = "exploratory"
    return Entry(row.outcome, label, row, beside=True, word=word, exploratory=True)


def _beside(reading: Reading, row: Estimate) -> Iterator[Entry]:
    """Yield the other answers to the same question, each number once.

    One of another analysis that was computed in the same way has the analysis's name too.
    """
    rows = [
        one
        for one in reading.finding.estimates
        if (one.role, one.outcome, one.term, one.scale, one.unit)
        == ("beside", row.outcome, "overall", "difference", row.unit)
        and one.alternative is None
    ]
    yield from _registered(reading, row)
    seen = {(row.method, row.std_error_method): {_numbers(row)}}
    kept: list[Estimate] = []
    again: set[int] = set()
    for one in rows:
        same_way = seen.setdefault((one.method, one.std_error_method), set())
        if _numbers(one) in same_way:
            continue
        if same_way:
            again.add(id(one))
        same_way.add(_numbers(one))
        kept.append(one)
    order = list(dict.fromkeys([row.method, *(one.method for one in kept)]))
    kept.sort(key=lambda one: order.index(one.method))
    for method, same in groupby(kept, key=lambda one: one.method):
        for one in same:
            key = f"method.{method}"
            name = reading.words(key) if key in reading.words else method
            label = f"{name}, {one.std_error_method}"
            if id(one) in again:
                label += f" ({one.analysis.replace('_', ' ')})"
            yield Entry(one.outcome, label, one, beside=True, word="")


def _numbers(row: Estimate) -> tuple[float, float]:
    return row.estimate, row.std_error


def _registered(reading: Reading, row: Estimate) -> Iterator[Entry]:
    """Yield what the plan would have given, where something else was done."""
    for one in reading.finding.estimates:
        found = (one.role, one.outcome, one.term, one.scale, one.unit)
        if found == ("registered", row.outcome, "overall", "difference", row.unit):
            key = f"method.{one.method}"
            name = reading.words(key) if key in reading.words else one.method
            label = reading.words("forest.registered", method=name)
            yield Entry(one.outcome, label, one, beside=True, word="")


def _missing(reading: Reading) -> Iterator[Entry]:
    """Yield the outcomes that could not be estimated: their row stays."""
    answered = {one.outcome for one in reading.headlines()}
    for verdict in reading.finding.verdicts:
        if verdict.outcome not in answered and verdict.verdict == "not estimable":
            title = reading.title(verdict.outcome)
            yield Entry(verdict.outcome, title, None, beside=False, word="not estimable")


def count(found: Sequence[Panel]) -> dict[str, int]:
    """Return how many outcomes got each word."""
    groups = [group[0] for panel in found for group in panel.outcomes]
    words = [one.word for one in groups if not one.exploratory]
    return {one: words.count(one) for one in dict.fromkeys(words)}
