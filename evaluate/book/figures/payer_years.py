"""Who pays and gains when: present values by payer and year, society's at the foot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.axis import Measure
from evaluate.book.figures.frame.canvas import LINE, NORMAL, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.cells import shade, text_on
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.money import SOCIETY, per, sums
from evaluate.book.figures.frame.reading import Figure, Reading, value

KIND = "payer_years"
_TWO_YEARS, _MANY = 2, 12
_BLOCKS = (1, 5, 10, 20, 50)
_NAMES, _HEAD, _CELL, _GAP = 1.75, 0.24, 0.3, 0.02


@dataclass(frozen=True, slots=True)
class _Payer:
    key: str
    name: str
    years: dict[int, float]

    def within(self, block: range) -> float | None:
        """Return the sum over a block of years; nothing where the payer has none of them."""
        found = [self.years[year] for year in block if year in self.years]
        return sum(found) if found else None

    @property
    def total(self) -> float:
        return sum(self.years.values())


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the cells stand: inches of the first one's left edge, and of each one's width."""

    left: float
    wide: float
    blocks: tuple[range, ...]


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return a cell for each payer and year, or block of years; nothing for fewer than two."""
    payers, beyond = _read(reading)
    years = sorted({year for one in payers for year in one.years})
    if len(years) < _TWO_YEARS:
        return None
    told = _blocks(years, 1 if len(years) <= _MANY else 5)
    how = sums(reading, [x for one in payers for x in _values(one, told)])
    grid = _grid(reading, payers, years, how, look)
    names = [_name(one, look) for one in payers]
    high = [_high(lines, look) for lines in names]
    canvas = Canvas(look, _HEAD + sum(high) + 0.08, warning=reading.warning)
    _heads(canvas, reading, grid)
    largest = max(abs(x) for one in payers for x in _values(one, grid.blocks))
    y = _HEAD
    for one, lines, deep in zip(payers, names, high, strict=True):
        if one.key == SOCIETY:
            canvas.path([0, look.width], [y + 0.01, y + 0.01], "soft", width=0.7)
        _row(canvas, one, lines, (y, deep, largest), (grid, how, beyond))
        y += deep
    return _figure(reading, payers, told, (how, beyond), canvas.svg())


def _read(reading: Reading) -> tuple[list[_Payer], set[int]]:
    """Return the payers' present values by year, society last, and the years beyond follow-up."""
    found: dict[str, dict[int, float]] = {}
    beyond = set()
    for row in reading.rows("cash_flow"):
        year, amount = value(row.get("year")), value(row.get("value"))
        if year is None or amount is None:
            continue
        found.setdefault(str(row.get("payer")), {})[int(year)] = amount
        if row.get("extrapolated") is True:
            beyond.add(int(year))
    payers = [_Payer(key, reading.payer(key), years) for key, years in found.items()]
    return sorted(payers, key=lambda one: one.key == SOCIETY), beyond


def _blocks(years: Sequence[int], size: int) -> tuple[range, ...]:
    last = years[-1]
    return tuple(
        range(first, min(first + size, last + 1)) for first in range(years[0], last + 1, size)
    )


def _values(one: _Payer, blocks: Sequence[range]) -> list[float]:
    found = (one.within(block) for block in blocks)
    return [one.total, *(x for x in found if x is not None)]


def _grid(
    reading: Reading, payers: Sequence[_Payer], years: Sequence[int], how: Measure, look: Look
) -> _Grid:
    """Return the finest blocks of years whose sums fit their cells."""
    left = 0.0 if look.narrow else _NAMES + 0.1
    sides = [how.text(one.total, sign=True) for one in payers]
    sides.append(reading.words("years.sum"))
    right = 0.0 if look.narrow else max(width_of(one, NORMAL, True) for one in sides) + 0.12
    room = look.width - left - right
    for size in _BLOCKS:
        blocks = _blocks(years, size)
        wide = min(room / len(blocks), 1.1)
        texts = [how.text(x, sign=True) for one in payers for x in _values(one, blocks)[1:]]
        texts += [_span(reading, block) for block in blocks]
        widest = max(width_of(one, SMALL) for one in texts) + 0.08
        if (len(blocks) <= _MANY and widest <= wide) or len(blocks) == 1:
            break
    return _Grid(left, wide, blocks)


def _span(reading: Reading, block: range) -> str:
    if len(block) == 1:
        return reading.number(block[0])
    return reading.words("years.span", first=block[0], last=block[-1])


def _name(one: _Payer, look: Look) -> tuple[str, ...]:
    if look.narrow:
        return wrap(one.name, look.width - 1.2, bold=one.key == SOCIETY, most=2)
    return wrap(one.name, _NAMES, bold=one.key == SOCIETY, most=2)


def _high(lines: Sequence[str], look: Look) -> float:
    if look.narrow:
        return LINE * len(lines) + _CELL + 0.1
    return max(_CELL, LINE * len(lines)) + 0.05


def _heads(canvas: Canvas, reading: Reading, grid: _Grid) -> None:
    for i, block in enumerate(grid.blocks):
        x = grid.left + grid.wide * (i + 0.5)
        canvas.text(x, 0.1, _span(reading, block), "soft", size=SMALL, align="center")
    if not canvas.look.narrow:
        word = reading.words("years.sum")
        canvas.text(canvas.width, 0.1, word, "soft", size=SMALL, align="right")


def _row(
    canvas: Canvas,
    one: _Payer,
    lines: Sequence[str],
    place: tuple[float, float, float],
    how_: tuple[_Grid, Measure, set[int]],
) -> None:
    (top, deep, largest), (grid, how, beyond) = place, how_
    narrow, bold = canvas.look.narrow, one.key == SOCIETY
    head = LINE * len(lines) if narrow else 0.0
    middle = top + 0.03 + head / 2 if narrow else top + deep / 2
    canvas.lines(0, middle + (0.03 if narrow else 0), lines, bold=bold)
    total = how.text(one.total, sign=True)
    role = "comparison_text" if one.total < 0 else "ink"
    canvas.text(
        canvas.width, middle + (0.03 if narrow else 0), total, role, bold=bold, align="right"
    )
    y = top + head + 0.05 if narrow else middle - _CELL / 2
    for i, block in enumerate(grid.blocks):
        amount = one.within(block)
        if amount is None:
            continue
        x = grid.left + grid.wide * i
        past = any(year in beyond for year in block)
        cell = (x + _GAP, y + _GAP, grid.wide - 2 * _GAP, _CELL - 2 * _GAP)
        canvas.cell(cell, shade(canvas, amount, largest), "neutral", dash=past)
        text, on = how.text(amount, sign=True), text_on(canvas, amount, largest)
        canvas.text(x + grid.wide / 2, y + _CELL / 2, text, on, size=SMALL, align="center")


def _title(reading: Reading, payers: Sequence[_Payer], blocks: Sequence[range]) -> str:
    """Return who pays most when, and who gains most when."""
    parties = [one for one in payers if one.key != SOCIETY] or payers
    cells = [
        (amount, one.name, block)
        for one in parties
        for block in blocks
        if (amount := one.within(block)) is not None
    ]
    least = min(cells, key=lambda cell: cell[0])
    most = max(cells, key=lambda cell: cell[0])
    said = {
        "payer": least[1],
        "year": _when(reading, least[2]),
        "gainer": most[1],
        "gained": _when(reading, most[2]),
    }
    if least[0] < 0 < most[0]:
        return reading.words("years.both", **said)
    if most[0] > 0:
        return reading.words("years.gain", **said)
    return reading.words("years.pay" if least[0] < 0 else "years.nothing", **said)


def _when(reading: Reading, block: range) -> str:
    key = "years.one" if len(block) == 1 else "years.some"
    return reading.words(key, span=_span(reading, block))


def _figure(
    reading: Reading,
    payers: Sequence[_Payer],
    blocks: Sequence[range],
    rest: tuple[Measure, set[int]],
    svg: str,
) -> Figure:
    w, (how, beyond) = reading.words, rest
    every = ", ".join(f"{one.name} {how.text(one.total, sign=True)}" for one in payers)
    dash = w("absent")
    rows = []
    for one in payers:
        found = [one.within(block) for block in blocks]
        cells = (dash if x is None else how.text(x, sign=True) for x in (*found, one.total))
        rows.append((one.name, *cells))
    heads = (_when(reading, block).capitalize() for block in blocks)
    return Figure(
        svg=svg,
        title=_title(reading, payers, blocks),
        subtitle=w("years.sub", per=per(reading, how)),
        alt=w("years.alt", title=_title(reading, payers, blocks), all=every),
        header=(w("col.payer"), *heads, w("years.sum")),
        rows=tuple(rows),
        note=reading.note(w("years.note"), w("years.beyond") if beyond else ""),
    )
