"""The hand-written dictionary: what it says, and every fault with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from evaluate.data.dictionary import dictionary_for
from evaluate.data.tableschema import table_schema
from evaluate.data.variable import Levels, Period, Range, parse_period
from evaluate.errors import StudyError

HEADER = (
    "| variable | type | unit | values | missing | description | source |\n" + "|---" * 7 + "|\n"
)


def write(folder: Path, text: str) -> Path:
    (folder / "data-dictionary.md").write_text(text, encoding="utf-8")
    return folder


def test_what_a_dictionary_says(tmp_path: Path) -> None:
    text = f"""# Variables
A table of types may stand in the introduction:

| type | meaning |
|---|---|
| boolean | 0 or 1 |

## Common

{HEADER}| sex | category | | 1 = girl; 2 = boy | 9 | Sex | Register |
| age | integer | year | 0..120 | -99; NA | Age | Register |

### Also common

{HEADER}| `_score_` | number | points | ..10.5 | | a \\| b | Survey |

## school
{HEADER}| age | number | year | | | Age with its fraction | Survey |
| start | date | | 2015-01-01.. | | First day | Register |
| term | period | | 2015/16..2019/20 | | School year | Register |
| done | boolean | | 0 = no; 1 = yes | | Completed | Register |
"""
    variables = dictionary_for(write(tmp_path, text)).variables("school")
    assert list(variables) == ["sex", "age", "_score_", "start", "term", "done"]
    assert variables["sex"].values == Levels(("1", "2"), ("girl", "boy"))
    assert variables["sex"].missing == ("9",)
    assert variables["age"].type == "number"
    assert variables["age"].where.endswith("data-dictionary.md:24")
    assert variables["_score_"].values == Range(None, 10.5)
    assert variables["_score_"].description == "a | b"
    assert variables["start"].values == Range(date(2015, 1, 1), None)
    assert variables["term"].values == Range(
        Period("school year", 2015), Period("school year", 2019)
    )
    assert variables["done"].values == Levels((False, True), ("no", "yes"))
    assert dictionary_for(tmp_path).variables("another")["age"].missing == ("-99", "NA")


def test_the_nearest_dictionary_counts(tmp_path: Path) -> None:
    near = tmp_path / "studies" / "one"
    near.mkdir(parents=True)
    write(tmp_path, f"## Common\n{HEADER}| far | text | | | | Far | S |\n")
    assert "far" in dictionary_for(near).variables("one")
    write(near, f"## one\n{HEADER}| near | text | | | | Near | S |\n")
    assert list(dictionary_for(near).variables("one")) == ["near"]


FAULTS = {
    "| a | text | | | | A | S |\n| a | text | | | | A | S |": (
        [4],
        "variable `a` stands twice in section `s`",
        "remove this one or the one on line 4",
    ),
    "| a | interger | | | | A | S |": ([4], "unknown type `interger`", "did you mean `integer`?"),
    "| a | integer | | 1..x | | A | S |": (
        [4],
        "values of `a`: an end of the range does not fit the type integer",
        "write a range",
    ),
    "| a | integer | | .. | | A | S |": ([4], "values of `a`: the range has no end", "write a"),
    "| a | integer | | 3..1 | | A | S |": (
        [4],
        "values of `a`: the range ends before it begins",
        "write a",
    ),
    "| a | text | | 0..1 | | A | S |": (
        [4],
        "values of `a`: a range does not fit the type text",
        "write a",
    ),
    "| a | boolean | | 1 = yes; 2 = no | | A | S |": (
        [4],
        "values of `a`: `2` does not fit the type boolean",
        "write a",
    ),
    "| a | integer | | 1; 2; 1 | | A | S |": ([4], "values of `a`: `1` stands twice", "write a"),
    "| a | category | | 1 = x; 2 | | A | S |": (
        [4],
        "values of `a`: some codes have a label and some have none",
        "write a",
    ),
    "| a | date | | 2015-02-30.. | | A | S |": (
        [4],
        "values of `a`: an end of the range does not fit the type date",
        "write a",
    ),
    "| a | period | | 2015/17.. | | A | S |": (
        [4],
        "values of `a`: an end of the range does not fit the type period",
        "write a",
    ),
    "| a | period | | 2015..2016-09 | | A | S |": (
        [4],
        "values of `a`: the ends of the range are periods of two kinds",
        "write a",
    ),
    "| a | category | | 1; 9 | 9; -1 | A | S |": (
        [4],
        "`9` is a value of `a` and means missing too",
        "keep it in one of the two cells",
    ),
    "| a | text | | | | | S |": ([4], "variable `a` has no description", "say what it is"),
    "| | text | | | | A | S |": ([4], "a variable without a name", "name the column"),
    "| a | text | | | | A | S | more |": ([4], "a row with 8 cells instead of 7", "write one"),
    "| a | text | |": ([4], "a row with 3 cells instead of 7", "write one cell"),
    "| a | text | | | | A | S |\n\n## s": ([6], "section `s` stands twice", "merge the two"),
}


@pytest.mark.parametrize(("rows", "fault"), FAULTS.items(), ids=lambda one: str(one)[:40])
def test_faults_have_a_line(tmp_path: Path, rows: str, fault: tuple[list[int], str, str]) -> None:
    lines, what, fix = fault
    offset = 1 if "twice in section" in what else 0
    with pytest.raises(StudyError, match=r"why: data are checked") as caught:
        dictionary_for(write(tmp_path, f"## s\n{HEADER}{rows}\n"))
    (problem,) = caught.value.problems
    assert problem.where.endswith(f"data-dictionary.md:{lines[0] + offset}")
    assert problem.what == what
    assert problem.fix.startswith(fix)


def test_another_header_and_a_table_outside_a_section(tmp_path: Path) -> None:
    text = f"{HEADER}| a | text | | | | A | S |\n\n## s\n\n| name | type |\n|---|---|\n| a | b |\n"
    with pytest.raises(StudyError, match="outside a section") as caught:
        dictionary_for(write(tmp_path, text))
    assert [p.where.rpartition(":")[2] for p in caught.value.problems] == ["1", "7"]
    assert caught.value.problems[1].what == "a table with another header"
    assert caught.value.problems[1].fix.startswith("write it as `| variable | type |")


def test_all_faults_at_once(tmp_path: Path) -> None:
    rows = "| a | nix | | | | A | S |\n| b | integer | | x..1 | | | S |\n"
    with pytest.raises(StudyError, match="unknown type") as caught:
        dictionary_for(write(tmp_path, f"## s\n{HEADER}{rows}"))
    assert [p.where.rpartition(":")[2] for p in caught.value.problems] == ["4", "5", "5"]


def test_no_dictionary_and_one_in_another_encoding(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"no `data-dictionary.md` at or above"):
        dictionary_for(tmp_path)
    (tmp_path / "data-dictionary.md").write_bytes("å".encode("latin-1"))
    with pytest.raises(StudyError, match="it is not UTF-8"):
        dictionary_for(tmp_path)


def test_equal_variables_on_different_lines_are_equal(tmp_path: Path) -> None:
    text = f"## s\n{HEADER}| a | text | | | | A | S |\n"
    first = dictionary_for(write(tmp_path, text)).variables("s")["a"]
    second = dictionary_for(write(tmp_path, "\n\n" + text)).variables("s")["a"]
    assert first.line != second.line
    assert (first, repr(first)) == (second, repr(second))


@pytest.mark.parametrize("text", ["2015", "2015/16", "1999/00", "2015-Q2", "2015-09", "2015-12"])
def test_periods_are_written_as_they_are_read(text: str) -> None:
    assert str(parse_period(text)) == text


def test_periods_are_contiguous() -> None:
    pairs = [
        ("2015", "2016"),
        ("1999/00", "2000/01"),
        ("2015-Q4", "2016-Q1"),
        ("2015-12", "2016-01"),
    ]
    for one, after in pairs:
        left, right = parse_period(one), parse_period(after)
        assert left is not None
        assert right is not None
        assert right.index - left.index == 1


def test_table_schema(tmp_path: Path) -> None:
    text = f"""## s
{HEADER}| sex | category | | 1 = girl; 2 = boy | 9 | Sex | Register |
| share | number | share | 0..1 | | A share | Survey |
| start | date | | 2015-01-01.. | | First day | |
| done | boolean | | | | Completed | |
| term | period | | 2015; 2016 | | Year | |
"""
    schema = table_schema(dictionary_for(write(tmp_path, text)).variables("s"))
    sex, share, start, done, term = schema["fields"]
    assert sex == {
        "name": "sex",
        "type": "string",
        "description": "Sex",
        "missingValues": ["", "9"],
        "source": "Register",
        "constraints": {"enum": ["1", "2"]},
        "categories": [{"value": "1", "label": "girl"}, {"value": "2", "label": "boy"}],
    }
    assert share["constraints"] == {"minimum": 0.0, "maximum": 1.0}
    assert share["unit"] == "share"
    assert start["constraints"] == {"minimum": "2015-01-01"}
    assert done["trueValues"] == ["1", "true", "TRUE"]
    assert (term["type"], term["constraints"]) == ("string", {"enum": ["2015", "2016"]})
