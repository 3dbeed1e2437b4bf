"""Figures of networks, distance, implementation and rubrics: readable whatever they hold."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")

import example_inquiries as example
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.text import Text

from evaluate.book import figures
from evaluate.core import Column, Finding, Table

LONG = "Fylkeskommunal oppfølgingstjeneste for ungdom utenfor opplæring og arbeid"
UNBROKEN = "Arbeidsmarkedsopplæringstilskuddsordningsdeltakelsesandel"
KINDS = ("network_ties", "distance_gaps", "implementation_sites", "rubric_criteria")
_FINE, _POINT = 288.0, 4.0
Rows = list[dict[str, Any]]


def table(id_: str, rows: Rows) -> Table:
    names = list(dict.fromkeys(key for row in rows for key in row))
    columns = tuple(Column(one, "text", {"en": one.replace("_", " ")}) for one in names)
    return Table(f"a.{id_}", id_, columns, tuple(rows), "a")


def finding(tables: tuple[Table, ...], titles: dict[str, str] | None = None) -> Finding:
    named = {key: {"nb": one} for key, one in (titles or {}).items()}
    methods = {one.analysis: {"titles": named} for one in tables}
    study = {"title": {"en": "A"}, "language": "nb", "outcomes": {}, "methods": methods}
    return Finding("s", study, "dummy", "final", "complete", tables=tables)


def network(
    n: int, *, groups: int = 1, times: int = 2, directed: bool = False, share: float = 0.4
) -> tuple[Table, ...]:
    rng = np.random.default_rng(n + groups + times)
    actors: Rows = []
    ties: Rows = []
    for group, time in itertools.product(range(groups), range(times)):
        place = {"group": f"g{group}", "wave": f"t{time}"}
        key = f"g{group}|t{time}"
        for i in range(n):
            row = {"key": f"{key}|a{i}", **place, "actor": f"a{i}", "sector": f"s{i % 5}"}
            actors.append({**row, "sent": 1, **({"received": 1} if directed else {})})
        for i, j in itertools.combinations(range(n), 2):
            if rng.random() < share:
                ends = {"sender": f"a{i}", "receiver": f"a{j}"}
                ties.append({"key": f"{key}|a{i}|a{j}", **place, **ends})
    return table("network_actors", actors), table("network_ties", ties)


def gaps(cases: int, pairs: int = 1) -> tuple[Table, ...]:
    rng = np.random.default_rng(cases)
    rows: Rows = []
    views: Rows = []
    for case, pair in itertools.product(range(cases), range(pairs)):
        one, other = f"p{pair}", f"q{pair}"
        means = 1 + 4 * rng.random(2)
        row: dict[str, Any] = {"key": f"c{case}|{pair}", "case": f"c{case}"}
        row |= {"one": one, "other": other, "n_one": 3, "n_other": 3 if case else 0}
        row |= {"mean_one": float(means[0])}
        if case:
            row |= {"mean_other": float(means[1]), "gap": float(means[0] - means[1])}
            row |= {"conf_low": -2.0, "conf_high": 2.5}
        rows.append(row)
        for by, of, mean in ((one, other, means[0]), (other, one, means[1])):
            limits = {"conf_low": max(1.0, mean - 1), "conf_high": min(5.0, mean + 1)}
            views.append({"key": f"{case}|{by}", "case": f"c{case}", "by": by, "of": of, **limits})
    return table("distance_gaps", rows), table("distance_matrix", views)


def sites(n: int) -> tuple[Table, ...]:
    words = ("delivered", "not_delivered", "uncertain")
    rows: Rows = []
    for i in range(n):
        row: dict[str, Any] = {"site": f"c{i}", "n_target": 5000, "n_reached": 4000 + i}
        row |= {"reach": 0.8, "reach_low": 0.7, "reach_high": 0.9, "contacts": 12.25}
        if i % 2:
            row |= {"fidelity": 1.0, "fidelity_low": 0.9, "fidelity_high": 1.0}
        rows.append({**row, "delivery": words[i % 3]})
    return (table("implementation_sites", rows),)


def criteria(n: int) -> tuple[Table, ...]:
    rows: Rows = [
        {
            "criterion": f"c{i}",
            "least": 2,
            "plans": 40,
            "plans_met": i,
            "share": i / 40,
            "conf_low": 0.0,
            "conf_high": 1.0,
        }
        for i in range(n)
    ]
    return (table("rubric_criteria", rows),)


def named(word: str) -> dict[str, str]:
    keys = (f"{one}{i}" for one in "acgpqst" for i in range(30))
    return {key: f"{word} {key}" for key in keys}


TABLES = {
    "a pair of actors": network(2, share=1.0),
    "three times, directed": network(9, times=3, directed=True),
    "five times": network(10, times=5, share=0.2),
    "eight counties": network(4, groups=8),
    "thirty actors": network(30, share=0.03),
    "one case": gaps(1),
    "three pairs": gaps(6, pairs=3),
    "one site": sites(1),
    "twelve sites": sites(12),
    "one criterion": criteria(1),
    "nine criteria": criteria(9),
}
NAMES = {"long": named(LONG), "unbroken": named(UNBROKEN)}


@pytest.fixture
def sheets(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    seen: list[Any] = []
    plain = FigureCanvasSVG.print_svg

    def watched(canvas: Any, *given: Any, **more: Any) -> None:
        seen.append(canvas.figure)
        plain(canvas, *given, **more)

    monkeypatch.setattr(FigureCanvasSVG, "print_svg", watched)
    return seen


@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("names", NAMES)
@pytest.mark.parametrize("case", TABLES)
def test_no_label_lies_on_another_or_off_the_sheet(
    case: str, names: str, narrow: bool, sheets: list[Any]
) -> None:
    given = finding(TABLES[case], NAMES[names])
    kind = next(one.kind for one in TABLES[case] if one.kind in KINDS)
    assert figures.draw(kind, given, narrow=narrow, language="nb") is not None
    sheet = sheets[-1]
    sheet.set_dpi(_FINE)
    renderer = FigureCanvasAgg(sheet).get_renderer()
    texts = [one for one in sheet.findobj(Text) if one.get_text().strip()]
    found = [(one.get_text(), one.get_window_extent(renderer)) for one in texts]
    width, height = (inches * _FINE for inches in sheet.get_size_inches())
    for text, box in found:
        assert box.x0 >= -_POINT, text
        assert box.x1 <= width + _POINT, text
        assert box.y0 >= -_POINT, text
        assert box.y1 <= height + _POINT, text
    for (text, box), (other, next_) in itertools.combinations(found, 2):
        across = min(box.x1, next_.x1) - max(box.x0, next_.x0)
        down = min(box.y1, next_.y1) - max(box.y0, next_.y0)
        assert across <= _POINT or down <= 2 * _POINT, (text, other)


@pytest.mark.parametrize("kind", KINDS)
def test_every_number_stands_in_the_table(kind: str) -> None:
    figure = figures.draw(kind, finding(example.tables()), language="en")
    assert figure is not None
    assert figure.rows
    assert {len(row) for row in figure.rows} == {len(figure.header)}


def test_a_tie_is_told_by_time() -> None:
    figure = figures.draw("network_ties", finding(example.tables()), language="en")
    assert figure is not None
    ties = next(one for one in example.tables() if one.kind == "network_ties").rows
    for i, time in enumerate(("before", "after", "year_later")):
        told = sum(row[3 + i] == "tie" for row in figure.rows)
        assert told == sum(row["wave"] == time for row in ties)
    assert f"{sum(row['wave'] == 'before' for row in ties)} ties at first" in figure.title


def test_a_side_that_was_not_asked_has_no_gap() -> None:
    figure = figures.draw("distance_gaps", finding(gaps(2)), language="en")
    assert figure is not None
    assert figure.rows[0][-2:] == ("–", "–")
    assert figure.title.startswith("1 of 2 pairs")


def test_a_whole_network_is_not_said_to_be_drawn_when_it_is_not() -> None:
    some = figures.draw("network_ties", finding(network(5, groups=8)), language="en")
    whole = figures.draw("network_ties", finding(network(5, groups=6)), language="en")
    assert some is not None
    assert whole is not None
    assert "6 of 8 groups are drawn." in some.note
    assert "are drawn" not in whole.note
