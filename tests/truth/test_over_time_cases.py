"""Regressions over time give the values of R's fixest and bacondecomp on public data."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from evaluate.data.paths import Panel, PanelColumns, Paths
from evaluate.data.sample import ArraySample
from evaluate.inference.bacon import bacon
from evaluate.inference.over_time import OverTime
from evaluate.inference.path_regression_panel import sun_abraham_of_panel, two_way_of_panel
from evaluate.inference.sun_abraham import sun_abraham
from evaluate.inference.two_way import absorb_effects
from evaluate.inference.two_way_paths import two_way

FOLDER = Path(os.environ.get("EVALUATE_TRUTH", ""))
pytestmark = pytest.mark.truth

Rows = list[dict[str, str]]
BY_KIND = {
    "Earlier_vs_Later_Treated": "earlier_vs_later",
    "Later_vs_Earlier_Treated": "later_vs_earlier",
    "Treated_vs_Untreated": "treated_vs_never",
}


@cache
def cases() -> dict[str, dict[str, Any]]:
    listed = yaml.safe_load((FOLDER / "cases.yaml").read_text("utf-8"))["cases"]
    return {case["id"]: case["expected"] for case in listed}


def agree(case: str, **found: Any) -> None:
    """Assert that each number equals the case's value within its tolerance."""
    for name, value in found.items():
        expected = cases()[case][name]
        np.testing.assert_allclose(
            value, expected["value"], rtol=expected["tol"]["rel"], err_msg=name
        )


def rows_of(case: str) -> Rows:
    listed = yaml.safe_load((FOLDER / "cases.yaml").read_text("utf-8"))["cases"]
    (path,) = (one["dataset"] for one in listed if one["id"] == case)
    with (FOLDER / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(y: list[float], unit: list[str], time: list[float], start: list[float]) -> ArraySample:
    """Return rows of a panel; a start of 0 is never."""
    data: dict[str, NDArray[Any]] = {
        "y": np.array(y),
        "unit": np.array(unit),
        "time": np.array(time),
        "start": np.array(start),
    }
    return ArraySample(data, "y")


COLUMNS = PanelColumns("time", "start", "0", "unit")


def sums(sample: ArraySample) -> Paths:
    return sample.paths(COLUMNS)[0]


def units(sample: ArraySample) -> Panel:
    return sample.panel(COLUMNS)[0]


def both(
    sample: ArraySample,
    of_sums: Callable[[Paths], OverTime] = two_way,
    of_units: Callable[[Panel], OverTime] = two_way_of_panel,
) -> tuple[OverTime, OverTime]:
    return of_sums(sums(sample)), of_units(units(sample))


def organ() -> ArraySample:
    rows = rows_of("organ_did")
    time = [float(row["Quarter_Num"]) for row in rows]
    return read(
        [float(row["Rate"]) for row in rows],
        [row["State"] for row in rows],
        time,
        [4.0 if row["State"] == "California" else 0.0 for row in rows],
    )


def test_organ_did() -> None:
    assert {row["Quarter"] for row in rows_of("organ_did") if float(row["Quarter_Num"]) >= 4} == {
        "Q32011",
        "Q42011",
        "Q12012",
    }
    for found in both(organ()):
        agree("organ_did", att=found.effect, se_cluster=found.std_error, n=found.n_obs)
        assert found.df == 26


def castle() -> ArraySample:
    rows = rows_of("castle_bacon")
    first: dict[str, float] = {}
    for row in rows:
        if float(row["post"]):
            first[row["state"]] = min(first.get(row["state"], np.inf), float(row["year"]))
    return read(
        [float(row["l_homicide"]) for row in rows],
        [row["state"] for row in rows],
        [float(row["year"]) for row in rows],
        [first.get(row["state"], 0.0) for row in rows],
    )


def test_castle_bacon() -> None:
    pairs = bacon(sums(castle()))
    assert {pair.kind for pair in pairs} == set(BY_KIND.values())
    for theirs, kind in BY_KIND.items():
        weight = np.array([pair.weight for pair in pairs if pair.kind == kind])
        estimate = np.array([pair.estimate for pair in pairs if pair.kind == kind])
        average = float(weight @ estimate / weight.sum())
        agree("castle_bacon", **{f"{theirs}_weight": weight.sum(), f"{theirs}_avg": average})
    total = sum(pair.weight * pair.estimate for pair in pairs)
    agree("castle_bacon", twfe=total)
    for found in both(castle()):
        agree("castle_bacon", twfe=found.effect, se_cluster_state=found.std_error)


def test_castle_by_population() -> None:
    rows = rows_of("castle_bacon")
    state, year = (np.array([row[name] for row in rows]) for name in ("state", "year"))
    y, post, weight = (
        np.array([float(row[name]) for row in rows]) for name in ("l_homicide", "post", "popwt")
    )
    found = absorb_effects(y, post[:, None], (state, year), state, std_error="CR1S", weights=weight)
    agree(
        "castle_bacon",
        twfe_popweighted=found.coefficients[0],
        se_popweighted=found.std_errors[0],
    )


def mpdta() -> ArraySample:
    rows = rows_of("mpdta_twfe")
    return read(
        [float(row["lemp"]) for row in rows],
        [row["countyreal"] for row in rows],
        [float(row["year"]) for row in rows],
        [float(row["first.treat"]) for row in rows],
    )


def test_mpdta_twfe() -> None:
    for found in both(mpdta()):
        agree("mpdta_twfe", att=found.effect, se=found.std_error)


def test_sun_abraham_weighs_universal_effects_against_the_never_treated() -> None:
    case = "mpdta_nox_never_universal"
    expected = {name: one["value"] for name, one in cases()[case].items()}
    for found in both(mpdta(), sun_abraham, sun_abraham_of_panel):
        assert found.terms == (-4, -3, -2, 0, 1, 2, 3)
        for term, effect in zip(found.terms, found.by_event, strict=True):
            assert effect == pytest.approx(expected[f"dynamic_e{term}_att"], rel=1e-6)
        # A mean over treated rows is the simple aggregation.
        assert found.effect == pytest.approx(expected["simple_att"], rel=1e-6)
        # One cohort alone is behind event times -4, 2 and 3: no share is estimated there, and
        # standard errors differ by the factor alone.
        factor = np.sqrt(500 / 499 * (2500 - 1) / (2500 - 12 - 5))
        for term in (-4, 2, 3):
            own = found.std_errors[found.terms.index(term)]
            theirs = expected[f"dynamic_e{term}_se"]
            assert own / factor == pytest.approx(theirs, rel=1e-4)


def medicaid() -> ArraySample:
    rows = [row for row in rows_of("medicaid_es") if float(row["year"]) < 2016]
    rows = [row for row in rows if row["yexp2"] in {"", "NA"} or float(row["yexp2"]) != 2015]
    starts = {row["yexp2"] for row in rows}
    assert "2014" in starts or "2014.0" in starts
    return read(
        [float(row["dins"]) for row in rows],
        [row["stfips"] for row in rows],
        [float(row["year"]) for row in rows],
        [2014.0 if row["yexp2"].startswith("2014") else 0.0 for row in rows],
    )


def test_medicaid_es() -> None:
    for found in both(medicaid()):
        assert found.terms == (-6, -5, -4, -3, -2, 0, 1)
        agree(
            "medicaid_es",
            betahat=found.by_event,
            se=found.std_errors,
            sigma=found.covariance.ravel(),
            n=found.n_obs,
        )
