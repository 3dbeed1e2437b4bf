"""The effect under each rule for what is missing, one line for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.axis import Axis, Measure, axis, draw_axis
from evaluate.book.figures.frame.canvas import LINE, NORMAL, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.over_time import differences, level_of, unit_of
from evaluate.book.figures.frame.reading import Figure, Reading, Row, value
from evaluate.book.figures.frame.titled import whole
from evaluate.book.words import words

KIND = "missing_rules"
_WORST = "manski"
_NAMES, _ROW, _MARKS, _TOP = 2.5, 0.3, 0.3, 0.06
_BAR, _BEYOND = 0.1, 0.35  # inches of a bound's bar; of the range, how far worst cases may reach


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    key: str
    low: float
    high: float
    ends: tuple[float, float]
    leads: bool
    holds: bool | None

    @property
    def is_bound(self) -> bool:
        """Return whether it gives a range and no single effect."""
        return self.high > self.low


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return each rule's effect or bounds with the interval; the study's own rule is filled."""
    rules = [one for row in reading.rows(KIND) if (one := _rule(reading, row)) is not None]
    if not rules:
        return None
    limits = [one for rule in rules for one in (*rule.ends, rule.low, rule.high)]
    how = differences(limits, unit_of(reading, KIND), reading)
    return _figure(reading, rules, how, _drawn(reading, look, rules, how))


def _rule(reading: Reading, row: Row) -> _Rule | None:
    w, key = words(reading.language), str(row.get("rule"))
    estimate, ends = value(row.get("estimate")), (row.get("conf_low"), row.get("conf_high"))
    low, high = (value(row.get(end)) for end in ("low", "high"))
    first, last = (value(one) for one in ends)
    low, high = (low, high) if estimate is None else (estimate, estimate)
    if low is None or high is None or first is None or last is None:
        return None
    name = w(f"detail.{key}") if f"detail.{key}" in w else key.replace("_", " ")
    holds = row.get("holds")
    leads = row.get("headline") is True
    known = holds if isinstance(holds, bool) else None
    return _Rule(name, key, low, high, (first, last), leads, known)


def _scale(rules: Sequence[_Rule], left: float, right: float) -> Axis:
    """Return a scale on which worst cases do not crush the others."""
    near = [one for one in rules if one.key != _WORST] or list(rules)
    seen = [end for one in near for end in one.ends]
    low, high = min(0.0, *seen), max(0.0, *seen)
    more = _BEYOND * (high - low)
    worst = [end for one in rules for end in one.ends if one.key == _WORST]
    reach = [max(low - more, min(high + more, end)) for end in worst]
    return axis([*seen, *reach], left, right, room=0.03)


def _drawn(reading: Reading, look: Look, rules: Sequence[_Rule], how: Measure) -> str:
    numbers = [_numbers(reading, one, how) for one in rules]
    wide = max(width_of(one, SMALL) for one in numbers) + 0.14
    place = (0.08, look.width - 0.08) if look.narrow else (_NAMES, look.width - wide)
    heads = [_head(look, one, shown) for one, shown in zip(rules, numbers, strict=True)]
    depth = [LINE * len(lines) + (_MARKS if look.narrow else _ROW - LINE) for lines in heads]
    canvas = Canvas(look, _TOP + sum(depth) + 0.3, warning=reading.warning)
    scale, y = _scale(rules, *place), _TOP
    for one, lines, shown, high in zip(rules, heads, numbers, depth, strict=True):
        middle = y + high - 0.14 if look.narrow else y + high / 2
        first = y + 0.1 + LINE * (len(lines) - 1) if look.narrow else middle
        top = y + 0.1 + LINE * (len(lines) - 1) / 2 if look.narrow else middle
        canvas.lines(0, top, lines, size=SMALL if look.narrow else NORMAL, bold=one.leads)
        canvas.text(look.width, first, shown, "soft", size=SMALL, align="right")
        _line(canvas, scale, one, middle)
        zero = (middle - 0.12, middle + 0.12) if look.narrow else (y, y + high)
        canvas.path([scale.at(0)] * 2, list(zero), "ink", width=0.9)
        y += high
    draw_axis(canvas, scale, y, how)
    return canvas.svg()


def _head(look: Look, one: _Rule, shown: str) -> Sequence[str]:
    """Return the lines of a name; on a telephone one more where its numbers do not fit beside."""
    if not look.narrow:
        return wrap(one.name, _NAMES - 0.15, bold=one.leads, most=2)
    lines = wrap(one.name, look.width, size=SMALL, bold=one.leads, most=2)
    beside = width_of(lines[-1], SMALL, one.leads) + width_of(shown, SMALL) + 0.12
    return lines if beside <= look.width else [*lines, ""]


def _line(canvas: Canvas, scale: Axis, one: _Rule, y: float) -> None:
    worst = one.key == _WORST
    role = "ink" if one.leads else "warning" if one.holds is False and not worst else "neutral"
    low, high = (max(scale.low, min(scale.high, end)) for end in one.ends)
    canvas.path([scale.at(low), scale.at(high)], [y, y], role, width=2.2 if one.leads else 1.3)
    for end, shape in zip(one.ends, ("<", ">"), strict=True):
        if not scale.low <= end <= scale.high:
            at = scale.at(scale.low if shape == "<" else scale.high)
            canvas.marks([at], [y], role, shape=shape, size=7)
    if one.is_bound:
        left, right = (
            scale.at(max(scale.low, min(scale.high, end))) for end in (one.low, one.high)
        )
        high = _BAR / 2 if worst else _BAR
        colour = canvas.colours["pale" if worst else role]
        canvas.cell((left, y - high / 2, right - left, high), colour, None)
        return
    fill = role if one.leads else "page"
    shape, size = ("D", 7.0) if one.leads else ("o", 5.0)
    canvas.marks([scale.at(one.low)], [y], role, shape=shape, size=size, fill=fill, edge=1.2)


def _numbers(reading: Reading, one: _Rule, how: Measure) -> str:
    between = words(reading.language)(
        "figure.missing_rules.range",
        low=how.text(one.ends[0], sign=True),
        high=how.text(one.ends[1], sign=True),
    )
    return between if one.is_bound else f"{how.text(one.low, sign=True)} ({between})"


def _figure(reading: Reading, rules: Sequence[_Rule], how: Measure, svg: str) -> Figure:
    w = words(reading.language)
    judged = [one for one in rules if one.holds is not None and one.key != _WORST]
    fail = [one for one in judged if not one.holds]
    if not judged:
        title = w("figure.missing_rules.alone")
    elif fail:
        title = w("figure.missing_rules.differs", n=len(fail), all=len(judged))
    else:
        title = w("figure.missing_rules.same", n=len(judged))
    rows = "; ".join(f"{one.name} {_numbers(reading, one, how)}" for one in rules)
    header, cells = whole(reading, KIND)
    return Figure(
        svg=svg,
        title=title,
        subtitle=w("figure.missing_rules.sub", level=level_of(reading, KIND), unit=how.unit),
        alt=w("figure.missing_rules.alt", n=len(rules), rows=rows),
        header=header,
        rows=cells,
        note=reading.note(w("figure.missing_rules.note")),
    )
