"""Parquet files where they are: their columns, their types, and one scan over all of them."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from evaluate.data import sql
from evaluate.data.files import Place
from evaluate.data.names import plural, shown
from evaluate.data.table import Layout, masked
from evaluate.errors import DataError, Problem

_PLAIN = frozenset({"BOOLEAN", "FLOAT", "DOUBLE", "VARCHAR", "DATE"})
_WHY = "the files of one source are one table"


def reachable(place: Place, scratch: Path) -> tuple[Path, ...]:
    """Return paths of the files that DuckDB reads as they are written.

    DuckDB takes ``*``, ``?`` and ``[`` in a path for a pattern, and ``year=2015`` for a column
    wherever it stands, so files with such paths are reached by a link in the scratch folder.
    """
    return tuple(
        _linked(file, scratch / f"{place.origin.key}-{number}", parts)
        if _is_odd(file, parts)
        else file
        for number, (file, parts) in enumerate(zip(place.files, place.partitions, strict=True))
    )


def _is_odd(file: Path, parts: Sequence[tuple[str, str]]) -> bool:
    named = [part for part in file.parts[:-1] if "=" in part]
    return bool(re.search(r"[*?\[]", str(file))) or named != [f"{k}={v}" for k, v in parts]


def _linked(file: Path, above: Path, parts: Sequence[tuple[str, str]]) -> Path:
    folder = above.joinpath(*(re.sub(r"[*?\[]", _escaped, f"{k}={v}") for k, v in parts))
    folder.mkdir(parents=True, mode=0o700)
    target = folder / "rows.parquet"
    try:
        os.symlink(file, target)
    except OSError:  # not everybody may make links on Windows
        shutil.copyfile(file, target)
    return target


def _escaped(match: re.Match[str]) -> str:
    # DuckDB decodes the names of folders as addresses are decoded.
    return f"%{ord(match[0]):02X}"


def parquet_layout(
    connection: duckdb.DuckDBPyConnection, place: Place, paths: Sequence[Path]
) -> Layout:
    """Return the columns of Parquet files, which all have the same.

    Parameters
    ----------
    connection : DuckDBPyConnection
        May read the files.
    place : Place
        Where the source is.
    paths : sequence of Path
        As ``reachable`` returns them.

    Raises
    ------
    DataError
        If a file is not Parquet, holds cells of several values, or has other columns.
    """
    parts = _partition_names(place)
    options = "hive_partitioning = false"
    if parts:
        options = "hive_partitioning = true, hive_types_autocast = false"
    if len(paths) > 1:
        options += ", union_by_name = true"
    scan = f"read_parquet({sql.array(map(str, paths))}, {options})"
    label = place.origin.label
    with masked(label, "the file is not Parquet, or damaged", "write it again"):
        schemas = _schemas(connection, paths)
        described = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    names, is_flat = schemas[0]
    n_other = sum(not _is_plain(kind) for _, kind, *_ in described)
    if n_other or not is_flat:
        what = f"{plural(max(n_other, 1), 'column')} of lists, structures or bytes"
        fix = "write such columns as text, or leave them out"
        raise DataError(Problem(label, what, "a cell is one value", fix))
    _refuse_other_columns(place, [names for names, _ in schemas])
    kinds = {name: kind for name, kind, *_ in described}
    # DuckDB gives a name that stands twice another ending, and puts partitions last.
    columns = (*(name for name, *_ in described[: len(names)]), *parts)
    return Layout(
        (*names, *parts),
        tuple(map(sql.identifier, columns)),
        tuple(kinds[one] for one in columns),
        scan,
        stored=False,
    )


def _schemas(
    connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]
) -> list[tuple[list[str], bool]]:
    """Return the names of each file's columns, and whether each column holds single values."""
    found: dict[str, list[tuple[str, int | None]]] = {str(path): [] for path in paths}
    for file, name, children in connection.execute(
        f"SELECT file_name, name, num_children FROM parquet_schema({sql.array(map(str, paths))})"
    ).fetchall():
        found[file].append((name, children))
    return [
        ([name for name, _ in columns], not any(children for _, children in columns))
        for _, *columns in found.values()
    ]


def _refuse_other_columns(place: Place, files: Sequence[Sequence[str]]) -> None:
    """Refuse files that lack a column of the first one, or have one more.

    Raises
    ------
    DataError
        With the first file and column that differ.
    """
    first = set(files[0])
    fix = "write the same columns into every file"
    for number, names in enumerate(files):
        where = place.file_origin(number).label
        for name in sorted(first.symmetric_difference(names)):
            lacks = "lacks" if name in first else "alone has"
            what = f"the file {lacks} the column `{shown(name)}`"
            raise DataError(Problem(where, what, _WHY, fix))
        if len(files) > 1 and len({name.casefold() for name in names}) < len(names):
            what = "several columns have one name, or differ only in capitals"
            raise DataError(Problem(where, what, _WHY, "rename one of them in every file"))


def _partition_names(place: Place) -> tuple[str, ...]:
    """Return the columns that folders name.

    Raises
    ------
    DataError
        If the folders of a file name other columns than those of the first.
    """
    parts = place.partitions
    first = tuple(key for key, _ in parts[0]) if parts else ()
    for number, pairs in enumerate(parts):
        if tuple(key for key, _ in pairs) != first:
            where = place.file_origin(number).label
            what = "its folders name other columns than those of the first file"
            fix = "put every file into folders such as `year=2015`, in the same order"
            raise DataError(Problem(where, what, _WHY, fix))
    return first


def _is_plain(kind: str) -> bool:
    ends, starts = ("INT", "INTEGER"), ("TIMESTAMP", "DECIMAL")
    return kind in _PLAIN or kind.endswith(ends) or kind.startswith(starts)
