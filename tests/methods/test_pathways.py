"""Pathways from days and from periods: the same people, the same curves; and who is lost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from evaluate.core import Table
from evaluate.design import Result
from evaluate.errors import Refused
from evaluate.method import Inquiry
from evaluate.methods.pathways import METHOD, Pathways, People

WAYS = {"completed": "Completed", "work": "Work"}
DAY = "datetime64[D]"


def run(columns: dict[str, Any], **fields: Any) -> Result:
    cells = {"record": "r"} | {name: name for name in columns}
    spec = Pathways(people=People(**cells), **({"outcomes": WAYS} | fields))
    return METHOD.estimate(spec, Inquiry("a", lambda _: columns))


def table(result: Result, name: str) -> Table:
    return next(one for one in result.tables if one.id == name)


def rows(result: Result, name: str) -> dict[str, Any]:
    made = table(result, name)
    return {str(row[made.columns[0].name]): row for row in made.rows}


def checks(result: Result) -> dict[str, str]:
    return {one.name: one.result for one in result.checks}


def status(*codes: str | None) -> np.ndarray:
    return np.array(codes, dtype=object)


def test_days_become_periods() -> None:
    entry = np.array(["2024-01-01"] * 5, dtype=DAY)
    # Days 0, 9, 10, 29 and 30 with periods of ten days.
    leaving = entry + np.array([0, 9, 10, 29, 30]).astype("timedelta64[D]")
    codes = status("work", "completed", "work", "still_in", "still_in")
    days = run({"entry": entry, "exit": leaving, "status": codes}, period_days=10)
    periods = run({"periods": np.array([1.0, 1, 2, 2, 3]), "status": codes})
    assert table(days, "incidence").rows == table(periods, "incidence").rows
    first = rows(days, "incidence")["all.1.work"]
    assert (first["n_at_risk"], first["n_events"], first["incidence"]) == (5, 1, 0.2)
    assert rows(days, "incidence")["all.2.work"]["incidence"] == pytest.approx(0.2 + 0.6 / 3)


def test_everything_adds_up_in_every_period() -> None:
    example = METHOD.example(np.random.default_rng(2))
    result = METHOD.estimate(example.spec, Inquiry("a", lambda _: example_columns(example)))
    sums: dict[int, float] = {}
    for row in table(result, "incidence").rows:
        sums[int(row["period"] or 0)] = sums.get(int(row["period"] or 0), 0.0) + float(
            row["incidence"] or 0
        )
    assert len(sums) == 12
    assert all(one == pytest.approx(1) for one in sums.values())
    assert checks(result)["adds_up"] == "passed"


def example_columns(example: Any) -> Any:
    return example.records["people"]


def test_unknown_is_a_way_out_of_its_own() -> None:
    codes = status("work", None, "completed", "lost", "still_in")
    last = np.array([1.0, 1, 2, 2, 3])
    result = run({"periods": last, "status": codes}, unknown="lost")
    assert rows(result, "outcomes")["all.lost"]["n_events"] == 2
    assert rows(result, "flow")["all.not_known"]["n"] == 2
    assert checks(result)["status_known"] == "failed"
    known = run({"periods": last[[0, 2, 4]], "status": codes[[0, 2, 4]]})
    assert checks(known)["status_known"] == "passed"
    assert "all.unknown_status" not in rows(known, "outcomes")


def test_people_who_vanish_before_the_data_end_are_noticed() -> None:
    n = 40
    entry = np.full(n, np.datetime64("2024-01-01"), dtype=DAY)
    end = np.datetime64("2024-12-31")
    leaving = np.full(n, end, dtype=DAY)
    codes = status(*["still_in"] * n)
    codes[:10], leaving[:10] = "work", np.datetime64("2024-05-05")
    columns = {"entry": entry, "exit": leaving, "status": codes}
    assert checks(run(columns))["followed_to_end"] == "passed"
    gone = leaving.copy()
    gone[10:20] = np.datetime64("2024-06-01")
    assert checks(run({**columns, "exit": gone}))["followed_to_end"] == "failed"
    by_period = {"periods": np.full(n, 3.0), "status": codes}
    assert checks(run(by_period))["followed_to_end"] == "not_run"


def test_who_is_followed_late_counts_from_then() -> None:
    entry = np.array(["2024-01-01"] * 4, dtype=DAY)
    leaving = np.array(["2024-02-20", "2024-03-10", "2024-04-20", "2024-04-20"], dtype=DAY)
    seen = np.array(["NaT", "NaT", "2024-02-05", "NaT"], dtype=DAY)
    codes = status("work", "completed", "work", "still_in")
    columns = {"entry": entry, "exit": leaving, "seen_from": seen, "status": codes}
    result = run(columns, period_days=30)
    assert [rows(result, "incidence")[f"all.{t}.work"]["n_at_risk"] for t in (1, 2, 3)] == [3, 3, 3]
    assert checks(result)["late_entry"] == "failed"
    assert checks(run({k: v for k, v in columns.items() if k != "seen_from"}))["late_entry"] == (
        "passed"
    )


def test_groups_have_curves_of_their_own() -> None:
    codes = status("work", "completed", "work", "still_in", "work", "still_in")
    last, group = np.array([1.0, 2, 2, 3, 1, 3]), status("a", "a", "a", "b", "b", "b")
    result = run({"periods": last, "status": codes, "group": group})
    alone = run({"periods": last[3:], "status": codes[3:]})
    assert rows(result, "outcomes")["b.work"]["share"] == pytest.approx(
        rows(alone, "outcomes")["all.work"]["share"]
    )


def test_few_at_the_end_are_named() -> None:
    columns = {"periods": np.array([1.0, 2, 9]), "status": status("work", "work", "still_in")}
    assert checks(run(columns))["enough_at_risk"] == "failed"
    assert checks(run(columns, horizon=1, least_at_risk=3))["enough_at_risk"] == "passed"


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"periods": np.array([0.0, 2]), "status": status("work", "still_in")}, "not_a_period"),
        ({"periods": np.array([1.5, 2]), "status": status("work", "still_in")}, "not_a_period"),
        ({"periods": np.array([1.0, 2]), "status": status("sea", "still_in")}, "unknown_outcome"),
        (
            {
                "entry": np.array(["2024-02-01"], dtype=DAY),
                "exit": np.array(["2024-01-01"], dtype=DAY),
                "status": status("work"),
            },
            "left_before_entry",
        ),
    ],
)
def test_what_cannot_be_is_refused(columns: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as found:
        run(columns)
    assert found.value.code == code


def test_fields_that_do_not_fit() -> None:
    with pytest.raises(ValidationError, match="give `entry` and `exit`, or `periods`"):
        People(record="r", status="s")
    with pytest.raises(ValidationError, match="goes with days"):
        People(record="r", status="s", periods="p", seen_from="x")
    with pytest.raises(ValidationError, match="no way out"):
        Pathways(
            people=People(record="r", status="s", periods="p"), outcomes={"still_in": "Still in"}
        )
