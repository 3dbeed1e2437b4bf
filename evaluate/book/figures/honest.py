"""How far trends may differ after the start before zero comes within the interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from evaluate.book.figures.frame.axis import Axis, Measure
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.over_time import (
    cell,
    differences,
    draw_upright,
    headline,
    level_of,
    named,
    room,
    span,
    sparse,
    unit_of,
)
from evaluate.book.figures.frame.reading import Figure, Reading, Row, numbers
from evaluate.core import Estimate

KIND = "honest"
RELATIVE, SMOOTH = "relative_magnitudes", "smoothness"
_MOST_DIGITS, _NEAR = 9, 0.01
_HIGH, _FOOT, _BETWEEN, _MARK = 1.75, 0.36, 0.3, 0.2


@dataclass(frozen=True, slots=True)
class _Panel:
    """The intervals under one restriction, by the size of the violation that it allows."""

    name: str
    rows: Sequence[Row]
    original: Estimate | None
    how: Measure

    @property
    def breakdown(self) -> float | None:
        """Return the violation from which zero is within the interval."""
        return next(iter(numbers(self.rows, "breakdown")), None)

    @property
    def holds(self) -> bool:
        """Return whether zero is outside every interval that was tried."""
        return all(one.get("excludes_zero") is True for one in self.rows)


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return a panel for each restriction: the interval as estimated, then the wider ones."""
    found = _panels(reading)
    if not found:
        return None
    across = 1 if look.narrow or len(found) == 1 else 2
    wide = (look.width - _BETWEEN * (across - 1)) / across
    wide = min(wide, 4.6)
    titles = [_head(reading, one, wide) for one in found]
    top = max(LINE * len(lines) for lines in titles) + 0.1
    deep = top + _MARK + _HIGH + _FOOT
    rows = -(-len(found) // across)
    canvas = Canvas(look, rows * deep + 0.12 * (rows - 1), warning=reading.warning)
    for i, (one, lines) in enumerate(zip(found, titles, strict=True)):
        place = ((i % across) * (wide + _BETWEEN), (i // across) * (deep + 0.12), wide)
        for k, line in enumerate(lines):
            canvas.text(place[0], place[1] + 0.1 + LINE * k, line, bold=k == 0, size=SMALL)
        _draw_panel(canvas, reading, one, (place[0], place[1] + top, wide))
    return _figure(reading, found, canvas.svg())


def _panels(reading: Reading) -> list[_Panel]:
    found = []
    rows = [one for one in reading.rows(KIND) if cell(one, "m") is not None]
    unit = unit_of(reading, KIND, "conf_low")
    values = numbers(rows, "conf_low", "conf_high")
    for name in dict.fromkeys((RELATIVE, SMOOTH, *(str(one.get("restriction")) for one in rows))):
        own = [one for one in rows if one.get("restriction") == name]
        own.sort(key=lambda one: cell(one, "m") or 0.0)
        if own:
            how = differences(values, unit, reading)
            found.append(_Panel(name, own, headline(reading, KIND), how))
    return found


def _head(reading: Reading, one: _Panel, wide: float) -> list[str]:
    key, note = f"honest.{one.name}", f"honest.{one.name}_note"
    title = reading.words(key) if key in reading.words else one.name.replace("_", " ")
    under = reading.words(note, unit=one.how.unit) if note in reading.words else ""
    return [
        *wrap(title, wide, size=SMALL, bold=True, most=1),
        *(wrap(under, wide, size=SMALL, most=3) if under else ()),
    ]


def _sizes(one: _Panel) -> Measure:
    """Return how violations are written: as few decimals as show them all."""
    factor = one.how.factor if one.name == SMOOTH else 1.0
    unit = one.how.unit if one.name == SMOOTH else ""
    given = {cell(row, "m") or 0.0 for row in one.rows}
    for digits in range(_MOST_DIGITS):
        near = (abs(round(factor * m, digits) - factor * m) <= _NEAR * factor * m for m in given)
        if all(near):
            return Measure(factor, digits, unit, one.how.language)
    return Measure(factor, _MOST_DIGITS, unit, one.how.language)


def _limit(one: _Panel, size: float) -> str:
    """Return a breakdown value with a decimal more than the steps beside it may need."""
    how = _sizes(one)
    digits, shown = max(how.digits, 1), size * how.factor
    if abs(round(shown, digits) - shown) > 0.02 * abs(shown):
        digits += 1
    return Measure(how.factor, digits, how.unit, how.language).full(size)


def _draw_panel(
    canvas: Canvas, reading: Reading, one: _Panel, place: tuple[float, float, float]
) -> None:
    left, top, wide = place
    first = [one.original.conf_low, one.original.conf_high] if one.original else []
    low, high = span([*numbers(one.rows, "conf_low", "conf_high"), *first])
    edge = left + room(low, high, one.how)
    up = Axis(low, high, top + _MARK + _HIGH, top + _MARK)
    slots = len(one.rows) + 1
    across = Axis(-0.5, slots - 0.5, edge, left + wide - 0.05)
    draw_upright(canvas, up, (edge, left + wide - 0.02), one.how)
    if one.original is not None:
        ends = (one.original.conf_low, one.original.conf_high)
        _interval(canvas, across.at(0), up, ends, shown=min(ends) > 0 or max(ends) < 0, own=True)
    for i, row in enumerate(one.rows, 1):
        ends_ = cell(row, "conf_low"), cell(row, "conf_high")
        if ends_[0] is not None and ends_[1] is not None:
            sure = row.get("excludes_zero") is True
            _interval(canvas, across.at(i), up, (ends_[0], ends_[1]), shown=sure)
    _breakdown(canvas, reading, one, (across, up))
    _labels(canvas, reading, one, across, up.left)


def _interval(
    canvas: Canvas,
    x: float,
    up: Axis,
    ends: tuple[float, float],
    *,
    shown: bool,
    own: bool = False,
) -> None:
    """Draw an interval: full where it excludes zero, dashed and grey with open ends where not."""
    ys = [up.at(one) for one in ends]
    role = "programme" if shown else "neutral"
    canvas.path([x, x], ys, role, width=2.0, dash=None if shown else (2.5, 1.2))
    if own:
        canvas.marks([x], [sum(ys) / 2], role, size=5.5, fill=None if shown else "page")
    canvas.marks([x, x], ys, role, shape="_", size=7.0, edge=1.6)


def _breakdown(canvas: Canvas, reading: Reading, one: _Panel, axes: tuple[Axis, Axis]) -> None:
    """Mark where zero comes within the interval, and say at which violation that is."""
    across, up = axes
    limit = one.breakdown
    if limit is None:
        key = "honest.holds_all" if one.holds else "honest.holds_none"
        text = reading.words(key)
    else:
        x = across.at(_slot(one, limit))
        canvas.path([x, x], [up.right - 0.03, up.left], "warning", width=1.2, dash=(4, 2))
        key = "honest.holds_times" if one.name == RELATIVE else "honest.holds"
        text = reading.words(key, size=_limit(one, limit))
    middle = (across.left + across.right) / 2 if limit is None else across.at(_slot(one, limit))
    half = width_of(text, SMALL, True) / 2 + 0.02
    middle = min(max(middle, across.left - 0.2 + half), across.right - half)
    role = "soft" if limit is None else "warning"
    canvas.text(middle, up.right - 0.13, text, role, size=SMALL, bold=True, align="center")


def _slot(one: _Panel, limit: float) -> float:
    """Return where a violation stands between the slots of those that were tried."""
    tried = [(cell(row, "m") or 0.0) for row in one.rows]
    if limit <= tried[0]:
        return 0.5
    for i, (low, high) in enumerate(pairwise(tried), 1):
        if limit <= high:
            return i + (limit - low) / (high - low)
    return len(tried) + 0.4


def _labels(canvas: Canvas, reading: Reading, one: _Panel, across: Axis, y: float) -> None:
    canvas.path([across.left, across.right], [y, y], "soft", width=0.7)
    how = _sizes(one)
    sizes = [cell(row, "m") or 0.0 for row in one.rows]
    texts = [how.text(size) if size else "0" for size in sizes]
    own = reading.words("honest.own")
    if one.original is not None:
        start = max(across.at(0), across.left - 0.25 + width_of(own, SMALL) / 2)
        canvas.text(start, y + 0.13, own, "soft", size=SMALL, align="center")
    step = (across.right - across.left) / (len(one.rows) + 1)
    for i in sparse(texts, step):
        x = across.at(i + 1)
        near = one.original is not None and x - width_of(texts[i], SMALL) / 2 < (
            across.at(0) + width_of(own, SMALL) / 2 + 0.08
        )
        if not near:
            canvas.text(x, y + 0.13, texts[i], "soft", size=SMALL, align="center")


def _figure(reading: Reading, found: Sequence[_Panel], svg: str) -> Figure:
    w = reading.words
    how = found[0].how
    level = level_of(reading, KIND)
    keys = ("restriction", "m", "interval", "excludes")
    names = [w(f"honest.col_{one}", level=level) for one in keys]
    names[2] = f"{names[2]}, {how.unit}" if how.unit else names[2]
    return Figure(
        svg=svg,
        title=_title(reading, found),
        subtitle=w("honest.sub", level=level, unit=how.unit or w("honest.no_unit")),
        alt=w("honest.alt", all="; ".join(_seen(reading, one) for one in found)),
        header=tuple(names),
        rows=tuple(_cells(reading, one, row) for one in found for row in one.rows),
        note=reading.note(w("honest.note")),
    )


def _said(reading: Reading, one: _Panel) -> str:
    """Return in words how far a panel's result holds."""
    kind = "times" if one.name == RELATIVE else "size"
    if one.breakdown is not None:
        return reading.words(f"honest.title_{kind}", size=_limit(one, one.breakdown))
    if one.holds:
        largest = max(numbers(one.rows, "m"))
        return reading.words(f"honest.title_all_{kind}", size=_limit(one, largest))
    key = "honest.title_none" if _shown(one.original) else "honest.title_none_own"
    return reading.words(key)


def _shown(row: Estimate | None) -> bool:
    return row is None or row.conf_low > 0 or row.conf_high < 0


def _title(reading: Reading, found: Sequence[_Panel]) -> str:
    return named(reading, KIND, _said(reading, found[0]))


def _seen(reading: Reading, one: _Panel) -> str:
    return f"{_head(reading, one, 100.0)[0]}: {_said(reading, one)}"


def _cells(reading: Reading, one: _Panel, row: Row) -> tuple[str, ...]:
    w, how = reading.words, one.how
    low, high = cell(row, "conf_low"), cell(row, "conf_high")
    between = w("absent")
    if low is not None and high is not None:
        between = w("interval", low=how.text(low, sign=True), high=how.text(high, sign=True))
    sure = row.get("excludes_zero")
    return (
        _head(reading, one, 100.0)[0],
        _sizes(one).full(cell(row, "m") or 0.0),
        between,
        w("absent") if sure is None else w("yes" if sure else "no"),
    )
