"""Files that are not what they should be: each is refused in words, without a cell of it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import duckdb
import pytest
from example_folder import CANARY, Make

from evaluate.data.table import connect, masked
from evaluate.errors import DataError

Y = "y|number"
FAULTS: dict[str, tuple[bytes, dict[str, Any], str, str, str]] = {
    "empty": (b"", {}, "rows.csv", "the file is empty", "export it again"),
    "header only": (
        b"y,x\n",
        {},
        "rows.csv",
        "the file has names of columns but no rows",
        "export it again",
    ),
    "empty first row": (
        b"\ny,x\n1,2\n",
        {},
        "rows.csv",
        "the first row is empty",
        "delete the empty rows above the names",
    ),
    "short rows": (
        f"y,x\n1,2\n{CANARY}\n3\n5,6\n".encode(),
        {},
        "rows.csv",
        "2 rows with too few cells",
        "put cells that hold the delimiter or a line break in quotation marks",
    ),
    "long row first": (
        f"y,x\n1,2,{CANARY}\n5,6\n".encode(),
        {},
        "rows.csv",
        "1 row with too many cells",
        "put cells that hold the delimiter or a line break in quotation marks",
    ),
    "unclosed quote": (
        f'y,x\n1,"{CANARY}\n3,4\n'.encode(),
        {},
        "rows.csv",
        "a quotation mark is never closed",
        'close it, and write a mark within a cell as `""`',
    ),
    "unclosed quote in the header": (
        b'y,"x\n3,4\n',
        {},
        "rows.csv",
        "a quotation mark is never closed",
        'close it, and write a mark within a cell as `""`',
    ),
    "text after a quote": (
        f'y,x\n1,"2"{CANARY}\n3,4\n'.encode(),
        {},
        "rows.csv",
        "1 row with a quotation mark out of place",
        "put cells that hold the delimiter or a line break in quotation marks",
    ),
    "a cell without end": (
        f"y,x\n1,{CANARY * 300_000}\n3,4\n".encode(),
        {},
        "rows.csv",
        "1 row with more than 2 MB",
        "put cells that hold the delimiter or a line break in quotation marks",
    ),
    "line endings of two kinds": (
        f"y,x\r\n1,{CANARY}\n3,4\r\n".encode(),
        {},
        "rows.csv",
        "the rows cannot be told apart (InvalidInputException)",
        "export it again, with one kind of line ending and every quoted cell closed",
    ),
    "semicolons": (
        f"y;x\n1;{CANARY}\n".encode(),
        {},
        "rows.csv",
        "the first row is one column that holds a semicolon",
        'set `delimiter: ";"` under `data.sources.main`',
    ),
    "tabs": (
        f"y\tx\n1\t{CANARY}\n".encode(),
        {},
        "rows.csv",
        "the first row is one column that holds a tab",
        'set `delimiter: "\\t"` under `data.sources.main`',
    ),
    "bars": (
        f"y|x\n1|{CANARY}\n".encode(),
        {},
        "rows.csv",
        "the first row is one column that holds a bar",
        "export it with commas, semicolons or tabs",
    ),
    "latin-1": (
        f"y,x\n1,å{CANARY}\n".encode("latin-1"),
        {},
        "rows.csv",
        "the file is not utf-8; it is most likely latin-1",
        "set `encoding: latin-1` under `data.sources.main`, or save the file as UTF-8",
    ),
    "utf-8 as latin-1": (
        f"y,x\n1,å{CANARY}\n".encode(),
        {"encoding": "latin-1"},
        "rows.csv",
        "the file is not latin-1; it is most likely utf-8",
        "set `encoding: utf-8` under `data.sources.main`, or save the file as UTF-8",
    ),
    "utf-16 with a mark": (
        f"y,x\n1,{CANARY}\n".encode("utf-16"),
        {},
        "rows.csv",
        "the file is not utf-8; it is most likely utf-16",
        "set `encoding: utf-16` under `data.sources.main`, or save the file as UTF-8",
    ),
    "utf-16 without a mark": (
        f"y,x\n1,{CANARY}\n".encode("utf-16-le"),
        {},
        "rows.csv",
        "the file is not utf-8; it is most likely utf-16",
        "set `encoding: utf-16` under `data.sources.main`, or save the file as UTF-8",
    ),
    "utf-8 as utf-16": (
        f"y,x\n1,{CANARY}\n".encode(),
        {"encoding": "utf-16"},
        "rows.csv",
        "the file is not utf-16; it is most likely utf-8",
        "set `encoding: utf-8` under `data.sources.main`, or save the file as UTF-8",
    ),
    "damaged utf-16": (
        f"y,x\n1,{CANARY}\n".encode("utf-16") + b"\n",
        {"encoding": "utf-16"},
        "rows.csv",
        "the file is not utf-16; it is most likely damaged",
        "save the file as UTF-8",
    ),
    "NUL bytes": (
        f"y,x\n1,a\0{CANARY}\0\n".encode(),
        {},
        "rows.csv",
        "the file holds 2 NUL bytes",
        "export it again as CSV",
    ),
    "a wanted name twice": (
        f"y,x,y\n1,2,{CANARY}\n".encode(),
        {},
        "rows.csv:y",
        "several columns have this name",
        "let the first row of the file name every column once",
    ),
    "another name twice": (
        f"y,{CANARY},{CANARY}\n1,2,3\n".encode(),
        {},
        "rows.csv",
        "1 other name stands over several columns",
        "let the first row of the file name every column once",
    ),
    "no header": (
        f"{CANARY},2\n3,4\n".encode(),
        {},
        "rows.csv",
        "the first row seems to hold data: 2 of 2 cells are numbers",
        "let the first row of the file name every column once",
    ),
    "a name with a space": (
        b"y ,x\n1,2\n",
        {},
        "rows.csv:y",
        "the file has no such column",
        "did you mean `y `?",
    ),
    "no such column": (
        b"outcome,x\n1,2\n",
        {},
        "rows.csv:y",
        "the file has no such column",
        "add it, or correct its name",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_file_that_is_not_what_it_should_be(study: Make, name: str) -> None:
    content, options, where, what, fix = FAULTS[name]
    folder = study(content, Y)
    sources = {"main": {"path": "rows.csv", **options}}
    (problem,) = folder.problems({"y"}, source=None, sources=sources) if options else (
        folder.problems({"y"})
    )  # fmt: skip
    assert (problem.where, problem.what, problem.fix) == (where, what, fix)


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("../rows.csv", "the path of the source leads upwards"),
        ("data/../../rows.csv", "the path of the source leads upwards"),
        ("data\\..\\..\\rows.csv", "the path of the source leads upwards"),
        ("/etc/passwd.csv", "the path of the source starts at the root of a disk"),
        ("C:\\rows.csv", "the path of the source starts at the root of a disk"),
        ("C:rows.csv", "the path of the source starts at the root of a disk"),
        ("\\\\server\\share\\rows.csv", "the path of the source starts at the root of a disk"),
        ("https://example.org/rows.csv", "the source is an address, not a file"),
        ("s3://bucket/rows.csv", "the source is an address, not a file"),
        ("file:rows.csv", "the source is an address, not a file"),
        ("rows.pkl", "the source `rows.pkl` is of a kind that is not read"),
        ("rows.csv.gz", "the source `rows.csv.gz` is of a kind that is not read"),
        ("absent.csv", "there is no file `absent.csv` in the study's folder"),
        ("folder.csv", "there is no file `folder.csv` in the study's folder"),
        ("*.csv", "there is no file `*.csv` in the study's folder"),
        ("round.csv", "there is no file `round.csv` in the study's folder"),
        ("out.csv", "the path of the source leads out of the study's folder by a link"),
        ("out/rows.csv", "the path of the source leads out of the study's folder by a link"),
        ("x" * 300 + ".csv", f"there is no file `{'x' * 80}…` in the study's folder"),
    ],
)
def test_a_path_stays_within_the_study(study: Make, path: str, what: str) -> None:
    folder = study("y\n1\n", Y)
    outside = folder.path.parent / "elsewhere"
    outside.mkdir()
    (outside / "rows.csv").write_text(f"y\n{CANARY}\n")
    (folder.path / "out.csv").symlink_to(outside / "rows.csv")
    (folder.path / "out").symlink_to(outside)
    (folder.path / "round.csv").symlink_to(folder.path / "round.csv")
    (folder.path / "folder.csv").mkdir()
    (problem,) = folder.problems({"y"}, source=path)
    assert (problem.where, problem.what) == ("study.yaml:data", what)


def test_a_link_within_the_study_is_followed(study: Make) -> None:
    folder = study("y\n1\n", Y)
    (folder.path / "linked.csv").symlink_to("rows.csv")
    assert folder.values({"y"}, source="linked.csv") == {"y": [1.0]}


@pytest.mark.parametrize("name", ["a[1].csv", "ø '\" å;--.csv", "*.csv", "a {b}?.csv", "Æ.CSV"])
def test_strange_names_of_files(study: Make, name: str) -> None:
    folder = study("y\n1\n", Y, name=name)
    assert folder.values({"y"}, source=name) == {"y": [1.0]}


@pytest.mark.parametrize(
    ("rows", "options"),
    [
        ("\ufeffy,x\n1,å\n2,b\n".encode(), {}),
        ("y,x\n1,å\n2,b\n".encode("latin-1"), {"encoding": "latin-1"}),
        ("y,x\n1,å\n2,b\n".encode("utf-16"), {"encoding": "utf-16"}),
        ("y,x\n1,å\n2,b\n".encode("utf-16-le"), {"encoding": "utf-16"}),
        ("y;x\r\n1;å\r\n2;b\r\n".encode(), {"delimiter": ";"}),
        ("x\ty\rå\t1\rb\t2".encode(), {"delimiter": "\t"}),
        ('"y","x"\n"1","å"\n\n"2","b"\n\n'.encode(), {}),
    ],
    ids=["mark", "latin-1", "utf-16", "utf-16-le", "semicolon", "tab", "quoted"],
)
def test_the_same_rows_in_other_forms(study: Make, rows: bytes, options: dict[str, str]) -> None:
    folder = study(rows, Y, "x|text")
    sources = {"main": {"path": "rows.csv", **options}}
    expected = {"y": [1.0, 2.0], "x": ["å", "b"]}
    assert folder.values(["y", "x"], source=None, sources=sources) == expected


def test_text_stays_text(study: Make) -> None:
    cells = [
        "0301",
        "123456789012345678901",
        "no",
        "NA",
        "null",
        "1e3",
        "2015-03-01",
        "a\nb",
        'a"b',
    ]
    rows = "y,x\n" + "".join(f'1,"{one.replace(chr(34), chr(34) * 2)}"\n' for one in cells)
    assert study(rows, Y, "x|text").values(["x"]) == {"x": cells}


def test_only_named_columns_are_read(study: Make) -> None:
    folder = study(f"y,secret\n1,{CANARY}\n", Y, "secret|text")
    with folder.open({"y"}) as rows:
        tables = rows.connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal"
        ).fetchall()
        assert ("used_rows", "y") in tables
        assert {name for table, name in tables if table != "cells_main"} == {"y"}
        assert rows.connection.execute("FROM cells_main").fetchall() == [(1.0,)]
        assert list(rows.columns) == ["y"]
        (scratch,) = (folder.path / ".evaluate").glob("rows-*")
        held = [
            file
            for file in scratch.rglob("*")
            if file.is_file() and CANARY.encode() in file.read_bytes()
        ]
        assert not held, "an undeclared cell was stored"


def test_a_column_that_only_the_dictionary_has(study: Make) -> None:
    (problem,) = study("y,shcool\n1,2\n", Y, "school|text").problems({"y"})
    assert (problem.where, problem.fix) == ("rows.csv:school", "did you mean `shcool`?")


def test_parquet_and_csv_give_the_same_rows(study: Make) -> None:
    variables = ("i|integer", Y, "x|text", "b|boolean", "d|date", "c|category||1 = a; 2 = b|9")
    rows = "i,y,x,b,d,c\n1,0.1,0301,true,2015-03-01,1\n,-2.5e-7,å,0,,9\n3,,,,2016-02-29,2\n"
    folder = study(rows, *variables)
    names = ["i", "y", "x", "b", "d", "c"]
    expected = folder.values(names)
    typed = (
        "SELECT CAST(i AS INTEGER) i, CAST(y AS DOUBLE) y, x, b IN ('1', 'true') b, "
        "CAST(d AS TIMESTAMP) d, CAST(c AS UTINYINT) c "
        f"FROM read_csv('{folder.path / 'rows.csv'}', all_varchar = true)"
    )
    duckdb.sql(f"COPY ({typed}) TO '{folder.path / 'rows.parquet'}' (FORMAT parquet)")
    assert folder.values(names, source="rows.parquet") == expected
    assert expected["y"] == [0.1, -2.5e-7, None]


@pytest.mark.parametrize(
    ("select", "where", "what"),
    [
        ("[1] AS y", "rows.parquet", "1 column of lists, structures or bytes"),
        ("'a'::BLOB AS y", "rows.parquet", "1 column of lists, structures or bytes"),
        ("1 AS x", "rows.parquet:y", "the file has no such column"),
        (
            "'nan'::DOUBLE AS y",
            "rows.parquet:y",
            "1 of 1 present cell is not a number: 1 not finite",
        ),
    ],
)
def test_parquet_faults(study: Make, select: str, where: str, what: str) -> None:
    folder = study("", Y)
    duckdb.sql(f"COPY (SELECT {select}) TO '{folder.path / 'rows.parquet'}' (FORMAT parquet)")
    (problem,) = folder.problems({"y"}, source="rows.parquet")
    assert (problem.where, problem.what) == (where, what)


def test_a_damaged_parquet_file(study: Make) -> None:
    folder = study(f"PAR1{CANARY}".encode(), Y, name="rows.parquet")
    (problem,) = folder.problems({"y"}, source="rows.parquet")
    assert problem.what.startswith("the file is not Parquet, or damaged (")
    (folder.path / "rows.parquet").write_bytes(b"")
    (problem,) = folder.problems({"y"}, source="rows.parquet")
    assert problem.what == "the file is empty"


def test_an_unreadable_file(study: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = study(f"y\n{CANARY}\n", Y)

    def refuse(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied", CANARY)

    monkeypatch.setattr("evaluate.data.source._as_utf8", refuse)
    (problem,) = folder.problems({"y"})
    assert problem.what == "the file cannot be copied into the data zone: Permission denied"


def test_the_database_is_private_and_reaches_nothing(study: Make, tmp_path: Path) -> None:
    folder = study("y\n1\n", Y)
    other = tmp_path / "other.csv"
    other.write_text("z\n1\n")
    with folder.open({"y"}) as rows:
        work = folder.path / ".evaluate"
        (scratch,) = work.glob("rows-*")
        if os.name == "posix":
            assert work.stat().st_mode & 0o777 == scratch.stat().st_mode & 0o777 == 0o700
        assert rows.sha256 == hashlib.sha256(b"y\n1\n").hexdigest()
        for attempt in (
            f"SELECT * FROM read_csv('{other}')",
            f"SELECT * FROM read_text('{other}')",
            f"COPY used_rows TO '{tmp_path / 'leak.csv'}'",
            f"ATTACH '{tmp_path / 'leak.duckdb'}'",
            "INSTALL httpfs",
            "SET enable_external_access = true",
            "SELECT * FROM folder",
        ):
            with pytest.raises(duckdb.Error, match=r"(?i)disabled|cannot|locked|does not exist"):
                rows.connection.execute(attempt)
    assert not list(work.glob("rows-*"))
    rows.close()


def test_errors_of_the_database_are_masked(tmp_path: Path) -> None:
    connection = connect(tmp_path, tmp_path / "none.csv")
    with (
        pytest.raises(DataError, match=r"rows\.csv: it fails \(ConversionException\)") as caught,
        masked("rows.csv", "it fails", "see"),
    ):
        connection.execute(f"SELECT CAST('x{CANARY}' AS DATE)")
    assert CANARY not in str(caught.value)
    connection.close()


def test_rows_are_divided_at_the_same_places_in_a_large_file(study: Make) -> None:
    # Larger than a buffer of DuckDB's reader, with line breaks in cells, and one short row.
    n = 400_000
    content = "i,x\n" + "".join(f'{i},"a\n{"b" * 80}"\n' for i in range(n))
    folder = study(content, "i|integer", "x|text")
    with folder.open({"i"}) as rows:
        total = rows.connection.execute("SELECT count(*), sum(i) FROM used_rows").fetchone()
    assert total == (n, n * (n - 1) // 2)
    (folder.path / "rows.csv").write_text(content + CANARY + "\n")
    (problem,) = folder.problems({"i"})
    assert problem.what == "1 row with too few cells"
