"""Effects by time since the start with their band, and both groups' own paths beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.axis import Axis, Measure
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.over_time import (
    cell,
    differences,
    draw_times,
    draw_upright,
    excludes,
    level_of,
    named,
    room,
    span,
    unit_of,
)
from evaluate.book.figures.frame.paths import (
    BELOW,
    DASH,
    FOOT,
    draw_paths,
    in_time,
    start_of,
    time_of,
    times_axis,
)
from evaluate.book.figures.frame.reading import Figure, Reading, Row, numbers
from evaluate.book.numbers import p_value

KIND, PATHS, TESTS = "event_study", "paths", "pretrends"
BAND, OWN = ("band_low", "band_high"), ("conf_low", "conf_high")
_HIGH, _KEY, _START = 1.95, 0.2, 0.2
_ALONE, _EFFECTS, _BETWEEN = 6.2, 4.45, 0.35
_SPARE = 0.14  # inches that the lower of two panels leaves free under its scale
_ROOMY = 0.16  # inches from point to point from which points are large


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where one panel stands: its scales, and how its values are written."""

    across: Axis
    up: Axis
    how: Measure
    left: float
    right: float


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return the event study; below it, or at its right, the paths that it is made from."""
    rows = in_time(reading.rows(KIND), "estimate")
    if not rows:
        return None
    paths = in_time(reading.rows(PATHS), "treated")
    paths = paths if len(paths) > 1 else []
    beside = bool(paths) and not look.narrow
    right = _EFFECTS if beside else look.width if look.narrow else _ALONE
    head = _head(reading, rows, right)
    deep = _KEY * len(_keys(rows)) + LINE * len(head) + _START + _HIGH + FOOT
    below = BELOW if paths and look.narrow else 0.0
    canvas = Canvas(look, deep + max(0.0, below - _SPARE), warning=reading.warning)
    _effects(canvas, reading, rows, (right, head))
    if paths:
        place = (right + _BETWEEN, 0.0, deep) if beside else (0.0, deep, below)
        draw_paths(canvas, reading, paths, unit_of(reading, KIND), place)
    return _figure(reading, rows, canvas.svg())


def _keys(rows: Sequence[Row]) -> list[str]:
    """Return which marks need a key: the band of all periods, the interval of each."""
    pairs = (("band", BAND), ("interval", OWN))
    return [key for key, names in pairs if numbers(rows, *names)]


def _head(reading: Reading, rows: Sequence[Row], right: float) -> tuple[str, ...]:
    """Return what the test of the periods before says, and what it could have found."""
    before = [one for one in rows if time_of(one) < 0 and not one.get("reference")]
    tests = {one.get("test"): one for one in reading.rows(TESTS)}
    joint = tests.get("joint", {})
    p, found = cell(joint, "p_value"), _detectable(reading)
    said = []
    if p is not None:
        said.append(reading.words("event.p", p=p_value(p, reading.language)))
    if found:
        said.append(reading.words("event.found" if said else "event.found_alone", size=found))
    if not before and not said:
        said.append(reading.words("event.no_before"))
    return wrap(" ".join(said), right - 0.06, size=SMALL, most=3) if said else ()


def _detectable(reading: Reading) -> str:
    """Return the violation for each period that the test would have found."""
    for row in reading.rows(TESTS):
        size = cell(row, "detectable")
        if size is not None:
            how = differences([size], unit_of(reading, KIND), reading)
            return how.full(abs(size))
    return ""


def _effects(
    canvas: Canvas, reading: Reading, rows: Sequence[Row], place: tuple[float, tuple[str, ...]]
) -> None:
    right, head = place
    y = 0.1
    for key in _keys(rows):
        _key(canvas, reading, key, y)
        y += _KEY
    for line in head:
        canvas.text(0, y, line, "soft", size=SMALL)
        y += LINE
    top = y + _START - 0.06
    frame = _frame(canvas, reading, rows, (right, top))
    draw_upright(canvas, frame.up, (frame.left, frame.right), frame.how)
    _start(canvas, reading, frame, rows, y)
    for part in _parts(rows):
        _area(canvas, frame, part)
        xs, ys = _places(frame, part)
        canvas.path(xs, ys, "programme", width=1.4)
    for row in rows:
        _point(canvas, frame, row)
    _last(canvas, frame, rows[-1])
    draw_times(canvas, frame.across, [time_of(one) for one in rows], frame.up.left)
    _since(canvas, reading, frame)


def _key(canvas: Canvas, reading: Reading, key: str, y: float) -> None:
    level = level_of(reading, KIND)
    if key == "band":
        canvas.box(0.02, y - 0.06, 0.26, 0.12, "band")
        canvas.path([0.02, 0.28], [y, y], "programme", width=1.4)
    else:
        canvas.path([0.15, 0.15], [y - 0.08, y + 0.08], "programme", width=1.0)
        canvas.marks([0.15], [y], "programme", size=4.5)
    canvas.text(0.38, y, reading.words(f"event.{key}", level=level), "soft", size=SMALL)


def _frame(
    canvas: Canvas, reading: Reading, rows: Sequence[Row], place: tuple[float, float]
) -> _Frame:
    right, top = place
    names = ("estimate", *BAND, *OWN)
    values = numbers(rows, *names)
    how = differences(values, unit_of(reading, KIND), reading)
    low, high = span(values)
    left = room(low, high, how)
    last = width_of(how.text(cell(rows[-1], "estimate") or 0.0, sign=True), 10.0, True) + 0.16
    up = Axis(low, high, top + _HIGH, top)
    return _Frame(times_axis(rows, left + 0.12, right - last), up, how, left, right - last + 0.1)


def _start(canvas: Canvas, reading: Reading, frame: _Frame, rows: Sequence[Row], y: float) -> None:
    at = start_of(rows)
    if at is None:
        return
    x = frame.across.at(at)
    canvas.path([x, x], [y - 0.02, frame.up.left], "soft", width=0.9, dash=DASH, order=1.5)
    text = reading.words("event.start")
    beyond = x + 0.07 + width_of(text, SMALL) > canvas.width
    canvas.text(x + (-0.07 if beyond else 0.07), y + 0.03, text, "soft", size=SMALL,
                align="right" if beyond else "left")  # fmt: skip


def _parts(rows: Sequence[Row]) -> list[list[Row]]:
    """Return the runs that a line joins: all of them through a base period, else each side."""
    if any(one.get("reference") for one in rows):
        return [list(rows)]
    sides = [[one for one in rows if (time_of(one) < 0) is before] for before in (True, False)]
    return [one for one in sides if one]


def _places(frame: _Frame, rows: Sequence[Row]) -> tuple[list[float], list[float]]:
    xs = [frame.across.at(time_of(one)) for one in rows]
    return xs, [frame.up.at(cell(one, "estimate") or 0.0) for one in rows]


def _area(canvas: Canvas, frame: _Frame, rows: Sequence[Row]) -> None:
    points = []
    for row in rows:
        low, high = (cell(row, one) for one in BAND)
        if row.get("reference"):
            low = high = cell(row, "estimate") or 0.0
        if low is not None and high is not None:
            points.append((frame.across.at(time_of(row)), frame.up.at(low), frame.up.at(high)))
    if len(points) == 1:
        x, low_, high_ = points[0]
        points = [(x - 0.06, low_, high_), (x + 0.06, low_, high_)]
    if points and any(low != high for _, low, high in points):
        xs = [one[0] for one in points]
        lows, highs = [one[1] for one in points], [one[2] for one in points]
        canvas.area([*xs, *reversed(xs)], [*lows, *reversed(highs)], "band")


def _point(canvas: Canvas, frame: _Frame, row: Row) -> None:
    x, y = frame.across.at(time_of(row)), frame.up.at(cell(row, "estimate") or 0.0)
    low, high = (cell(row, one) for one in OWN)
    hollow = bool(row.get("reference"))
    if low is not None and high is not None and not hollow:
        ends = [frame.up.at(low), frame.up.at(high)]
        canvas.path([x, x], ends, "programme", width=1.0)
    step = (frame.across.right - frame.across.left) / (frame.across.high - frame.across.low)
    size = 6.5 if step > _ROOMY else 4.0
    canvas.marks([x], [y], "programme", size=size, fill="page" if hollow else None)


def _last(canvas: Canvas, frame: _Frame, row: Row) -> None:
    if row.get("reference"):
        return
    at = cell(row, "estimate") or 0.0
    x, text = frame.across.at(time_of(row)) + 0.12, frame.how.text(at, sign=True)
    canvas.text(x, frame.up.at(at), text, "programme", size=10.0, bold=True)


def _since(canvas: Canvas, reading: Reading, frame: _Frame) -> None:
    text = reading.words("event.since")
    middle = canvas.inside((frame.left + frame.right) / 2, text, size=SMALL)
    canvas.text(middle, frame.up.left + 0.32, text, "soft", size=SMALL, align="center")


def _figure(reading: Reading, rows: Sequence[Row], svg: str) -> Figure:
    w = reading.words
    level = level_of(reading, KIND)
    keys = ("event_time", "estimate", "interval", "band", "treated", "comparison")
    names = [w(f"event.col_{one}", level=level) for one in keys]
    unit = differences(numbers(rows, "estimate"), unit_of(reading, KIND), reading).unit
    names[1] = f"{names[1]}, {unit}" if unit else names[1]
    said = _said(reading, rows)
    tested = " ".join(_head(reading, rows, 1000.0))
    return Figure(
        svg=svg,
        title=named(reading, KIND, said),
        subtitle=w("event.sub", unit=unit) if unit else w("event.sub_bare"),
        alt=f"{w('event.alt', all=_seen(reading, rows))} {tested}".strip(),
        header=tuple(names),
        rows=tuple(_cells(reading, rows, one) for one in rows),
        note=reading.note(w("event.note")),
    )


def _said(reading: Reading, rows: Sequence[Row]) -> str:
    """Return how many periods show a difference after the start, and how many before it."""
    known = [one for one in rows if not one.get("reference") and numbers([one], *BAND, *OWN)]
    after = [one for one in known if time_of(one) >= 0]
    before = [one for one in known if time_of(one) < 0]
    slots = {"all": len(after), "of": len(before)}
    slots |= {"n": sum(excludes(one, BAND, OWN) for one in after)}
    slots |= {"m": sum(excludes(one, BAND, OWN) for one in before)}
    if not after:
        return reading.words("event.title_bare")
    shown = reading.words("event.title" if slots["n"] else "event.title_none", **slots)
    if not before:
        return f"{shown}; {reading.words('event.title_unchecked')}"
    quiet = "event.title_before" if slots["n"] else "event.title_none_before"
    key = "event.title_parted" if slots["m"] else quiet
    return f"{shown}, {reading.words(key, **slots)}"


def _how(reading: Reading, rows: Sequence[Row]) -> Measure:
    return differences(numbers(rows, "estimate", *BAND, *OWN), unit_of(reading, KIND), reading)


def _seen(reading: Reading, rows: Sequence[Row]) -> str:
    how = _how(reading, rows)
    return "; ".join(
        f"{reading.number(time_of(one))}: {how.text(cell(one, 'estimate') or 0.0, sign=True)}"
        for one in rows
    )


def _cells(reading: Reading, rows: Sequence[Row], row: Row) -> tuple[str, ...]:
    w, how = reading.words, _how(reading, rows)

    def between(low: float | None, high: float | None) -> str:
        if low is None or high is None:
            return w("event.reference") if row.get("reference") else w("absent")
        return w("interval", low=how.text(low, sign=True), high=how.text(high, sign=True))

    counts = (cell(row, one) for one in ("n_treated", "n_comparison"))
    return (
        reading.number(time_of(row)),
        how.text(cell(row, "estimate") or 0.0, sign=True),
        *(between(*(cell(row, end) for end in pair)) for pair in (OWN, BAND)),
        *(w("absent") if one is None else reading.number(one) for one in counts),
    )
