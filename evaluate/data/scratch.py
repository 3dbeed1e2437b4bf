"""The private folder of one run: its own, and swept when the run that made it is gone."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from evaluate.errors import DataError, Problem

_PREFIX = "rows-"
_IGNORE = ".gitignore"
_DAY = 86400.0


def private_folder(path: Path) -> Path:
    """Return the data zone of a study, made with mode 0700 if it is not there.

    Git ignores what is in it, wherever the study lies.

    Raises
    ------
    DataError
        If it cannot be made or written to.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (path / _IGNORE).exists():
            (path / _IGNORE).write_text("*\n", encoding="utf-8")
        usable = path.is_dir() and os.access(path, os.W_OK)
    except OSError:
        usable = False
    if not usable:
        raise DataError(
            Problem(
                str(path),
                "no private folder can be made or written to here",
                "rows are read and checked in a folder that only you can open",
                "give rights to it, or name another folder in the variable EVALUATE_WORK",
            )
        )
    return path


def scratch_folder(workdir: Path) -> Path:
    """Return a new folder for one run, after removing those of runs that were killed.

    Raises
    ------
    DataError
        If the folder above cannot be made or written to.
    """
    above = private_folder(workdir)
    for old in above.glob(f"{_PREFIX}*"):
        if _abandoned(old):
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=above))


def _abandoned(folder: Path) -> bool:
    """Return whether the run that made a folder is gone; where that cannot be known, by age."""
    pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
    try:
        if os.name != "posix" or not pid.isdigit():
            return time.time() - folder.stat().st_mtime > _DAY
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
