"""Detectable effects, power and needed samples as R's pwr, PowerUpR and stats have them."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from evaluate.inference.mdes import (
    Layout,
    before_after,
    blocked_clusters,
    blocked_individuals,
    clustered,
    correlation_of_means,
    individuals,
    needed,
)
from evaluate.inference.power import multiplier, power_of
from evaluate.inference.shares import (
    detectable_difference,
    needed_by_arcsine,
    needed_by_normal,
)

# From R: pwr 1.3 and stats (case `power`), PowerUpR 1.1.0 (case `powerup`).
TRIAL = individuals(400)
SCHOOLS = partial(clustered, size=25, icc=0.15)
ADJUSTED = clustered(40, 20, 0.17, r2_within=0.3, r2_between=0.4, covariates=1)


def per_arm(n: float) -> Layout:
    return individuals(2 * n)


FOUND: dict[str, dict[str, Any]] = {
    "power": {
        "two_sample_n_d05": needed(per_arm, 0.5),
        "two_sample_power_n64_d05": per_arm(64).power(0.5),
        "mdes_n100": per_arm(100).exact_mdes(),
        "prop_n_50_60": needed_by_arcsine(0.6, 0.5),
        "ppt_prop_n": needed_by_normal(0.6, 0.5),
    },
    "powerup": {
        "ira1r1_n400": TRIAL.mdes(),
        "ira_ci": list(TRIAL.interval()),
        "cra2r2": ADJUSTED.mdes(),
        "cra2r2_df": ADJUSTED.df,
        "bcra3f2": blocked_clusters(
            10, 4, 20, 0.10, r2_within=0.5, r2_between=0.5, covariates=1
        ).mdes(),
        # PowerUpR rounds to the nearest; the power of that many falls a little short of 80 %.
        "mrss_cra2r2_J": round(needed(SCHOOLS, 0.25) or 0),
        "power_cra2r2": SCHOOLS(60).power(0.25),
        "bira2c1": blocked_individuals(14, 55, r2=0.5, covariates=1).mdes(),
    },
}
VALUES = {
    "power": {
        "two_sample_n_d05": 63.765610444142,
        "two_sample_power_n64_d05": 0.8014595579223,
        "mdes_n100": 0.3981407333021,
        "prop_n_50_60": 387.167746154315,
        "ppt_prop_n": 387.338516695594,
    },
    "powerup": {
        "ira1r1_n400": 0.2808467607823,
        "ira_ci": [0.08425252838472, 0.47744099318],
        "cra2r2": 0.3294233999441,
        "cra2r2_df": 37,
        "bcra3f2": 0.2515218742909,
        "mrss_cra2r2_J": 94,
        "power_cra2r2": 0.6025004133333,
        "bira2c1": 0.1429669135241,
    },
}
# The searches of pwr and of power.prop.test stop when they are this near.
SEARCHED = {"two_sample_n_d05": 1e-8, "mdes_n100": 1e-5, "ppt_prop_n": 1e-8}


@pytest.mark.parametrize(("case", "name"), [(c, n) for c in VALUES for n in VALUES[c]])
def test_value(case: str, name: str) -> None:
    expected = VALUES[case][name]
    assert FOUND[case][name] == pytest.approx(expected, rel=SEARCHED.get(name, 1e-9))


@pytest.mark.truth
@pytest.mark.parametrize("case", list(VALUES))
def test_every_key_of_the_truth_folder(case: str) -> None:
    text = (Path(os.environ["EVALUATE_TRUTH"]) / "cases.yaml").read_text("utf-8")
    cases = yaml.safe_load(text)
    cases = cases if isinstance(cases, list) else cases["cases"]
    (expected,) = (one["expected"] for one in cases if one["id"] == case)
    assert set(FOUND[case]) == set(expected)
    for name, one in expected.items():
        assert FOUND[case][name] == pytest.approx(one["value"], rel=one["tol"]["rel"]), name


# golden.mdes of the project's reporting tables, three decimals; individuals with one covariate.
@pytest.mark.parametrize(
    ("layout", "value"),
    [
        (individuals(400, covariates=1), 0.281),
        (individuals(800, covariates=1), 0.198),
        (individuals(400, r2=0.5, covariates=1), 0.199),
        (clustered(40, 50, 0.15, covariates=1), 0.372),
        (clustered(40, 50, 0.15, r2_between=0.5, r2_within=0.5, covariates=1), 0.263),
        (clustered(100, 50, 0.15, r2_between=0.5, r2_within=0.5, covariates=1), 0.164),
    ],
)
def test_golden(layout: Layout, value: float) -> None:
    assert round(layout.mdes(), 3) == value


@pytest.mark.parametrize(("n", "points"), [(15, 43), (30, 33), (60, 25), (100, 19)])
def test_what_a_small_study_of_shares_can_find(n: int, points: int) -> None:
    # The table of back-to-rule: 80 % power, 45 % without the programme.
    found = detectable_difference(0.45, (n, n))
    assert found is not None
    assert round(100 * found) == points
    share = 0.45 + found
    std_error = np.sqrt((0.45 * 0.55 + share * (1 - share)) / n)
    assert found == pytest.approx(multiplier(None) * std_error, rel=1e-12)


def test_a_difference_beyond_all_or_nobody_is_none() -> None:
    assert detectable_difference(0.45, (6, 6)) is None
    down = detectable_difference(0.45, (60, 60), downwards=True)
    up = detectable_difference(0.55, (60, 60))
    assert down is not None
    assert down == pytest.approx(-(up or 0), rel=1e-12)
    assert detectable_difference(0.05, (20, 20), downwards=True) is None


@pytest.mark.parametrize("df", [3, 10, 37, 398, None])
@pytest.mark.parametrize("shift", [0.0, 0.5, 2.8, 6.0])
def test_power_is_that_of_the_noncentral_t(df: float | None, shift: float) -> None:
    from scipy import stats

    limit = stats.norm.isf(0.025) if df is None else stats.t.isf(0.025, df)
    law = stats.norm(shift) if df is None else stats.nct(df, shift) if shift else stats.t(df)
    assert power_of(shift, df) == pytest.approx(law.sf(limit) + law.cdf(-limit), rel=1e-7)
    assert power_of(-shift, df) == power_of(shift, df)


def test_bloom_is_near_the_exact_value() -> None:
    for df, off in ((3, 0.02), (10, 2e-3), (37, 3e-4), (398, 5e-5)):
        assert power_of(multiplier(df), df) == pytest.approx(0.8, abs=off)


def test_a_measurement_before_helps_as_much_as_it_correlates() -> None:
    layout = clustered(40, 50, 0.15)
    r = correlation_of_means(50, 0.15, of_clusters=0.8, of_people=0.6)
    assert 0.6 < r < 0.8
    assert before_after(layout, r).scale == pytest.approx(layout.scale * (1 - r**2))
    # Taking the value before away only pays where the correlation is above one half.
    assert before_after(layout, 0.5, by="change") == layout
    assert before_after(layout, 0.2, by="change").scale > layout.scale
    assert before_after(layout, r, by="change").scale > before_after(layout, r).scale
    # A cluster of one is an individual.
    alone = correlation_of_means(1, 0.0, of_clusters=0.3, of_people=0.6)
    assert alone == 0.6


def test_no_number_is_enough_for_no_effect() -> None:
    assert needed(per_arm, 0.0) is None
    assert needed(lambda n: clustered(10, n, 0.2), 0.3) is None  # more pupils in few schools
    assert needed(per_arm, 50.0) == 4.0
