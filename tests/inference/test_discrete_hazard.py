"""Pathways: against the multinomial, the survival package of R, and simulated truth."""

from __future__ import annotations

import numpy as np
import pytest

from evaluate.errors import Refused
from evaluate.inference.discrete_hazard import Pathways, follow, log_log

WAYS = ("returned", "work", "lost")


def draw(
    n: int = 300, seed: int = 1, censoring: float = 0.08, periods: int = 12
) -> tuple[np.ndarray, list[str | None]]:
    """Return when people left, and how; the hazards are 6, 3 and 1 % in each period."""
    rng = np.random.default_rng(seed)
    last, how = np.full(n, periods), np.full(n, -1)
    there = np.ones(n, bool)
    for t in range(1, periods + 1):
        u = rng.random(n)
        leaves = there & (u < 0.10)
        last[leaves], there = t, there & ~leaves
        how[leaves] = np.searchsorted([0.06, 0.09], u[leaves])
        gone = there & (rng.random(n) < censoring)
        last[gone], there = t, there & ~gone
    return last, [None if one < 0 else WAYS[one] for one in how]


def test_everything_adds_up_to_one() -> None:
    found = follow(*draw(), WAYS)
    np.testing.assert_allclose(found.survival + found.incidence.sum(axis=1), 1, atol=1e-12)
    assert (np.diff(found.incidence, axis=0) >= 0).all()
    left = found.at_risk[:-1] - found.events[:-1].sum(axis=1) - found.censored[:-1]
    np.testing.assert_array_equal(left, found.at_risk[1:])


def test_without_censoring_it_is_the_multinomial() -> None:
    last, how = draw(censoring=0.0)
    found = follow(last, how, WAYS)
    n = len(last)
    for k, way in enumerate(WAYS):
        for t in range(1, 13):
            share = np.mean([(w == way) and (when <= t) for w, when in zip(how, last, strict=True)])
            assert found.incidence[t - 1, k] == pytest.approx(share, abs=1e-12)
            variance = share * (1 - share) / n
            assert found.variance[t - 1, k + 1] == pytest.approx(variance, abs=1e-14)
    stays = found.survival
    np.testing.assert_allclose(found.variance[:, 0], stays * (1 - stays) / n, atol=1e-14)


def test_survival_has_greenwoods_variance() -> None:
    found = follow(*draw(), WAYS)
    d, n = found.events.sum(axis=1), found.at_risk
    np.testing.assert_allclose(found.survival, np.cumprod(1 - d / n))
    greenwood = found.survival**2 * np.cumsum(d / (n * (n - d)))
    np.testing.assert_allclose(found.variance[:, 0], greenwood)


def test_incidence_and_its_error_by_other_formulas() -> None:
    found = follow(*draw(), WAYS)
    s = np.concatenate([[1.0], found.survival[:-1]])
    n, every = found.at_risk.astype(float), found.events.sum(axis=1).astype(float)
    for k in range(3):
        d = found.events[:, k].astype(float)
        f = np.cumsum(s * d / n)
        np.testing.assert_allclose(found.incidence[:, k], f)
        for t in range(len(n)):  # Gaynor et al. (1993), JASA 88(422), eq. 2: the delta method
            gap = f[t] - f[: t + 1]
            one = np.sum(gap**2 * every[: t + 1] / (n[: t + 1] * (n[: t + 1] - every[: t + 1])))
            h = d[: t + 1] / n[: t + 1]
            two = np.sum(s[: t + 1] ** 2 * h * (1 - h) / n[: t + 1])
            three = -2 * np.sum(gap * s[: t + 1] * h / n[: t + 1])
            assert found.variance[t, k + 1] == pytest.approx(one + two + three, rel=1e-9)


def test_values_by_hand_and_by_statsmodels() -> None:
    from statsmodels.duration.survfunc import CumIncidenceRight

    last = np.array([1, 2, 2, 3, 3, 3, 4, 5, 5, 6])
    how = ["a", None, "b", "a", "a", None, "b", None, "a", None]
    found = follow(last, how, ("a", "b"))
    # At risk 10, 9, 7, 4, 3, 1; still in 9/10, 8/10, 4/7, 3/7, 2/7, 2/7.
    assert found.at_risk.tolist() == [10, 9, 7, 4, 3, 1]
    a, b = [1 / 10, 1 / 10, 23 / 70, 23 / 70, 33 / 70], [0, 1 / 10, 1 / 10, 17 / 70, 17 / 70]
    np.testing.assert_allclose(found.incidence[:5, 0], a)
    np.testing.assert_allclose(found.incidence[:5, 1], b)
    last, how = draw()
    status = np.array([0 if one is None else WAYS.index(one) + 1 for one in how])
    theirs, found = CumIncidenceRight(last, status), follow(last, how, WAYS)
    for k in range(3):
        np.testing.assert_allclose(found.incidence[:, k], theirs.cinc[k])


def test_who_comes_late_is_at_risk_from_then_on() -> None:
    last, how = draw()
    rng = np.random.default_rng(5)
    first = rng.integers(1, 4, len(last))
    seen = last >= first
    ways = [one for one, kept in zip(how, seen, strict=True) if kept]
    found = follow(last[seen], ways, WAYS, first=first[seen])
    t = 2
    risk = (first[seen] <= t) & (last[seen] >= t)
    assert found.at_risk[t - 1] == risk.sum()
    whole = follow(last, how, WAYS)
    # Late entry depends on nothing: both estimate the same.
    gap = np.abs(found.incidence[-1] - whole.incidence[-1])
    assert (gap < 4 * np.sqrt(found.variance[-1, 1:])).all()


def test_intervals_cover_the_truth() -> None:
    hazards, stays = np.array([0.06, 0.03, 0.01]), 0.9
    truth = hazards[:2] * (1 - stays**12) / (1 - stays)
    hits = []
    for seed in range(300):
        found = follow(*draw(seed=seed, n=150), WAYS)
        for k in range(2):
            limits = log_log(found.incidence[-1, k], found.variance[-1, k + 1], 0.95)
            assert limits
            hits.append(limits[0] <= truth[k] <= limits[1])
    assert 0.92 <= np.mean(hits) <= 0.98


def test_rows_may_stand_in_any_order() -> None:
    last, how = draw()
    turn = np.random.default_rng(3).permutation(len(last))
    one, two = follow(last, how, WAYS), follow(last[turn], [how[i] for i in turn], WAYS)
    for name in Pathways.__slots__:
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_what_cannot_be_followed_is_refused() -> None:
    with pytest.raises(Refused, match="not listed"):
        follow(np.array([1]), ["elsewhere"], WAYS)
    with pytest.raises(Refused, match="before the first"):
        follow(np.array([1, 3]), ["work", None], WAYS, first=np.array([2, 1]))
    with pytest.raises(Refused, match="nobody is followed"):
        follow(np.array([0, 0]), [None, None], WAYS)
    with pytest.raises(Refused, match="nobody is followed"):
        follow(np.array([5]), ["work"], WAYS, first=np.array([3]))
    assert log_log(0.0, 0.0, 0.95) is None
    assert follow(np.array([3, 9]), ["work", None], WAYS, periods=4).at_risk.tolist() == [
        2,
        2,
        2,
        1,
    ]
