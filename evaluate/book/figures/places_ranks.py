"""How well places can be ranked: the interval of each rank."""

from __future__ import annotations

from evaluate.book.figures.frame.axis import Axis, draw_axis
from evaluate.book.figures.frame.canvas import SMALL, Canvas, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.plot import measure_of, numbers_of
from evaluate.book.figures.frame.reading import Figure, Reading, value
from evaluate.book.figures.frame.titled import titled
from evaluate.book.words import words

KIND = "places_ranks"
_HEAD, _ROW, _FOOT, _NAMES, _NAMES_NARROW = 0.26, 0.25, 0.34, 2.0, 1.2
_NEEDED = ("rank", "rank_low", "rank_high", "best_third", "worst_third")
_SURE = 0.95


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return a line for each place, the best first."""
    rows = [
        one for one in reading.rows(KIND) if all(value(one.get(k)) is not None for k in _NEEDED)
    ]
    if not rows:
        return None
    title, w = titled(reading, KIND), words(reading.language)
    rows.sort(key=lambda one: (value(one["rank"]) or 0.0, value(one["rank_low"]) or 0.0))
    names = _NAMES_NARROW if look.narrow else _NAMES
    canvas = Canvas(look, _HEAD + _ROW * len(rows) + _FOOT, warning=reading.warning)
    scale = Axis(1.0, max(2.0, float(len(rows))), names + 0.12, look.width - 0.16)
    canvas.text(names + 0.06, 0.08, w("figure.places.rank"), "soft", size=SMALL)
    sure = 0
    for i, row in enumerate(rows):
        y = _HEAD + _ROW * (i + 0.5)
        low, middle, high = (value(row[one]) or 1.0 for one in ("rank_low", "rank", "rank_high"))
        third = max(value(row["best_third"]) or 0.0, value(row["worst_third"]) or 0.0)
        sure += third >= _SURE
        role, shape = ("programme", "o") if third >= _SURE else ("neutral", "D")
        canvas.text(0, y, wrap(title(row["place"]), names, most=1)[0])
        canvas.path([scale.left, scale.right], [y, y], "rule", width=0.6, order=0.4)
        canvas.path([scale.at(low), scale.at(high)], [y, y], role, width=2.0)
        fill = "page" if shape == "D" else None
        canvas.marks([scale.at(middle)], [y], role, shape=shape, fill=fill, size=6)
    draw_axis(
        canvas, scale, _HEAD + _ROW * len(rows) + 0.04, measure_of(reading, share=False), sign=False
    )
    header, cells = numbers_of(reading, KIND)
    said = w("figure.places.ranks_title", sure=reading.number(sure), n=reading.number(len(rows)))
    return Figure(
        svg=canvas.svg(),
        title=said,
        subtitle=w("figure.places.ranks_sub"),
        alt=w("figure.places.ranks_alt", title=said),
        header=header,
        rows=cells,
        note=reading.note(w("figure.places.ranks_note")),
    )
