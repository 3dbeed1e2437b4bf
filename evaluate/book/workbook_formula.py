"""Formulas of a spreadsheet that know their own value, so that a file holds both."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Value = float | str

_COMPARE, _ADD, _TIMES, _POWER, _ATOM = range(5)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula, or a reference to a cell, with what it comes to.

    Attributes
    ----------
    text : str
        As a cell has it, without the sign of equality.
    value : float or str
        What a spreadsheet computes from it.
    level : int
        How strongly its outermost operator binds.
    """

    text: str
    value: Value
    level: int = _ATOM

    @property
    def number(self) -> float:
        """Return the value of a formula that is a number.

        Raises
        ------
        TypeError
            If it is text.
        """
        if isinstance(self.value, str):
            raise TypeError(f"{self.text} is text")
        return self.value

    def within(self, level: int) -> str:
        """Return the text as an operand of an operator that binds at a level."""
        return self.text if self.level >= level else f"({self.text})"

    def __add__(self, other: Formula | float) -> Formula:
        """Return the sum."""
        right = plain(other)
        text = f"{self.within(_ADD)}+{right.within(_ADD)}"
        return Formula(text, self.number + right.number, _ADD)

    def __sub__(self, other: Formula | float) -> Formula:
        """Return the difference."""
        right = plain(other)
        text = f"{self.within(_ADD)}-{right.within(_TIMES)}"
        return Formula(text, self.number - right.number, _ADD)

    def __rsub__(self, other: float) -> Formula:
        """Return what is left of a number."""
        return plain(other) - self

    def __mul__(self, other: Formula | float) -> Formula:
        """Return the product."""
        right = plain(other)
        text = f"{self.within(_TIMES)}*{right.within(_TIMES)}"
        return Formula(text, self.number * right.number, _TIMES)

    def __truediv__(self, other: Formula | float) -> Formula:
        """Return the quotient; by 0 it is not a number, which only an unused branch may hold."""
        right = plain(other)
        value = self.number / right.number if right.number else math.nan
        return Formula(f"{self.within(_TIMES)}/{right.within(_POWER)}", value, _TIMES)

    def __pow__(self, other: Formula | float) -> Formula:
        """Return the power; where it has no value, only an unused branch may hold it."""
        right = plain(other)
        base, power = self.number, right.number
        known = base > 0 or (base == 0 and power > 0) or (float(power).is_integer() and base != 0)
        value = float(base**power) if known else math.nan
        return Formula(f"{self.within(_ATOM)}^{right.within(_ATOM)}", value, _POWER)

    def __neg__(self) -> Formula:
        """Return the number with its sign turned."""
        return Formula(f"-{self.within(_ATOM)}", -self.number, _TIMES)


@dataclass(frozen=True, slots=True)
class Block:
    """A block of cells, or an array computed from one.

    Attributes
    ----------
    text : str
        Such as ``'Flows'!$E$4:$BA$4``.
    values : tuple of float
        In order.
    """

    text: str
    values: tuple[float, ...]


def plain(value: Formula | float | str) -> Formula:
    """Return a number or a text as it stands in a formula."""
    if isinstance(value, Formula):
        return value
    if isinstance(value, str):
        doubled = value.replace('"', '""')
        return Formula(f'"{doubled}"', value)
    text = repr(int(value)) if float(value).is_integer() else repr(value).upper()
    return Formula(text, float(value), _TIMES if value < 0 else _ATOM)


def holds(left: Formula, sign: str, right: Formula | float | str) -> Formula:
    """Return whether a comparison by ``=``, ``<``, ``<=``, ``>`` or ``>=`` holds: 1 or 0."""
    other = plain(right)
    one, two = left.value, other.value
    if isinstance(one, str) or isinstance(two, str):
        true = str(one).casefold() == str(two).casefold()
    else:
        true = {
            "=": one == two,
            "<": one < two,
            "<=": one <= two,
            ">": one > two,
            ">=": one >= two,
        }[sign]
    text = f"{left.within(_ADD)}{sign}{other.within(_ADD)}"
    return Formula(text, float(true), _COMPARE)


def every(*conditions: Formula) -> Formula:
    """Return whether all conditions hold."""
    return _call("AND", conditions, float(all(one.number for one in conditions)))


def some(*conditions: Formula) -> Formula:
    """Return whether one of the conditions holds."""
    return _call("OR", conditions, float(any(one.number for one in conditions)))


def choose(condition: Formula, yes: Formula | float | str, no: Formula | float | str) -> Formula:
    """Return one of two by a condition."""
    one, other = plain(yes), plain(no)
    value = one.value if condition.number else other.value
    return _call("IF", (condition, one, other), value)


def least(*numbers: Formula | float) -> Formula:
    """Return the smallest number."""
    each = [plain(one) for one in numbers]
    return _call("MIN", each, min(one.number for one in each))


def most(*numbers: Formula | float) -> Formula:
    """Return the largest number."""
    each = [plain(one) for one in numbers]
    return _call("MAX", each, max(one.number for one in each))


def largest(block: Block) -> Formula:
    """Return the largest number of a block."""
    return Formula(f"MAX({block.text})", max(block.values))


def exponential(power: Formula) -> Formula:
    """Return e to a power."""
    return _call("EXP", (power,), math.exp(power.number))


def logarithm(number: Formula) -> Formula:
    """Return the natural logarithm of a positive number."""
    return _call("LN", (number,), math.log(number.number))


def size(number: Formula) -> Formula:
    """Return a number without its sign."""
    return _call("ABS", (number,), abs(number.number))


def sizes(block: Block) -> Block:
    """Return the numbers of a block without their signs."""
    return Block(f"ABS({block.text})", tuple(abs(one) for one in block.values))


def rounded(number: Formula, digits: int) -> Formula:
    """Return a number to a number of decimals."""
    return _call("ROUND", (number, plain(digits)), round(number.number, digits))


def total(block: Block) -> Formula:
    """Return the sum of a block."""
    return Formula(f"SUM({block.text})", math.fsum(block.values))


def products(*blocks: Block) -> Formula:
    """Return the sum of the products of blocks of one shape."""
    text = ",".join(one.text for one in blocks)
    pairs = zip(*(one.values for one in blocks), strict=True)
    return Formula(f"SUMPRODUCT({text})", math.fsum(math.prod(one) for one in pairs))


def added(parts: Sequence[Formula]) -> Formula:
    """Return the sum of formulas; 0 where there are none."""
    whole = parts[0] if parts else plain(0)
    for one in parts[1:]:
        whole = whole + one
    return whole


def interpolated(at: Formula, points: Block, heights: Block) -> Formula:
    """Return the height at a place on straight lines between points, level beyond the ends.

    Parameters
    ----------
    at : Formula
        Where.
    points, heights : Block
        In increasing order of the points.
    """
    n = len(points.values)
    before, place = points.text, f"MATCH({at.text},{points.text},1)"

    def pick(block: str, index: str | int) -> str:
        return f"INDEX({block},{index})"

    first, last = (pick(heights.text, one) for one in (1, n))
    low, high = pick(heights.text, place), pick(heights.text, f"{place}+1")
    start, end = pick(before, place), pick(before, f"{place}+1")
    between = f"{low}+({at.within(_ADD)}-{start})*({high}-{low})/({end}-{start})"
    text = f"IF({at.text}<={pick(before, 1)},{first},IF({at.text}>={pick(before, n)},{last},{between}))"
    return Formula(text, _height(at.number, points.values, heights.values))


def _height(at: float, points: Sequence[float], heights: Sequence[float]) -> float:
    if at <= points[0]:
        return heights[0]
    for (low, one), (high, other) in pairwise(zip(points, heights, strict=True)):
        if at < high:
            return one + (at - low) * (other - one) / (high - low)
    return heights[-1]


def _call(name: str, given: Sequence[Formula], value: Value) -> Formula:
    return Formula(f"{name}({','.join(one.text for one in given)})", value)
