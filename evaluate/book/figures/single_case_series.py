"""Series of cases below each other, each with its start; or the mean course of all."""

from __future__ import annotations

from collections.abc import Sequence

from evaluate.book.figures.frame.axis import Axis, Measure, draw_axis
from evaluate.book.figures.frame.canvas import SMALL, Canvas, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.plot import measure_of, numbers_of, upright_labels
from evaluate.book.figures.frame.reading import Figure, Reading, Row, numbers, value
from evaluate.book.figures.frame.titled import titled
from evaluate.book.words import words

KIND, ALL, MOST = "single_case_series", "all_cases", 12
_PANEL, _ALONE, _NAME, _FOOT, _LEFT, _GAP = 0.72, 2.0, 0.32, 0.46, 0.5, 0.1
_PHASES = (("baseline", "comparison", "s"), ("with_programme", "programme", "o"))


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return a panel for each case in the order of the starts."""
    known = [one for one in reading.rows(KIND) if value(one.get("value")) is not None]
    rows = [one for one in known if value(one.get("time")) is not None]
    if not rows:
        return None
    w, title = words(reading.language), titled(reading, KIND)
    cases = list(dict.fromkeys(str(row["case"]) for row in rows))
    shown, together = cases[:MOST], cases == [ALL]
    high = _ALONE if together else _PANEL
    each = high + _NAME + _GAP
    canvas = Canvas(look, 0.24 + each * len(shown) + _FOOT, warning=reading.warning)
    times = numbers(rows, "time")
    across = Axis(min(times) - 0.5, max(times) + 0.5, _LEFT, look.width - 0.12)
    how = _how(reading, numbers(rows, "value"))
    _key(canvas, reading)
    for i, case in enumerate(shown):
        mine = [row for row in rows if row["case"] == case]
        top = 0.24 + each * i + _NAME
        name = w("figure.single_case.together") if together else title(case)
        canvas.text(0, top - 0.2, wrap(name, look.width - 0.1, bold=True, most=1)[0], bold=True)
        _panel(canvas, across, (top, top + high), mine, how)
    foot = 0.24 + each * len(shown)
    draw_axis(canvas, across, foot, measure_of(reading, share=False), sign=False)
    key = "since" if together else "across"
    label = w(f"figure.single_case.{key}")
    canvas.text(across.right, foot + 0.33, label, "soft", size=SMALL, align="right")
    header, cells = numbers_of(reading, KIND)
    return _figure(reading, canvas.svg(), (header, cells), (len(shown), len(cases), together))


def _how(reading: Reading, values: Sequence[float]) -> Measure:
    spread = max(values) - min(values)
    return Measure(1.0, 0 if spread >= len(_PHASES) else 2, "", reading.language)


def _key(canvas: Canvas, reading: Reading) -> None:
    w, x = words(reading.language), 0.08
    for phase, role, shape in _PHASES:
        canvas.marks([x], [0.1], role, shape=shape, size=5)
        canvas.text(x + 0.12, 0.1, w(f"figure.single_case.{phase}"), "soft", size=SMALL)
        x += 1.0


def _panel(
    canvas: Canvas,
    across: Axis,
    place: tuple[float, float],
    rows: Sequence[Row],
    how: Measure,
) -> None:
    top, bottom = place
    values = numbers(rows, "value")
    more = 0.1 * max(max(values) - min(values), 1e-9 * max(map(abs, values), default=1.0) or 1e-9)
    up = Axis(min(values) - more, max(values) + more, bottom, top)
    labels = upright_labels(up, how)
    apart = 0.16 * len(labels) < bottom - top
    for at, label in labels if apart else (labels[:1] + labels[-1:] if len(labels) > 1 else labels):
        y = up.at(at)
        canvas.path([across.left, across.right], [y, y], "rule", width=0.6, order=0.4)
        canvas.text(across.left - 0.06, y, label, "soft", size=SMALL, align="right")
    start = value(rows[0].get("start"))
    if start is not None and across.low <= start - 0.5 <= across.high:
        x = across.at(start - 0.5)
        canvas.path([x, x], [top, bottom], "ink", width=0.9, dash=(3, 2))
    for phase, role, shape in _PHASES:
        part = sorted(
            (value(one["time"]) or 0.0, value(one["value"]) or 0.0)
            for one in rows
            if one.get("phase") == phase
        )
        xs, ys = [across.at(t) for t, _ in part], [up.at(v) for _, v in part]
        if part:
            canvas.path(xs, ys, role, width=1.1)
            canvas.marks(xs, ys, role, shape=shape, size=3.8, edge=0.8)


def _figure(
    reading: Reading,
    svg: str,
    table: tuple[tuple[str, ...], tuple[tuple[str, ...], ...]],
    counts: tuple[int, int, bool],
) -> Figure:
    w, (shown, cases, together) = words(reading.language), counts
    test = next(iter(reading.rows("single_case_test")), {})
    all_cases = value(test.get("cases"))
    number = reading.number(all_cases if all_cases is not None else cases)
    said = w(
        "figure.single_case.title_together" if together else "figure.single_case.title", n=number
    )
    notes = [w("figure.single_case.note")]
    if shown < cases:
        notes.append(
            w("figure.single_case.some", n=reading.number(shown), all=reading.number(cases))
        )
    return Figure(
        svg=svg,
        title=said,
        subtitle=w("figure.single_case.sub_together" if together else "figure.single_case.sub"),
        alt=w("figure.single_case.alt", title=said),
        header=table[0],
        rows=table[1],
        note=reading.note(*notes),
    )
