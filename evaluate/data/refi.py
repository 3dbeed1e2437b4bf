"""Coded projects as other programmes exchange them: REFI-QDA, ``.qdpx`` and ``.qdc``.

NVivo, MAXQDA, ATLAS.ti and QualCoder write and read it. A project's text stays where it is: rows
hold where a segment begins and ends, never what it says, unless that is asked for.

References
----------
REFI-QDA Standard 1.5 (2019), www.qdasoftware.org: Project.xsd and Codebook.xsd.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Generator, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Literal

from evaluate.data.names import shown
from evaluate.data.refi_archive import MOST_READ, opened
from evaluate.data.refi_codes import Code, code_names, codes_of
from evaluate.data.refi_model import Project, project_of
from evaluate.data.refi_rows import code_nodes, codes_of_rows, project_of_rows
from evaluate.data.refi_xml import Node, parse, written
from evaluate.errors import DataError, Problem

__all__ = [
    "Code",
    "Project",
    "code_rows",
    "codes_of_rows",
    "project_of_rows",
    "read_codebook",
    "read_project",
    "rows_of",
    "segment_rows",
    "write_codebook",
    "write_project",
]

PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
_MEMBER = "project.qde"
_CHUNK = 2**16
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same project gives the same bytes, whenever it is written
Cell = str | int | bool | None
Table = Literal["segments", "codes", "cases"]


def read_project(path: Path, *, with_text: bool = False) -> Project:
    """Return a coded project.

    Parameters
    ----------
    path : Path
        A ``.qdpx`` file.
    with_text : bool
        Whether to read the texts of its sources too.

    Raises
    ------
    DataError
        If the file is damaged, built to do harm, or contradicts itself.
    """
    with opened(path) as archive:
        label = f"{archive.label}/{archive.project}"
        tree = parse(archive.chunks(archive.project), label, "Project")
        texts: dict[str, str] = {}
        if with_text:
            for source in tree.all("Sources", "TextSource"):
                said = source.get("plainTextPath")
                text = archive.source(said) if said is not None else None
                if text is not None:
                    texts[source.attributes.get("guid", "")] = text
    return project_of(tree, label, texts)


def read_codebook(path: Path) -> tuple[Code, ...]:
    """Return the codes of a codebook, each after the one that it belongs under.

    Parameters
    ----------
    path : Path
        A ``.qdc`` file; or a ``.qdpx`` file, whose codebook is taken.

    Raises
    ------
    DataError
        If the file is damaged, built to do harm, or contradicts itself.
    """
    if path.suffix.lower() == ".qdpx":
        return read_project(path).codes
    label = shown(path.name)
    return codes_of(parse(_plain(path, label), label, "CodeBook"), label)


def _plain(path: Path, label: str) -> Generator[bytes, None, None]:
    why, fix = "the codes are read from it", "export the codebook again, as REFI-QDA (.qdc)"
    try:
        if path.stat().st_size > MOST_READ:
            raise DataError(Problem(label, "the codebook is larger than is read", why, fix))
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError:
        raise DataError(Problem(label, "the codebook cannot be read", why, fix)) from None


def write_project(project: Project, path: Path, *, files: Path | None = None) -> None:
    """Write a coded project.

    Parameters
    ----------
    project : Project
        As it was read, or as ``project_of_rows`` makes it.
    path : Path
        The ``.qdpx`` file; one that stands there is replaced when the new one is whole.
    files : Path or None
        Another ``.qdpx`` file whose sources go along, such as the one that was read.

    Raises
    ------
    DataError
        If ``files`` is damaged or built to do harm, or the file cannot be written.
    """
    with _Replaced(path) as target, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(_member(_MEMBER), written(project.tree, PROJECT))
        done = set()
        for guid, name in sorted(project.text_names.items()):
            done.add(f"sources/{name}".lower())
            file.writestr(_member(f"Sources/{name}"), project.texts[guid].encode("utf-8"))
        if files is not None:
            with opened(files) as archive:
                for name in archive.members:
                    if name != archive.project and name.lower() not in done:
                        with file.open(_member(name), "w") as member:
                            for chunk in archive.chunks(name):
                                member.write(chunk)


def write_codebook(codes: tuple[Code, ...], path: Path, *, origin: str = "Evaluate") -> None:
    """Write a codebook.

    Parameters
    ----------
    codes : tuple of Code
        Its codes.
    path : Path
        The ``.qdc`` file.
    origin : str
        Programme that wrote it.

    Raises
    ------
    DataError
        If the file cannot be written.
    """
    tree = Node("CodeBook", {"origin": origin}, [Node("Codes", {}, code_nodes(codes))])
    with _Replaced(path) as target:
        target.write_bytes(written(tree, CODEBOOK))


class _Replaced:
    """Gives a file beside the target, which takes its place when nothing went wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> Path:
        try:
            with NamedTemporaryFile(dir=self.path.parent, delete=False) as file:
                self.beside = Path(file.name)
        except OSError:
            raise DataError(
                Problem(
                    shown(self.path.name),
                    "the file cannot be written",
                    "its folder is missing or closed",
                    "name another place",
                )
            ) from None
        return self.beside

    def __exit__(self, failed: object, *_: object) -> None:
        if failed is None:
            os.replace(self.beside, self.path)
        else:
            self.beside.unlink(missing_ok=True)


def _member(name: str) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, _LONG_AGO)
    found.compress_type = zipfile.ZIP_DEFLATED
    found.external_attr = 0o600 << 16
    return found


def rows_of(path: Path, table: Table, *, with_text: bool = False) -> dict[str, list[Cell]]:
    """Return a table of a project or a codebook, as columns.

    Parameters
    ----------
    path : Path
        A ``.qdpx`` file; for ``codes`` also a ``.qdc`` file.
    table : {"segments", "codes", "cases"}
        ``segments``: one row for each code that somebody gave a segment, and for each case that
        its source belongs to. ``codes``: one row for each code. ``cases``: for each case.
    with_text : bool
        Whether segments have a column ``text``; they hold what people said.

    Returns
    -------
    dict of str to list
        ``segments``: segment, passage, code, case, coder, source, kind, start, end (in
        characters, or in milliseconds of sound and film). ``codes``: code, name, parent,
        definition, colour, codable, guid. ``cases``: case, then a column for each variable.

    Raises
    ------
    DataError
        If the file is damaged, built to do harm, or contradicts itself.
    """
    if table == "codes":
        return code_rows(read_codebook(path))
    project = read_project(path, with_text=with_text)
    return case_rows(project) if table == "cases" else segment_rows(project, with_text=with_text)


def code_rows(codes: tuple[Code, ...]) -> dict[str, list[Cell]]:
    """Return codes as columns.

    Parameters
    ----------
    codes : tuple of Code
        The codebook.
    """
    names = code_names(codes)
    return {
        "code": [names[one.guid] for one in codes],
        "name": [one.name for one in codes],
        "parent": [names[one.parent] if one.parent else None for one in codes],
        "definition": [one.definition for one in codes],
        "colour": [one.colour for one in codes],
        "codable": [one.codable for one in codes],
        "guid": [one.guid for one in codes],
    }


def case_rows(project: Project) -> dict[str, list[Cell]]:
    """Return cases as columns, one for each variable.

    Parameters
    ----------
    project : Project
        The project.
    """
    found: dict[str, list[Cell]] = {"case": [one.name for one in project.cases]}
    for guid, name in project.variables.items():
        found[name if name != "case" else "case_"] = [one.values.get(guid) for one in project.cases]
    return found


def segment_rows(project: Project, *, with_text: bool = False) -> dict[str, list[Cell]]:
    """Return segments as columns.

    Parameters
    ----------
    project : Project
        The project.
    with_text : bool
        Whether to add what they say.
    """
    names = code_names(project.codes)
    columns = ("segment", "passage", "code", "case", "coder", "source", "kind", "start", "end")
    rows: list[Mapping[str, Cell]] = [
        {
            "segment": one.guid,
            "passage": one.selection,
            "code": names[one.code],
            "case": case,
            "coder": project.users.get(one.coder or ""),
            "source": project.sources[one.source],
            "kind": one.kind,
            "start": one.start,
            "end": one.end,
            "text": project.said(one),
        }
        for one in project.segments
        for case in project.cases_of(one) or [None]
    ]
    wanted = (*columns, "text") if with_text else columns
    return {name: [row[name] for row in rows] for name in wanted}
