"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, text: str, *, new: bool = False) -> None:
    """Write a file so that a crash leaves either the old one or the new.

    Parameters
    ----------
    path : Path
        Where; its folder must exist.
    text : str
        Its content, written as UTF-8 with the line ends that it has.
    new : bool
        Whether a file that is there already is left, as an error.

    Raises
    ------
    OSError
        If it cannot be written there.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode())
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, 0o644)
        if new:
            os.link(name, path)  # of two at once, one fails
            os.unlink(name)
        else:
            os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
