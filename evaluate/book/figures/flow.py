"""From those eligible to those analysed: boxes by step and group, losses beside the arrows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.palette import as_text
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value

KIND = "flow"
STAGES = ("eligible", "included", "linked", "assigned", "analysed")
ARMS = ("treated", "comparison")
_EDGES = {"treated": "programme", "comparison": "comparison"}
_GAP, _ARROW, _PAD, _NOTE = 0.24, 0.3, 0.11, 0.34  # inches
_WHOLE = 0.62  # share of the sheet that a box of both groups takes


@dataclass(frozen=True, slots=True)
class _Box:
    """One group at one step: its name, its count and, above it, what was lost on the way."""

    arm: str
    name: tuple[str, ...]
    count: tuple[str, ...]
    losses: tuple[str, ...]
    left: float
    width: float

    @property
    def high(self) -> float:
        """Return the inches of the box."""
        return LINE * (len(self.name) + len(self.count)) + 2 * _PAD - 0.03

    @property
    def above(self) -> float:
        """Return the inches of the arrow that leads to it."""
        return max(_ARROW, LINE * len(self.losses) + 0.14)


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return the boxes, with their counts and what was lost before each."""
    rows = sorted(_known(reading.rows(KIND)), key=lambda row: STAGES.index(str(row["stage"])))
    if not rows:
        return None
    levels = _levels(reading, rows, look)
    tops, high = _tops(levels)
    canvas = Canvas(look, high, warning=reading.warning)
    for i, (level, top) in enumerate(zip(levels, tops, strict=True)):
        if i:
            before = levels[i - 1]
            _arrows(canvas, before, level, (tops[i - 1] + _high(before), top))
        for box in level:
            _box(canvas, box, top, _high(level))
    return _figure(reading, rows, canvas.svg())


def _known(rows: Sequence[Row]) -> Iterator[Row]:
    return (row for row in rows if row.get("stage") in STAGES)


def _levels(reading: Reading, rows: Sequence[Row], look: Look) -> list[list[_Box]]:
    """Return the boxes of each step; both groups stand side by side."""
    found = []
    for stage in dict.fromkeys(str(row["stage"]) for row in rows):
        here = [row for row in rows if row["stage"] == stage]
        arms = [one for one in ARMS if any(row.get("arm") == one for row in here)]
        found.append(
            [
                _made(reading, [row for row in here if row.get("arm") == arm], look, stage, arm)
                for arm in arms or ["all"]
            ]
        )
    return found


def _made(reading: Reading, rows: Sequence[Row], look: Look, stage: str, arm: str) -> _Box:
    half = (look.width - _GAP) / 2
    width = half if arm in ARMS else max(_WHOLE * look.width, half)
    left = {"treated": 0.03, "comparison": half + _GAP - 0.03}.get(arm, (look.width - width) / 2)
    name = reading.words(f"stage.{stage}")
    title = name if arm == "all" else f"{name}: {reading.words(f'arm.{arm}').lower()}"
    inner = width - 2 * _PAD
    named = wrap(title, inner, bold=True, most=2)
    counted = wrap(_count(reading, rows), inner, most=2)
    room = width - _NOTE - 0.1
    notes = (line for one in _losses(reading, rows) for line in wrap(one, room, size=SMALL, most=4))
    return _Box(arm, named, counted, tuple(notes), left, width)


def _count(reading: Reading, rows: Sequence[Row]) -> str:
    w, first = reading.words, rows[0] if rows else {}
    n, clusters = value(first.get("n")), value(first.get("n_clusters"))
    if n is None:
        return w("flow.withheld")
    if clusters is None:
        return w("flow.people", n=reading.number(n))
    return w("flow.clusters", c=reading.number(clusters), n=reading.number(n))


def _losses(reading: Reading, rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        lost, reason = value(row.get("lost")), str(row.get("reason") or "")
        if lost:
            key = "flow.lost" if reason else "flow.lost_bare"
            yield reading.words(key, n=reading.number(lost), reason=reason)


def _high(level: Sequence[_Box]) -> float:
    return max(box.high for box in level)


def _tops(levels: Sequence[Sequence[_Box]]) -> tuple[list[float], float]:
    """Return where each step's boxes begin, and where the last ones end."""
    tops, y = [], 0.03
    for i, level in enumerate(levels):
        fork = 0.1 if i and len(levels[i - 1]) != len(level) else 0.0
        y += fork + max(box.above for box in level) if i else 0.0
        tops.append(y)
        y += _high(level)
    return tops, y + 0.05


def _arrows(
    canvas: Canvas, before: Sequence[_Box], level: Sequence[_Box], place: tuple[float, float]
) -> None:
    """Draw an arrow to each box from the box above it, and write what was lost on the way."""
    start, end = place
    for box in level:
        x = box.left + _NOTE / 2
        above = next((one for one in before if one.arm == box.arm), None)
        from_ = start
        if above is None:
            middle = before[0].left + before[0].width / 2 if len(before) == 1 else x
            from_ = start + 0.1
            canvas.path([middle, middle, x], [start, from_, from_], "soft", width=1.0)
        canvas.path([x, x], [from_, end - 0.05], "soft", width=1.0)
        canvas.marks([x], [end - 0.05], "soft", shape="v", size=4.5, edge=0.6)
        middle = (from_ + end) / 2 - 0.01
        canvas.lines(x + _NOTE / 2, middle, box.losses, "soft", size=SMALL)


def _box(canvas: Canvas, box: _Box, top: float, high: float) -> None:
    role = _EDGES.get(box.arm, "soft")
    dash = (4.0, 2.0) if box.arm == "comparison" else None
    right, bottom = box.left + box.width, top + high
    canvas.box(box.left, top, box.width, high, "wash")
    xs, ys = [box.left, right, right, box.left, box.left], [top, top, bottom, bottom, top]
    canvas.path(xs, ys, role, width=1.3, dash=dash)
    y = top + _PAD + LINE / 2 - 0.02
    shade = "ink" if box.arm == "all" else as_text(role)
    for line in box.name:
        canvas.text(box.left + _PAD, y, line, shade, bold=True)
        y += LINE
    for line in box.count:
        canvas.text(box.left + _PAD, y, line)
        y += LINE


def _figure(reading: Reading, rows: Sequence[Row], svg: str) -> Figure:
    w = reading.words
    columns = ("stage", "arm", "clusters", "people", "n_lost", "reason")
    table = tuple(_cells(reading, row) for row in rows)
    seen = "; ".join(
        f"{one[0]}, {one[1].lower()}: {_count(reading, [row])}"
        + "".join(f", {loss}" for loss in _losses(reading, [row]))
        for one, row in zip(table, rows, strict=True)
    )
    return Figure(
        svg=svg,
        title=_title(reading, rows),
        subtitle=w("flow.sub"),
        alt=w("flow.alt", all=seen),
        header=tuple(w(f"col.{one}") for one in columns),
        rows=table,
        note=reading.note(),
    )


def _title(reading: Reading, rows: Sequence[Row]) -> str:
    """Say how many of the first step are in the last, where both are known and released."""
    first, last = (
        _total([row for row in rows if row["stage"] == rows[i]["stage"]]) for i in (0, -1)
    )
    if not first or last is None or rows[-1]["stage"] != "analysed":
        return reading.words("flow.title_bare")
    slots = {"first": reading.number(first), "analysed": reading.number(last)}
    return reading.words("flow.title", share=reading.percent(last / first), **slots)


def _total(rows: Sequence[Row]) -> float | None:
    arms = {str(row.get("arm")): value(row.get("n")) for row in reversed(rows)}
    if "all" in arms:
        return arms["all"]
    known = [n for n in arms.values() if n is not None]
    return sum(known) if len(known) == len(arms) else None


def _cells(reading: Reading, row: Row) -> tuple[str, ...]:
    w = reading.words
    counts = (value(row.get(one)) for one in ("n_clusters", "n", "lost"))
    return (
        w(f"stage.{row['stage']}"),
        w(f"arm.{row.get('arm', 'all')}"),
        *(w("absent") if one is None else reading.number(one) for one in counts),
        str(row.get("reason") or w("absent")),
    )
