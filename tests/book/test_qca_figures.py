"""Figures of combinations: every case and every bin is told, and no label lies on another."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.text import Text

from evaluate.book import figures
from evaluate.core import Finding, Table
from evaluate.method import Inquiry
from evaluate.methods.qca import METHOD

_FINE, _POINT = 288.0, 4.0
LANGUAGES = ("en", "nb", "sv")


@cache
def tables(noise: float = 0.0) -> tuple[Table, ...]:
    """Return the tables of the method's example; with noise, of another outcome."""
    example = METHOD.example(np.random.default_rng(1))
    record = dict(example.records["projects"])
    outcome = record["reached"]
    moved = outcome + np.random.default_rng(2).normal(0, noise, len(outcome)) if noise else outcome
    data = {
        "case": record["case"],
        "outcome": np.clip(moved, 0, 1).round(2),
        "conditions": np.column_stack([record[name] for name in example.spec.cases.conditions]),
    }
    result = METHOD.estimate(example.spec, Inquiry("a", lambda _: data))
    return tuple(replace(one, id=f"a.{one.id}", analysis="a") for one in result.tables)


def finding(given: tuple[Table, ...]) -> Finding:
    study = {"title": {"en": "A"}, "language": "en", "outcomes": {}, "methods": {"a": {}}}
    return Finding("s", study, "dummy", "final", "complete", tables=given)


def rows(kind: str, given: tuple[Table, ...]) -> list[dict[str, Any]]:
    return [dict(row) for one in given if one.kind == kind for row in one.rows]


@pytest.fixture
def sheets(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    seen: list[Any] = []
    plain = FigureCanvasSVG.print_svg

    def watched(canvas: Any, *given: Any, **more: Any) -> None:
        seen.append(canvas.figure)
        plain(canvas, *given, **more)

    monkeypatch.setattr(FigureCanvasSVG, "print_svg", watched)
    return seen


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
@pytest.mark.parametrize("kind", ["qca_points", "qca_random_bins"])
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_no_label_lies_on_another_or_off_the_sheet(
    kind: str, noise: float, narrow: bool, language: str, sheets: list[Any]
) -> None:
    assert figures.draw(kind, finding(tables(noise)), narrow=narrow, language=language)
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


@pytest.mark.parametrize("kind", ["qca_points", "qca_random_bins"])
def test_every_row_stands_in_the_table(kind: str) -> None:
    figure = figures.draw(kind, finding(tables()), language="en")
    assert figure is not None
    assert len(figure.rows) == len(rows(kind, tables()))
    assert {len(row) for row in figure.rows} == {len(figure.header)}


def test_titles_tell_what_the_tables_hold() -> None:
    given = tables(0.3)
    figure = figures.draw("qca_points", finding(given), language="en")
    assert figure is not None
    points = rows("qca_points", given)
    against = sum(row["membership"] > 0.5 and row["in_outcome"] < 0.5 for row in points)
    assert f"{against} lack the outcome" in figure.title
    figure = figures.draw("qca_random_bins", finding(given), language="en")
    assert figure is not None
    (row, *_) = rows("qca_random", given)
    assert f"{100 * row['p_value']:.1f}%" in figure.title


def test_a_study_without_a_solution_has_no_mark_of_its_own() -> None:
    bins = next(one for one in tables() if one.kind == "qca_random_bins")
    none = replace(bins, rows=tuple({**row, "own": False} for row in bins.rows))
    figure = figures.draw("qca_random_bins", finding((none,)), language="en")
    assert figure is not None
    assert "the study has none" in figure.title
    assert figures.draw("qca_points", finding((none,)), language="en") is None
