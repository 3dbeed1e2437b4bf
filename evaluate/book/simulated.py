"""What simulated studies say: the design as planned, others beside it, how the method behaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from docutils import nodes

from evaluate.book.folded import folded
from evaluate.book.numbers import TIE
from evaluate.book.view import Row, View, numeric
from evaluate.book.write import Content, paragraph, table
from evaluate.core import Cell

ABSENT = "–"
MAIN = "main"  # the design as planned, among the scenarios of a diagnosis
LOTTERY = "lottery"  # where no design is planned: what chance could have found, by formula


def designs(view: View) -> Iterator[nodes.Node]:
    """Yield a table for each outcome: what each design finds, and how often it errs."""
    w = view.words
    keys = ("scenario", "effect", "power", "mde", "mde_formula", "false_positive")
    head = [w(f"power.{one}") for one in keys]
    for caption, rows in _by_outcome(view, w("power.designs")):
        cells = (
            [
                _scenario(view, row),
                _effect(view, row, "effect", sign=True),
                _spread(view, row, "power", digits=0),
                _detected(view, row),
                _effect(view, row, "mde_formula"),
                _spread(view, row, "false_positive"),
            ]
            for row in rows
        )
        yield table(caption, head, cells, "ev-numbers")


def behaviour(view: View) -> Iterator[nodes.Node]:
    """Yield the further diagnosis, folded, for who wants to know how the method behaves."""
    w = view.words
    keys = ("scenario", "coverage", "bias", "errors", "type_s", "type_m", "refused", "draws")
    head = [w(f"power.{one}") for one in keys]
    tables = [
        table(caption, head, (_behaves(view, row) for row in rows), "ev-numbers")
        for caption, rows in _by_outcome(view, w("power.behaviour"))
    ]
    if tables:
        yield folded(w("power.behaviour"), [*tables, paragraph(w("power.note"), "ev-note")])


def _behaves(view: View, row: Row) -> Sequence[Content]:
    draws = numeric(row.get("draws"))
    return [
        _scenario(view, row),
        _share(view, row.get("coverage")),
        _effect(view, row, "bias", sign=True),
        f"{_effect(view, row, 'mean_std_error')} ({_effect(view, row, 'true_std_error')})",
        _share(view, row.get("type_s")),
        _times(view, row.get("type_m")),
        _share(view, row.get("refused")),
        ABSENT if draws is None else view.number(draws, digits=0),
    ]


def _by_outcome(view: View, caption: str) -> Iterator[tuple[Content, list[Row]]]:
    """Yield a caption and rows for each outcome and analysis, the design as planned first."""
    order = list(view.study["outcomes"])
    rows = [
        one
        for one in view.of_kind("diagnosis")
        if one.get("outcome") in order and one.get("scenario") != LOTTERY
    ]
    analyses = list(dict.fromkeys(one["analysis"] for one in rows))

    def place(row: Row) -> tuple[int, int]:
        return order.index(str(row["outcome"])), analyses.index(row["analysis"])

    rows.sort(key=lambda one: (place(one), one.get("scenario") != MAIN))
    groups = [list(group) for _, group in groupby(rows, key=place)]
    same = [group[0]["outcome"] for group in groups]
    for group in groups:
        named: list[Content] = [caption]
        if len(groups) > 1:
            named += [": ", view.texts(view.outcome(str(group[0]["outcome"]))["title"])]
        if same.count(group[0]["outcome"]) > 1:
            named.append(f" ({group[0]['analysis']})".replace("_", " "))
        yield named, group


def _scenario(view: View, row: Row) -> str:
    """Return a design's name, and what differs in it."""
    name = str(row.get("scenario"))
    shown = view.words("power.main") if name == MAIN else name.replace("_", " ").replace("-", " ")
    given = view.study.get("assumptions", {}).get("alternatives", {}).get(name, {})
    differs = ", ".join(_differences(view, given, str(row["outcome"])))
    return f"{shown} ({differs})" if differs else shown


def _differences(view: View, given: Mapping[str, Any], outcome: str) -> Iterator[str]:
    for key, value in given.items():
        number = numeric(value.get("mean") if isinstance(value, Mapping) else value)
        if number is None or f"power.differs.{key}" not in view.words:
            continue
        shown = view.number(number, digits=0 if float(number).is_integer() else 2)
        if key == "treated_share":
            shown = view.percent(number, digits=0)
        if key == "effect":
            shown = view.effect(number, str(view.outcome(outcome)["unit"]))
        yield view.words(f"power.differs.{key}", n=shown)


def _effect(view: View, row: Row, key: str, *, sign: bool = False) -> str:
    number = numeric(row.get(key))
    unit = str(view.outcome(str(row["outcome"]))["unit"])
    return ABSENT if number is None else view.effect(number, unit, sign=sign)


def _detected(view: View, row: Row) -> str:
    """Return the detectable effect with its Monte Carlo band."""
    low, high = (numeric(row.get(f"mde_{end}")) for end in ("low", "high"))
    shown = _effect(view, row, "mde")
    if low is None or high is None:
        return shown
    unit = str(view.outcome(str(row["outcome"]))["unit"])
    ends = [view.effect(n, unit, sign=False).rsplit(TIE, 1)[0] for n in (low, high)]
    span = view.words("facts.interval", low=ends[0], high=ends[1]).replace(" ", TIE)
    return f"{shown} ({span})"


def _share(view: View, cell: Cell) -> str:
    number = numeric(cell)
    return ABSENT if number is None else view.percent(number)


def _times(view: View, cell: Cell) -> str:
    number = numeric(cell)
    return ABSENT if number is None else view.words("power.times", n=view.number(number))


def _spread(view: View, row: Row, key: str, *, digits: int = 1) -> str:
    """Return a share with its Monte Carlo band."""
    share, low, high = (numeric(row.get(one)) for one in (key, f"{key}_low", f"{key}_high"))
    if share is None:
        return ABSENT
    shown = view.percent(share, digits=digits)
    if low is None or high is None:
        return shown
    ends = [view.number(100 * one, digits=digits) for one in (low, high)]
    span = view.words("facts.interval", low=ends[0], high=ends[1]).replace(" ", TIE)
    return f"{shown} ({span})"
