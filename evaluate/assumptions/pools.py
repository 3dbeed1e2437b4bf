"""Values that a column may take, by the dictionary and by tests that rows have to meet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from math import floor

import numpy as np

from evaluate.data.rules import Condition, Scalar
from evaluate.data.variable import Levels, Period, Range, Variable, parse_value

# A cell as it is drawn: dates as ordinals, periods as their number; ``None`` is missing.
Drawn = float | str | None
Test = tuple[Condition, bool]  # and whether it has to hold

POINTS = 200  # of a range
_NUMBER = (0.0, 100.0)  # where the dictionary gives no range
_DAYS = (date(2015, 1, 1).toordinal(), date(2019, 12, 31).toordinal())
_YEARS = (2015.0, 2019.0)
_TEXTS = ("dummy-a", "dummy-b", "dummy-c")


def pool(variable: Variable, tests: Sequence[Test] = ()) -> list[Drawn]:
    """Return values of a variable that meet some tests; none where there is none.

    Parameters
    ----------
    variable : Variable
        From the dictionary.
    tests : sequence of (Condition, bool)
        Tests of its column, each with whether it has to hold.
    """
    here = [*_points(variable, tests)]
    kept = [one for one in here if all(meets(one, variable, t) == wanted for t, wanted in tests)]
    if not kept and all(meets(None, variable, t) == wanted for t, wanted in tests):
        return [None]
    return kept


def limits(variable: Variable, tests: Sequence[Test] = ()) -> tuple[float | None, float | None]:
    """Return the ends between which numbers of a variable lie, as far as they are given.

    Parameters
    ----------
    variable : Variable
        From the dictionary.
    tests : sequence of (Condition, bool)
        Tests of its column that hold, each with whether it has to.
    """
    values = variable.values
    low, high = (values.low, values.high) if isinstance(values, Range) else (None, None)
    lows = [_ordered(one) for one in (low,) if one is not None]
    highs = [_ordered(one) for one in (high,) if one is not None]
    for test, wanted in tests:
        name, value = test.test
        if name == "between" and wanted and isinstance(value, tuple):
            lows, highs = (
                [*lows, _number(value[0], variable)],
                [*highs, _number(value[1], variable)],
            )
        elif (name in _LOWER and wanted) or (name in _UPPER and not wanted):
            lows.append(_number(value, variable))
        elif (name in _UPPER and wanted) or (name in _LOWER and not wanted):
            highs.append(_number(value, variable))
    return max(lows, default=None), min(highs, default=None)


_LOWER, _UPPER = ("at_least", "above"), ("at_most", "below")


def meets(value: Drawn, variable: Variable, test: Condition) -> bool:
    """Return whether a drawn value meets a test; a missing one meets only ``missing: true``.

    Parameters
    ----------
    value : float, str or None
        Drawn.
    variable : Variable
        Of its column.
    test : Condition
        As the study writes it.
    """
    name, against = test.test
    if name == "missing":
        return (value is None) == bool(against)
    if value is None:
        return False
    if isinstance(against, tuple):
        others = [typed(one, variable) for one in against]
        if name == "between":
            ends = [one for one in others if not isinstance(one, str)]
            return not isinstance(value, str) and ends[0] <= value <= ends[1]
        return (value in others) == (name == "in")
    if not isinstance(against, Scalar):
        return False
    other = typed(against, variable)
    if name in ("is", "is_not"):
        return (value == other) == (name == "is")
    if isinstance(value, str) or isinstance(other, str):
        return False
    found = {"at_least": value >= other, "at_most": value <= other,
             "above": value > other, "below": value < other}  # fmt: skip
    return found[name]


def _points(variable: Variable, tests: Sequence[Test]) -> list[Drawn]:
    mentioned: list[Drawn] = []
    for test, _ in tests:
        name, value = test.test
        if name != "missing":
            some = value if isinstance(value, tuple) else (value,)
            mentioned += [typed(one, variable) for one in some]
    if isinstance(variable.values, Levels):
        return [_ordered(one) if not isinstance(one, str) else one
                for one in variable.values.values]  # fmt: skip
    if variable.type == "boolean":
        return [0.0, 1.0]
    if variable.type in ("text", "category"):
        return list(dict.fromkeys([*mentioned, *_TEXTS]))
    ends = sorted({*_ends(variable), *(float(one) for one in mentioned if not isinstance(one, str)
                                       and one is not None)})  # fmt: skip
    whole = variable.type != "number"
    points = {*ends}
    low, high = limits(variable)
    for here, there in pairwise(ends):
        inner = np.linspace(here, there, POINTS)
        points |= {float(floor(one)) if whole else float(one) for one in inner}
    points |= {one + step for one in ends for step in (-1.0, 1.0)}
    return [one for one in sorted(points)
            if (low is None or one >= low) and (high is None or one <= high)]  # fmt: skip


def _ends(variable: Variable) -> tuple[float, float]:
    low, high = limits(variable)
    first, last = {"date": _DAYS, "period": _YEARS}.get(variable.type, _NUMBER)
    width = last - first
    if low is None and high is None:
        return float(first), float(last)
    if low is None:
        return float(high or 0) - width, float(high or 0)
    return low, low + width if high is None else high


def _ordered(value: float | date | Period) -> float:
    if isinstance(value, Period):
        return float(value.index)
    return float(value.toordinal()) if isinstance(value, date) else float(value)


def typed(value: Scalar, variable: Variable) -> float | str:
    """Return a value of a test as it is drawn.

    Parameters
    ----------
    value : bool, int, float or str
        As the study writes it.
    variable : Variable
        Of its column.
    """
    if variable.type in ("text", "category"):
        return str(value)
    if isinstance(value, str):
        parsed = parse_value(value, variable.type)
        return value if parsed is None or isinstance(parsed, str) else _ordered(parsed)
    if variable.type == "period":
        return float(value)
    return float(value)


def _number(value: object, variable: Variable) -> float:
    found = typed(value, variable) if isinstance(value, Scalar) else ""
    return float("nan") if isinstance(found, str) else found
