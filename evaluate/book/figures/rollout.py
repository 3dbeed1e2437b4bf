"""Who starts when, and which cells one comparison out of many rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.canvas import LINE, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.cells import HEAD, Grid, draw_labels, grid, group_name
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.over_time import NEVER, calendar, cell, ordered
from evaluate.book.figures.frame.reading import Figure, Reading, Row

KIND = "rollout"
_KEY, _AFTER = 0.24, 2  # inches of the key; periods after the start of the comparison shown


@dataclass(frozen=True, slots=True)
class _Shown:
    """One comparison: a group and those not yet started, before its start and after."""

    cohort: str
    other: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class _Waves:
    """The table by group and period."""

    cohorts: list[str]
    periods: list[str]
    cells: Mapping[tuple[str, str], Row]

    def treated(self, cohort: str, period: str) -> bool:
        """Return whether a group has the programme in a period."""
        return self.cells.get((cohort, period), {}).get("treated") is True

    def size(self, cohort: str, name: str) -> float | None:
        """Return how many a group has in the period in which most are seen."""
        sizes = [cell(self.cells.get((cohort, one), {}), name) for one in self.periods]
        return max((one for one in sizes if one is not None), default=None)


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return a grid of groups by periods; one comparison is outlined."""
    rows = reading.rows(KIND)
    if not rows:
        return None
    waves = _waves(reading, rows)
    shown = _shown(waves)
    short = look.narrow
    sizes = {one: _size(reading, waves, one, short=short) for one in waves.cohorts}
    head = _sizes_head(reading, waves) if short else ""
    widest = max(width_of(one, SMALL) for one in (*sizes.values(), head))
    names = (waves.cohorts, waves.periods)
    keys = _keys(reading, look.width, shown)
    top = sum(_deep(lines) for _, lines in keys) + HEAD
    cells = grid(reading, look.width, names, top=top, right=widest + 0.14, short=short)
    canvas = Canvas(look, cells.bottom + 0.06, warning=reading.warning)
    _draw_keys(canvas, reading, keys)
    strong = [shown.cohort, shown.other] if shown else []
    until = cells.right + 0.04 if head else None
    draw_labels(canvas, reading, cells, short=short, strong=strong, until=until)
    if head:
        canvas.text(cells.right + 0.1, cells.top - 0.12, head, "soft", size=SMALL)
    for i, cohort in enumerate(waves.cohorts):
        y = cells.top + cells.high * (i + 0.5)
        canvas.text(cells.right + 0.1, y, sizes[cohort], "soft", size=SMALL)
        for period in waves.periods:
            _cell(canvas, waves, cells, cohort, period)
    if shown:
        _outline(canvas, cells, shown)
    return _figure(reading, waves, shown, canvas.svg())


def _waves(reading: Reading, rows: Sequence[Row]) -> _Waves:
    cells = {(str(one.get("cohort")), str(one.get("period"))): one for one in rows}
    periods = list(dict.fromkeys(str(one.get("period")) for one in rows))
    full = {name for name, _ in cells if all((name, one) in cells for one in periods)}
    in_order = calendar(reading, [one for one in rows if str(one.get("cohort")) in full] or rows)
    return _Waves(ordered((name for name, _ in cells), periods), in_order, cells)


def _shown(waves: _Waves) -> _Shown | None:
    """Return the comparison of the largest group that has one, two periods after its start."""
    found = [one for cohort in waves.cohorts if (one := _of(waves, cohort)) is not None]

    def rank(one: _Shown) -> tuple[bool, float]:
        return one.other == NEVER, waves.size(one.cohort, "n_units") or 0.0

    return max(found, key=rank, default=None)


def _of(waves: _Waves, cohort: str) -> _Shown | None:
    on = [i for i, one in enumerate(waves.periods) if waves.treated(cohort, one)]
    if cohort == NEVER or not on or on[0] == 0:
        return None
    before = waves.periods[on[0] - 1]
    for later in range(min(on[0] + _AFTER, on[-1]), on[0] - 1, -1):
        after = waves.periods[later]
        idle = [
            one
            for one in waves.cohorts
            if not waves.treated(one, after) and _seen(waves, one, before, after)
        ]
        if idle and _seen(waves, cohort, before, after):
            return _Shown(cohort, idle[-1], before, after)
    return None


def _seen(waves: _Waves, cohort: str, *periods: str) -> bool:
    return all(
        (cohort, one) in waves.cells and cell(waves.cells[cohort, one], "n_units") != 0
        for one in periods
    )


def _size(reading: Reading, waves: _Waves, cohort: str, *, short: bool) -> str:
    w = reading.words
    units, clusters = (waves.size(cohort, one) for one in ("n_units", "n_clusters"))
    grouped = clusters is not None and clusters != units
    count, key = (clusters, "rollout.clusters") if grouped else (units, "rollout.units")
    if count is None:
        return w("absent")
    if short:
        return reading.number(count)
    return w(f"{key}_one" if count == 1 else key, n=reading.number(count))


def _sizes_head(reading: Reading, waves: _Waves) -> str:
    grouped = any(
        waves.size(one, "n_clusters") not in (None, waves.size(one, "n_units"))
        for one in waves.cohorts
    )
    return reading.words("col.clusters" if grouped else "rollout.units_head")


def _keys(reading: Reading, wide: float, shown: _Shown | None) -> list[tuple[str, tuple[str, ...]]]:
    """Return what the fillings and the outline mean, each in the lines that it needs."""
    w = reading.words
    said = {"with": w("rollout.with")}
    if shown:
        slots = {"before": shown.before, "after": shown.after}
        slots["group"] = group_name(reading, shown.cohort).lower()
        slots["other"] = group_name(reading, shown.other).lower()
        said["outline"] = w("rollout.outline", **slots)
    return [(key, wrap(text, 0.97 * wide - 0.34, size=SMALL, most=3)) for key, text in said.items()]


def _deep(lines: Sequence[str]) -> float:
    return _KEY + LINE * (len(lines) - 1) - 0.02


def _draw_keys(
    canvas: Canvas, reading: Reading, keys: Sequence[tuple[str, tuple[str, ...]]]
) -> None:
    y = 0.1
    x = 0.34 + width_of(keys[0][1][0], SMALL) + 0.25
    _fill(canvas, (x, y - 0.07, 0.2, 0.14), treated=False)
    canvas.text(x + 0.31, y, reading.words("rollout.without"), "soft", size=SMALL)
    for key, lines in keys:
        place = (0.03, y - 0.07, 0.2, 0.14)
        if key == "outline":
            canvas.cell((0.04, y - 0.07, 0.18, 0.14), None, "ink", line=2.0)
        else:
            _fill(canvas, place, treated=True)
        for i, line in enumerate(lines):
            canvas.text(0.34, y + LINE * i, line, "soft", size=SMALL)
        y += _deep(lines)


def _fill(canvas: Canvas, place: tuple[float, float, float, float], *, treated: bool) -> None:
    if treated:
        canvas.cell(place, canvas.colours["programme"])
    else:
        canvas.cell(place, canvas.colours["wash"], "neutral", line=0.5)


def _cell(canvas: Canvas, waves: _Waves, cells: Grid, cohort: str, period: str) -> None:
    row = waves.cells.get((cohort, period))
    gap = min(0.025, 0.08 * cells.wide)
    if row is None or cell(row, "n_units") == 0:
        x, y, wide, high = cells.place(cohort, period, gap)
        canvas.path([x + wide / 3, x + 2 * wide / 3], [y + high / 2] * 2, "neutral", width=0.8)
        return
    _fill(canvas, cells.place(cohort, period, gap), treated=waves.treated(cohort, period))


def _outline(canvas: Canvas, cells: Grid, shown: _Shown) -> None:
    for cohort, role in ((shown.cohort, "ink"), (shown.other, "comparison")):
        for period in dict.fromkeys((shown.before, shown.after)):
            canvas.cell(cells.place(cohort, period, 0.018), None, role, line=2.2)


def _figure(reading: Reading, waves: _Waves, shown: _Shown | None, svg: str) -> Figure:
    w = reading.words
    starts = {one: _start(waves, one) for one in waves.cohorts}
    each = "; ".join(
        f"{group_name(reading, one)} ({_size(reading, waves, one, short=False)})"
        for one in waves.cohorts
    )
    return Figure(
        svg=svg,
        title=_title(reading, waves, starts),
        subtitle=w("rollout.sub_one" if shown else "rollout.sub"),
        alt=w("rollout.alt", first=waves.periods[0], last=waves.periods[-1], all=each),
        header=tuple(w(f"rollout.col_{one}") for one in ("group", "start", "units", "clusters")),
        rows=tuple(
            (
                group_name(reading, one),
                starts[one] or w("absent"),
                *(_count(reading, waves.size(one, name)) for name in ("n_units", "n_clusters")),
            )
            for one in waves.cohorts
        ),
        note=reading.note(w("rollout.note")),
    )


def _start(waves: _Waves, cohort: str) -> str:
    return next((one for one in waves.periods if waves.treated(cohort, one)), "")


def _count(reading: Reading, size: float | None) -> str:
    return reading.words("absent") if size is None else reading.number(size)


def _title(reading: Reading, waves: _Waves, starts: Mapping[str, str]) -> str:
    w = reading.words
    begun = [one for one in waves.cohorts if starts[one]]
    idle = [one for one in waves.cohorts if not starts[one]]
    if not begun:
        return w("rollout.title_nobody")
    first, last = starts[begun[0]], starts[begun[-1]]
    slots = {"n": len(begun), "first": first, "last": last}
    key = "rollout.title" if len(begun) > 1 else "rollout.title_single"
    said = w(key, **slots)
    return f"{said}, {w('rollout.some_never' if idle else 'rollout.none_never')}"
