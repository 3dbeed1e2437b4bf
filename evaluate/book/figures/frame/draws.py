"""What figures of draws and of effects in money share: counts of 100, and the effect's unit."""

from __future__ import annotations

from evaluate.book.figures.frame.reading import Reading

_HALF = 0.5


def of_hundred(reading: Reading, share: float) -> str:
    """Return how many of 100; never 0 or 100 unless no draw lies on the other side.

    Parameters
    ----------
    reading : Reading
        Language.
    share : float
        Share of the draws, from 0 to 1.
    """
    if 0 < share < _HALF / 100:
        return reading.words("draws.under")
    if 1 - _HALF / 100 < share < 1:
        return reading.words("draws.over")
    return reading.number(100 * share)


def effect_unit(reading: Reading) -> str:
    """Return the unit of the effect that the account sets against cost; empty where none is told.

    Parameters
    ----------
    reading : Reading
        Its table of cost per unit of effect is read, else that of the plane.
    """
    for kind in ("effectiveness", "plane"):
        table = reading.table(kind)
        units = [one.unit for one in table.columns if one.name == "effect"] if table else []
        if any(units):
            return str(next(one for one in units if one))
    return ""


def one_unit(reading: Reading) -> str:
    """Return what one unit of effect is in words: a person where the effect is a share."""
    unit = effect_unit(reading)
    if unit == "share":
        return reading.words("effect.one_person")
    return reading.words("effect.one_of", unit=unit) if unit else reading.words("effect.one")
