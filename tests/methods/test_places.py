"""Places: published figures reproduced, breaks respected, gaps named, ranks no firmer than they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from evaluate.core import Reference, Table
from evaluate.design import Result
from evaluate.errors import Refused
from evaluate.method import Inquiry
from evaluate.methods.places import METHOD, Break, Places, Rates

SOURCE = Reference(title="x")


def text(*cells: str) -> np.ndarray:
    return np.array(cells, dtype=object)


def run(columns: dict[str, Any], **fields: Any) -> Result:
    cells = {"record": "r"} | {name: name for name in columns}
    spec = Places(rates=Rates(**cells), **fields)
    return METHOD.estimate(spec, Inquiry("a", lambda _: columns, draws=2000))


def table(result: Result, name: str) -> Table:
    return next(one for one in result.tables if one.id == name)


def rows(result: Result, name: str) -> dict[str, Any]:
    made = table(result, name)
    return {str(row[made.columns[0].name]): row for row in made.rows}


def checks(result: Result) -> dict[str, str]:
    return {one.name: one.result for one in result.checks}


def test_the_published_total_is_the_standardised_rate_of_its_parts() -> None:
    # Statistics Norway, those who began in 2019: published for all, 81.2 %.
    columns = {
        "place": text("norway", "norway"),
        "rate": np.array([90.7, 69.7]),
        "n": np.array([35627.0, 29667.0]),
        "stratum": text("general", "vocational"),
    }
    result = run(columns, percent=True, standard={"general": 35627, "vocational": 29667})
    row = rows(result, "rates")["norway"]
    assert round(100 * row["standardised"], 2) == 81.16
    assert round(100 * row["share"], 2) == 81.16
    # With as many in each it is the plain mean.
    even = run(columns, percent=True, standard={"general": 1, "vocational": 1})
    assert rows(even, "rates")["norway"]["standardised"] == pytest.approx((0.907 + 0.697) / 2)


def test_a_stratum_that_a_place_lacks_leaves_it_unstandardised() -> None:
    columns = {
        "place": text("a", "a", "b"),
        "events": np.array([5.0, 6, 7]),
        "n": np.array([10.0, 10, 10]),
        "stratum": text("x", "y", "x"),
    }
    result = run(columns, standard="all_places")
    assert rows(result, "rates")["b"]["state"] == "not_in_standard"
    assert "standardised" in rows(result, "rates")["a"]


def test_the_standard_is_made_of_those_that_are_counted() -> None:
    columns = {
        "place": text("a", "a", "b"),
        "rate": np.array([0.5, 0.6, 0.7]),
        "n": np.array([10.0, 30, np.nan]),
        "stratum": text("x", "y", "x"),
    }
    found = rows(run(columns, standard="all_places"), "rates")
    assert found["a"]["standardised"] == pytest.approx((5 + 18) / 40)
    assert found["b"]["state"] == "no_n"


def test_published_rates_without_people_have_no_interval() -> None:
    result = run(
        {"place": text("dk", "se", "fi", "no"), "rate": np.array([7.2, 7.4, 7.9, 10.9])},
        percent=True,
        better="decrease",
    )
    row = rows(result, "rates")["no"]
    assert row["share"] == pytest.approx(0.109)
    assert row["state"] == "no_n"
    assert "conf_low" not in row
    assert checks(result)["ranks_tell"] == "not_run"
    assert checks(result)["more_than_chance"] == "not_run"


def planted(outlier: float) -> dict[str, Any]:
    rng = np.random.default_rng(3)
    share = np.append(np.full(19, 0.7), outlier)
    return {
        "place": text(*(f"p{i:02d}" for i in range(20))),
        "events": rng.binomial(300, share).astype(float),
        "n": np.full(20, 300.0),
    }


def test_a_place_that_differs_stands_outside_and_alike_ones_inside() -> None:
    far = run(planted(0.45))
    assert rows(far, "rates")["p19"]["position"] == "far_below"
    assert checks(far)["more_than_chance"] == "passed"
    assert checks(far)["ranks_tell"] == "passed"
    assert rows(far, "ranks")["p19"]["worst_third"] > 0.99
    alike = run(planted(0.7))
    positions = [row["position"] for row in table(alike, "rates").rows]
    assert sum(one != "inside" for one in positions) <= 3
    assert checks(alike)["more_than_chance"] == "failed"
    down = run(planted(0.45), better="decrease")
    assert rows(down, "ranks")["p19"]["best_third"] > 0.99


def series() -> dict[str, Any]:
    return {
        "place": text(*["a"] * 4, *["b"] * 4),
        "period": np.tile([2018.0, 2019, 2021, 2022], 2),
        "events": np.array([60.0, 64, 80, 82, 50, 50, 60, 66]),
        "n": np.full(8, 100.0),
    }


def changes(**fields: Any) -> dict[str, Any]:
    result = run(series(), **fields)
    return {str(key): row for key, row in rows(result, "change").items()}


def test_nothing_is_compared_across_a_new_definition() -> None:
    whole = changes()
    assert whole["a.2018.2022"]["change"] == pytest.approx(0.22)
    held = changes(breaks=(Break(period=2021, what="new survey", source=SOURCE),))
    assert held["a.2018.2022"]["state"] == "definition_changed"
    assert "change" not in held["a.2018.2022"]
    assert held["a.2018.2019"]["change"] == pytest.approx(0.04)
    assert held["a.2021.2022"]["change"] == pytest.approx(0.02)
    told = changes(breaks=(Break(period=2021, what="new survey", adds=0.1, source=SOURCE),))
    assert told["a.2018.2022"]["change"] == pytest.approx(0.12)
    assert told["a.2018.2022"]["term"] == 0.1
    low, high = (told["a.2018.2022"][one] for one in ("conf_low", "conf_high"))
    assert whole["a.2018.2022"]["conf_low"] - 0.1 == pytest.approx(low)
    assert low < 0.12 < high


def test_two_breaks_add_up_and_an_unknown_one_ends_the_comparison() -> None:
    both = (
        Break(period=2019, what="x", adds=0.1, source=SOURCE),
        Break(period=2022, what="y", adds=-0.05, source=SOURCE),
    )
    assert changes(breaks=both)["a.2018.2022"]["change"] == pytest.approx(0.22 - 0.05)
    one_unknown = (both[0], Break(period=2022, what="y", source=SOURCE))
    assert changes(breaks=one_unknown)["a.2018.2022"]["state"] == "definition_changed"


def test_a_definition_in_the_rows_is_a_break_too() -> None:
    columns = series() | {"definition": text(*["old", "old", "new", "new"] * 2)}
    result = run(columns)
    assert rows(result, "change")["b.2018.2022"]["state"] == "definition_changed"
    assert [row["broken"] for row in table(result, "series").rows][:4] == [
        False,
        False,
        True,
        False,
    ]
    assert checks(result)["one_definition"] == "failed"
    assert checks(run(series()))["one_definition"] == "passed"


def test_who_is_missing_is_named() -> None:
    members = {"a": "A", "b": "B", "c": "C"}
    result = run(series(), members=members)
    assert rows(result, "members")["c"]["state"] == "missing_member"
    assert rows(result, "members")["a"]["periods"] == 4
    assert checks(result)["coverage"] == "failed"
    assert checks(run(series(), members={"a": "A", "b": "B"}))["coverage"] == "passed"
    assert checks(run(series()))["coverage"] == "not_run"
    extra = run(series(), members={"a": "A"})
    assert rows(extra, "members")["b"]["state"] == "not_expected"


def test_events_of_which_a_person_may_have_several() -> None:
    columns = {"place": text("a", "b"), "events": np.array([30.0, 8]), "n": np.array([10.0, 9])}
    row = rows(run(columns, kind="rate"), "rates")["a"]
    assert row["share"] == 3
    assert row["conf_low"] < 3 < row["conf_high"]
    with pytest.raises(Refused, match="outside 0 to 1"):
        run(columns)


def test_a_place_without_people_is_not_there() -> None:
    columns = {"place": text("a", "b"), "events": np.array([3.0, 0]), "n": np.array([10.0, 0])}
    assert list(rows(run(columns), "rates")) == ["a"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"place": text(*["a"] * 8)}, "repeated_places"),
        ({"events": np.full(8, np.nan)}, "no_rates"),
        ({"n": np.full(8, 10.0)}, "not_a_share"),
    ],
)
def test_what_cannot_be_read_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as found:
        run(series() | change)
    assert found.value.code == code


def test_other_refusals() -> None:
    with pytest.raises(Refused, match="no place has a rate in the period"):
        run(series(), period=1900)
    strata = {"place": text("a", "a"), "rate": np.array([0.5, 0.4]), "stratum": text("x", "y")}
    with pytest.raises(Refused, match="no number of people"):
        run(strata)
    unlike = strata | {"n": np.array([5.0, 5]), "definition": text("old", "new")}
    with pytest.raises(Refused, match="several definitions"):
        run(unlike)
    with pytest.raises(ValidationError, match="needs `stratum`"):
        run(series(), standard="all_places")
    with pytest.raises(ValidationError, match="need `n`"):
        Rates(record="r", place="p", events="e")
    with pytest.raises(ValidationError, match="`events` or `rate`"):
        Rates(record="r", place="p")
    with pytest.raises(ValidationError, match="from -1 to 1"):
        Break(period=1, what="x", adds=10, source=SOURCE)
