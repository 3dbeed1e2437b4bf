"""Figures of theories, claims, practices and joint displays: readable whatever they hold."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

matplotlib = pytest.importorskip("matplotlib")

import example_change as example
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.text import Text

from evaluate.book import figures
from evaluate.book.figures.frame.steps import Arrow, Step, columns_of
from evaluate.core import Finding, Table
from evaluate.methods import practices, theory, tracing

UNBROKEN = "Arbeidsmarkedsopplæringstilskuddsordningsdeltakelsesandel"
LONG = "Felles forståelse av målgruppen og oppgaven på tvers av alle som møter ungdommen"
_FINE, _POINT = 288.0, 4.0
KINDS = ("activity", "output", "outcome", "outcome", "impact")


def finding(*tables: Table, titles: dict[str, Any] | None = None, **more: Any) -> Finding:
    methods = {one.analysis: {"titles": titles or {}} for one in tables}
    study = {"title": {"en": "A"}, "language": "en", "outcomes": {}, "methods": methods}
    filled: dict[str, Any] = {"study": study, "data_kind": "public", "tables": tables} | more
    return Finding("a-study", stage="final", outcome="complete", **filled)


def drawn_theory(
    words: str, *, wide: int, kinds: tuple[str, ...] = KINDS, dense: bool = False
) -> Finding:
    """A theory with so many steps of each kind, all joined to the next kind."""
    nodes = {
        f"{kind[:2]}{k}_{i}": (f"{words} {k}{i}", kind, "municipality")
        for k, kind in enumerate(kinds)
        for i in range(wide)
    }
    layers = [[key for key in nodes if key[2] == str(k)] for k in range(len(kinds))]
    links = [
        (a, b, example.LINKS[(i + j) % 11][2])
        for one, other in itertools.pairwise(layers)
        for i, a in enumerate(one)
        for j, b in enumerate(other)
        if dense or i == j
    ]
    if len(layers) > 2:
        links.append((layers[-2][0], layers[0][0], "assumed"))
    links.append((layers[0][-1], layers[-1][0], "refuted"))
    spec = example.a_theory(nodes, links)
    titles = {key: {"en": str(one)} for key, one in theory.titles(spec).items()}
    return finding(*example.estimated(theory.METHOD, spec).tables, titles=titles)


def claims(count: int, words: str) -> Finding:
    spec = example.claims(count, words)
    titles = {key: {"en": str(one)} for key, one in tracing.titles(spec).items()}
    return finding(*example.estimated(tracing.METHOD, spec).tables, titles=titles)


def matrix(times: int) -> Finding:
    tables = example.estimated(practices.METHOD, example.records()).tables
    (one,) = (t for t in tables if t.kind == "practices_matrix")
    rows = tuple(
        {k: v * times if isinstance(v, int) else v for k, v in row.items()} for row in one.rows
    )
    return finding(replace(one, rows=rows))


CASES: dict[str, tuple[str, Finding]] = {
    "short": ("theory_edges", drawn_theory("Step", wide=2)),
    "long": ("theory_edges", drawn_theory(LONG, wide=3)),
    "dense": ("theory_edges", drawn_theory("Felles møter", wide=4, dense=True)),
    "unbroken": ("theory_edges", drawn_theory(UNBROKEN, wide=2)),
    "two columns": ("theory_edges", drawn_theory(LONG, wide=5, kinds=("activity", "impact"))),
    "nine columns": ("theory_edges", drawn_theory("Ledd", wide=1, kinds=("activity", *["outcome"] * 8))),
    "no titles": ("theory_edges", finding(*example.change()[:2])),
    "one claim": ("tracing_claims", claims(1, LONG)),
    "ten claims": ("tracing_claims", claims(10, LONG)),
    "unbroken claim": ("tracing_claims", claims(2, UNBROKEN)),
    "practices": ("practices_matrix", matrix(1)),
    "very many practices": ("practices_matrix", matrix(12345)),
    "no practices": ("practices_matrix", matrix(0)),
    "display": ("joint_cases", finding(example.display())),
    "many strands": ("joint_cases", finding(example.display(12, 11, LONG))),
    "unbroken strand": ("joint_cases", finding(example.display(5, 2, UNBROKEN))),
}  # fmt: skip


@pytest.fixture
def sheets(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    seen: list[Any] = []
    write = FigureCanvasSVG.print_svg

    def watched(self: Any, *given: Any, **named: Any) -> Any:
        seen.append(self.figure)
        return write(self, *given, **named)

    monkeypatch.setattr(FigureCanvasSVG, "print_svg", watched)
    return seen


def boxes(sheet: Any) -> list[tuple[str, Any]]:
    sheet.set_dpi(_FINE)
    renderer = FigureCanvasAgg(sheet).get_renderer()
    texts = [one for one in sheet.findobj(Text) if one.get_visible() and one.get_text().strip()]
    return [(one.get_text(), one.get_window_extent(renderer)) for one in texts]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_no_label_lies_on_another_or_off_the_sheet(
    case: str, narrow: bool, sheets: list[Any]
) -> None:
    kind, given = CASES[case]
    assert figures.draw(kind, given, narrow=narrow, language="nb") is not None
    width, height = (inches * _FINE for inches in sheets[-1].get_size_inches())
    found = boxes(sheets[-1])
    for text, box in found:
        assert -_POINT <= box.x0 < box.x1 <= width + _POINT, text
        assert -_POINT <= box.y0 < box.y1 <= height + _POINT, text
    for (text, box), (other, next_) in itertools.combinations(found, 2):
        across = min(box.x1, next_.x1) - max(box.x0, next_.x0)
        down = min(box.y1, next_.y1) - max(box.y0, next_.y0)
        assert across <= _POINT or down <= 2 * _POINT, (text, other)


@pytest.mark.parametrize("case", CASES)
def test_the_table_says_all_that_is_drawn(case: str) -> None:
    kind, given = CASES[case]
    figure = figures.draw(kind, given)
    assert figure is not None
    assert {len(row) for row in figure.rows} == {len(figure.header)}
    assert all(cell for row in figure.rows for cell in row)


def test_links_are_told_apart_without_colour() -> None:
    """Every grade has its own line, whatever its colour, and the key names its links."""
    from evaluate.book.figures.theory_edges import _STYLES, GRADES

    looks = {(width, dash) for _, width, dash in (_STYLES[grade] for grade in GRADES)}
    assert len(looks) == len(GRADES)
    assert set(_STYLES) == set(GRADES)


def test_a_step_stands_right_of_what_leads_to_it() -> None:
    steps = [
        Step(key, kind, key, "")
        for key, kind in (
            ("law", "condition"), ("meet", "activity"), ("plan", "output"), ("know", "outcome"),
            ("do", "outcome"), ("stay", "impact"),
        )
    ]  # fmt: skip
    pairs = (
        ("law", "know"), ("meet", "plan"), ("plan", "know"), ("know", "do"), ("do", "stay"),
        ("meet", "stay"),
    )  # fmt: skip
    arrows = [Arrow(a, b, "assumed", "1", False) for a, b in pairs]
    column = columns_of(steps, [*arrows, Arrow("do", "meet", "assumed", "7", True)])
    assert all(column[a] < column[b] for a, b in pairs)
    assert column["law"] == column["know"] - 1
    assert max(column.values()) == 4


def test_words_are_in_each_language() -> None:
    given = CASES["short"][1]
    titles = {figures.draw("theory_edges", given, language=one).title for one in ("en", "nb", "sv")}
    assert len(titles) == 3


def test_nothing_is_drawn_of_what_was_withheld() -> None:
    """The gate took the numbers of a claim away: it is not drawn as none."""
    _, given = CASES["ten claims"]
    (table,) = (one for one in given.tables if one.kind == "tracing_claims")
    rows = tuple({"claim": row["claim"], "prior": None} for row in table.rows)
    assert figures.draw("tracing_claims", finding(replace(table, rows=rows))) is None
