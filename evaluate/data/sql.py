"""Names and values as SQL text that cannot be anything else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date


def identifier(name: str) -> str:
    """Return a quoted identifier.

    Raises
    ------
    ValueError
        If the name holds a NUL character, which no identifier can.
    """
    _no_nul(name)
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Return a quoted text literal.

    Raises
    ------
    ValueError
        If the text holds a NUL character, which no literal can.
    """
    _no_nul(value)
    return "'" + value.replace("'", "''") + "'"


def literal(value: bool | float | str | date) -> str:
    """Return any scalar as a literal of its own type; a float keeps all its digits."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        kind = "BIGINT" if -(2**63) <= value < 2**63 else "DOUBLE"
        return f"CAST({text(str(value))} AS {kind})"
    if isinstance(value, float):
        return f"CAST({text(repr(value))} AS DOUBLE)"
    if isinstance(value, date):
        return f"CAST({text(value.isoformat())} AS DATE)"
    return text(value)


def listing(values: Iterable[bool | float | str | date]) -> str:
    """Return scalars as a parenthesised list, for ``IN``."""
    return "(" + ", ".join(map(literal, values)) + ")"


def array(values: Iterable[str]) -> str:
    """Return texts as a list literal."""
    return "[" + ", ".join(map(text, values)) + "]"


def _no_nul(value: str) -> None:
    if "\0" in value:
        raise ValueError("a NUL character")
