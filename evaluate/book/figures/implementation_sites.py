"""Reach and fidelity of each site, and whether the declared least was delivered."""

from __future__ import annotations

from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value
from evaluate.book.figures.frame.share_rows import Line, Part, share_rows
from evaluate.book.figures.frame.titled import titled
from evaluate.book.words import words

KIND = "implementation_sites"
_LOOKS = {
    "delivered": ("programme", "o"),
    "not_delivered": ("comparison", "s"),
    "uncertain": ("neutral", "D"),
}
_SHARES = ("reach", "fidelity")
_DOSES = ("contacts", "hours")


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return two shares for each site, the row of all together last."""
    rows, title, w = reading.rows(KIND), titled(reading, KIND), words(reading.language)
    shown = [one for one in _SHARES if any(row.get(one) is not None for row in rows)]
    if not shown:  # none, or withheld: the table tells
        return None
    labels = _labels(reading)
    lines = [_line(reading, row, title(row["site"]), shown) for row in rows]
    each = [str(row.get("delivery")) for row in rows if row["site"] != "all"]
    said = w(
        "figure.implementation.title",
        n=each.count("delivered"),
        all=len(each),
        short=each.count("not_delivered"),
    )
    doses = [one for one in _DOSES if any(row.get(one) is not None for row in rows)]
    return Figure(
        svg=share_rows(reading, look, [labels[one] for one in shown], lines),
        title=said,
        subtitle=w("figure.implementation.sub"),
        alt=w("figure.implementation.alt", title=said),
        header=(
            labels["site"],
            labels["n_target"],
            labels["n_reached"],
            *(labels[one] for one in (*shown, *doses)),
            w("figure.implementation.said"),
        ),
        rows=tuple(
            (
                title(row["site"]),
                *(_count(reading, row, one) for one in ("n_target", "n_reached")),
                *(_share(reading, row, one) for one in shown),
                *(_dose(reading, row, one) for one in doses),
                _said(reading, row),
            )
            for row in rows
        ),
        note=reading.note(w("figure.implementation.note")),
    )


def _labels(reading: Reading) -> dict[str, str]:
    table = reading.table(KIND)
    columns = table.columns if table else ()
    return {one.name: reading.text(one.label, one.name) for one in columns}


def _line(reading: Reading, row: Row, name: str, shown: list[str]) -> Line:
    role, shape = _LOOKS.get(str(row.get("delivery")), ("neutral", "D"))
    parts = tuple(
        Part(*(value(row.get(key)) for key in (one, f"{one}_low", f"{one}_high"))) for one in shown
    )
    return Line(name, parts, _said(reading, row), role, shape)


def _said(reading: Reading, row: Row) -> str:
    key = f"figure.implementation.{row.get('delivery')}"
    w = words(reading.language)
    return w(key) if key in w else ""


def _count(reading: Reading, row: Row, name: str) -> str:
    found = value(row.get(name))
    return reading.words("absent") if found is None else reading.number(found)


def _dose(reading: Reading, row: Row, name: str) -> str:
    found = value(row.get(name))
    return reading.words("absent") if found is None else reading.number(found, 1)


def _share(reading: Reading, row: Row, name: str) -> str:
    found, low, high = (value(row.get(one)) for one in (name, f"{name}_low", f"{name}_high"))
    if found is None:
        return reading.words("absent")
    if low is None or high is None:
        return reading.percent(found)
    return f"{reading.percent(found)} ({reading.percent(low)}–{reading.percent(high)})"
