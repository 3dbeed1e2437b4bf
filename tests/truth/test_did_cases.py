"""Difference in differences on public data gives the published or reference-package values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_fixed_effect_cases import Data, agree, kielmc, organ

from evaluate.core import Estimand, Estimate, Settings
from evaluate.data.sample import ArraySample
from evaluate.designs.did import DESIGN, Did
from evaluate.errors import Refused
from evaluate.inference.clustered import cluster_spread
from evaluate.inference.did_base import base_of_within, fit_base

FULL = ("age", "agesq", "intst", "land", "area", "rooms", "baths")
# R prints more digits than the case promises; sums in another order move the twelfth.
EXACT = 1e-10


def houses() -> Data:
    """Return each house as a unit of its own: it is sold once."""
    data = kielmc()
    return {**data, "house": np.array([f"h{i:03d}" for i in range(len(data["rprice"]))])}


def rows(data: Data, spec: Did, outcome: str, *names: str) -> dict[str, Estimate]:
    """Return the headline's rows by standard error."""
    sample = ArraySample(data, outcome)
    found = DESIGN.estimate(
        spec, sample, Estimand("ATT", outcome, "USD"), Settings(std_errors=names)
    )
    return {row.std_error_method: row for row in found.estimates[: len(names)]}


@pytest.mark.parametrize(
    ("covariates", "values"),
    [
        ((), {"classical": ("did", "se"), "HC1": ("did", "se_hc1")}),
        (("age", "agesq"), {"classical": ("did_age", "se_age")}),
        (FULL, {"classical": ("did_full", "se_full")}),
    ],
    ids=["plain", "age", "full"],
)
def test_kielmc(covariates: tuple[str, ...], values: dict[str, Any]) -> None:
    spec = Did(treated="nearinc", post="y81", unit="house", covariates=covariates)
    found = rows(houses(), spec, "rprice", *values)
    for name, (effect, std_error) in values.items():
        row = found[name]
        agree("kielmc", EXACT, **{effect: row.estimate, std_error: row.std_error})
        assert row.df == 321 - 4 - len(covariates)
        assert (row.n_obs, row.n_treated, row.n_clusters) == (321, 40, None)


def test_kielmc_is_judged_by_hc2_unless_another_is_named() -> None:
    spec = Did(treated="nearinc", post="y81", unit="house")
    sample = ArraySample(houses(), "rprice")
    found = DESIGN.estimate(spec, sample, Estimand("ATT", "rprice", "USD"), Settings())
    assert found.estimates[0].std_error_method == "HC2"
    checks = {one.name: one.result for one in found.checks}
    assert checks["pretrends"] == "not_run"


def organs() -> Data:
    """Return the states with quarters as numbers, which sort as they follow each other."""
    data = organ()
    quarter = np.array([float(one[2:]) + (float(one[1]) - 1) / 4 for one in data["Quarter"]])
    return {
        **data,
        "time": quarter,
        "post": (quarter >= 2011.5).astype(float),
        "california": (data["State"] == "California").astype(float),
    }


ORGANS = Did(treated="california", post="post", unit="State", time="time")


def test_organ_did_has_one_treated_state_and_is_refused() -> None:
    for names in ((), ("CR1S",)):
        with pytest.raises(Refused) as refused:
            rows(organs(), ORGANS, "Rate", *names)
        assert refused.value.code == "one_treated_cluster"
        assert "synthetic" in refused.value.fix


def test_organ_did_is_what_the_design_would_compute() -> None:
    data = organs()
    sample = ArraySample(data, "Rate")
    within = sample.within(("post", "Rate"), "State", "time", ("california", "State"))
    states = np.unique(within.labels["State"], return_inverse=True)[1]
    base = base_of_within(within, within.labels["california"].astype(float), states)
    groups, fitted = fit_base(base, base.own(base.only(base.post)), base.shared())
    with pytest.raises(Refused, match="a cluster alone decides"):
        cluster_spread(groups, fitted, np.eye(fitted.rank)[0], "CR1S")
    influence = (groups.xy - groups.xx @ fitted.coefficients) @ fitted.bread[0]
    g, n = len(groups.n), fitted.n_obs
    counted = fitted.rank + 1  # with the constant; intercepts lie within the states
    factor = g / (g - 1) * (n - 1) / (n - counted)
    agree(
        "organ_did",
        EXACT,
        att=float(fitted.coefficients[0]),
        se_cluster=float(np.sqrt(factor * influence @ influence)),
        n=n,
    )
    assert counted == 7


def test_the_page_quotes_the_case() -> None:
    page = (Path(__file__).parents[2] / "book/designs/did.md").read_text("utf-8")
    spec = Did(treated="nearinc", post="y81", unit="house")
    found = rows(houses(), spec, "rprice", "classical", "HC1")
    numbers = [-found["HC1"].estimate, found["classical"].std_error, found["HC1"].std_error]
    for number in numbers:
        assert f"{number:,.2f}".replace(",", " ") in page
