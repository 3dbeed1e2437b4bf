"""What an unquoted word of YAML means: a number, true, false, or itself."""

from __future__ import annotations

import math
import re
import unicodedata

BROKEN = object()
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?((0|[1-9][0-9]*)?\.[0-9]+|(0|[1-9][0-9]*)\.?)([eE][-+]?[0-9]{1,3})?")
_DOT_NAME = re.compile(r"^\s*([-+]?)\.(?=[A-Za-z])")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# Beyond 15 digits a number is an identifier, and a float could not hold it.
_MAX_DIGITS = 15
# Line ends, the soft hyphen, and joiners, which some scripts need.
_ALLOWED_SIGNS = "\n\t\r\u00ad\u200c\u200d"


def read_plain(text: str) -> str | bool | int | float:
    """Return the value of an unquoted word.

    Parameters
    ----------
    text : str
        The word as it was typed.

    Returns
    -------
    str, bool, int or float
        Text for all but ``true``, ``false`` and plain decimal numbers: ``0301``, ``no``,
        ``12:30``, ``1_000`` and ``2015-03-01`` stay what they are.
    """
    if text in ("true", "false"):
        return text == "true"
    if sum(map(str.isdigit, text)) > _MAX_DIGITS:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        value = float(text)
        return value if math.isfinite(value) else text
    return text


def fault_in(text: str, *, plain: bool = False, name: str = "") -> tuple[str, str, str] | None:
    """Return what, why and fix where a value cannot be used, else ``None``.

    Parameters
    ----------
    text : str
        The value as it was typed, without its quotes.
    plain : bool
        Whether it stood without quotes.
    name : str
        Key, or number in the list, of the value.

    Returns
    -------
    tuple of str or None
        What is wrong, why it matters and how it is repaired.
    """
    if plain and text in _NULLS:
        return (
            f"`{name}` has no value" if name else "there is no value",
            "an empty value may be forgotten or meant, and the two read alike",
            "write a value, or delete the line",
        )
    if not text.strip(" \n\r"):
        return (
            f"`{name}` is empty text" if name else "a text is empty",
            "an empty value may be forgotten or meant, and the two read alike",
            "write a value, or delete the line",
        )
    if hides(text):
        return (
            f"`{name}` holds a sign that does not show" if name else "a sign does not show",
            "it would not show on a page, and could change how the text around it reads",
            "type the text again; such signs often come with pasted text, or as `\\0`",
        )
    return None


def hides(text: str) -> bool:
    """Return whether a text holds a sign that does not show, such as a change of direction."""
    return any(
        sign not in _ALLOWED_SIGNS and unicodedata.category(sign) in ("Cc", "Cf", "Cs")
        for sign in text
    )


def is_infinite(text: str) -> bool:
    """Return whether a word stands for no finite number: ``.nan``, ``.inf``, ``1e999``."""
    try:
        return not math.isfinite(float(_DOT_NAME.sub(r"\1", text)))
    except ValueError:
        return False
