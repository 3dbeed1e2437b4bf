"""Whether more effect costs more: draws of both, in four quadrants that are told in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.book.figures.frame.axis import Axis, Measure, draw_axis, measure
from evaluate.book.figures.frame.canvas import LINE, NORMAL, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.draws import effect_unit, of_hundred, one_unit
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.money import sums
from evaluate.book.figures.frame.over_time import draw_upright, room
from evaluate.book.figures.frame.reading import Figure, Reading, value

KIND = "plane"
_HIGH, _TOP, _BAND = 2.5, 0.24, 0.46
_EDGE = 0.08  # inches between a draw and the edge of the sheet
_CORNERS = ("more_less", "more_more", "less_less", "less_more")  # cost, then effect


@dataclass(frozen=True, slots=True)
class _Cloud:
    """Draws of effect and cost, the estimate, and what a unit of effect may cost."""

    effects: Sequence[float]
    costs: Sequence[float]
    estimate: tuple[float, float] | None
    willing: float | None
    name: str
    on: Measure
    paid: Measure

    def share(self, corner: str) -> float:
        """Return which share of the draws lies in a quadrant; what costs 0 does not cost more."""
        found = sum(
            ((cost > 0) == corner.startswith("more"), (effect > 0) == corner.endswith("more"))
            == (True, True)
            for effect, cost in zip(self.effects, self.costs, strict=True)
        )
        return found / len(self.effects)

    def worth(self, at: float) -> float:
        """Return which share of the draws costs no more than its effect is worth."""
        pairs = zip(self.effects, self.costs, strict=True)
        return sum(at * effect >= cost for effect, cost in pairs) / len(self.effects)


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return the plane of cost and effect; nothing for an effect that was not estimated."""
    cloud = _read(reading)
    if cloud is None:
        return None
    under = _under(reading, cloud, look)
    foot = 0.44 + LINE * len(under)
    canvas = Canvas(look, _TOP + _HIGH + foot, warning=reading.warning)
    across, up = _scales(reading, cloud, look)
    draw_upright(canvas, up, (across.left, across.right), cloud.paid, sign=False)
    for xs, ys in (
        ([across.left, across.right], [up.at(0.0)] * 2),
        ([across.at(0.0)] * 2, [_TOP, _TOP + _HIGH]),
    ):
        canvas.path(xs, ys, "ink", width=0.9, order=1.5)
    _draws(canvas, cloud, across, up)
    _corners(canvas, reading, cloud, across)
    named = wrap(_costs(reading, cloud), look.width, size=SMALL, most=1)
    canvas.text(0.02, 0.1, named[0], "soft", size=SMALL)
    draw_axis(canvas, across, _TOP + _HIGH, cloud.on)
    for i, line in enumerate(under):
        canvas.text(0.02, _TOP + _HIGH + 0.38 + LINE * i, line, "soft", size=SMALL)
    return _figure(reading, cloud, canvas.svg())


def _read(reading: Reading) -> _Cloud | None:
    pairs = [
        (effect, cost)
        for row in reading.rows(KIND)
        if (effect := value(row.get("effect"))) is not None
        and (cost := value(row.get("cost"))) is not None
    ]
    if not pairs:
        return None
    effects, costs = zip(*pairs, strict=True)
    rows = (row for row in reading.rows("effectiveness") if row.get("option") == "programme")
    found = next(((value(row.get("effect")), value(row.get("cost"))) for row in rows), (None, None))
    estimate = None if found[0] is None or found[1] is None else (found[0], found[1])
    spec = reading.study.get("economics", {})
    analysis = spec.get("analysis")
    row = next((one for one in reading.headlines() if one.analysis == analysis), reading.lead())
    ends = () if estimate is None else estimate
    return _Cloud(
        effects,
        costs,
        estimate,
        value(spec.get("willingness")),
        reading.title(row.outcome) if row else reading.words("plane.outcome"),
        measure([*effects, *ends[:1]], effect_unit(reading), reading),
        sums(reading, [*costs, *ends[1:]]),
    )


def _scales(reading: Reading, cloud: _Cloud, look: Look) -> tuple[Axis, Axis]:
    """Return scales with zero inside and room for the quadrants' names on all sides of it."""
    at = cloud.estimate
    effects = [0.0, *cloud.effects, *([] if at is None else at[:1])]
    costs = [0.0, *cloud.costs, *([] if at is None else at[1:])]
    up = _around(costs, _HIGH, _BAND)
    left = room(up[0], up[1], cloud.paid, sign=False)
    inside = look.width - _EDGE - left
    wide = max(width_of(x, NORMAL, i == 0) for one in _CORNERS
               for i, x in enumerate(_lines(reading, cloud, one, inside / 2 - 0.12)))  # fmt: skip
    along = _around(effects, inside, wide + 0.14, _EDGE)
    return Axis(*along, left, look.width - _EDGE), Axis(*up, _TOP + _HIGH, _TOP)


def _around(
    values: Sequence[float], wide: float, least: float, beyond: float | None = None
) -> tuple[float, float]:
    """Return ends of a scale that leave room on both sides of zero and beyond all values.

    Parameters
    ----------
    values : sequence of float
        What must be seen, zero among them.
    wide : float
        Inches of the scale.
    least : float
        Inches on either side of zero.
    beyond : float or None
        Inches beyond the last value; ``None`` is as many as ``least``.
    """
    more = least if beyond is None else beyond
    low, high = min(values), max(values)
    if low == high:
        return -1.0, 1.0
    inch = max(
        (high - low) / (wide - 2 * more),
        high / (wide - least - more) if low > -1e-12 * high else 0.0,
        -low / (wide - least - more) if high < -1e-12 * low else 0.0,
    )
    before, after = (max(least * inch, -low + more * inch), max(least * inch, high + more * inch))
    rest = max(inch, (before + after) / wide)
    before = max(before, least * rest)
    after = max(after, least * rest)
    return -before, max(after, rest * wide - before)


def _draws(canvas: Canvas, cloud: _Cloud, across: Axis, up: Axis) -> None:
    at = cloud.willing
    for worth in (False, True):
        spots = [
            (across.at(effect), up.at(cost))
            for effect, cost in zip(cloud.effects, cloud.costs, strict=True)
            if (at is not None and at * effect >= cost) == worth
        ]
        role = "neutral" if at is None else "programme" if worth else "comparison"
        if spots:
            xs, ys = zip(*spots, strict=True)
            canvas.marks(xs, ys, role, size=2.4, fill="none", edge=0.6)
    if at is not None:
        _line(canvas, at, across, up)
    if cloud.estimate is not None:
        x, y = across.at(cloud.estimate[0]), up.at(cloud.estimate[1])
        canvas.marks([x], [y], "page", shape="D", size=9.5)
        canvas.marks([x], [y], "ink", shape="D", size=7)


def _line(canvas: Canvas, at: float, across: Axis, up: Axis) -> None:
    """Draw what effects are worth, from edge to edge of the plane."""
    ends = [max(across.low, up.low / at), min(across.high, up.high / at)]
    ys = [up.at(at * one) for one in ends]
    canvas.path([across.at(one) for one in ends], ys, "ink", width=1.2, dash=(4.0, 2.0), order=4)


def _lines(reading: Reading, cloud: _Cloud, corner: str, wide: float) -> tuple[str, ...]:
    """Return a quadrant's name, and how many of 100 draws lie in it."""
    w = reading.words
    name = wrap(w(f"plane.{corner}"), wide, bold=True, most=1)
    count = w("plane.count", n=of_hundred(reading, cloud.share(corner)))
    return (*name, *wrap(count, wide, most=1))


def _corners(canvas: Canvas, reading: Reading, cloud: _Cloud, across: Axis) -> None:
    for corner in _CORNERS:
        right, top = corner.endswith("more"), corner.startswith("more")
        x = across.right - 0.04 if right else across.left + 0.04
        lines = _lines(reading, cloud, corner, (across.right - across.left) / 2 - 0.12)
        y = _TOP + (0.13 if top else _HIGH - 0.13 - LINE)
        for i, line in enumerate(lines):
            role, align = "soft" if i else "ink", "right" if right else "left"
            canvas.text(x, y + LINE * i, line, role, bold=i == 0, align=align)


def _costs(reading: Reading, cloud: _Cloud) -> str:
    return reading.words("plane.cost", unit=cloud.paid.unit)


def _effects(reading: Reading, cloud: _Cloud) -> str:
    outcome = ", ".join(one for one in (cloud.name, cloud.on.unit) if one)
    return reading.words("plane.effect", outcome=outcome)


def _under(reading: Reading, cloud: _Cloud, look: Look) -> tuple[str, ...]:
    """Return what stands under the scale of effects: its name, and what the line means."""
    texts = [_effects(reading, cloud), *([_worth(reading, cloud)] if cloud.willing else [])]
    return tuple(one for text in texts for one in wrap(text, look.width - 0.04, size=SMALL, most=3))


def _worth(reading: Reading, cloud: _Cloud) -> str:
    at = cloud.willing or 0.0
    how = sums(reading, [at])
    told = {"amount": how.full(at), "one": one_unit(reading)}
    return reading.words("plane.worth", n=of_hundred(reading, cloud.worth(at)), **told)


def _title(reading: Reading, cloud: _Cloud) -> str:
    w = reading.words
    first, second = sorted(_CORNERS, key=cloud.share, reverse=True)[:2]
    told = w("plane.title", n=of_hundred(reading, cloud.share(first)), what=w(f"plane.say.{first}"))
    if not cloud.share(second):
        return told
    n = of_hundred(reading, cloud.share(second))
    return w("plane.title_and", title=told, n=n, what=w(f"plane.say.{second}"))


def _figure(reading: Reading, cloud: _Cloud, svg: str) -> Figure:
    w = reading.words
    counts = [(w(f"plane.{one}"), of_hundred(reading, cloud.share(one))) for one in _CORNERS]
    rows = [(name, w("plane.count", n=n)) for name, n in counts]
    if cloud.estimate is not None:
        rows.append((w("plane.estimate_effect"), cloud.on.full(cloud.estimate[0], sign=True)))
        rows.append((w("plane.estimate_cost"), cloud.paid.full(cloud.estimate[1])))
    notes = [w("plane.note"), *([_worth(reading, cloud)] if cloud.willing else [])]
    return Figure(
        svg=svg,
        title=_title(reading, cloud),
        subtitle=w("plane.sub", n=len(cloud.effects), outcome=cloud.name),
        alt=w("plane.alt", all="; ".join(f"{name}: {n}" for name, n in counts)),
        header=(w("col.what"), w("col.value")),
        rows=tuple(rows),
        note=reading.note(*notes),
    )
