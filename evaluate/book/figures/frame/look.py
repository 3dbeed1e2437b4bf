"""How a figure is asked for: the page that it stands on, and its width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Theme = Literal["light", "dark"]
WIDE, NARROW = 7.1, 3.42


@dataclass(frozen=True, slots=True)
class Look:
    """Theme and width of a drawing.

    Attributes
    ----------
    theme : {"light", "dark"}
        Palette.
    narrow : bool
        Whether it is drawn for a telephone.
    """

    theme: Theme = "light"
    narrow: bool = False

    @property
    def width(self) -> float:
        """Return the width in inches."""
        return NARROW if self.narrow else WIDE
