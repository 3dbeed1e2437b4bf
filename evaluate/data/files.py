"""The files of a source: found inside the study's folder, whatever leads elsewhere refused."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Literal

from evaluate.data.definition import DATABASE_SUFFIXES, TYPED_SUFFIXES, Source
from evaluate.data.names import shown
from evaluate.errors import DataError, Problem

SUFFIXES = (".csv", *TYPED_SUFFIXES)
Kind = Literal["csv", "parquet", "other"]
_WHY_INSIDE = "a study reads only files of its own folder, so that it can be moved and trusted"
_WHY_ROWS = "nothing can be estimated without its rows"


@dataclass(frozen=True, slots=True)
class Origin:
    """What messages say of a source, or of one of its files.

    Attributes
    ----------
    label : str
        Name of the file, or of the table of a database.
    key : str
        Name of the source under ``data.sources``.
    source : Source
        As the study defines it.
    """

    label: str
    key: str
    source: Source

    @property
    def setting(self) -> str:
        """Return where the study says how the source is written."""
        return f"`data.sources.{self.key}`"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a source is.

    Attributes
    ----------
    origin : Origin
        The source as a whole.
    kind : {"csv", "parquet", "other"}
        Who reads it; other formats and databases become a private Parquet file first.
    root : Path or None
        The file or folder that was named; ``None`` for a database.
    files : tuple of Path
        Resolved files, sorted by name; empty for a database.
    names : tuple of str
        Their names within the study's folder.
    partitions : tuple of tuple of (str, str)
        For each Parquet file the columns that its folders name, such as ``year=2015``.
    """

    origin: Origin
    kind: Kind
    root: Path | None = None
    files: tuple[Path, ...] = ()
    names: tuple[str, ...] = ()
    partitions: tuple[tuple[tuple[str, str], ...], ...] = ()

    def file_origin(self, number: int) -> Origin:
        """Return what messages say of one of the files."""
        if len(self.files) <= 1:  # a database has none
            return self.origin
        return Origin(shown(self.names[number]), self.origin.key, self.origin.source)


def locate(source: Source, folder: Path, where: str, key: str = "main") -> Place:
    """Return the files of a source, which stand inside the study's folder.

    Parameters
    ----------
    source : Source
        As the study defines it.
    folder : Path
        The study's folder.
    where : str
        Place of the source in ``study.yaml``.
    key : str
        Name of the source.

    Raises
    ------
    DataError
        If the path, or one of the files that it stands for, leads elsewhere, is of a kind that
        is not read, or nothing is there.
    """
    origin = Origin(shown(source.label), key, source)
    if source.path is None:
        return Place(origin, "other")
    _refuse_path(source.path, where)
    root, path = folder.resolve(), resolved(folder / source.path)
    if path is not None:
        _refuse_outside(path, root, where)
        if path.is_dir() and source.suffix in {"", ".parquet"}:
            return _of_folder(origin, path, root, where)
    if path is None and source.suffix == ".parquet" and re.search(r"[*?\[]", source.path):
        found = sorted(folder.resolve().glob(source.path.replace("\\", "/")))
        return _many(origin, found, root, where, named=root)
    if source.suffix not in SUFFIXES:
        raise DataError(
            Problem(
                where,
                f"the source `{shown(source.path)}` is of a kind that is not read",
                "other formats run code or lose leading zeros and long numbers",
                f"save it as {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}",
            )
        )
    if path is None or not path.is_file():
        raise _absent(source.path, where)
    return Place(origin, _kind(source.suffix), path, (path,), (source.path,), ((),))


def resolved(path: Path) -> Path | None:
    """Return the file that a path leads to, or ``None`` where it cannot lead to one."""
    try:
        found = path.resolve()
        found.stat()
    except (OSError, RuntimeError, ValueError):  # too long, links in a circle, a NUL character
        return None
    return found


def _kind(suffix: str) -> Kind:
    return "csv" if suffix == ".csv" else "parquet" if suffix == ".parquet" else "other"


def _refuse_path(path: str, where: str) -> None:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", path):
        raise _misplaced(where, "the source is an address, not a file")
    windows = PureWindowsPath(path)
    if PurePosixPath(path).is_absolute() or windows.drive or windows.root:
        raise _misplaced(where, "the path of the source starts at the root of a disk")
    if ".." in re.split(r"[/\\]", path):
        raise _misplaced(where, "the path of the source leads upwards")


def _refuse_outside(path: Path, root: Path, where: str) -> None:
    if not path.is_relative_to(root):
        raise _misplaced(where, "the path of the source leads out of the study's folder by a link")


def _of_folder(origin: Origin, path: Path, root: Path, where: str) -> Place:
    """Return the Parquet or CSV files of a folder and of the folders in it."""
    found = sorted(_walk(path, where))
    kinds = {file.suffix.lower() for file in found}
    if kinds == {".csv", ".parquet"}:
        what = f"the folder `{origin.label}` holds files of two kinds"
        fix = "keep .parquet or .csv files in it, not both"
        raise DataError(Problem(where, what, "one source is one table", fix))
    if kinds == {".parquet"} and origin.source.given:
        what = f"`{min(origin.source.given)}` says how a CSV file is written"
        why = "Parquet files have types of their own"
        raise DataError(Problem(where, what, why, f"delete `{min(origin.source.given)}`"))
    return _many(origin, found, root, where, named=path)


def _walk(path: Path, where: str) -> Iterator[Path]:
    """Yield the files of a folder; those that begin with a point or underscore are not data."""
    for above, folders, files in os.walk(path):
        folders[:] = [one for one in folders if one[0] not in "._"]
        if any(Path(above, one).is_symlink() for one in folders):
            raise _misplaced(where, "a folder within the source is a link")
        for one in files:
            if one[0] not in "._" and Path(one).suffix.lower() in {".csv", ".parquet"}:
                yield Path(above, one)


def _many(origin: Origin, found: list[Path], root: Path, where: str, *, named: Path) -> Place:
    """Return several files as one source, after holding each against the rules."""
    if not found:
        raise _absent(origin.source.path or "", where)
    files = []
    for one in found:
        path = resolved(one)
        if path is not None:
            _refuse_outside(path, root, where)
        if path is None or not path.is_file():
            name = one.relative_to(root).as_posix()
            what = f"`{shown(name)}` of the source `{origin.label}` is not a file"
            raise DataError(Problem(where, what, _WHY_ROWS, "delete it, or put the file there"))
        files.append(path)
    names = tuple(one.relative_to(root).as_posix() for one in found)
    parts = tuple(_partitions(one.relative_to(named).as_posix()) for one in found)
    return Place(origin, _kind(found[0].suffix.lower()), named, tuple(files), names, parts)


def _partitions(name: str) -> tuple[tuple[str, str], ...]:
    parts = (part.partition("=") for part in PurePosixPath(name).parts[:-1])
    return tuple((key, value) for key, sign, value in parts if key and sign)


def _absent(path: str, where: str) -> DataError:
    is_database = path.lower().endswith(DATABASE_SUFFIXES)
    noun = "database" if is_database else "file"
    return DataError(
        Problem(
            where,
            f"there is no {noun} `{shown(path)}` in the study's folder",
            _WHY_ROWS,
            "put the file there (`evaluate simulate` writes dummy rows), correct the path, or set `status: planned`",
        )
    )


def _misplaced(where: str, what: str) -> DataError:
    return DataError(
        Problem(where, what, _WHY_INSIDE, "put the file under the study's folder and name it so")
    )
