"""A simulated trial gives the numbers of R's reference packages (``make_trial.R``)."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.core import Estimand, Estimate, Settings
from evaluate.data.sample import ArraySample
from evaluate.designs.randomised import DESIGN, Randomised

HERE = Path(__file__).parent
VALUES = json.loads((HERE / "trial.json").read_text("utf-8"))
MADE_BY = VALUES.pop("made_by")
TIGHT = 1e-9

MODELS = {
    "difference": ("none", (), None),
    "strata": ("none", (), "town"),
    "additive": ("additive", ("points", "girl"), None),
    "additive_strata": ("additive", ("points", "girl"), "town"),
    "interacted": ("interacted", ("points", "girl"), None),
    "interacted_strata": ("interacted", ("points", "girl"), "town"),
    "weighted_strata": ("interacted", (), "town"),
}


@pytest.fixture(scope="module")
def data() -> dict[str, NDArray[np.generic]]:
    """Return the rows that R saw."""
    with (HERE / "trial.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    text = {"school", "town"}
    return {
        name: np.array([row[name] if name in text else float(row[name]) for row in rows])
        for name in rows[0]
    }


def ours(data: dict[str, NDArray[np.generic]], level: str, model: str, name: str) -> Estimate:
    """Return our headline for a model, a level of assignment and a standard error."""
    adjustment, covariates, strata = MODELS[model]
    spec = Randomised(
        treated="treated",
        cluster="school" if level == "cluster" else None,
        strata=strata,
        covariates=covariates,
    )
    settings = Settings(adjustment=adjustment, std_errors=(name,))  # type: ignore[arg-type]
    estimand = Estimand("ATE", "y", "points")
    return DESIGN.estimate(spec, ArraySample(data, "y"), estimand, settings).estimates[0]


@pytest.mark.parametrize("case", list(VALUES))
def test_equals_r(data: dict[str, NDArray[np.generic]], case: str) -> None:
    level, model, name = case.split(" ")
    # R's CR2 with each row its own cluster is our HC2 with Bell and McCaffrey's df.
    row = ours(data, level, model, "HC2" if (level, name) == ("individual", "CR2") else name)
    expected = VALUES[case]
    # clubSandwich's CR3 leaves out the jackknife's factor (G - 1) / G.
    factor = np.sqrt(23 / 24) if name == "CR3" else 1.0
    assert row.estimate == pytest.approx(expected["estimate"], rel=TIGHT)
    assert row.std_error == pytest.approx(factor * expected["std_error"], rel=TIGHT)
    if "df" in expected:
        assert row.df == pytest.approx(expected["df"], rel=TIGHT)


def test_the_values_say_what_made_them() -> None:
    assert "clubSandwich" in MADE_BY
    assert "estimatr" in MADE_BY
