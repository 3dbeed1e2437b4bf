"""How often each way is the best choice, by what a unit of effect may cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.axis import Axis, Measure, draw_axis
from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, wrap
from evaluate.book.figures.frame.draws import one_unit
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.money import sums
from evaluate.book.figures.frame.reading import Figure, Reading, value

KIND = "acceptability"
_TOP, _HIGH, _FOOT, _LEFT = 0.34, 1.9, 0.5, 0.46
_NAMES, _NAMES_NARROW, _ROWS = 1.5, 0.92, 11
_LOOKS = (
    ("comparison", (4.0, 2.0)),
    ("programme", None),
    ("ink", (1.5, 1.5)),
    ("soft", (6.0, 2.0)),
)


@dataclass(frozen=True, slots=True)
class _Way:
    """One option: how often it is best at each threshold, and where it is best on average."""

    name: str
    shares: Sequence[float]
    best: Sequence[bool]


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return a line for each option, thick where it is the best choice on average."""
    at, ways = _read(reading)
    if len(at) <= 1:
        return None
    how = sums(reading, at)
    canvas = Canvas(look, _TOP + _HIGH + _FOOT, warning=reading.warning)
    room = _NAMES_NARROW if look.narrow else _NAMES
    across = Axis(min(at), max(at), _LEFT, look.width - room - 0.12)
    up = Axis(0.0, 1.0, _TOP + _HIGH, _TOP)
    for share in (0.0, 0.5, 1.0):
        y = up.at(share)
        canvas.path([across.left, across.right], [y, y], "rule", width=0.6, order=0.8)
        canvas.text(_LEFT - 0.06, y, reading.percent(share), "soft", size=SMALL, align="right")
    canvas.text(0.02, 0.1, reading.words("acceptability.up"), "soft", size=SMALL)
    for i, way in enumerate(ways.values()):
        _line(canvas, way, i, at, (across, up))
    _labels(canvas, list(ways.values()), across, up, room)
    draw_axis(canvas, across, up.left, how, sign=False)
    said = reading.words("acceptability.across", one=one_unit(reading), unit=how.unit)
    (line,) = wrap(said, look.width, size=SMALL, most=1)
    canvas.text(0.02, _TOP + _HIGH + _FOOT - 0.12, line, "soft", size=SMALL)
    return _figure(reading, (at, ways), how, canvas.svg())


def _read(reading: Reading) -> tuple[list[float], Mapping[str, _Way]]:
    """Return the thresholds, and the options that are there at each of them."""
    found: dict[str, dict[float, tuple[float, bool]]] = {}
    for row in reading.rows(KIND):
        at, share = value(row.get("threshold")), value(row.get("probability"))
        if at is not None and share is not None:
            best = row.get("optimal") is True
            found.setdefault(str(row.get("option")), {})[at] = (share, best)
    if not found:
        return [], {}
    common = sorted(set.intersection(*(set(one) for one in found.values())))
    return common, {
        key: _Way(
            _named(reading, key),
            [one[at][0] for at in common],
            [one[at][1] for at in common],
        )
        for key, one in found.items()
    }


def _named(reading: Reading, key: str) -> str:
    if key in ("usual", "programme"):
        return reading.words(f"acceptability.{key}")
    others = reading.study.get("economics", {}).get("alternatives", {})
    return reading.text(others.get(key, {}).get("title"), key.replace("_", " "))


def _line(
    canvas: Canvas, way: _Way, i: int, at: Sequence[float], scales: tuple[Axis, Axis]
) -> None:
    role, dash = _LOOKS[i % len(_LOOKS)]
    xs, ys = [scales[0].at(x) for x in at], [scales[1].at(y) for y in way.shares]
    canvas.path(xs, ys, role, width=1.2, dash=dash, order=2)
    start = 0
    for end in range(1, len(at) + 1):
        if end == len(at) or way.best[end] != way.best[start]:
            if way.best[start] and end - start > 1:
                canvas.path(xs[start:end], ys[start:end], role, width=3.2, order=2.2)
            start = end


def _labels(canvas: Canvas, ways: Sequence[_Way], across: Axis, up: Axis, room: float) -> None:
    """Write each option's name at the end of its line, moved apart where they would touch."""
    ends = sorted(range(len(ways)), key=lambda i: -ways[i].shares[-1])
    below = -LINE
    for i in ends:
        lines = wrap(ways[i].name, room, size=SMALL, bold=True, most=2)
        half = LINE * (len(lines) - 1) / 2
        y = max(up.at(ways[i].shares[-1]), below + LINE + half)
        role = {"comparison": "comparison_text"}.get(_LOOKS[i % len(_LOOKS)][0])
        for n, line in enumerate(lines):
            place = y - half + LINE * n
            canvas.text(
                across.right + 0.1,
                place,
                line,
                role or _LOOKS[i % len(_LOOKS)][0],
                size=SMALL,
                bold=True,
            )
        below = y + half


def _title(reading: Reading, at: Sequence[float], ways: Mapping[str, _Way], how: Measure) -> str:
    w, best = reading.words, ways["programme"].best if "programme" in ways else ()
    first = next((i for i, one in enumerate(best) if one), None)
    if first is None:
        return w("acceptability.never")
    if all(best):
        return w("acceptability.always")
    if all(best[first:]):
        return w("acceptability.from", amount=how.full(at[first]), one=one_unit(reading))
    return w("acceptability.some")


def _figure(
    reading: Reading, read: tuple[list[float], Mapping[str, _Way]], how: Measure, svg: str
) -> Figure:
    w, (at, ways) = reading.words, read
    step = max(1, -(-len(at) // _ROWS))
    title = _title(reading, at, ways, how)
    rows = [
        (
            how.text(at[i]),
            ", ".join(one.name for one in ways.values() if one.best[i]),
            *(reading.percent(one.shares[i]) for one in ways.values()),
        )
        for i in range(0, len(at), step)
    ]
    return Figure(
        svg=svg,
        title=title,
        subtitle=w("acceptability.sub"),
        alt=w("acceptability.alt", title=title, n=len(ways)),
        header=(
            w("acceptability.threshold"),
            w("acceptability.best"),
            *(one.name for one in ways.values()),
        ),
        rows=tuple(rows),
        note=reading.note(w("acceptability.note")),
    )
