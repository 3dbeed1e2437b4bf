"""The checks of trends fire on planted violations, keep still on clean data, and say why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluate.checks.honest import sensitivity_check
from evaluate.checks.pretrends import pretrends_check
from evaluate.core import Estimate
from evaluate.data.moments import Float
from evaluate.errors import Refused
from evaluate.inference.honest_coefficients import EventCoefficients
from evaluate.inference.pretrends import pretrends

WEIGHTS = np.array([0.5, 0.5])
BEFORE = np.arange(-3.0, 0.0)
# Effects of one cohort in six periods, errors independent: all share the reference's error.
SIGMA = 0.01 * (np.eye(5) + 1)
UNBIASED = np.zeros(5)
WITHHELD = Refused("few_clusters", "its covariance is withheld with so few clusters", "add some")


def study(effect: Float, sigma: Float = SIGMA) -> EventCoefficients:
    return EventCoefficients(effect, sigma, 3, WEIGHTS)


def headline(events: EventCoefficients) -> Estimate:
    half = 1.959964 * events.std_error
    return Estimate(
        estimate=events.overall,
        std_error=events.std_error,
        conf_low=events.overall - half,
        conf_high=events.overall + half,
        n_obs=600,
        n_treated=200,
        method="group-time effects",
        std_error_method="CR0",
        unit="points",
        estimand="ATT",
    )


def drawn(mean: Float, draws: int, seed: int) -> list[EventCoefficients]:
    root = np.linalg.cholesky(SIGMA)
    return [study(mean + root @ one) for one in np.random.default_rng(seed).normal(size=(draws, 5))]


def pre(events: EventCoefficients, worthwhile: float | None = None) -> str:
    return pretrends_check(events, headline(events), smallest_worthwhile=worthwhile)[0].result


def post(events: EventCoefficients) -> str:
    return sensitivity_check(events, headline(events))[0].result


def test_the_check_of_trends_fires_on_a_planted_trend_and_not_on_clean_data() -> None:
    size = pretrends(study(UNBIASED)).joint.detectable
    planted = np.append(1.05 * size * BEFORE, [1.0, 1.0])
    found = [pre(one, 5.0) for one in drawn(planted, 600, 1)]
    assert found.count("failed") >= 0.8 * 600
    clean = [pre(one, 5.0) for one in drawn(UNBIASED, 600, 2)]
    assert clean.count("failed") <= 0.07 * 600
    assert clean.count("passed") >= 0.9 * 600


def test_the_check_does_not_pass_a_trend_that_matters() -> None:
    """A straight trend that moves the effect by the smallest worthwhile one passes rarely."""
    least = pretrends(study(UNBIASED)).strongest
    planted = np.append(1.05 * least.detectable * BEFORE, [1.0, 1.0])
    found = [pre(one, least.bias * 1.05) for one in drawn(planted, 600, 3)]
    assert found.count("passed") <= 0.2 * 600


def test_a_test_that_could_see_little_is_uninformative() -> None:
    events = study(UNBIASED)
    least = pretrends(events).strongest.bias
    check, table = pretrends_check(events, headline(events), smallest_worthwhile=0.9 * least)
    assert check.result == "uninformative"
    assert "says little" in check.text
    assert "smallest worthwhile" in check.text
    assert table is not None
    joint, slope = table.rows
    assert [joint["test"], slope["test"]] == ["joint", "slope"]
    assert (joint["df"], joint["state"]) == (3, "chi-squared")
    assert slope["bias"] == pytest.approx(least)
    assert pre(events, 1.1 * least) == "passed"


def test_without_a_worthwhile_effect_the_headlines_width_is_what_matters() -> None:
    events = study(UNBIASED)
    half = headline(events)
    least = pretrends(events).strongest.bias
    wide = replace(half, conf_low=-1.1 * least, conf_high=1.1 * least)
    narrow = replace(half, conf_low=-0.9 * least, conf_high=0.9 * least)
    assert pretrends_check(events, wide)[0].result == "passed"
    assert pretrends_check(events, narrow)[0].result == "uninformative"


def test_a_slope_that_the_joint_test_misses_does_not_pass() -> None:
    events = study(UNBIASED)
    size = pretrends(events).slope.detectable
    trend = study(np.append(0.8 * size * BEFORE, [0.0, 0.0]))
    assert pretrends(trend).slope.p_value < 0.05 < pretrends(trend).joint.p_value
    check, _ = pretrends_check(trend, headline(trend), smallest_worthwhile=5.0)
    assert check.result == "uninformative"
    assert "straight line" in check.text


def test_few_clusters_are_named() -> None:
    events = replace(study(UNBIASED), n_clusters=5)
    check, table = pretrends_check(events, headline(events), smallest_worthwhile=50.0)
    assert "last 2 of 3 periods" in check.text
    assert table is not None
    assert table.rows[0]["state"] == "F(2, 3)"


@pytest.mark.slow
def test_sensitivity_fires_on_a_trend_taken_for_an_effect_and_not_on_an_effect() -> None:
    """No effect, but trends that part by three standard errors of it each period."""
    error = study(UNBIASED).std_error
    line = np.append(BEFORE, [1.0, 2.0])
    found = [post(one) for one in drawn(3 * error * line, 40, 4)]
    assert found.count("failed") >= 0.8 * 40
    clean = [post(one) for one in drawn(np.append(np.zeros(3), [2.5, 2.5]), 40, 5)]
    assert clean.count("failed") <= 0.07 * 40
    assert clean.count("passed") >= 0.9 * 40


def test_sensitivity_tells_where_the_conclusion_breaks() -> None:
    events = study(np.array([0.02, -0.05, 0.03, 2.0, 2.1]))
    check, table = sensitivity_check(events, headline(events))
    assert check.result == "passed"
    assert table is not None
    relative = [row for row in table.rows if row["restriction"] == "relative_magnitudes"]
    smooth = [row for row in table.rows if row["restriction"] == "smoothness"]
    (breaks,) = {row["breakdown"] for row in relative}
    assert isinstance(breaks, float)
    assert f"{breaks:.2f} times" in check.text
    assert len({row["breakdown"] for row in smooth}) == 1
    assert all(row["excludes_zero"] == (row["m"] < breaks) for row in relative)


def test_an_effect_that_is_not_shown_is_uninformative() -> None:
    events = study(np.array([0.02, -0.05, 0.03, 0.05, 0.0]))
    check, table = sensitivity_check(events, headline(events))
    assert check.result == "uninformative"
    assert table is not None
    assert all("breakdown" not in row for row in table.rows)


@pytest.mark.parametrize(
    "events", [WITHHELD, replace(study(UNBIASED), n_pre=0, weights=np.ones(5))]
)
def test_what_cannot_be_tested_is_not_run(events: EventCoefficients | Refused) -> None:
    head = headline(study(UNBIASED))
    for check, table in (pretrends_check(events, head), sensitivity_check(events, head)):
        assert check.result == "not_run"
        assert table is None
    if isinstance(events, Refused):
        assert events.why in check.text
