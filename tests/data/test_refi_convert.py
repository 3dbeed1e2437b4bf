"""Coded projects as CSV files and back, from the command line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evaluate.cli import app
from evaluate.data.refi import rows_of
from evaluate.data.refi_convert import convert
from evaluate.errors import DataError, StudyError

CODES = "code,name,parent,description\nmandate,A clear mandate,,Who decides\nroles,Roles,mandate,\n"
SEGMENTS = (
    "segment,passage,code,case,coder,source,start,end\n"
    "s1,p1,mandate,A,one,talk,0,10\ns2,p1,roles,A,two,talk,0,10\ns3,p2,roles,B,one,other,5,9\n"
)


def folder(tmp_path: Path) -> Path:
    place = tmp_path / "rows"
    place.mkdir()
    (place / "codes.csv").write_text(CODES, "utf-8")
    (place / "segments.csv").write_text(SEGMENTS, "utf-8")
    return place


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_there_and_back(tmp_path: Path) -> None:
    (project,) = convert(folder(tmp_path), tmp_path / "project.qdpx")
    back = convert(project, tmp_path / "back")
    assert {one.name for one in back} == {"segments.csv", "codes.csv", "cases.csv"}
    told = {(r["code"], r["case"], r["coder"]) for r in rows(tmp_path / "back" / "segments.csv")}
    assert len(told) == 3
    names = {r["name"] for r in rows(tmp_path / "back" / "codes.csv")}
    assert names == {"A clear mandate", "Roles"}
    (again,) = convert(tmp_path / "back", tmp_path / "again.qdpx")
    assert rows_of(again, "segments").keys() == rows_of(project, "segments").keys()
    assert len(rows_of(again, "segments")["code"]) == 3


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    place = folder(tmp_path)
    (one,), (other,) = (convert(place, tmp_path / f"{name}.qdpx") for name in "ab")
    assert len(one.read_bytes()) == len(other.read_bytes())


def test_a_codebook_there_and_back(tmp_path: Path) -> None:
    (book,) = convert(folder(tmp_path), tmp_path / "book.qdc")
    (codes,) = convert(book, tmp_path / "codes")
    assert [r["name"] for r in rows(codes)] == ["A clear mandate", "Roles"]


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("codes.csv", "name\nA\n", "do not fit"),
        ("segments.csv", "code,start\nmandate,far\n", "no whole number"),
        ("segments.csv", "code,start\nmandate\n", "do not fit"),
        ("segments.csv", "\xff\xfe", "do not fit"),
    ],
)
def test_a_damaged_file_is_said_to_be(tmp_path: Path, name: str, text: str, words: str) -> None:
    place = folder(tmp_path)
    (place / name).write_text(text, "utf-8")
    with pytest.raises(DataError, match=words):
        convert(place, tmp_path / "p.qdpx")
    assert not (tmp_path / "p.qdpx").exists()


@pytest.mark.parametrize("pair", [("a.qdpx", "b.qdc"), ("a.csv", "b"), ("nowhere", "b.qdpx.zip")])
def test_no_such_pair(tmp_path: Path, pair: tuple[str, str]) -> None:
    with pytest.raises(StudyError, match="nothing turns"):
        convert(tmp_path / pair[0], tmp_path / pair[1])


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (project,) = convert(folder(tmp_path), tmp_path / "project.qdpx")
    convert(project, tmp_path / "back")
    with pytest.raises(DataError):
        convert(project, tmp_path / "back")


def test_the_command(tmp_path: Path) -> None:
    target = tmp_path / "p.qdpx"
    good = CliRunner().invoke(app, ["convert", str(folder(tmp_path)), str(target)])
    assert good.exit_code == 0
    assert target.exists()
    (tmp_path / "bad.qdpx").write_bytes(b"no zip")
    bad = CliRunner().invoke(app, ["convert", str(tmp_path / "bad.qdpx"), str(tmp_path / "x")])
    assert bad.exit_code == 3
    assert "Traceback" not in bad.output
