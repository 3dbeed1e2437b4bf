"""Text covariates as indicator columns, each against the first level in sorted order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Self

from evaluate.data.names import shown
from evaluate.errors import Refused

MOST_LEVELS = 200


class Indicator(str):
    """Name of a column that is 1 where a text column has one level, and 0 elsewhere.

    It is the text that tables show, such as ``region=north``, and knows what it stands for.

    Attributes
    ----------
    column : str
        The text column.
    level : str
        Its level.
    """

    __slots__ = ("column", "level")

    column: str
    level: str

    def __new__(cls, name: str, column: str, level: str) -> Self:
        """Return the name with what it stands for."""
        made = super().__new__(cls, name)
        made.column, made.level = column, level
        return made


def told(names: Iterable[str]) -> str:
    """Return the columns behind some names for a message, which never holds a cell's value.

    Parameters
    ----------
    names : iterable of str
        Of columns, or of the indicators of levels.

    Returns
    -------
    str
        Such as "`age`, a level of `region`", each column once.
    """
    found = Counter(
        (one.column, True) if isinstance(one, Indicator) else (one, False) for one in names
    )
    words = []
    for (column, level), n in found.items():
        of = "" if not level else "a level of " if n == 1 else "levels of "
        words.append(f"{of}`{shown(column)}`")
    return ", ".join(words)


def indicators(column: str, levels: Sequence[str], taken: Collection[str]) -> tuple[Indicator, ...]:
    """Return one name for each level but the first; of a single level, its constant column.

    Parameters
    ----------
    column : str
        The text column.
    levels : sequence of str
        Its levels in the used rows, sorted; of more than ``MOST_LEVELS`` at least one more.
    taken : collection of str
        Names that columns already have.

    Raises
    ------
    Refused
        ``too_many_levels``.
    """
    if len(levels) > MOST_LEVELS:
        raise Refused(
            "too_many_levels",
            f"the covariate {shown(column)} has more than {MOST_LEVELS} levels",
            "absorb it as a fixed effect, or derive a coarser column",
        )
    if len(levels) == 1:
        return (Indicator(column, column, levels[0]),)
    used, found = set(taken), []
    for level in levels[1:]:
        name = shown(f"{column}={level}")
        while name in used:
            name += "'"
        used.add(name)
        found.append(Indicator(name, column, level))
    return tuple(found)
