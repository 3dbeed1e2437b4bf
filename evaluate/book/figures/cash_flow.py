"""Who is paid back, and when: the running sum of present values, payer by payer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.axis import Axis, Measure, axis, tick_labels, ticks
from evaluate.book.figures.frame.canvas import LINE, NORMAL, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.money import SOCIETY, accounts, per, sums
from evaluate.book.figures.frame.palette import as_text
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value
from evaluate.book.numbers import number

KIND = "cash_flow"
_HIGH = 2.3
_MANY = 5
_DASH = (2.5, 1.4)
_TWO_YEARS = 2
_MOST_DIGITS = 9
_NEAR = 0.06  # inches within which a name needs no line to its end


@dataclass(frozen=True, slots=True)
class _Line:
    payer: str
    name: str
    years: tuple[int, ...]
    sums: tuple[float, ...]
    beyond: tuple[bool, ...]

    @property
    def role(self) -> str:
        if self.payer == SOCIETY:
            return "ink"
        return "comparison" if self.sums[-1] < 0 else "programme"


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return one line for each payer; nothing for fewer than two years."""
    lines = _lines(reading)
    years = sorted({year for one in lines for year in one.years})
    if len(years) < _TWO_YEARS:
        return None
    how = sums(reading, [x for one in lines for x in one.sums])
    room = _room(lines, how, look)
    labels = [(*wrap(x.name, room, bold=True, most=2), _sum(x, how)) for x in lines]
    high = max(_HIGH, 0.08 + sum(LINE * len(texts) + 0.05 for texts in labels))
    canvas = Canvas(look, high + 0.56, warning=reading.warning)
    values = [x for one in lines for x in one.sums]
    down = axis(values, high + 0.06, 0.06, room=0.04)
    left = _margin(canvas, down, how)
    right = look.width - room - 0.16
    across = Axis(years[0], years[-1], left, right)
    _beyond(canvas, reading, across, (high + 0.06, reading.rows("cash_flow")))
    _grid(canvas, down, across, how)
    _years(canvas, reading, across, high + 0.06)
    _draw(canvas, reading, lines, across, down)
    _ends(canvas, lines, labels, right + 0.1, down)
    return _figure(reading, lines, how, years, canvas.svg())


def _lines(reading: Reading) -> list[_Line]:
    found: dict[str, list[tuple[int, float, bool]]] = {}
    for row in reading.rows("cash_flow"):
        year, total = value(row.get("year")), value(row.get("cumulative"))
        if year is not None and total is not None:
            found.setdefault(str(row.get("payer")), []).append(
                (int(year), total, row.get("extrapolated") is True)
            )
    lines = []
    for payer, points in found.items():
        years, totals, beyond = zip(*sorted(points), strict=True)
        lines.append(_Line(payer, reading.payer(payer), years, totals, beyond))
    return sorted(lines, key=lambda one: one.payer == SOCIETY)


def _sum(one: _Line, how: Measure) -> str:
    return how.text(one.sums[-1], sign=True)


def _room(lines: Sequence[_Line], how: Measure, look: Look) -> float:
    """Return inches for names: the longest word or sum, within what leaves room for lines."""
    words = [word for one in lines for word in (*one.name.split(" "), _sum(one, how))]
    least, most = (0.9, 1.62) if look.narrow else (1.6, 2.2)
    return min(most, max(least, *(width_of(word, NORMAL, True) + 0.02 for word in words)))


def _marks(canvas: Canvas, down: Axis, how: Measure) -> list[tuple[float, str]]:
    """Return the values of the grid, with one number of decimals."""
    found = ticks(down.low * how.factor, down.high * how.factor, 6)
    upright = Axis(down.low, down.high, 1.0, 50.0)  # far apart: upright labels do not meet
    digits = max(
        (len(t.partition(_point(how))[2]) for _, t in tick_labels(canvas, upright, how)), default=0
    )
    step = found[1] - found[0] if len(found) > 1 else 1.0
    while digits < _MOST_DIGITS and abs(round(step, digits) - step) > 1e-9 * abs(step):
        digits += 1
    return [
        (one / how.factor, number(one, how.language, digits=digits, sign=True) if one else "0")
        for one in found
    ]


def _point(how: Measure) -> str:
    return "." if how.language == "en" else ","


def _margin(canvas: Canvas, down: Axis, how: Measure) -> float:
    return max(width_of(label, 9) for _, label in _marks(canvas, down, how)) + 0.1


def _grid(canvas: Canvas, down: Axis, across: Axis, how: Measure) -> None:
    for mark, label in _marks(canvas, down, how):
        y = down.at(mark)
        role, width = ("ink", 0.9) if label == "0" else ("rule", 0.7)
        canvas.path([across.left, across.right], [y, y], role, width=width, order=1.5)
        canvas.text(across.left - 0.1, y, label, "soft", size=9, align="right")


def _years(canvas: Canvas, reading: Reading, across: Axis, y: float) -> None:
    canvas.path([across.left, across.right], [y, y], "soft", width=0.7)
    most = min(8 if not canvas.look.narrow else 5, int(across.high - across.low))
    for year in ticks(across.low, across.high, most):
        if year != int(year):
            continue
        x = across.at(year)
        canvas.path([x, x], [y, y + 0.045], "soft", width=0.7)
        canvas.text(x, y + 0.15, reading.number(year), "soft", size=9, align="center")
    canvas.text(across.left, y + 0.36, reading.words("cash.axis"), "soft", size=9)


def _beyond(
    canvas: Canvas, reading: Reading, across: Axis, place: tuple[float, Sequence[Row]]
) -> None:
    """Shade the years that no follow-up has seen."""
    bottom, rows = place
    seen = [value(row.get("year")) for row in rows if row.get("extrapolated") is True]
    first = min((one for one in seen if one is not None), default=None)
    if first is None:
        return
    x = across.at(max(across.low, first - 0.5))
    canvas.box(x, 0.0, across.right - x, bottom, "wash")
    label = reading.words("cash.beyond")
    start = max(x, across.left + width_of(reading.words("cash.axis"), 9) + 0.15)
    if start + width_of(label, SMALL) <= canvas.width:
        canvas.text(start, bottom + 0.36, label, "soft", size=SMALL)


def _draw(
    canvas: Canvas, reading: Reading, lines: Sequence[_Line], across: Axis, down: Axis
) -> None:
    for one in lines:
        xs = [across.at(year) for year in one.years]
        ys = [down.at(total) for total in one.sums]
        width = 2.4 if one.payer == SOCIETY else 1.6 if len(lines) <= _MANY else 1.2
        seen = next((i for i, past in enumerate(one.beyond) if past), len(xs))
        canvas.path(xs[:seen], ys[:seen], one.role, width=width)
        if seen < len(xs):
            rest = max(seen - 1, 0)
            canvas.path(xs[rest:], ys[rest:], one.role, width=width, dash=_DASH)
        canvas.marks([xs[-1]], [ys[-1]], one.role, shape="s" if one.sums[-1] < 0 else "o", size=5)
    society = next((one for one in lines if one.payer == SOCIETY), None)
    year = _payback(society) if society else None
    if year is not None:
        x = across.at(year)
        canvas.marks([x], [down.at(0)], "ink", fill="page", size=7)
        text = reading.words("cash.year", n=year)
        wide = width_of(text, NORMAL, True)
        start = min(x + 0.1, across.right - wide)
        canvas.text(start, down.at(0) + 0.15, text, bold=True)


def _payback(one: _Line) -> int | None:
    """Return the first year from which the sum stays at zero or above, if it began below."""
    behind = [i for i, total in enumerate(one.sums) if total < 0]
    if not behind or behind[-1] == len(one.sums) - 1:
        return None
    return one.years[behind[-1] + 1]


def _ends(
    canvas: Canvas,
    lines: Sequence[_Line],
    labels: Sequence[tuple[str, ...]],
    x: float,
    down: Axis,
) -> None:
    """Write each line's name at its end; names that would meet are pushed apart."""
    order = sorted(range(len(lines)), key=lambda i: down.at(lines[i].sums[-1]))
    sizes = [LINE * len(labels[i]) + 0.03 for i in order]
    tops = _apart([down.at(lines[i].sums[-1]) for i in order], sizes, (0.0, down.left + 0.1))
    for i, size, top in zip(order, sizes, tops, strict=True):
        one, role = lines[i], as_text(lines[i].role)
        middle = top + size / 2
        y = down.at(one.sums[-1])
        if abs(middle - y) > _NEAR:
            canvas.path([x - 0.09, x - 0.03], [y, middle], "neutral", width=0.7)
        canvas.lines(x, middle, labels[i], role, bold=True)


def _apart(
    middles: Sequence[float], sizes: Sequence[float], room: tuple[float, float]
) -> list[float]:
    """Return tops of boxes near their middles, in order, that do not overlap."""
    tops: list[float] = []
    edge = room[0]
    for middle, size in zip(middles, sizes, strict=True):
        tops.append(max(edge, middle - size / 2))
        edge = tops[-1] + size
    edge = room[1]
    for i in range(len(tops) - 1, -1, -1):
        tops[i] = min(tops[i], edge - sizes[i])
        edge = tops[i]
    return tops


def _title(reading: Reading, lines: Sequence[_Line], years: Sequence[int]) -> str:
    w = reading.words
    one = next((line for line in lines if line.payer == SOCIETY), lines[-1])
    span = years[-1] - years[0]
    account = next((this for this in accounts(reading) if this.payer == one.payer), None)
    ends = (account.low, account.high) if account else (None, None)
    if ends[0] is not None and ends[1] is not None and ends[0] <= 0 <= ends[1]:
        return w("cash.unsure", n=span)
    if min(one.sums) >= 0:
        return w("cash.ahead")
    year = _payback(one)
    if year is None:
        return w("cash.turns" if one.sums[0] >= 0 else "cash.never", n=span)
    return w("cash.back_one" if year == 1 else "cash.back", n=year)


def _figure(
    reading: Reading,
    lines: Sequence[_Line],
    how: Measure,
    years: Sequence[int],
    svg: str,
) -> Figure:
    w = reading.words
    every = ", ".join(f"{one.name} {how.text(one.sums[-1], sign=True)}" for one in lines)
    shown = sorted({years[round(i * (len(years) - 1) / 5)] for i in range(6)})
    return Figure(
        svg=svg,
        title=_title(reading, lines, years),
        subtitle=w("cash.sub", per=per(reading, how)),
        alt=w("cash.alt", n=years[-1] - years[0], all=every),
        header=(w("col.payer"), *(w("col.year", n=year) for year in shown)),
        rows=tuple(_row(reading, one, how, shown) for one in lines),
        note=reading.note(w("cash.note")),
    )


def _row(reading: Reading, one: _Line, how: Measure, shown: Sequence[int]) -> tuple[str, ...]:
    at: Mapping[int, float] = dict(zip(one.years, one.sums, strict=True))
    dash = reading.words("absent")
    return (one.name, *(how.text(at[y], sign=True) if y in at else dash for y in shown))
