"""The Medicaid event study of Rambachan & Roth's package: every value of the case.

The reference inverts its tests over a grid of -20 to 20 standard errors and simulates 1 000 draws
of the first stage's critical value, 10^6 of the fixed-length one: the case's tolerances hold both.
Ours are neither a grid's nor simulated, so that the finer grid is met more closely.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from evaluate.inference.honest import Honest, honest
from evaluate.inference.honest_coefficients import EventCoefficients

FOLDER = os.environ.get("EVALUATE_TRUTH", "")
pytestmark = pytest.mark.truth


@cache
def case() -> Mapping[str, Any]:
    """Return the expected values of the case."""
    text = (Path(FOLDER) / "cases.yaml").read_text("utf-8")
    start = text.index("- id: honest_medicaid")
    part = text[start : text.index("\n- id:", start)]
    (found,) = yaml.safe_load(part)
    return found["expected"]  # type: ignore[no-any-return]


@cache
def medicaid(*weights: float) -> EventCoefficients:
    """Return the coefficients of five years before and two after."""
    path = Path(FOLDER) / "data" / "medicaid_event_study_beta_sigma.csv"
    lines = path.read_text("utf-8").splitlines()[1:]
    table = np.array([[float(one) for one in line.split(",")[1:]] for line in lines])
    return EventCoefficients(table[:, 0], table[:, 1:], 5, np.array(weights))


def agree(name: str, found: object) -> None:
    """Assert that values equal the case's within its tolerance."""
    one = case()[name]
    assert found == pytest.approx(
        one["value"], rel=one["tol"].get("rel", 0), abs=one["tol"].get("abs", 0)
    ), name


def curve(name: str, values: str, restriction: str, *weights: float) -> Honest:
    """Assert the limits of one curve, and return it."""
    m = case()[values]["value"]
    found = honest(medicaid(*weights), restriction, m)  # type: ignore[arg-type]
    agree(f"{name}_lb", [row.conf_low for row in found.rows])
    agree(f"{name}_ub", [row.conf_high for row in found.rows])
    return found


def test_relative_magnitudes_of_the_first_period() -> None:
    found = curve("RM", "RM_Mbar", "relative_magnitudes", 1.0, 0.0)
    agree("orig_lb", found.original.conf_low)
    agree("orig_ub", found.original.conf_high)
    agree("RM_breakdown_Mbar", found.breakdown)


def test_relative_magnitudes_of_the_mean_of_both_periods() -> None:
    curve("RMavg", "RMavg_Mbar", "relative_magnitudes", 0.5, 0.5)


def test_relative_magnitudes_on_the_finer_grid() -> None:
    found = curve("RMfine", "RMfine_Mbar", "relative_magnitudes", 1.0, 0.0)
    # One step of its grid, which is 40 standard errors in 1 999 steps.
    step = 40 * medicaid(1.0, 0.0).std_error / 1999
    expected = case()["RMfine_lb"]["value"], case()["RMfine_ub"]["value"]
    assert [row.conf_low for row in found.rows] == pytest.approx(expected[0], abs=step)
    assert [row.conf_high for row in found.rows] == pytest.approx(expected[1], abs=step)


def test_smoothness() -> None:
    found = curve("SD", "SD_M", "smoothness", 1.0, 0.0)
    agree("SD_breakdown_M", found.breakdown)
