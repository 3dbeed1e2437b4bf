"""How many were lost, and how unevenly, against the boundary of the What Works Clearinghouse."""

from __future__ import annotations

from collections.abc import Sequence

from evaluate.book.figures.frame.axis import Axis
from evaluate.book.figures.frame.canvas import LINE, NORMAL, SMALL, Canvas, width_of
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value

KIND = "attrition"
# Highest difference in percentage points that is still low, at overall attrition of 0, 1, 2, ...
# per cent. What Works Clearinghouse Standards Handbook 4.1 (2020), table II.1; kept in 5.0 (2022).
CAUTIOUS: tuple[float, ...] = (
    *(5.7, 5.8, 5.9, 5.9, 6.0, 6.1, 6.2, 6.3, 6.3, 6.3),
    *(6.3, 6.2, 6.2, 6.1, 6.0, 5.9, 5.9, 5.8, 5.7, 5.5),
    *(5.4, 5.3, 5.2, 5.1, 4.9, 4.8, 4.7, 4.5, 4.4, 4.3),
    *(4.1, 4.0, 3.8, 3.6, 3.5, 3.3, 3.2, 3.1, 2.9, 2.8),
    *(2.6, 2.5, 2.3, 2.1, 2.0, 1.8, 1.6, 1.5, 1.3, 1.2),
    *(1.0, 0.9, 0.7, 0.6, 0.4, 0.3, 0.2, 0.0),
)
OPTIMISTIC: tuple[float, ...] = (
    *(10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.7, 10.8, 10.9, 10.9),
    *(10.9, 10.9, 10.9, 10.8, 10.8, 10.7, 10.6, 10.5, 10.3, 10.2),
    *(10.0, 9.9, 9.7, 9.5, 9.4, 9.2, 9.0, 8.8, 8.6, 8.4),
    *(8.2, 8.0, 7.8, 7.6, 7.4, 7.2, 7.0, 6.7, 6.5, 6.3),
    *(6.0, 5.8, 5.6, 5.3, 5.1, 4.9, 4.6, 4.4, 4.2, 3.9),
    *(3.7, 3.5, 3.2, 3.0, 2.8, 2.6, 2.3, 2.1, 1.9, 1.6),
    *(1.4, 1.1, 0.9, 0.7, 0.5, 0.3),
)
_Box = tuple[float, float, float, float]  # left, top, right, bottom
_HALF_LINE = 0.09
_LEFT, _TOP, _HIGH = 0.34, 0.3, 2.0
_FAR, _STEEP = 70, 20  # where an axis needs other ticks, per cent and points
_FAREST = 65.0  # per cent, the end of the optimistic boundary


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return the point of this study and both boundaries."""
    rows = {str(row.get("arm")): row for row in reading.rows("attrition")}
    overall = value(rows.get("overall", {}).get("attrition"))
    apart = value(rows.get("differential", {}).get("attrition"))
    if overall is None or apart is None or overall <= 0:
        return None
    limit = value(rows["differential"].get("boundary_cautious"))
    canvas = Canvas(look, _TOP + _HIGH + 0.48, warning=reading.warning)
    point = (100 * overall, 100 * abs(apart))
    across = Axis(0.0, max(_FAREST + 2, point[0] * 1.04), _LEFT, look.width - 0.12)
    up = Axis(0.0, max(12.6, point[1] * 1.1), _TOP + _HIGH, _TOP)
    _boundaries(canvas, across, up)
    _axes(canvas, reading, across, up)
    low = limit is not None and abs(apart) <= limit + 1e-8
    taken = _point(canvas, reading, across, up, point)
    _names(canvas, reading, across, up, taken)
    return _figure(reading, list(rows.values()), (overall, abs(apart), limit), low, canvas.svg())


def _boundaries(canvas: Canvas, across: Axis, up: Axis) -> None:
    for points, role, dash in ((CAUTIOUS, "programme", None), (OPTIMISTIC, "neutral", (4.0, 2.0))):
        xs = [across.at(i) for i in range(len(points))]
        ys = [up.at(one) for one in points]
        if role == "programme":
            canvas.area([*xs, xs[0]], [*ys, up.at(0)], "band")
        canvas.path(xs, ys, role, width=1.6, dash=dash)


def _names(canvas: Canvas, reading: Reading, across: Axis, up: Axis, taken: _Box) -> None:
    """Name the curves on their outer sides, and the sides of the boundary, off the point."""
    w, size = reading.words, SMALL + 0.4
    for points, key, role, at in (
        (CAUTIOUS, "cautious", "programme", (33, 22, 44, 12, 2)),
        (OPTIMISTIC, "optimistic", "soft", (36, 26, 46, 16, 2)),
    ):
        text = w(f"attrition.{key}")
        spots = [(across.at(i), up.at(points[i]) - 0.16) for i in at]
        x, y = _free(spots, width_of(text, size), taken)
        canvas.text(x, y, text, role, size=size)
    low, high = w("attrition.word_low"), w("attrition.word_high")
    spots = [(across.at(i), up.at(0) - deep) for i in (1.2, 22) for deep in (0.14, 0.72)]
    canvas.text(*_free(spots, width_of(low, NORMAL, True), taken), low, "programme", bold=True)
    wide = width_of(high, NORMAL, True)
    spots = [(across.right - wide, up.at(share * up.high)) for share in (0.76, 0.94, 0.58)]
    canvas.text(*_free(spots, wide, taken), high, "soft", bold=True)


def _free(spots: Sequence[tuple[float, float]], wide: float, taken: _Box) -> tuple[float, float]:
    """Return the first place for a line of text that keeps off the box, else the first."""
    left, top, right, bottom = taken
    return next(
        (
            (x, y)
            for x, y in spots
            if x > right or x + wide < left or y - _HALF_LINE > bottom or y + _HALF_LINE < top
        ),
        spots[0],
    )


def _axes(canvas: Canvas, reading: Reading, across: Axis, up: Axis) -> None:
    floor = up.at(0)
    canvas.path([across.left, across.right], [floor, floor], "soft", width=0.7)
    end = 100 if across.high > _FAR else 60
    for tick in range(0, min(end, int(across.high)) + 1, 20):
        x = across.at(tick)
        canvas.path([x, x], [floor, floor + 0.045], "soft", width=0.7)
        label = reading.percent(tick / 100)
        canvas.text(canvas.inside(x, label), floor + 0.15, label, "soft", size=9, align="center")
    canvas.text(_LEFT, floor + 0.36, reading.words("attrition.x"), "soft", size=9)
    canvas.text(0, 0.1, reading.words("attrition.y"), "soft", size=9)
    step = 4 if up.high <= _STEEP else 20
    for tick in range(0, int(up.high) + 1, step):
        text = reading.number(tick)
        canvas.text(_LEFT - 0.1, up.at(tick), text, "soft", size=9, align="right")


def _point(
    canvas: Canvas, reading: Reading, across: Axis, up: Axis, point: tuple[float, float]
) -> _Box:
    """Mark this study and say where it is; return what the mark and its words cover."""
    w = reading.words
    x, y = across.at(point[0]), up.at(point[1])
    canvas.marks([x], [y], "ink", shape="D", size=7.5)
    lines = (
        w("attrition.here", overall=reading.percent(point[0] / 100, 1)),
        w("attrition.apart", apart=reading.number(point[1], 1)),
    )
    wide = max(width_of(one, NORMAL, True) for one in lines)
    right = x + 0.14 + wide <= canvas.width
    middle = min(max(y, _TOP + 0.1), up.at(0) - 0.16)
    where = x + 0.14 if right else x - 0.14
    canvas.lines(where, middle, lines, bold=True, align="left" if right else "right")
    left, end = (x - 0.1, where + wide) if right else (where - wide, x + 0.1)
    return left - 0.05, min(y, middle - LINE) - 0.06, end + 0.05, max(y, middle + LINE) + 0.02


def _figure(
    reading: Reading,
    rows: Sequence[Row],
    sizes: tuple[float, float, float | None],
    low: bool,
    svg: str,
) -> Figure:
    w, (overall, apart, limit) = reading.words, sizes
    slots = {"overall": reading.percent(overall, 1), "apart": reading.number(100 * apart, 1)}
    ceiling = w("absent") if limit is None else reading.percent(limit, 1)
    return Figure(
        svg=svg,
        title=w("attrition.low" if low else "attrition.high", **slots),
        subtitle=w("attrition.sub"),
        alt=w("attrition.alt", limit=ceiling, **slots),
        header=tuple(w(f"col.{one}") for one in ("arm", "assigned", "observed", "lost", "limit")),
        rows=tuple(_row(reading, row) for row in rows),
        note=reading.note(w("attrition.note")),
    )


def _row(reading: Reading, row: Row) -> tuple[str, ...]:
    w = reading.words
    counts = (value(row.get(one)) for one in ("n_assigned", "n_obs"))
    shares = (value(row.get(one)) for one in ("attrition", "boundary_cautious"))
    name = f"arm.{row.get('arm')}"
    return (
        w(name) if name in w else str(row.get("arm")),
        *(w("absent") if one is None else reading.number(one) for one in counts),
        *(w("absent") if one is None else reading.percent(one, 1) for one in shares),
    )
