"""How many plans are up to the least, by criterion, the weakest first."""

from __future__ import annotations

from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value
from evaluate.book.figures.frame.share_rows import Line, Part, share_rows
from evaluate.book.figures.frame.titled import titled
from evaluate.book.words import words

KIND = "rubric_criteria"


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return one share for each criterion."""
    rows = [row for row in reading.rows(KIND) if value(row.get("share")) is not None]
    table, title, w = reading.table(KIND), titled(reading, KIND), words(reading.language)
    if not rows or table is None:
        return None
    label = {one.name: reading.text(one.label, one.name) for one in table.columns}
    lines = [
        Line(
            title(row["criterion"]),
            (Part(*(value(row.get(key)) for key in ("share", "conf_low", "conf_high"))),),
        )
        for row in rows
    ]
    worst = reading.percent(value(rows[0].get("share")) or 0.0)
    said = w("figure.rubric.title", worst=lines[0].name, share=worst)
    return Figure(
        svg=share_rows(reading, look, [label["share"]], lines),
        title=said,
        subtitle=w("figure.rubric.sub"),
        alt=w("figure.rubric.alt", title=said),
        header=tuple(label[one] for one in ("criterion", "least", "plans", "plans_met", "share")),
        rows=tuple(_cells(reading, row, title(row["criterion"])) for row in rows),
        note=reading.note(w("figure.rubric.note")),
    )


def _cells(reading: Reading, row: Row, name: str) -> tuple[str, ...]:
    counts = [
        reading.words("absent") if found is None else reading.number(found)
        for found in (value(row.get(one)) for one in ("least", "plans", "plans_met"))
    ]
    share, low, high = (value(row.get(one)) or 0.0 for one in ("share", "conf_low", "conf_high"))
    between = f"{reading.percent(low)}–{reading.percent(high)}"
    return (name, *counts, f"{reading.percent(share)} ({between})")
