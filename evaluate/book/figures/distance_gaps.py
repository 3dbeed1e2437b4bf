"""How two sides see each other: two marks for each case, joined by a line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.axis import Axis, Measure, draw_axis
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading, Row, numbers, value
from evaluate.book.figures.frame.titled import titled
from evaluate.book.words import words

KIND, VIEWS = "distance_gaps", "distance_matrix"
_ROW, _APART, _FOOT, _NAMES, _NAMES_NARROW, _NUMBERS = 0.34, 0.055, 0.4, 1.6, 0.95, 0.55
_LOOKS = (("programme", "o"), ("comparison", "D"))
_LIMITS = ("mean", "conf_low", "conf_high")


@dataclass(frozen=True, slots=True)
class _Way:
    """How one side sees the other in a case."""

    mean: float | None
    low: float | None
    high: float | None


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return a panel for each pair of sides."""
    rows = [row for row in reading.rows(KIND) if "mean_one" in row or "mean_other" in row]
    if not rows:
        return None
    pairs = list(dict.fromkeys((str(row["one"]), str(row["other"])) for row in rows))
    scale = _scale(reading, look)
    heads = {pair: _head(reading, look, pair) for pair in pairs}
    deep = [
        sum(LINE for _ in heads[pair]) + 0.16 + _ROW * sum(_of(row, pair) for row in rows) + _FOOT
        for pair in pairs
    ]
    canvas = Canvas(look, sum(deep), warning=reading.warning)
    y = 0.0
    for pair, high in zip(pairs, deep, strict=True):
        mine = [row for row in rows if _of(row, pair)]
        _panel(canvas, reading, scale, (mine, heads[pair]), (y, y + high))
        y += high
    return _figure(reading, rows, canvas.svg())


def _of(row: Row, pair: tuple[str, str]) -> bool:
    return (row["one"], row["other"]) == pair


def _scale(reading: Reading, look: Look) -> Axis:
    seen = [*numbers(reading.rows(VIEWS), *_LIMITS), *numbers(reading.rows(KIND), "mean_one")]
    seen += numbers(reading.rows(KIND), "mean_other")
    low, high = math.floor(min(seen)), math.ceil(max(seen))
    left = (_NAMES_NARROW if look.narrow else _NAMES) + 0.12
    return Axis(float(low), float(max(high, low + 1)), left, look.width - _NUMBERS - 0.1)


def _head(reading: Reading, look: Look, pair: tuple[str, str]) -> list[tuple[str, str, str]]:
    """Return the key of a panel: a mark and a sentence for each way."""
    title, w = titled(reading, KIND), words(reading.language)
    ways = (pair, pair[::-1])
    lines = []
    for (by, of), (role, shape) in zip(ways, _LOOKS, strict=True):
        text = w("figure.distance.way", by=title(by), of=title(of))
        lines.append((role, shape, wrap(text, look.width - 0.3, size=SMALL, most=1)[0]))
    return lines


def _panel(
    canvas: Canvas,
    reading: Reading,
    scale: Axis,
    what: tuple[Sequence[Row], Sequence[tuple[str, str, str]]],
    place: tuple[float, float],
) -> None:
    (rows, head), (y, bottom) = what, place
    for role, shape, text in head:
        canvas.marks([0.08], [y + 0.09], role, shape=shape, fill=_fill(role))
        canvas.text(0.22, y + 0.09, text, size=SMALL)
        y += LINE
    y += 0.1
    end = bottom - _FOOT
    for at in range(round(scale.low), round(scale.high) + 1):
        canvas.path([scale.at(at)] * 2, [y, end], "rule", width=0.6, order=0.8)
    for row in rows:
        _row(canvas, reading, scale, row, y + _ROW / 2)
        y += _ROW
    words_ = words(reading.language)
    draw_axis(canvas, scale, end, Measure(1.0, 0, "", reading.language), sign=False)
    canvas.text(0, end + 0.15, words_("figure.distance.scale"), "soft", size=SMALL)
    gap = words_("figure.distance.gap")
    canvas.text(canvas.width, end + 0.15, gap, "soft", size=SMALL, align="right")


def _fill(role: str) -> str | None:
    return "page" if role == "comparison" else None


def _ways(reading: Reading, row: Row) -> list[_Way]:
    """Return how each side sees the other, with limits where there are any."""
    views = {(one.get("case"), one.get("by"), one.get("of")): one for one in reading.rows(VIEWS)}
    found = []
    for by, of, name in (("one", "other", "mean_one"), ("other", "one", "mean_other")):
        view = views.get((row["case"], row[by], row[of]), {})
        limits = (value(view.get(one)) for one in ("conf_low", "conf_high"))
        found.append(_Way(value(row.get(name)), *limits))
    return found


def _row(canvas: Canvas, reading: Reading, scale: Axis, row: Row, y: float) -> None:
    title = titled(reading, KIND)
    room = (_NAMES_NARROW if canvas.look.narrow else _NAMES) - 0.05
    canvas.lines(0, y, wrap(title(row["case"]), room, most=2))
    ways = _ways(reading, row)
    places = [scale.at(one.mean) for one in ways if one.mean is not None]
    if len(places) == len(ways):
        canvas.path(places, [y, y], "neutral", width=3.0, order=1.2)
    for one, (role, shape), shift in zip(ways, _LOOKS, (-_APART, _APART), strict=True):
        if one.mean is None:
            continue
        if one.low is not None and one.high is not None:
            ends = [scale.at(one.low), scale.at(one.high)]
            canvas.path(ends, [y + shift] * 2, role, width=1.0)
        canvas.marks([scale.at(one.mean)], [y], role, shape=shape, size=7, fill=_fill(role))
    gap = value(row.get("gap"))
    said = reading.words("absent") if gap is None else reading.number(gap, 1, sign=True)
    canvas.text(canvas.width, y, said, "soft" if gap is None else "ink", align="right")


def _figure(reading: Reading, rows: Sequence[Row], svg: str) -> Figure:
    title, w = titled(reading, KIND), words(reading.language)
    both = [row for row in rows if value(row.get("gap")) is not None]
    apart = sum(
        not (value(row.get("conf_low")) or 0.0) <= 0 <= (value(row.get("conf_high")) or 0.0)
        for row in both
        if "conf_low" in row
    )
    said = w("figure.distance.title", n=len(both), all=len(reading.rows(KIND)), apart=apart)
    return Figure(
        svg=svg,
        title=said,
        subtitle=w("figure.distance.sub"),
        alt=w("figure.distance.alt", title=said),
        header=(
            w("figure.distance.case"),
            w("figure.network.between"),
            *(_column(reading, one) for one in ("n_one", "n_other", "mean_one", "mean_other")),
            w("figure.distance.gap"),
            w("figure.distance.range"),
        ),
        rows=tuple(
            (
                title(row["case"]),
                w("figure.distance.way", by=title(row["one"]), of=title(row["other"])),
                *(_cell(reading, row, one, 0) for one in ("n_one", "n_other")),
                *(_cell(reading, row, one, 1) for one in ("mean_one", "mean_other", "gap")),
                _range(reading, row),
            )
            for row in rows
        ),
        note=reading.note(w("figure.distance.note")),
    )


def _column(reading: Reading, name: str) -> str:
    table = reading.table(KIND)
    found = {one.name: one.label for one in table.columns} if table else {}
    return reading.text(found.get(name), name)


def _cell(reading: Reading, row: Row, name: str, digits: int) -> str:
    found = value(row.get(name))
    if found is None:
        return reading.words("absent")
    return reading.number(found, digits, sign=name == "gap")


def _range(reading: Reading, row: Row) -> str:
    low, high = value(row.get("conf_low")), value(row.get("conf_high"))
    if low is None or high is None:
        return reading.words("absent")
    return f"{reading.number(low, 1, sign=True)}, {reading.number(high, 1, sign=True)}"
