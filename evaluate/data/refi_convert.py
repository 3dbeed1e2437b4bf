"""Coded projects to CSV files and back: what ``evaluate convert`` does."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

from evaluate.data.names import shown
from evaluate.data.refi import (
    Cell,
    Table,
    codes_of_rows,
    project_of_rows,
    rows_of,
    write_codebook,
    write_project,
)
from evaluate.errors import DataError, Problem, StudyError

_TABLES: tuple[Table, ...] = get_args(Table)
_NUMBERS = ("start", "end")
_LARGEST = 100_000_000  # bytes of a CSV file that is read back


def convert(source: Path, target: Path, *, with_text: bool = False) -> list[Path]:
    """Turn a coded project or codebook into CSV files, or CSV files into one.

    Parameters
    ----------
    source : Path
        A ``.qdpx`` or ``.qdc`` file, or a folder with ``codes.csv`` and ``segments.csv``.
    target : Path
        A folder for the CSV files, or the ``.qdpx`` or ``.qdc`` file.
    with_text : bool
        Whether segments keep what people said.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    StudyError
        If the two are no such pair.
    DataError
        If a file is damaged, built to do harm or cannot be written.
    """
    known, wanted = source.suffix.lower(), target.suffix.lower()
    if known == ".qdpx" and not wanted:
        return [_written(target, one, rows_of(source, one, with_text=with_text)) for one in _TABLES]
    if known == ".qdc" and not wanted:
        return [_written(target, "codes", rows_of(source, "codes"))]
    if source.is_dir() and wanted == ".qdc":
        write_codebook(codes_of_rows(_read(source, "codes")), target)
        return [target]
    if source.is_dir() and wanted == ".qdpx":
        rows = _read(source, "segments"), _read(source, "codes")
        write_project(project_of_rows(target.stem, *rows), target)
        return [target]
    raise StudyError(
        Problem(
            "command line",
            f"nothing turns `{shown(source.name)}` into `{shown(target.name)}`",
            "a .qdpx or .qdc file becomes a folder of CSV files, and such a folder either of them",
            "name a .qdpx or .qdc file and a folder, or the other way round",
        )
    )


def _written(folder: Path, table: str, columns: Mapping[str, Sequence[Cell]]) -> Path:
    path = folder / f"{table}.csv"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(
                ["" if one is None else _safe(one) for one in row]
                for row in zip(*columns.values(), strict=True)
            )
    except OSError:
        raise _cannot(path, "cannot be written") from None
    return path


def _safe(cell: Cell) -> Cell:
    """Return a cell that a spreadsheet does not take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell


def _read(folder: Path, table: str) -> dict[str, list[Cell]]:
    path = folder / f"{table}.csv"
    try:
        if path.stat().st_size > _LARGEST:
            raise _cannot(path, "is larger than is read")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise _cannot(path, "cannot be read as a CSV file") from None
    names = list(rows[0]) if rows else []
    if "code" not in names or any(None in row or None in row.values() for row in rows):
        raise _cannot(path, "has no column `code`, or rows of different lengths")
    return {name: [_cell(name, row[name], path) for row in rows] for name in names}


def _cell(name: str, text: str, path: Path) -> Cell:
    if not text:
        return None
    if name not in _NUMBERS:
        return text[1:] if text[:1] == "'" and text[1:2] in "=+-@\t\r" else text
    try:
        return int(text)
    except ValueError:
        raise _cannot(path, f"has a `{name}` that is no whole number") from None


def _cannot(path: Path, what: str) -> DataError:
    return DataError(
        Problem(
            shown(path.name),
            f"the file {what}",
            "codes and segments are taken from it",
            "mend it, or convert the project again",
        )
    )
