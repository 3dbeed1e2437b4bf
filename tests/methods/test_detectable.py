"""What a plan can find: the figures that the two plans were held against."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pytest
from arrays import ask, check_of, rows_of

from evaluate.methods.detectable import METHOD, Detectable, Pairs, Shares


def completed(**more: Any) -> Shares:
    fields: dict[str, Any] = {"title": "Completed", "base": 0.45, "people": (15, 30, 60, 100)}
    return Shares(**{**fields, **more})


def test_points_that_small_arms_find() -> None:
    # 80 % power, base 45 %: 15 in each arm 43 points, 30 -> 33, 60 -> 25, 100 -> 19.
    rows = rows_of(ask(METHOD, Detectable(shares={"done": completed()})), "shares")
    found = [round(100 * rows[f"done.{n}"]["detectable"]) for n in (15, 30, 60, 100)]
    assert found == [43, 33, 25, 19]


def test_changes_that_pairs_find() -> None:
    # 550 planned: 0.12; 330 with both values and r = .5: 0.15, before a design effect.
    pairs = Pairs(
        title="Competence", pairs=(550, 330), correlation=0.5, icc=(0.0, 0.05), cluster_size=1
    )
    rows = rows_of(ask(METHOD, Detectable(pairs={"all": pairs})), "pairs")
    assert rows["all.550.0"]["detectable_sd"] == pytest.approx(0.1195, abs=5e-5)
    assert rows["all.330.0"]["detectable_sd"] == pytest.approx(0.1542, abs=5e-5)
    clustered = pairs.model_copy(update={"cluster_size": 11.0})
    rows = rows_of(ask(METHOD, Detectable(pairs={"all": clustered})), "pairs")
    assert rows["all.330.0.05"]["design_effect"] == pytest.approx(1.5)
    wider = rows["all.330.0.05"]["detectable_sd"] / rows["all.330.0"]["detectable_sd"]
    assert wider == pytest.approx(sqrt(1.5))


def test_what_a_plan_misses_is_said_beforehand() -> None:
    for wanted, result in ((0.10, "failed"), (0.45, "passed"), (None, "not_run")):
        spec = Detectable(shares={"done": completed(smallest_worthwhile=wanted)})
        assert check_of(ask(METHOD, spec), "plan_detects").result == result
    # Under every intraclass correlation that is assumed, not the kindest one alone.
    for icc, result in (((0.0, 0.3), "failed"), ((0.0,), "passed")):
        pairs = Pairs(
            title="All", pairs=(300,), correlation=0.5, icc=icc, cluster_size=10,
            smallest_worthwhile=0.2,
        )  # fmt: skip
        found = ask(METHOD, Detectable(pairs={"all": pairs}))
        assert check_of(found, "plan_detects").result == result


def test_numbers_needed_find_what_is_wanted() -> None:
    pairs = Pairs(title="All", pairs=(100,), correlation=0.6, smallest_worthwhile=0.2)
    row = rows_of(ask(METHOD, Detectable(pairs={"all": pairs})), "pairs")["all.100.0"]
    exact = (2.801585 * sqrt(2 * 0.4) / 0.2) ** 2
    assert exact <= row["needed"] < exact + 1
    spec = Detectable(shares={"done": completed(smallest_worthwhile=0.1)})
    # R: power.prop.test(p1 = .45, p2 = .55, power = .8)$n = 391.3 in each group
    assert rows_of(ask(METHOD, spec), "shares")["done.15"]["needed"] == 392


def test_a_difference_beyond_all_has_a_state() -> None:
    spec = Detectable(shares={"done": completed(base=0.9, people=(10,))})
    row = rows_of(ask(METHOD, spec), "shares")["done.10"]
    assert row["state"] == "beyond_all"
    assert "detectable" not in row
    few = Pairs(title="Few", pairs=(15,), correlation=0.5, cluster_size=10, icc=(0.1,))
    row = rows_of(ask(METHOD, Detectable(pairs={"few": few})), "pairs")["few.15.0.1"]
    assert row["state"] == "too_few_clusters"


@pytest.mark.parametrize(
    "fields", [{"people": (1,)}, {"base": 1.0}, {"people": ()}, {"smallest_worthwhile": 0.0}]
)
def test_plans_that_cannot_be(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"less|greater|least"):
        completed(**fields)
    with pytest.raises(ValueError, match="less"):
        Pairs(title="All", pairs=(9,), correlation=0.5, icc=(1.0,))
