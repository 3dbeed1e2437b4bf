"""The pieces of Markdown that a rendered plan is made of; no text can break out of them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

_MARKS = re.compile(r"([\\`*\[\]|~#$]|(?<!\w)_|_(?!\w))")  # within a word `_` means nothing
_NUMBERED = re.compile(r"^(\s*)(\d+)([.)])(?=\s|$)")
_BULLET = re.compile(r"^(\s*)([-+])(?=\s|$)")


def escaped(text: object) -> str:
    """Return a text on one line in which no sign means anything to Markdown or HTML."""
    line = " ".join(str(text).split())
    plain = _MARKS.sub(r"\\\1", html.escape(line, quote=False))
    return _BULLET.sub(r"\1\\\2", _NUMBERED.sub(r"\1\2\\\3", plain))


def code(text: object) -> str:
    """Return a name as code; a backtick or a pipe in it is no end of it."""
    line = " ".join(str(text).split())
    return escaped(line) if "`" in line or "|" in line or not line else f"`{line}`"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table, its cells ready-made; nothing where it would have no rows."""
    held = [list(row) for row in rows]
    if not held:
        return
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in held:
        yield f"| {' | '.join(cell or '–' for cell in row)} |"
    yield ""


def pairs(content: Mapping[str, object], heads: Sequence[str] = ("Item", "Content")) -> list[str]:
    """Return the lines of a table of names and plain texts, those without a text left out."""
    rows = [(escaped(key), escaped(one)) for key, one in content.items() if one not in (None, "")]
    return list(table(heads, rows))


def bullets(lines: Iterable[str]) -> list[str]:
    """Return the lines of a list of ready-made items."""
    held = [f"- {one}" for one in lines]
    return [*held, ""] if held else []


def heading(level: int, text: str) -> list[str]:
    """Return the lines of a heading."""
    return [f"{'#' * level} {text}", ""]
