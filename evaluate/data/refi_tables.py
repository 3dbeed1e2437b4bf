"""Coded projects to and from tables that a study reads as records."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from evaluate.data import refi
from evaluate.data.names import shown
from evaluate.errors import DataError, Problem

SEGMENTS, CODES, CASES = "segments.csv", "codes.csv", "cases.csv"
_PLACES = ("start", "end")


def unpack(path: Path, folder: Path, *, with_text: bool = False) -> tuple[Path, ...]:
    """Write the tables of a coded project, or of a codebook, as CSV files.

    Parameters
    ----------
    path : Path
        A ``.qdpx`` file, or a ``.qdc`` file, which has codes only.
    folder : Path
        Where ``segments.csv``, ``codes.csv`` and ``cases.csv`` go; its owner alone can read them.
    with_text : bool
        Whether segments have a column with what people said.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    DataError
        If the file is damaged or built to do harm, or a table stands there already.
    """
    tables = {CODES: refi.rows_of(path, "codes")}
    if path.suffix.lower() != ".qdc":
        tables[SEGMENTS] = refi.rows_of(path, "segments", with_text=with_text)
        tables[CASES] = refi.rows_of(path, "cases")
    wanted = {folder / name: table for name, table in tables.items() if table}
    for one in wanted:
        if one.exists():
            raise DataError(
                _fault(one, "it stands there already", "name another folder, or move it")
            )
    for one, table in wanted.items():
        _write(one, table)
    return tuple(wanted)


def _write(path: Path, table: Mapping[str, Sequence[refi.Cell]]) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(table)
            for row in zip(*table.values(), strict=True):
                rows.writerow(["" if one is None else _cell(one) for one in row])
    except OSError:
        fix = "name a folder that is there and open to you"
        raise DataError(_fault(path, "it cannot be written", fix)) from None


def _cell(one: str | int | bool) -> str:
    return str(one).lower() if isinstance(one, bool) else str(one)


def pack(folder: Path, path: Path) -> None:
    """Write a coded project, or a codebook, from CSV files.

    Parameters
    ----------
    folder : Path
        Holds ``codes.csv``, and for a project ``segments.csv``, with the columns of ``unpack``.
    path : Path
        The ``.qdpx`` file; or a ``.qdc`` file, into which the codes alone go.

    Raises
    ------
    DataError
        If a table is missing, is no CSV in UTF-8, or lacks a column; or codes contradict each
        other.
    """
    codes = _read(folder / CODES, ("code",))
    if path.suffix.lower() == ".qdc":
        refi.write_codebook(refi.codes_of_rows(codes, CODES), path)
        return
    segments = _read(folder / SEGMENTS, ("code",))
    for name in _PLACES:
        if name in segments:
            segments[name] = [_number(one, folder / SEGMENTS) for one in segments[name]]
    refi.write_project(refi.project_of_rows(path.stem, segments, codes), path)


def _read(path: Path, needed: Sequence[str]) -> dict[str, list[refi.Cell]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            head = next(rows, [])
            lines = [row for row in rows if row]
    except (OSError, UnicodeDecodeError, csv.Error):
        fix = "write it as CSV in UTF-8, with a comma between cells"
        raise DataError(_fault(path, "it is missing or no CSV in UTF-8", fix)) from None
    missing = [name for name in needed if name not in head]
    uneven = any(len(row) != len(head) for row in lines)
    if missing or uneven or len(set(head)) < len(head):
        fix = f"give it one heading for each column, {', '.join(needed)} among them"
        raise DataError(_fault(path, "its rows do not fit its heading", fix))
    if any(not row[head.index("code")] for row in lines):
        raise DataError(_fault(path, "a row has no code", "fill in the code, or delete the row"))
    return {name: [row[at] or None for row in lines] for at, name in enumerate(head)}


def _number(cell: refi.Cell, path: Path) -> int | None:
    if cell is None:
        return None
    said = str(cell)
    if not (said.isascii() and said.isdecimal()):
        fix = "give the place in characters, from 0, or leave it empty"
        raise DataError(_fault(path, "a place is no whole number", fix))
    return int(said[:18])


def _fault(path: Path, what: str, fix: str) -> Problem:
    return Problem(shown(path.name), what, "the tables of a coded project are made of it", fix)
