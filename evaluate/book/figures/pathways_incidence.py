"""What has become of people by each period since entry: areas on top of each other."""

from __future__ import annotations

from collections.abc import Sequence

from evaluate.book.figures.frame.axis import Axis
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.plot import Plot, draw_scales, measure_of, numbers_of, spread_out
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value
from evaluate.book.figures.frame.titled import titled
from evaluate.book.words import words

KIND, ALL, STILL = "pathways_incidence", "all", "still_in"
_TOP, _HIGH, _FOOT, _LEFT, _LABELS = 0.3, 2.5, 0.46, 0.42, 1.55
_ROLES = ("programme", "pale", "comparison", "band", "neutral", "wash")
_DOT, _AFTER = 0.12, 0.5


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return the areas of all people together, those still in on top."""
    rows = [one for one in reading.rows(KIND) if one.get("group") == ALL and _known(one)]
    if not rows:
        return None
    w, title = words(reading.language), titled(reading, KIND)
    ways = [one for one in dict.fromkeys(str(row["outcome"]) for row in rows) if one != STILL]
    periods = sorted({int(value(row["period"]) or 0) for row in rows})
    shares = {
        (int(value(r["period"]) or 0), str(r["outcome"])): value(r["incidence"]) for r in rows
    }
    edges = _edges([[shares.get((t, way)) or 0.0 for t in periods] for way in ways], len(periods))
    names = [title(one) for one in (*ways, STILL)]
    svg = _drawing(reading, look, (periods, edges), names)
    last = {one: shares.get((periods[-1], one)) or 0.0 for one in (*ways, STILL)}
    most = max(ways, key=lambda one: last[one])
    told = {
        "period": reading.number(periods[-1]),
        "still": reading.percent(last[STILL]),
        "way": title(most),
        "share": reading.percent(last[most]),
    }
    header, cells = numbers_of(reading, KIND)
    said = w("figure.pathways.title", **told)
    return Figure(
        svg=svg,
        title=said,
        subtitle=w("figure.pathways.sub"),
        alt=w("figure.pathways.alt", title=said),
        header=header,
        rows=cells,
        note=reading.note(w("figure.pathways.note")),
    )


def _edges(parts: Sequence[Sequence[float]], periods: int) -> list[list[float]]:
    """Return the lines between the areas, from the floor up; nobody has left at entry."""
    found = [[0.0] * (periods + 1)]
    for part in parts:
        found.append([low + one for low, one in zip(found[-1], (0.0, *part), strict=True)])
    return found


def _known(row: Row) -> bool:
    return value(row.get("incidence")) is not None and value(row.get("period")) is not None


def _drawing(
    reading: Reading,
    look: Look,
    data: tuple[Sequence[int], Sequence[Sequence[float]]],
    names: Sequence[str],
) -> str:
    periods, edges = data
    w = words(reading.language)
    under = LINE * len(names) + 0.1 if look.narrow else 0.0
    canvas = Canvas(look, _TOP + _HIGH + _FOOT + under, warning=reading.warning)
    right = look.width - (0.15 if look.narrow else _LABELS)
    # The last share stands a little longer, or nobody would see it.
    end = periods[-1] + _AFTER * max(periods[-1] / 12, 1.0)
    plot = Plot(Axis(0.0, end, _LEFT, right), Axis(0.0, 1.0, _TOP + _HIGH, _TOP))
    xs = [plot.across.at(t) for t in (0, *periods, end)]
    edges = [[*one, one[-1]] for one in edges]
    tops = [*edges[1:], [1.0] * len(xs)]
    for i, (low, high) in enumerate(zip(edges, tops, strict=True)):
        role = "page" if i == len(edges) - 1 else _ROLES[i % len(_ROLES)]
        # Steps: a share stays what it is until the next period ends.
        line = _steps(xs, [plot.up.at(one) for one in high])
        floor = _steps(xs, [plot.up.at(one) for one in low])
        canvas.area(line[0] + floor[0][::-1], line[1] + floor[1][::-1], role)
        if i < len(edges) - 1:
            canvas.path(*line, "ink", width=0.8)
    draw_scales(
        canvas,
        plot,
        (measure_of(reading, share=False), measure_of(reading, share=True)),
        (w("figure.pathways.across"), w("figure.pathways.up")),
    )
    _labels(canvas, plot, names, (edges, tops))
    return canvas.svg()


def _steps(xs: Sequence[float], ys: Sequence[float]) -> tuple[list[float], list[float]]:
    across, up = [xs[0]], [ys[0]]
    for x, y in zip(xs[1:], ys[1:], strict=True):
        across += [x, x]
        up += [up[-1], y]
    return across, up


def _labels(
    canvas: Canvas,
    plot: Plot,
    names: Sequence[str],
    data: tuple[Sequence[Sequence[float]], Sequence[Sequence[float]]],
) -> None:
    """Write the names beside their areas at the right, or on a narrow sheet under the figure."""
    edges, tops = data
    middles = [plot.up.at((a[-1] + b[-1]) / 2) for a, b in zip(edges, tops, strict=True)]
    narrow, left = canvas.look.narrow, plot.across.right + 0.12
    if narrow:
        left, first = 0.02, plot.up.left + _FOOT + 0.1
        places = [first + LINE * i for i in range(len(names))]
    else:
        places = spread_out(middles, _TOP + 0.06, _TOP + _HIGH - 0.02)
    for i, (name, y) in enumerate(zip(names, places, strict=True)):
        role = "page" if i == len(names) - 1 else _ROLES[i % len(_ROLES)]
        box = (left, y - _DOT / 2, _DOT, _DOT)
        canvas.cell(box, canvas.colours[role], "ink")
        if not narrow and abs(y - middles[i]) > LINE / 2:
            canvas.path([plot.across.right + 0.01, left - 0.02], [middles[i], y], "soft", width=0.5)
        room = canvas.width - left - _DOT - 0.08
        said = wrap(name, room, size=SMALL, most=1)[0]
        canvas.text(left + _DOT + 0.06, y, said, size=SMALL)
