"""How an account's time and memory grow, and that the benchmark compares like with like."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from exact_effects import exact

from benchmarks import money
from benchmarks.accounts import account
from evaluate.economics.definition import Economics
from evaluate.economics.effects import joint_effects
from evaluate.economics.measures import paid_back
from evaluate.economics.valuation import value

DRAWS, BYTES = 50_000, 8


def valued(draws: int, years: int) -> int:
    """Return the most memory that a whole valuation holds at a time, in bytes."""
    spec = Economics.model_validate(account(draws, years))
    effect = exact(0.06, 0.03, df=38.2)
    value(spec, joint_effects(spec, {"main": effect}, seed=(7,)), seed=(7,))  # imports
    tracemalloc.start()
    done = value(spec, joint_effects(spec, {"main": effect}, seed=(7,)), seed=(7,))
    each = done.drawn_multipliers()
    for place in range(len(done.names)):
        np.quantile(done.draws(place, each), [0.025, 0.975])
        paid_back(done.ledger.net[place], each)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_the_account_is_as_large_as_the_benchmark_says() -> None:
    spec = Economics.model_validate(account(DRAWS))
    assert len(spec.payers) == 8
    assert spec.last == 59
    done = value(spec, joint_effects(spec, {"main": exact(0.06, 0.03)}, seed=(7,)), seed=(7,))
    assert len(done.flows.items) == 20
    assert done.figures.keys() == {row.item for row in spec.rows}


def test_memory_holds_draws_by_items_never_by_payers_and_years() -> None:
    tensor = DRAWS * 8 * 60 * BYTES
    short, long = valued(DRAWS, 20), valued(DRAWS, 60)
    # Draws of 20 items twice, a few columns beside them; of the years a few blocks of draws.
    assert long < tensor / 4
    assert long - short < tensor / 10


def test_answers_that_differ_are_not_timed() -> None:
    ours = {"society low": 1.0, "society high": 2.0, "society share": 0.5}
    assert money.apart(ours, ours) == 0.0
    assert money.apart(ours, ours | {"society low": 1.0 + 1e-10}) == pytest.approx(5e-11, rel=1e-3)
    for wrong in ({"society low": 1.001}, {"society share": 0.501}):
        with pytest.raises(SystemExit):
            money.apart(ours, ours | wrong)
    with pytest.raises(SystemExit, match="different questions"):
        money.apart(ours, {})


@pytest.mark.slow
def test_the_plain_tensor_gives_the_same_answers(tmp_path: Path) -> None:
    ours, plain = money.compare(money.file(tmp_path, 10_000), 10_000, 1)
    assert "apart" not in ours
    assert 0.0 <= float(plain["apart"] or 0.0) <= money.TIGHT
