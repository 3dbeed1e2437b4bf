"""Smoking and birth weight: what Stata's manual and statsmodels print for the same 4 642 births.

The data and Stata's output of ``teffects ra`` come with statsmodels; the numbers of ``teffects
nnmatch`` and ``teffects psmatch`` are those of example 1 on each page of the manual [CAUSAL].
"""

from __future__ import annotations

from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from numpy.typing import NDArray
from statsmodels.treatment.treatment_effects import TreatmentEffect

from evaluate.core import Estimand, Estimate, Settings
from evaluate.data.sample import ArraySample
from evaluate.designs.adjusted import DESIGN as ADJUSTED
from evaluate.designs.adjusted import Adjusted
from evaluate.inference.comparison_read import ComparisonColumns, read_groups
from evaluate.inference.inverse_probability import inverse_probability
from evaluate.inference.nearest import Nearest, nearest
from evaluate.inference.propensity import propensity

PLACE = "statsmodels.treatment.tests.results"
ALIKE = ("mage", "prenatal1_", "mmarried_", "fbaby_")
SCORED = ("mmarried_", "mage", "mage2", "fbaby_", "medu")


@pytest.fixture(scope="module")
def births() -> pd.DataFrame:
    file = resources.files(PLACE) / "cataneo2.csv"
    if not file.is_file():
        pytest.skip("statsmodels came without its tests' data")
    with resources.as_file(file) as path:
        return pd.read_csv(path)


def sample(births: pd.DataFrame) -> ArraySample:
    columns: dict[str, NDArray[Any]] = {
        name: births[name].to_numpy(dtype=float)
        for name in ("bweight", "mbsmoke_", *ALIKE, "mage2", "medu")
    }
    return ArraySample(columns, "bweight")


def question(estimand: Any) -> Estimand:
    return Estimand(estimand, "bweight", "grams")


@pytest.mark.parametrize(("estimand", "table"), [("ATE", "table"), ("ATT", "table_t")])
def test_regression_adjustment_is_that_of_stata(
    births: pd.DataFrame, estimand: str, table: str
) -> None:
    stata = pytest.importorskip(f"{PLACE}.results_teffects").results_ra[table][0]
    spec = Adjusted(treated="mbsmoke_", covariates=ALIKE)
    found: Estimate = ADJUSTED.estimate(
        spec, sample(births), question(estimand), Settings(adjustment="interacted")
    ).estimates[0]
    assert found.estimate == pytest.approx(stata[0], rel=1e-10)
    assert found.std_error == pytest.approx(stata[1], rel=5e-3)  # HC2 here, HC0 there


@pytest.mark.parametrize(("estimand", "group"), [("ATE", "all"), ("ATT", 1)])
def test_weights_by_the_score_give_what_statsmodels_gives(
    births: pd.DataFrame, estimand: Any, group: Any
) -> None:
    logit = sm.Logit(births["mbsmoke_"], sm.add_constant(births[list(SCORED)])).fit(disp=0)
    model = sm.OLS(births["bweight"], sm.add_constant(births[list(ALIKE)]))
    theirs = TreatmentEffect(model, births["mbsmoke_"], results_select=logit).ipw(
        effect_group=group, disp=False
    )
    groups = read_groups(sample(births), ComparisonColumns("mbsmoke_", SCORED)).groups
    ours = inverse_probability(groups, estimand)
    assert ours.value == pytest.approx(float(np.ravel(theirs.effect)[0]), rel=1e-6)
    assert ours.influence is not None
    of_equations = np.sqrt(np.square(ours.influence).sum()) / len(groups.y)
    assert of_equations == pytest.approx(float(theirs.results_gmm.bse[0]), rel=1e-4)
    # A step of refitting without each unit counts what leverage hides: a little more.
    assert 1 < np.sqrt(ours.variance) / of_equations < 1.02


def test_nearest_by_mahalanobis_distance_is_that_of_the_manual(births: pd.DataFrame) -> None:
    """``teffects nnmatch (bweight mage prenatal1 mmarried fbaby) (mbsmoke)``."""
    groups = read_groups(sample(births), ComparisonColumns("mbsmoke_", ALIKE)).groups
    asked = Nearest(distance="mahalanobis", covariance="whole", spread="together")
    found = nearest(groups, None, asked, "ATE")
    assert found.value == pytest.approx(-240.3306, abs=5e-5)
    assert np.sqrt(found.variance) == pytest.approx(28.43006, abs=5e-6)


def test_nearest_by_score_is_that_of_the_manual(births: pd.DataFrame) -> None:
    """``teffects psmatch (bweight) (mbsmoke mmarried c.mage##c.mage fbaby medu)``."""
    groups = read_groups(sample(births), ComparisonColumns("mbsmoke_", SCORED)).groups
    asked = Nearest(distance="score", spread="together")
    found = nearest(groups, propensity(groups).score, asked, "ATE")
    assert found.value == pytest.approx(-210.9683, abs=5e-5)
    # Stata takes off what estimating the score saves: 32.021.
    assert 32.021 < np.sqrt(found.variance) < 1.03 * 32.021
