"""Every outcome with its interval, beside zero and the smallest effect worth having."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.axis import Axis, Measure, axis, draw_axis, measure
from evaluate.book.figures.frame.canvas import LINE, NORMAL, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.entries import Entry, Panel, count, panels
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.palette import as_text
from evaluate.book.figures.frame.reading import SHOWN, Figure, Reading
from evaluate.book.figures.frame.strip import (
    band,
    colour,
    interval,
    level,
    limits,
    name_worthwhile,
    range_text,
)

KIND = "forest"
_ROW, _BESIDE, _BETWEEN, _FOOT = 0.3, 0.24, 0.1, 0.4
_NAMES, _WORDS, _WORDS_NARROW = 2.3, 1.2, 1.02
_HEAD = 0.22  # inches for the name of the dashed line
_RULE = 0.3  # inches for the rule above what nobody had planned


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the columns of a figure stand."""

    look: Look
    how: Measure
    scale: Axis
    numbers: float  # right edge of the estimates, or left edge when narrow
    words: float


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return a forest of all headline rows, rows beside hollow; axes by unit."""
    found = panels(reading)
    if not any(panel.rows for panel in found):
        return None
    heights = [_deep(reading, panel, look) for panel in found]
    canvas = Canvas(look, sum(heights) + 0.02, warning=reading.warning)
    y = 0.0
    for panel, high in zip(found, heights, strict=True):
        _panel(canvas, reading, panel, y)
        y += high
    return _figure(reading, found, canvas.svg())


def _lines(one: Entry, look: Look) -> tuple[str, ...]:
    size = SMALL if one.beside else NORMAL
    room = look.width if look.narrow else _NAMES - 0.05
    return wrap(one.label, room, size=size, bold=not one.beside, most=2 if look.narrow else 3)


def _high(one: Entry, look: Look) -> float:
    """Return the inches of a row."""
    lines = len(_lines(one, look))
    if look.narrow:
        return LINE * lines + (0.26 if one.beside or one.row is None else 0.4)
    base = _BESIDE if one.beside else _ROW
    words = len(_word(one, None, _WORDS)) if one.word else 1
    return base + LINE * (max(lines, words) - 1)


def _word(one: Entry, reading: Reading | None, room: float) -> tuple[str, ...]:
    if not one.word:
        return ()
    text = reading.words(f"word.{one.word}") if reading else ""
    return wrap(text, room, size=9.2, most=3)


def _rows(reading: Reading, panel: Panel, look: Look) -> Iterator[tuple[Entry, float]]:
    for group in panel.outcomes:
        for one in group:
            high = _high(one, look)
            if one.word and not look.narrow:
                high = max(high, _ROW + LINE * (len(_word(one, reading, _WORDS)) - 1))
            if one.word and look.narrow and one.row is not None:
                words = len(_word(one, reading, _WORDS_NARROW))
                high = max(high, LINE * (len(_lines(one, look)) + 1 + words) + 0.08)
            yield one, high


def _deep(reading: Reading, panel: Panel, look: Look) -> float:
    rows = sum(high for _, high in _rows(reading, panel, look))
    deep = rows + _BETWEEN * len(panel.outcomes) + (_RULE if _first(panel) is not None else 0.0)
    return deep + _head(reading, panel) + (_FOOT if panel.rows else 0.0)


def _first(panel: Panel) -> int | None:
    """Return where the groups begin that nobody had planned."""
    unplanned = (i for i, group in enumerate(panel.outcomes) if group[0].exploratory)
    return next(unplanned, None)


def _head(reading: Reading, panel: Panel) -> float:
    sizes = [reading.worthwhile(group[0].outcome) for group in panel.outcomes]
    return _HEAD if panel.rows and any(one is not None for one in sizes) else 0.04


def _frame(reading: Reading, panel: Panel, look: Look) -> _Frame:
    rows = panel.rows
    how = measure([x for one in rows for x in limits(one)], panel.unit, reading)
    seen = [x for one in rows for x in limits(one, reading.worthwhile(one.outcome))]
    wide = max(
        (width_of(how.text(one.estimate, sign=True), NORMAL, True) for one in rows), default=0
    )
    if look.narrow:
        numbers = look.width - max(_WORDS_NARROW, wide)
        return _Frame(look, how, axis(seen, 0.04, numbers - 0.14), numbers, numbers)
    words = look.width - _WORDS
    numbers = words - 0.12
    return _Frame(look, how, axis(seen, _NAMES + 0.1, numbers - wide - 0.2), numbers, words)


def _panel(canvas: Canvas, reading: Reading, panel: Panel, top: float) -> None:
    frame = _frame(reading, panel, canvas.look)
    y = top + _head(reading, panel)
    named = False
    heights = dict(enumerate(high for _, high in _rows(reading, panel, canvas.look)))
    index = 0
    for i, group in enumerate(panel.outcomes):
        if i == _first(panel):
            canvas.path([0, canvas.width], [y + 0.02] * 2, "neutral", width=0.8)
            rule = reading.words("forest.exploratory")
            canvas.text(0, y + 0.17, rule, "soft", size=SMALL, bold=True)
            y += _RULE
        size = reading.worthwhile(group[0].outcome)
        deep = sum(heights[index + k] for k in range(len(group)))
        if group[0].row is not None:
            if not frame.look.narrow:
                band(canvas, frame.scale, size, y, y + deep + _BETWEEN)
            if size is not None and not named:
                name_worthwhile(canvas, reading, frame.scale, size, top + 0.11)
                named = True
        for one in group:
            _row(canvas, reading, frame, one, (y, heights[index]))
            y += heights[index]
            index += 1
        y += _BETWEEN
    if panel.rows:
        draw_axis(canvas, frame.scale, y, frame.how)
        room = canvas.width - frame.words if canvas.look.narrow else _NAMES
        at = frame.words if canvas.look.narrow else 0.0
        lines = wrap(frame.how.unit, room, size=SMALL, most=2)
        canvas.lines(at, y + 0.14, lines, "soft", size=SMALL)


def _row(
    canvas: Canvas, reading: Reading, frame: _Frame, one: Entry, place: tuple[float, float]
) -> None:
    top, high = place
    lines = _lines(one, frame.look)
    size = SMALL if one.beside else NORMAL
    shade = "soft" if one.beside else "ink"
    words = reading.words(f"word.{one.word}") if one.word else ""
    if frame.look.narrow:
        for i, line in enumerate(lines):
            canvas.text(0, top + 0.09 + LINE * i, line, shade, size=size, bold=not one.beside)
        middle = top + LINE * len(lines) + 0.11
    else:
        middle = top + high / 2
        canvas.lines(0, middle, lines, shade, size=size, bold=not one.beside)
    if one.row is None:
        at = 0.0 if frame.look.narrow else _NAMES + 0.1
        canvas.text(at, middle, words, "warning", size=9.2)
        return
    role = "neutral" if one.beside else colour(one.word)
    if frame.look.narrow:  # labels stand above their rows: no line may run through them
        under, size_ = top + LINE * len(lines), reading.worthwhile(one.row.outcome)
        band(canvas, frame.scale, size_, under, top + high + (0 if one.beside else 0.02))
    interval(canvas, frame.scale, one.row, middle, role, hollow=one.beside)
    _numbers(canvas, reading, frame, one, middle)


def _numbers(canvas: Canvas, reading: Reading, frame: _Frame, one: Entry, middle: float) -> None:
    if one.row is None:
        return
    text = frame.how.text(one.row.estimate, sign=True)
    shown = one.word in SHOWN
    role = "soft" if one.beside else "ink"
    size = SMALL if one.beside else NORMAL
    align = "left" if frame.look.narrow else "right"
    canvas.text(frame.numbers, middle, text, role, size=size, bold=shown, align=align)
    shade = as_text(colour(one.word))
    if frame.look.narrow:
        for i, line in enumerate(_word(one, reading, _WORDS_NARROW)):
            canvas.text(frame.words, middle + LINE * (i + 1), line, shade, size=9.2)
    else:
        canvas.lines(frame.words, middle, _word(one, reading, _WORDS), shade, size=9.2)


def _title(reading: Reading, found: Sequence[Panel]) -> str:
    w, words = reading.words, count(found)
    every = sum(words.values())
    if every == 0:
        return w("forest.unplanned")
    if every == 1:
        one = found[0].outcomes[0][0]
        return w("forest.one", outcome=reading.title(one.outcome), word=w(f"word.{one.word}"))
    good = words.get("shown benefit", 0) + words.get("shown", 0)
    harm = words.get("shown harm", 0)
    key = "forest.harm" if harm else "forest.benefit" if good else "forest.none"
    return w(key, n=good, harm=harm, all=every)


def _figure(reading: Reading, found: Sequence[Panel], svg: str) -> Figure:
    w = reading.words
    named = level(reading, [one for panel in found for one in panel.rows])
    each = [one for panel in found for group in panel.outcomes for one in group]
    beside = any(one.beside and not one.exploratory for one in each)
    unplanned = any(one.exploratory for one in each)
    rows = [_cells(reading, panel, one) for panel in found for g in panel.outcomes for one in g]
    answers = "; ".join(
        f"{row[0]} {row[1]} ({row[2]}) {row[3]}, {row[4]}".strip() for row in rows if row[4]
    )
    some = any(reading.worthwhile(one.outcome) for panel in found for one in panel.rows)
    return Figure(
        svg=svg,
        title=_title(reading, found),
        subtitle=w("forest.sub" if beside else "forest.sub_alone", level=named),
        alt=f"{w('forest.alt')} {answers}.",
        header=(w("col.outcome"), w("difference"), named, w("col.unit"), w("col.result")),
        rows=tuple(rows),
        note=reading.note(
            w("forest.note") if some else "", w("forest.note_exploratory") if unplanned else ""
        ),
    )


def _cells(reading: Reading, panel: Panel, one: Entry) -> tuple[str, ...]:
    w = reading.words
    if one.row is None:
        return (one.label, w("absent"), w("absent"), "", w(f"word.{one.word}"))
    how = _frame(reading, panel, Look()).how
    word = w(f"word.{one.word}") if one.word else ""
    between = range_text(reading, how, one.row)
    return (one.label, how.text(one.row.estimate, sign=True), between, how.unit, word)
