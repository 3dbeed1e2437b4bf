"""Love plot of a comparison that was built: how alike the groups were before, and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.axis import Axis, draw_axis, measure
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value
from evaluate.book.figures.frame.titled import titled, told
from evaluate.book.words import words

KIND = "comparison_balance"
NEAR, FAR = 0.1, 0.25
_LEAST, _MOST = 0.35, 2.0  # what the scale reaches at least, and at most: the rest is at its end
_DIGITS = 2
_ROUNDING = 1e-9
_NAMES, _NUMBERS, _KEY = 2.3, 1.0, 0.24
_NARROW_ROW, _TRACK = 0.43, 0.31  # a telephone's row, and how far down in it the marks lie
_BESIDE = 0.34  # of a word of the key: its mark and the gap after it
_SHOWN = (
    *("covariate", "mean_treated", "mean_comparison", "mean_treated_after"),
    *("mean_comparison_after", "difference", "difference_after", "variance_ratio"),
    *("variance_ratio_after", "distance", "distance_after", "category", "adjusted"),
)


@dataclass(frozen=True, slots=True)
class _Item:
    name: str
    before: float
    after: float
    row: Row

    @property
    def look(self) -> tuple[str, str]:
        """Return role and shape of the mark after."""
        if self.after <= NEAR + _ROUNDING:
            return "programme", "o"
        return ("comparison", "s") if self.after <= FAR + _ROUNDING else ("warning", "D")


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return each characteristic's difference before and after, the largest before first."""
    given = [
        (row, value(row.get("difference")), value(row.get("difference_after")))
        for row in reading.rows(KIND)
    ]
    items = [
        _Item(str(row.get("covariate")), abs(before), abs(after), row)
        for row, before, after in given
        if before is not None and after is not None
    ]
    if not items:
        return None
    items.sort(key=lambda one: (-one.before, -one.after, one.name))
    return _figure(reading, items, _drawn(reading, look, items))


def _drawn(reading: Reading, look: Look, items: Sequence[_Item]) -> str:
    reach = max(max(one.before, one.after) for one in items)
    most = min(max(_LEAST, reach), _MOST)
    lines = [wrap(one.name, _NAMES - 0.12, most=2) for one in items]
    depth = [_NARROW_ROW if look.narrow else 0.235 + LINE * (len(one) - 1) for one in lines]
    key = _key_lines(reading, look)
    head = _KEY * len(key) + 0.22
    canvas = Canvas(look, head + sum(depth) + 0.3, warning=reading.warning)
    _key(canvas, key)
    left, right = (0.08, 0.1) if look.narrow else (_NAMES, _NUMBERS + 0.14)
    scale = Axis(0.0, most * 1.04, left, look.width - right)
    _limits(canvas, reading, scale, (head, head + sum(depth)))
    y = head
    for one, name, high in zip(items, lines, depth, strict=True):
        if look.narrow:
            _narrow(canvas, reading, scale, one, y)
        else:
            canvas.lines(0, y + high / 2, name, bold=one.after > FAR + _ROUNDING)
            canvas.text(canvas.width, y + high / 2, _numbers(reading, one), align="right")
            _marks(canvas, scale, one, y + high / 2)
        y += high
    draw_axis(canvas, scale, y, measure([most], "", reading), sign=False)
    return canvas.svg()


def _key_lines(reading: Reading, look: Look) -> list[list[tuple[str, str, str | None, str]]]:
    """Return marks with their words, as many beside each other as there is room for."""
    w = words(reading.language)
    slots = {
        name: reading.number(limit, d) for name, limit, d in (("near", NEAR, 1), ("far", FAR, 2))
    }
    entries = (
        ("programme", "o", "page", "before"),
        ("programme", "o", None, "after"),
        ("comparison", "s", None, "between"),
        ("warning", "D", None, "beyond"),
    )
    found: list[list[tuple[str, str, str | None, str]]] = [[]]
    room = look.width
    for role, shape, fill, word in entries:
        text = w(f"figure.compared.{word}", **slots)
        wide = _BESIDE + width_of(text, SMALL)
        if wide - 0.22 > room:
            found.append([])
            room = look.width
        found[-1].append((role, shape, fill, text))
        room -= wide
    return found


def _key(canvas: Canvas, lines: Sequence[Sequence[tuple[str, str, str | None, str]]]) -> None:
    for i, line in enumerate(lines):
        x, y = 0.07, 0.1 + _KEY * i
        for role, shape, fill, text in line:
            canvas.marks([x], [y], role, shape=shape, size=6, fill=fill)
            canvas.text(x + 0.12, y, text, size=SMALL)
            x += _BESIDE + width_of(text, SMALL)


def _limits(canvas: Canvas, reading: Reading, scale: Axis, place: tuple[float, float]) -> None:
    """Draw the limits from top to bottom, on a telephone beside the marks alone."""
    top, bottom = place
    parts = [(top, bottom)]
    if canvas.look.narrow:
        rows = round((bottom - top) / _NARROW_ROW)
        lines = (top + _NARROW_ROW * i + _TRACK for i in range(rows))
        parts = [(y - 0.1, y + 0.1) for y in lines]
    for start, end in parts:
        canvas.box(scale.at(0), start, scale.at(NEAR) - scale.at(0), end - start, "wash")
        canvas.path([scale.at(0)] * 2, [start, end], "ink", width=0.9)
        for limit in (NEAR, FAR):
            canvas.path([scale.at(limit)] * 2, [start, end], "neutral", dash=(2.5, 2))
    for limit, digits, shift in ((NEAR, 1, 0.0), (FAR, 2, -0.06)):
        text, align = reading.number(limit, digits), "left" if shift else "center"
        canvas.text(scale.at(limit) + shift, top - 0.1, text, "soft", size=SMALL, align=align)


def _narrow(canvas: Canvas, reading: Reading, scale: Axis, one: _Item, y: float) -> None:
    """Draw a row of two lines: name and numbers, then the marks."""
    numbers = _numbers(reading, one)
    bold = one.after > FAR + _ROUNDING
    room = canvas.width - width_of(numbers, SMALL) - 0.25
    for line in wrap(one.name, room, size=SMALL, bold=bold, most=1):
        canvas.text(0.04, y + 0.1, line, size=SMALL, bold=bold)
    canvas.text(canvas.width, y + 0.1, numbers, "soft", size=SMALL, align="right")
    _marks(canvas, scale, one, y + _TRACK)


def _marks(canvas: Canvas, scale: Axis, one: _Item, y: float) -> None:
    """Draw the way from before to after; what lies beyond the scale is an arrow at its end."""
    start, end = (scale.at(min(size, scale.high)) for size in (one.before, one.after))
    role, shape = one.look
    canvas.path([start, end], [y, y], "neutral", width=1.1, order=1.5)
    before = ">" if one.before > scale.high else "o"
    canvas.marks([start], [y], "programme", shape=before, size=7.5, fill="page")
    after = ">" if one.after > scale.high else shape
    canvas.marks([end], [y], role, shape=after, size=5)


def _numbers(reading: Reading, one: _Item) -> str:
    before, after = (reading.number(size, _DIGITS) for size in (one.before, one.after))
    return f"{before} → {after}"


def _figure(reading: Reading, items: Sequence[_Item], svg: str) -> Figure:
    w = words(reading.language)
    near, far = reading.number(NEAR, 1), reading.number(FAR, 2)
    before, after = (
        sum(size > NEAR + _ROUNDING for size in sizes)
        for sizes in ([one.before for one in items], [one.after for one in items])
    )
    last = max(items, key=lambda one: one.after)
    return Figure(
        svg=svg,
        title=w("figure.compared.title", n=after, all=len(items), near=near, before=before),
        subtitle=w("figure.compared.sub"),
        alt=w(
            "figure.compared.alt",
            all=len(items),
            near=near,
            far=far,
            first=reading.number(items[0].before, _DIGITS),
            name=items[0].name,
            last=reading.number(last.after, _DIGITS),
            other=last.name,
        ),
        header=_header(reading),
        rows=tuple(_cells(reading, one) for one in items),
        note=reading.note(w("figure.compared.note", near=near, far=far)),
    )


def _header(reading: Reading) -> tuple[str, ...]:
    table = reading.table(KIND)
    labels = {one.name: one.label for one in table.columns} if table else {}
    return tuple(reading.text(labels.get(one), one) for one in _SHOWN)


def _cells(reading: Reading, one: _Item) -> tuple[str, ...]:
    table, title = reading.table(KIND), titled(reading, KIND)
    columns = {each.name: each for each in table.columns} if table else {}
    return tuple(
        _category(reading, one.row)
        if name == "category"
        else told(reading, columns[name], one.row.get(name), title)
        for name in _SHOWN
    )


def _category(reading: Reading, row: Row) -> str:
    key = f"category.{row.get('category')}"
    return reading.words(key) if key in reading.words else reading.words("absent")
