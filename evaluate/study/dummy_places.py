"""Where dummy rows go: nothing that was not simulated is replaced, or mixed with what was."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from evaluate.assumptions.written import WRITTEN
from evaluate.data.definition import Data, Source
from evaluate.data.names import shown
from evaluate.errors import Problem, StudyError
from evaluate.study.load import Definition

MARK, TRUTH = "DUMMY.md", "truth.json"
FOLDER, FILE = "dummy", "rows.csv"  # where the study names no place of its own
MAIN = "main"
MAX_BYTES = 50_000_000
_TITLE = "# Dummy data\n"
_MIXED = "rows that are real and rows that are invented would be read together"
Places = dict[str, tuple[Path, Source]]


def problem(definition: Definition, key: tuple[str, ...], *words: str) -> StudyError:
    """Return what is wrong at a place of a definition.

    Parameters
    ----------
    definition : Definition
        The study.
    key : tuple of str
        Place in it.
    *words : str
        What, why and fix.
    """
    return StudyError(Problem(definition.at(*key), *words))


def notice(names: Iterable[str]) -> str:
    """Return what stands beside files of invented rows.

    Parameters
    ----------
    names : iterable of str
        Files of one folder; other files in it may be real.
    """
    listed = "\n".join(f"- `{shown(name)}`" for name in names)
    return (
        f"{_TITLE}\nEvery row in the files named here is invented: drawn by `evaluate simulate`"
        " from the\nassumptions of a study. No person, school or result in them is real."
        f" `{TRUTH}` holds the\neffects that were put in.\n\n{listed}\n"
    )


@contextmanager
def writing(definition: Definition) -> Iterator[None]:
    """Turn what the disk refuses into a problem of the study.

    Parameters
    ----------
    definition : Definition
        The study.
    """
    try:
        yield
    except UnicodeError:
        raise problem(
            definition, ("data",), "the encoding of a source lacks a letter of its columns or codes",
            "dummy rows are written as the source says", "name an encoding that has it, as utf-8",
        ) from None  # fmt: skip
    except OSError as error:
        raise problem(
            definition, ("data",), f"dummy rows cannot be written: {error.strerror}",
            "a file or folder is in the way, or the right to write is missing",
            "name another place, or use --out",
        ) from None  # fmt: skip


def places_of(definition: Definition, data: Data | None, out: Path | None) -> Places:
    """Return the file of each source, after seeing that nothing else would be lost.

    Parameters
    ----------
    definition : Definition
        The study.
    data : Data or None
        Its block, in the form that the rows are for.
    out : Path or None
        Folder to write to instead.

    Raises
    ------
    StudyError
        If a source is no file of rows, two would be one file, or something is there that was
        not simulated.
    """
    tables = data.tables if data else {MAIN: Source(path=f"{FOLDER}/{FILE}")}
    found = {name: (_place(definition, name, one, out), one) for name, one in tables.items()}
    if len({place for place, _ in found.values()}) < len(found):
        raise problem(
            definition, ("data",), "two sources would be written to one file",
            "one would overwrite the other", "give their files other names, or leave out --out",
        )  # fmt: skip
    truth = found[data.main_name if data else MAIN][0].parent / TRUTH
    with writing(definition):
        ours = written_before(truth, definition.study.id)
        for place, source in found.values():
            require_room(definition, place.parent)
            if os.path.lexists(place) and hash_of(place) not in ours:
                raise is_there(definition, place.name)
            if out is None:
                _require_alone(definition, source, place)
    return found


def _place(definition: Definition, name: str, source: Source, out: Path | None) -> Path:
    path = (source.path or "").replace("*", FOLDER).replace("?", "0")
    if source.path is None or source.suffix not in ("", *WRITTEN):
        raise problem(
            definition, ("data",), f"the source `{shown(source.label)}` is no file of rows",
            "dummy rows are written as CSV or Parquet",
            "name a file that ends in .csv or .parquet, or use --out",
        )  # fmt: skip
    path = path if source.suffix else f"{path}/{name}.csv"
    if out:
        return out / Path(path).name
    target = definition.folder / path
    if not target.resolve().is_relative_to(definition.folder.resolve()):
        raise problem(
            definition, ("data",), f"the source `{shown(source.label)}` leads out of the folder",
            "a study reads and writes inside its own folder", "name a path inside it, or use --out",
        )  # fmt: skip
    return target


def _require_alone(definition: Definition, source: Source, place: Path) -> None:
    """Refuse a pattern or folder that other files belong to as well."""
    path = source.path or ""
    if source.suffix and not set("*?") & set(path):
        return
    pattern = path if source.suffix else f"{path}/*"
    others = [one for one in definition.folder.glob(pattern) if one.suffix in WRITTEN]
    if any(one != place for one in others):
        raise problem(
            definition, ("data",), f"`{shown(path)}` holds other files already", _MIXED,
            "move them away, or use --out",
        )  # fmt: skip


def require_room(definition: Definition, folder: Path) -> None:
    """Refuse a folder whose notice or truth somebody else wrote.

    Parameters
    ----------
    definition : Definition
        The study.
    folder : Path
        Where dummy rows, their notice and their truth are to stand.
    """
    mark, truth = folder / MARK, folder / TRUTH
    if os.path.lexists(mark):
        with mark.open("rb") as file:
            if file.read(len(_TITLE)) != _TITLE.encode():
                raise is_there(definition, MARK)
    if os.path.lexists(truth) and _content(truth).get("study") != definition.study.id:
        raise is_there(definition, TRUTH)


def is_there(definition: Definition, name: str) -> StudyError:
    """Return that something stands where dummy rows would go.

    Parameters
    ----------
    definition : Definition
        The study.
    name : str
        Of the file or folder.
    """
    return problem(
        definition, ("data",), f"`{shown(name)}` is there already",
        "it is not as `evaluate simulate` wrote it for this study, and would be lost",
        "move it away, or use --out",
    )  # fmt: skip


def written_before(truth: Path, study: str) -> set[str]:
    """Return the hashes of the files that stand beside a study's truth as they were written.

    Parameters
    ----------
    truth : Path
        File with what was put in; it may be missing or anything else.
    study : str
        The study's id.
    """
    content = _content(truth)
    files = content.get("files")
    if content.get("study") != study or not isinstance(files, dict):
        return set()
    return {one for one in files.values() if isinstance(one, str)}


def require_own_rows(definition: Definition) -> None:
    """Refuse rows that were simulated, where the study says that they are not.

    Parameters
    ----------
    definition : Definition
        The study.

    Raises
    ------
    StudyError
        If a file of a public or restricted source is as ``evaluate simulate`` wrote it.
    """
    data = definition.study.data
    if data is None or data.kind == "dummy":
        return
    for source in data.tables.values():
        for file in _files(definition.folder, source):
            truth = next((one / TRUTH for one in file.parents if (one / TRUTH).is_file()), None)
            files = _content(truth).get("files") if truth is not None else None
            if isinstance(files, dict) and hash_of(file) in files.values():
                raise problem(
                    definition, ("data", "kind"),
                    f"`data.kind` is `{data.kind}`, and `{shown(file.name)}` was simulated",
                    "rows that were invented would pass for a result",
                    "put the real rows in their place, or write `kind: dummy`",
                )  # fmt: skip


def _files(folder: Path, source: Source) -> list[Path]:
    """Return the files that a source may read, without opening one."""
    path = source.path
    if path is None:
        return []
    found = folder.glob(path) if set("*?") & set(path) else [folder / path]
    within = [one.rglob("*") if one.is_dir() else [one] for one in found]
    return [one for some in within for one in some if one.is_file()]


def _content(truth: Path) -> Mapping[str, object]:
    try:
        with truth.open("rb") as file:
            found = json.loads(file.read(MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) and found.get("dummy") is True else {}


def hash_of(file: Path) -> str:
    """Return the SHA-256 of a file; of what is no file of rows nothing that fits.

    Parameters
    ----------
    file : Path
        What stands there.
    """
    if file.is_symlink() or not file.is_file():
        return ""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
