"""Tests of trends before the start: their level, their power and what they are equal to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import chi2, f, ncf, ncx2, norm

from evaluate.errors import Refused
from evaluate.inference.honest_coefficients import EventCoefficients
from evaluate.inference.pretrends import noncentrality, power, pretrends

DRAWS = 1000
# The 99.9 % binomial band of 1 000 draws at 5 %, and at 80 %.
LEVEL, AT_POWER = (0.029, 0.075), (0.757, 0.841)
LINE = np.arange(-4.0, 0.0)


def study(n_clusters: int | None = None) -> EventCoefficients:
    root = np.random.default_rng(8).normal(size=(6, 9)) * 0.1
    return EventCoefficients(
        np.array([0.02, -0.03, 0.05, 0.01, 0.5, 0.6]), root @ root.T, 4, np.full(2, 0.5), n_clusters
    )


def test_the_joint_test_is_walds_and_the_slope_is_least_squares() -> None:
    events = study()
    found = pretrends(events)
    sigma, before = events.covariance[:4, :4], events.effect[:4]
    wald = before @ np.linalg.inv(sigma) @ before
    assert found.joint.statistic == pytest.approx(wald)
    assert found.joint.p_value == pytest.approx(chi2.sf(wald, 4))
    assert (found.joint.df, found.joint.df_denom, found.joint.distribution) == (
        4,
        None,
        "chi-squared",
    )
    bread = 1 / (LINE @ np.linalg.inv(sigma) @ LINE)
    slope = bread * LINE @ np.linalg.inv(sigma) @ before
    assert found.trend == pytest.approx(slope)
    assert found.slope.statistic == pytest.approx(slope / np.sqrt(bread))
    assert found.slope.p_value == pytest.approx(2 * norm.sf(abs(slope) / np.sqrt(bread)))
    # 2.80 standard errors, but for the other tail.
    detectable = (norm.ppf(0.975) + norm.ppf(0.8)) * np.sqrt(bread)
    assert found.slope.detectable == pytest.approx(detectable, rel=1e-5)
    assert found.slope.bias == pytest.approx(1.5 * found.slope.detectable)


def test_few_clusters_take_hotellings_distribution() -> None:
    events = study(n_clusters=12)
    joint = pretrends(events).joint
    wald = pretrends(study()).joint.statistic
    assert joint.statistic == pytest.approx(wald * (11 - 4 + 1) / (11 * 4))
    assert joint.p_value == pytest.approx(f.sf(joint.statistic, 4, 8))
    assert joint.distribution == "F(4, 8)"
    assert pretrends(events).slope.distribution == "t(8)"


def test_power_is_that_of_noncentral_distributions() -> None:
    assert power(3, None, 7.0) == pytest.approx(ncx2.sf(chi2.ppf(0.95, 3), 3, 7.0), rel=1e-9)
    assert power(3, 9, 7.0) == pytest.approx(ncf.sf(f.ppf(0.95, 3, 9), 3, 9, 7.0), rel=1e-7)
    assert power(2, 9, 0.0) == pytest.approx(0.05)
    assert power(5, 20, noncentrality(5, 20)) == pytest.approx(0.8)
    # The classical figure for one degree of freedom.
    assert noncentrality(1, None) == pytest.approx(7.849, abs=5e-4)


def test_power_against_what_matters() -> None:
    found = pretrends(study())
    assert found.power_against(found.strongest.bias) == pytest.approx(0.8)
    assert found.power_against(0.0) == pytest.approx(0.05)
    assert found.power_against(10 * found.strongest.bias) > 0.999
    assert found.strongest is found.slope


def draws(n_clusters: int, mean: np.ndarray, seed: int) -> list[EventCoefficients]:
    """Return estimates from clusters whose own effects are normal, with their covariance."""
    rng = np.random.default_rng(seed)
    root = np.tril(rng.normal(size=(6, 6))) + 2 * np.eye(6)
    rows = mean + rng.normal(size=(DRAWS, n_clusters, 6)) @ root.T
    centre = rows.mean(axis=1)
    apart = rows - centre[:, None]
    sigma = np.einsum("dci,dcj->dij", apart, apart) / (n_clusters * (n_clusters - 1))
    return [
        EventCoefficients(*one, 4, np.full(2, 0.5), n_clusters)
        for one in zip(centre, sigma, strict=True)
    ]


def test_with_few_clusters_both_tests_keep_their_level_where_chi_squared_does_not() -> None:
    clean = draws(12, np.zeros(6), 1)
    found = [pretrends(one) for one in clean]
    for name in ("joint", "slope"):
        share = np.mean([getattr(one, name).p_value < 0.05 for one in found])
        assert LEVEL[0] < share < LEVEL[1], name
    known = [pretrends(replace(one, n_clusters=None)).joint.p_value < 0.05 for one in clean]
    assert np.mean(known) > 0.2


def test_a_trend_of_the_detectable_size_is_found_four_times_in_five() -> None:
    events = study()
    root = np.linalg.cholesky(events.covariance)
    noise = np.random.default_rng(5).normal(size=(DRAWS, 6)) @ root.T
    for name in ("joint", "slope"):
        size = getattr(pretrends(events), name).detectable
        trend = np.append(size * LINE, [0.0, 0.0])
        tests = [getattr(pretrends(replace(events, effect=trend + one)), name) for one in noise]
        assert AT_POWER[0] < np.mean([one.p_value < 0.05 for one in tests]) < AT_POWER[1], name


def test_with_few_clusters_the_detectable_trend_is_not_promised_too_small() -> None:
    """The size that a study promises, averaged over studies, is found by 80 % or more."""
    clean = draws(20, np.zeros(6), 3)
    size = float(np.mean([pretrends(one).joint.detectable for one in clean]))
    planted = np.append(size * LINE, [0.0, 0.0])
    share = np.mean([pretrends(one).joint.p_value < 0.05 for one in draws(20, planted, 3)])
    assert share > AT_POWER[0]


def test_many_periods_and_few_clusters_test_the_latest() -> None:
    events = study(n_clusters=6)
    found = pretrends(events)
    assert (found.n_used, found.n_pre, found.joint.df) == (2, 4, 2)
    last = replace(events, effect=events.effect[2:], covariance=events.covariance[2:, 2:], n_pre=2)
    assert pretrends(last).joint == found.joint


def test_one_period_makes_both_tests_the_same() -> None:
    events = EventCoefficients(np.array([0.2, 1.0]), np.diag([0.01, 0.01]), 1, np.ones(1))
    found = pretrends(events)
    assert found.joint.p_value == pytest.approx(found.slope.p_value)
    assert found.joint.detectable == pytest.approx(found.slope.detectable)


@pytest.mark.parametrize("factor", [1e-5, 1e5])
def test_figures_follow_the_unit(factor: float) -> None:
    events = study(15)
    scaled = replace(
        events, effect=factor * events.effect, covariance=factor**2 * events.covariance
    )
    one, other = pretrends(events).joint, pretrends(scaled).joint
    assert other.p_value == pytest.approx(one.p_value)
    assert (other.detectable, other.bias) == pytest.approx(
        (factor * one.detectable, factor * one.bias)
    )


@pytest.mark.parametrize(
    ("events", "code"),
    [
        (EventCoefficients(np.ones(2), np.eye(2), 0, np.ones(2)), "one_pre_period"),
        (study(2), "too_few_clusters"),
        (replace(study(), covariance=np.ones((6, 6))), "singular_covariance"),
    ],
)
def test_what_cannot_be_tested_is_refused(events: EventCoefficients, code: str) -> None:
    with pytest.raises(Refused) as caught:
        pretrends(events)
    assert caught.value.code == code
