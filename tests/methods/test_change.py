"""Change without a comparison: its tables, and checks that fire on planted faults alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from arrays import ask, check_of, rows_of

from evaluate.claims import step_of
from evaluate.errors import Refused
from evaluate.inference.paired_change import paired_change
from evaluate.inference.regression_to_mean import Chosen, by_cutoff
from evaluate.inference.reliability import item_reliability
from evaluate.methods.change import METHOD, Change, Group, Population, Scale

DRAWS = 100
FIRES, QUIET = 0.80, 0.07


def staff(rng: np.random.Generator, n: int = 120, rise: float = 0.5) -> dict[str, Any]:
    """Return people in twelve organisers, drawn from a population with mean 3."""
    able = rng.normal(0, 0.5, n)
    before = 3 + able + rng.normal(0, 0.3, n)
    return {
        "person": [f"p{i}" for i in range(n)],
        "organiser": [f"o{i % 12}" for i in range(n)],
        "before": before,
        "after": 3 + rise + able + rng.normal(0, 0.3, n),
        "then": before + rng.normal(0, 0.2, n),
    }


def scale(**more: Any) -> Scale:
    fields: dict[str, Any] = {
        "record": "staff",
        "unit": "person",
        "before": "before",
        "after": "after",
        "cluster": "organiser",
        "reliability": 0.8,
        "population": Population(mean=3.0, correlation=0.74),
        "reported_by": "others",
        "smallest_worthwhile": 0.2,
    }
    return Scale(**{**fields, **more})


def run(record: dict[str, Any], **more: Any) -> Any:
    return ask(METHOD, Change(scales={"one": scale(**more)}), record)


def share(name: str, result: str, make: Any, **more: Any) -> float:
    """Return in how many draws a check gives a result."""
    rng = np.random.default_rng(99)
    found = [check_of(run(make(rng), **more), name).result for _ in range(DRAWS)]
    return found.count(result) / DRAWS


def test_the_numbers_are_those_of_the_parts() -> None:
    record = staff(np.random.default_rng(1))
    result = run(record, lowest=0, highest=7, functional=Group(mean=4, sd=0.6))
    row = rows_of(result, "scores")["one"]
    found = paired_change(record["before"], record["after"], np.array(record["organiser"]))
    assert row["change"] == pytest.approx(found.change.value)
    assert (row["change_low"], row["df"]) == pytest.approx((found.change.conf_low, found.change.df))
    assert row["n_clusters"] == 12
    classes = rows_of(result, "reliable")
    assert sum(one["n"] for one in classes.values()) == row["n_pairs"]
    sd = record["before"].std(ddof=1)
    threshold = 1.959964 * sd * np.sqrt(2 * 0.2)
    assert classes["one.improved"]["threshold"] == pytest.approx(threshold, rel=1e-6)
    assert classes["one.recovered"]["cutoff"] == pytest.approx(4 - 1.2)
    picked = rows_of(result, "selection")["one"]
    assert picked["expected"] == pytest.approx((1 - 0.74) * (3 - record["before"].mean()))


def test_items_give_the_score_and_its_reliability() -> None:
    rng = np.random.default_rng(3)
    record = staff(rng)
    items = {f"{wave}{i}": record[wave] + rng.normal(0, 0.4, 120)
             for wave in ("before", "after") for i in range(3)}  # fmt: skip
    names = {wave: tuple(f"{wave}{i}" for i in range(3)) for wave in ("before", "after")}
    result = run(
        record | items,
        before=None,
        after=None,
        items_before=names["before"],
        items_after=names["after"],
        reliability=None,
    )
    answers = np.column_stack([items[one] for one in names["before"]])
    row = rows_of(result, "reliable")["one.unchanged"]
    assert row["reliability"] == pytest.approx(item_reliability(answers).alpha)
    assert rows_of(result, "scores")["one"]["before"] == pytest.approx(answers.mean())


def test_selection_at_a_low_fires_and_a_true_rise_does_not() -> None:
    def selected(rng: np.random.Generator) -> dict[str, Any]:
        record = staff(rng, 1200, rise=0.0)
        low = np.flatnonzero(record["before"] < 2.6)[:120]
        return {key: np.asarray(one)[low] for key, one in record.items()}

    assert share("regression_to_mean", "failed", selected, cluster=None) >= FIRES
    assert share("regression_to_mean", "failed", staff) <= QUIET
    assert share("regression_to_mean", "passed", staff) >= FIRES


def test_a_cutoff_that_decided_gives_the_expected_change() -> None:
    record = staff(np.random.default_rng(1))
    chosen = Population(mean=3.0, correlation=0.74, sd=0.58, below=2.6)
    row = rows_of(run(record, population=chosen), "selection")["one"]
    assert row["expected"] == pytest.approx(by_cutoff(3.0, Chosen(0.58, 2.6, below=True), 0.74))
    above = Population(mean=3.0, correlation=0.74, sd=0.58, above=3.4)
    other = rows_of(run(record, population=above), "selection")["one"]
    assert other["expected"] == pytest.approx(-row["expected"])
    for fields in ({"sd": 1.0}, {"below": 2.0}, {"sd": 1.0, "below": 2.0, "above": 3.0}):
        with pytest.raises(ValueError, match="one of"):
            Population(mean=3.0, **fields)


def test_without_a_population_selection_is_not_ruled_out() -> None:
    result = run(staff(np.random.default_rng(1)), population=None)
    assert check_of(result, "regression_to_mean").result == "not_run"
    assert rows_of(result, "selection")["one"]["state"] == "no_population"


def test_no_change_leaves_nothing_to_explain() -> None:
    record = staff(np.random.default_rng(5), rise=0.0)
    assert check_of(run(record), "regression_to_mean").result == "uninformative"


def without(record: dict[str, Any], lost: float, rng: np.random.Generator) -> dict[str, Any]:
    gone = rng.random(len(record["after"])) < lost
    return record | {"after": np.where(gone, np.nan, record["after"])}


def test_losses_fire_where_few_are_left() -> None:
    def half(rng: np.random.Generator) -> dict[str, Any]:
        return without(staff(rng, rise=0.3), 0.7, rng)

    def few(rng: np.random.Generator) -> dict[str, Any]:
        return without(staff(rng, rise=0.3), 0.02, rng)

    assert share("lost_before_after", "failed", half) >= FIRES
    assert share("lost_before_after", "failed", few) <= QUIET


def test_a_ceiling_fires_and_a_wide_scale_does_not() -> None:
    def high(rng: np.random.Generator) -> dict[str, Any]:
        record = staff(rng)
        cut = {wave: np.minimum(record[wave] + 1.6, 5) for wave in ("before", "after")}
        return record | cut

    ends = {"lowest": 0, "highest": 5}
    assert share("ceiling", "failed", high, **ends) >= FIRES
    assert share("ceiling", "failed", staff, lowest=0, highest=7) <= QUIET
    turned = run(staff(np.random.default_rng(0)), lowest=0, highest=7, better="decrease")
    assert rows_of(turned, "ends")["one.before"]["n_best"] == 0
    assert check_of(run(staff(np.random.default_rng(0))), "ceiling").result == "not_run"


def test_another_yardstick_fires_and_the_same_does_not() -> None:
    def moved(rng: np.random.Generator) -> dict[str, Any]:
        record = staff(rng)
        return record | {"then": record["before"] - 0.15 + rng.normal(0, 0.2, 120)}

    assert share("response_shift", "failed", moved, then="then") >= FIRES
    assert share("response_shift", "failed", staff, then="then") <= QUIET
    assert share("response_shift", "passed", staff, then="then") >= FIRES
    record = staff(np.random.default_rng(2))
    for shift, result in ((0.0, "passed"), (-0.5, "failed")):
        same = record | {"then": record["before"] + shift}
        found = check_of(run(same, then="then"), "response_shift")
        assert found.result == result, shift
    assert check_of(run(record), "response_shift").result == "not_run"


def test_an_imprecise_scale_fires() -> None:
    record = staff(np.random.default_rng(2))
    for value, result in ((0.5, "failed"), (0.8, "passed"), (None, "not_run")):
        found = run(record, reliability=value)
        assert check_of(found, "scale_reliability").result == result
    assert rows_of(found, "reliable")["one"]["state"] == "no_reliability"


def rung(result: Any) -> int:
    return step_of(METHOD.rung, METHOD.needs, result.checks)[0]


def test_steps_of_the_ladder() -> None:
    record = staff(np.random.default_rng(6))
    assert rung(run(record)) == 3
    assert rung(run(record, reported_by="participants")) == 2
    assert rung(run(record, population=None)) == 2
    nobody = record | {"after": np.full(120, np.nan)}
    found = run(nobody)
    assert rung(found) == 1
    assert rows_of(found, "scores")["one"]["state"] == "too_few_units"


def test_what_cannot_be_told_has_a_state_and_no_number() -> None:
    record = staff(np.random.default_rng(6), 8)
    alike = record | {"after": record["before"] + 1, "organiser": ["o"] * 8}
    row = rows_of(run(alike), "scores")["one"]
    assert row["state"] == "no_variation"
    assert "change" not in row
    single = record | {"organiser": ["o"] * 8}
    assert rows_of(run(single), "scores")["one"]["state"] == "one_cluster"
    two = {key: one[:1] for key, one in record.items()}
    assert rows_of(run(two), "scores")["one"]["state"] == "too_few_units"


def test_a_group_of_few_shows_no_means() -> None:
    record = staff(np.random.default_rng(6), 24) | {"kind": ["a"] * 20 + ["b"] * 4}
    found = rows_of(run(record, group="kind"), "groups")
    assert found["one.b"] == {
        "key": "one.b", "scale": "one", "group": "b", "n_pairs": 4, "state": "too_few_units"
    }  # fmt: skip
    assert "before" in found["one.a"]


def test_faults_in_the_rows_are_refused_without_their_values() -> None:
    record = staff(np.random.default_rng(6))
    for fault, more, code in (
        ({"person": ["p1"] * 120}, {}, "repeated_units"),
        ({}, {"lowest": 2.9, "highest": 3.1}, "beyond_the_scale"),
    ):
        with pytest.raises(Refused) as refused:
            run(record | fault, **more)
        assert refused.value.code == code


@pytest.mark.parametrize(
    "fields",
    [
        {"after": None},
        {"items_before": ("a",), "items_after": ("b",)},
        {"before": None, "after": None, "items_before": ("a", "b"), "items_after": ("c",)},
        {"lowest": 1},
        {"lowest": 5, "highest": 1},
        {"reliability": 0.0},
    ],
)
def test_fields_that_contradict_each_other(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"give|must|greater"):
        scale(**fields)


def test_groups_are_called_by_their_titles() -> None:
    spec = Change(scales={"one": scale(group="role")}, groups={"head": "Head of school"})
    assert METHOD.titles(spec)["head"] == "Head of school"
