"""A CSV file as UTF-8 in the data zone: copied, hashed, and seen to be text."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from evaluate.data.definition import Data, Source
from evaluate.data.encoding import TextPass
from evaluate.data.files import Origin, Place, locate
from evaluate.data.watch import empty
from evaluate.errors import DataError, Problem, StudyError

_CHUNK = 1 << 22
_DATE_PARTS = [sorted(day) for day in ("dmY", "dmy", "dbY", "dby", "dBY", "dBy", "jY", "jy")]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A private copy of a CSV file, which nobody changes while it is read.

    Attributes
    ----------
    path : Path
        The copy; its text is UTF-8 without a byte order mark.
    sha256 : str
        Of the bytes of the original.
    n_quotes : int
        Quotation marks in it; an odd number means that one is never closed.
    """

    path: Path
    sha256: str
    n_quotes: int


def places_of(data: Data, folder: Path, at: Callable[..., str]) -> list[Place]:
    """Return where every source is; all faults at once.

    Parameters
    ----------
    data : Data
        With the sources.
    folder : Path
        The study's folder.
    at : callable
        ``at(*key)`` returns ``study.yaml:line``.

    Raises
    ------
    DataError
        If one is not where it may be.
    """
    found: list[Place] = []
    problems: list[Problem] = []
    for key, source in data.tables.items():
        where = at("data") if len(data.tables) == 1 else at("data", "sources", key)
        check_date_format(source, where)
        try:
            found.append(locate(source, folder, where, key))
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(*problems)
    return found


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


def take(origin: Origin, path: Path, target: Path) -> Snapshot:
    """Copy a CSV file into the data zone, hashed and checked as text.

    Parameters
    ----------
    origin : Origin
        What messages say of it.
    path : Path
        The original.
    target : Path
        Where the copy is written; readable by its owner only.

    Raises
    ------
    DataError
        If the file cannot be read, is empty, or is not text of the declared encoding.
    """
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with path.open("rb") as original, os.fdopen(descriptor, "wb") as out:
            return _as_utf8(origin, original, out, target)
    except OSError as error:
        raise DataError(
            Problem(
                origin.label,
                f"the file cannot be copied into the data zone: {error.strerror}",
                "nothing can be estimated without its rows",
                "allow reading it, and see that there is space",
            )
        ) from None


def _as_utf8(origin: Origin, original: BinaryIO, out: BinaryIO, target: Path) -> Snapshot:
    digest, text = hashlib.sha256(), TextPass(origin)
    while chunk := original.read(_CHUNK):
        digest.update(chunk)
        out.write(text.translate(chunk))
    out.write(text.finish())
    if not out.tell():
        raise empty(origin)
    return Snapshot(target, digest.hexdigest(), text.n_quotes)
