"""Where the steps of a theory stand: in columns by kind, or in one list where they do not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.canvas import LINE, wrap
from evaluate.book.figures.frame.layered import layered

ORDER = ("activity", "output", "outcome", "impact")
SIZE = 9.0  # points
PORT = 0.18  # inches between two links that end at one box
_PAD, _GAP, _UNDER = 0.09, 0.18, 0.3
_BETWEEN = 0.52  # inches between two columns
_MOST = 5  # columns that fit a page with words one can read
_LIST = 0.63  # share of the sheet that a list's boxes take


@dataclass(frozen=True, slots=True)
class Step:
    """One step as it is told.

    Attributes
    ----------
    key, kind, title, level : str
        Level may be empty.
    """

    key: str
    kind: str
    title: str
    level: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """One link.

    Attributes
    ----------
    start, end : str
        Keys of steps.
    grade : str
        What it rests on.
    number : str
        Its number in the table.
    feedback : bool
        Whether it leads back.
    """

    start: str
    end: str
    grade: str
    number: str
    feedback: bool


@dataclass(frozen=True, slots=True)
class Box:
    """A step on the sheet, in inches.

    Attributes
    ----------
    left, top, width, height : float
        Of the box.
    lines : tuple of str
        Its title.
    level : tuple of str
        Its level, below.
    column : int
        Of the columns; 0 in a list.
    """

    left: float
    top: float
    width: float
    height: float
    lines: tuple[str, ...]
    level: tuple[str, ...]
    column: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything stands.

    Attributes
    ----------
    boxes : mapping of str to Box
        By step.
    bends : mapping of (str, str) to tuple of (int, float)
        Columns that a link passes, and where.
    columns : int
        Number of columns; 1 is a list.
    high : float
        Inches of it all.
    back : tuple of Arrow
        Links that do not lead to a later column.
    """

    boxes: Mapping[str, Box]
    bends: Mapping[tuple[str, str], tuple[tuple[int, float], ...]]
    columns: int
    high: float
    back: tuple[Arrow, ...]


def columns_of(steps: Sequence[Step], arrows: Sequence[Arrow]) -> dict[str, int]:
    """Return the column of each step: kinds in order, chains within a kind one after another.

    Parameters
    ----------
    steps : sequence of Step
        All of them.
    arrows : sequence of Arrow
        All of them.
    """
    kind = {one.key: one.kind for one in steps}
    rank = dict.fromkeys(kind, 0)
    onward = [one for one in arrows if not one.feedback and one.start in kind and one.end in kind]
    for _ in steps:
        for one in onward:
            if kind[one.start] == kind[one.end]:
                rank[one.end] = max(rank[one.end], rank[one.start] + 1)
    main = [one.key for one in steps if one.kind in ORDER]
    bands = sorted({(ORDER.index(kind[key]), rank[key]) for key in main})
    column = {key: bands.index((ORDER.index(kind[key]), rank[key])) for key in main}
    for key in kind:
        if key not in column:
            ends = [column[one.end] for one in onward if one.start == key and one.end in main]
            column[key] = min(ends, default=0) - 1
    first = min(column.values(), default=0)
    return {key: at - first for key, at in column.items()}


def place(steps: Sequence[Step], arrows: Sequence[Arrow], width: float, top: float) -> Places:
    """Return columns where they fit the width, else a list.

    Parameters
    ----------
    steps : sequence of Step
        All of them.
    arrows : sequence of Arrow
        All of them.
    width : float
        Inches of the sheet.
    top : float
        Inches above the first box.
    """
    column = columns_of(steps, arrows)
    count = max(column.values(), default=0) + 1
    back = tuple(one for one in arrows if one.feedback or column[one.start] >= column[one.end])
    wide = (width - _BETWEEN * (count - 1)) / count
    if count > _MOST or wide < 1.0:
        return _list(steps, arrows, column, (width, top))
    forward = [one for one in arrows if one not in back]
    made = {one.key: _box(one, wide, sum(a.end == one.key for a in forward)) for one in steps}
    gap = _UNDER if back else _GAP
    found = layered(
        column,
        [(one.start, one.end) for one in forward],
        {key: box.height for key, box in made.items()},
        gap=gap,
        passage=0.06,
    )
    boxes = {
        key: Box(
            column[key] * (wide + _BETWEEN), top + found.middle[key] - box.height / 2,
            wide, box.height, box.lines, box.level, column[key],
        )
        for key, box in made.items()
    }  # fmt: skip
    bends = {pair: tuple((k, top + y) for k, y in one) for pair, one in found.bends.items()}
    high = top + found.across + (_UNDER + 0.12 * len(back) if back else 0.06)
    return Places(boxes, bends, count, high, back)


def _list(
    steps: Sequence[Step],
    arrows: Sequence[Arrow],
    column: Mapping[str, int],
    room: tuple[float, float],
) -> Places:
    width, top = room
    middle = layered(
        column,
        [(one.start, one.end) for one in arrows if not one.feedback],
        dict.fromkeys(column, 1.0),
        gap=0.5,
    ).middle
    boxes: dict[str, Box] = {}
    for one in sorted(steps, key=lambda it: (column[it.key], middle[it.key])):
        ports = sum(one.key in (a.start, a.end) for a in arrows)
        ports += sum(a.start == a.end == one.key for a in arrows)
        box = _box(one, _LIST * width, ports)
        boxes[one.key] = Box(0.02, top, box.width, box.height, box.lines, box.level, 0)
        top += box.height + 0.1
    return Places(boxes, {}, 1, top, ())


def _box(one: Step, width: float, ports: int) -> Box:
    lines = wrap(one.title, width - 2 * _PAD, size=SIZE, most=5)
    level = wrap(one.level, width - 2 * _PAD, size=SIZE, most=1) if one.level else ()
    high = max(LINE * (len(lines) + len(level)) + 2 * _PAD - 0.02, PORT * ports + 0.08)
    return Box(0.0, 0.0, width, high, lines, level, 0)
