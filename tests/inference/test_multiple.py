"""Adjusted p-values: R, brute force, and false findings in simulation."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluate.inference.multiple import adjust, romano_wolf

VALUES = json.loads((Path(__file__).parents[1] / "truth" / "instrument.json").read_text("utf-8"))
GIVEN = [one for name, one in VALUES.items() if name.startswith("adjust")]
METHODS = ("holm", "benjamini_hochberg")
probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@pytest.mark.parametrize("method", METHODS)
def test_equals_r(method: str) -> None:
    found = adjust([one["p"] for one in GIVEN], method)
    assert found == pytest.approx([one[method] for one in GIVEN], rel=1e-12)


@pytest.mark.parametrize("method", METHODS)
@given(probabilities)
def test_no_smaller_monotone_and_blind_to_order(method: str, given_: list[float]) -> None:
    p = np.array(given_)
    found = adjust(p, method)
    assert ((p <= found) & (found <= 1)).all()
    order = np.argsort(p, kind="stable")
    assert (np.diff(found[order]) >= 0).all()
    assert adjust(p[::-1], method)[::-1] == pytest.approx(found)


@given(probabilities, st.floats(0.001, 0.5))
def test_holm_is_the_step_down_of_its_definition(given_: list[float], level: float) -> None:
    p, m = np.array(given_), len(given_)
    rejected = np.zeros(m, bool)
    for step, at in enumerate(np.argsort(p, kind="stable")):
        if p[at] * (m - step) > level:
            break
        rejected[at] = True
    assert ((adjust(p, "holm") <= level) == rejected).all()


def by_definition(observed: np.ndarray, draws: np.ndarray) -> list[float]:
    """Return Romano and Wolf's p-values as their step-down is told, hypothesis by hypothesis."""
    left = set(range(len(observed)))
    found = [0.0] * len(observed)
    before = 0.0
    while left:
        top = max(left, key=lambda at: abs(observed[at]))
        reached = sum(
            max(abs(draw[at]) for at in left) >= abs(observed[top]) * (1 - 1e-9) for draw in draws
        )
        before = found[top] = max(before, (1 + reached) / (1 + len(draws)))
        left.remove(top)
    return found


def test_romano_wolf_is_its_definition() -> None:
    rng = np.random.default_rng(2)
    for m in (1, 2, 5):
        observed, draws = 2 * rng.normal(size=m), rng.normal(size=(99, m))
        assert romano_wolf(observed, draws).tolist() == by_definition(observed, draws)


def test_equal_statistics_share_a_p_value() -> None:
    draws = np.random.default_rng(4).normal(size=(199, 3))
    found = romano_wolf([2.0, -2.0, 0.5], draws)
    assert found[0] == found[1] <= found[2]


def test_false_findings_are_rare_and_true_ones_are_not_fewer_than_holms() -> None:
    """Five correlated outcomes, two with an effect: 400 draws of errors and of the null.

    The chance of any false finding is at most 5 %; 8.9 % in 400 draws is the edge of 99.9 %.
    """
    from scipy.special import ndtr

    rng = np.random.default_rng(6)
    root = np.linalg.cholesky(0.8 * np.ones((5, 5)) + 0.2 * np.eye(5))
    effect = np.array([3.0, 3.0, 0.0, 0.0, 0.0])
    false = {"romano_wolf": 0, "holm": 0}
    true = dict.fromkeys(false, 0)
    for _ in range(400):
        observed = effect + root @ rng.normal(size=5)
        null = rng.normal(size=(299, 5)) @ root.T
        for name, p in (
            ("romano_wolf", romano_wolf(observed, null)),
            ("holm", adjust(2 * ndtr(-np.abs(observed)), "holm")),
        ):
            false[name] += bool((p[2:] <= 0.05).any())
            true[name] += int((p[:2] <= 0.05).sum())
    assert 0 < false["romano_wolf"] <= 35
    assert 0 < false["holm"] <= 35
    assert true["romano_wolf"] > true["holm"] + 40


@pytest.mark.parametrize(
    ("p", "method", "said"),
    [([0.5, 1.5], "holm", "between 0 and 1"), ([0.5], "sidak", "unknown method")],
)
def test_what_is_no_p_value_is_an_error(p: list[float], method: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        adjust(p, method)


@pytest.mark.parametrize(
    ("observed", "draws", "said"),
    [
        ([1.0], np.zeros((0, 1)), "one column"),
        ([1.0, 2.0], np.zeros((5, 1)), "one column"),
        ([np.nan], np.zeros((5, 1)), "finite"),
    ],
)
def test_draws_must_fit(observed: list[float], draws: np.ndarray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        romano_wolf(observed, draws)
