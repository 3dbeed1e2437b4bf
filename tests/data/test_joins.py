"""Several sources as one table: cardinality proved, partners counted, nothing doubled."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from example_folder import CANARY, Folder, Make
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from evaluate.data.definition import Data

VARIABLES = ("id|integer", "school|text", "y|number", "size|integer|||-9", "area|category")
PUPILS = "id,school,y\n1,a,1.5\n2,a,2.5\n3,b,3.5\n"
SCHOOLS = "school,size\na,100\nb,50\nc,10\n"


def sources(*names: str) -> dict[str, Any]:
    return {name: {"path": f"{name}.csv"} for name in names}


def join(left: str = "pupils", right: str = "schools", **keys: Any) -> dict[str, Any]:
    return {"left": left, "right": right, "on": "school", "cardinality": "many_to_one", **keys}


def two(study: Make, pupils: str = PUPILS, schools: str = SCHOOLS) -> Folder:
    folder = study(pupils, common=VARIABLES, name="pupils.csv")
    (folder.path / "schools.csv").write_text(schools)
    return folder


def block(*joins: dict[str, Any], names: tuple[str, ...] = ("pupils", "schools")) -> dict[str, Any]:
    return {"source": None, "sources": sources(*names), "join": joins}


def test_columns_of_the_right_stand_beside(study: Make) -> None:
    found = two(study).values(["id", "y", "size"], **block(join()))
    assert sorted(zip(found["id"], found["size"], strict=True)) == [(1, 100), (2, 100), (3, 50)]


@pytest.mark.parametrize(
    ("unmatched", "kept"), [("keep", {1: 100, 2: None, 3: None, 4: 50}), ("drop", {1: 100, 4: 50})]
)
def test_rows_without_a_partner(study: Make, unmatched: str, kept: dict[int, Any]) -> None:
    folder = two(study, "id,school,y\n1,a,1\n2,x,1\n3,,1\n4,b,1\n", SCHOOLS + ",7\n")
    data = block(join(unmatched=unmatched))
    found = folder.values(["id", "size"], **data)
    assert dict(zip(found["id"], found["size"], strict=True)) == kept
    with folder.open({"id", "size"}, **data) as rows:
        (one,) = rows.joins
        assert (one.left, one.right, one.n_left) == ("pupils", "schools", 4)
        assert (one.n_matched, one.n_unmatched, one.unmatched) == (2, 2, unmatched)
        assert (rows.n_rows, rows.used) == (4, len(kept))


def test_what_a_join_left_empty_is_missing_in_an_analysis(study: Make) -> None:
    folder = two(study, "id,school,y\n1,a,1\n0,x,1\n", SCHOOLS)
    data = block(join(unmatched="keep"))
    roles: Any = {"id": "treatment", "size": "covariate"}
    from evaluate.errors import DataError

    with (
        folder.open({"id", "y", "size"}, **data) as rows,
        pytest.raises(DataError, match=r"schools\.csv:size: 1 of 2 rows have no covariate"),
    ):
        rows.sample_table("y", roles, "error")


FAULTS: list[tuple[str, str, dict[str, Any], str]] = [
    (PUPILS, SCHOOLS + "a,7\n", {},
     "1 value of `school` stands in several rows of `schools.csv`"),
    (PUPILS, SCHOOLS, {"cardinality": "one_to_one"},
     "1 value of `school` stands in several rows of `pupils.csv`"),
    (f"id,school,y\n1,{CANARY},1\n2,a,1\n", SCHOOLS, {},
     "1 of 2 rows of `pupils.csv` fits no row of `schools.csv`"),
    ("id,school,y\n1,,1\n2,,1\n3,a,1\n", SCHOOLS, {},
     "2 of 3 rows of `pupils.csv` fit no row of `schools.csv`"),
    ("id,school,y\n1,x,1\n", SCHOOLS, {"unmatched": "keep"},
     "no row of the two sources has the same `school`"),
]  # fmt: skip


@pytest.mark.parametrize(("pupils", "schools", "keys", "what"), FAULTS)
def test_joins_that_are_not_what_they_say(
    study: Make, pupils: str, schools: str, keys: dict[str, Any], what: str
) -> None:
    (problem,) = two(study, pupils, schools).problems({"y", "size"}, **block(join(**keys)))
    assert (problem.where, problem.what) == ("study.yaml:data.join.0", what)


def test_missing_keys_on_the_right_are_no_repetition(study: Make) -> None:
    folder = two(study, PUPILS, SCHOOLS + ",1\n,2\n")
    assert sorted(folder.values(["size"], **block(join()))["size"]) == [50, 100, 100]


def test_a_column_of_both_that_is_no_key(study: Make) -> None:
    folder = two(study, PUPILS, "school,y\na,1\nb,1\n")
    (problem,) = folder.problems({"y"}, **block(join()))
    assert (problem.where, problem.what) == (
        "schools.csv:y",
        "`pupils.csv` has a column of this name too",
    )
    # One that nobody needs is never read.
    folder = two(study, "id,school,y,note\n1,a,1,x\n", "school,size,note\na,1,z\n")
    assert folder.values(["size"], **block(join())) == {"size": [1]}


def test_a_key_that_a_source_lacks(study: Make) -> None:
    folder = two(study, PUPILS, "id,size\n1,1\n")
    (problem,) = folder.problems({"size"}, **block(join()))
    assert (problem.where, problem.what) == (
        "study.yaml:data.join.0.on",
        "`schools.csv` has no column `school`",
    )


def test_a_column_that_no_source_has(study: Make) -> None:
    (problem,) = two(study).problems({"area"}, **block(join()))
    assert (problem.where, problem.what) == (
        "study.yaml:data.sources:area",
        "the file has no such column",
    )


def test_faults_of_all_sources_at_once(study: Make) -> None:
    folder = two(study, PUPILS.replace("1.5", f"x{CANARY}"), SCHOOLS.replace("50", CANARY + ".5"))
    problems = folder.problems({"y", "size"}, **block(join()))
    assert [one.where for one in problems] == ["pupils.csv:y", "schools.csv:size"]
    folder = two(study)
    data = {**block(join()), "sources": sources("pupil", "school")}
    data["join"] = (join("pupil", "school"),)
    problems = folder.problems({"y"}, **data)
    assert [one.where for one in problems] == [
        "study.yaml:data.sources.pupil",
        "study.yaml:data.sources.school",
    ]


def test_three_sources_and_keys_of_two_columns(study: Make) -> None:
    folder = two(study, "id,school,y\n1,a,1\n1,b,2\n2,a,3\n", "school,area\na,x\nb,y\n")
    (folder.path / "offers.csv").write_text("id,school,size\n1,a,5\n1,b,6\n2,a,7\n")
    data = block(
        join("pupils", "offers", on=["id", "school"], cardinality="one_to_one"),
        join("offers", "schools"),
        names=("schools", "offers", "pupils"),
    )
    found = folder.values(["y", "size", "area"], **data)
    assert sorted(zip(found["y"], found["size"], found["area"], strict=True)) == [
        (1.0, 5, "x"),
        (2.0, 6, "y"),
        (3.0, 7, "x"),
    ]


def test_periods_of_two_kinds_are_no_key(study: Make) -> None:
    folder = study("t,y\n2015-Q1,1\n", "t|period", "y|number", "size|integer", name="pupils.csv")
    (folder.path / "schools.csv").write_text("t,size\n8060,1\n")
    (problem,) = folder.problems({"y", "size"}, **block(join(on="t")))
    assert problem.what == "periods are written as year, and as quarter in another source"


def test_sources_of_two_formats(study: Make) -> None:
    import duckdb

    folder = two(study)
    path = folder.path / "schools.parquet"
    duckdb.sql(f"COPY (FROM '{folder.path / 'schools.csv'}') TO '{path}' (FORMAT parquet)")
    data = block(join())
    data["sources"] = {"pupils": {"path": "pupils.csv"}, "schools": {"path": path.name}}
    assert sorted(folder.values(["size"], **data)["size"]) == [50, 100, 100]


KEY = st.one_of(st.none(), st.integers(0, 4))


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    left=st.lists(KEY, min_size=1, max_size=8),
    right=st.lists(KEY, min_size=1, max_size=6),
    unmatched=st.sampled_from(["error", "keep", "drop"]),
    cardinality=st.sampled_from(["one_to_one", "many_to_one"]),
)
def test_joins_equal_a_loop(
    study: Make, left: list[Any], right: list[Any], unmatched: str, cardinality: str
) -> None:
    def text(header: str, keys: list[Any]) -> str:
        lines = (f"{'' if key is None else key},{i}" for i, key in enumerate(keys))
        return header + "\n" + "\n".join(lines) + "\n"

    folder = study(text("k,i", left), "k|integer", "i|integer", "j|integer", name="pupils.csv")
    (folder.path / "schools.csv").write_text(text("k,j", right))
    data = block(join(on="k", unmatched=unmatched, cardinality=cardinality))
    partner = {key: j for j, key in enumerate(right) if key is not None}
    lone = [i for i, key in enumerate(left) if key not in partner]

    def repeats(keys: list[Any]) -> bool:
        return any(n > 1 for key, n in Counter(keys).items() if key is not None)

    wrong = repeats(right) or (cardinality == "one_to_one" and repeats(left))
    if wrong or (lone and unmatched == "error") or len(lone) == len(left):
        assert folder.problems({"i", "j"}, **data)
    else:
        found = folder.values(["i", "j"], **data)
        kept = [(i, partner.get(key)) for i, key in enumerate(left)]
        expected = [(i, j) for i, j in kept if j is not None or unmatched == "keep"]
        assert sorted(zip(found["i"], found["j"], strict=True)) == expected


AB = sources("a", "b")
BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"sources": AB}, "`b` is not joined to the others"),
    ({"sources": AB, "join": [join("a", "c")]}, "no such source"),
    ({"sources": AB, "join": [join("a", "a")]}, "joined to itself"),
    ({"sources": AB, "join": [join("a", "b"), join("a", "b")]}, "`b` is joined twice"),
    ({"sources": sources("a", "b", "c"), "join": [join("a", "b"), join("d", "c")]}, "no such source"),
    ({"sources": sources("a", "b", "c"), "join": [join("b", "c"), join("a", "b")]},
     "`a` stands left before it is joined"),
    ({"sources": AB, "join": [join("a", "b", on=["k", "k"])]}, "names a column twice"),
    ({"sources": AB, "join": [join("a", "b", on=[])]}, "the key is empty"),
    ({"sources": {"a": {"path": "a.csv", "database": "DB", "table": "t"}}}, "not exactly one of"),
    ({"sources": {"a": {}}}, "not exactly one of"),
    ({"sources": {"a": {"database": "DB"}}}, "no table is named"),
    ({"sources": {"a": {"database": "postgres://x", "table": "t"}}}, "string_pattern_mismatch"),
    ({"sources": {"a": {"path": "a.csv", "table": "t"}}}, "the file holds one table only"),
    ({"sources": {"a": {"path": "a.parquet", "decimal": ","}}}, "delete `decimal`"),
    ({"sources": {"a": {"path": "a.dta", "date_format": "%Y-%m-%d"}}}, "delete `date_format`"),
    ({"sources": {"a": {"path": "a.sqlite", "encoding": "latin-1"}}}, "delete `encoding`"),
    ({"sources": {"a": {"database": "DB", "table": "t", "delimiter": ";"}}}, "delete `delimiter`"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "words"), BROKEN)
def test_blocks_that_make_no_sense(data: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Data.model_validate({"kind": "public", **data})
    (error,) = caught.value.errors()
    assert words in error["msg"] + error["type"]


def test_dummy_rows_are_one_table() -> None:
    data = Data.model_validate(
        {"kind": "restricted", "dummy": "d.parquet", "sources": AB, "join": [join("a", "b")]}
    )
    assert data.in_dummy_form().tables.keys() == {"main"}
    assert data.in_dummy_form().join == ()
