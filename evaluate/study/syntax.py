"""A fault on a line, and what a YAML parser's complaint means to the person who typed it."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from evaluate.errors import Problem

_WHY = "the rest of the file cannot be read until this line is clear"
_QUOTES = "put the value in quotes"
_MEANINGS = (
    (
        "mapping values are not allowed",
        "a second `:` stands on the line, or the line is indented too far",
        "put text that contains `: ` in quotes, and line up the keys of a block",
    ),
    (
        "could not find expected ':'",
        "a line is neither `key: value` nor a list item",
        "write `key: value`; put text of several lines after `key: >` and indent it",
    ),
    (
        "but found '<block",
        "a line is indented differently from the lines of its block",
        "line up the keys of a block, with spaces",
    ),
    (
        "expected <block end>",
        "something follows where a line should end",
        "put the whole text in quotes, and double a quote inside it",
    ),
    (
        "but got '?'",
        "a `?` stands inside `{ }` or `[ ]` without quotes",
        "put the text in quotes, or write the block with one key a line",
    ),
    (
        "sequence entries are not allowed",
        "a list item begins on the line of its key",
        "begin the list on the next line, or write it as [a, b]; put text after `- ` in quotes",
    ),
    (
        "expected ',' or",
        "a `[` or `{` is not closed, or a comma is missing",
        "close it; inside it, put text that contains `,`, `[` or `{` in quotes",
    ),
    (
        "while scanning a quoted scalar",
        "a quote is opened and not closed",
        "close the quote; write an apostrophe inside single quotes twice",
    ),
    (
        "escape",
        "`\\` begins an escape that does not exist",
        "use single quotes, in which `\\` is itself",
    ),
    (
        "that cannot start any token",
        "a value begins with a sign that YAML keeps for itself",
        _QUOTES,
    ),
    ("special characters are not allowed", "the text holds a sign that does not show", "delete it"),
    ("directive", "a line that begins with `%` is not understood", "delete the line"),
    ("anchor", "`&` stands before something that is not a name", _QUOTES),
    ("alias", "`*` stands before something that is not a name", _QUOTES),
    ("tag", "`!` stands before something that is not a name", _QUOTES),
    (
        "block scalar",
        "`|` or `>` is not followed by an indented text",
        "begin the text on the next line, and indent it; put `|` or `>` itself in quotes",
    ),
)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """A problem before its file is named.

    Attributes
    ----------
    line : int
        Line in the file, from 1.
    what, why, fix : str
        As in ``Problem``.
    """

    line: int
    what: str
    why: str
    fix: str

    def problem(self, file: str) -> Problem:
        """Return the problem in ``file``."""
        return Problem(f"{file}:{self.line}", self.what, self.why, self.fix)


def shorten(text: str, limit: int = 60) -> str:
    """Return text of the definition on one line, fit to be quoted in a message."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    line = line.replace("`", "'")
    return line if len(line) <= limit else line[: limit - 1] + "…"


def syntax_fault(error: Exception, text: str, quoted: tuple[int, int] | None = None) -> Fault:
    """Return the fault behind an exception of the YAML parser.

    Parameters
    ----------
    error : Exception
        What the parser raised.
    text : str
        The file's content.
    quoted : tuple of int, optional
        First and last line of the last quoted text before the error.

    Returns
    -------
    Fault
        In words about the file, on the line that a person would look at.
    """
    complaint, line = _complaint(error)
    if quoted is not None and quoted[0] < quoted[1] == line:
        what = f"a quote is opened here and closed as late as line {line}"
        return Fault(quoted[0], what, _WHY, "close the quote where its text ends")
    lines = text.splitlines()
    here = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in here[: len(here) - len(here.lstrip())] or "'\\t'" in complaint:
        return Fault(
            line, "a tab stands where spaces belong", _WHY, "indent with spaces, two for each step"
        )
    for part, what, fix in _MEANINGS:
        if part in complaint:
            return Fault(line, what, _WHY, fix)
    return Fault(
        line,
        "the line is not YAML",
        _WHY,
        "compare it with the lines around it; put unusual text in quotes",
    )


def _complaint(error: Exception) -> tuple[str, int]:
    if isinstance(error, yaml.MarkedYAMLError):
        complaint = f"{error.context or ''} {error.problem or ''}"
        # An unclosed quote or bracket is found far below the place where it was opened.
        opened = "quoted scalar" in complaint or "flow" in complaint
        mark = error.context_mark if opened and error.context_mark else error.problem_mark
        return complaint, mark.line + 1 if mark is not None else 1
    return str(error), 1
