"""How answers to each question are spread over its levels, those without a level apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.cells import mixed
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value
from evaluate.book.figures.frame.titled import titled
from evaluate.book.words import words

KIND = "goals_distribution"
_BAR, _GAP, _BETWEEN, _KEY = 0.26, 0.06, 0.12, 0.14
_STRONG, _WEAK, _MIDDLE = 0.44, 0.18, 0.24  # how much of the full colour; counts stand on it in ink
_HALF = 0.5
_MOST = 40  # questions that a figure shows

Title = Callable[[object], str]


@dataclass(frozen=True, slots=True)
class _Question:
    """The answers to one question, from the worst level to the best."""

    key: str
    levels: tuple[tuple[str, int], ...]
    missing: tuple[tuple[str, int], ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(code for code, _ in self.levels)

    @property
    def measured(self) -> int:
        return sum(n for _, n in self.levels)

    @property
    def n(self) -> int:
        return self.measured + sum(n for _, n in self.missing)


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return one bar for each question, with its own key for each set of levels."""
    questions = _read(reading)
    if not questions or len(questions) > _MOST:
        return None
    title, w = titled(reading, KIND), words(reading.language)
    measured, every = (sum(getattr(one, part) for one in questions) for part in ("measured", "n"))
    said = w("figure.goals.title", measured=reading.number(measured), all=reading.number(every))
    return Figure(
        svg=_drawn(reading, look, questions),
        title=said,
        subtitle=w("figure.goals.sub"),
        alt=w("figure.goals.alt", title=said, n=reading.number(len(questions))),
        header=_header(reading),
        rows=tuple(_cells(reading, row, title) for row in reading.rows(KIND)),
        note=reading.note(w("figure.goals.note")),
    )


def _drawn(reading: Reading, look: Look, questions: Sequence[_Question]) -> str:
    title = titled(reading, KIND)
    notes = [wrap(_lacks(reading, one, title), look.width, size=SMALL) for one in questions]
    keys = [
        _key_rows(look, [title(code) for code in one.codes])
        if i == 0 or one.codes != questions[i - 1].codes
        else []
        for i, one in enumerate(questions)
    ]
    names = [wrap(title(one.key), look.width, bold=True, most=2) for one in questions]
    deep = [
        len(key) * LINE + (0.1 if key else 0) + LINE * len(name) + _BAR + LINE * len(note)
        for key, name, note in zip(keys, names, notes, strict=True)
    ]
    canvas = Canvas(look, sum(deep) + _BETWEEN * len(questions), warning=reading.warning)
    y = 0.0
    for key, name, note, one in zip(keys, names, notes, questions, strict=True):
        y = _key(canvas, key, one, y)
        for line in name:
            canvas.text(0, y + LINE / 2, line, bold=True)
            y += LINE
        _bar(canvas, reading, one, y)
        y += _BAR
        for line in note:
            canvas.text(0, y + LINE / 2 + 0.02, line, "soft", size=SMALL)
            y += LINE
        y += _BETWEEN
    return canvas.svg()


def _read(reading: Reading) -> list[_Question]:
    found: dict[str, tuple[list[tuple[str, int]], list[tuple[str, int]]]] = {}
    for row in reading.rows(KIND):
        n = value(row.get("n"))
        if n is None:  # hidden by the gate: the bar would give the others away
            return []
        levels, missing = found.setdefault(str(row["question"]), ([], []))
        (missing if row.get("missing") else levels).append((str(row["level"]), int(n)))
    read = [_Question(key, tuple(a), tuple(b)) for key, (a, b) in found.items()]
    return [one for one in read if one.n]


def _lacks(reading: Reading, one: _Question, title: Title) -> str:
    w = words(reading.language)
    parts = [f"{title(code)} {reading.number(n)}" for code, n in one.missing if n]
    if not parts:
        return w("figure.goals.none_missing")
    return w("figure.goals.missing", reasons=", ".join(parts))


def _colour(canvas: Canvas, rank: int, count: int) -> str:
    """Return the colour of a level: towards the comparison's at the worst end, else the other."""
    place = rank / (count - 1) if count > 1 else 1.0
    page = canvas.colours["page"]
    if abs(place - _HALF) < 1e-9:  # noqa: PLR2004 - rounding
        return mixed(page, canvas.colours["neutral"], _MIDDLE)
    role = "programme" if place > _HALF else "comparison"
    return mixed(page, canvas.colours[role], max(_WEAK, _STRONG * abs(place - _HALF) / _HALF))


def _key_rows(look: Look, names: Sequence[str]) -> list[list[tuple[int, str, float]]]:
    """Return the entries of the key by line: rank, name and inches from the left."""
    lines: list[list[tuple[int, str, float]]] = [[]]
    x = 0.0
    for rank, name in enumerate(names):
        (short,) = wrap(name, look.width - _KEY - 0.1, size=SMALL, most=1)
        wide = _KEY + 0.06 + width_of(short, SMALL) + 0.18
        if x and x + wide - 0.18 > look.width:
            lines.append([])
            x = 0.0
        lines[-1].append((rank, short, x))
        x += wide
    return lines


def _key(
    canvas: Canvas, lines: Sequence[Sequence[tuple[int, str, float]]], one: _Question, y: float
) -> float:
    for line in lines:
        for rank, name, x in line:
            colour = _colour(canvas, rank, len(one.levels))
            canvas.cell((x, y + 0.02, _KEY, _KEY - 0.02), colour, "neutral", line=0.5)
            canvas.text(x + _KEY + 0.06, y + LINE / 2, name, size=SMALL)
        y += LINE
    return y + (0.1 if lines else 0.0)


def _bar(canvas: Canvas, reading: Reading, one: _Question, y: float) -> None:
    lost = sum(n for _, n in one.missing)
    room = canvas.width - (_GAP if lost and one.measured else 0.0)
    x = 0.0
    for rank, (_, n) in enumerate(one.levels):
        wide = room * n / one.n
        if n:
            colour = _colour(canvas, rank, len(one.levels))
            canvas.cell((x, y, wide, _BAR), colour, "neutral", line=0.5)
            _count(canvas, reading, n, (x, y, wide))
        x += wide
    x += canvas.width - room
    for _, n in one.missing:
        wide = room * n / one.n
        if n:
            canvas.cell((x, y, wide, _BAR), None, "neutral", dash=True)
            _count(canvas, reading, n, (x, y, wide))
        x += wide


def _count(canvas: Canvas, reading: Reading, n: int, place: tuple[float, float, float]) -> None:
    x, y, wide = place
    text = reading.number(n)
    if width_of(text, SMALL) + 0.06 <= wide:
        canvas.text(x + wide / 2, y + _BAR / 2, text, size=SMALL, align="center")


_SHOWN = ("question", "level", "n", "share", "share_all")


def _header(reading: Reading) -> tuple[str, ...]:
    table = reading.table(KIND)
    label = {one.name: one.label for one in table.columns} if table else {}
    return tuple(reading.text(label.get(one), one) for one in _SHOWN)


def _cells(reading: Reading, row: Row, title: Title) -> tuple[str, ...]:
    none = reading.words("absent")
    n, share, low, high, whole = (
        value(row.get(one)) for one in ("n", "share", "share_low", "share_high", "share_all")
    )
    said = none
    if share is not None and low is not None and high is not None:
        said = f"{reading.percent(share)} ({reading.percent(low)}–{reading.percent(high)})"
    return (
        title(row["question"]),
        title(row["level"]),
        none if n is None else reading.number(n),
        said,
        none if whole is None else reading.percent(whole),
    )
