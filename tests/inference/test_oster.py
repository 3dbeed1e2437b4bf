"""Oster's delta: what went into data comes out, and published regressions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.comparison import Groups
from evaluate.inference.exposure import Exposure, exposure_from
from evaluate.inference.linear_exposure import exposure_of
from evaluate.inference.oster import delta_for, effect_at, largest_r2

Float = NDArray[np.float64]
N = 30_000


def exact(value: float, delta: float, noise: float = 0.0, treated: float = 1.0) -> Exposure:
    """Regressions of data with just these moments: y = value d + w1 + w2 + noise.

    cov(d, w1) = 0.2, var(w1) = 10, var(w2) = 1, so that cov(d, w2) = 0.02 delta.
    """
    hidden = np.array([[treated, 0.2, 0.02 * delta], [0.2, 10.0, 0.0], [0.02 * delta, 0.0, 1.0]])
    seen = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [value, 1.0, 1.0]])
    about = seen @ hidden @ seen.T
    about[2, 2] += noise
    cross = np.zeros((4, 4))
    cross[0, 0], cross[1:, 1:] = N, N * about
    return exposure_from(cross, np.zeros(3), N, ("w",), binary=False)


def r_max(found: Exposure, noise: float) -> float:
    return 1 - noise / (found.outcome / N)


@pytest.mark.parametrize("noise", [0.0, 3.0])
@pytest.mark.parametrize("value", [-0.5, 0.0, 0.3])
@pytest.mark.parametrize("delta", [-1.0, 0.4, 1.0, 2.5])
def test_what_went_in_comes_out(value: float, delta: float, noise: float) -> None:
    found = exact(value, delta, noise)
    most = r_max(found, noise)
    assert delta_for(found, most, value) == pytest.approx(delta, rel=1e-8)
    left = effect_at(found, most, delta)
    assert left.value == pytest.approx(value, abs=1e-8)


def test_the_example_of_the_command() -> None:
    """The corr2data example of Stata's ``help psacalc``: delta 1 and beta 0 at R-squared 1."""
    found = exact(0.0, 1.0)
    assert delta_for(found, 1.0) == pytest.approx(1.0, rel=1e-9)
    assert effect_at(found, 1.0).value == pytest.approx(0.0, abs=1e-9)


def test_without_hidden_selection_nothing_moves() -> None:
    found = exact(0.3, 0.7, noise=2.0)
    assert effect_at(found, delta=0.0).value == pytest.approx(found.value, rel=1e-9)


def test_the_formula_of_the_paper_when_covariates_move_little() -> None:
    """Oster (2019), equation 1: b1 - delta (b0 - b1) (r - r1) / (r1 - r0), nearly."""
    found = exact(0.3, 0.01, noise=30.0)
    most = found.r2 + 1e-3
    step = (found.raw - found.value) * (most - found.r2) / (found.r2 - found.r2_raw)
    assert effect_at(found, most).value == pytest.approx(found.value - step, rel=2e-3)


def command(found: Exposure, most: float) -> tuple[float, Float]:
    """Proposition 3 as the paper prints it: delta for zero, and coefficients of the cubic."""
    a = found.raw - found.value
    b = (found.r2 - found.r2_raw) * found.outcome
    c = (most - found.r2) * found.outcome
    s, t, v = found.treatment, found.treatment_left, found.value
    above = v * b * t + v * s * t * a**2 + 2 * v**2 * t * a * s + v**3 * (t * s - t**2)
    below = c * a * s + v * c * (s - t) + v**2 * t * a * s + v**3 * (t * s - t**2)
    cubic = [(t * s - t**2), t * a * s * -1.0, c * (s - t) - b * t - s * t * a**2, c * a * s]
    return above / below, np.array(cubic)


def rows(seed: int = 1) -> Exposure:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(400, 3))
    treated = x @ [0.8, 0.3, 0.0] + rng.normal(size=400) > 0
    y = treated + x @ [0.7, 0.2, 0.3] + rng.normal(size=400)
    return exposure_of(Groups(y, treated, x, ("a", "b", "c")))


def test_another_derivation_gives_the_same() -> None:
    found = rows()
    most = largest_r2(found)
    delta, cubic = command(found, most)
    assert delta_for(found) == pytest.approx(delta, rel=1e-10)
    left = effect_at(found)
    for one in (left.value, *left.others):
        v = found.value - one
        size = np.polyval(np.abs(cubic[1:]), abs(v))
        assert np.polyval(cubic[1:], v) == pytest.approx(0.0, abs=1e-9 * size)  # delta 1: no cube
        assert delta_for(found, value=one) == pytest.approx(1.0, rel=1e-7)


def test_largest_r2_is_1_3_times_and_at_most_everything() -> None:
    found = rows()
    assert largest_r2(found) == pytest.approx(1.3 * found.r2)
    assert largest_r2(found, 100.0) == 1.0


def test_units_and_signs_do_not_matter() -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(300, 2))
    treated = x[:, 0] + rng.normal(size=300) > 0
    y = treated + x.sum(axis=1) + rng.normal(size=300)
    one = exposure_of(Groups(y, treated, x, ("a", "b")))
    other = exposure_of(Groups(-1e7 * y + 3, treated, x * [1e5, -2.0], ("a", "b")))
    assert delta_for(other) == pytest.approx(delta_for(one), rel=1e-8)
    assert effect_at(other).value == pytest.approx(-1e7 * effect_at(one).value, rel=1e-8)


def test_covariates_that_hide_an_effect_ask_for_selection_against_them() -> None:
    found = exact(1.0, -0.5, noise=4.0)
    moved = replace(found, raw=found.value - 0.3, r2_raw=found.r2_raw)
    delta = delta_for(moved)
    assert delta is not None
    assert delta < 0


def test_covariates_unrelated_to_treatment_say_nothing() -> None:
    balanced = exact(1.0, 0.0)
    same = replace(balanced, raw=balanced.value, treatment_left=balanced.treatment)
    assert delta_for(replace(same, r2=0.9)) is None


def test_covariates_that_are_always_held_are_taken_out_first() -> None:
    """Stata's ``mcontrol``: the same as with their part taken out of everything else."""
    rng = np.random.default_rng(3)
    m = rng.normal(size=300)
    x = rng.normal(size=(300, 2)) + 0.5 * m[:, None]
    treated = x[:, 0] + m + rng.normal(size=300) > 0
    y = treated + x.sum(axis=1) + m + rng.normal(size=300)
    found = exposure_of(Groups(y, treated, np.column_stack([x, m]), ("a", "b", "m")), always=("m",))
    given = np.column_stack([np.ones(300), m])
    rest = [
        column - given @ np.linalg.lstsq(given, column, rcond=None)[0]
        for column in (treated.astype(float), *x.T, y)
    ]
    whole = np.column_stack([np.ones(300), *rest])
    bare = exposure_from(whole.T @ whole, np.zeros(4), 300, ("a", "b"), binary=False)
    most = (1 + found.r2) / 2
    same = 1 - (1 - most) * found.outcome / bare.outcome
    assert found.raw == pytest.approx(bare.raw, rel=1e-9)
    assert found.raw != pytest.approx(y[treated].mean() - y[~treated].mean(), rel=0.01)
    assert delta_for(found, most) == pytest.approx(delta_for(bare, same), rel=1e-8)
    assert effect_at(found, most).value == pytest.approx(effect_at(bare, same).value, rel=1e-8)


@pytest.mark.parametrize("most", [0.0, 0.2, 1.01])
def test_an_impossible_largest_r2_is_refused(most: float) -> None:
    with pytest.raises(Refused) as refused:
        delta_for(rows(), most)
    assert refused.value.code == "impossible_r2"


def test_a_perfect_fit_leaves_nothing_to_hide() -> None:
    with pytest.raises(Refused) as refused:
        effect_at(replace(rows(), r2=1.0))
    assert refused.value.code == "impossible_r2"


def test_no_covariates_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        delta_for(replace(rows(), benchmarks=()))
    assert refused.value.code == "no_covariates"


def balanced(seed: int = 4) -> Groups:
    """Return as many of each sex in both groups, and an outcome that goes with sex."""
    i = np.arange(400)
    sex, treated = (i // 2) % 2, i % 2 == 1
    y = 2.0 + sex + treated + np.random.default_rng(seed).normal(size=400)
    return Groups(y, treated, sex[:, None].astype(float), ("sex",))


def test_exactly_balanced_covariates_move_nothing() -> None:
    found = exposure_of(balanced())
    left = effect_at(found)
    assert left.value == pytest.approx(found.value, rel=1e-9)
    assert left.others == ()
    assert delta_for(found) is None


def test_an_effect_that_is_nearly_balanced_has_the_formula_of_the_exact_one() -> None:
    groups = balanced()
    one = np.arange(400) == 0
    found = exposure_of(replace(groups, x=np.where(one[:, None], 1 - groups.x, groups.x)))
    (_, cubic), left = command(found, largest_r2(found)), effect_at(found)
    v = found.value - left.value
    size = float(np.polyval(np.abs(cubic[1:]), abs(v)))
    assert np.polyval(cubic[1:], v) == pytest.approx(0.0, abs=1e-9 * size)


def test_covariates_that_explain_nothing_are_as_none() -> None:
    groups = balanced()
    i = np.arange(400)
    flat = replace(groups, y=2.0 + groups.treated + (i // 4) % 5.0)  # sex is in no part of it
    for ask in (delta_for, effect_at):
        with pytest.raises(Refused) as refused:
            ask(exposure_of(flat))
        assert refused.value.code == "no_covariates"
