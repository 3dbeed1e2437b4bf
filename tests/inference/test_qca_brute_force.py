"""Every truth table of up to four conditions: the minimiser equals trying all that there is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations, product

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.inference import qca_implicants
from evaluate.inference.qca_cover import smallest_covers
from evaluate.inference.qca_fit import Sufficiency
from evaluate.inference.qca_implicants import ANY, primes
from evaluate.inference.qca_solutions import (
    PAIRS,
    conservative,
    easy_remainders,
    intermediate,
    minimised,
    parsimonious,
)
from evaluate.inference.qca_truth_table import TruthTable

Terms = frozenset[tuple[int, ...]]


@cache
def every_implicant(levels: tuple[int, ...]) -> list[tuple[tuple[int, ...], int]]:
    """Return each implicant with the rows it covers, as bits."""
    rows = list(product(*map(range, levels)))
    found = []
    for term in product(*((ANY, *range(count)) for count in levels)):
        mask = 0
        for place, row in enumerate(rows):
            if all(want in {ANY, has} for want, has in zip(term, row, strict=True)):
                mask |= 1 << place
        found.append((term, mask))
    return found


def primes_by_trying(
    shown: int, allowed: int, levels: tuple[int, ...]
) -> dict[tuple[int, ...], int]:
    """Return the implicants that leave nothing out and that no wider one holds, with their rows."""
    may = shown | allowed
    fits = [(term, mask) for term, mask in every_implicant(levels) if not mask & ~may]
    useful = [(term, mask) for term, mask in fits if mask & shown]
    return {
        term: mask & shown
        for term, mask in useful
        if not any(mask != other and mask & ~other == 0 for _, other in fits)
    }


def covers_by_trying(chart: dict[tuple[int, ...], int], shown: int) -> set[Terms]:
    """Return every choice of the fewest terms that reaches all rows."""
    for size in range(len(chart) + 1):
        found = set()
        for chosen in combinations(chart, size):
            reached = 0
            for term in chosen:
                reached |= chart[term]
            if reached == shown:
                found.add(frozenset(chosen))
        if found:
            return found
    raise AssertionError("the prime implicants do not reach every row")


@pytest.fixture(params=["at_once", "by_merging"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take either of the two ways in which prime implicants are found."""
    if request.param == "by_merging":
        monkeypatch.setattr(qca_implicants, "SMALL", 0)


def rows_of(mask: int, levels: tuple[int, ...]) -> NDArray[np.int64]:
    rows = [row for i, row in enumerate(product(*map(range, levels))) if mask >> i & 1]
    return np.array(rows, dtype=np.int64).reshape(-1, len(levels))


def assert_equal(shown: int, allowed: int, levels: tuple[int, ...]) -> None:
    found = primes(rows_of(shown, levels), rows_of(allowed, levels), levels)
    terms = [tuple(one) for one in found.terms.tolist()]
    chart = primes_by_trying(shown, allowed, levels)
    assert set(terms) == set(chart), (shown, allowed)
    covers = smallest_covers(found.covers)
    assert covers.is_complete
    models = [frozenset(terms[place] for place in one) for one in covers.models]
    assert len(models) == len(set(models))
    assert set(models) == covers_by_trying(chart, shown), (shown, allowed)


def with_remainders(n_rows: int) -> Iterator[tuple[int, int]]:
    """Yield every way in which rows show the outcome, do not, or have no cases."""
    for kinds in product(range(3), repeat=n_rows):
        shown = sum(1 << i for i, kind in enumerate(kinds) if kind == 1)
        yield shown, sum(1 << i for i, kind in enumerate(kinds) if kind == 2)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("k", [1, 2, 3])
def test_every_table_of_up_to_three_conditions_with_and_without_remainders(k: int) -> None:
    tables = [one for one in with_remainders(2**k) if one[0]]
    assert len(tables) == 3 ** (2**k) - 2 ** (2**k)
    for shown, allowed in tables:
        assert_equal(shown, allowed, (2,) * k)


@pytest.mark.usefixtures("way")
def test_a_sample_of_tables_of_four_conditions_without_remainders() -> None:
    for shown in np.random.default_rng(4).integers(1, 2**16, 400).tolist():
        assert_equal(shown, 0, (2,) * 4)


@pytest.mark.slow
def test_every_table_of_four_conditions_without_remainders() -> None:
    for shown in range(1, 2**16):
        assert_equal(shown, 0, (2,) * 4)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_random_tables_of_four_conditions_with_remainders(share: float) -> None:
    rng = np.random.default_rng(round(10 * share))
    for _ in range(150):
        kind = rng.choice(3, 16, p=[(1 - share) / 2, (1 - share) / 2, share])
        shown = int(np.sum((kind == 1) << np.arange(16)))
        allowed = int(np.sum((kind == 2) << np.arange(16)))
        if shown:
            assert_equal(shown, allowed, (2,) * 4)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("levels", [(3,), (3, 2), (2, 3, 2), (3, 3), (4, 2)])
def test_random_tables_of_conditions_with_several_values(levels: tuple[int, ...]) -> None:
    size = int(np.prod(levels))
    rng = np.random.default_rng(size)
    for _ in range(120):
        kind = rng.choice(3, size)
        shown = int(np.sum((kind == 1) << np.arange(size)))
        if shown:
            allowed = int(np.sum((kind == 2) << np.arange(size)))
            assert_equal(shown, allowed, levels)


def test_a_wrong_minimum_would_be_seen() -> None:
    chart = primes_by_trying(0b0110, 0, (2, 2))
    assert covers_by_trying(chart, 0b0110) == {frozenset({(0, 1), (1, 0)})}
    assert covers_by_trying({(1, ANY): 0b10, (ANY, 1): 0b10}, 0b10) == {
        frozenset({(1, ANY)}),
        frozenset({(ANY, 1)}),
    }


def test_many_pairs_of_models_of_a_small_table_are_all_tried() -> None:
    """140 pairs, each solved by itself: together they are the intermediate solutions."""
    levels = (3, 3, 3, 3)
    every = np.array(list(product(*map(range, levels))))
    fate = np.random.default_rng(87).choice(3, len(every), p=[0.25, 0.15, 0.6])
    seen = fate < 2
    out = tuple("present" if one == 0 else "absent" for one in fate[seen])
    count = len(out)
    fit = Sufficiency(1.0, 1.0, 1.0)
    table = TruthTable(
        every[seen], np.arange(count), np.ones(count, dtype=np.int64), (fit,) * count, out, levels
    )
    expected = {place: frozenset([most - 1]) for place, most in enumerate(levels)}
    careful, short = conservative(table).models, parsimonious(table).models
    assert len(careful) * len(short) > PAIRS
    assert table.remainders().size
    one_by_one = {
        model.tobytes()
        for whole, brief in product(careful, short)
        for model in minimised(
            table.of("present"),
            easy_remainders(whole, brief, expected, table.remainders()),
            levels,
        ).models
    }
    found = intermediate(table, expected)
    assert found.is_complete
    assert {model.tobytes() for model in found.models} == one_by_one
