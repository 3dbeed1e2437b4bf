"""Alpha and omega: R on its own data set ``attitude``, closed forms, and scales that tell nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evaluate.errors import Refused
from evaluate.inference.reliability import alpha, feldt, item_reliability, omega

R = json.loads((Path(__file__).parent / "change.json").read_text("utf-8"))
ITEMS = np.array(R["items"], dtype=np.float64).reshape(-1, 7)
EXACT = 1e-11
FITTED = 1e-6  # both stop their search for the maximum early


def test_equals_r() -> None:
    found = item_reliability(ITEMS)
    assert [found.alpha] == pytest.approx(R["alpha"], rel=EXACT)
    assert [found.alpha_low, found.alpha_high] == pytest.approx(R["feldt"], rel=EXACT)
    assert [found.standardised] == pytest.approx(R["standardised"], rel=EXACT)
    assert found.item_total == pytest.approx(R["item_total"], rel=EXACT)
    assert found.alpha_without == pytest.approx(R["alpha_without"], rel=EXACT)
    assert found.omega.loadings == pytest.approx(R["loadings"], rel=1e-4)
    assert [found.omega.value] == pytest.approx(R["omega"], rel=FITTED)
    assert (found.n, found.n_items, found.state, found.omega.state) == (30, 7, *["computed"] * 2)


def test_omega_of_a_known_factor() -> None:
    load, own = np.array([0.9, 0.5, 1.2, 0.7]), np.array([0.4, 0.8, 0.5, 1.1])
    cov = np.outer(load, load) + np.diag(own)
    value = load.sum() ** 2 / cov.sum()
    found = omega(cov)
    assert found.value == pytest.approx(value, rel=FITTED)
    assert found.loadings == pytest.approx(load, rel=1e-5)
    assert alpha(cov) < value  # alpha is a lower bound unless all loadings are alike


def test_omega_is_alpha_where_all_loadings_are_alike() -> None:
    cov = np.full((5, 5), 0.6) + np.diag([0.2, 0.5, 0.7, 0.9, 1.3])
    assert omega(cov).value == pytest.approx(alpha(cov), rel=FITTED)


def test_units_of_items_scale_the_loadings() -> None:
    scale = np.array([1.0, 10.0, 0.1, 3.0, 1.0, 1.0, 2.0])
    one, other = omega(np.cov(ITEMS.T)), omega(np.cov((ITEMS * scale).T))
    assert other.loadings == pytest.approx(one.loadings * scale, rel=1e-4)


def test_a_heywood_case_has_a_state() -> None:
    r = np.array([[1, 0.9, 0.8], [0.9, 1, 0.5], [0.8, 0.5, 1.0]])
    assert omega(r).state == "at_boundary"


def test_two_items_have_alpha_and_no_omega() -> None:
    found = item_reliability(ITEMS[:, :2])
    r = float(np.corrcoef(ITEMS[:, 0], ITEMS[:, 1])[0, 1])
    assert found.standardised == pytest.approx(2 * r / (1 + r), rel=EXACT)  # Spearman-Brown
    assert (found.omega.value, found.omega.state) == (None, "too_few_items")
    assert np.isnan(found.alpha_without).all()


def test_items_that_nobody_tells_apart_are_left_out_and_shown() -> None:
    items = np.column_stack([ITEMS, np.full(30, 4.0)])
    found = item_reliability(items)
    assert found.constant.tolist() == [False] * 7 + [True]
    assert [found.alpha] == pytest.approx(R["alpha"], rel=EXACT)
    assert np.isnan(found.item_total[7])


def test_an_item_that_is_not_turned_round_shows() -> None:
    items = ITEMS.copy()
    items[:, 1] = -items[:, 1]
    found = item_reliability(items)
    assert found.item_total[1] < 0
    assert found.alpha < R["alpha"][0]
    assert found.alpha_without[1] > found.alpha


def test_negative_alpha_is_shown_as_such() -> None:
    rng = np.random.default_rng(1)
    one = rng.normal(size=80)
    items = np.column_stack([one, -0.8 * one + rng.normal(0, 0.5, 80)])
    found = item_reliability(items)
    assert found.state == "negative"
    assert found.alpha < 0


def test_people_who_left_an_item_out_are_counted() -> None:
    items = ITEMS.copy()
    items[[2, 5], [0, 3]] = np.nan
    found = item_reliability(items)
    assert (found.n, found.n_dropped) == (28, 2)
    assert found.alpha == pytest.approx(alpha(np.cov(np.delete(ITEMS, [2, 5], 0).T)), rel=EXACT)


@pytest.mark.parametrize(
    ("items", "code"),
    [
        (ITEMS[:, :1], "too_few_items"),
        (ITEMS[:2], "too_few_units"),
        (np.full((9, 3), np.nan), "too_few_units"),
        (np.ones((9, 3)), "no_variation"),
        (np.column_stack([np.arange(9.0), -np.arange(9.0)]), "no_variation"),
    ],
)
def test_what_has_no_reliability_is_refused(items: np.ndarray, code: str) -> None:
    with pytest.raises(Refused) as refused:
        item_reliability(items)
    assert refused.value.code == code


def test_feldts_interval_covers() -> None:
    rng = np.random.default_rng(5)
    true = 5 / 4 * (1 - 5 * 2.0 / (5 * 2.0 + 20 * 1.0))
    inside, draws = 0, 600
    for _ in range(draws):
        x = rng.normal(size=(40, 1)) + rng.normal(size=(40, 5))
        low, high = feldt(alpha(np.cov(x.T)), 40, 5)
        inside += low <= true <= high
    assert 0.92 <= inside / draws <= 0.975  # 99.9 % band of 600 draws at 95 %
