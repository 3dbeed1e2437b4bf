"""What goes wrong with statistics files and databases, in words that hold no cell of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from evaluate.data.names import plural, shown
from evaluate.errors import DataError, Problem

_KEPT_BACK = "the details are kept back because they may hold cells of the data"


@contextmanager
def masked(errors: tuple[type[Exception], ...], where: str, what: str, fix: str) -> Iterator[None]:
    """Turn errors of a library, whose text may hold cells, into a problem without them.

    Parameters
    ----------
    errors : tuple of type
        What the library raises.
    where, what, fix : str
        Parts of the problem.

    Raises
    ------
    DataError
        In place of any of these errors.
    """
    try:
        yield
    except errors as error:
        said = f"{what} ({type(error).__name__})"
        raise DataError(Problem(where, said, _KEPT_BACK, fix)) from None


@contextmanager
def unchanged(path: Path, where: str) -> Iterator[str]:
    """Give the SHA-256 of a file; complain if it is another one after the work with it.

    Parameters
    ----------
    path : Path
        The file.
    where : str
        Its place in messages.

    Raises
    ------
    DataError
        If it cannot be read, is empty, or was changed in the meantime.
    """
    try:
        before = _stamp(path)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        what = f"the file cannot be read: {error.strerror}"
        why = "nothing can be estimated without its rows"
        raise DataError(Problem(where, what, why, "allow reading it")) from None
    if not before[0]:
        why, fix = "nothing can be estimated without rows", "export it again"
        raise DataError(Problem(where, "the file is empty", why, fix))
    yield digest
    if _stamp(path) != before:
        what = "the file was changed while it was read"
        why = "some rows would be of one version and some of another"
        raise DataError(Problem(where, what, why, "run again when nobody writes to it"))


def refuse_beside(path: Path, where: str, endings: Sequence[str]) -> None:
    """Refuse a database that is being written, or was not closed.

    Parameters
    ----------
    path : Path
        The file of the database.
    where : str
        Its place in messages.
    endings : sequence of str
        What is added to its name for files with changes that are not in it yet.

    Raises
    ------
    DataError
        If such a file stands beside it.
    """
    for ending in endings:
        beside = path.with_name(path.name + ending)
        if beside.exists() and beside.stat().st_size:
            raise DataError(
                Problem(
                    where,
                    f"changes that are not in the database yet lie beside it, in `*{ending}`",
                    "rows would be missing, and no hash would tell",
                    "close the program that writes to it, or open and close it once",
                )
            )


def refuse_twice(names: Sequence[str], where: str) -> None:
    """Refuse a source in which a name stands over several columns.

    Parameters
    ----------
    names : sequence of str
        Of all its columns.
    where : str
        Its place in messages.

    Raises
    ------
    DataError
        With the number of such names.
    """
    n_twice = len({name for name in names if names.count(name) > 1}) if _repeat(names) else 0
    if n_twice:
        raise twice(n_twice, where)


def twice(n_names: int, where: str) -> DataError:
    """Return the error for names that stand over several columns."""
    verb = "stands" if n_names == 1 else "stand"
    what = f"{plural(n_names, 'name')} {verb} over several columns"
    why = "columns are found by their names"
    return DataError(Problem(where, what, why, "give every column a name of its own"))


def refuse_kinds(kinds: Sequence[tuple[str, str]], where: str) -> None:
    """Refuse columns whose cells are not one value, or whose day depends on a time zone.

    Parameters
    ----------
    kinds : sequence of tuple of str
        Name and type of each column that cannot be read; none where all can.
    where : str
        Place of the source in messages.

    Raises
    ------
    DataError
        One problem for each.
    """
    problems = []
    for name, kind in kinds:
        zoned = "with time zone" in kind.lower()
        what = "moments with a time zone" if zoned else "no numbers, texts, dates or truth values"
        why = "the day depends on the clock of the machine" if zoned else "a cell is one value"
        fix = "make it a date in a view" if zoned else "make it a number or a text in a view"
        problems.append(Problem(f"{where}:{shown(name)}", f"its cells are {what}", why, fix))
    if problems:
        raise DataError(*problems)


def too_long(names: Sequence[str], where: str) -> DataError:
    """Return the error for whole numbers that 64 bits cannot hold exactly."""
    return DataError(
        *(
            Problem(
                f"{where}:{shown(name)}",
                "the column holds whole numbers that do not fit into 64 bits",
                "different numbers would become the same",
                "make it a text in a view, if it identifies something",
            )
            for name in names
        )
    )


def _stamp(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


def _repeat(names: Sequence[str]) -> bool:
    return len(set(names)) < len(names)
