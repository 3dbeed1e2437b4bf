"""What a rule for missing data may show: nothing from which few people can be worked out."""

from __future__ import annotations

from typing import Any

import pytest

from evaluate.core import Cell, Column, Table
from evaluate.disclosure.gate import PROFILES, release

STRICT, NONE = PROFILES["nordic_strict"], PROFILES["none"]
NAMES = (
    *("rule", "headline", "estimate", "conf_low", "conf_high", "df"),
    *("n_obs", "n_treated", "holds", "state"),
)


def table(*counts: tuple[int, int], df: float | None = 200.0) -> Table:
    rows: list[dict[str, Cell]] = [
        {
            "rule": name,
            "headline": name == "complete_cases",
            "estimate": 1.23456789,
            "conf_low": 0.1234567,
            "conf_high": 2.3456789,
            "n_obs": n,
            "n_treated": treated,
            "holds": True,
        }
        | ({} if df is None else {"df": df})
        for name, (n, treated) in zip(
            ("complete_cases", "multiple_imputation", "lee"), counts, strict=False
        )
    ]
    rows.append({"rule": "manski", "headline": False, "state": "no_range"})
    columns = tuple(Column(name, "text", {"en": name}) for name in NAMES)
    return Table("main.missing_rules", "missing_rules", columns, tuple(rows), "main")


def shown(one: Table, profile: Any = STRICT) -> list[dict[str, Any]]:
    (released,) = release([], [], [one], [], profile).tables
    return [{k: v for k, v in row.items() if v is not None} for row in released.rows]


def test_enough_people_are_shown_rounded() -> None:
    rows = shown(table((203, 101), (260, 131)))
    assert rows[0]["estimate"] == float(f"{1.23456789:.{STRICT.significant}g}")
    assert rows[0]["n_obs"] % STRICT.base == rows[0]["n_treated"] % STRICT.base == 0
    assert rows[0]["holds"] is True
    assert rows[-1] == {"rule": "manski", "headline": False, "state": "no_range"}


@pytest.mark.parametrize(
    "counts",
    [
        ((203, 101), (207, 105)),  # four people are lost: two estimates give them away
        ((203, 101), (240, 104)),  # three of the treated
        ((203, 101), (239, 140)),  # three of the comparison group lost... and gained
        ((203, 4), (240, 40)),
        ((109, 100), (240, 120)),
        ((203, 101), (240, 120), (203, 103)),
    ],
)
def test_where_few_stand_behind_or_between_rules_nothing_is_shown(
    counts: tuple[tuple[int, int], ...],
) -> None:
    for row in shown(table(*counts)):
        assert set(row) <= {"rule", "headline", "state"}
        assert row["state"] == "withheld"


def test_few_degrees_of_freedom_hide_and_many_lose_their_digits() -> None:
    assert all(row["state"] == "withheld" for row in shown(table((203, 101), df=6.5)))
    assert shown(table((203, 101), df=123.4))[0]["df"] == 120.0


def test_open_data_are_shown_as_they_are() -> None:
    one = table((5, 2), (7, 3))
    (released,) = release([], [], [one], [], NONE).tables
    assert released.rows[0]["n_obs"] == 5
