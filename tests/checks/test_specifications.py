"""Agreement of alternatives and negative controls: what each result needs, and how often."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evaluate.checks.negative_controls import Control, negative_controls
from evaluate.checks.specifications import Parts, Specified, agreement, specifications
from evaluate.checks.timing import covariates_before
from evaluate.core import Estimate

Z = 1.959964
ROW = Estimate(
    estimate=0.0,
    std_error=1.0,
    conf_low=-Z,
    conf_high=Z,
    n_obs=100,
    n_treated=50,
    method="m",
    std_error_method="HC2",
    unit="points",
    estimand="ATE",
)


def row(estimate: float, std_error: float = 1.0, p_value: float | None = None) -> Estimate:
    half = Z * std_error
    return replace(
        ROW,
        estimate=estimate,
        std_error=std_error,
        conf_low=estimate - half,
        conf_high=estimate + half,
        p_value=p_value,
    )


def judged(declared: Estimate, *others: Estimate | None) -> str:
    named = [Specified(f"a{i}", one, state=None if one else "gone") for i, one in enumerate(others)]
    return agreement(Specified("declared", declared), named)[0].result


@pytest.mark.parametrize(
    ("others", "result"),
    [
        ([row(1.9)], "passed"),
        ([row(1.9, 0.1)], "passed"),  # more certain, and within the declared interval
        ([row(2.1)], "failed"),
        ([row(2.1, 3.0)], "uninformative"),  # outside, and too uncertain to tell
        ([row(0.0), None], "uninformative"),
        ([row(2.1), None], "failed"),
        ([row(2.1, 3.0), row(-5.0)], "failed"),
        ([replace(row(0.0), unit="share")], "uninformative"),
    ],
)
def test_agreement_by_hand(others: list[Estimate | None], result: str) -> None:
    assert judged(row(0.0), *others) == result


def test_shares_are_stated_over_all_with_the_declared_one() -> None:
    others = [Specified("a", row(3.0)), Specified("b", row(-0.5)), Specified("c", row(1.0, 0.2))]
    check, _ = agreement(Specified("declared", row(2.5)), others)
    assert "Of 4 specifications with the declared one 3 lie on its side of zero and 3" in check.text
    assert "median" not in check.text


def _fits(rng: np.random.Generator, bias: float) -> tuple[Estimate, Estimate]:
    """A difference in means, and one that also holds a covariate of the outcome constant."""
    n = 120
    treated = rng.permutation(np.repeat([0.0, 1.0], n // 2))
    x = rng.normal(size=n) + bias * treated
    y = 2 * treated + 1.5 * x + rng.normal(size=n)
    found = []
    for extra in ([], [x]):
        design = np.column_stack([np.ones(n), treated, *extra])
        inverse = np.linalg.inv(design.T @ design)
        beta = inverse @ design.T @ y
        left = y - design @ beta
        spread = float(np.sqrt(left @ left / (n - design.shape[1]) * inverse[1, 1]))
        found.append(row(float(beta[1]), spread))
    return found[0], found[1]


@pytest.mark.parametrize(("bias", "least", "most"), [(0.0, 0.0, 0.07), (0.9, 0.8, 1.0)])
def test_agreement_fails_seldom_on_clean_data_and_often_on_confounded(
    bias: float, least: float, most: float
) -> None:
    # Planted: the covariate differs by 0.9 standard deviations, which moves the estimate by 1.35.
    rng = np.random.default_rng(20261123)
    failed = [judged(*_fits(rng, bias)) == "failed" for _ in range(1000)]
    assert least <= np.mean(failed) <= most


def test_the_declared_one_stands_first_among_equals_and_the_refused_last() -> None:
    others = [
        Specified("b", row(1.0), {"adjustment": "none"}),
        Specified("gone", None, {"adjustment": "additive"}, "no_rows"),
        Specified("a", row(0.0), {"adjustment": "none"}),
    ]
    table = specifications(Specified("declared", row(1.0), {"adjustment": "additive"}), others)
    assert [one["specification"] for one in table.rows] == ["a", "declared", "b", "gone"]
    assert table.rows[-1]["state"] == "no_rows"
    assert all("choice_adjustment" in one for one in table.rows)


def test_parts_that_are_not_known_are_absent() -> None:
    one = Specified("a", row(1.0), parts=Parts(sample=0.25, rest=0.75))
    _, table = agreement(Specified("declared", row(0.0)), [one])
    cells = table.rows[1]
    assert (cells["of_sample"], cells["of_rest"]) == (0.25, 0.75)
    assert not {"of_weights", "of_method"} & set(cells)
    assert "difference" not in table.rows[0]


@pytest.mark.parametrize(
    ("p_values", "size", "result"),
    [
        ((0.03,), 5.0, "failed"),
        ((0.03, 0.6), 5.0, "passed"),  # Holm: 0.06
        ((0.02, 0.6), 5.0, "failed"),  # Holm: 0.04
        ((0.6,), 1.0, "uninformative"),
        ((0.6, 0.6), None, "uninformative"),
    ],
)
def test_negative_controls_by_hand(
    p_values: tuple[float, ...], size: float | None, result: str
) -> None:
    controls = [Control(f"o{i}", row(1.0, 1.0, p), size) for i, p in enumerate(p_values)]
    check, table = negative_controls(controls)
    assert check.result == result
    assert [one["outcome"] for one in table.rows] == [one.outcome for one in controls]


def test_a_control_without_a_p_value_is_judged_by_its_interval() -> None:
    assert negative_controls([Control("o", row(2.0), 5.0)])[0].result == "failed"
    assert negative_controls([Control("o", row(1.9), 5.0)])[0].result == "passed"


def test_a_control_that_was_refused_is_not_passed() -> None:
    controls = [Control("o", row(0.0, 0.1, 0.9), 5.0), Control("p", None, state="no_rows")]
    check, table = negative_controls(controls)
    assert check.result == "uninformative"
    assert table.rows[1] == {"outcome": "p", "state": "no_rows"}


def test_negative_controls_fail_seldom_on_clean_data_and_often_on_planted() -> None:
    rng = np.random.default_rng(7)
    for gap, least, most in ((0.0, 0.0, 0.07), (3.6, 0.8, 1.0)):
        results = []
        for _ in range(1000):
            t = rng.normal(size=3) + np.array([gap, 0.0, 0.0])
            p = [float(2 * (1 - _normal(abs(one)))) for one in t]
            given = [Control(f"o{i}", row(float(t[i]), 1.0, p[i]), 9.0) for i in range(3)]
            results.append(negative_controls(given)[0].result == "failed")
        assert least <= np.mean(results) <= most


def _normal(value: float) -> float:
    from math import erf, sqrt

    return 0.5 * (1 + erf(value / sqrt(2)))


def test_timing_without_covariates_says_nothing() -> None:
    assert covariates_before((), {"age"}) is None
    passed = covariates_before(("age", "sex"), {"age", "sex", "more"})
    assert passed is not None
    assert passed.result == "passed"
    unknown = covariates_before(("age", "sex"), {"age"})
    assert unknown is not None
    assert (unknown.result, "sex" in unknown.text) == ("not_run", True)
