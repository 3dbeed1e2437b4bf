"""What knowing is worth in an account, against closed forms of linear accounts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from exact_effects import exact
from example_accounts import NOTE, drawn_up, norway, row, small
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from evaluate.core import Estimate, Table
from evaluate.economics.account import account
from evaluate.economics.definition import Economics

ERROR = 500.0


def normal_loss(mean: float, error: float) -> float:
    """Return E max(0, X) - max(0, E X) of a normal X."""
    z = abs(mean) / error
    return float(error * (stats.norm.pdf(z) - z * stats.norm.sf(z)))


def doubtful(**changed: Any) -> dict[str, Any]:
    """Return the small account with an uncertain cost and an uncertain share."""
    definition = small(**changed)
    definition["costs"][0]["uncertain"] = {"gamma": {"std_error": 300.0}}
    definition["benefits"][0]["causal"] = {
        "share": 0.7,
        "uncertain": {"triangular": {"low": 0.3, "high": 0.8}},
    }
    return definition


def table(definition: dict[str, Any], estimate: Estimate) -> Table:
    return drawn_up(definition, estimate)["information"]


@pytest.mark.parametrize("where", [-2.0, -0.4, 0.0, 1.3])
def test_perfect_information_on_one_normal_effect(where: float) -> None:
    mean = where * 0.8 * ERROR
    found = table(small(), exact((mean + 1000) / 0.8, ERROR))
    expected = normal_loss(mean, 0.8 * ERROR)
    whole, effect = row(found, "all")["value"], row(found, "main")["value"]
    # Means over slices: the outermost slice of 1/10 000 is all that is left to chance.
    assert whole == pytest.approx(expected, abs=0.8 * ERROR * 2e-3)
    assert effect == pytest.approx(whole, rel=1e-9)


def test_one_part_of_several() -> None:
    found = table(doubtful(), exact(1800.0, ERROR))
    share = stats.triang(0.8, loc=0.3, scale=0.5)
    mean = 0.8 * share.mean() * 1800 - 1000
    # Known effect: a normal with the other figures at their means.
    effect = normal_loss(mean, 0.8 * share.mean() * ERROR)
    assert row(found, "main")["value"] == pytest.approx(effect, abs=2.0)
    best = max(mean, 0.0)
    grid = (np.arange(200_000) + 0.5) / 200_000
    cost = np.maximum(0.8 * share.mean() * 1800 - stats.gamma(100 / 9, scale=90).ppf(grid), 0)
    assert row(found, "course")["value"] == pytest.approx(cost.mean() - best, abs=2.0)
    causal, _ = integrate.quad(
        lambda x: max(0.8 * x * 1800 - 1000, 0.0) * share.pdf(x), 0.3, 0.8, points=[1000 / 1440]
    )
    assert row(found, "earnings causal")["value"] == pytest.approx(causal - best, abs=2.0)
    assert row(found, "all")["value"] > max(effect, causal - best)


@given(st.floats(-3000.0, 5000.0), st.floats(1.0, 3000.0), st.sampled_from([None, 5.0]))
@settings(max_examples=20)
def test_no_part_is_worth_less_than_nothing_or_more_than_all(
    estimate: float, error: float, df: float | None
) -> None:
    found = table(doubtful(), exact(estimate, error, df=df))
    whole, *parts = (float(one["value"] or 0.0) for one in found.rows)
    assert found.rows[0]["parameter"] == "all"
    assert all(0.0 <= part <= whole for part in parts)
    assert parts == sorted(parts, reverse=True)


def two(correlation: float) -> Table:
    definition = small(
        effects={"one": {"analysis": "main"}, "two": {"analysis": "other"}},
        correlations=[{"between": ["one", "two"], "value": correlation, **NOTE}],
    )
    del definition["analysis"]
    definition["benefits"] = [
        {
            "item": name,
            "payer": "person",
            "amount": 1,
            "effect": name,
            "years": {"from": 1, "to": 1},
            **NOTE,
        }
        for name in ("one", "two")
    ]
    rows = {"one": exact(700.0, 500.0), "two": exact(800.0, 300.0, analysis="other")}
    tables = account(Economics.model_validate(definition), rows, seed=(7,))
    return next(one for one in tables if one.kind == "information")


@pytest.mark.parametrize("correlation", [-0.5, 0.0, 0.8])
def test_one_effect_tells_of_another_that_goes_with_it(correlation: float) -> None:
    found, mean = two(correlation), 0.8 * 1500 - 1000
    for name, mine, other in (("one", 500.0, 300.0), ("two", 300.0, 500.0)):
        # Knowing it moves the expectation of the sum by its own error and its share of the other.
        error = 0.8 * abs(mine + correlation * other)
        assert row(found, name)["value"] == pytest.approx(normal_loss(mean, error), abs=4.0)
    error = 0.8 * np.sqrt(500**2 + 300**2 + 2 * correlation * 500 * 300)
    assert row(found, "all")["value"] == pytest.approx(normal_loss(mean, error), abs=6.0)


def test_for_all_whom_the_decision_concerns() -> None:
    found = table(norway(decisions={"per_year": 120, "years": 5}), exact(0.05, 0.02))
    factor = 120 * sum(1.04**-t for t in range(5))
    for one in found.rows:
        assert one["population"] == pytest.approx(factor * float(one["value"] or 0.0), rel=1e-12)


def test_no_population_without_decisions() -> None:
    assert not any("population" in one for one in table(small(), exact(2000.0, 500.0)).rows)


def test_nothing_is_worth_knowing_about_an_assumed_effect() -> None:
    definition = doubtful()
    del definition["analysis"]
    definition["effects"] = {"wished": {"assumed": {"value": 2000, "unit": "EUR/year", **NOTE}}}
    tables = account(Economics.model_validate(definition), {}, seed=(7,))
    assert "information" not in {one.kind for one in tables}
