"""Figures of a finding: one file for each kind, found by this folder."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from evaluate.book.figures.frame.look import Look, Theme
from evaluate.book.figures.frame.reading import Figure, Reading
from evaluate.core import Finding

__all__ = ["Figure", "draw", "kinds"]


@cache
def kinds() -> tuple[str, ...]:
    """Return the kinds that can be drawn: the names of the files beside this one."""
    return tuple(sorted(one.name for one in iter_modules(__path__) if not one.ispkg))


def draw(
    kind: str,
    finding: Finding,
    *,
    theme: Theme = "light",
    narrow: bool = False,
    language: str = "en",
) -> Figure | None:
    """Return a figure of a finding, or nothing where the finding has not the numbers for it.

    The same finding gives the same bytes on every machine and day.

    Parameters
    ----------
    kind : str
        One of `kinds`.
    finding : Finding
        Released results; nothing else is read.
    theme : {"light", "dark"}
        Page that the figure stands on; the background itself is left clear.
    narrow : bool
        Whether the figure is drawn for a telephone: 3.42 inches instead of 7.1.
    language : str
        Language of labels, title and alternative text.

    Raises
    ------
    KeyError
        If no file of this folder draws the kind.
    """
    if kind not in kinds():
        raise KeyError(kind)
    module = import_module(f"{__name__}.{kind}")
    look = Look(theme, narrow)
    drawn: Figure | None = module.draw(Reading(finding, language), look)
    return drawn
