"""How long each tool takes for the same answer, the scan floor beside it."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

from evaluate.book.figures.frame.axis import Axis
from evaluate.book.figures.frame.canvas import SMALL, Canvas, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value

KIND = "speed"
OURS, FLOOR = "ours", "scan floor"
_STEP, _HEAD, _GAP = 0.21, 0.3, 0.14


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return the seconds of a whole process, on a scale of powers of ten."""
    rows = reading.rows(KIND)
    seconds = [whole for row in rows if (whole := value(row.get("whole"))) is not None]
    if not seconds:  # a benchmark of repeats within one process has its table alone
        return None
    groups = _groups(rows)
    high = sum(_HEAD + _STEP * len(one) + _GAP for one in groups.values())
    canvas = Canvas(look, high + 0.3, warning=reading.warning)
    low, most = floor(log10(min(seconds))), log10(max(seconds))
    column = 1.0 if look.narrow else 1.5
    scale = Axis(low, most + 0.05, column, look.width - (0.62 if look.narrow else 1.5))
    y = 0.0
    for task, tools in groups.items():
        lines = wrap(task, look.width, size=SMALL + 0.4, bold=True, most=1)
        canvas.lines(0, y + 0.14, lines, bold=True, size=SMALL + 0.4)
        y += _HEAD
        for row in tools:
            _bar(canvas, reading, scale, row, y + _STEP / 2)
            y += _STEP
        y += _GAP
    _axis(canvas, reading, scale, y)
    return _figure(reading, rows, canvas.svg())


def _groups(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(str(row.get("task")), []).append(row)
    return found


def _bar(canvas: Canvas, reading: Reading, scale: Axis, row: Row, y: float) -> None:
    whole = value(row.get("whole"))
    if whole is None:
        return
    tool = str(row.get("tool"))
    role = {OURS: "programme", FLOOR: "pale"}.get(tool, "comparison")
    name = reading.words(f"speed.{tool}") if f"speed.{tool}" in reading.words else tool
    canvas.text(0, y, name, size=SMALL, bold=tool == OURS)
    end = scale.at(log10(whole))
    canvas.box(scale.left, y - 0.06, end - scale.left, 0.12, role)
    text = reading.words("speed.seconds", n=reading.number(whole, 2))
    times = value(row.get("whole_ratio"))
    if times is not None and tool not in {OURS, FLOOR} and not canvas.look.narrow:
        text += f" ({reading.words('speed.times', n=reading.number(times, 1))})"
    canvas.text(end + 0.06, y, text, "soft", size=SMALL)


def _axis(canvas: Canvas, reading: Reading, scale: Axis, y: float) -> None:
    canvas.path([scale.left, scale.right], [y, y], "soft", width=0.7)
    for power in range(int(scale.low), floor(scale.high) + 1):
        x = scale.at(power)
        canvas.path([x, x], [y, y + 0.045], "soft", width=0.7)
        label = reading.number(10.0**power, max(-power, 0))
        canvas.text(x, y + 0.15, label, "soft", size=SMALL, align="center")


def _figure(reading: Reading, rows: Sequence[Row], svg: str) -> Figure:
    w = reading.words
    ratios = {
        task: min(peers)
        for task, tools in _groups(rows).items()
        if (
            peers := [
                times
                for row in tools
                if row.get("tool") not in {OURS, FLOOR}
                and (times := value(row.get("whole_ratio"))) is not None
            ]
        )
    }
    least = reading.number(min(ratios.values()), 1) if ratios else w("absent")
    most = reading.number(max(ratios.values()), 1) if ratios else w("absent")
    columns = ("whole", "warm", "peak_mb", "whole_ratio", "warm_ratio")
    return Figure(
        svg=svg,
        title=w("speed.title", least=least, most=most),
        subtitle=w("speed.sub"),
        alt=w("speed.alt", n=len(_groups(rows)), least=least, most=most),
        header=(w("col.run"), *(w(f"speed.{one}") for one in columns)),
        rows=tuple(
            (str(row.get("run")), *(_number(reading, row.get(one)) for one in columns))
            for row in rows
        ),
        note=reading.note(w("speed.note") if any(row.get("tool") == FLOOR for row in rows) else ""),
    )


def _number(reading: Reading, cell: object) -> str:
    return reading.number(cell, 2) if isinstance(cell, float) else reading.words("absent")
