"""Love plot: how alike the groups were at the start, on the limits that decide what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.axis import Axis, draw_axis, measure
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value

KIND = "balance"
NEAR, FAR = 0.05, 0.25
_DIGITS = 2


@dataclass(frozen=True, slots=True)
class _Item:
    name: str
    size: float
    lines: tuple[str, ...]
    row: Row


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return every characteristic's difference, largest first."""
    column = 1.6 if look.narrow else 2.4
    items = [
        _Item(name, abs(size), wrap(name, column - 0.1, most=2), row)
        for row in reading.rows("balance")
        if (size := value(row.get("difference"))) is not None
        for name in [str(row.get("covariate"))]
    ]
    if not items:
        return None
    items.sort(key=lambda one: -one.size)
    depth = [LINE * (len(one.lines) - 1) + 0.235 for one in items]
    head = 0.44 if look.narrow else 0.26
    canvas = Canvas(look, head + sum(depth) + 0.3, warning=reading.warning)
    most = max(0.3, items[0].size)
    right = look.width - 0.14 - (0.0 if look.narrow else 0.4)
    scale = Axis(0.0, most * 1.03, column, right)
    _limits(canvas, reading, scale, (head, head + sum(depth)))
    y = head
    for one, high in zip(items, depth, strict=True):
        _item(canvas, reading, scale, one, y + high / 2)
        y += high
    how = measure([most], "", reading)
    draw_axis(canvas, scale, y, how, sign=False)
    return _figure(reading, items, canvas.svg())


def _limits(canvas: Canvas, reading: Reading, scale: Axis, place: tuple[float, float]) -> None:
    """Draw the limits, and name what lies between them; names step down where they would meet."""
    top, bottom = place
    canvas.box(scale.at(0), top, scale.at(NEAR) - scale.at(0), bottom - top, "wash")
    canvas.path([scale.at(0)] * 2, [top, bottom], "ink", width=0.9)
    for limit in (NEAR, FAR):
        x = scale.at(limit)
        canvas.path([x, x], [top - 0.05, bottom], "neutral", dash=(2.5, 2))
    labels = [reading.words(f"balance.{one}") for one in ("fine", "adjust", "far")]
    if canvas.look.narrow:
        for limit in (NEAR, FAR):
            text = reading.number(limit, _DIGITS)
            canvas.text(scale.at(limit), top - 0.13, text, "soft", size=SMALL, align="center")
        _narrow_names(canvas, labels)
        return
    fine, adjust, far = labels
    canvas.text(scale.at(NEAR) - 0.06, 0.1, fine, "soft", size=SMALL + 0.2, align="right")
    canvas.text(scale.at(NEAR) + 0.06, 0.1, adjust, "soft", size=SMALL + 0.2)
    x = scale.at(FAR) + 0.06
    if x + width_of(far, SMALL + 0.2) <= canvas.width:
        canvas.text(x, 0.1, far, "soft", size=SMALL + 0.2)
    else:
        canvas.text(canvas.width, 0.1, far, "soft", size=SMALL + 0.2, align="right")


def _narrow_names(canvas: Canvas, labels: Sequence[str]) -> None:
    whole = " | ".join(labels)
    for line in wrap(whole, canvas.width, size=SMALL, most=1):
        canvas.text(canvas.width, 0.09, line, "soft", size=SMALL, align="right")


def _item(canvas: Canvas, reading: Reading, scale: Axis, one: _Item, y: float) -> None:
    beyond = one.size > FAR
    role = "warning" if beyond else "programme" if one.size <= NEAR else "comparison"
    canvas.lines(0, y, one.lines, bold=beyond)
    x = scale.at(one.size)
    canvas.path([scale.at(0), x], [y, y], "rule", width=1.2, order=1.5)
    adjusted = one.row.get("adjusted") is True
    fill = "page" if role == "comparison" and not adjusted else None
    shape = "D" if beyond else "s" if role == "comparison" else "o"
    canvas.marks([x], [y], role, shape=shape, size=6, fill=fill)
    if not canvas.look.narrow:
        text = reading.number(one.size, _DIGITS)
        canvas.text(canvas.width, y, text, "ink" if one.size > NEAR else "soft", align="right")


def _figure(reading: Reading, items: Sequence[_Item], svg: str) -> Figure:
    w = reading.words
    near, far = (sum(one.size > limit for one in items) for limit in (NEAR, FAR))
    key = "balance.title_far" if far else "balance.title" if near else "balance.title_none"
    most = reading.number(items[0].size, _DIGITS)
    return Figure(
        svg=svg,
        title=w(key, n=near, all=len(items), far=far),
        subtitle=w("balance.sub"),
        alt=w("balance.alt", all=len(items), most=most, name=items[0].name),
        header=tuple(
            w(f"col.{one}") for one in ("covariate", "std_difference", "category", "adjusted")
        ),
        rows=tuple(_row(reading, one) for one in items),
        note=reading.note(w("balance.note")),
    )


def _row(reading: Reading, one: _Item) -> tuple[str, ...]:
    w, category = reading.words, f"category.{one.row.get('category')}"
    size = reading.number(value(one.row.get("difference")) or 0.0, _DIGITS, sign=True)
    adjusted = one.row.get("adjusted")
    inside = w("absent") if adjusted is None else w("yes" if adjusted else "no")
    return (one.name, size, w(category) if category in w else w("absent"), inside)
