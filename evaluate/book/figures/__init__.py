"""Figures drawn from a finding's released tables: one module per kind, found by this folder."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from evaluate.book.figures.figure import Figure, Look
from evaluate.core import Finding

__all__ = ["Figure", "draw", "kinds"]


class _Kind(Protocol):
    KIND: str

    def draw(self, finding: Finding, look: Look) -> Figure | None: ...


def draw(
    kind: str,
    finding: Finding,
    *,
    theme: str = "light",
    narrow: bool = False,
    language: str = "en",
) -> Figure | None:
    """Draw one figure of a finding.

    Parameters
    ----------
    kind : str
        One of `kinds`.
    finding : Finding
        Whose released estimates and tables are drawn.
    theme : {"light", "dark"}
        Colours.
    narrow : bool
        Whether to draw for 3.42 inches instead of 7.1.
    language : {"en", "nb", "nn", "sv"}
        Of the words and numbers.

    Returns
    -------
    Figure or None
        ``None`` when the finding lacks what the figure shows.

    Raises
    ------
    KeyError
        If there is no such kind.
    """
    from evaluate.book.figures.canvas import style

    module = _modules()[kind]
    with style():
        return module.draw(finding, Look(theme, narrow, language))


def kinds() -> tuple[str, ...]:
    """Return the kinds of figures there are."""
    return tuple(_modules())


@lru_cache(maxsize=1)
def _modules() -> dict[str, _Kind]:
    found = (import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__))
    return {one.KIND: cast(_Kind, one) for one in found if hasattr(one, "KIND")}
