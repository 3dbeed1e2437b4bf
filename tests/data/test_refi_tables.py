"""Coded projects to and from CSV files."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import pytest
from test_refi import TEXT, packed

from evaluate.data import refi
from evaluate.data.refi_tables import pack, unpack
from evaluate.errors import DataError


def columns(path: Path) -> dict[str, list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    return {name: [row[at] for row in rows] for at, name in enumerate(head)}


def test_a_project_as_tables_and_back(tmp_path: Path) -> None:
    path, again = packed(tmp_path), tmp_path / "again.qdpx"
    files = unpack(path, tmp_path)
    assert {one.name for one in files} == {"segments.csv", "codes.csv", "cases.csv"}
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o600 for one in files)
    assert not any(TEXT[:5] in one.read_text(encoding="utf-8") for one in files)
    pack(tmp_path, again)
    before, after = refi.rows_of(path, "segments"), refi.rows_of(again, "segments")
    assert sorted(before["code"]) == sorted(after["code"])
    assert refi.rows_of(again, "codes")["definition"] == refi.rows_of(path, "codes")["definition"]
    by_key = dict(zip(after["segment"], after["start"], strict=True))
    for key, kind, start in zip(before["segment"], before["kind"], before["start"], strict=True):
        if kind == "text":
            assert by_key[key] == start


def test_a_codebook_as_a_table_and_back(tmp_path: Path) -> None:
    first = tmp_path / "one.qdc"
    codes = refi.read_codebook(packed(tmp_path))
    refi.write_codebook(codes, first)
    (table,) = unpack(first, tmp_path)
    assert columns(table)["codable"] == ["false", "true", "false", "true", "true"]
    pack(tmp_path, tmp_path / "two.qdc")
    assert refi.read_codebook(tmp_path / "two.qdc") == codes


def test_text_only_where_it_is_asked_for(tmp_path: Path) -> None:
    unpack(packed(tmp_path), tmp_path, with_text=True)
    assert TEXT[0:5] in columns(tmp_path / "segments.csv")["text"]


def test_nothing_is_written_over(tmp_path: Path) -> None:
    path = packed(tmp_path)
    (tmp_path / "cases.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match="stands there already"):
        unpack(path, tmp_path)
    assert (tmp_path / "cases.csv").read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "codes.csv").exists()
    with pytest.raises(DataError, match="cannot be written"):
        unpack(path, tmp_path / "none")


@pytest.mark.parametrize(
    ("segments", "what"),
    [
        (None, "missing"),
        (b"code,case\na\n", "do not fit"),
        (b"case\nA\n", "do not fit"),
        (b"code,code\na,b\n", "do not fit"),
        (b"code,start,end\na,one,2\n", "no whole number"),
        (b"code,case\n,A\n", "no code"),
        (b"code\n\xff\xfe\n", "no CSV"),
        (b'code\n"a\n', "no CSV"),
        (b"", "do not fit"),
    ],
)
def test_tables_that_are_refused(tmp_path: Path, segments: bytes | None, what: str) -> None:
    (tmp_path / "codes.csv").write_text("code\na\n", encoding="utf-8")
    if segments is not None:
        (tmp_path / "segments.csv").write_bytes(segments)
    with pytest.raises(DataError, match=what):
        pack(tmp_path, tmp_path / "one.qdpx")
    assert not (tmp_path / "one.qdpx").exists()
