"""Intervals under unequal trends equal a brute force, cover, and follow their data."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.stats import ncx2, norm

from evaluate.data.moments import Float
from evaluate.errors import Refused
from evaluate.inference.honest import Restriction, honest
from evaluate.inference.honest_coefficients import EventCoefficients, event_coefficients
from evaluate.inference.honest_relative import relative_interval
from evaluate.inference.honest_smoothness import folded_quantile, frontier, shortest_interval

BOTH: tuple[Restriction, ...] = ("relative_magnitudes", "smoothness")


def study(seed: int, n_pre: int, weights: list[float], effect: float = 1.0) -> EventCoefficients:
    """Return coefficients with a random covariance of full rank."""
    rng = np.random.default_rng(seed)
    m = n_pre + len(weights)
    root = rng.normal(size=(m, m + 4)) * 0.1
    values = rng.normal(size=m) * 0.05
    values[n_pre:] += effect
    return EventCoefficients(values, root @ root.T / 2, n_pre, np.array(weights))


STUDIES = [
    study(1, 4, [0.25] * 4),
    study(2, 3, [1.0, 0.0]),
    study(3, 1, [1.0]),
    study(4, 2, [0.5, -0.5, 1.0]),
    study(5, 6, [0.6, 0.3, 0.1]),
]


class BruteForce:
    """The hybrid test of one value, from moments and all vertices of its dual program."""

    def __init__(self, events: EventCoefficients, m: float, at: int, sign: int) -> None:
        n, t = events.n_pre, events.n_post
        full = np.eye(n + t)
        path = np.vstack([full[:n], np.zeros(n + t), full[n:]])  # with the reference
        steps = np.diff(path, axis=0)
        largest = sign * steps[at]
        self.rows = np.vstack([steps[n:] - m * largest, -steps[n:] - m * largest])
        self.sigma = self.rows @ events.covariance @ self.rows.T
        self.scale = np.sqrt(np.diag(self.sigma))
        base = np.linalg.svd(events.weights[None])[2][1:]  # effects that leave l'tau as it is
        self.free = self.rows[:, n:] @ base.T
        self.events = events
        self.vertices = self._vertices()

    def _vertices(self) -> Float:
        """Return all basic solutions of gamma >= 0, gamma'X = 0, gamma's = 1."""
        k = self.free.shape[1] + 1
        system = np.vstack([self.free.T, self.scale])
        right = np.append(np.zeros(k - 1), 1.0)
        found = []
        for basis in combinations(range(len(self.rows)), k):
            part = system[:, basis]
            if np.linalg.cond(part) > 1e10:
                continue
            weights = np.linalg.solve(part, right)
            if (weights > -1e-9).all():
                gamma = np.zeros(len(self.rows))
                gamma[list(basis)] = weights
                found.append(gamma)
        return np.unique(np.round(found, 12), axis=0)

    def critical(self, alpha: float, draws: int) -> float:
        rng = np.random.default_rng(11)
        noise = rng.multivariate_normal(np.zeros(len(self.sigma)), self.sigma, draws)
        return float(np.quantile((noise @ self.vertices.T).max(axis=1), 1 - alpha / 10))

    def moments(self, theta: float) -> Float:
        moved = self.events.effect.copy()
        share = self.events.weights
        moved[self.events.n_pre :] -= theta * share / (share @ share)
        return self.rows @ moved

    def statistic(self, theta: float) -> float:
        """Return the linear program itself, to which the vertices must lead."""
        n = self.free.shape[1]
        found = linprog(
            np.append(1.0, np.zeros(n)),
            A_ub=-np.column_stack([self.scale, self.free]),
            b_ub=-self.moments(theta),
            bounds=(None, None),
        )
        return float(found.fun)

    def accepts(self, theta: float, alpha: float, critical: float) -> bool:
        values = self.vertices @ self.moments(theta)
        best = int(values.argmax())
        gamma, eta = self.vertices[best], float(values[best])
        if eta > critical:
            return False
        variance = gamma @ self.sigma @ gamma
        along = self.vertices @ self.sigma @ gamma / variance
        rest = values - along * eta
        low, high = -np.inf, critical
        for one, slope in zip(rest, along, strict=True):
            if slope < 1 - 1e-9:
                low = max(low, one / (1 - slope))
            elif slope > 1 + 1e-9:
                high = min(high, one / (1 - slope))
        spread, level = np.sqrt(variance), (alpha - alpha / 10) / (1 - alpha / 10)
        top, bottom = norm.cdf(high / spread), norm.cdf(low / spread)
        value = spread * norm.ppf(top - level * (top - bottom))
        return bool(eta <= max(0.0, value))


@pytest.mark.parametrize("events", STUDIES, ids=range(len(STUDIES)))
@pytest.mark.parametrize("m", [0.8])
def test_relative_magnitudes_equal_a_search_over_all_vertices(
    events: EventCoefficients, m: float
) -> None:
    found = relative_interval(events, m, 0.95)
    grid = np.linspace(found.conf_low, found.conf_high, 40)
    step = grid[1] - grid[0]
    grid = np.concatenate(
        [grid[0] - step * np.arange(12, 0, -1), grid, grid[-1] + step * np.arange(1, 13)]
    )
    accepted = np.zeros(len(grid), dtype=bool)
    for at in range(events.n_pre):
        for sign in (1, -1):
            test = BruteForce(events, m, at, sign)
            critical = test.critical(0.05, 20_000)
            assert test.statistic(grid[20]) == pytest.approx(
                (test.vertices @ test.moments(grid[20])).max(), abs=1e-9
            )
            accepted |= [test.accepts(theta, 0.05, critical) for theta in grid]
    # The simulated first stage moves an end by far less than a step, 1/40 of the interval.
    inside = grid[accepted]
    assert inside.min() == pytest.approx(found.conf_low, abs=1.01 * step)
    assert inside.max() == pytest.approx(found.conf_high, abs=1.01 * step)
    assert found.connected == bool(accepted[12:-12][1:-1].all())


def worst_bias(events: EventCoefficients, weights: Float, m: float) -> float:
    """Return the largest bias over all paths that bend by at most m, by linear programming."""
    n, k = events.n_pre, len(weights)
    path = np.vstack([np.eye(k)[:n], np.zeros(k), np.eye(k)[n:]])
    bend = np.diff(path, n=2, axis=0)
    found = linprog(
        -weights,
        A_ub=np.vstack([bend, -bend]),
        b_ub=np.full(2 * len(bend), m),
        bounds=(None, None),
    )
    assert found.status == 0, "the estimator is not exact under straight trends"
    return float(-found.fun)


@pytest.mark.parametrize("events", STUDIES, ids=range(len(STUDIES)))
@pytest.mark.parametrize("m", [0.01, 0.1, 1.0])
def test_no_other_linear_interval_is_shorter(events: EventCoefficients, m: float) -> None:
    curve = frontier(events)
    centre, half = shortest_interval(events, curve, m, 0.95)
    assert np.isfinite(centre)

    def length(weights: Float) -> float:
        spread = float(np.sqrt(weights @ events.covariance @ weights))
        ratio = worst_bias(events, weights, m) / spread
        return spread * float(np.sqrt(ncx2.ppf(0.95, 1, ratio**2)))

    knots = [length(weights) for weights in curve.weights]
    assert half <= min(knots) * (1 + 1e-9)
    # The length is convex: what cannot be improved nearby cannot be improved at all.
    rng = np.random.default_rng(3)
    line = np.append(np.arange(-events.n_pre, 0), np.arange(1, events.n_post + 1))
    best = optimal(events, m)
    assert length(best) == pytest.approx(half, rel=1e-9)
    for size in (1e-3, 1e-2, 0.1):
        for _ in range(8):
            move = np.zeros(len(line))
            move[: events.n_pre] = rng.normal(size=events.n_pre)
            before = line[: events.n_pre]
            move[: events.n_pre] -= before * (move[: events.n_pre] @ before) / (before @ before)
            assert length(best + size * move) >= half * (1 - 1e-9)


def optimal(events: EventCoefficients, m: float) -> Float:
    """Return the weights behind an interval: what its centre gives each coefficient."""
    curve = frontier(events)
    rows = [
        shortest_interval(replace(events, effect=unit), curve, m, 0.95)[0]
        for unit in np.eye(len(events.effect))
    ]
    return np.array(rows)


def test_without_bends_the_interval_is_that_of_least_squares() -> None:
    events = STUDIES[0]
    n, sigma = events.n_pre, events.covariance
    line = np.append(np.arange(-n, 0.0), np.arange(1.0, events.n_post + 1))
    # Least squares of all coefficients on a line and free effects after the reference.
    design = np.column_stack([line, np.eye(len(line))[:, n:]])
    inverse = np.linalg.inv(sigma)
    bread = np.linalg.inv(design.T @ inverse @ design)
    fitted = bread @ design.T @ inverse @ events.effect
    pick = np.append(0.0, events.weights)
    half = norm.ppf(0.975) * np.sqrt(pick @ bread @ pick)
    (row,) = honest(events, "smoothness", [0.0]).rows
    assert (row.conf_low, row.conf_high) == pytest.approx(
        (pick @ fitted - half, pick @ fitted + half), rel=1e-9
    )


def test_the_folded_quantile_is_that_of_a_noncentral_chi_squared() -> None:
    bias = np.array([0.0, 0.01, 0.5, 1.0, 3.0, 40.0])
    expected = np.sqrt(ncx2.ppf(0.9, 1, bias**2))
    assert folded_quantile(bias, 0.9) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("events", STUDIES, ids=range(len(STUDIES)))
def test_with_equal_trends_relative_magnitudes_give_the_original(events: EventCoefficients) -> None:
    found = honest(events, "relative_magnitudes", [0.0])
    half = norm.ppf(0.975) * events.std_error
    expected = events.overall - half, events.overall + half
    assert (found.original.conf_low, found.original.conf_high) == pytest.approx(expected)
    # The critical value is integrated over 2 048 angles.
    assert (found.rows[0].conf_low, found.rows[0].conf_high) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("restriction", BOTH)
@pytest.mark.parametrize("events", STUDIES, ids=range(len(STUDIES)))
def test_intervals_widen_and_break_where_they_say(
    events: EventCoefficients, restriction: Restriction
) -> None:
    found = honest(events, restriction)
    wide = [row.conf_high - row.conf_low for row in found.rows]
    assert wide == sorted(wide)
    assert found.breakdown is not None
    before, after = honest(
        events, restriction, [found.breakdown * 0.9999, found.breakdown * 1.0001]
    ).rows
    assert before.excludes_zero
    assert not after.excludes_zero


def test_an_effect_that_is_not_shown_has_no_breakdown() -> None:
    events = study(1, 4, [0.25] * 4, effect=0.0)
    assert honest(events, "relative_magnitudes", [0.0]).breakdown is None
    assert honest(events, "smoothness", [0.0]).breakdown is None


@pytest.mark.parametrize("restriction", BOTH)
@pytest.mark.parametrize("factor", [1e-6, 1e6, -1.0])
def test_limits_follow_the_unit(restriction: Restriction, factor: float) -> None:
    events = STUDIES[4]
    scaled = replace(
        events, effect=factor * events.effect, covariance=factor**2 * events.covariance
    )
    m = [0.3, 1.2]
    unit = abs(factor) if restriction == "smoothness" else 1.0
    one = honest(events, restriction, m)
    other = honest(scaled, restriction, [unit * value for value in m])
    for row, moved in zip(one.rows, other.rows, strict=True):
        ends = sorted((factor * row.conf_low, factor * row.conf_high))
        assert [moved.conf_low, moved.conf_high] == pytest.approx(ends, rel=1e-6)
    assert other.breakdown == pytest.approx(unit * (one.breakdown or 0), rel=1e-6)


PATHS = [
    ("relative_magnitudes", 1.0, [0.3, 0.0], [0.3, 0.6]),  # the trend steps on as fast as before
    ("relative_magnitudes", 0.0, [0.0, 0.0], [0.0, 0.0]),
    ("smoothness", 0.1, [0.1, 0.0], [0.1, 0.3]),
    ("smoothness", 0.0, [-0.4, -0.2], [0.2, 0.4]),
]


@pytest.mark.slow
@pytest.mark.parametrize(("restriction", "m", "before", "after"), PATHS)
def test_intervals_cover_at_the_edge_of_what_is_allowed(
    restriction: Restriction, m: float, before: list[float], after: list[float]
) -> None:
    """Of 400 draws at 95 %: at least 362, the 99.9 % binomial bound."""
    rng = np.random.default_rng(2023)
    root = np.tril(rng.normal(size=(4, 4))) * 0.1 + 0.1 * np.eye(4)
    covariance, mean = root @ root.T, np.array([*before, *after])
    mean[2:] += 1.0
    events = EventCoefficients(mean, covariance, 2, np.array([0.5, 0.5]))
    held = 0
    for noise in rng.normal(size=(400, 4)):
        drawn = replace(events, effect=mean + root @ noise)
        found = relative_interval(drawn, m, 0.95) if restriction == "relative_magnitudes" else None
        if found is None:
            centre, half = shortest_interval(drawn, frontier(drawn), m, 0.95)
            held += abs(1.0 - centre) <= half
        else:
            held += found.conf_low <= 1.0 <= found.conf_high
    assert held >= 362


def test_coefficients_come_in_order_of_time_and_end_at_a_gap() -> None:
    time = [2, -1, 0, -5, -2, 1, -3]
    effect = np.array([float(one) for one in time])
    root = np.random.default_rng(0).normal(size=(7, 7)) + 3 * np.eye(7)
    sigma = root @ root.T
    found = event_coefficients(time, effect, sigma, {0: 0.5, 1: 0.3, 2: 0.2}, n_clusters=12)
    assert found.effect.tolist() == [-3, -2, 0, 1, 2]
    kept = [time.index(one) for one in (-3, -2, 0, 1, 2)]
    assert np.array_equal(found.covariance, sigma[np.ix_(kept, kept)])
    assert (found.n_pre, found.n_post, found.n_clusters) == (2, 3, 12)
    assert found.overall == pytest.approx(0.7)
    assert found.reach == pytest.approx(0.5 + 0.6 + 0.6)


def test_anticipation_moves_the_reference() -> None:
    sigma = np.eye(4)
    found = event_coefficients([-3, -1, 0, 1], np.ones(4), sigma, {0: 1.0}, reference=-2)
    assert found.n_pre == 1
    assert found.weights.tolist() == [0.0, 1.0, 0.0]


def refusal(time: list[int], sigma: NDArray[np.float64], weights: dict[int, float]) -> str:
    with pytest.raises(Refused) as caught:
        honest(event_coefficients(time, np.ones(len(time)), sigma, weights), "smoothness")
    return caught.value.code


def test_what_cannot_be_judged_is_refused() -> None:
    one = np.eye(3)
    assert refusal([-3, -2], np.eye(2), {0: 1.0}) == "no_period_after"
    assert refusal([-2, 0, 1], one, {}) == "no_period_after"
    assert refusal([-2, 0, 2], one, {0: 0.5, 2: 0.5}) == "gap_in_event_time"
    assert refusal([0, 1, 2], one, {0: 1.0}) == "one_pre_period"
    assert refusal([-2, 0, 1], np.ones((3, 3)), {0: 1.0}) == "singular_covariance"
    assert refusal([-2, 0, 1], np.diag([1.0, 0.0, 1.0]), {0: 1.0}) == "singular_covariance"
    assert refusal([-2, 0, 1], np.full((3, 3), np.nan), {0: 1.0}) == "singular_covariance"


def test_no_weight_after_is_refused_when_built_by_hand() -> None:
    events = EventCoefficients(np.ones(3), np.eye(3), 1, np.zeros(2))
    with pytest.raises(Refused) as caught:
        honest(events, "relative_magnitudes")
    assert caught.value.code == "no_period_after"


def test_trends_that_ran_exactly_parallel_still_have_a_curve() -> None:
    events = replace(STUDIES[0], effect=np.append(np.zeros(4), np.ones(4)))
    for restriction in BOTH:
        found = honest(events, restriction)
        assert found.breakdown is not None
        assert all(np.isfinite([row.conf_low, row.conf_high]).all() for row in found.rows)


def test_one_clear_coefficient_before_is_enough() -> None:
    events = EventCoefficients(np.array([0.1, 1.0]), np.diag([0.01, 0.01]), 1, np.ones(1))
    smooth = honest(events, "smoothness", [0.0, 0.2])
    # The only estimator that is exact under straight trends adds the slope before.
    half = norm.ppf(0.975) * np.sqrt(0.02)
    assert (smooth.rows[0].conf_low, smooth.rows[0].conf_high) == pytest.approx(
        (1.1 - half, 1.1 + half)
    )
    wider = smooth.rows[1].conf_high - smooth.rows[1].conf_low
    ratio = 0.2 / np.sqrt(0.02)
    assert wider / 2 == pytest.approx(np.sqrt(0.02 * ncx2.ppf(0.95, 1, ratio**2)))


@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_ties_between_weights_do_not_stop_the_search(correlation: float) -> None:
    """Equal variances and correlations make several weights join at once."""
    m = 8
    sigma = (1 - correlation) * np.eye(m) + correlation
    events = EventCoefficients(np.ones(m), sigma, 5, np.full(3, 1 / 3))
    curve = frontier(events)
    end = curve.weights[-1]
    line = np.append(np.arange(-5.0, 0), np.arange(1.0, 4))
    design = np.column_stack([line, np.eye(m)[:, 5:]])
    inverse = np.linalg.inv(sigma)
    least = np.append(0, events.weights) @ np.linalg.solve(
        design.T @ inverse @ design, design.T @ inverse
    )
    assert end == pytest.approx(least, abs=1e-9)
    assert (np.diff(curve.bias) >= -1e-12).all()
