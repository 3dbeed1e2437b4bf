"""Truth tables, fits, solutions and chance: by hand, by other means, and under every change."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from evaluate.inference.qca_analysis import Sets, fitted, solutions
from evaluate.inference.qca_cover import smallest_covers
from evaluate.inference.qca_fit import necessity, sufficiency
from evaluate.inference.qca_implicants import primes
from evaluate.inference.qca_necessity import single, unions
from evaluate.inference.qca_random import Dealer, shuffled
from evaluate.inference.qca_solutions import conservative, minimised, parsimonious
from evaluate.inference.qca_truth_table import Cuts

CUTS = Cuts(0.8, 0.8, 0.0, 1)


def sets(seed: int, n: int = 40, k: int = 4) -> Sets:
    rng = np.random.default_rng(seed)
    members = np.round(rng.beta(0.5, 0.5, (n, k)), 2)
    members[members == 0.5] = 0.51
    outcome = np.maximum(np.minimum(members[:, 0], members[:, 1]), 1 - members[:, 2])
    outcome = np.clip(np.round(outcome + rng.normal(0, 0.1, n), 2), 0, 1)
    return Sets(tuple("ABCDEFGHIJKL"[:k]), members, outcome, np.ones(k, dtype=bool), (2,) * k)


def test_fits_by_hand() -> None:
    term, outcome = np.array([0.2, 0.8, 0.6]), np.array([0.4, 0.6, 0.9])
    fit = sufficiency(term, outcome, np.array([0.0, 0.7, 0.0]))
    assert fit.consistency == pytest.approx(1.4 / 1.6)
    assert fit.coverage == pytest.approx(1.4 / 1.9)
    twice = 0.2 + 0.4 + 0.1  # least of term, outcome and its absence
    assert fit.pri == pytest.approx((1.4 - twice) / (1.6 - twice))
    assert fit.unique == pytest.approx((1.4 - 0.6) / 1.9)
    need = necessity(term, outcome)
    assert need.consistency == pytest.approx(1.4 / 1.9)
    assert need.coverage == pytest.approx(1.4 / 1.6)
    assert need.relevance == pytest.approx((3 - 1.6) / (3 - 1.4))


def test_nothing_is_nothing_and_not_a_number() -> None:
    none, some = np.zeros(3), np.array([0.2, 0.8, 0.6])
    assert sufficiency(none, some).consistency is None
    assert sufficiency(some, none).coverage is None
    assert necessity(some, none).consistency is None
    assert necessity(np.ones(3), np.ones(3)).relevance is None


def test_a_truth_table_by_hand() -> None:
    members = np.array([[0.9, 0.2], [0.8, 0.6], [0.5, 0.9], [0.1, 0.1], [0.9, 0.1]])
    outcome = np.array([0.9, 0.1, 0.8, 0.2, 1.0])
    cases = Sets(("A", "B"), members, outcome, np.ones(2, dtype=bool), (2, 2))
    table = cases.table(Cuts(0.8, 0.6, 0, 1))
    assert table.rows.tolist() == [[0, 0], [1, 0], [1, 1]]
    assert table.row_of.tolist() == [1, 2, -1, 0, 1]
    assert table.n_cases.tolist() == [1, 2, 1]
    row = np.minimum(members[:, 0], 1 - members[:, 1])
    assert table.fits[1].consistency == pytest.approx(np.minimum(row, outcome).sum() / row.sum())
    assert table.remainders().tolist() == [[0, 1]]
    two = cases.table(Cuts(0.8, 0.6, 0, 2))
    assert two.out == ("too_few", table.out[1], "too_few")
    assert len(two.remainders()) == 3


def test_between_the_cuts_a_row_contradicts_itself_and_below_the_pri_cut_it_is_absent() -> None:
    cases = sets(1)
    found = [one.consistency for one in cases.table(CUTS).fits]
    table = cases.table(Cuts(0.9, 0.6, 0.0, 1))
    for consistency, out in zip(found, table.out, strict=True):
        assert consistency is not None
        low = "contradiction" if consistency >= 0.6 else "absent"
        assert out == ("present" if consistency >= 0.9 else low)
    assert "present" not in cases.table(Cuts(0.8, 0.8, 1.01, 1)).out


@pytest.mark.parametrize("seed", range(8))
def test_solutions_hold_in_their_rows_and_in_no_other(seed: int) -> None:
    cases = sets(seed)
    table = cases.table(CUTS)
    found = solutions(table, {0: frozenset({1}), 2: frozenset({0})})
    absent = table.of("absent")
    sizes = {}
    for kind, solution in found.items():
        for model in solution.models:
            covered = [
                bool(np.all((model == -1) | (model == row), axis=1).any())
                for row in table.of("present")
            ]
            assert all(covered), kind
            for row in absent:
                assert not np.all((model == -1) | (model == row), axis=1).any(), kind
        sizes[kind] = min(int((model != -1).sum()) for model in solution.models)
    assert sizes["parsimonious"] <= sizes["intermediate"] <= sizes["conservative"]


def test_without_expectations_the_intermediate_solution_is_the_conservative_one() -> None:
    table = sets(3).table(CUTS)
    found = solutions(table, {})
    plain = [one.tolist() for one in found["conservative"].models]
    assert [one.tolist() for one in found["intermediate"].models] == plain


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_cases_and_of_conditions_does_not_matter(seed: int) -> None:
    cases = sets(seed)
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(40), rng.permutation(4)
    other = replace(
        cases,
        names=tuple(cases.names[at] for at in columns),
        conditions=cases.conditions[np.ix_(rows, columns)],
        outcome=cases.outcome[rows],
    )
    for solve in (conservative, parsimonious):
        one = {frozenset(map(cases.words, m)) for m in solve(cases.table(CUTS)).models}
        two = {
            frozenset("*".join(sorted(other.words(term).split("*"))) for term in m)
            for m in solve(other.table(CUTS)).models
        }
        assert two == {frozenset("*".join(sorted(words.split("*"))) for words in m) for m in one}


def test_a_condition_turned_round_turns_its_literals_round() -> None:
    cases = sets(5)
    turned = cases.conditions.copy()
    turned[:, 0] = 1 - turned[:, 0]
    other = replace(cases, conditions=turned)
    one = conservative(cases.table(CUTS)).models[0]
    two = conservative(other.table(CUTS)).models[0]
    flipped = np.where(one[:, [0]] == -1, -1, 1 - one[:, [0]])
    assert {tuple(row) for row in np.hstack([flipped, one[:, 1:]]).tolist()} == {
        tuple(row) for row in two.tolist()
    }


def test_unique_coverage_is_what_a_solution_loses_without_the_term() -> None:
    cases = sets(2)
    (model, *_) = conservative(cases.table(CUTS)).models
    whole = sufficiency(cases.union(model), cases.outcome).coverage
    assert whole is not None
    fits = {one.term: one.fit.unique for one in fitted(cases, [model]) if not one.is_whole}
    for at, term in enumerate(model):
        rest = np.delete(model, at, axis=0)
        left = sufficiency(cases.union(rest), cases.outcome).coverage if len(rest) else 0.0
        assert left is not None
        assert fits[cases.words(term)] == pytest.approx(whole - left, abs=1e-12)


def test_several_values() -> None:
    values = np.array([[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]], dtype=float)
    outcome = np.array([0, 1, 1, 0, 0, 1], dtype=float)
    fuzzy = np.array([False, True])
    cases = Sets(("L", "B"), values, outcome, fuzzy, (3, 2))
    found = solutions(cases.table(Cuts(1, 1, 0, 1)), {})
    assert cases.sentence(found["conservative"].models[0]) == "L{1}*~B + L{2}"


def test_necessary_conditions_and_the_shortest_unions() -> None:
    rng = np.random.default_rng(8)
    members = rng.uniform(0, 0.8, (60, 3))
    outcome = np.maximum(members[:, 0], members[:, 1]) * 0.9
    cases = Sets(("A", "B", "C"), members, outcome, np.ones(3, dtype=bool), (2, 2, 2))
    assert [one.words for one in single(cases)] == ["A", "~A", "B", "~B", "C", "~C"]
    found = {one.words: one for one in unions(cases)}
    assert "A + B" in found
    assert found["A + B"].fit.consistency == pytest.approx(1)
    assert not any(words.startswith("A + B +") for words in found)


def hard(seed: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return 35 rows with the outcome and all rows that no case shows, of 59 that differ."""
    picked = np.random.default_rng(seed).permutation(2**k)[:59]
    every = np.array(list(np.ndindex(*(2,) * k)), dtype=np.int64)
    return every[picked[:35]], np.delete(every, picked, axis=0)


@pytest.mark.parametrize("k", [8, 10, 12])
@pytest.mark.parametrize("seed", range(2))
def test_the_least_number_of_terms_is_proven_on_hard_tables(k: int, seed: int) -> None:
    positive, remainders = hard(seed, k)
    found = minimised(positive, remainders, (2,) * k)
    size = {len(model) for model in found.models}
    assert len(size) == 1
    optimize = pytest.importorskip("scipy.optimize")
    chart = primes(positive, remainders, (2,) * k).covers.T.astype(float)
    # The linear relaxation bounds the number of terms from below.
    bound = optimize.linprog(np.ones(chart.shape[1]), A_ub=-chart, b_ub=-np.ones(len(chart))).fun
    assert size.pop() >= np.ceil(bound - 1e-9)
    for model in found.models:
        assert all(np.all((model == -1) | (model == row), axis=1).any() for row in positive)


@pytest.mark.slow
@pytest.mark.parametrize(("k", "most"), [(10, 0.5), (12, 3.0)])
def test_hard_tables_are_solved_in_time(k: int, most: float) -> None:
    minimised(*hard(0, 8), (2,) * 8)  # the solver is loaded once
    spent = []
    for seed in range(3):
        positive, remainders = hard(seed, k)
        start = time.perf_counter()
        minimised(positive, remainders, (2,) * k)
        spent.append(time.perf_counter() - start)
    assert min(spent) < most


def test_a_search_that_is_cut_off_says_so() -> None:
    chart = np.ones((1200, 3), dtype=bool)
    found = smallest_covers(chart)
    assert not found.is_complete
    assert found.size == 1
    assert smallest_covers(chart[:900]).is_complete


def dealer(cases: Sets) -> Dealer:
    return Dealer(cases.conditions, cases.table(CUTS), CUTS, cases.fuzzy)


def test_a_batch_of_outcomes_is_as_one_after_the_other() -> None:
    cases = sets(6, n=30)
    outcomes = shuffled(cases.outcome, 25, np.random.default_rng(1))
    found = dealer(cases).chance(outcomes)
    for at, outcome in enumerate(outcomes):
        one = replace(cases, outcome=outcome)
        table = one.table(CUTS)
        if not len(table.of("present")):
            assert not found.found[at]
            continue
        fit = sufficiency(one.union(conservative(table).models[0]), outcome)
        assert found.consistency[at] == pytest.approx(fit.consistency)
        assert found.coverage[at] == pytest.approx(fit.coverage)


def test_a_planted_pattern_is_rare_in_random_outcomes_and_noise_is_not() -> None:
    cases = sets(7, n=59)
    rng = np.random.default_rng(3)
    for outcome, planted in ((cases.outcome, True), (rng.permutation(cases.outcome), False)):
        own = dealer(cases).chance(outcome[None])
        chance = dealer(cases).chance(shuffled(outcome, 300, rng))
        p_value = chance.p_value(float(own.consistency[0]), float(own.coverage[0]))
        assert (p_value <= 1 / 100) == planted


def test_the_share_of_random_outcomes_is_uniform_where_the_outcome_is_random() -> None:
    cases = sets(11, n=24, k=3)
    rng = np.random.default_rng(12)
    one = dealer(cases)
    values = []
    for outcome in shuffled(cases.outcome, 200, rng):
        own = one.chance(outcome[None])
        chance = one.chance(shuffled(outcome, 99, rng))
        values.append(chance.p_value(float(own.consistency[0]), float(own.coverage[0])))
    rejected = float(np.mean(np.array(values) <= 0.1))
    # 200 trials of one in ten: four standard errors are 0.085.
    assert rejected < 0.185
    assert min(values) >= 1 / 100
