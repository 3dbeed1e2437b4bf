"""Other packages on the same random cases: the same truth tables, models and fits.

They are no references. Where they differ it is by what they leave out, and that is said here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from evaluate.inference.qca_analysis import Sets, solutions
from evaluate.inference.qca_fit import necessity, sufficiency
from evaluate.inference.qca_solutions import Solution, easy_remainders
from evaluate.inference.qca_truth_table import Cuts, TruthTable

NAMES = ("A", "B", "C", "D")
KINDS = ("conservative", "parsimonious", "intermediate")
Model = frozenset[str]


def model(words: str) -> Model:
    return frozenset(words.replace(" ", "").split("+"))


def models(cases: Sets, solution: Solution) -> set[Model]:
    return {model(cases.sentence(one)) for one in solution.models}


def literals(one: Model) -> int:
    return sum(term.count("*") + 1 for term in one)


def drawn() -> Iterator[tuple[Sets, float, dict[int, frozenset[int]]]]:
    """Yield cases whose outcome hangs on the conditions, a cut, and expectations."""
    for seed in range(60):
        rng = np.random.default_rng(seed)
        members = np.round(rng.uniform(size=(int(rng.integers(8, 40)), len(NAMES))), 2)
        members[members == 0.5] = 0.51
        shown = np.maximum(np.minimum(members[:, 0], members[:, 1]), members[:, 2])
        outcome = np.clip(np.round(shown + rng.normal(0, 0.15, len(members)), 2), 0, 1)
        words = {at: int(rng.integers(0, 3)) for at in range(len(NAMES))}
        expected = {at: frozenset({word}) for at, word in words.items() if word <= 1}
        cases = Sets(NAMES, members, outcome, np.ones(len(NAMES), dtype=bool), (2,) * len(NAMES))
        yield cases, float(rng.choice([0.75, 0.8, 0.9])), expected


def solved() -> Iterator[tuple[Sets, float, dict[int, frozenset[int]], TruthTable]]:
    for cases, cut, expected in drawn():
        table = cases.table(Cuts(cut, cut, 0, 1))
        if len(table.of("present")) and len(table.of("absent")):
            yield cases, cut, expected, table


def frame(cases: Sets) -> Any:
    pandas = pytest.importorskip("pandas")
    data = pandas.DataFrame(dict(zip(NAMES, cases.conditions.T, strict=True)))
    return data.assign(Y=cases.outcome, id=[f"c{at}" for at in range(len(data))])


def test_setqca() -> None:
    peer = pytest.importorskip("setqca")
    compared = more = 0
    for cases, cut, expected, table in solved():
        signs = dict.fromkeys(NAMES, "0")
        signs |= {NAMES[at]: "+" if 1 in values else "-" for at, values in expected.items()}
        theirs = peer.FSQCA(consistency=cut, directional_expectations=signs, max_solutions=5000)
        result = theirs.fit(frame(cases), outcome="Y", conditions=list(NAMES))
        ours = solutions(table, expected)
        for kind in ("conservative", "parsimonious"):
            found = models(cases, ours[kind])
            # It keeps only those of the fewest terms that also name the fewest conditions.
            fewest = min(map(literals, found))
            kept = {one for one in found if literals(one) == fewest}
            told = {model(one.expression(NAMES)) for one in result.solutions(kind)}
            assert told == kept, kind
            more += len(found) > len(kept)
        # It also admits what one term reaches inside another, which Ragin and R do not: a
        # remainder must lie between a conservative term and a parsimonious one that holds it.
        if len(ours["parsimonious"].models) == 1 and len(ours["conservative"].models) == 1:
            easy = easy_remainders(
                ours["conservative"].models[0],
                ours["parsimonious"].models[0],
                expected,
                table.remainders(),
            )
            places = set((easy @ (2 ** np.arange(len(NAMES))[::-1])).tolist())
            assert places <= result.counterfactuals.easy
            if places == result.counterfactuals.easy:
                found = models(cases, ours["intermediate"])
                told = {model(one.expression(NAMES)) for one in result.solutions("intermediate")}
                assert told <= found
                compared += 1
    assert compared > 10
    assert more > 0


@pytest.mark.filterwarnings("ignore:directional_expectations was not provided")
def test_pyqca() -> None:
    peer = pytest.importorskip("qca")
    compared = 0
    for cases, cut, _, table in solved():
        engine = peer.FSQCA(frame(cases), "Y", list(NAMES), case_id="id")
        found = engine.fit(consistency_cutoff=cut, minimizer="exact_set_cover").qm_solution
        ours = solutions(table, {})
        told = {
            "conservative": found.complex_solution,
            "parsimonious": found.parsimonious_solution,
        }
        for kind, terms in told.items():
            one = frozenset(term.label(list(NAMES)).replace(" ", "") for term in terms)
            assert one in models(cases, ours[kind]), kind
            compared += 1
    assert compared > 40


def test_fits_of_setqca() -> None:
    peer = pytest.importorskip("setqca")
    for cases, *_ in drawn():
        for members in cases.conditions.T:
            told = peer.sufficiency(members, cases.outcome)
            found = sufficiency(members, cases.outcome)
            assert found.consistency == pytest.approx(told.consistency)
            assert found.pri == pytest.approx(told.pri)
            assert found.coverage == pytest.approx(told.coverage)
            need, ours = peer.necessity(members, cases.outcome), necessity(members, cases.outcome)
            assert ours.consistency == pytest.approx(need.consistency)
            assert ours.coverage == pytest.approx(need.coverage)
            assert ours.relevance == pytest.approx(need.ron)
