"""``data-dictionary.md``: written by hand, and the source that data are checked against."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

from markdown_it import MarkdownIt
from markdown_it.token import Token

from evaluate.data.names import suggestion
from evaluate.data.variable import (
    TYPES,
    Levels,
    Range,
    Variable,
    VariableType,
    is_level,
    parse_values,
)
from evaluate.errors import Problem, StudyError

FILE_NAME = "data-dictionary.md"
COMMON = "Common"
HEADER = ("variable", "type", "unit", "values", "missing", "description", "source")
_SHAPE = "| " + " | ".join(HEADER) + " |"


@dataclass(frozen=True, slots=True)
class Dictionary:
    """All variables of a data dictionary, by section.

    Attributes
    ----------
    path : Path
        The file.
    sections : mapping of str to mapping of str to Variable
        Variables by section and name.
    """

    path: Path
    sections: Mapping[str, Mapping[str, Variable]]

    def variables(self, section: str) -> dict[str, Variable]:
        """Return the common variables, overlaid by those of a section.

        Parameters
        ----------
        section : str
            Name of a study's folder; a section that does not exist adds nothing.
        """
        return {**self.sections.get(COMMON, {}), **self.sections.get(section, {})}


def dictionary_for(folder: Path) -> Dictionary:
    """Return the nearest data dictionary at or above a study's folder.

    Raises
    ------
    StudyError
        With every fault of the file, or if there is none.
    """
    start = folder.resolve()
    for place in (start, *start.parents):
        path = place / FILE_NAME
        if path.is_file():
            return parse_dictionary(path)
    raise StudyError(
        Problem(
            where=FILE_NAME,
            what=f"no `{FILE_NAME}` at or above the study's folder",
            why="data are checked against it before anything is estimated",
            fix=f"write one beside `study.yaml`, with a section `## {folder.resolve().name}`",
        )
    )


def parse_dictionary(path: Path) -> Dictionary:
    """Return the variables of a data dictionary.

    Raises
    ------
    StudyError
        With every fault of the file, each with its line.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        what = "it cannot be read" if isinstance(error, OSError) else "it is not UTF-8"
        raise StudyError(
            Problem(path.name, what, "data are checked against it", "save it as UTF-8 text")
        ) from None
    return _parse(path, _display(path), content)


def _display(path: Path) -> str:
    """Return the path as seen from here, or only the name: never a path of this machine."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.name


@lru_cache(maxsize=32)
def _parse(path: Path, file: str, content: str) -> Dictionary:
    reading = _Reading(file, content.splitlines())
    reading.read(MarkdownIt("commonmark").enable("table").parse(content))
    if reading.problems:
        raise StudyError(*reading.problems)
    return Dictionary(path, reading.sections)


class _Reading:
    """One pass over the file's tokens, which gathers variables and problems."""

    def __init__(self, file: str, lines: list[str]) -> None:
        self.file, self.lines = file, lines
        self.sections: dict[str, dict[str, Variable]] = {}
        self.problems: list[Problem] = []
        self._section: str | None = None

    def read(self, tokens: list[Token]) -> None:
        for position, token in enumerate(tokens):
            if token.type == "heading_open" and token.tag in {"h1", "h2"} and token.level == 0:
                self._begin(token, _plain(tokens[position + 1].content))
            elif token.type == "table_open":
                self._table(list(_rows(tokens, position)))

    def _begin(self, token: Token, title: str) -> None:
        self._section = title if token.tag == "h2" else None
        if self._section is None:
            return
        if title in self.sections:
            self._fault(_line(token), f"section `{title}` stands twice", fix="merge the two")
        self.sections.setdefault(title, {})

    def _table(self, rows: list[tuple[int, list[str]]]) -> None:
        (line, header), *body = rows
        if tuple(header) != HEADER:
            if self._section is not None:
                self._fault(line, "a table with another header", fix=f"write it as `{_SHAPE}`")
            return
        if self._section is None:
            self._fault(
                line,
                "a table of variables outside a section",
                fix=f"put it under `## {COMMON}` or `## <study folder>`",
            )
            return
        for number, cells in body:
            self._row(self._section, number, cells)

    def _row(self, section: str, line: int, cells: list[str]) -> None:
        if (found := _count_cells(self.lines[line - 1])) != len(HEADER):
            self._fault(
                line,
                f"a row with {found} cells instead of {len(HEADER)}",
                fix=r"write one cell for each heading, and `\|` for a bar within a cell",
            )
            return
        name, kind, unit, values, missing, description, source = cells
        known = self.sections[section]
        if not name:
            self._fault(line, "a variable without a name", fix="name the column")
        elif name in known:
            self._fault(
                line,
                f"variable `{name}` stands twice in section `{section}`",
                fix=f"remove this one or the one on line {known[name].line}",
            )
        if not description:
            self._fault(line, f"variable `{name}` has no description", fix="say what it is")
        if kind not in TYPES:
            self._fault(
                line,
                f"unknown type `{kind}`",
                fix=suggestion(kind, TYPES, f"write one of {', '.join(TYPES)}"),
            )
            return
        allowed = self._values(line, name, kind, values)
        codes = tuple(_plain(code) for code in missing.split(";") if code.strip())
        both = [code for code in codes if is_level(code, kind, allowed)]
        for code in both:
            what = f"`{code}` is a value of `{name}` and means missing too"
            self._fault(line, what, fix="keep it in one of the two cells")
        known.setdefault(
            name,
            Variable(
                name, cast(VariableType, kind), unit, allowed, codes, description, source,
                section, self.file, line,
            ),
        )  # fmt: skip

    def _values(self, line: int, name: str, kind: str, text: str) -> Range | Levels | None:
        try:
            return parse_values(text, kind)
        except ValueError as error:
            self._fault(
                line,
                f"values of `{name}`: {error}",
                fix="write a range `0..1`, a list `a; b`, or codes `1 = girl; 2 = boy`",
            )
            return None

    def _fault(self, line: int, what: str, *, fix: str) -> None:
        why = "data are checked against the dictionary, so it must have one reading"
        self.problems.append(Problem(f"{self.file}:{line}", what, why, fix))


def _rows(tokens: list[Token], start: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the line and the cells of each row of the table that opens at ``start``."""
    line, cells = 0, list[str]()
    for token, content in zip(tokens[start:], tokens[start + 1 :], strict=False):
        if token.type == "table_close":
            return
        if token.type == "tr_open":
            line, cells = _line(token), []
        elif token.type in {"th_open", "td_open"}:
            cells.append(_plain(content.content))
        elif token.type == "tr_close":
            yield line, cells


def _line(token: Token) -> int:
    return (token.map or [0])[0] + 1


def _plain(text: str) -> str:
    """Return a cell without the back-ticks around the whole of it."""
    bare = text.strip()
    quoted = re.fullmatch(r"`([^`]+)`", bare)
    return quoted[1].strip() if quoted else bare


def _count_cells(line: str) -> int:
    # Markdown drops surplus cells without a word, so they are counted in the line itself.
    bare = line.strip().removeprefix("|")
    bars = len(re.findall(r"(?<!\\)\|", bare))
    return bars if re.search(r"(?<!\\)\|$", bare) else bars + 1
