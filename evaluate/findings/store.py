"""``finding.json`` on disk: written whole or not at all, read with its seal."""

from __future__ import annotations

import json
from pathlib import Path

from evaluate.core import Finding
from evaluate.errors import Problem, StudyError
from evaluate.findings.atomic import write_whole
from evaluate.findings.form import from_json, seal, text

FILE = "finding.json"


def write(finding: Finding, path: Path) -> None:
    """Write a finding so that a crash leaves either the old file or the new one.

    Parameters
    ----------
    finding : Finding
        Released results.
    path : Path
        Where; its folder must exist.

    Raises
    ------
    StudyError
        If the file cannot be written there, or is there and is not a finding.
    """
    if path.exists() and not _replaceable(path):
        raise StudyError(
            Problem(
                str(path),
                "is there already and is not a finding",
                "it would be lost",
                "give the name of a new file",
            )
        )
    try:
        write_whole(path, text(finding))
    except OSError as error:
        raise StudyError(
            Problem(
                str(path),
                f"cannot be written: {error.strerror}",
                "the results would be lost",
                "give a folder that exists and may be written to",
            )
        ) from None


def _replaceable(path: Path) -> bool:
    """Return whether a file may be replaced: only what looks like a finding, however damaged."""
    if path.name == FILE:
        return path.is_file()
    try:
        return path.is_file() and b'"schema"' in path.read_bytes()[:64]
    except OSError:
        return False


def read(path: Path, *, sealed: bool = True) -> Finding:
    """Return the finding in a file or a study's folder.

    Parameters
    ----------
    path : Path
        ``finding.json``, or the folder that holds it.
    sealed : bool
        Whether a broken seal is refused.

    Raises
    ------
    StudyError
        If the file is missing, is not a finding, or was changed after it was sealed.
    """
    file = path / FILE if path.is_dir() else path
    try:
        content = json.loads(file.read_text(encoding="utf-8"), parse_constant=_no_number)
        finding = from_json(content)
    except FileNotFoundError:
        raise StudyError(_problem(file, "there is no finding", "run the study first")) from None
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise StudyError(_problem(file, what, "give rights to read it")) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StudyError(
            _problem(file, "not a finding that this version reads", "run the study again")
        ) from None
    if sealed and content.get("seal") != seal(content):
        raise StudyError(
            _problem(file, "changed after it was sealed", "run the study again, and see `verify`")
        )
    return finding


def _no_number(name: str) -> float:
    raise ValueError(name)


def _problem(file: Path, what: str, fix: str) -> Problem:
    return Problem(str(file), what, "the book shows only sealed findings", fix)
