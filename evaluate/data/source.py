"""The file that holds the rows: found, hashed, and copied as UTF-8 into the data zone."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from evaluate.data.definition import Source
from evaluate.data.encoding import TextPass
from evaluate.data.names import shown
from evaluate.errors import DataError, Problem, StudyError

SUFFIXES = (".csv", ".parquet")
_CHUNK = 1 << 22
_DATE_PARTS = [sorted(day) for day in ("dmY", "dmy", "dbY", "dby", "dBY", "dBy", "jY", "jy")]
_WHY_INSIDE = "a study reads only files of its own folder, so that it can be moved and trusted"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A private copy of the source, which nobody changes while it is read.

    Attributes
    ----------
    path : Path
        The copy; text is UTF-8 without a byte order mark.
    sha256 : str
        Of the bytes of the original.
    n_quotes : int
        Quotation marks in it; an odd number means that one is never closed.
    """

    path: Path
    sha256: str
    n_quotes: int


def check_date_format(source: Source, where: str) -> None:
    """Refuse a form of dates other than day, month and year with plain signs between.

    Raises
    ------
    StudyError
        If the form has other parts, or lacks one.
    """
    form = source.date_format
    if form is None:
        return
    parts = sorted(re.findall(r"%-?([a-zA-Z])", form))
    plain = re.fullmatch(r"(%-?[dmYyjbB]|[-./ ,])+", form)
    if not plain or parts not in _DATE_PARTS:
        raise StudyError(
            Problem(
                where,
                "`date_format` is not a day, a month and a year",
                "a date that can be read in two ways is read in the wrong one",
                "write it like `%d.%m.%Y`",
            )
        )


def locate(source: Source, folder: Path, where: str) -> Path:
    """Return the file of a source, which stands inside the study's folder.

    Parameters
    ----------
    source : Source
        As the study defines it.
    folder : Path
        The study's folder.
    where : str
        Place of the path in ``study.yaml``.

    Raises
    ------
    DataError
        If the path leads elsewhere, is of a kind that is not read, or nothing is there.
    """
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", source.path):
        raise _misplaced(where, "the source is an address, not a file")
    if _is_rooted(source.path):
        raise _misplaced(where, "the path of the source starts at the root of a disk")
    if ".." in re.split(r"[/\\]", source.path):
        raise _misplaced(where, "the path of the source leads upwards")
    root, path = folder.resolve(), _resolved(folder / source.path)
    if path is not None and not path.is_relative_to(root):
        raise _misplaced(where, "the path of the source leads out of the study's folder by a link")
    if not source.path.lower().endswith(SUFFIXES):
        raise DataError(
            Problem(
                where,
                f"the source `{shown(source.path)}` is of a kind that is not read",
                "other formats run code or lose leading zeros and long numbers",
                f"save it as {' or '.join(SUFFIXES)}",
            )
        )
    if path is None or not path.is_file():
        raise DataError(
            Problem(
                where,
                f"there is no file `{shown(source.path)}` in the study's folder",
                "nothing can be estimated without its rows",
                "put the file there, correct the path, or set `status: planned`",
            )
        )
    return path


def take(source: Source, path: Path, target: Path) -> Snapshot:
    """Copy a source into the data zone, hashed and checked as text.

    Parameters
    ----------
    source : Source
        As the study defines it.
    path : Path
        The original.
    target : Path
        Where the copy is written; readable by its owner only.

    Raises
    ------
    DataError
        If the file cannot be read, is empty, or is not text of the declared encoding.
    """
    copy = _as_it_is if source.is_parquet else _as_utf8
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with path.open("rb") as original, os.fdopen(descriptor, "wb") as out:
            return copy(source, original, out, target)
    except OSError as error:
        raise DataError(
            Problem(
                source.path,
                f"the file cannot be copied into the data zone: {error.strerror}",
                "nothing can be estimated without its rows",
                "allow reading it, and see that there is space",
            )
        ) from None


def _as_it_is(source: Source, original: BinaryIO, out: BinaryIO, target: Path) -> Snapshot:
    digest = hashlib.sha256()
    while chunk := original.read(_CHUNK):
        digest.update(chunk)
        out.write(chunk)
    if not out.tell():
        raise _empty(source)
    return Snapshot(target, digest.hexdigest(), 0)


def _as_utf8(source: Source, original: BinaryIO, out: BinaryIO, target: Path) -> Snapshot:
    digest, text = hashlib.sha256(), TextPass(source)
    while chunk := original.read(_CHUNK):
        digest.update(chunk)
        out.write(text.translate(chunk))
    out.write(text.finish())
    if not out.tell():
        raise _empty(source)
    return Snapshot(target, digest.hexdigest(), text.n_quotes)


def _resolved(path: Path) -> Path | None:
    """Return the file that a path leads to, or ``None`` where it cannot lead to one."""
    try:
        found = path.resolve()
        found.stat()
    except (OSError, RuntimeError, ValueError):  # too long, links in a circle, a NUL character
        return None
    return found


def _is_rooted(path: str) -> bool:
    windows = PureWindowsPath(path)
    return PurePosixPath(path).is_absolute() or bool(windows.drive or windows.root)


def _misplaced(where: str, what: str) -> DataError:
    return DataError(
        Problem(where, what, _WHY_INSIDE, "put the file under the study's folder and name it so")
    )


def _empty(source: Source) -> DataError:
    return DataError(
        Problem(
            source.path,
            "the file is empty",
            "nothing can be estimated without rows",
            "export it again",
        )
    )
