"""Change of the same people: R's t and clubSandwich's CR2, and what is shown instead of numbers."""

from __future__ import annotations

import json
from math import gamma, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluate.errors import Refused
from evaluate.inference.paired_change import mean_of, paired_change, small_sample
from evaluate.inference.paired_losses import losses
from evaluate.inference.response_shift import response_shift

R: dict[str, Any] = {
    key: np.array(value)
    for key, value in json.loads((Path(__file__).parent / "change.json").read_text("utf-8")).items()
}
# R's own numbers are printed with 15 digits; sums differ in their last ones.
EXACT = 1e-11
BEFORE, AFTER, CLUSTER = R["before"], R["after"], R["cluster"]


def test_equals_r_without_and_with_clusters() -> None:
    alone = paired_change(BEFORE, AFTER).change
    found = [alone.value, alone.std_error, alone.df, alone.conf_low, alone.conf_high]
    assert found == pytest.approx(R["paired"], rel=EXACT)
    together = paired_change(BEFORE, AFTER, CLUSTER).change
    assert [together.value, together.std_error, together.df] == pytest.approx(
        R["clustered"], rel=EXACT
    )
    assert together.n_clusters == 8


def test_clusters_of_one_are_no_clusters() -> None:
    alone = mean_of(AFTER)
    each = mean_of(AFTER, np.arange(len(AFTER)))
    assert [each.std_error, each.df] == pytest.approx([alone.std_error, alone.df], rel=1e-9)


def test_standardised_change_is_that_of_metafor_smcr() -> None:
    found = paired_change(BEFORE, AFTER).standardised
    assert found is not None
    n, r = len(BEFORE), np.corrcoef(BEFORE, AFTER)[0, 1]
    m = n - 1
    factor = gamma(m / 2) / (sqrt(m / 2) * gamma((m - 1) / 2))
    assert small_sample(m) == pytest.approx(factor, rel=1e-12)
    d = factor * (AFTER - BEFORE).mean() / BEFORE.std(ddof=1)
    assert found.value == pytest.approx(d, rel=EXACT)
    assert found.std_error == pytest.approx(sqrt(2 * (1 - r) / n + d**2 / (2 * n)), rel=EXACT)


def test_the_interval_of_a_standardised_change_in_clusters_covers() -> None:
    rng = np.random.default_rng(11)
    inside, draws = 0, 300
    for _ in range(draws):
        cluster = np.repeat(np.arange(30), 8)
        shared = rng.normal(0, 0.3, 30)[cluster]
        before = rng.normal(size=240)
        after = 0.5 * before + 0.4 + shared + rng.normal(0, 0.8, 240)
        found = paired_change(before, after, cluster).standardised
        assert found is not None
        inside += found.conf_low <= 0.4 <= found.conf_high
    assert 0.90 <= inside / draws <= 0.99  # 99.9 % band of 300 draws at 95 %: 0.907 to 0.987


def test_order_names_and_units_do_not_matter() -> None:
    rng = np.random.default_rng(2)
    order = rng.permutation(len(BEFORE))
    names = np.array([f"k{9 - one}" for one in CLUSTER])
    one = paired_change(BEFORE, AFTER, CLUSTER)
    other = paired_change(1000 * BEFORE[order], 1000 * AFTER[order], names[order])
    assert other.change.std_error == pytest.approx(1000 * one.change.std_error, rel=1e-9)
    assert other.change.df == pytest.approx(one.change.df, rel=1e-9)
    assert one.standardised is not None
    assert other.standardised is not None
    assert other.standardised.conf_low == pytest.approx(one.standardised.conf_low, rel=1e-9)


@pytest.mark.parametrize(
    ("values", "cluster", "code"),
    [
        (np.array([1.0]), None, "too_few_units"),
        (np.full(9, 0.1 + 0.2), None, "no_variation"),
        (np.arange(6.0), np.zeros(6), "one_cluster"),
    ],
)
def test_what_has_no_interval_is_refused(values: Any, cluster: Any, code: str) -> None:
    with pytest.raises(Refused) as refused:
        mean_of(values, cluster)
    assert refused.value.code == code


def test_nothing_is_standardised_by_no_spread() -> None:
    found = paired_change(np.full(5, 3.0), np.arange(5.0))
    assert found.standardised is None
    assert found.correlation is None


def test_losses_count_everybody_and_bound_the_change() -> None:
    nan = np.nan
    before = np.array([1.0, 2.0, 3.0, 4.0, nan, nan])
    after = np.array([2.0, 4.0, nan, nan, 3.0, nan])
    found = losses(before, after, (1.0, 5.0))
    counts = found.n, found.n_both, found.n_before, found.n_after, found.n_neither
    assert counts == (6, 2, 2, 1, 1)
    assert found.lost == 0.5
    # changes 1 and 2; worst: 1-3, 1-4, 3-5; best: 5-3, 5-4, 3-1
    assert found.low == pytest.approx((3 - 2 - 3 - 2) / 5)
    assert found.high == pytest.approx((3 + 2 + 1 + 2) / 5)
    assert found.tipping == pytest.approx(-1.0)
    assert (found.before_kept, found.before_lost) == (1.5, 3.5)
    whole = losses(before[:2], after[:2])
    assert (whole.tipping, whole.low, whole.before_lost) == (None, None, None)


def test_losses_at_the_tipping_point_undo_the_change() -> None:
    rng = np.random.default_rng(4)
    before, after = rng.normal(size=50), rng.normal(1, 1, 50)
    hidden = np.where(np.arange(50) < 12, np.nan, after)
    found = losses(before, hidden)
    assert found.tipping is not None
    filled = np.where(np.isnan(hidden), before + found.tipping, hidden)
    assert (filled - before).mean() == pytest.approx(0.0, abs=1e-12)


def test_response_shift_adds_up() -> None:
    then = BEFORE - 0.2 + 0.1 * np.sin(np.arange(len(BEFORE)))
    found = response_shift(BEFORE, then, AFTER, CLUSTER)
    parts = [found.observed, found.adjusted, found.shift]
    assert not any(isinstance(one, Refused) for one in parts)
    observed, adjusted, shift = (one.value for one in parts if not isinstance(one, Refused))
    assert observed == pytest.approx(adjusted + shift, rel=1e-12)
    alike = response_shift(BEFORE, BEFORE, AFTER).shift
    assert isinstance(alike, Refused)
    assert alike.code == "no_variation"
