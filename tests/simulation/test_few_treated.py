"""The published simulations of roll-outs, and parts of them run again."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from benchmarks import band_coverage, few_treated
from benchmarks.few_treated import CELLS, EFFECT, LEVEL, many
from benchmarks.released import HERE
from benchmarks.rollouts import Cell
from evaluate.core import Cell as Value
from evaluate.findings import read

LEAST_POWER = 0.3
DRAWS, QUICK = 300, 60


def rows(name: str) -> dict[str, dict[str, Value]]:
    (table,) = read(HERE / name / "finding.json").tables
    return {str(row["cell"]): dict(row) for row in table.rows}


def number(row: dict[str, Value], key: str) -> float:
    return cast("float", row[key])


def test_every_roll_out_was_simulated() -> None:
    found = rows(few_treated.NAME)
    assert set(found) == {cell.name for cell in CELLS}
    assert all(number(row, "draws") >= 1000 for row in found.values())
    assert all(number(found[cell.name], "peer_draws") >= 200 for cell in CELLS[:2])


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_false_alarms_over_dates_keep_the_promise(cell: Cell) -> None:
    row = rows(few_treated.NAME)[cell.name]
    assert number(row, "headline") <= number(row, "band_high")
    assert number(row, "headline") >= number(row, "band_low") or cell.ratio != 1
    assert number(row, "power") >= LEAST_POWER


@pytest.mark.parametrize("cell", CELLS[:2], ids=lambda cell: cell.name)
def test_what_others_give_by_default_breaks_it(cell: Cell) -> None:
    row = rows(few_treated.NAME)[cell.name]
    for name in ("diff_diff", "moderndid"):
        # The same estimator and standard error as our withheld one, on fewer of the draws.
        assert number(row, name) == pytest.approx(number(row, "analytic"), abs=0.08)
    assert number(row, "analytic") > few_treated.band(int(number(row, "draws")))[1]


@pytest.mark.slow
@pytest.mark.parametrize("cell", CELLS[:2], ids=lambda cell: cell.name)
def test_a_part_of_it_run_again(cell: Cell) -> None:
    null, other = many(cell, 0.0, range(DRAWS)), many(cell, EFFECT, range(100))
    low, high = few_treated.band(DRAWS)
    assert low <= np.mean([one.headline <= LEVEL for one in null]) <= high
    assert np.mean([one.headline <= LEVEL for one in other]) >= LEAST_POWER
    assert np.mean([one.analytic <= LEVEL for one in null]) > high


def test_bands_hold_all_effects_and_two_way_fixed_effects_miss_the_overall() -> None:
    found = rows(band_coverage.NAME)
    assert set(found) == set(band_coverage.CELLS)
    for row in found.values():
        assert number(row, "draws") >= 1000
        assert number(row, "band_low") <= number(row, "band") <= number(row, "band_high")
        assert number(row, "overall") >= number(row, "band_low")
        assert number(row, "points") < number(row, "band_low")
        assert number(row, "two_way") < number(row, "band_low")


@pytest.mark.parametrize("name", band_coverage.CELLS)
def test_two_way_fixed_effects_fail_on_draws_where_the_band_holds(name: str) -> None:
    """The planted failure: effects grow, so that units treated early are no comparison."""
    held = band_coverage.many(name, range(QUICK))
    low, _ = band_coverage.band(QUICK)
    assert np.mean([one.two_way for one in held]) < low - 0.3
    truth = band_coverage.CELLS[name].overall
    assert np.mean([one.two_way_estimate for one in held]) < 0.75 * truth
    assert np.mean([one.estimate for one in held]) == pytest.approx(truth, abs=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("name", band_coverage.CELLS)
def test_bands_hold_all_effects_again(name: str) -> None:
    held = band_coverage.many(name, range(1000))
    low, high = band_coverage.band(1000)
    assert low <= np.mean([one.band for one in held]) <= high
    assert np.mean([one.points for one in held]) < low
