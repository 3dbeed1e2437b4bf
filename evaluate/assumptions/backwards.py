"""Columns of a file from the columns that are computed from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.pools import Drawn, limits, pool
from evaluate.data.rules import Bins, Condition, Derive, Log, Pair, Power
from evaluate.data.variable import Variable

Values = NDArray[np.object_]
SMALLEST = 1e-9


class StuckError(Exception):
    """A computed column cannot be built backwards.

    Parameters
    ----------
    why : str
        What is in the way.
    fix : str
        What to do.
    """

    def __init__(self, why: str, fix: str) -> None:
        super().__init__(why)
        self.why, self.fix = why, fix


@dataclass(frozen=True, slots=True)
class Frame:
    """Columns under way.

    Attributes
    ----------
    variables : mapping of str to Variable
        The dictionary.
    columns : dict of str to ndarray
        Those that are fixed, by name.
    n_rows : int
        Their length.
    rng : numpy.random.Generator
        Source of chance.
    """

    variables: Mapping[str, Variable]
    columns: dict[str, Values]
    n_rows: int
    rng: np.random.Generator

    def draw(self, name: str) -> Values:
        """Return a column, drawn from the dictionary where it is not fixed yet."""
        if name not in self.columns:
            self.columns[name] = choose(pool(self.variables[name]), self.n_rows, self.rng)
        return self.columns[name]


def choose(values: Sequence[Drawn], number: int, rng: np.random.Generator) -> Values:
    """Return values drawn evenly from some.

    Parameters
    ----------
    values : sequence
        At least one.
    number : int
        How many.
    rng : numpy.random.Generator
        Source of chance.
    """
    some = np.empty(len(values), dtype=object)
    some[:] = values
    return some[rng.integers(0, len(values), number)]


def invert(derive: Derive, frame: Frame) -> None:
    """Fix the columns that a computed one comes from, so that its values come out.

    Parameters
    ----------
    derive : Derive
        The rule, whose column is fixed.
    frame : Frame
        Columns; changed.

    Raises
    ------
    StuckError
        If the rule has no way back.
    """
    name, rule = derive.rule
    wanted = frame.columns[derive.name]
    if isinstance(rule, Condition):
        _test(rule, wanted, frame)
    elif isinstance(rule, Bins):
        _fix(rule.of, _within_bins(rule, wanted, frame), frame)
    elif isinstance(rule, Power):
        _fix(rule.of, _mapped(wanted, lambda x: _root(x, rule.exponent)), frame)
    elif isinstance(rule, Log):
        _fix(rule.of, _mapped(wanted, lambda x: float(np.exp(x)) - rule.plus), frame)
    elif isinstance(rule, Pair):
        _pair(name, rule, wanted, frame)
    else:
        raise StuckError(
            f"a `{name}` has no way back to one value",
            "assume something of the column that it comes from instead",
        )


def _pair(name: str, rule: Pair, wanted: Values, frame: Frame) -> None:
    left, right = rule.left, rule.right
    if left in frame.columns and right in frame.columns:
        raise _twice(left)
    if left in frame.columns:
        _fix(right, _both(frame.columns[left], wanted, _RIGHT[name]), frame)
    else:
        _fix(left, _both(frame.draw(right), wanted, _LEFT[name]), frame)


def _test(rule: Condition, wanted: Values, frame: Frame) -> None:
    if rule.column in frame.columns:
        raise _twice(rule.column)
    values = np.empty(frame.n_rows, dtype=object)
    for held in (True, False):
        rows = np.array([one is not None and bool(one) == held for one in wanted])
        here = [one for one in pool(frame.variables[rule.column], [(rule, held)])
                if one is not None]  # fmt: skip
        if rows.any() and not here:
            raise StuckError(
                f"no value of `{rule.column}` that the dictionary allows gives a "
                f"{'yes' if held else 'no'}",
                "correct the range in the dictionary, or the condition",
            )
        if here:
            values[rows] = choose(here, int(rows.sum()), frame.rng)
    frame.columns[rule.column] = values


def _within_bins(rule: Bins, wanted: Values, frame: Frame) -> Values:
    if rule.of in frame.columns:
        raise _twice(rule.of)
    low, high = limits(frame.variables[rule.of])
    width = rule.edges[-1] - rule.edges[0] or 1.0
    ends = [rule.edges[0] - width if low is None else low, *rule.edges]
    ends.append(rule.edges[-1] + width if high is None else high)
    share = frame.rng.random(frame.n_rows)
    whole = frame.variables[rule.of].type == "integer"

    def back(code: float, at: float) -> float:
        first, last = ends[int(code)], ends[int(code) + 1]
        if whole:
            first = np.ceil(first)
            return float(first + np.floor(at * max(np.ceil(last) - first, 1)))
        return float(first + at * (last - first) * (1 - SMALLEST))

    return _both(wanted, share.astype(object), back)


def _fix(name: str, values: Values, frame: Frame) -> None:
    """Fix a column, which must fit the dictionary."""
    if name in frame.columns:
        raise _twice(name)
    low, high = limits(frame.variables[name])
    numbers = np.array([np.nan if one is None else float(one) for one in values])
    if frame.variables[name].type == "integer" and np.any(np.abs(numbers - np.round(numbers)) > 0):
        raise StuckError(
            f"`{name}` holds whole numbers, and what is assumed would need others",
            "assume something of that column instead",
        )
    here = numbers[~np.isnan(numbers)]
    if (low is not None and (here < low).any()) or (high is not None and (here > high).any()):
        raise StuckError(
            f"`{name}` would leave the range that the dictionary gives",
            "assume something of that column instead, or widen its range",
        )
    frame.columns[name] = values


def _twice(name: str) -> StuckError:
    return StuckError(
        f"`{name}` is already settled by what is assumed",
        "assume something of one of the two columns only",
    )


def _root(value: float, exponent: float) -> float:
    if not exponent or value < 0:
        raise StuckError(
            "a power with this exponent has no way back from all values",
            "assume something of the column that it comes from instead",
        )
    return float(value ** (1 / exponent))


def _over(value: float, by: float) -> float:
    if not by:
        raise StuckError("a zero cannot be divided by", "narrow the range in the dictionary")
    return value / by


# What one side of a pair is, from the other and the result.
_RIGHT: Mapping[str, Callable[[float, float], float]] = {
    "difference": lambda left, result: left - result,
    "product": lambda left, result: _over(result, left),
    "ratio": _over,
}
_LEFT: Mapping[str, Callable[[float, float], float]] = {
    "difference": lambda right, result: right + result,
    "product": lambda right, result: _over(result, right),
    "ratio": lambda right, result: right * result,
}


def _mapped(values: Values, back: Callable[[float], float]) -> Values:
    found = np.empty(len(values), dtype=object)
    found[:] = [None if one is None else back(float(one)) for one in values]
    return found


def _both(first: Values, second: Values, back: Callable[[float, float], float]) -> Values:
    found = np.empty(len(first), dtype=object)
    found[:] = [
        None if one is None or other is None else back(float(one), float(other))
        for one, other in zip(first, second, strict=True)
    ]
    return found
