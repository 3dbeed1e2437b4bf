"""Cost per unit of effect in an account, against closed forms and the account's interval."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from exact_effects import exact
from example_accounts import NOTE, drawn_up, norway, row, small
from pydantic import ValidationError
from scipy import stats

from evaluate.core import Table
from evaluate.economics.account import account
from evaluate.economics.definition import Economics

N = 10_000
# The worked frontier; mentor is the programme.
OTHERS = {
    "sms": (200e3, 1),
    "coach": (1.5e6, 5),
    "plugin": (1.6e6, 9),
    "full": (4.0e6, 12),
}


def among() -> dict[str, Any]:
    """Return a programme of 900 000 beside four alternatives."""
    definition = small(
        willingness=1e6,
        alternatives={
            name: {"title": name, "cost": cost, "effect": effect, **NOTE}
            for name, (cost, effect) in OTHERS.items()
        },
    )
    definition["costs"][0]["amount"] = 900e3
    return definition


@pytest.fixture(scope="module")
def found() -> dict[str, Table]:
    return drawn_up(among(), exact(6.0, 2.0))


def test_worked_frontier(found: dict[str, Table]) -> None:
    table = found["effectiveness"]
    status = {str(one["option"]): one["status"] for one in table.rows}
    assert status == {
        "usual": "frontier",
        "sms": "extended_dominated",
        "programme": "frontier",
        "coach": "dominated",
        "plugin": "frontier",
        "full": "frontier",
    }
    ratios = {one["option"]: one["ratio"] for one in table.rows if "ratio" in one}
    assert ratios == pytest.approx({"programme": 150e3, "plugin": 700e3 / 3, "full": 800e3})


def test_probabilities_sum_to_one_and_one_option_is_optimal(found: dict[str, Table]) -> None:
    by_threshold: dict[float, list[dict[str, Any]]] = {}
    for one in found["acceptability"].rows:
        by_threshold.setdefault(float(one["threshold"] or 0.0), []).append(dict(one))
    assert len(by_threshold) == 101
    assert max(by_threshold) == 1e6
    for rows in by_threshold.values():
        assert sum(one["probability"] for one in rows) == pytest.approx(1.0, abs=1e-12)
        (best,) = [one for one in rows if one["optimal"]]
        assert best["net_benefit"] == max(one["net_benefit"] for one in rows)
        assert len({one["evpi"] for one in rows}) == 1
        assert rows[0]["evpi"] >= 0.0


def test_probability_against_the_closed_form() -> None:
    table = drawn_up(small(willingness=1.0), exact(2000.0, 500.0))["acceptability"]
    for one in table.rows:
        if one["option"] == "programme" and one["threshold"]:
            # Best when threshold x effect exceeds the cost of 1000.
            least = 1000 / float(one["threshold"])
            assert one["probability"] == pytest.approx(
                stats.norm.sf((least - 2000) / 500), abs=1.01 / N
            )


def test_cost_is_that_of_society_with_what_the_effect_causes() -> None:
    tables = drawn_up(norway(), exact(0.05, 0.02))
    society = row(tables["accounts"], "society")["cost"]
    assert row(tables["effectiveness"], "programme")["cost"] == pytest.approx(society, rel=1e-14)


def test_interval_at_a_sure_cost_is_the_cost_over_the_published_limits() -> None:
    estimate = exact(2000.0, 500.0, df=9.0)
    one = row(drawn_up(small(), estimate)["effectiveness"], "programme")
    assert one["ratio"] == pytest.approx(0.5)
    assert one["low"] == pytest.approx(1000 / estimate.conf_high, rel=1e-12)
    assert one["high"] == pytest.approx(1000 / estimate.conf_low, rel=1e-12)


def test_interval_with_an_uncertain_cost_is_fiellers() -> None:
    definition = small()
    definition["costs"][0]["uncertain"] = {"gamma": {"std_error": 200.0}}
    one = row(drawn_up(definition, exact(2000.0, 500.0))["effectiveness"], "programme")
    z = stats.norm.ppf(0.975)
    for end in ("low", "high"):
        # At an end the test of cost - ratio x effect = 0 is just not rejected.
        gap, error = 1000 - one[end] * 2000, np.hypot(200.0, one[end] * 500.0)
        # The correlation of independent draws is not quite 0, nor their spread quite 200.
        assert abs(gap) / error == pytest.approx(z, rel=0.02)


def test_unbounded_interval() -> None:
    one = row(drawn_up(small(), exact(500.0, 500.0))["effectiveness"], "programme")
    assert one["state"] == "unbounded"
    assert one["ratio"] == 2.0
    assert not {"low", "high"} & one.keys()


@pytest.mark.parametrize(
    ("estimate", "direction", "quadrant", "ratio"),
    [
        (2000.0, "increase", "NE", 0.5),
        (-2000.0, "increase", "dominated", None),
        (-2000.0, "decrease", "NE", 0.5),
        (2000.0, "decrease", "dominated", None),
    ],
)
def test_effects_count_in_the_desired_direction(
    estimate: float, direction: Any, quadrant: str, ratio: float | None
) -> None:
    tables = drawn_up(small(), exact(estimate, 10.0), direction=direction)
    one = row(tables["effectiveness"], "programme")
    assert (one["state"], one.get("ratio")) == (quadrant, ratio)
    sign = 1.0 if direction == "increase" else -1.0
    assert one["effect"] == sign * estimate
    effects = [float(point["effect"] or 0.0) for point in tables["plane"].rows]
    assert np.mean(effects) == pytest.approx(sign * estimate, abs=3.29 * 10 / np.sqrt(500))


def test_the_plane_has_500_of_the_draws() -> None:
    table = drawn_up(norway(), exact(0.05, 0.02))["plane"]
    assert [one["draw"] for one in table.rows] == [*range(1, 501)]
    # The programme costs the same in every draw, schooling follows the effect.
    fixed = 10_000 + 10_000 / 1.04
    for one in table.rows:
        schooling = 0.8 * 170_000 / 1.04 * float(one["effect"] or 0.0)
        # Resources: the cost of public funds has no part in them.
        assert one["cost"] == pytest.approx(fixed + schooling, rel=1e-12)


def test_default_thresholds_reach_beyond_the_ratio() -> None:
    for amount in (3.0, 1000.0, 7e6):
        definition = small()
        definition["costs"][0]["amount"] = amount
        table = drawn_up(definition, exact(2000.0, 500.0))["acceptability"]
        top = max(float(one["threshold"] or 0.0) for one in table.rows)
        assert 3.0 <= top / (amount / 2000) <= 7.5


def test_an_assumed_effect_gives_a_what_if_without_chances() -> None:
    definition = among()
    del definition["analysis"]
    definition["effects"] = {"wished": {"assumed": {"value": 6, "unit": "EUR/year", **NOTE}}}
    tables = account(Economics.model_validate(definition), {}, seed=(7,))
    kinds = {one.kind: one for one in tables}
    assert "plane" not in kinds
    assert row(kinds["effectiveness"], "programme")["state"] == "what_if"
    assert row(kinds["effectiveness"], "programme")["ratio"] == pytest.approx(150e3)
    for one in kinds["acceptability"].rows:
        assert not {"probability", "evpi"} & one.keys()
        assert "net_benefit" in one


def test_nothing_without_an_effect() -> None:
    definition = small()
    for key in ("analysis", "benefits"):
        del definition[key]
    kinds = {one.kind for one in account(Economics.model_validate(definition), {}, seed=(7,))}
    assert not kinds & {"effectiveness", "acceptability", "plane", "information"}


def test_a_programme_that_costs_nothing() -> None:
    definition = small()
    definition["costs"][0]["amount"] = 0.0
    tables = drawn_up(definition, exact(2000.0, 500.0))
    assert row(tables["effectiveness"], "programme")["state"] == "dominant"
    assert len(tables["acceptability"].rows) == 202


@pytest.mark.parametrize("name", ["usual", "programme"])
def test_names_that_every_account_has(name: str) -> None:
    other = {name: {"title": "Other", "cost": 1, "effect": 1, **NOTE}}
    with pytest.raises(ValidationError, match="give it another key"):
        Economics.model_validate(small(alternatives=other))
