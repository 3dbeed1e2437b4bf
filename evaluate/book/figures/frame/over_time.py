"""What figures over time share: units, the order of periods, upright scales, marks in a row."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from evaluate.book.figures.frame.axis import Axis, Measure, measure, ticks
from evaluate.book.figures.frame.canvas import SMALL, Canvas, width_of
from evaluate.book.figures.frame.reading import Reading, Row, value
from evaluate.book.numbers import number
from evaluate.core import Estimate

NEVER = "never"
_ONE_POINT = 0.01
_MOST_TICKS = 5
_TICK = 0.1  # inches from period to period from which each has a tick


def headline(reading: Reading, kind: str) -> Estimate | None:
    """Return the headline of the analysis that a table belongs to."""
    table = reading.table(kind)
    rows = reading.headlines()
    own = (one for one in rows if table is not None and one.analysis == table.analysis)
    return next(own, next(iter(rows), None))


def unit_of(reading: Reading, kind: str, column: str = "estimate") -> str:
    """Return the unit of a column: its own, else that of the outcome."""
    table = reading.table(kind)
    given = (one.unit for one in table.columns if one.name == column) if table else iter(())
    row = headline(reading, kind)
    return next((one for one in given if one is not None), row.unit if row else "")


def outcome_of(reading: Reading, kind: str) -> str:
    """Return the name of the outcome that a table is about; empty where nothing says it."""
    row = headline(reading, kind)
    return reading.title(row.outcome) if row else ""


def named(reading: Reading, kind: str, sentence: str) -> str:
    """Return a sentence after the outcome that it is about."""
    outcome = outcome_of(reading, kind)
    return f"{outcome}: {sentence}" if outcome else sentence[:1].upper() + sentence[1:]


def level_of(reading: Reading, kind: str) -> str:
    """Return the coverage of a table's intervals as per cent."""
    row = headline(reading, kind)
    share = 0.95 if row is None else row.conf_level
    return reading.percent(share, 0 if (100 * share).is_integer() else 1)


def differences(values: Iterable[float], unit: str, reading: Reading) -> Measure:
    """Return how differences are written; shares below a point with two decimals."""
    given = list(values)
    how = measure(given, unit, reading)
    small = unit == "share" and max((abs(one) for one in given), default=1.0) < _ONE_POINT
    return replace(how, digits=2) if small else how


def levels(values: Iterable[float], unit: str, reading: Reading) -> Measure:
    """Return how levels are written: a share as per cent."""
    how = measure(values, unit, reading)
    return replace(how, unit="%") if unit == "share" else how


def ordered(labels: Iterable[str], known: Sequence[str] = ()) -> list[str]:
    """Return labels of periods or cohorts in order: as known, else by number, else by letter.

    Examples
    --------
    >>> ordered(["never", "10", "9"])
    ['9', '10', 'never']
    """
    place = {one: i for i, one in enumerate(known)}
    distinct = dict.fromkeys(labels)

    def rank(label: str) -> tuple[bool, int, float, str]:
        try:
            amount = float(label)
        except ValueError:
            amount = 0.0
        return (label == NEVER, place.get(label, len(place)), amount, label)

    return sorted(distinct, key=rank)


def calendar(reading: Reading, rows: Iterable[Row]) -> list[str]:
    """Return the periods of rows in order, by the roll-out where there is one."""
    known = list(dict.fromkeys(str(one.get("period")) for one in reading.rows("rollout")))
    return ordered((str(one.get("period")) for one in rows), known)


def sparse(labels: Sequence[str], step: float, *, size: float = SMALL) -> list[int]:
    """Return which labels are written where all would not fit beside each other.

    Parameters
    ----------
    labels : sequence of str
        One for each column.
    step : float
        Inches from column to column.
    size : float
        Of type, in points.
    """
    wide = max((width_of(one, size) for one in labels), default=0.0) + 0.1
    every = max(1, math.ceil(wide / step))
    return list(range(0, len(labels), every))


def rungs(scale: Axis, how: Measure, *, sign: bool) -> list[tuple[float, str]]:
    """Return round values of an upright scale with their labels."""
    found = ticks(scale.low * how.factor, scale.high * how.factor, _MOST_TICKS)
    step = found[1] - found[0] if len(found) > 1 else (found or [0.0])[0]
    digits = 0 if step == 0 else max(0, -math.floor(math.log10(abs(step)) + 1e-9))
    return [
        (one / how.factor, number(one, how.language, digits=digits if one else 0, sign=sign))
        for one in found
    ]


def room(low: float, high: float, how: Measure, *, sign: bool = True) -> float:
    """Return the inches that the labels of an upright scale need at its left."""
    labels = rungs(Axis(low, high, 1.0, 0.0), how, sign=sign)
    return max((width_of(label, SMALL) for _, label in labels), default=0.0) + 0.1


def span(
    values: Iterable[float], *, zero: bool = True, margin: float = 0.06
) -> tuple[float, float]:
    """Return the ends of a scale that shows all values, zero too where it is asked for."""
    given = [*values, *([0.0] if zero else [])]
    low, high = min(given, default=0.0), max(given, default=0.0)
    if high == low:
        low, high = low - (abs(low) or 1.0), high + (abs(high) or 1.0)
    more = margin * (high - low)
    return low - more, high + more


def draw_upright(
    canvas: Canvas, scale: Axis, sides: tuple[float, float], how: Measure, *, sign: bool = True
) -> None:
    """Draw an upright scale as lines across, with their labels at the left.

    Parameters
    ----------
    canvas : Canvas
        Sheet.
    scale : Axis
        Values to inches from the top; its ends are the bottom and the top.
    sides : tuple of float
        Inches from which and to which lines are drawn.
    how : Measure
        How values are written.
    sign : bool
        Whether values are differences: they carry a plus, and zero is drawn strong.
    """
    left, right = sides
    for at, label in rungs(scale, how, sign=sign):
        y, zero = scale.at(at), sign and at == 0
        role, width = ("ink", 0.9) if zero else ("rule", 0.6)
        canvas.path([left, right], [y, y], role, width=width, order=1.2 if zero else 0.4)
        canvas.text(left - 0.06, y, label, "soft", size=SMALL, align="right")


def draw_times(canvas: Canvas, across: Axis, times: Sequence[int], y: float) -> None:
    """Draw the scale of periods since the start; 0 is always among its labels."""
    canvas.path([across.left, across.right], [y, y], "soft", width=0.7)
    minus = [number(one, "en", digits=0) for one in times]
    step = (across.right - across.left) / max(1, times[-1] - times[0])
    every = max(1, math.ceil((max(width_of(one, SMALL) for one in minus) + 0.08) / step))
    for time, label in zip(times, minus, strict=True):
        x = across.at(time)
        if step > _TICK or time % every == 0:
            canvas.path([x, x], [y, y + 0.04], "soft", width=0.7)
        if time % every == 0:
            canvas.text(
                canvas.inside(x, label), y + 0.14, label, "soft", size=SMALL, align="center"
            )


def cell(row: Row, name: str) -> float | None:
    """Return a row's number, or nothing where it has none."""
    return value(row.get(name))


def excludes(row: Row, *pairs: tuple[str, str]) -> bool:
    """Return whether the first of the named intervals that a row has excludes zero."""
    for low, high in pairs:
        ends = cell(row, low), cell(row, high)
        if ends[0] is not None and ends[1] is not None:
            return ends[0] > 0 or ends[1] < 0
    return False
