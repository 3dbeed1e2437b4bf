"""Coded projects to CSV files and back: what ``evaluate convert`` does."""

from __future__ import annotations

from pathlib import Path

from evaluate.data.names import shown
from evaluate.data.refi_tables import pack, unpack
from evaluate.errors import DataError, Problem, StudyError

PROJECTS = (".qdpx", ".qdc")


def convert(source: Path, target: Path, *, with_text: bool = False) -> tuple[Path, ...]:
    """Turn a coded project or codebook into CSV files, or CSV files into one.

    Parameters
    ----------
    source : Path
        A ``.qdpx`` or ``.qdc`` file, or a folder with ``codes.csv`` and ``segments.csv``.
    target : Path
        A folder for the CSV files, made if it is not there; or the ``.qdpx`` or ``.qdc`` file.
    with_text : bool
        Whether segments keep what people said.

    Returns
    -------
    tuple of Path
        The files that were written.

    Raises
    ------
    StudyError
        If the two are no such pair.
    DataError
        If a file is damaged, built to do harm or cannot be written.
    """
    known, wanted = source.suffix.lower(), target.suffix.lower()
    if known in PROJECTS and not wanted:
        _make(target)
        return unpack(source, target, with_text=with_text)
    if source.is_dir() and wanted in PROJECTS:
        pack(source, target)
        return (target,)
    raise StudyError(
        Problem(
            "command line",
            f"nothing turns `{shown(source.name)}` into `{shown(target.name)}`",
            "a .qdpx or .qdc file becomes a folder of CSV files, and such a folder either of them",
            "name a .qdpx or .qdc file and a folder, or the other way round",
        )
    )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise DataError(
            Problem(
                shown(folder.name),
                "the folder cannot be made",
                "the tables go there",
                "name another place",
            )
        ) from None
