"""Corrections for optimism and the chain of a benefit."""

from __future__ import annotations

import json
from math import prod
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.economics.optimism import (
    benefit_chain,
    corrected,
    penalised_twice,
    shipped_corrections,
    worst_grade,
)

VECTORS = json.loads((Path(__file__).parent / "economics_vectors.json").read_text("utf-8"))
TABLE = {1: 0.0, 2: 0.05, 3: 0.10, 4: 0.15, 5: 0.25, 6: 0.40}
SHARE = st.floats(0, 1)


def test_worked_example() -> None:
    found = corrected(3.0e6, 1.2e6, grades=(5, 3), table=TABLE)
    known = VECTORS["OB benefits grade5 cost grade3: B,C,NPV,BCR"]
    assert [found.benefit, found.cost, found.net] == pytest.approx(known[:3], abs=1e-6)
    assert found.ratio == pytest.approx(known[3], abs=5e-5)
    assert (found.benefit_share, found.cost_share) == (0.25, 0.10)
    plain = corrected(3.0e6, 1.2e6, grades=(1, 1), table=TABLE)
    assert plain.ratio == VECTORS["unadjusted BCR"]


def test_the_shipped_table() -> None:
    assert shipped_corrections() == TABLE
    assert corrected(3.0e6, 1.2e6, grades=(5, 3)).net == pytest.approx(930_000.0)


def test_no_doubt_is_paid_for_twice() -> None:
    found = corrected(3.0e6, 1.2e6, grades=(5, 3), table=TABLE, uncertainty="psa")
    assert (found.benefit, found.cost, found.ratio) == (3.0e6, 1.2e6, 2.5)
    assert (found.benefit_share, found.cost_share) == (0, 0)
    assert penalised_twice(["wages", "costs", "rents"], {"rents", "costs"}) == ("costs", "rents")
    assert penalised_twice(["wages"], ["rents"]) == ()


@given(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9), st.sampled_from(sorted(TABLE)))
def test_a_correction_never_makes_an_account_better(
    benefit: float, cost: float, grade: int
) -> None:
    found = corrected(benefit, cost, grades=(grade, grade), table=TABLE)
    assert found.benefit <= benefit
    assert found.cost >= cost
    assert (found.benefit < 0) == (benefit < 0)  # a harm stays a harm
    worse = corrected(benefit, cost, grades=(6, 6), table=TABLE)
    assert worse.net <= found.net


def test_the_worst_grade_counts() -> None:
    assert worst_grade(1, 4, 2) == 4
    with pytest.raises(ValueError, match="at least one"):
        worst_grade()
    with pytest.raises(ValueError, match="no such grade"):
        corrected(1, 1, grades=(7, 1), table=TABLE)
    with pytest.raises(ValueError, match="between 0 and 1"):
        corrected(1, 1, grades=(1, 1), table={1: 25.0})


@given(st.floats(0, 1e6), SHARE, SHARE, st.floats(-1, 1), SHARE, st.floats(0, 1e6), SHARE)
def test_chain(
    population: float,
    engaged: float,
    need: float,
    impact: float,
    deadweight: float,
    unit_value: float,
    optimism: float,
) -> None:
    found = benefit_chain(
        population=population,
        engaged=engaged,
        need=need,
        impact=impact,
        deadweight=deadweight,
        unit_value=unit_value,
        optimism=optimism,
    )
    links = prod([population, engaged, need, impact, 1 - deadweight, unit_value])
    # A harm is not made smaller by doubt.
    assert found == pytest.approx(links * (1 - optimism if impact > 0 else 1 + optimism))


@pytest.mark.parametrize("name", ["engaged", "need", "deadweight", "optimism", "impact"])
@pytest.mark.parametrize("value", [1.01, -1.01, float("nan")])
def test_shares_are_shares(name: str, value: float) -> None:
    links = dict.fromkeys(["engaged", "need", "impact", "deadweight", "optimism"], 0.5)
    with pytest.raises(ValueError, match="between 0 and 1|finite"):
        benefit_chain(population=10, unit_value=10, **(links | {name: value}))
