"""Bounds where outcomes are lost: brute force, Lee's own variance, coverage, what must not matter."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.bounded import Bounded, Lost, between
from evaluate.inference.lee_bounds import lee_bounds
from evaluate.inference.manski_bounds import manski_bounds

Float = NDArray[np.float64]
NAN = np.nan
NUMBERS = ("low", "high", "std_low", "std_high", "conf_low", "conf_high", "share")


def values(one: Bounded) -> Float:
    return np.array([getattr(one, name) for name in NUMBERS])


def draw(rng: np.random.Generator, n: int = 600, *, clusters: int = 0) -> Lost:
    """Whoever would be seen without the programme is seen with it, and some others too."""
    treated = rng.permutation(np.arange(n) % 2 == 0)
    cluster, shared = None, np.zeros(n)
    if clusters:
        cluster = np.arange(n) % clusters
        treated = (rng.permutation(clusters) % 2 == 0)[cluster]
        shared = rng.normal(0, 0.5, clusters)[cluster]
    able = rng.normal(size=n) + shared
    y = able + 0.5 * treated + rng.normal(size=n)
    seen = able + rng.normal(size=n) + 0.4 * treated > -0.6
    return Lost(np.where(seen, y, NAN), treated, cluster)


def brute(y: Float, keep: int) -> tuple[float, float]:
    """The lowest and the highest mean of any so many of the outcomes."""
    means = [float(np.mean(one)) for one in combinations(y, keep)]
    return min(means), max(means)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(-3, 3), min_size=3, max_size=8),
    st.lists(st.integers(-3, 3), min_size=2, max_size=8),
    st.integers(0, 5),
    st.booleans(),
)
def test_bounds_are_the_extremes_over_all_who_might_be_the_others(
    many: list[int], few: list[int], lost: int, is_treated: bool
) -> None:
    """With as many assigned to both, the arm with more loses whole people, whoever they are."""
    many, few = (many, few) if len(many) >= len(few) else (few, many)
    n = len(many) + lost
    y = np.array([*many, *[NAN] * lost, *few, *[NAN] * (n - len(few))], dtype=float)
    first = np.arange(2 * n) < n
    found = lee_bounds(Lost(y, first if is_treated else ~first))
    low, high = brute(np.array(many, float), len(few))
    mean = float(np.mean(few))
    expected = (low - mean, high - mean) if is_treated else (mean - high, mean - low)
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-12)
    assert found.share == pytest.approx(1 - len(few) / len(many), abs=1e-12)


def test_a_part_of_a_person_is_trimmed_where_the_share_is_no_whole_number() -> None:
    """Seen: 3 of 4 and 2 of 4, twice over in one arm: 4.5 of 6 would stay of the other's 9 of 12."""
    y = np.array([1.0, 2.0, 3.0, NAN, 0.0, 0.0, NAN, NAN, NAN])
    treated = np.arange(9) < 4
    # Shares 3/4 and 2/5: of the three, 1.6 stay: (3 + 0.6 * 2) / 1.6 and (1 + 0.6 * 2) / 1.6.
    found = lee_bounds(Lost(y, treated))
    assert (found.low, found.high) == pytest.approx((2.2 / 1.6, 4.2 / 1.6), abs=1e-12)


def lees_own_variance(y: Float, n: int, other: int, share: float) -> float:
    """Proposition 3 of Lee (2009) for the mean of the highest: kept, edge, and part trimmed."""
    p = 1 - share * n / len(y)
    edge = float(np.quantile(y, p, method="inverted_cdf"))
    kept = y[y >= edge]
    mean = float(kept.mean())
    of_kept = float(kept.var()) / len(kept) + (edge - mean) ** 2 * p / len(kept)
    seen = len(y) / n
    of_share = (1 - seen) / (n * seen) + (1 - share) / (other * share)
    return of_kept + (edge - mean) ** 2 * of_share


def test_the_standard_error_is_lees_own() -> None:
    """Equal up to n / (n - 1) and to the unit at the edge: 1 in 20 000."""
    lost = draw(np.random.default_rng(5), 40_000)
    seen, treated = lost.observed, lost.treated
    y, others = lost.y[seen & treated], lost.y[seen & ~treated]
    share = float(seen[~treated].mean())
    own = lees_own_variance(y, int(treated.sum()), int((~treated).sum()), share)
    expected = np.sqrt(own + others.var() / len(others))
    assert lee_bounds(lost).std_high == pytest.approx(expected, rel=2e-3)


def test_nothing_lost_is_a_difference_in_means() -> None:
    rng = np.random.default_rng(1)
    treated = np.arange(50) < 20
    y = rng.normal(size=50)
    found = lee_bounds(Lost(y, treated))
    a, b = y[treated], y[~treated]
    error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    assert (found.low, found.high) == pytest.approx([a.mean() - b.mean()] * 2, abs=1e-12)
    assert (found.std_low, found.std_high) == pytest.approx([error] * 2, rel=1e-12)
    assert found.conf_high - found.high == pytest.approx(1.959963985 * error, rel=1e-8)


@pytest.mark.parametrize("clusters", [0, 30])
def test_what_must_not_matter_does_not(clusters: int) -> None:
    rng = np.random.default_rng(2)
    lost = draw(rng, clusters=clusters)
    lost = replace(lost, y=np.round(lost.y, 1))  # ties
    whole = values(lee_bounds(lost))
    order = rng.permutation(len(lost.y))
    cluster = None if lost.cluster is None else lost.cluster[order]
    moved = Lost(lost.y[order], lost.treated[order], cluster)
    assert values(lee_bounds(moved)) == pytest.approx(whole, rel=1e-11, abs=1e-13)
    if cluster is not None:
        named = replace(lost, cluster=1000 - 3 * np.asarray(lost.cluster))
        assert values(lee_bounds(named)) == pytest.approx(whole, rel=1e-11)
    wide = values(lee_bounds(replace(lost, y=3 + 100 * lost.y)))
    assert wide[:6] == pytest.approx(100 * whole[:6], rel=1e-9)
    twin = values(lee_bounds(replace(lost, treated=~lost.treated)))
    assert twin[[1, 0, 3, 2, 5, 4]] * [-1, -1, 1, 1, -1, -1] == pytest.approx(whole[:6], rel=1e-9)


def test_a_weight_of_two_is_the_same_unit_twice() -> None:
    lost = draw(np.random.default_rng(3), 200)
    w = np.where(np.arange(200) % 3 == 0, 2.0, 1.0)
    times = w.astype(int)
    # As one cluster each, so that the same unit twice is no more information than once.
    unit = np.arange(200)
    once = lee_bounds(replace(lost, weights=w, cluster=unit))
    twice = lee_bounds(
        Lost(np.repeat(lost.y, times), np.repeat(lost.treated, times), np.repeat(unit, times))
    )
    assert values(once) == pytest.approx(values(twice), rel=1e-10)


def test_cells_tighten_and_are_the_mean_over_those_always_seen() -> None:
    rng = np.random.default_rng(4)
    lost = draw(rng, 4000)
    cells = (lost.y > 0).astype(np.int64)  # not observed for the lost: only to have two cells
    cells = np.where(lost.observed, cells, rng.integers(0, 2, 4000))
    found = lee_bounds(lost, cells=cells)
    parts, sizes = [], []
    for cell in (0, 1):
        inside = cells == cell
        parts.append(lee_bounds(Lost(lost.y[inside], lost.treated[inside])))
        sizes.append(float((inside & ~lost.treated & lost.observed).sum()))
    for end in ("low", "high"):
        mean = np.average([getattr(one, end) for one in parts], weights=sizes)
        assert getattr(found, end) == pytest.approx(mean, abs=1e-12)
    whole = lee_bounds(lost)
    assert found.high - found.low < whole.high - whole.low
    same = lee_bounds(lost, cells=np.full(4000, 7))
    assert values(same) == pytest.approx(values(whole), rel=1e-12)


def test_cells_that_differ_both_ways_are_refused() -> None:
    rng = np.random.default_rng(6)
    n = 4000
    treated, cells = np.arange(n) % 2 == 0, np.arange(n) // 2 % 2
    chance = np.where(cells == 1, np.where(treated, 0.6, 0.9), np.where(treated, 0.95, 0.5))
    lost = Lost(np.where(rng.random(n) < chance, rng.normal(size=n), NAN), treated)
    with pytest.raises(Refused) as refused:
        lee_bounds(lost, cells=cells)
    assert refused.value.code == "monotonicity"
    assert lee_bounds(lost).low < lee_bounds(lost).high


def test_cells_that_differ_by_chance_are_seldom_refused() -> None:
    """In no draw of monotone loss but for 5 %: 8 of 60 have a chance of 1 in 1 000."""
    refused = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        lost = draw(rng, 400)
        try:
            lee_bounds(lost, cells=rng.integers(0, 6, 400))
        except Refused as error:
            refused += error.code == "monotonicity"
    assert refused <= 8


@pytest.mark.parametrize(
    ("y", "treated", "code"),
    [
        ([1.0, 2.0], [True, True], "no_comparison"),
        ([1.0, 2.0, NAN, NAN], [True, True, False, False], "all_missing"),
        ([1.0, 2.0, 3.0, NAN], [True, True, False, False], "too_few_observed"),
    ],
)
def test_refusals(y: list[float], treated: list[bool], code: str) -> None:
    lost = Lost(np.array(y), np.array(treated))
    with pytest.raises(Refused) as refused:
        lee_bounds(lost)
    assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        manski_bounds(lost, (0.0, 9.0))
    assert refused.value.code == code


def test_a_cell_seen_in_one_arm_only_is_refused() -> None:
    y = np.array([1.0, 2.0, 3.0, 4.0, NAN, 5.0, 6.0, 7.0, NAN])
    treated = np.arange(9) < 5
    cells = np.array([0, 0, 0, 0, 1, 0, 0, 1, 0])
    with pytest.raises(Refused) as refused:
        lee_bounds(Lost(y, treated), cells=cells)
    assert refused.value.code == "empty_cell"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.one_of(st.none(), st.integers(0, 4))), max_size=9),
)
def test_worst_cases_are_the_extremes_over_all_ways_to_fill_in(
    rows: list[tuple[bool, int]],
) -> None:
    rows = [(True, 0), (True, 4), (False, 1), (False, 2), *rows]
    treated = np.array([one for one, _ in rows])
    y = np.array([NAN if one is None else float(one) for _, one in rows])
    gaps = np.flatnonzero(np.isnan(y))
    effects = []
    for code in range(2 ** len(gaps)):
        filled = y.copy()
        filled[gaps] = [4.0 * (code >> i & 1) for i in range(len(gaps))]
        effects.append(filled[treated].mean() - filled[~treated].mean())
    found = manski_bounds(Lost(y, treated), (0.0, 4.0))
    assert (found.low, found.high) == pytest.approx((min(effects), max(effects)), abs=1e-12)
    assert found.share == pytest.approx(len(gaps) / len(y))
    lee = lee_bounds(Lost(y, treated))
    assert lee.high - lee.low <= 4.0 + 1e-12


@pytest.mark.parametrize(
    ("possible", "code"),
    [
        (None, "no_range"),
        ((0.0, np.inf), "no_range"),
        ((1.0, 1.0), "no_range"),
        ((0.0, 2.5), "outside_range"),
    ],
)
def test_worst_cases_need_a_range(possible: tuple[float, float] | None, code: str) -> None:
    lost = Lost(np.array([1.0, 2.0, 3.0, 0.0, NAN]), np.arange(5) < 2)
    with pytest.raises(Refused) as refused:
        manski_bounds(lost, possible)
    assert refused.value.code == code


def test_an_interval_for_a_point_is_two_sided_and_for_a_wide_range_one_sided() -> None:
    """Imbens and Manski: 1.96 where the bounds are one, 1.645 where they lie far apart."""
    low, high = between((2.0, 2.0), (1.0, 1.0), 0.95)
    assert (low, high) == pytest.approx((2 - 1.959963985, 2 + 1.959963985), abs=1e-8)
    low, high = between((0.0, 100.0), (1.0, 2.0), 0.95)
    assert (low, high) == pytest.approx((-1.644853627, 100 + 2 * 1.644853627), abs=1e-8)
    # Between them the multiple solves Phi(c + 1) - Phi(-c) = 0.95.
    low, high = between((0.0, 1.0), (1.0, 1.0), 0.95)
    from scipy.special import ndtr

    assert ndtr(-low + 1) - ndtr(low) == pytest.approx(0.95, abs=1e-12)
    assert high == pytest.approx(1 - low, abs=1e-12)
    assert between((0.0, 0.0), (0.0, 0.0), 0.95) == (0.0, 0.0)
    wider = between((0.0, 1.0), (1.0, 1.0), 0.95, df=4.0)
    assert wider[0] < low


@pytest.mark.slow
@pytest.mark.parametrize("clusters", [0, 40])
def test_the_interval_holds_each_bound_and_the_error_is_right(clusters: int) -> None:
    """Bounds from 200 000 draws' mean; 600 draws: the 99.9 % band of 95 % begins at 0.920.

    The least favourable effect is a bound itself; of it the interval is one-sided. Errors must
    lie within 10 % of the spread over draws, whose own error is 3 %.
    """
    truth = [lee_bounds(draw(np.random.default_rng(seed), 200_000)) for seed in range(4)]
    if clusters:  # the shared part makes outcomes more spread; so has the truth its own draws
        truth = [
            lee_bounds(draw(np.random.default_rng(seed), 200_000, clusters=20_000))
            for seed in range(4)
        ]
    low, high = (float(np.mean([getattr(one, end) for one in truth])) for end in ("low", "high"))
    found = [
        lee_bounds(draw(np.random.default_rng([9, seed]), 800, clusters=clusters))
        for seed in range(600)
    ]
    for end, value in (("low", low), ("high", high)):
        spread = np.std([getattr(one, end) for one in found])
        error = np.sqrt(np.mean([getattr(one, f"std_{end}") ** 2 for one in found]))
        assert error == pytest.approx(spread, rel=0.1)
        held = np.mean([one.conf_low <= value <= one.conf_high for one in found])
        assert held >= 0.92, (end, held)
