"""Selection at a low: closed forms, R, enumeration; the worst of several places."""

from __future__ import annotations

import json
from itertools import product
from math import comb, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluate.errors import Refused
from evaluate.inference.chosen_place import Places, worst_falls
from evaluate.inference.regression_to_mean import Chosen, by_cutoff, by_selection, mee_chua

R: dict[str, Any] = {
    key: np.array(value)
    for key, value in json.loads((Path(__file__).parent / "change.json").read_text("utf-8")).items()
}
EXACT = 1e-11
BEFORE, AFTER, CLUSTER = R["before"], R["after"], R["cluster"]


def test_mee_and_chua_equal_r() -> None:
    alone = mee_chua(BEFORE, AFTER, 3.2)
    assert [alone.change, alone.std_error] == pytest.approx(R["regressed"][:2], rel=EXACT)
    assert alone.p_value == pytest.approx(R["regressed"][3], rel=1e-9)
    together = mee_chua(BEFORE, AFTER, 3.2, CLUSTER)
    found = [together.change, together.std_error, together.df]
    assert found == pytest.approx(R["robust"], rel=1e-9)


def test_nothing_is_left_at_the_tipping_mean() -> None:
    tipping = mee_chua(BEFORE, AFTER, 3.2).tipping_mean
    assert tipping is not None
    assert mee_chua(BEFORE, AFTER, tipping).change == pytest.approx(0.0, abs=1e-12)


def test_shift_of_the_scale_changes_nothing() -> None:
    one, other = mee_chua(BEFORE, AFTER, 3.2), mee_chua(10 + BEFORE, 10 + AFTER, 13.2)
    assert other.change == pytest.approx(one.change, rel=1e-9)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-6)


def test_those_below_a_cutoff_rise_by_themselves() -> None:
    from scipy.integrate import quad
    from scipy.stats import norm

    mean, sd, r, cutoff = 50.0, 10.0, 0.6, 43.0
    low = quad(lambda x: x * norm.pdf(x, mean, sd), -np.inf, cutoff)[0]
    selected = low / norm.cdf(cutoff, mean, sd)
    expected = by_selection(selected, mean, r)
    assert by_cutoff(mean, Chosen(sd, cutoff, below=True), r) == pytest.approx(expected, rel=1e-8)
    above = by_cutoff(mean, Chosen(sd, 2 * mean - cutoff, below=False), r)
    assert above == pytest.approx(-expected, rel=1e-8)
    assert by_cutoff(0.0, Chosen(1.0, -1e9, below=True), 0.5) == 0.0


def test_selection_without_a_programme_is_called_a_change_by_t_and_not_by_mee_and_chua() -> None:
    rng = np.random.default_rng(7)
    naive = adjusted = 0
    draws = 400
    for _ in range(draws):
        able = rng.normal(0, sqrt(0.6), 300)
        before, after = able + rng.normal(0, sqrt(0.4), (2, 300))
        chosen = before < -0.5
        difference = after[chosen] - before[chosen]
        naive += difference.mean() / difference.std(ddof=1) * sqrt(chosen.sum()) > 2
        adjusted += mee_chua(before[chosen], after[chosen], 0.0).p_value < 0.05
    assert naive / draws > 0.95
    assert adjusted / draws < 0.09  # 99.9 % band of 400 draws at 5 %


@pytest.mark.parametrize(
    ("before", "after"),
    [([1.0, 2.0], [1.0, 3.0]), ([2.0] * 5, [1.0, 2, 3, 4, 5]), ([1.0, 2, 3, 4], [2.0, 3, 4, 5])],
)
def test_too_little_to_regress_is_refused(before: list[float], after: list[float]) -> None:
    with pytest.raises(Refused):
        mee_chua(np.array(before), np.array(after), 2.0)


def binomial(n: int, p: float) -> list[float]:
    return [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]


def test_the_worst_of_three_equals_enumeration() -> None:
    n, later, p, m = 6, 5, 0.2, 3
    first, second = binomial(n, p), binomial(later, p)
    expected = fall = 0.0
    for counts in product(range(n + 1), repeat=m):
        chance = float(np.prod([first[k] for k in counts]))
        top = max(counts)
        expected += chance * top / n
        fall += chance * sum(q for k, q in enumerate(second) if top / n - k / later >= 0.3 - 1e-9)
    found = worst_falls(Places(m, n, later), 0.5, 0.2, p)
    assert found.first == pytest.approx(expected, rel=1e-12)
    assert found.p_value == pytest.approx(fall, rel=1e-12)
    assert found.later == pytest.approx(p, rel=1e-12)


def test_places_that_differ_equal_simulation() -> None:
    rng = np.random.default_rng(3)
    m, n, base, sd = 10, 50, 0.05, 0.02
    known = base * (1 - base) / sd**2 - 1
    rate = rng.beta(base * known, (1 - base) * known, (100_000, m))
    first = rng.binomial(n, rate)
    worst = first.argmax(axis=1)
    rows = np.arange(len(worst))
    top, next_year = first[rows, worst] / n, rng.binomial(40, rate[rows, worst]) / 40
    found = worst_falls(Places(m, n, 40, sd), 0.084, 0.014, base)
    assert found.first == pytest.approx(top.mean(), abs=5e-4)
    assert found.later == pytest.approx(next_year.mean(), abs=5e-4)
    assert found.p_value == pytest.approx((top - next_year >= 0.07 - 1e-9).mean(), abs=0.005)
    shrunk = (base * known + 0.084 * n) / (known + n)
    assert found.given == pytest.approx(shrunk, rel=1e-9)


def test_without_a_base_the_worst_place_has_the_rate_that_was_told() -> None:
    found = worst_falls(Places(20, 60, 60), 0.084, 0.013)
    assert found.first == pytest.approx(0.084, abs=1e-9)
    assert found.later == pytest.approx(found.base, rel=1e-9)
    assert found.base < 0.084


def test_one_place_alone_is_not_selected() -> None:
    found = worst_falls(Places(1, 100, 100), 0.084, 0.013)
    assert (found.base, found.first) == pytest.approx((0.084, 0.084))
    more = worst_falls(Places(30, 100, 100), 0.084, 0.013)
    assert more.p_value > found.p_value


def test_a_base_is_sought_where_rates_have_one_hump() -> None:
    found = worst_falls(Places(10, 100, 100, 0.01), 0.084, 0.013)
    assert found.first == pytest.approx(0.084, abs=1e-9)
    assert 0.01 < found.base < found.later < 0.084
    # So wide a spread makes the worst of eighty worse than that at every rate of one hump.
    with pytest.raises(Refused, match="no rate of all places"):
        worst_falls(Places(80, 100, 100, 0.02), 0.084, 0.013)


@pytest.mark.parametrize("between", [0.3, 0.49])
def test_a_spread_that_no_rate_can_have_is_refused(between: float) -> None:
    with pytest.raises(Refused):
        worst_falls(Places(5, 40, 40, between), 0.084, 0.013)
