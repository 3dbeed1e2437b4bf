"""The file of a definition: where it is, and its text."""

from __future__ import annotations

import difflib
from pathlib import Path

from evaluate.errors import Problem, StudyError
from evaluate.study.syntax import shorten
from evaluate.study.yaml import MAX_BYTES

FILE = "study.yaml"


def shown(path: Path) -> str:
    """Return a path as short as it can be clicked on: relative to here where it lies below."""
    try:
        return str(path.resolve().relative_to(Path.cwd().resolve()))
    except (OSError, ValueError, RuntimeError):
        return str(path)


def _refuse(where: str, what: str, why: str, fix: str) -> StudyError:
    return StudyError(Problem(where, what, why, fix))


def find(path: Path) -> Path:
    """Return the definition that a folder, or the file itself, names; else raise."""
    why = f"a study is a folder with a file called {FILE}"
    typed = shorten(str(path), 200)
    try:
        if path.is_dir():
            if (path / FILE).is_file():
                return path / FILE
            names = [name for name in ("study.yml", "Study.yaml") if (path / name).is_file()]
            fix = f"rename `{names[0]}` to `{FILE}`" if names else "name the folder of a study"
            raise _refuse(shown(path), f"the folder has no {FILE}", why, fix)
        if path.is_file():
            if path.name == FILE:
                return path
            raise _refuse(
                shown(path), f"the file is not called {FILE}", why, "name the study's folder"
            )
        near = _neighbour(path)
    except (OSError, ValueError) as error:
        raise _refuse(typed, "the path cannot be read", why, "check its name and rights") from error
    raise _refuse(typed, "there is no such file or folder", why, near)


def _neighbour(path: Path) -> str:
    folder = path.parent
    names = [one.name for one in folder.iterdir()] if folder.is_dir() else []
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"did you mean `{folder / near[0]}`?" if near else "check the path"


def read(file: Path) -> bytes:
    """Return the bytes of a definition that is small enough to be one; else raise."""
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _refuse(
            shown(file),
            "the file cannot be opened",
            "the definition has to be read",
            "give yourself the right to read it",
        ) from error
    if len(content) > MAX_BYTES:
        raise _refuse(
            f"{shown(file)}:1",
            "the file is larger than 1 MB",
            "a study definition is written and read by people",
            "keep rows in the data and only their description here",
        )
    return content


def decode(content: bytes, file: Path) -> str:
    """Return bytes as text, or raise with the line of the first that is not UTF-8."""
    why = "letters would be guessed, and names and texts could come out wrong"
    fix = "save the file as UTF-8 without a byte order mark"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refuse(f"{shown(file)}:1", "the file is UTF-16, not UTF-8", why, fix)
    if content.startswith(b"\xef\xbb\xbf"):
        raise _refuse(f"{shown(file)}:1", "the file begins with a byte order mark", why, fix)
    nul = content.find(b"\0")
    if nul >= 0:
        line = content.count(b"\n", 0, nul) + 1
        raise _refuse(f"{shown(file)}:{line}", "the file holds a NUL byte", why, fix)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refuse(f"{shown(file)}:{line}", "a letter is not UTF-8", why, fix) from error
