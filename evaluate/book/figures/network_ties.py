"""Networks side by side by time: the same actors in the same places, ties new, kept and gone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.reading import Figure, Reading
from evaluate.book.figures.frame.titled import titled
from evaluate.book.words import words

KIND, ACTORS = "network_ties", "network_actors"
_MOST_TIMES, _MOST_GROUPS = 4, 6
_BESIDE, _BESIDE_NARROW = 3, 2
_TALLEST, _HEAD, _BETWEEN = 2.3, 0.22, 0.1
_MARK = 0.16  # inches from an actor's mark to its number
_DOT = 0.1  # inches from the receiver's mark to the dot at the end of a directed tie
_FEWEST_IN_RING = 3
_LOOKS = (
    ("programme", "o", None),
    ("comparison", "s", None),
    ("soft", "^", None),
    ("programme", "D", "page"),
    ("comparison", "v", "page"),
    ("ink", "p", None),
    ("soft", "X", None),
    ("ink", "h", "page"),
)
Tie = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Group:
    """The actors of one group, and their ties by time."""

    key: str
    actors: Sequence[str]
    sectors: Mapping[str, str]
    ties: Mapping[str, frozenset[Tie]]


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return a picture for each group and time, with a key of actors and sectors."""
    groups, times = _read(reading)
    if not groups:
        return None
    shown = times if len(times) <= _MOST_TIMES else (times[0], *times[1 - _MOST_TIMES :])
    across = _across(look, len(shown))
    drawn = groups[:_MOST_GROUPS]
    beside = _beside(look, len(shown), len(drawn))
    size = min(_TALLEST, look.width / (across * beside) - _BETWEEN)
    sectors = list(dict.fromkeys(sorted(s for one in groups for s in one.sectors.values())))
    keys = _key_lines(reading, look, groups, sectors)
    rows = math.ceil(len(shown) / across)
    deep = (_HEAD if len(groups) > 1 else 0.0) + rows * (size + _HEAD)
    high = deep * math.ceil(len(drawn) / beside)
    canvas = Canvas(look, high + LINE * len(keys) + 0.14, warning=reading.warning)
    for i, one in enumerate(drawn):
        place = ((i % beside) * look.width / beside, (i // beside) * deep, size)
        _group(canvas, reading, one, (shown, sectors, len(groups) > 1), place)
    _draw_keys(canvas, keys, high + 0.1)
    return _figure(reading, groups, times, canvas.svg())


def _across(look: Look, times: int) -> int:
    """Return how many times stand beside each other: four stand two by two."""
    if look.narrow:
        return 1
    return times // 2 if times == _MOST_TIMES else times


def _beside(look: Look, times: int, groups: int) -> int:
    """Return how many groups stand beside each other: several, where each is seen once."""
    if times > 1:
        return 1
    return min(groups, _BESIDE_NARROW if look.narrow else _BESIDE)


def _read(reading: Reading) -> tuple[list[_Group], tuple[str, ...]]:
    """Return groups and times; actors stand by sector and name, the same at each time."""
    actors, ties = reading.rows(ACTORS), reading.rows(KIND)
    times = tuple(dict.fromkeys(str(row["wave"]) for row in actors))
    groups = []
    for key in dict.fromkeys(str(row["group"]) for row in actors):
        sectors = {str(row["actor"]): str(row["sector"]) for row in actors if row["group"] == key}
        by_time = {
            time: frozenset(
                (str(row["sender"]), str(row["receiver"]))
                for row in ties
                if (row["group"], row["wave"]) == (key, time)
            )
            for time in times
        }
        order = sorted(sectors, key=lambda one: (sectors[one], one))
        groups.append(_Group(key, order, sectors, by_time))
    return groups, times


def _directed(reading: Reading) -> bool:
    return any("received" in row for row in reading.rows(ACTORS))


def _group(
    canvas: Canvas,
    reading: Reading,
    one: _Group,
    what: tuple[Sequence[str], Sequence[str], bool],
    place: tuple[float, float, float],
) -> None:
    (times, sectors, several), (start, y, size) = what, place
    title = titled(reading, KIND)
    wide = canvas.width if len(times) > 1 else size + _BETWEEN
    if several:
        named = wrap(title(one.key), wide - 0.05, bold=True, most=1)[0]
        canvas.text(start, y + 0.1, named, bold=True)
        y += _HEAD
    across = _across(canvas.look, len(times))
    for i, time in enumerate(times):
        left = start + (i % across) * (canvas.width / across)
        top = y + (i // across) * (size + _HEAD)
        room = wide / across - 0.12
        said = wrap(title(time), room, size=SMALL, bold=True, most=1)[0]
        canvas.text(left, top + 0.1, said, "soft", size=SMALL, bold=True)
        middle = (left + size / 2, top + _HEAD + size / 2)
        before = one.ties[times[i - 1]] if i else None
        _ring(canvas, one, (time, before, _directed(reading)), sectors, (*middle, size / 2 - 0.24))


def _ring(
    canvas: Canvas,
    one: _Group,
    when: tuple[str, frozenset[Tie] | None, bool],
    sectors: Sequence[str],
    place: tuple[float, float, float],
) -> None:
    x, y, radius = place
    time, before, directed = when
    turn = 2 * math.pi / max(len(one.actors), _FEWEST_IN_RING)
    points = {
        actor: (math.sin(k * turn), -math.cos(k * turn)) for k, actor in enumerate(one.actors)
    }
    at = {actor: (x + radius * px, y + radius * py) for actor, (px, py) in points.items()}
    now = one.ties[time]
    for start, end in sorted(now | (before or frozenset())):
        xs, ys = zip(at[start], at[end], strict=True)
        tie = (start, end)
        if tie not in now:
            canvas.path(xs, ys, "neutral", width=0.8, dash=(2.0, 2.0), order=1)
        elif before is not None and tie not in before:
            canvas.path(xs, ys, "programme", width=2.0, order=1.4)
        else:
            canvas.path(xs, ys, "soft", width=0.9, order=1.2)
        if directed and tie in now:
            _end(canvas, at[start], at[end])
    for k, actor in enumerate(one.actors):
        role, shape, fill = _LOOKS[sectors.index(one.sectors[actor]) % len(_LOOKS)]
        canvas.marks([at[actor][0]], [at[actor][1]], role, shape=shape, size=7.5, fill=fill)
        px, py = points[actor]
        spot = (at[actor][0] + _MARK * px, at[actor][1] + _MARK * py)
        canvas.text(*spot, str(k + 1), "ink", size=SMALL, align="center")


def _end(canvas: Canvas, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Put a dot at the receiver's end of a tie."""
    long = math.dist(start, end)
    x, y = (b + (a - b) * _DOT / long for a, b in zip(start, end, strict=True))
    canvas.marks([x], [y], "ink", shape="o", size=2.2)


Key = tuple[int, tuple[tuple[float, str], ...]]


def _key_lines(
    reading: Reading, look: Look, groups: Sequence[_Group], sectors: Sequence[str]
) -> list[Key]:
    """Return lines of the key: a sector's mark, and the numbers and names of its actors.

    Groups whose actors have the same names share a key; otherwise the numbers are in the table.
    """
    title = titled(reading, KIND)
    alike = len({tuple(one.actors) for one in groups}) == 1
    lines: list[Key] = []
    for k, sector in enumerate(sectors):
        said = title(sector)
        if alike:
            first = groups[0]
            named = (
                f"{i + 1} {title(actor)}"
                for i, actor in enumerate(first.actors)
                if first.sectors[actor] == sector
            )
            said = f"{said}: {', '.join(named)}"
        for i, text in enumerate(wrap(said, 0.96 * (look.width - 0.3), size=SMALL, most=4)):
            lines.append((k if i == 0 else -1, ((0.24, text),)))
    return lines


def _draw_keys(canvas: Canvas, keys: Sequence[Key], y: float) -> None:
    for sector, texts in keys:
        if sector >= 0:
            role, shape, fill = _LOOKS[sector % len(_LOOKS)]
            canvas.marks([0.09], [y], role, shape=shape, size=7.5, fill=fill)
        for left, text in texts:
            if left + width_of(text, SMALL) <= canvas.width + 0.01:
                canvas.text(left, y, text, size=SMALL)
        y += LINE


def _figure(reading: Reading, groups: Sequence[_Group], times: Sequence[str], svg: str) -> Figure:
    title, w = titled(reading, KIND), words(reading.language)
    counts = [sum(len(one.ties[time]) for one in groups) for time in times]
    actors = sum(len(one.actors) for one in groups)
    key = "figure.network.title" if len(times) > 1 else "figure.network.title_once"
    said = w(key, first=counts[0], last=counts[-1], actors=actors)
    several = len(groups) > 1
    ends = ("from", "to") if _directed(reading) else ("between", "and")
    rows = []
    for one in groups:
        for tie in sorted(frozenset[Tie]().union(*one.ties.values())):
            cells = tuple(
                w("figure.network.yes" if tie in one.ties[time] else "figure.network.no")
                for time in times
            )
            rows.append((*((title(one.key),) if several else ()), *map(title, tie), *cells))
    some = w("figure.network.some", n=_MOST_GROUPS, all=len(groups))
    return Figure(
        svg=svg,
        title=said,
        subtitle=w("figure.network.sub" if len(times) > 1 else "figure.network.sub_once"),
        alt=w("figure.network.alt", title=said),
        header=(
            *((w("figure.network.group"),) if several else ()),
            *(w(f"figure.network.{one}") for one in ends),
            *map(title, times),
        ),
        rows=tuple(rows),
        note=reading.note(some if len(groups) > _MOST_GROUPS else "", w("figure.network.note")),
    )
