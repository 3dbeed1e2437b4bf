"""The verdict is a pure function of the headline row; the rung of the checks."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.claims import detectable, rung, verdict
from evaluate.core import Check, Estimate

ROW = Estimate(
    estimate=0.0,
    std_error=1.0,
    conf_low=-1.96,
    conf_high=1.96,
    n_obs=100,
    n_treated=50,
    method="m",
    std_error_method="HC2",
    unit="points",
    estimand="ATE",
)


def row(low, high, df=None):
    half = (high - low) / 2
    return replace(
        ROW, estimate=low + half, std_error=half / 1.96, conf_low=low, conf_high=high, df=df
    )


def test_detectable_effect_by_hand():
    # (1.959964 + 0.841621) x 1, and with 20 df (2.085963 + 0.859964) x 1; R qt()
    assert detectable(ROW) == pytest.approx(2.801585, abs=1e-6)
    assert detectable(replace(ROW, df=20.0)) == pytest.approx(2.945928, abs=1e-5)


@pytest.mark.parametrize(
    ("low", "high", "direction", "worthwhile", "word", "because"),
    [
        (1, 3, "increase", None, "shown benefit", ()),
        (1, 3, "increase", 1.4, "shown benefit", ("likely overstated",)),
        (1, 3, "increase", 1.5, "shown benefit", ()),
        (1, 3, "decrease", None, "shown harm", ()),
        (-3, -1, "increase", None, "shown harm", ()),
        (-3, -1, "decrease", None, "shown benefit", ()),
        (-1, 1, "increase", None, "inconclusive", ()),
        (-1, 1, "increase", 1.1, "ruled out", ()),
        (-1, 1, "increase", 1.0, "not detectable", ()),
        (-2, 0.5, "increase", 1.0, "ruled out", ()),
        (-0.5, 2, "decrease", 1.0, "ruled out", ()),
        (-2, 0.5, "decrease", 1.0, "not detectable", ()),
        (-1, 3, "increase", 2.9, "inconclusive", ()),  # detectable is 2.86
        (0, 2, "increase", None, "inconclusive", ()),
    ],
)
def test_verdicts_in_order(low, high, direction, worthwhile, word, because):
    assert verdict(row(low, high), direction, worthwhile) == (word, because)


@given(st.floats(-10, 10), st.floats(0.01, 10), st.floats(0.01, 10))
def test_the_mirror_image_has_the_same_verdict(middle, half, worthwhile):
    one = verdict(row(middle - half, middle + half), "increase", worthwhile)
    other = verdict(row(-middle - half, -middle + half), "decrease", worthwhile)
    assert one == other


NEEDS = {4: {"attrition"}, 5: {"balance", "sensitivity"}}


@pytest.mark.parametrize(
    ("results", "reached", "because"),
    [
        ({}, 3, ("step 4 needs attrition: not run",)),
        ({"attrition": "failed"}, 3, ("step 4 needs attrition: failed",)),
        ({"attrition": "uninformative"}, 3, ("step 4 needs attrition: uninformative",)),
        ({"attrition": "not_run"}, 3, ("step 4 needs attrition: not run",)),
        ({"attrition": "passed", "balance": "passed"}, 4, ("step 5 needs sensitivity: not run",)),
        ({"attrition": "passed", "balance": "passed", "sensitivity": "passed"}, 5, ()),
        ({"balance": "passed", "sensitivity": "passed"}, 3, ("step 4 needs attrition: not run",)),
    ],
)
def test_only_passed_checks_carry_a_claim_up(results, reached, because):
    checks = [Check(name, result, "text") for name, result in results.items()]
    assert rung(5, NEEDS, checks) == (reached, because)


def test_a_description_stays_a_description():
    assert rung(3, {}, []) == (3, ())
    assert rung(1, {}, []) == (1, ())
