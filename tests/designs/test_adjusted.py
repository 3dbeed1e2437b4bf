"""Regression on covariates: numbers by other means, whose effect it is, and what it cannot see."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.assumptions.definition import AssumedCovariate, AssumedOutcome
from evaluate.assumptions.scenario import Scenario
from evaluate.core import Estimand, Settings
from evaluate.data.sample import ArraySample
from evaluate.design import Result, draw_example
from evaluate.designs.adjusted import DESIGN, Adjusted
from evaluate.errors import Refused

Data = dict[str, NDArray[Any]]
SPEC = Adjusted(treated="t", covariates=("x", "kind"))
INTERACTED = Settings(adjustment="interacted")
# Sums in another order.
TIGHT = 1e-9


def people(n: int = 400, seed: int = 1, *, slope: float = 1.5) -> Data:
    """Return people who take part the more, the larger x is, and gain the more, too."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    kind = np.array(["a", "b", "c"])[rng.integers(0, 3, n)]
    t = (rng.logistic(size=n) < 0.8 * x + 0.4 * (kind == "b") - 0.5) * 1.0
    y = 2 + x + 0.5 * (kind == "c") + t * (1 + slope * x) + rng.normal(size=n)
    return {"t": t, "x": x, "kind": kind, "y": y, "school": np.arange(n) // 8 * 1.0}


def estimate(data: Data, summary: Any = "ATT", settings: Settings | None = None) -> Result:
    question = Estimand(summary, "y", "points")
    return DESIGN.estimate(SPEC, ArraySample(data, "y"), question, settings or Settings())


def matrix(data: Data) -> NDArray[np.float64]:
    ones = np.ones(len(data["y"]))
    return np.column_stack([ones, data["x"], data["kind"] == "b", data["kind"] == "c"])


@pytest.mark.parametrize("summary", ["ATT", "ATE"])
def test_interacted_is_a_regression_in_each_group(summary: str) -> None:
    data = people()
    x, on = matrix(data), data["t"] == 1
    fits = [np.linalg.lstsq(x[one], data["y"][one], rcond=None)[0] for one in (on, ~on)]
    of = on if summary == "ATT" else np.ones(len(on), bool)
    found = estimate(data, summary, INTERACTED).estimates[0]
    assert found.estimate == pytest.approx((x[of] @ (fits[0] - fits[1])).mean(), rel=TIGHT)
    assert found.estimand == summary


def test_additive_is_one_coefficient_and_the_plain_difference_stands_beside() -> None:
    data = people()
    x = np.column_stack([matrix(data), data["t"]])
    row, plain = estimate(data).estimates
    assert row.estimate == pytest.approx(
        np.linalg.lstsq(x, data["y"], rcond=None)[0][-1], rel=TIGHT
    )
    on = data["t"] == 1
    assert plain.estimate == pytest.approx(data["y"][on].mean() - data["y"][~on].mean(), rel=TIGHT)
    assert (row.role, plain.role, plain.method) == ("headline", "beside", "difference in means")


def test_without_interactions_the_group_makes_no_difference() -> None:
    data = people()
    one, other = (estimate(data, summary).estimates[0] for summary in ("ATT", "ATE"))
    assert (one.estimate, one.std_error) == (other.estimate, other.std_error)


@pytest.mark.parametrize("clustered", [False, True])
def test_other_people_of_the_kind_have_another_mean(clustered: bool) -> None:
    """The spread of estimates over samples, by the delta method with the means as a sample's."""
    data = people(slope=3.0)
    spec = Adjusted(treated="t", covariates=("x",), cluster="school" if clustered else None)
    settings = replace(INTERACTED, std_errors=("CR0",) if clustered else ("HC0",))
    question = Estimand("ATT", "y", "points")
    row = DESIGN.estimate(spec, ArraySample(data, "y"), question, settings).estimates[0]
    x, on = np.column_stack([np.ones(400), data["x"]]), data["t"] == 1
    mean = x[on].mean(axis=0)
    influence = np.zeros(400)
    slopes = np.zeros(2)
    for rows, sign in ((on, 1), (~on, -1)):
        bread = np.linalg.inv(x[rows].T @ x[rows])
        beta = bread @ x[rows].T @ data["y"][rows]
        slopes += sign * beta
        influence[rows] += sign * (x[rows] @ bread @ mean) * (data["y"][rows] - x[rows] @ beta)
    line = np.where(on, (x - mean) @ slopes, 0) / on.sum()
    if not clustered:
        expected = (influence**2).sum() + (line**2).sum()
    else:
        of = data["school"].astype(int)
        held = len(np.unique(of[on]))
        expected = (np.bincount(of, influence) ** 2).sum()
        expected += (np.bincount(of, line) ** 2).sum() * held / (held - 1)
    assert row.std_error**2 == pytest.approx(expected, rel=TIGHT)


def test_intervals_cover_where_effects_differ() -> None:
    """The mean effect on the treated of the population, of which each sample has other treated."""
    everyone = people(400_000, seed=99, slope=2.0)
    truth = float((1 + 2.0 * everyone["x"])[everyone["t"] == 1].mean())
    settings = replace(INTERACTED, headline_only=True)
    rows = [
        estimate(people(seed=seed, slope=2.0), settings=settings).estimates[0]
        for seed in range(300)
    ]
    inside = np.mean([one.conf_low <= truth <= one.conf_high for one in rows])
    # 99.9 % of draws of 300 with 95 % lie above 0.907.
    assert inside >= 0.907
    errors = np.array([one.estimate - truth for one in rows])
    assert np.mean([one.std_error for one in rows]) == pytest.approx(errors.std(), rel=0.15)


def test_what_is_not_observed_stays_in_the_estimate() -> None:
    """A confounder that is named is taken out; one that is left out is not, and nothing tells."""
    rng = np.random.default_rng(5)
    scenario = Scenario(
        units=4000,
        size=None,
        outcomes={"outcome": AssumedOutcome(baseline=0, effect=1, sd=1)},
        covariates={
            name: AssumedCovariate(sd=1, strength=0.3, apart=0.5) for name in ("seen", "hidden")
        },
    )
    spec = Adjusted(treated="t", covariates=("seen", "hidden"))
    drawn = DESIGN.simulate(spec, scenario, rng)
    question, sample = Estimand("ATT", "outcome", "p"), ArraySample(drawn.data, "outcome")
    both = DESIGN.estimate(spec, sample, question, Settings()).estimates[0]
    one = DESIGN.estimate(
        Adjusted(treated="t", covariates=("seen",)), sample, question, Settings()
    ).estimates[0]
    assert drawn.truth == {"outcome": 1.0}
    assert abs(both.estimate - 1) < 4 * both.std_error
    # The hidden one's coefficient, sqrt(0.3), times how far apart the groups lie in it.
    assert one.estimate - 1 == pytest.approx(0.5 * np.sqrt(0.3), abs=4 * one.std_error)


def test_of_a_yes_or_no_the_truth_is_that_of_the_treated() -> None:
    """The same people with and without the programme."""
    spec = Adjusted(treated="t", covariates=("x",))

    def drawn(effect: float) -> Any:
        scenario = Scenario(
            units=200_000,
            size=None,
            treated_share=0.3,
            outcomes={"outcome": AssumedOutcome(baseline=0.7, effect=effect)},
            covariates={"x": AssumedCovariate(sd=1, strength=0.2, apart=-0.8)},
        )
        return DESIGN.simulate(spec, scenario, np.random.default_rng(1))

    on, off = drawn(0.1), drawn(0.0)
    gain = (on.data["outcome"] - off.data["outcome"])[on.data["t"] == 1].mean()
    # Of 60 000 treated with 12 % who gain: 4 standard errors.
    assert on.truth["outcome"] == pytest.approx(gain, abs=0.0055)
    assert off.truth["outcome"] == 0
    assert abs(on.truth["outcome"] - 0.1) > 0.015


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        (Settings(adjustment="none"), "unadjusted"),
        (Settings(std_errors=("CR2",)), "unknown_std_error"),
    ],
)
def test_what_is_asked_in_vain(settings: Settings, code: str) -> None:
    with pytest.raises(Refused) as refused:
        estimate(people(), settings=settings)
    assert refused.value.code == code


def test_groups_apart_fail_balance() -> None:
    drawn = draw_example(DESIGN, np.random.default_rng(3), effect=1.0)
    data = {**drawn.data, "grade": drawn.data["grade"] + 0.6 * drawn.data["treated"]}
    result = DESIGN.estimate(
        drawn.spec, ArraySample(data, "outcome"), Estimand("ATT", "outcome", "p"), Settings()
    )
    assert next(one.result for one in result.checks if one.name == "balance") == "failed"


def test_subgroups_that_are_asked_for_are_not_lost_without_a_word() -> None:
    asked = estimate(people(), settings=Settings(subgroups=("kind",)))
    assert {one.name: one.result for one in asked.checks}["subgroups"] == "not_run"
    assert "subgroups" not in {one.name for one in estimate(people()).checks}


def test_a_treatment_that_is_text_is_refused() -> None:
    data = people()
    data["t"] = np.where(data["t"] == 1, "1", "0")
    with pytest.raises(Refused) as refused:
        estimate(data)
    assert refused.value.code == "treatment_not_binary"
