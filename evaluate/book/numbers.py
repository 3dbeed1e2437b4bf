"""Numbers as readers of each language write them. No number on a page is written elsewhere."""

from __future__ import annotations

import math

from evaluate.core import Estimate

THIN, MINUS, TIE = "\u202f", "\u2212", "\u00a0"
_SMALLEST_P = 0.001
_ONE_DECIMAL = 0.1  # percentage points: smaller differences have two decimals
_COMMA = {"nb", "nn", "sv"}


def number(value: float, language: str, *, digits: int | None = None, sign: bool = False) -> str:
    """Return a number with thin spaces in thousands, a true minus and the language's decimal sign.

    Parameters
    ----------
    value : float
        Any finite number.
    language : str
        ``"en"``, ``"nb"``, ``"nn"`` or ``"sv"``.
    digits : int or None
        Decimals; ``None`` keeps what a reader can use: about three significant digits, and
        none of a whole number such as a count.
    sign : bool
        Whether a positive number carries a plus.
    """
    if digits is None:
        digits = 0 if isinstance(value, int) else readable_digits(value)
    text = f"{abs(value):,.{digits}f}".replace(",", THIN)
    if language in _COMMA:
        text = text.replace(".", ",")
    shown = round(value, digits)
    return (MINUS if shown < 0 else "+" if sign and shown > 0 else "") + text


def readable_digits(value: float) -> int:
    """Return the decimals that show three significant digits, none from 100 up."""
    size = abs(value)
    return 0 if size == 0 else min(6, max(0, 2 - math.floor(math.log10(size))))


def in_unit(value: float, unit: str, language: str, *, sign: bool = False) -> str:
    """Return a value with its unit; a share is written in percentage points or per cent.

    Parameters
    ----------
    value : float
        In ``unit``.
    unit : str
        Unit of the outcome; ``"share"`` is between 0 and 1.
    language : str
        Of the page.
    sign : bool
        Whether the value is a difference: a share is then in percentage points.
    """
    if unit != "share":
        return f"{number(value, language, sign=sign)}{TIE}{unit}"
    points = 100 * value
    small = 0 < abs(points) < _ONE_DECIMAL
    text = number(points, language, digits=2 if small else 1, sign=sign)
    return f"{text}{TIE}{POINTS[language]}" if sign else percent(value, language)


POINTS = {"en": "points", "nb": "prosentpoeng", "nn": "prosentpoeng", "sv": "procentenheter"}


def percent(value: float, language: str, *, digits: int = 1) -> str:
    """Return a share as per cent, with a space before the sign where the language has one."""
    gap = TIE if language in _COMMA else ""
    return f"{number(100 * value, language, digits=digits)}{gap}%"


def p_value(value: float, language: str) -> str:
    """Return a p-value with three decimals, never as zero."""
    if value < _SMALLEST_P:
        return "<" + TIE + number(_SMALLEST_P, language, digits=3)
    return number(value, language, digits=3)


def of_treated(row: Estimate) -> bool:
    """Return whether an effect is that on the treated, beside a comparison built for them.

    Parameters
    ----------
    row : Estimate
        An effect.
    """
    return row.estimand == "ATT" and row.design in {"matching", "adjusted"}
