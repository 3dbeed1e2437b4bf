"""One source of many files: folders, patterns and partitions, held to one set of columns."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import duckdb
import pytest
from example_folder import CANARY, Folder, Make

VARIABLES = ("x|integer", "s|text", "year|period", "place|category")


def write(folder: Folder, name: str, select: str = "SELECT 1 AS x, 'a' AS s") -> Path:
    path = folder.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    # DuckDB takes some of these names for patterns.
    plain = folder.path / "plain.tmp"
    duckdb.sql(f"COPY ({select}) TO '{plain}' (FORMAT parquet)")
    plain.replace(path)
    return path


def row(number: int) -> str:
    return f"SELECT {number} AS x, '{chr(96 + number)}' AS s"


LAYOUTS = [
    ("data", ["data/b.parquet", "data/a.parquet"]),
    ("data/", ["data/b.parquet", "data/deeper/a.parquet"]),
    ("data/part-*.parquet", ["data/part-1.parquet", "data/part-2.parquet"]),
    ("data/*/p.parquet", ["data/x/p.parquet", "data/y/p.parquet"]),
    ("rows.parquet", ["rows.parquet/part-0.parquet", "rows.parquet/part-1.PARQUET"]),
    ("data", ["data/a[1].parquet", "data/*.parquet"]),
    ("data{1}", ["data{1}/å 'b'.parquet", "data{1}/c;--.parquet"]),
]


@pytest.mark.parametrize(("path", "names"), LAYOUTS)
def test_files_are_one_table(study: Make, path: str, names: list[str]) -> None:
    folder = study("", *VARIABLES[:2])
    for number, name in enumerate(names, start=1):
        write(folder, name, row(number))
    (folder.path / Path(names[0]).parent / "_SUCCESS").write_text("")
    (folder.path / Path(names[0]).parent / "notes.txt").write_text(CANARY)
    found = folder.values(["x", "s"], source=path)
    assert sorted(zip(found["x"], found["s"], strict=True)) == [(1, "a"), (2, "b")]


def test_the_hash_is_of_names_and_bytes(study: Make) -> None:
    folder = study("", *VARIABLES[:2])
    for number in (1, 2):
        write(folder, f"data/{number}.parquet", row(number))

    def hashed() -> str:
        with folder.open({"x"}, source="data") as rows:
            return rows.sha256

    first = hashed()
    assert first == hashed()
    assert len(first) == hashlib.sha256().digest_size * 2
    (folder.path / "data" / "2.parquet").rename(folder.path / "data" / "3.parquet")
    assert hashed() != first
    (folder.path / "data" / "3.parquet").unlink()
    # One file alone has the hash of its bytes.
    alone = folder.path / "data" / "1.parquet"
    assert hashed() == hashlib.sha256(alone.read_bytes()).hexdigest()


def test_folders_name_columns(study: Make) -> None:
    folder = study("", *VARIABLES)
    write(folder, "data/year=2015/place=0301/a.parquet", row(1))
    write(folder, "data/year=2016/place=a%20b/a.parquet", row(2))
    write(folder, "data/year=2016/place=__HIVE_DEFAULT_PARTITION__/a.parquet", row(3))
    found = folder.values(["x", "year", "place"], source="data")
    assert sorted(zip(found["x"], found["year"], found["place"], strict=True)) == [
        (1, 2015, "0301"),
        (2, 2016, "a b"),
        (3, 2016, None),
    ]
    where = [{"column": "year", "is": "2015"}]
    assert folder.values(["x"], source="data", where=where) == {"x": [1]}


def test_folders_above_the_source_name_nothing(study: Make) -> None:
    folder = study("", *VARIABLES[:3])
    write(folder, "year=1999/rows/year=2015/a.parquet", row(1))
    write(folder, "year=1999/rows/year=2016/a.parquet", row(2))
    found = folder.values(["x", "year"], source="year=1999/rows")
    assert sorted(zip(found["x"], found["year"], strict=True)) == [(1, 2015), (2, 2016)]


def test_types_are_widened_and_never_cut(study: Make) -> None:
    # The first file has whole numbers; taking its type would round the second's.
    folder = study("", "x|number", "s|text")
    write(folder, "data/a.parquet", "SELECT 's' AS s, 1::INTEGER AS x")
    write(folder, "data/b.parquet", "SELECT 1.7::DOUBLE AS x, 't' AS s")
    assert sorted(folder.values(["x"], source="data")["x"]) == [1.0, 1.7]


A, B = "data/a.parquet", "data/b.parquet"
FAULTS: list[tuple[dict[str, str], str, str]] = [
    ({A: row(1), B: "SELECT 1 AS x"}, B, "the file lacks the column `s`"),
    ({A: row(1), B: "SELECT 1 AS x, 's' AS s, 2 AS z"}, B, "the file alone has the column `z`"),
    ({A: "SELECT 1 AS x, 2 AS z", B: "SELECT 1 AS x, 2 AS z"}, "data:s",
     "the file has no such column"),
    ({A: row(1), "data/year=1/b.parquet": row(2)}, "data/year=1/b.parquet",
     "its folders name other columns than those of the first file"),
    ({"data/s=1/a.parquet": row(1), "data/s=2/b.parquet": row(2)}, "data:s",
     "several columns have this name"),
    ({A: row(1), B: "SELECT 'nan'::DOUBLE AS x, 's' AS s"}, "data:x",
     "1 of 2 present cells is not a whole number: 1 not finite"),
]  # fmt: skip


@pytest.mark.parametrize(("files", "where", "what"), FAULTS)
def test_files_that_are_not_one_table(
    study: Make, files: dict[str, str], where: str, what: str
) -> None:
    folder = study("", *VARIABLES[:2])
    for name, select in files.items():
        write(folder, name, select)
    (problem,) = folder.problems({"x", "s"}, source="data")
    assert (problem.where, problem.what) == (where, what)


def test_a_damaged_or_empty_file_among_them(study: Make) -> None:
    folder = study("", *VARIABLES[:2])
    write(folder, A, row(1))
    (folder.path / B).write_bytes(b"")
    (problem,) = folder.problems({"x"}, source="data")
    assert (problem.where, problem.what) == (B, "the file is empty")
    (folder.path / B).write_bytes(f"PAR1{CANARY}".encode())
    (problem,) = folder.problems({"x"}, source="data")
    assert problem.what.startswith("the file is not Parquet, or damaged (")


def test_every_file_stays_within_the_study(study: Make, tmp_path: Path) -> None:
    folder = study("", *VARIABLES[:2])
    write(folder, A, row(1))
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "c.parquet").write_text(CANARY)
    link = folder.path / "data" / "c.parquet"
    link.symlink_to(outside / "c.parquet")
    for source in ("data", "data/*.parquet"):
        (problem,) = folder.problems({"x"}, source=source)
        assert problem.what == "the path of the source leads out of the study's folder by a link"
    link.unlink()
    link.symlink_to(folder.path / "nowhere.parquet")
    (problem,) = folder.problems({"x"}, source="data")
    assert problem.what == "`data/c.parquet` of the source `data` is not a file"
    link.unlink()
    (folder.path / "data" / "linked").symlink_to(outside)
    (problem,) = folder.problems({"x"}, source="data")
    assert problem.what == "a folder within the source is a link"
    (problem,) = folder.problems({"x"}, source="data/*/c.parquet")
    assert problem.what == "the path of the source leads out of the study's folder by a link"


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("../*.parquet", "the path of the source leads upwards"),
        ("data/../../*.parquet", "the path of the source leads upwards"),
        ("/*.parquet", "the path of the source starts at the root of a disk"),
        ("\\\\server\\*.parquet", "the path of the source starts at the root of a disk"),
        ("s3://bucket/*.parquet", "the source is an address, not a file"),
        ("none-*.parquet", "there is no file `none-*.parquet` in the study's folder"),
        ("empty", "there is no file `empty` in the study's folder"),
        ("mixed", "the folder `mixed` holds files of two kinds"),
    ],
)
def test_folders_and_patterns_that_are_refused(study: Make, path: str, what: str) -> None:
    folder = study("", *VARIABLES[:2])
    write(folder, "mixed/a.parquet")
    (folder.path / "mixed" / "b.csv").write_text("x,s\n1,a\n")
    (folder.path / "empty").mkdir()
    (problem,) = folder.problems({"x"}, source=path)
    assert (problem.where, problem.what) == ("study.yaml:data", what)


def test_many_csv_files(study: Make) -> None:
    folder = study("", *VARIABLES[:2])
    (folder.path / "data").mkdir()
    (folder.path / "data" / "a.csv").write_text("x;s\r\n1;å\r\n", encoding="latin-1", newline="")
    (folder.path / "data" / "b.csv").write_text("x;s\n2;b", encoding="latin-1")
    options: Any = {"main": {"path": "data", "encoding": "latin-1", "delimiter": ";"}}
    found = folder.values(["x", "s"], source=None, sources=options)
    assert sorted(zip(found["x"], found["s"], strict=True)) == [(1, "å"), (2, "b")]
    (folder.path / "data" / "c.csv").write_text("s;x\nb;2\n", encoding="latin-1")
    (problem,) = folder.problems({"x"}, source=None, sources=options)
    assert (problem.where, problem.what) == (
        "data/c.csv",
        "its columns are not those of `data/a.csv`",
    )
    (folder.path / "data" / "c.csv").write_text(f"x;s\n{CANARY}\n2\n", encoding="latin-1")
    (problem,) = folder.problems({"x"}, source=None, sources=options)
    assert (problem.where, problem.what) == ("data", "2 rows with too few cells")


def test_csv_settings_mean_nothing_to_parquet(study: Make) -> None:
    folder = study("", *VARIABLES[:2])
    write(folder, A)
    options: Any = {"main": {"path": "data", "decimal": ","}}
    (problem,) = folder.problems({"x"}, source=None, sources=options)
    assert problem.what == "`decimal` says how a CSV file is written"
