"""The rows of one analysis: types by role, complete cases, and what must not be missing."""

from __future__ import annotations

from typing import Any

import pytest
from example_folder import CANARY, Make
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluate.core import ColumnRole
from evaluate.data.sample import DuckSample

VARIABLES = (
    "y|number",
    "d|boolean",
    "x|integer",
    "s|text",
    "w|number",
    "t|period",
    "v|date",
    "k|integer",
)
ROLES: dict[str, ColumnRole] = {
    "d": "treatment",
    "x": "covariate",
    "s": "cluster",
    "w": "weight",
    "t": "time",
    "k": "unit",
}
CSV = (
    "y,d,x,s,w,t,v,k\n"
    "1,1,1,0301,1,2015,1970-01-02,7\n"
    ",0,2,0302,2,2016,1970-01-03,8\n"
    "3,0,3,b,0,2017,1969-12-31,9\n"
)


def test_types_follow_roles(study: Make) -> None:
    rows = study(CSV, *VARIABLES).sample("y", ROLES)
    assert rows == [
        (1.0, 1.0, "0301", 1.0, 2015.0, "7", 1.0),
        (0.0, 2.0, "0302", 2.0, 2016.0, "8", None),
        (0.0, 3.0, "b", 0.0, 2017.0, "9", 3.0),
    ]


def test_dates_are_days(study: Make) -> None:
    rows = study(CSV, *VARIABLES).sample("y", {"v": "time"})
    assert [row[0] for row in rows] == [1.0, 2.0, -1.0]


def test_the_same_analysis_has_one_view(study: Make) -> None:
    with study(CSV, *VARIABLES).open({"y", *ROLES}) as rows:
        first = rows.sample_table("y", ROLES, "error")
        assert rows.sample_table("y", dict(reversed(ROLES.items())), "error") == first
        assert rows.sample_table("y", {"d": "treatment"}, "error") != first
        assert (rows.n_rows, rows.used) == (3, 3)


WHY = {
    "d": "1 of 3 rows have no treatment",
    "x": "1 of 3 rows have no covariate",
    "s": "1 of 3 rows have no cluster",
    "w": "1 of 3 rows have no weight",
    "t": "1 of 3 rows have no time",
    "k": "1 of 3 rows have no unit",
}


@pytest.mark.parametrize("column", WHY)
def test_missing_cells(study: Make, column: str) -> None:
    header, *lines = CSV.splitlines()
    cells = lines[2].split(",")
    cells[header.split(",").index(column)] = ""
    folder = study("\n".join([header, *lines[:2], ",".join(cells)]) + "\n", *VARIABLES)
    problem = failing(folder, "y", ROLES)[0]
    assert (problem.where, problem.what) == (f"rows.csv:{column}", WHY[column])
    if column == "x":
        rows = folder.sample("y", ROLES, "complete_case")
        assert [row[-1] for row in rows] == [1.0, None, None]
    else:
        assert failing(folder, "y", ROLES, "complete_case")[0] == problem


def failing(folder: Any, *args: Any) -> Any:
    from evaluate.errors import DataError

    with pytest.raises(DataError, match=r"\n  fix: ") as caught:
        folder.sample(*args)
    assert CANARY not in str(caught.value)
    return caught.value.problems


COLUMNS: list[tuple[str, ColumnRole, list[str], str, str]] = [
    (
        "integer",
        "treatment",
        ["0", "1", "2", CANARY],
        "the treatment has 4 distinct values; 2 rows with neither 0 nor 1",
        "derive an `indicator` of the treated, and name that instead",
    ),
    (
        "number",
        "treatment",
        ["0", "1", "0.5"],
        "the treatment has 3 distinct values; 1 row with neither 0 nor 1",
        "derive an `indicator` of the treated, and name that instead",
    ),
    (
        "text",
        "treatment",
        ["treated", CANARY],
        "the treatment is text (data-dictionary.md:8)",
        "derive an `indicator` of it, and name that instead",
    ),
    (
        "category",
        "received",
        ["a", CANARY],
        "the received is category (data-dictionary.md:8)",
        "derive an `indicator` of it, and name that instead",
    ),
    (
        "date",
        "covariate",
        ["2015-01-01", "2016-01-01"],
        "the covariate is date (data-dictionary.md:8)",
        "derive an `indicator` of it, and name that instead",
    ),
    (
        "text",
        "time",
        ["2015", CANARY],
        "the time is text (data-dictionary.md:8)",
        "declare it as integer, period or date",
    ),
    ("number", "weight", ["1", "-1"], "1 row with a negative weight", "correct the weights"),
    ("number", "weight", ["0", "0"], "no weight is positive", "correct the weights"),
]


@pytest.mark.parametrize(("kind", "role", "cells", "what", "fix"), COLUMNS)
def test_columns_that_cannot_play_their_role(
    study: Make, kind: str, role: ColumnRole, cells: list[str], what: str, fix: str
) -> None:
    rows = "y,x\n" + "".join(f"{i},{cell}\n" for i, cell in enumerate(cells))
    (problem,) = failing(study(rows, "y|number", f"x|{kind}"), "y", {"x": role})
    assert (problem.where, problem.what, problem.fix) == ("rows.csv:x", what, fix)


def test_an_outcome_that_is_no_number_or_has_another_role(study: Make) -> None:
    folder = study(CSV, *VARIABLES)
    (problem,) = failing(folder, "s", {"d": "treatment"})
    assert problem.what == "the outcome is text (data-dictionary.md:10)"
    (problem,) = failing(folder, "d", {"d": "treatment"})
    assert problem.what == "the outcome is also named as treatment"


def test_rows_without_a_covariate_are_counted_among_the_assigned(study: Make) -> None:
    text = "y,d,x\n1,1,5\n2,1,\n3,0,6\n,0,\n,0,7\n"
    roles: dict[str, ColumnRole] = {"d": "treatment", "x": "covariate"}
    with study(text, "y|number", "d|boolean", "x|number").open({"y", *roles}) as rows:
        view = rows.sample_table("y", roles, "complete_case")
        sample = DuckSample(rows.connection, view, "y")
        assert sample.assigned(("d",)).n.tolist() == [3, 2]
        assert sample.count(("d",)).n.tolist() == [1, 1]
        assert (sample.n_obs, sample.incomplete(("x",))) == (2, 2)
        assert sample.summary(("x", "y")).mean.tolist() == [5.5, 2.0]


def test_no_complete_case_left(study: Make) -> None:
    folder = study("y,d,x\n1,1,\n2,0,\n", "y|number", "d|boolean", "x|number")
    roles: dict[str, ColumnRole] = {"d": "treatment", "x": "covariate"}
    (problem,) = failing(folder, "y", roles, "complete_case")
    assert problem.what == "each of 2 rows lacks a covariate"


CELL = st.one_of(st.none(), st.integers(-5, 5))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(CELL, st.integers(0, 1), CELL, CELL), min_size=1, max_size=20))
def test_complete_cases_equal_a_loop(study: Make, rows: list[Any]) -> None:
    lines = (",".join("" if cell is None else str(cell) for cell in row) for row in rows)
    folder = study(
        "y,d,x,z\n" + "\n".join(lines) + "\n", "y|number", "d|boolean", "x|number", "z|number"
    )
    roles: dict[str, ColumnRole] = {"d": "treatment", "x": "covariate", "z": "covariate"}
    whole = [x is not None and z is not None for _, _, x, z in rows]
    expected = [
        (float(d), x, z, y if all_known else None)
        for (y, d, x, z), all_known in zip(rows, whole, strict=True)
    ]
    if any(whole):
        assert folder.sample("y", roles, "complete_case") == expected
    else:
        assert failing(folder, "y", roles, "complete_case")[0].where == "rows.csv"


HOSTILE = [
    'x"; DROP TABLE used_rows; --',
    "<script>alert(1)</script>",
    "🙂 é",
    "c0",
    "used_rows",
    "select",
    "' OR 1=1",
    "a\\nb",
    "x" * 200,
    "$1",
    "__class__",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_of_columns(study: Make, name: str) -> None:
    quoted = name.replace('"', '""')
    folder = study(
        f'y,d,"{quoted}"\n1,1,5\n2,0,7\n', "y|number", "d|boolean", f"{name}|integer||0..9"
    )
    roles: dict[str, ColumnRole] = {"d": "treatment", name: "covariate"}
    rows = folder.sample("y", roles)
    assert rows == [(1.0, 5.0, 1.0), (0.0, 7.0, 2.0)]
    where = [{"column": name, "at_least": 6}]
    assert folder.values([name], where=where) == {name: [7]}


def test_a_section_that_is_not_called_as_the_folder(study: Make) -> None:
    folder = study("y\n1\n", "y|number")
    own = folder.path / "data-dictionary.md"
    heading = f"## {folder.path.name}"
    own.write_text(own.read_text("utf-8").replace(heading, "## elsewhere"), "utf-8")
    (problem,) = folder.problems({"y"})
    assert problem.fix == (
        f"add a row for it to `data-dictionary.md`, in a section `{heading}`, as the folder is"
        " called: it has none"
    )


def test_hostile_names_stay_on_one_line_of_a_message(study: Make) -> None:
    name = "a\n\x1b[31mb" + "c" * 150
    folder = study("y\n1\n", "y|number")
    (problem,) = folder.problems({name})
    assert problem.what == f"column `a  [31mb{'c' * 72}…` is not in the dictionary"


def test_names_that_differ_only_in_capitals(study: Make) -> None:
    folder = study("y,Y\n1,2\n", "y|number", "Y|number")
    (problem,) = folder.problems({"y", "Y"})
    assert problem.what == "columns `Y` and `y` differ only in capitals"
    assert folder.values({"Y"}) == {"Y": [2.0]}
