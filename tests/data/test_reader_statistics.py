"""Stata and SPSS files: codes, dates of both calendars, what is missing, and what is damaged."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
from reader_rows import CANARY, problems, read

from evaluate.data.readers import statistics_file
from evaluate.errors import DataError

ROOT = Path(__file__).parents[2]
WRITERS = {
    "rows.dta": (pyreadstat.write_dta, {}),
    "rows.sav": (pyreadstat.write_sav, {}),
    "packed.sav": (pyreadstat.write_sav, {"row_compress": True}),
    "rows.zsav": (pyreadstat.write_sav, {"compress": True}),
}


def write(path: Path, columns: dict[str, list[Any]], **options: Any) -> Path:
    writer, own = WRITERS[path.name]
    writer(pd.DataFrame(columns), str(path), **own, **options)
    return path


@pytest.mark.parametrize("name", WRITERS)
def test_cells_arrive_as_they_are_stored(tmp_path: Path, name: str) -> None:
    columns = {
        "code": [1.0, 2.0, None],
        "identifier": [12345678901.0, 9007199254740992.0, None],
        "x": [0.1, -2.5, None],
        "text": ["0301", "ø, å", ""],
        "day": [date(2015, 3, 1), date(1899, 12, 31), None],
    }
    labels = {"code": {1: "girl", 2: "boy"}}
    path = write(tmp_path / name, columns, variable_value_labels=labels)
    found = read(path, ["day", "code", "identifier", "x", "text", "absent"])
    assert found.about.names == tuple(columns)
    assert found.about.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.cells == {
        "code": [1, 2, None],
        "identifier": [12345678901, 9007199254740992, None],
        "x": [0.1, -2.5, None],
        "text": ["0301", "ø, å", ""],
        "day": [date(2015, 3, 1), date(1899, 12, 31), None],
    }
    assert found.kinds["code"] == found.kinds["identifier"] == "int64"


@pytest.mark.parametrize("name", WRITERS)
def test_only_wanted_columns_are_copied(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, {"y": [1.5, 2.5], "secret": [CANARY, CANARY]})
    found = read(path, ["y"])
    assert found.cells == {"y": [1.5, 2.5]}
    assert CANARY.encode() not in (tmp_path / "zone" / "rows.parquet").read_bytes()
    assert found.about.names == ("y", "secret")
    assert read(path, None).cells["secret"] == [CANARY, CANARY]


@pytest.mark.parametrize("name", WRITERS)
def test_rows_are_counted_without_any_column(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, {"y": [1.0, 2.0, 3.0]})
    assert read(path, []).about.n_rows == read(path, ["absent"]).about.n_rows == 3


@pytest.mark.parametrize("name", WRITERS)
def test_chunks_join_without_a_seam(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(statistics_file, "_BUDGET", 16 * 7)  # seven rows of two columns
    n = 30
    path = write(
        tmp_path / name,
        {"i": [float(i) for i in range(n)], "x": [float(i) for i in range(n - 1)] + [0.5]},
    )
    found = read(path, ["i", "x"])
    assert found.cells["i"] == list(range(n))
    # One fraction, in the last chunk, and the whole column is one of numbers.
    assert (found.kinds["x"], found.cells["x"][-2:]) == ("double", [28.0, 0.5])


@pytest.mark.parametrize(
    ("form", "stored", "cell"),
    [
        ("%td", 0, date(1960, 1, 1)),
        ("%td", -1, date(1959, 12, 31)),
        ("%tdDD/NN/CCYY", 20148, date(2015, 3, 1)),
        ("%d", 20148, date(2015, 3, 1)),
        ("%-td", 20148, date(2015, 3, 1)),
        ("%tc", 1740787200000, datetime(2015, 3, 1)),
        ("%tcHH:MM", -1, datetime(1959, 12, 31, 23, 59, 59, 999000)),
        ("%tm", 662, "2015-03"),
        ("%tm", -1, "1959-12"),
        ("%tq", 220, "2015-Q1"),
        ("%tq", -1, "1959-Q4"),
        ("%ty", 2015, 2015),
        ("%tw", 2860, 2860),
        ("%9.0g", 20148, 20148),
    ],
)
def test_the_calendar_of_stata(tmp_path: Path, form: str, stored: int, cell: object) -> None:
    """Expected days by `display %td 20148` and the like, as `help datetime` defines them."""
    columns = {"t": [float(stored), None]}
    path = write(tmp_path / "rows.dta", columns, variable_format={"t": form})
    assert read(path, ["t"]).cells == {"t": [cell, None]}


@pytest.mark.parametrize(
    ("form", "stored", "cell"),
    [
        ("DATE11", 0, date(1582, 10, 14)),
        ("DATE11", 86400, date(1582, 10, 15)),
        ("EDATE10", 13644547200, date(2015, 3, 1)),
        ("ADATE10", 13644547200 + 3600, date(2015, 3, 1)),
        ("SDATE10", 12219379200, date(1970, 1, 1)),
        ("DATETIME20", 13644547200 + 1, datetime(2015, 3, 1, 0, 0, 1)),
        ("MOYR8", 13644547200, "2015-03"),
        ("QYR6", 13644547200, "2015-Q1"),
        ("TIME8", 3600, 3600),
        ("F8.2", 3, 3),
    ],
)
def test_the_calendar_of_spss(tmp_path: Path, form: str, stored: int, cell: object) -> None:
    columns = {"t": [float(stored), None]}
    path = write(tmp_path / "rows.sav", columns, variable_format={"t": form})
    assert read(path, ["t"]).cells == {"t": [cell, None]}


def test_a_date_that_is_none(tmp_path: Path) -> None:
    columns = {"t": [float(CANARY) * 1e9, 0.0]}
    path = write(tmp_path / "rows.sav", columns, variable_format={"t": "DATE11"})
    (problem,) = problems(path, ["t"])
    assert (problem.where, problem.what) == ("rows.sav:t", "1 cell of a date column is no date")


def test_extended_missing_values_of_stata_are_missing(tmp_path: Path) -> None:
    frame = pd.DataFrame({"y": pd.Series([1, "a", "z", None, 4], dtype=object)})
    path = tmp_path / "rows.dta"
    pyreadstat.write_dta(frame, str(path), missing_user_values={"y": ["a", "z"]})
    assert read(path, ["y"]).cells == {"y": [1, None, None, None, 4]}


def test_codes_that_spss_declares_missing_stay(tmp_path: Path) -> None:
    columns = {"y": [1.0, 99.0, None], "s": ["a", "NA", ""]}
    path = write(tmp_path / "rows.sav", columns, missing_ranges={"y": [99], "s": ["NA"]})
    assert read(path, ["y", "s"]).cells == {"y": [1, 99, None], "s": ["a", "NA", ""]}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("kept", [0.2, 0.9, 0.99])
def test_a_file_that_was_cut_off(tmp_path: Path, name: str, kept: float) -> None:
    path = write(tmp_path / name, {"y": [float(CANARY)] * 300, "s": [CANARY] * 300})
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    (problem,) = problems(path, ["y", "s"])
    assert problem.what.startswith("the file is damaged, or of a version that is not read (")


@pytest.mark.parametrize("name", WRITERS)
def test_a_file_that_is_something_else(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"")
    assert problems(path, ["y"])[0].what == "the file is empty"
    path.write_text(f"y\n{CANARY}\n")
    assert problems(path, ["y"])[0].what.startswith("the file is damaged")


def test_a_name_over_several_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "rows.dta", {"aa": [1.0], "ab": [float(CANARY)], "y": [2.0]})
    path.write_bytes(path.read_bytes().replace(b"ab\0", b"aa\0"))
    (problem,) = problems(path, ["y"])
    assert problem.what == "1 name stands over several columns"


def test_texts_of_an_old_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.dta"
    content = {"s": [f"blå {CANARY}"]}
    pyreadstat.write_dta(pd.DataFrame(content), str(path), version=14)
    latin = path.read_bytes().replace("å".encode(), "å".encode("latin-1") + b"\0")
    path.write_bytes(latin)
    (problem,) = problems(path, ["s"])
    assert problem.what.startswith("the file is damaged, or of a version that is not read (Unicode")


def test_a_file_that_unpacks_to_far_more_than_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    n = 50_000
    path = write(tmp_path / "rows.zsav", {"s": ["a" * 250] * n})
    assert path.stat().st_size < n * 250 / 100
    monkeypatch.setattr("evaluate.data.readers.private._LEAST", 1 << 20)
    assert read(path, ["s"]).about.n_rows == n
    monkeypatch.setattr("evaluate.data.readers.private._RATIO", 100)
    (problem,) = problems(path, ["s"])
    assert problem.what == "the file unpacks to more than 100 times its size"


def test_a_file_that_changes_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "rows.dta", {"y": [1.0, 2.0]})
    original = statistics_file._File.copy

    def meanwhile(*args: Any) -> set[str]:
        path.write_bytes(path.read_bytes() + b" ")
        return original(*args)

    monkeypatch.setattr(statistics_file._File, "copy", meanwhile)
    with pytest.raises(DataError, match="the file was changed while it was read"):
        read(path, ["y"])


def test_reading_loads_no_pandas(tmp_path: Path) -> None:
    write(tmp_path / "rows.sav", {"y": [1.0, 2.5], "s": ["a", "b"]})
    program = (
        "import sys; from pathlib import Path; from evaluate.data.definition import Source\n"
        "from evaluate.data.readers import to_parquet\n"
        "p = Path(sys.argv[1]); to_parquet(Source(path='rows.sav'), p / 'rows.sav', None, p / 'o')\n"
        "sys.exit(bool({'pandas', 'ibis'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path], cwd=ROOT, check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr
