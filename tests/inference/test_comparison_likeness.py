"""Balance and overlap of two groups, against definitions written out one unit at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.data.levels import Indicator
from evaluate.inference.comparison import Groups
from evaluate.inference.comparison_balance import Likeness, likeness
from evaluate.inference.comparison_overlap import effective_n, out_of_reach, score_bins, side

Float = NDArray[np.float64]
KINDS = ("normal", "ties", "binary", "three values", "constant", "huge offset", "tiny")


def column(kind: str, rng: np.random.Generator, n: int) -> Float:
    drawn = rng.normal(size=n)
    return {
        "normal": drawn,
        "ties": np.round(drawn, 1) * 1.0,
        "binary": (drawn > 0.4) * 1.0,
        "three values": rng.integers(0, 3, n) * 1.0,
        "constant": np.full(n, 0.1),
        "huge offset": np.round(drawn * 4) + 1e9,
        "tiny": drawn * 1e-8,
    }[kind]


def drawn(seed: int = 1, n: int = 120) -> tuple[Groups, Float]:
    rng = np.random.default_rng(seed)
    treated = rng.random(n) < 0.4
    x = np.column_stack([column(kind, rng, n) for kind in KINDS])
    sampling = rng.uniform(0.5, 3.0, n)
    weights = np.where(rng.random(n) < 0.2, 0.0, rng.exponential(size=n))
    return Groups(rng.normal(size=n), treated, x, KINDS, weights=sampling), weights


def plain_distance(x: Float, treated: NDArray[np.bool_], w: Float) -> float:
    gaps = []
    for value in x:
        below = x <= value
        sides = (
            w[treated & below].sum() / w[treated].sum(),
            w[~treated & below].sum() / w[~treated].sum(),
        )
        gaps.append(abs(sides[0] - sides[1]))
    return float(max(gaps))


def plain_variance(x: Float, w: Float) -> float:
    total = w.sum()
    mean = (w * x).sum() / total
    return float((w * (x - mean) ** 2).sum() / (total - (w**2).sum() / total))


@pytest.mark.parametrize("place", range(len(KINDS)), ids=KINDS)
def test_each_number_is_its_definition(place: int) -> None:
    groups, weights = drawn()
    one = likeness(groups, weights, pooled=False)[place]
    x, t = groups.x[:, place], groups.treated
    sampling = groups.weights
    assert sampling is not None
    for found, w in ((one.before, sampling), (one.after, weights)):
        means = [float((w[s] * x[s]).sum() / w[s].sum()) for s in (t, ~t)]
        assert [found.mean_treated, found.mean_comparison] == pytest.approx(means, rel=1e-12)
        assert found.distance == pytest.approx(plain_distance(x, t, w), abs=1e-12)
        if KINDS[place] != "constant":
            variances = [plain_variance(x[s], w[s]) for s in (t, ~t)]
            assert found.variance_ratio == pytest.approx(variances[0] / variances[1], rel=1e-6)
    if one.std_dev is not None:
        gap = one.after.mean_treated - one.after.mean_comparison
        assert one.after.difference == pytest.approx(gap / one.std_dev, rel=1e-6)


def test_of_equal_weights_the_distance_is_that_of_two_samples() -> None:
    """The way for weights that are all alike within a side gives what the sum over units does."""
    groups, _ = drawn(3)
    scales = np.where(groups.treated, 3.0, 0.5)
    for place, one in enumerate(likeness(replace(groups, weights=None), scales, pooled=True)):
        expected = plain_distance(groups.x[:, place], groups.treated, scales)
        assert one.before.distance == pytest.approx(expected, abs=1e-12)
        assert one.after.distance == pytest.approx(expected, abs=1e-12)


def test_what_has_no_spread_has_no_difference_unless_it_parts_the_groups() -> None:
    treated = np.arange(40) < 20
    x = np.column_stack([np.full(40, 3.0), treated * 1.0, np.where(treated, 5.0, np.arange(40))])
    groups = Groups(np.zeros(40), treated, x, ("same", "parted", "treated alike"))
    same, parted, alike = likeness(groups, np.ones(40), pooled=False)
    assert (same.after.difference, same.std_dev, same.after.variance_ratio) == (0.0, None, None)
    assert (parted.after.difference, parted.after.distance) == (None, 1.0)
    # Treated without spread are measured by both groups' own.
    both = np.sqrt(np.arange(20, 40).var(ddof=1) / 2)
    assert alike.after.difference == pytest.approx((5 - 29.5) / both)
    assert alike.after.variance_ratio is None


def test_every_level_of_text_has_its_row_whichever_was_left_out() -> None:
    rng = np.random.default_rng(4)
    region, treated = rng.integers(0, 3, 90), rng.random(90) < 0.5
    found: list[dict[str, Likeness]] = []
    for left_out in range(3):
        inside = [i for i in range(3) if i != left_out]
        names = tuple(Indicator(f"region={i}", "region", str(i)) for i in inside)
        x = np.column_stack([(region == i) * 1.0 for i in inside])
        groups = Groups(np.zeros(90), treated, x, names)
        rows = likeness(groups, np.ones(90), pooled=True, first={"region": str(left_out)})
        assert {one.column for one in rows} == {"region"}
        found.append({one.covariate: one for one in rows})
    assert set(found[0]) == {"region=0", "region=1", "region=2"}
    for name, one in found[0].items():
        for other in (found[1][name], found[2][name]):
            assert other.after.difference == pytest.approx(one.after.difference, abs=1e-12)
            assert other.after.distance == pytest.approx(one.after.distance, abs=1e-12)
            assert (other.binary, other.n_least) == (True, one.n_least)


@pytest.mark.parametrize(("kind", "least"), [("binary", 3), ("three values", 3), ("normal", 6)])
def test_fewest_people_are_counted_by_value_where_values_are_few(kind: str, least: int) -> None:
    """Six treated are left out; three of them have the value."""
    n = 60
    treated = np.arange(n) % 2 == 0
    x = {
        "binary": (np.arange(n) % 3 == 0) * 1.0,
        "three values": np.arange(n) % 3 * 1.0,
        "normal": np.random.default_rng(0).normal(size=n),
    }[kind]
    weights = np.ones(n)
    of_one = np.flatnonzero(treated & (np.arange(n) % 3 == 0))
    others = np.flatnonzero(treated & (np.arange(n) % 3 != 0))
    weights[of_one[:3]] = weights[others[:3]] = 0.0
    (one,) = likeness(Groups(np.zeros(n), treated, x[:, None], ("x",)), weights, pooled=False)
    expected = (
        least
        if kind != "three values"
        else min(int((x[(treated) & (weights == 0)] == v).sum()) for v in range(3))
    )
    assert one.n_least == expected


def test_nothing_depends_on_the_order_of_rows_or_the_unit_of_measure() -> None:
    groups, weights = drawn(5)
    order = np.random.default_rng(6).permutation(len(weights))
    assert groups.weights is not None
    turned = Groups(
        groups.y[order],
        groups.treated[order],
        groups.x[order] * 7.0,
        groups.names,
        weights=groups.weights[order] * 3.0,
    )
    one = likeness(groups, weights, pooled=True)
    other = likeness(turned, weights[order] * 11.0, pooled=True)
    for a, b in zip(one, other, strict=True):
        if a.covariate == "binary":
            continue  # seven times a 0/1 covariate is none, and is divided by another spread
        assert b.after.difference == pytest.approx(a.after.difference, abs=1e-9)
        assert b.after.distance == pytest.approx(a.after.distance, abs=1e-12)
        assert b.n_least == a.n_least


def test_effective_size_has_its_bounds() -> None:
    assert effective_n(np.full(7, 2.5)) == pytest.approx(7)
    assert effective_n(np.array([1.0, 0.0, 0.0])) == pytest.approx(1)


def test_reach_is_of_the_nearest_unit_of_the_other_group() -> None:
    rng = np.random.default_rng(7)
    logit, treated = rng.normal(size=80) * 2, rng.random(80) < 0.3
    found = out_of_reach(1 / (1 + np.exp(-logit)), treated, 0.1)
    spread = np.sqrt((logit[treated].var() + logit[~treated].var()) / 2)
    expected = [
        bool(np.abs(logit[treated != treated[i]] - logit[i]).min() > 0.1 * spread)
        for i in range(80)
    ]
    assert found.tolist() == expected
    assert 0 < sum(expected) < 80


def test_bins_hold_everybody_once_and_equal_parts_of_both() -> None:
    rng = np.random.default_rng(8)
    treated = np.arange(3000) < 200
    score = 1 / (1 + np.exp(-rng.normal(size=3000) - treated))
    groups = Groups(np.zeros(3000), treated, score[:, None], ("x",))
    bins = score_bins(groups, np.ones(3000), score)
    assert len(bins) == 10
    assert sum(one.n_treated for one in bins) == 200
    assert sum(one.n_comparison for one in bins) == 2800
    for one in bins:
        assert one.share_treated + one.share_comparison == pytest.approx(0.2, abs=0.01)
        inside = (score > one.low) & (score <= one.high) | (score == score.min()) * (one is bins[0])
        assert one.n_treated + one.n_comparison == inside.sum()
    first, last = bins[0].low, bins[-1].high
    assert (first, last) == (score.min(), score.max())


def test_equal_scores_share_a_bin() -> None:
    treated = np.arange(400) % 2 == 0
    score = np.repeat([0.2, 0.5], 200)
    groups = Groups(np.zeros(400), treated, score[:, None], ("x",))
    bins = score_bins(groups, np.ones(400), score)
    assert [(one.n_treated, one.n_comparison) for one in bins] == [(100, 100), (100, 100)]


def test_a_side_is_told_before_and_after() -> None:
    treated = np.array([True] * 4 + [False] * 4)
    weights = np.array([1.0, 1.0, 0.0, 0.0, 3.0, 1.0, 0.0, 0.0])
    groups = Groups(np.zeros(8), treated, np.zeros((8, 1)), ("x",))
    one, other = (side(groups, weights, np.arange(8) / 10, treated=s) for s in (True, False))
    assert (one.n, one.n_kept, one.effective, one.effective_kept) == (4, 2, 4.0, 2.0)
    assert (other.effective_kept, other.largest_share) == (1.6, 0.75)
    assert (other.low, other.high) == (0.4, 0.7)
