"""Names of columns in messages: the nearest known one, and a form that is safe to print."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 80


def shown(name: str) -> str:
    """Return a name that fits on one line of a terminal, without control characters."""
    clean = "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} else c for c in name)
    return clean if len(clean) <= _LONGEST else clean[:_LONGEST] + "…"


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that differs least, if one is near."""
    by_key = {_key(other): other for other in known}
    if _key(name) in by_key:
        return by_key[_key(name)]
    found = get_close_matches(_key(name), by_key, n=1, cutoff=0.75)
    return by_key[found[0]] if found else None


def suggestion(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return "did you mean …?" where a known name is near, else another piece of advice."""
    near = closest(name, known)
    return f"did you mean `{shown(near)}`? Else {otherwise}" if near else otherwise


def plural(count: int, noun: str, several: str | None = None) -> str:
    """Return a count with its noun: "1 cell", "2 cells"."""
    return f"{count} {noun if count == 1 else several or noun + 's'}"


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()
