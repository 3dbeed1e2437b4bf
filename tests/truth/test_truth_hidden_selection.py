"""Hidden selection: what R ``EValue`` 4.1.4 and ``sensemakr`` give."""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from evaluate.data.levels import Indicator
from evaluate.inference.comparison import Groups
from evaluate.inference.e_value import (
    EValue,
    e_value,
    hazard_ratio,
    odds_ratio,
    risk_ratio,
    standardised_difference,
)
from evaluate.inference.exposure import Exposure
from evaluate.inference.linear_exposure import exposure_of
from evaluate.inference.partial_r2 import (
    Effect,
    adjusted,
    benchmark_strength,
    partial_r2,
    robustness_limit,
    robustness_value,
)

pytestmark = pytest.mark.truth
FOLDER = Path(os.environ.get("EVALUATE_TRUTH", ""))
COVARIATES = ("age", "farmer_dar", "herder_dar", "pastvoted", "hhsize_darfur", "female")


@cache
def case(name: str) -> dict[str, Any]:
    found = yaml.safe_load((FOLDER / "cases.yaml").read_text("utf-8"))
    rows = found if isinstance(found, list) else found["cases"]
    return next(one for one in rows if one["id"] == name)


def expected(name: str, value: str) -> Any:
    one = case(name)["expected"][value]
    return pytest.approx(one["value"], **{key: float(tol) for key, tol in one["tol"].items()})


def both(found: EValue) -> list[float | None]:
    return [found.value, found.limit]


def test_e_values() -> None:
    name = "evalue"
    ratio = e_value(risk_ratio(3.9, 1.8, 8.7))
    assert ratio.value == expected(name, "rr39")
    assert ratio.limit == expected(name, "rr39_lo")
    odds = e_value(odds_ratio(0.86, 0.75, 0.99, rare=False))
    assert both(odds) == expected(name, "or_common")
    assert [odds.ratio.value, odds.ratio.low, odds.ratio.high] == expected(name, "rr_conv")
    size = e_value(standardised_difference(-0.42, 0.14))
    assert size.value == expected(name, "md_point")
    assert size.limit == expected(name, "md_ci")
    for rare, key in ((True, "hr_rare"), (False, "hr_common")):
        assert both(e_value(hazard_ratio(0.56, 0.46, 0.69, rare=rare))) == expected(name, key)


@cache
def darfur() -> Exposure:
    with (FOLDER / "data" / "darfur.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    villages = sorted({row["village"] for row in rows})[1:]
    columns = [[float(row[name]) for row in rows] for name in COVARIATES]
    columns += [[float(row["village"] == one) for row in rows] for one in villages]
    names = [*COVARIATES, *(Indicator(f"village={one}", "village", one) for one in villages)]
    y, treated = (
        np.array([float(row[name]) for row in rows]) for name in ("peacefactor", "directlyharmed")
    )
    return exposure_of(Groups(y, treated == 1, np.column_stack(columns), tuple(names)))


def test_partial_r2_in_darfur() -> None:
    name, found = "darfur_sensemakr", darfur()
    effect = Effect(found.value, found.std_error, found.df, found.scale, found.df)
    assert found.value == expected(name, "est")
    assert found.std_error == expected(name, "se")
    assert found.value / found.std_error == expected(name, "t")
    assert partial_r2(effect) == expected(name, "r2yd")
    assert robustness_value(effect) == expected(name, "rv_q")
    assert robustness_limit(effect) == expected(name, "rv_qa")
    female = next(one for one in found.benchmarks if one.name == "female")
    strengths = [benchmark_strength(female, times) for times in (1, 2, 3)]
    assert [one for one, _ in strengths] == expected(name, "bounds_r2dz")
    assert [one for _, one in strengths] == expected(name, "bounds_r2yz")
    left = [adjusted(effect, *one) for one in strengths]
    assert [one.value for one in left] == expected(name, "adj")
    assert [one.std_error for one in left] == expected(name, "adj_se")
    assert [one.t for one in left] == expected(name, "adj_t")
