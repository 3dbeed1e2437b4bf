"""Group-time effects of county minimum wages equal R's package did: the ``mpdta`` cases."""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from evaluate.data.array_sample import ArraySample
from evaluate.data.paths import PanelColumns
from evaluate.inference.aggregate import aggregate
from evaluate.inference.group_time import Comparison, Contrast, Covariates, GroupTimes
from evaluate.inference.group_time_panel import group_times_of_panel
from evaluate.inference.group_time_pretest import pretest
from evaluate.inference.group_time_sums import group_times_of_sums

FOLDER = Path(os.environ.get("EVALUATE_TRUTH", ""))
FIRST, UNITS = 2003, 500
# csdid 0.4.3: ATTgt(...).fit(bstrap=False).aggte("group").
GROUP_SE = 0.0124460593209979
METHODS: dict[str, Covariates] = {"dr": "doubly_robust", "reg": "regression", "ipw": "weighting"}
CASES = (
    "mpdta_nox_never",
    "mpdta_nox_notyet",
    "mpdta_nox_never_universal",
    "mpdta_lpop_never",
    "mpdta_lpop_notyet",
    "mpdta_lpop_never_ipw",
    "mpdta_lpop_never_reg",
)
pytestmark = pytest.mark.truth


@cache
def cases() -> dict[str, dict[str, Any]]:
    listed = yaml.safe_load((FOLDER / "cases.yaml").read_text("utf-8"))["cases"]
    return {case["id"]: case for case in listed}


@cache
def mpdta() -> ArraySample:
    with (FOLDER / "data" / "mpdta.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return ArraySample(
        {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}, "lemp"
    )


def estimated(case: dict[str, Any], route: str) -> GroupTimes:
    fields = case["fields"]
    columns = PanelColumns(fields["time"], fields["g"], str(fields["never"]), fields["unit"])
    comparison: Comparison = "never" if fields["control"] == "nevertreated" else "not_yet"
    contrast = Contrast(comparison, fields["base_period"])
    if route == "sums":
        return group_times_of_sums(mpdta().paths(columns)[0], contrast)
    covariates = () if fields["covariates"] == "no covariates" else ("lpop",)
    panel, _ = mpdta().panel(columns, covariates)
    return group_times_of_panel(panel, contrast, METHODS[fields["est"]])


def numbers(times: GroupTimes) -> dict[str, float]:
    """Return everything under the names of the cases."""
    found: dict[str, float] = {}
    errors = np.sqrt(np.diagonal(times.joint))
    for g, t, effect, error in zip(times.cohort, times.period, times.effect, errors, strict=False):
        found[f"att_{g + FIRST}_{t + FIRST}"] = effect
        if error > 0:
            found[f"se_{g + FIRST}_{t + FIRST}"] = error
    for kind in ("simple", "group", "dynamic", "calendar"):
        average = aggregate(times, kind)
        found[f"{kind}_att"], found[f"{kind}_se"] = average.overall, average.std_error
        shift = 0 if kind == "dynamic" else FIRST
        for key, effect, error in zip(
            average.keys, average.effect, average.std_errors, strict=True
        ):
            found[f"{kind}_e{key + shift}_att"] = effect
            if error > 0:
                found[f"{kind}_e{key + shift}_se"] = error
    joint = pretest(times)
    return {**found, "pretest_W": joint.statistic, "pretest_p": joint.p_value}


def group_se_of_did_2_1(times: GroupTimes) -> float:
    """Return the standard error of the mean over cohorts as the cases' version of R's did has it.

    Up to 2.1.2 ``aggte(type = "group")`` read the cohort of each estimated weight from the list
    of effects and not of cohorts, so that the first cohort's share was taken for all others'.
    Later versions, and the Python package csdid 0.4.3, give the delta method's, which is ours:
    https://github.com/bcallaway11/did/pull/223.
    """
    average = aggregate(times, "group")
    m, shares, total = len(times.effect), times.shares, times.shares.sum()
    read = np.searchsorted(times.cohorts, times.cohort[: len(shares)])
    apart = (average.effect - average.overall) / total
    gradient = shares / total @ average.gradient[:-1]
    np.add.at(gradient, m + read, apart)
    # The share of one cohort less that of another leaves a constant in each unit's influence.
    constant = apart @ (shares[read] - shares)
    return float(np.sqrt(gradient @ times.joint @ gradient + constant**2 / UNITS))


ROUTES = [(name, "panel") for name in CASES] + [(name, "sums") for name in CASES if "nox" in name]


@pytest.mark.parametrize(("name", "route"), ROUTES)
def test_every_number_is_that_of_r(name: str, route: str) -> None:
    case = cases()[name]
    times = estimated(case, route)
    found = numbers(times)
    assert found["group_se"] == pytest.approx(case["expected"]["group_se"]["value"], rel=0.005)
    if name == "mpdta_nox_never":
        assert found["group_se"] == pytest.approx(GROUP_SE, rel=1e-9)
    found["group_se"] = group_se_of_did_2_1(times)
    assert set(found) == set(case["expected"])
    for key, expected in case["expected"].items():
        tolerance = expected["tol"]
        assert found[key] == pytest.approx(
            expected["value"], rel=tolerance.get("rel", 0.0), abs=tolerance.get("abs", 0.0)
        ), key


def test_no_case_is_left_out() -> None:
    assert {name for name in cases() if name.startswith("mpdta_")} == {*CASES, "mpdta_twfe"}
