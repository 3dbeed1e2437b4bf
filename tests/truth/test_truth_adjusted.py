"""Regression adjustment through the design, as base R gives it."""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from evaluate.core import Estimand, Settings
from evaluate.data.sample import ArraySample
from evaluate.design import Result
from evaluate.designs.adjusted import DESIGN, Adjusted

pytestmark = pytest.mark.truth
FOLDER = Path(os.environ.get("EVALUATE_TRUTH", ""))
LALONDE = ("age", "educ", "race", "married", "nodegree", "re74", "re75")
CPS = ("age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75")


@cache
def case(name: str) -> dict[str, Any]:
    found = yaml.safe_load((FOLDER / "cases.yaml").read_text("utf-8"))
    return next(one for one in found["cases"] if one["id"] == name)["expected"]


def expected(name: str, value: str) -> Any:
    one = case(name)[value]
    return pytest.approx(one["value"], **{key: float(tol) for key, tol in one["tol"].items()})


def columns(file: str) -> dict[str, NDArray[Any]]:
    with (FOLDER / "data" / file).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    text = {"race", "unit", "data_id"}
    return {
        name: np.array([row[name] if name in text else float(row[name]) for row in rows])
        for name in rows[0]
    }


def estimate(file: str, covariates: tuple[str, ...], summary: Any, adjustment: Any) -> Result:
    spec = Adjusted(treated="treat", covariates=covariates)
    question = Estimand(summary, "re78", "USD/year")
    sample = ArraySample(columns(file), "re78")
    return DESIGN.estimate(spec, sample, question, Settings(adjustment=adjustment))


@pytest.mark.parametrize("summary", ["ATE", "ATT"])
def test_a_regression_in_each_group(summary: str) -> None:
    row = estimate("lalonde_matchit.csv", LALONDE, summary, "interacted").estimates[0]
    assert row.estimate == expected("lalonde_regadj", f"{summary.lower()}_gcomp")


def test_one_coefficient_and_the_naive_difference_beside() -> None:
    row, plain = estimate("nsw_cps.csv", CPS, "ATT", None).estimates
    assert row.estimate == expected("nsw_cps", "ols")
    assert plain.estimate == expected("nsw_cps", "naive")
