"""Scores of two groups back to back, in ranges that hold an equal part of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value
from evaluate.book.figures.frame.titled import whole
from evaluate.book.words import words

KIND = "comparison_overlap"
_ROW, _BAR, _HEAD = 0.27, 0.19, 0.3
_FINE = 0.01  # ranges narrower than this have a decimal more
_SAME = 1e-6
_SIDES = ("comparison", "treated")


@dataclass(frozen=True, slots=True)
class _Range:
    low: float
    high: float
    before: dict[str, float]
    after: dict[str, float]


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return bars of both groups in each range of scores, the highest range first."""
    found = [one for row in reading.rows(KIND) if (one := _range(row)) is not None]
    if not found:
        return None
    found.reverse()
    return _figure(reading, found, _drawn(reading, look, found))


def _range(row: Row) -> _Range | None:
    low, high = value(row.get("low")), value(row.get("high"))
    before, after = (_shares(row, end) for end in ("", "_after"))
    if low is None or high is None or len(before) < len(_SIDES):
        return None
    return _Range(low, high, before, after if len(after) == len(_SIDES) else {})


def _shares(row: Row, end: str) -> dict[str, float]:
    given = {side: value(row.get(f"share_{side}{end}")) for side in _SIDES}
    return {side: max(share, 0.0) for side, share in given.items() if share is not None}


def _named(reading: Reading, ranges: Sequence[_Range]) -> list[str]:
    digits = 3 if any(one.high - one.low < _FINE for one in ranges) else 2
    w = words(reading.language)
    least = 10.0**-digits
    return [
        f"<{reading.number(least, digits)}"
        if one.high < least
        else w(
            "figure.overlap.range",
            low=reading.number(one.low, digits),
            high=reading.number(one.high, digits),
        )
        for one in ranges
    ]


def _drawn(reading: Reading, look: Look, ranges: Sequence[_Range]) -> str:
    w, names = words(reading.language), _named(reading, ranges)
    score = w("figure.overlap.score")
    column = max(width_of(one, SMALL) for one in (*names, score)) + 0.14
    numbers = width_of(reading.percent(1.0), SMALL) + 0.08
    middle = column + (look.width - column) / 2
    most = max(max((*one.before.values(), *one.after.values())) for one in ranges) or 1.0
    unit = (look.width - middle - numbers - 0.04) / most
    heads = [
        wrap(w(f"figure.overlap.{side}"), look.width - middle - 0.1, size=SMALL, bold=True, most=2)
        for side in _SIDES
    ]
    key = _has_after(ranges)
    top = (0.26 if key else 0.0) + _HEAD + LINE * (max(map(len, heads)) - 1)
    canvas = Canvas(look, top + _ROW * len(ranges) + 0.08, warning=reading.warning)
    if key:
        _key(canvas, reading)
    y = top - 0.16
    canvas.text(0, y, score, "soft", size=SMALL)
    shift = LINE * (max(map(len, heads)) - 1) / 2
    canvas.lines(middle - 0.08, y - shift, heads[0], size=SMALL, bold=True, align="right")
    canvas.lines(middle + 0.08, y - shift, heads[1], size=SMALL, bold=True)
    for i, (name, one) in enumerate(zip(names, ranges, strict=True)):
        at = top + _ROW * (i + 0.5)
        canvas.text(0, at, name, "soft", size=SMALL)
        for side, sign in zip(_SIDES, (-1, 1), strict=True):
            _bar(canvas, reading, one, side, (middle, at, sign * unit), outlined=key)
    canvas.path([middle] * 2, [top, top + _ROW * len(ranges)], "ink", width=0.9, order=4)
    return canvas.svg()


def _has_after(ranges: Sequence[_Range]) -> bool:
    """Return whether weights move a group: an outline on its own bar says nothing."""
    return any(
        abs(one.after.get(s, one.before[s]) - one.before[s]) > _SAME
        for one in ranges
        for s in _SIDES
    )


def _key(canvas: Canvas, reading: Reading) -> None:
    w, x = words(reading.language), 0.0
    for part, colour, edge in (("filled", "pale", None), ("outlined", None, "ink")):
        fill = canvas.colours[colour] if colour else None
        canvas.cell((x, 0.035, 0.22, 0.13), fill, edge, line=1.3)
        text = w(f"figure.overlap.{part}")
        canvas.text(x + 0.29, 0.1, text, size=SMALL)
        x += 0.29 + width_of(text, SMALL) + 0.25


def _bar(
    canvas: Canvas,
    reading: Reading,
    one: _Range,
    side: str,
    place: tuple[float, float, float],
    *,
    outlined: bool,
) -> None:
    middle, y, unit = place
    role = "programme" if side == "treated" else "comparison"
    before, after = one.before[side], one.after.get(side)
    _box(canvas, (middle, y, unit * before), canvas.colours[role], None)
    if outlined and after:
        _box(canvas, (middle, y, unit * after), None, "ink")
    longest = max(before, after or 0.0)
    shown = before if after is None else after
    x = middle + unit * longest + (0.05 if unit > 0 else -0.05)
    align = "left" if unit > 0 else "right"
    canvas.text(x, y, reading.percent(shown), "soft", size=SMALL, align=align)


def _box(
    canvas: Canvas, place: tuple[float, float, float], fill: str | None, edge: str | None
) -> None:
    middle, y, length = place
    left = min(middle, middle + length)
    canvas.cell((left, y - _BAR / 2, abs(length), _BAR), fill, edge, line=1.3)


def _figure(reading: Reading, ranges: Sequence[_Range], svg: str) -> Figure:
    w = words(reading.language)
    before = reading.percent(sum(min(one.before.values()) for one in ranges))
    if all(one.after for one in ranges) and _has_after(ranges):
        after = reading.percent(sum(min(one.after.values()) for one in ranges))
        title = w("figure.overlap.title", before=before, after=after)
    else:
        title = w("figure.overlap.title_before", before=before)
    most = max(ranges, key=lambda one: one.before["treated"])
    where = _named(reading, ranges)[ranges.index(most)]
    treated, comparison = (reading.percent(most.before[side]) for side in reversed(_SIDES))
    header, rows = whole(reading, KIND)
    return Figure(
        svg=svg,
        title=title,
        subtitle=w("figure.overlap.sub"),
        alt=w(
            "figure.overlap.alt",
            n=len(ranges),
            title=title,
            where=where,
            treated=treated,
            comparison=comparison,
        ),
        header=header,
        rows=rows,
        note=reading.note(w("figure.overlap.note")),
    )
