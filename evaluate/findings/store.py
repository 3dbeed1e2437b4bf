"""``finding.json`` on disk: written whole or not at all, read with its seal."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from evaluate.core import Finding
from evaluate.errors import Problem, StudyError
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
        If the file cannot be written there.
    """
    content = text(finding).encode()
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".finding-", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise StudyError(
            Problem(
                str(path),
                f"cannot be written: {error.strerror}",
                "the results would be lost",
                "give a folder that exists and may be written to",
            )
        ) from None


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
        content = json.loads(file.read_text(encoding="utf-8"))
        finding = from_json(content)
    except FileNotFoundError:
        raise StudyError(_problem(file, "there is no finding", "run the study first")) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise StudyError(
            _problem(file, "not a finding that this version reads", "run the study again")
        ) from None
    if sealed and content.get("seal") != seal(content):
        raise StudyError(
            _problem(file, "changed after it was sealed", "run the study again, and see `verify`")
        )
    return finding


def _problem(file: Path, what: str, fix: str) -> Problem:
    return Problem(str(file), what, "the book shows only sealed findings", fix)
