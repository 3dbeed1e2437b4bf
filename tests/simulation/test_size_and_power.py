"""The published simulation of few schools, and a part of it run again."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest

from benchmarks.cells import CELLS, OUTCOMES, Cell, oracle_effect
from benchmarks.released import HERE
from benchmarks.size_and_power import LEVEL, NAME, band, rejections
from evaluate.core import Cell as Value
from evaluate.findings import read

# A test that never rejects has no false alarms either.
LEAST_POWER = 0.1
DRAWS = 240


def rows() -> dict[str, dict[str, Value]]:
    (table,) = read(HERE / NAME / "finding.json").tables
    return {str(row["cell"]): dict(row) for row in table.rows}


def test_every_cell_was_simulated() -> None:
    assert set(rows()) == {f"{cell.name}, {kind}" for cell in CELLS for kind in OUTCOMES}
    assert len(CELLS) == 13


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
@pytest.mark.parametrize("kind", OUTCOMES)
def test_false_alarms_of_the_headline_keep_the_promise(cell: Cell, kind: str) -> None:
    row = rows()[f"{cell.name}, {kind}"]
    if cell.name in {"6/3", "6/2"}:  # fewer than twenty assignments, up to the mirror image
        assert "headline" not in row
        assert row["given"] == 0
        return
    assert cast("float", row["headline"]) <= cast("float", row["band_high"])
    assert cast("float", row["power"]) >= LEAST_POWER


def test_the_usual_standard_error_breaks_it() -> None:
    over = [name for name, row in rows().items() if cast("float", row["cr1"]) > band(1000)[1]]
    assert len(over) >= 9


@pytest.mark.slow
@pytest.mark.parametrize("name", ["20/4", "9/4"])
def test_a_part_of_it_run_again(name: str) -> None:
    cell = next(one for one in CELLS if one.name == name)
    null = rejections(cell, "normal", 0.0, range(DRAWS))
    other = rejections(cell, "normal", oracle_effect(cell, "normal"), range(DRAWS))
    low, high = band(DRAWS)
    assert low <= np.mean([p[2] is not None and p[2] <= LEVEL for p in null]) <= high
    assert np.mean([p[2] is not None and p[2] <= LEVEL for p in other]) >= 3 * LEVEL
