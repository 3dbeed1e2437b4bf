"""Wilson's interval against R and against its own defining equation."""

from __future__ import annotations

import pytest

from evaluate.inference.wilson import wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        # R: prop.test(k, n, correct = FALSE)$conf.int
        (0, 10, 0.0, 0.2775327998628891),
        (10, 10, 0.7224672001371109, 1.0),
        (2, 4, 0.1500389891521496, 0.8499610108478505),
    ],
)
def test_r(k: int, n: int, low: float, high: float) -> None:
    assert wilson(k, n) == pytest.approx((low, high), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("k", "n"), [(1, 3), (7, 40), (399, 400)])
def test_the_limits_solve_the_score_equation(k: int, n: int) -> None:
    z = 1.959963984540054
    for limit in wilson(k, n):
        assert abs(k / n - limit) / (limit * (1 - limit) / n) ** 0.5 == pytest.approx(z, rel=1e-9)


def test_a_design_effect_divides_the_number() -> None:
    assert wilson(20, 60, 0.9, 3.0) == pytest.approx(wilson(20 / 3, 20, 0.9), rel=1e-12)
