"""Simulated roll-outs: who begins when, and the effects that were put in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.assumptions.definition import AssumedOutcome, Assumptions, ByGroup, ClusterSize
from evaluate.assumptions.rollout import RolledOut, RolloutShape, draw_rollout
from evaluate.assumptions.scenario import Scenario, Wave, scenario_of
from evaluate.errors import Refused

SHARP = AssumedOutcome(baseline=10, effect=2, sd=1e-9)
WAVES = (Wave(3, 0.2), Wave(5, 0.3, 1.5))
PEOPLE = Scenario(
    units=60,
    size=None,
    outcomes={"y": SHARP},
    periods=6,
    waves=WAVES,
    treated_share=0.5,
    growth=0.25,
)
UNIT = RolloutShape(unit="town")


def draw(scenario: Scenario, shape: RolloutShape = UNIT, seed: int = 1) -> RolledOut:
    return draw_rollout(scenario, np.random.default_rng(seed), shape)


def cells(drawn: RolledOut, name: str = "y") -> dict[tuple[int, int], float]:
    """Return the mean by first period and period."""
    pairs = zip(drawn.first.astype(int), drawn.time.astype(int), strict=True)
    keys = list(pairs)
    return {
        key: float(np.mean([v for k, v in zip(keys, drawn.values[name], strict=True) if k == key]))
        for key in set(keys)
    }


def test_waves_have_their_size_and_effects_their_shape() -> None:
    drawn = draw(PEOPLE)
    begins = dict(zip(drawn.unit, drawn.first, strict=True))
    assert sorted(begins.values()) == [0] * 30 + [3] * 12 + [5] * 18
    found = cells(drawn)
    # Unscaled: 1, 1.25, 1.5, 1.75 for twelve towns and 1.5, 1.875 for eighteen.
    level = (12 * 5.5 + 18 * 3.375) / (12 * 4 + 18 * 2)
    assert found[3, 3] == pytest.approx(10 + 2 / level, abs=1e-7)
    assert found[3, 6] == pytest.approx(10 + 2 * 1.75 / level, abs=1e-7)
    assert found[5, 6] == pytest.approx(10 + 2 * 1.875 / level, abs=1e-7)
    assert found[5, 4] == pytest.approx(10, abs=1e-7)
    assert found[0, 6] == pytest.approx(10, abs=1e-7)
    assert drawn.truth == {"y": 2}
    treated = drawn.treated == 1
    assert np.mean(drawn.values["y"][treated]) == pytest.approx(12, abs=1e-7)


def test_trends_are_common_unless_they_are_not() -> None:
    apart = SHARP.model_copy(update={"effect": 0.0, "trend": 0.5, "diverging": -0.2})
    found = cells(draw(replace(PEOPLE, outcomes={"y": apart})))
    for period in range(1, 7):
        assert found[0, period] == pytest.approx(10 + 0.5 * (period - 1), abs=1e-7)
        assert found[3, period] == pytest.approx(10 + 0.3 * (period - 1), abs=1e-7)


def test_people_of_a_cluster_are_others_each_period_or_followed() -> None:
    scenario = replace(PEOPLE, size=ClusterSize(mean=5, sd=2))
    other = draw(scenario, RolloutShape(cluster="school"))
    assert other.unit.size == 0
    assert len(set(other.cluster)) == 60
    same = draw(scenario, RolloutShape(unit="pupil", cluster="school"))
    number = len(same.time) // 6
    assert len(set(same.unit)) == number
    by_period = [same.cluster[same.time == period] for period in range(1, 7)]
    assert all((one == by_period[0]).all() for one in by_period)


def correlation(values: NDArray[np.float64], number: int) -> float:
    series = values.reshape(-1, number)  # rows come period by period
    return float(np.corrcoef(series[0], series[1])[0, 1])


def test_followed_people_stay_like_themselves() -> None:
    outcome = AssumedOutcome(baseline=0, effect=0, sd=1, icc=0.2, autocorrelation=0.7)
    scenario = replace(
        PEOPLE, units=3000, size=ClusterSize(mean=4), outcomes={"y": outcome}, periods=5
    )
    same = draw(scenario, RolloutShape(unit="pupil", cluster="school"))
    other = draw(scenario, RolloutShape(cluster="school"))
    number = len(same.time) // 5
    # 3 000 clusters of four: standard error of a correlation about 0.01.
    assert correlation(same.values["y"], number) == pytest.approx(0.7, abs=0.03)
    assert correlation(other.values["y"], number) == pytest.approx(0.7 * 0.2, abs=0.04)


def test_a_yes_or_no_has_its_share_in_every_cell() -> None:
    outcome = AssumedOutcome(baseline=0.4, effect=0.2, trend=0.02)
    scenario = replace(PEOPLE, units=40_000, outcomes={"y": outcome})
    found = cells(draw(scenario))
    level = (12 * 5.5 + 18 * 3.375) / (12 * 4 + 18 * 2)
    expected = 0.4 + 0.02 * 5 + 0.2 * 1.75 / level
    assert found[3, 6] == pytest.approx(expected, abs=4 * 0.5 / np.sqrt(8000))
    assert found[0, 1] == pytest.approx(0.4, abs=4 * 0.5 / np.sqrt(20_000))


def test_those_who_take_part_carry_the_effect() -> None:
    scenario = replace(PEOPLE, units=6000, received=ByGroup(treated=0.5, comparison=0.0))
    drawn = draw(scenario)
    treated = drawn.treated == 1
    assert np.mean(drawn.received[treated]) == pytest.approx(0.5, abs=0.02)
    assert np.mean(drawn.values["y"][treated]) == pytest.approx(12, abs=0.1)


def test_without_waves_the_treated_begin_in_every_period_but_the_first() -> None:
    drawn = draw(replace(PEOPLE, waves=(), growth=0.0))
    assert set(drawn.first) == {0, 2, 3, 4, 5, 6}


def test_all_may_begin_where_some_begin_later() -> None:
    everyone = replace(PEOPLE, waves=(Wave(2, 0.5), Wave(4, 0.5)), treated_share=1.0)
    assert set(draw(everyone).first) == {2, 4}


@pytest.mark.parametrize(
    "changed",
    [
        {"waves": (Wave(7, 0.5),)},
        {"waves": (Wave(3, 0.8), Wave(4, 0.4)), "treated_share": 1.2},
        {"growth": -1.0, "waves": (Wave(4, 0.5),)},
        {"outcomes": {"y": AssumedOutcome(baseline=0.8, effect=0.15)}, "growth": 2.0},
        {"outcomes": {"y": AssumedOutcome(baseline=0.8, effect=0.0, trend=0.05)}},
    ],
    ids=["late", "too many", "no mean", "too large a share", "trend"],
)
def test_what_cannot_be_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(Refused, match="impossible|periods|begin|share|mean") as caught:
        draw(replace(PEOPLE, **changed))  # type: ignore[arg-type]
    assert caught.value.code == "impossible_assumptions"


def test_a_study_says_how_many_begin_when() -> None:
    assumed = Assumptions.model_validate(
        {
            "people": 290,
            "periods": 8,
            "rollout": {"starts": [{"period": 3, "units": 19}, {"period": 5, "units": 28}]},
            "outcomes": {"share": {"baseline": 0.7, "effect": 0.01, "sd": 0.03}},
        }
    )
    scenario = scenario_of(assumed, {"share": "y"})
    assert scenario.treated_share == pytest.approx(47 / 290)
    for seed in range(5):
        drawn = draw(scenario, seed=seed)
        first = drawn.first[drawn.time == 1]
        assert (np.sum(first == 3), np.sum(first == 5)) == (19, 28)
