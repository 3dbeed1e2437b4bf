"""A theory of change: steps from what is done to what matters, links by what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluate.book.figures.frame.canvas import LINE, Canvas, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value
from evaluate.book.figures.frame.steps import ORDER, PORT, SIZE, Arrow, Box, Places, Step, place
from evaluate.book.figures.frame.titled import titled, whole

KIND, NODES = "theory_edges", "theory_nodes"
GRADES = ("rct", "comparison", "pre_post", "monitoring", "described", "assumed", "refuted")
_TESTED = GRADES[:4]
Dash = tuple[float, float] | None
_STYLES: Mapping[str, tuple[str, float, Dash]] = {
    "rct": ("programme", 2.6, None),
    "comparison": ("programme", 1.5, None),
    "pre_post": ("programme", 1.5, (7.0, 2.0)),
    "monitoring": ("programme", 1.2, (3.5, 2.0)),
    "described": ("soft", 1.2, (1.6, 1.8)),
    "assumed": ("soft", 0.9, (0.8, 2.6)),
    "refuted": ("warning", 1.2, (7.0, 3.0)),
}
_SAMPLE = 0.42  # inches of a line in the key
_NUMBER, _HEAD = 0.2, 0.07  # inches from a box to a link's number, and of an arrow's head


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return the theory in columns, or as a list where the sheet is too narrow."""
    rows, title = reading.rows(KIND), titled(reading, KIND)
    steps = [_step(reading, row, title(row["node"])) for row in reading.rows(NODES)]
    arrows = [_arrow(row) for row in rows]
    known = {one.key for one in steps}
    arrows = [one for one in arrows if one.start in known and one.end in known]
    if not arrows:
        return None
    keys = _keys(reading, arrows, steps, look.width)
    above = 0.04 + sum(LINE * len(lines) + 0.05 for _, lines in keys)
    places = place(steps, arrows, look.width, above + 0.3)
    canvas = Canvas(look, places.high + 0.04, warning=reading.warning)
    _draw_keys(canvas, keys)
    if places.columns > 1:
        _heads(canvas, reading, steps, places, above)
        _across(canvas, arrows, places)
    else:
        _down(canvas, arrows, places)
    for one in steps:
        _draw_box(canvas, one, places.boxes[one.key])
    return _figure(reading, rows, steps, canvas.svg())


def _step(reading: Reading, row: Row, title: str) -> Step:
    level = row.get("level")
    told = reading.words(f"theory.level_{level}") if level else ""
    return Step(str(row["node"]), str(row.get("kind")), title, told)


def _arrow(row: Row) -> Arrow:
    number = value(row.get("number")) or 0
    back = row.get("feedback") is True
    return Arrow(
        str(row.get("start")), str(row.get("end")), str(row.get("evidence")), f"{number:.0f}", back
    )


Keys = Sequence[tuple[str, tuple[str, ...]]]


def _keys(reading: Reading, arrows: Sequence[Arrow], steps: Sequence[Step], wide: float) -> Keys:
    """Return what each kind of line means, with the numbers of the links that have it."""
    told: list[tuple[str, str]] = []
    for grade in GRADES:
        numbers = ", ".join(one.number for one in arrows if one.grade == grade)
        if numbers:
            grade_word = reading.words(f"theory.grade_{grade}")
            told.append((grade, reading.words("theory.key", grade=grade_word, links=numbers)))
    if any(one.kind == "condition" for one in steps):
        told.append(("condition", reading.words("theory.key_condition")))
    room = wide - _SAMPLE - 0.12
    return [(grade, wrap(text, room, size=SIZE, most=4)) for grade, text in told]


def _draw_keys(canvas: Canvas, keys: Keys) -> None:
    y = 0.1
    for grade, lines in keys:
        if grade == "condition":
            canvas.cell((0.02, y - 0.06, _SAMPLE - 0.04, 0.13), None, "soft", line=1.0, dash=True)
        else:
            role, width, dash = _STYLES[grade]
            canvas.path([0.02, _SAMPLE - 0.06], [y, y], role, width=width, dash=dash)
            canvas.marks([_SAMPLE - 0.04], [y], role, shape=">", size=4.5, edge=0.6)
        for i, line in enumerate(lines):
            canvas.text(_SAMPLE + 0.1, y + LINE * i, line, size=SIZE)
        y += LINE * len(lines) + 0.05


def _heads(
    canvas: Canvas, reading: Reading, steps: Sequence[Step], places: Places, above: float
) -> None:
    seen: set[str] = set()
    for column in range(places.columns):
        here = [one for one in steps if places.boxes[one.key].column == column]
        kinds = [one.kind for one in here if one.kind in ORDER]
        kind = kinds[0] if kinds else "condition"
        if kind not in seen:
            box = places.boxes[here[0].key]
            word = reading.words(f"theory.kind_{kind}")
            for line in wrap(word, box.width, size=SIZE, bold=True, most=1):
                canvas.text(box.left, above + 0.13, line, "soft", size=SIZE, bold=True)
        seen.add(kind)


def _draw_box(canvas: Canvas, one: Step, box: Box) -> None:
    edge = "programme" if one.kind in ("activity", "impact") else "soft"
    line = 1.6 if one.kind == "impact" else 1.0
    place_ = (box.left, box.top, box.width, box.height)
    canvas.cell(place_, canvas.colours["wash"], edge, line=line, dash=one.kind == "condition")
    lines = [(text, "ink") for text in box.lines] + [(text, "soft") for text in box.level]
    y = box.top + box.height / 2 - LINE * (len(lines) - 1) / 2
    for i, (text, role) in enumerate(lines):
        canvas.text(box.left + 0.09, y + LINE * i, text, role, size=SIZE)


def _across(canvas: Canvas, arrows: Sequence[Arrow], places: Places) -> None:
    """Draw the links of columns: on to the right, and those that lead back underneath."""
    forward = [one for one in arrows if one not in places.back]
    boxes = places.boxes
    into = {key: [one for one in forward if one.end == key] for key in boxes}
    out = {key: [one for one in forward if one.start == key] for key in boxes}
    for key, box in boxes.items():
        into[key].sort(key=lambda one: _comes_from(one, places))
        out[key].sort(key=lambda one: _goes_to(one, places))
        for i, one in enumerate(into[key]):
            start = boxes[one.start]
            leave = start.top + start.height * (_rank(out, one) + 0.5) / len(out[one.start])
            xs, ys = [start.left + start.width], [leave]
            for column, y in places.bends.get((one.start, one.end), ()):
                left = next(b.left for b in boxes.values() if b.column == column)
                xs += [left - 0.06, left + box.width + 0.06]
                ys += [y, y]
            port = box.top + box.height / 2 + PORT * (i - (len(into[key]) - 1) / 2)
            _end(canvas, one, ([*xs, box.left - _NUMBER - 0.09], [*ys, port]), box.left)
    _draw_back(canvas, places)


def _rank(out: Mapping[str, Sequence[Arrow]], one: Arrow) -> int:
    """Return which of the links that leave a step one is, from above."""
    return list(out[one.start]).index(one)


def _comes_from(one: Arrow, places: Places) -> float:
    bends = places.bends.get((one.start, one.end), ())
    box = places.boxes[one.start]
    return bends[-1][1] if bends else box.top + box.height / 2


def _goes_to(one: Arrow, places: Places) -> float:
    bends = places.bends.get((one.start, one.end), ())
    box = places.boxes[one.end]
    return bends[0][1] if bends else box.top + box.height / 2


def _end(
    canvas: Canvas, one: Arrow, way: tuple[list[float], list[float]], edge: float, side: int = 1
) -> None:
    """Draw a link: its way, its number, and the arrow's head at the edge of the box."""
    role, width, dash = _STYLES[one.grade]
    xs, ys = way
    y = ys[-1]
    canvas.path(xs, ys, role, width=width, dash=dash)
    canvas.text(edge - side * _NUMBER, y, one.number, size=SIZE, bold=True, align="center")
    if one.grade == "refuted":
        long = max(range(1, len(xs)), key=lambda i: abs(xs[i] - xs[i - 1]) + abs(ys[i] - ys[i - 1]))
        middle = [(xs[long] + xs[long - 1]) / 2], [(ys[long] + ys[long - 1]) / 2]
        canvas.marks(*middle, role, shape="x", size=6.5, edge=1.6)
    tip = edge - side * _HEAD / 2
    canvas.marks([tip], [y], role, shape=">" if side > 0 else "<", size=4.8, edge=0.6)


def _draw_back(canvas: Canvas, places: Places) -> None:
    """Draw links that lead back: down from one box, under all of them, up into the other."""
    for i, one in enumerate(places.back):
        start, end = places.boxes[one.start], places.boxes[one.end]
        into = [other for other in places.back if other.end == one.end]
        role, width, dash = _STYLES[one.grade]
        x0 = start.left + start.width * 0.85 - 0.05 * i
        x1 = end.left + 0.12 + 0.24 * into.index(one)
        y = places.high - 0.06 - 0.12 * i
        foot = end.top + end.height
        ys = [start.top + start.height, y, y, foot + _NUMBER + 0.06]
        canvas.path([x0, x0, x1, x1], ys, role, width=width, dash=dash, order=0.6)
        canvas.text(x1, foot + _NUMBER - 0.03, one.number, size=SIZE, bold=True, align="center")
        canvas.marks([x1], [foot + 0.04], role, shape="^", size=4.8, edge=0.6)


def _down(canvas: Canvas, arrows: Sequence[Arrow], places: Places) -> None:
    """Draw the links of a list: out of a box, along a lane at its right, into the other."""
    ports: dict[tuple[str, str, int], float] = {}
    for key, box in places.boxes.items():
        into = [(i, "in") for i, one in enumerate(arrows) if one.end == key]
        out = [(i, "out") for i, one in enumerate(arrows) if one.start == key]
        own = [*into, *out]
        for k, (i, side) in enumerate(own):
            ports[key, side, i] = box.top + box.height / 2 + PORT * (k - (len(own) - 1) / 2)
    spans = [(ports[one.start, "out", i], ports[one.end, "in", i]) for i, one in enumerate(arrows)]
    lanes = _lanes(spans)
    right = next(iter(places.boxes.values()))
    edge = right.left + right.width
    first = edge + _NUMBER + 0.2
    step = min(0.14, (canvas.width - first - 0.05) / max([1, *lanes]))
    for one, (start, end), lane in zip(arrows, spans, lanes, strict=True):
        x = first + step * lane
        _end(canvas, one, ([edge, x, x, edge + _NUMBER + 0.09], [start, start, end, end]), edge, -1)


def _lanes(spans: Sequence[tuple[float, float]]) -> list[int]:
    """Return a lane for each link so that no two run over each other; short ones inside."""
    taken: list[list[tuple[float, float]]] = []
    lane = [0] * len(spans)
    for i in sorted(range(len(spans)), key=lambda k: abs(spans[k][0] - spans[k][1])):
        low, high = sorted(spans[i])
        free = (
            k
            for k, others in enumerate(taken)
            if all(high + 0.04 < a or b + 0.04 < low for a, b in others)
        )
        lane[i] = next(free, len(taken))
        if lane[i] == len(taken):
            taken.append([])
        taken[lane[i]].append((low, high))
    return lane


def _figure(reading: Reading, rows: Sequence[Row], steps: Sequence[Step], svg: str) -> Figure:
    w, title = reading.words, titled(reading, KIND)
    tested = sum(row.get("evidence") in _TESTED for row in rows)
    cells = tuple(
        (
            f"{value(row.get('number')) or 0:.0f}",
            title(row.get("start")),
            title(row.get("end")),
            w(f"theory.grade_{row.get('evidence')}"),
        )
        for row in rows
    )
    all_ = "; ".join(f"{n}: {start} → {end} ({grade})" for n, start, end, grade in cells)
    header, table = whole(reading, KIND)
    slots = {"tested": tested, "links": len(rows), "steps": len(steps)}
    return Figure(
        svg=svg,
        title=w("theory.title", **slots),
        subtitle=w("theory.sub"),
        alt=w("theory.alt", all=all_, **slots),
        header=header,
        rows=table,
        note=reading.note(w("theory.note")),
    )
