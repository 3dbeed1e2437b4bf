"""Rows of one or two shares with their intervals, from none to all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.axis import Axis
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.palette import as_text
from evaluate.book.figures.frame.reading import Reading

_HEAD, _FOOT, _ROW, _BETWEEN = 0.3, 0.3, 0.27, 0.42
_NAMES, _NAMES_NARROW, _WORDS, _WORDS_NARROW = 1.75, 0.95, 1.05, 0.0
_HALVES = (0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Part:
    """One share with its limits.

    Attributes
    ----------
    share, low, high : float or None
        In [0, 1]; ``None`` where not known, or where there is no interval.
    """

    share: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the figure.

    Attributes
    ----------
    name : str
        What it is of.
    parts : tuple of Part
        One for each column.
    word : str
        What stands at the right.
    role, shape : str
        Colour and shape of its marks; a word says the same.
    """

    name: str
    parts: tuple[Part, ...]
    word: str = ""
    role: str = "programme"
    shape: str = "o"


def share_rows(reading: Reading, look: Look, heads: Sequence[str], rows: Sequence[Line]) -> str:
    """Return a drawing of shares by row, a column for each kind.

    Parameters
    ----------
    reading : Reading
        Its language and its warning.
    look : Look
        Theme and width.
    heads : sequence of str
        What each column shows.
    rows : sequence of Line
        From above.
    """
    names = _NAMES_NARROW if look.narrow else _NAMES
    words = (_WORDS_NARROW if look.narrow else _WORDS) if any(one.word for one in rows) else 0.1
    labels = [wrap(one.name, names - 0.08, most=2) for one in rows]
    deep = [
        _ROW + LINE * (len(lines) - 1) + _under(look, one)
        for lines, one in zip(labels, rows, strict=True)
    ]
    canvas = Canvas(look, _HEAD + sum(deep) + _FOOT, warning=reading.warning)
    wide = (look.width - names - words - _BETWEEN * (len(heads) - 1) - 0.22) / len(heads)
    for k, head in enumerate(heads):
        left = names + 0.1 + k * (wide + _BETWEEN)
        scale = Axis(0.0, 1.0, left, left + wide)
        for line in wrap(head, wide + 0.2, size=SMALL, bold=True, most=1):
            canvas.text(left, 0.1, line, "soft", size=SMALL, bold=True)
        _axis(canvas, reading, scale, (_HEAD, _HEAD + sum(deep)))
        y = _HEAD
        for one, high in zip(rows, deep, strict=True):
            _part(canvas, scale, one, one.parts[k], y + (high - _under(look, one)) / 2)
            y += high
    _write(canvas, rows, labels, deep, (names, words))
    return canvas.svg()


def _write(
    canvas: Canvas,
    rows: Sequence[Line],
    labels: Sequence[tuple[str, ...]],
    deep: Sequence[float],
    room: tuple[float, float],
) -> None:
    """Write the names at the left, and the words at the right or, when narrow, under the row."""
    y, look, (names, words) = _HEAD, canvas.look, room
    for one, lines, high in zip(rows, labels, deep, strict=True):
        middle = y + (high - _under(look, one)) / 2
        canvas.lines(0, middle, lines)
        role = as_text(one.role)
        if one.word and not look.narrow:
            said = wrap(one.word, words - 0.1, size=SMALL, most=2)
            canvas.lines(look.width - words + 0.1, middle, said, role, size=SMALL)
        elif one.word:
            said = wrap(one.word, look.width - names - 0.1, size=SMALL, most=1)
            canvas.text(names + 0.1, y + high - 0.09, said[0], role, size=SMALL)
        y += high


def _under(look: Look, one: Line) -> float:
    """Return the inches of a word that stands under its row, on a narrow sheet."""
    return 0.17 if look.narrow and one.word else 0.0


def _axis(canvas: Canvas, reading: Reading, scale: Axis, place: tuple[float, float]) -> None:
    top, bottom = place
    for share in _HALVES:
        x = scale.at(share)
        canvas.path([x, x], [top, bottom], "rule", width=0.6, order=0.8)
        label = reading.percent(share)
        canvas.text(
            canvas.inside(x, label, size=SMALL),
            bottom + 0.13,
            label,
            "soft",
            size=SMALL,
            align="center",
        )


def _part(canvas: Canvas, scale: Axis, one: Line, part: Part, y: float) -> None:
    if part.share is None:
        canvas.text(scale.left, y, "–", "soft", size=SMALL)
        return
    if part.low is not None and part.high is not None:
        canvas.path([scale.at(part.low), scale.at(part.high)], [y, y], one.role, width=1.6)
    fill = "page" if one.role == "neutral" else None
    canvas.marks([scale.at(part.share)], [y], one.role, shape=one.shape, fill=fill)
