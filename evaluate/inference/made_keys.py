"""Keys that tables make of a study's own keys, such as of a claim and its evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


def clashing(keys: Iterable[str]) -> str:
    """Return the first key that two things would have, in backticks, or nothing.

    ``a_b`` with ``c`` and ``a`` with ``b_c`` are both ``a_b_c``: a row would show the title of
    the other.

    Parameters
    ----------
    keys : iterable of str
        One for each thing.
    """
    return next((f"`{key}`" for key, count in Counter(keys).items() if count > 1), "")
