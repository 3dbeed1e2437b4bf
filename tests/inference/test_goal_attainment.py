"""Goal attainment scaling by hand; shares of levels with what is missing kept apart."""

from __future__ import annotations

import json
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from evaluate.errors import Refused
from evaluate.inference.goal_attainment import (
    Goals,
    filled,
    mean_change,
    mean_score,
    require_goals,
    scores,
    t_score,
)
from evaluate.inference.level_shares import level_shares, share_of
from evaluate.inference.wilson import wilson

R = json.loads((Path(__file__).parent / "change.json").read_text("utf-8"))
NAN = np.nan


def goals(**more: np.ndarray) -> Goals:
    person = np.array(["a", "a", "b", "b", "b", "c", "d", "d"], dtype=object)
    level = np.array([1.0, -1.0, 2.0, 0.0, NAN, 1.0, NAN, NAN])
    return Goals(person, level, **more)


def test_t_scores_by_hand() -> None:
    # Two goals of weight 1 at +1: 50 + 10 * 2 / sqrt(0.7 * 2 + 0.3 * 4) = 62.40.
    assert t_score(np.array([1.0, 1.0])) == pytest.approx(50 + 20 / sqrt(2.6))
    weighed = 50 + 10 * (3 * 1 - 1) / sqrt(0.7 * 10 + 0.3 * 16)
    assert t_score(np.array([1.0, -1.0]), np.array([3.0, 1.0])) == pytest.approx(weighed)
    assert t_score(np.zeros(4)) == 50
    assert t_score(np.array([2.0]), correlation=0.9) == 70  # one goal: nothing to correlate


def test_correlation_decides_the_spread_and_not_the_sign() -> None:
    four = np.ones(4)
    assert t_score(four, correlation=0.0) == pytest.approx(50 + 10 * 2)
    assert t_score(four, correlation=1.0) == pytest.approx(60)


def test_with_the_assumed_correlation_scores_have_a_spread_of_ten() -> None:
    rng = np.random.default_rng(12)
    common = rng.normal(0, sqrt(0.3), (20_000, 1))
    levels = common + rng.normal(0, sqrt(0.7), (20_000, 4))
    found = np.array([t_score(one) for one in levels])
    assert found.std() == pytest.approx(10, abs=0.17)  # 99.9 % band of 20 000 draws


def test_persons_are_scored_on_what_was_measured() -> None:
    found = scores(goals())
    assert found.score == pytest.approx([50, 50 + 20 / sqrt(2.6), 60])
    assert found.n_goals.tolist() == [2, 2, 1]
    everything = scores(filled(goals(), -2.0))
    assert everything.n_goals.tolist() == [2, 3, 1, 2]
    assert everything.score[3] == pytest.approx(50 - 40 / sqrt(2.6))


def test_weights_have_no_unit() -> None:
    weight = np.array([1.0, 2, 3, 1, 1, 2, 1, 1])
    one, other = scores(goals(weight=weight)), scores(goals(weight=10 * weight))
    assert other.score == pytest.approx(one.score, rel=1e-12)


def test_change_is_over_goals_with_both_levels() -> None:
    start = np.array([-1.0, -1.0, NAN, -2.0, -1.0, -2.0, -1.0, -1.0])
    found = mean_change(goals(baseline=start))
    a, b, c = 10 * 2 / sqrt(2.6), 20.0, 30.0
    assert (found.n, found.value) == (3, pytest.approx((a + b + c) / 3))


def test_advisers_widen_the_interval() -> None:
    rng = np.random.default_rng(5)
    person = np.repeat(np.arange(40), 2)
    adviser = person % 5
    level = np.clip(np.round(rng.normal(0, 0.6, 5)[adviser] + rng.normal(0, 0.7, 80)), -2, 2)
    alone = mean_score(Goals(person, level))
    together = mean_score(Goals(person, level, cluster=adviser))
    assert together.value == pytest.approx(alone.value)
    assert together.n_clusters == 5
    width = together.conf_high - together.conf_low
    assert width > alone.conf_high - alone.conf_low


def test_what_is_no_scale_is_refused() -> None:
    far = Goals(np.array(["a"]), np.array([3.0]))
    weightless = goals(weight=np.zeros(8))
    torn = goals(cluster=np.array([1, 2, 1, 1, 1, 1, 1, 1]))
    codes = {}
    for name, one in (("far", far), ("weightless", weightless), ("torn", torn)):
        with pytest.raises(Refused) as refused:
            require_goals(one)
        codes[name] = refused.value.code
    assert codes == {
        "far": "level_out_of_range",
        "weightless": "weight_not_positive",
        "torn": "cluster_not_of_person",
    }
    with pytest.raises(Refused, match="no goal"):
        scores(Goals(np.array(["a"]), np.array([NAN])))
    with pytest.raises(Refused, match="at the start"):
        mean_change(goals())


ANSWERS = np.array(
    ["met"] * 4 + ["partly"] * 7 + ["not_measured"] * 5 + ["not_answered"] * 2 + [None] * 3,
    dtype=object,
)


def test_shares_keep_reasons_apart() -> None:
    levels, reasons = ("not_met", "partly", "met"), ("not_measured", "not_answered", "truncated")
    found = level_shares(ANSWERS, levels, reasons)
    assert (found.n, found.n_measured) == (21, 11)
    counts = {"not_measured": 5, "not_answered": 2, "truncated": 0, "no_entry": 3}
    assert found.missing == counts
    none, partly, met = found.levels
    assert none.share is not None
    assert met.share is not None
    assert partly.at_least is not None
    assert (none.share.n, none.share.conf_low) == (0, 0.0)
    assert (met.share.conf_low, met.share.conf_high) == wilson(4, 11)
    assert partly.at_least.value == 1
    assert (met.low, met.high) == pytest.approx((4 / 21, 14 / 21))
    unread = level_shares(ANSWERS[11:18], levels, reasons)
    assert (unread.n_measured, unread.levels[0].share) == (0, None)


def test_an_answer_that_nobody_declared_is_refused_without_its_value() -> None:
    with pytest.raises(Refused) as refused:
        level_shares(ANSWERS, ("met", "partly"), ("not_measured",))
    assert refused.value.code == "unknown_level"
    assert "not_answered" not in refused.value.why


def test_wilsons_interval_equals_r() -> None:
    hits = np.zeros(59)
    hits[:11] = 1
    found = share_of(hits)
    assert [found.conf_low, found.conf_high] == pytest.approx(R["wilson"], rel=1e-11)


def test_clusters_widen_by_the_variance_of_cr2_and_by_t() -> None:
    from scipy.stats import norm, t

    after, cluster = np.array(R["after"]), np.array(R["cluster"])
    hits = (after > 3.4).astype(np.float64)
    found = share_of(hits, cluster)
    value, error, df = R["share"]
    effect = error**2 / (value * (1 - value) / 48) * (t.ppf(0.975, df) / norm.ppf(0.975)) ** 2
    limits = found.conf_low, found.conf_high
    assert limits == pytest.approx(wilson(hits.sum(), 48, 0.95, effect), rel=1e-9)


def test_where_all_are_alike_each_cluster_counts_as_one() -> None:
    found = share_of(np.zeros(40), np.repeat(np.arange(8), 5))
    assert (found.conf_low, found.conf_high) == wilson(0, 8)
    single = share_of(np.array([0.0, 1.0, 1.0, 0.0]), np.zeros(4))
    assert (single.conf_low, single.conf_high) == wilson(0.5, 1)


def test_the_interval_of_a_share_in_clusters_covers_where_the_plain_one_does_not() -> None:
    rng = np.random.default_rng(41)
    inside = plain = 0
    draws = 400
    cluster = np.repeat(np.arange(16), 10)
    for _ in range(draws):
        rate = rng.beta(1.8, 4.2, 16)  # mean 0.3, intraclass correlation 1 / 7
        hits = (rng.random(160) < rate[cluster]).astype(np.float64)
        for clustered in (True, False):
            found = share_of(hits, cluster if clustered else None)
            covers = found.conf_low <= 0.3 <= found.conf_high
            inside += covers and clustered
            plain += covers and not clustered
    assert inside / draws >= 0.915  # 99.9 % band of 400 draws at 95 %: 0.914 to 0.986
    assert plain / draws < 0.90
