"""Who pays and who gains: one step for each payer, society's sum at the foot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from evaluate.book.figures.frame.axis import Axis, Measure, axis
from evaluate.book.figures.frame.canvas import LINE, NORMAL, SMALL, Canvas, width_of, wrap
from evaluate.book.figures.frame.look import Look
from evaluate.book.figures.frame.money import SOCIETY, Account, accounts, per, sums
from evaluate.book.figures.frame.reading import Figure, Reading
from evaluate.book.figures.frame.strip import level

KIND = "accounts"
_BAR, _STEP, _STEP_NARROW, _NAMES = 0.2, 0.36, 0.52, 1.9
_COLUMN = 0.2  # inches between columns of numbers


@dataclass(frozen=True, slots=True)
class _Bar:
    one: Account
    start: float
    lines: tuple[str, ...]
    high: float  # inches of its row

    @property
    def total(self) -> bool:
        return self.one.payer == SOCIETY


def draw(reading: Reading, look: Look) -> Figure | None:
    """Return the waterfall with each payer's cost, benefit and net."""
    rows = accounts(reading)
    if not rows:
        return None
    how = sums(reading, [x for one in rows for x in (one.cost, one.benefit, one.net)])
    bars = _bars(rows, look)
    head = 0.06 if look.narrow else 0.24
    deep = sum(bar.high for bar in bars)
    canvas = Canvas(look, head + deep + 0.08, warning=reading.warning)
    columns = _columns(reading, how, rows, look)
    room = max(width_of(how.text(one.net, sign=True), NORMAL, True) for one in rows) + 0.12
    left = 0.02 if look.narrow else _NAMES + 0.1
    right = look.width if look.narrow else columns[0] - columns[3] - _COLUMN
    ends = [bar.start + share * bar.one.net for bar in bars for share in (0, 1)]
    last = _society(rows)
    scale = axis([*ends, *(x for x in (last.low, last.high) if x is not None)], left, right, room=0)
    scale = Axis(scale.low, scale.high, left + (room if scale.low < 0 else 0), right - room)
    _draw(canvas, reading, bars, scale, (head, how, columns))
    return _figure(reading, rows, how, canvas.svg())


def _society(rows: Sequence[Account]) -> Account:
    return next(one for one in rows if one.payer == SOCIETY)


def _bars(rows: Sequence[Account], look: Look) -> list[_Bar]:
    # Society's bar, and that of who stands outside it, begin at zero.
    steps = [0.0 if one.outside or one.payer == SOCIETY else one.net for one in rows]
    before = [0.0, *accumulate(steps)]
    starts = [
        0.0 if one.outside or one.payer == SOCIETY else start
        for one, start in zip(rows, before, strict=False)
    ]
    wide = look.width if look.narrow else _NAMES
    found = []
    for one, start in zip(rows, starts, strict=True):
        lines = wrap(one.name, wide, bold=True, most=2)
        high = (_STEP_NARROW if look.narrow else _STEP) + LINE * (len(lines) - 1)
        if look.narrow:
            high += LINE  # cost and benefit on a line of their own
        found.append(_Bar(one, start, lines, high))
    return found


def _columns(
    reading: Reading, how: Measure, rows: Sequence[Account], look: Look
) -> tuple[float, float, float, float]:
    """Return the right edges of cost, benefit and net, and the width of the first."""
    wide = []
    for key in ("cost", "benefit", "net"):
        cells = [how.text(getattr(one, key), sign=key == "net") for one in rows]
        heading = width_of(reading.words(f"col.{key}"), 9)
        wide.append(max(heading, *(width_of(cell, NORMAL, True) for cell in cells)))
    net = look.width
    benefit = net - wide[2] - _COLUMN
    return benefit - wide[1] - _COLUMN, benefit, net, wide[0]


def _draw(
    canvas: Canvas,
    reading: Reading,
    bars: Sequence[_Bar],
    scale: Axis,
    rest: tuple[float, Measure, tuple[float, float, float, float]],
) -> None:
    head, how, columns = rest
    narrow, zero, y = canvas.look.narrow, scale.at(0), head
    if not narrow:
        for x, key in zip(columns, ("cost", "benefit", "net"), strict=False):
            canvas.text(x, 0.1, reading.words(f"col.{key}"), "soft", size=9, align="right")
    for bar, after in zip(bars, [*bars[1:], None], strict=True):
        middle = y + bar.high - 0.16 if narrow else y + bar.high / 2
        edge = 0.14 if narrow else bar.high / 2
        if bar.total and not narrow:
            canvas.path([0, _NAMES], [y, y], "soft", width=0.7)
            canvas.path([columns[0] - columns[3], columns[2]], [y, y], "soft", width=0.7)
        canvas.path([zero, zero], [middle - edge, middle + edge], "ink", width=0.9, order=2.5)
        _bar(canvas, bar, scale, middle, how)
        if after is not None and not (bar.total or after.one.outside):
            x = scale.at(bar.start + bar.one.net)
            below = y + bar.high + (after.high - 0.16 if narrow else after.high / 2)
            # on a telephone names stand between the bars: only the end of the line is drawn
            start = below - _BAR / 2 - 0.09 if narrow else middle + _BAR / 2
            canvas.path([x, x], [start, below - _BAR / 2], "neutral", width=0.8)
        (_words_narrow if narrow else _words)(canvas, reading, bar, how, (y, middle, *columns))
        y += bar.high


def _bar(canvas: Canvas, bar: _Bar, scale: Axis, y: float, how: Measure) -> None:
    one = bar.one
    a, b = scale.at(bar.start), scale.at(bar.start + one.net)
    role = "ink" if bar.total else "programme" if one.net >= 0 else "comparison"
    canvas.box(min(a, b), y - _BAR / 2, abs(b - a), _BAR, role, hatch=one.net < 0)
    if bar.total and one.low is not None and one.high is not None:
        ends = [scale.at(one.low), scale.at(one.high)]
        canvas.path(ends, [y + _BAR / 2 + 0.06] * 2, "ink", width=1.4)
    text = how.text(one.net, sign=True)
    shade = "ink" if bar.total else "programme" if one.net >= 0 else "comparison_text"
    edge = max(a, b) + 0.06 if one.net >= 0 else min(a, b) - 0.06
    align = "left" if one.net >= 0 else "right"
    canvas.text(edge, y, text, shade, bold=True, align=align)


def _words(
    canvas: Canvas,
    reading: Reading,
    bar: _Bar,
    how: Measure,
    place: tuple[float, ...],
) -> None:
    _, middle, cost, benefit, net, _ = place
    one, bold = bar.one, bar.total or bar.one.net < 0
    canvas.lines(0, middle, bar.lines, bold=bold)
    dash = reading.words("absent")
    for x, amount in ((cost, one.cost), (benefit, one.benefit)):
        canvas.text(x, middle, how.text(amount) if amount else dash, "soft", align="right")
    role = "comparison_text" if one.net < 0 and not bar.total else "ink"
    canvas.text(net, middle, how.text(one.net, sign=True), role, bold=bar.total, align="right")


def _words_narrow(
    canvas: Canvas,
    reading: Reading,
    bar: _Bar,
    how: Measure,
    place: tuple[float, ...],
) -> None:
    y, one, w = place[0], bar.one, reading.words
    for i, line in enumerate(bar.lines):
        canvas.text(0, y + 0.1 + LINE * i, line, bold=bar.total or one.net < 0)
    parts = [
        f"{w(f'col.{key}')} {how.text(amount)}"
        for key, amount in (("cost", one.cost), ("benefit", one.benefit))
        if amount
    ]
    text = wrap(" · ".join(parts), canvas.width, size=SMALL, most=1)[0]
    canvas.text(0, y + 0.1 + LINE * len(bar.lines), text, "soft", size=SMALL)


def _title(reading: Reading, rows: Sequence[Account], how: Measure) -> str:
    w, last = reading.words, _society(rows)
    if last.low is not None and last.high is not None and last.low < 0 < last.high:
        low, high = (how.text(one, sign=True) for one in (last.low, last.high))
        found = w("accounts.unsure", net=how.full(last.net, sign=True), low=low, high=high)
    else:
        key = "accounts.gain" if last.net >= 0 else "accounts.loss"
        found = w(key, net=how.full(abs(last.net)))
    inside = [one for one in rows if not one.outside and one is not last]
    worst = min(inside, key=lambda one: one.net, default=last)
    if worst is last or worst.net >= 0:
        return found
    return w("accounts.loser", title=found, payer=worst.name, net=how.text(worst.net, sign=True))


def _figure(reading: Reading, rows: Sequence[Account], how: Measure, svg: str) -> Figure:
    w = reading.words
    every = ", ".join(f"{one.name} {how.text(one.net, sign=True)}" for one in rows)
    lead = reading.lead()
    named = level(reading, [lead] if lead else [])
    return Figure(
        svg=svg,
        title=_title(reading, rows, how),
        subtitle=w("accounts.sub", per=per(reading, how)),
        alt=w("accounts.alt", all=every),
        header=(*(w(f"col.{one}") for one in ("payer", "cost", "benefit", "net")), named),
        rows=tuple(_row(reading, one, how) for one in rows),
        note=reading.note(w("accounts.note", level=named)),
    )


def _row(reading: Reading, one: Account, how: Measure) -> tuple[str, ...]:
    w, ends = reading.words, w_range(reading, one, how)
    return (
        one.name,
        how.text(one.cost),
        how.text(one.benefit),
        how.text(one.net, sign=True),
        ends or w("absent"),
    )


def w_range(reading: Reading, one: Account, how: Measure) -> str:
    """Return an account's interval in words; empty where it has none."""
    if one.low is None or one.high is None:
        return ""
    low, high = (how.text(x, sign=True) for x in (one.low, one.high))
    return reading.words("interval", low=low, high=high)
