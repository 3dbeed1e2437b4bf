"""Columns of a simulated design, as the dictionary has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.backwards import StuckError, Values
from evaluate.assumptions.bounds import bounded
from evaluate.assumptions.pools import Test, limits, pool
from evaluate.data.variable import Levels, Variable

Float = NDArray[np.float64]
Ends = tuple[float | None, float | None]
HALF = 0.5
GRID, ROUNDS = 4000, 30  # quantiles, and steps, by which the effect of rounding is undone


def fit_names(values: NDArray[np.str_], variable: Variable, tests: Sequence[Test] = ()) -> Values:
    """Return names of groups as codes of the dictionary, or as names that are plainly dummy.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Names, sorting as they count.
    variable : Variable
        Their column.
    tests : sequence of (Condition, bool)
        What the codes have to meet.

    Raises
    ------
    StuckError
        If the dictionary has fewer codes than there are groups.
    """
    names, code = np.unique(values, return_inverse=True)
    targets = np.empty(len(names), dtype=object)
    if isinstance(variable.values, Levels) or tests or variable.type not in ("text", "category"):
        allowed = [one for one in pool(variable, tests) if one is not None]
        if len(allowed) < len(names):
            raise StuckError(
                f"`{variable.name}` has {len(allowed)} values that the dictionary and `where`"
                f" allow, and {len(names)} are assumed",
                "assume fewer groups, or allow more values",
            )
        targets[:] = allowed[: len(names)]
    else:
        targets[:] = ["dummy-" + one.replace(" ", "-") for one in names.tolist()]
    found: Values = targets[code]
    return found


def fit_numbers(
    values: Float,
    expected: tuple[Float, float],
    variable: Variable,
    tests: Sequence[Test] = (),
) -> Values:
    """Return numbers within the dictionary's range, whole where it wants them so.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Drawn; missing ones undefined.
    expected : (ndarray of shape (n,), float)
        Mean of each row, and the standard deviation; 0 for a yes or no.
    variable : Variable
        Their column.
    tests : sequence of (Condition, bool)
        What the numbers have to meet.

    Raises
    ------
    StuckError
        If the type is another, or no distribution within the range has this mean and spread.
    """
    if variable.type in ("text", "date", "period") or (variable.type == "boolean" and expected[1]):
        raise StuckError(
            f"`{variable.name}` is of type {variable.type}, and"
            f" {'a number' if expected[1] else 'a yes or no'} is assumed",
            "correct the type in the dictionary, or `sd` in the assumptions",
        )
    found: Float | None = values
    ends, whole = limits(variable, tests), variable.type == "integer"
    if expected[1] and whole:
        found = _whole(values, expected, ends)
    elif expected[1]:
        found = bounded(values, *expected, *ends)
    if found is None:
        raise StuckError(
            f"within the range of `{variable.name}` nothing has the mean and the `sd` that are"
            " assumed",
            "lower `sd`, correct `baseline` and `effect`, or widen the range",
        )
    if whole:
        found = np.round(found)
    return as_cells(found, text=variable.type == "category")


def _whole(values: Float, expected: tuple[Float, float], ends: Ends) -> Float | None:
    """Return whole numbers with each row's mean and the standard deviation kept."""
    mean, sd = expected
    low, high = ends
    ends = None if low is None else np.ceil(low), None if high is None else np.floor(high)
    found = values.copy()
    for centre in np.unique(mean):
        rows = mean == centre
        drawn = _rounded((values[rows] - centre) / sd, _aim(float(centre), sd, ends), ends)
        if drawn is None:
            return None
        found[rows] = drawn
    return found


def _aim(mean: float, sd: float, ends: Ends) -> tuple[float, float]:
    """Return the mean and spread whose numbers have the wanted ones once they are rounded."""
    from scipy.special import ndtri

    grid = ndtri((np.arange(GRID) + HALF) / GRID)
    aim = mean, sd
    for _ in range(ROUNDS):
        there = _rounded(grid, aim, ends)
        if there is None or not there.std():
            return mean, sd
        aim = aim[0] + mean - float(there.mean()), aim[1] * sd / float(there.std())
    return (mean, sd) if _rounded(grid, aim, ends) is None else aim


def _rounded(standard: Float, aim: tuple[float, float], ends: Ends) -> Float | None:
    """Return whole numbers; each, the ends too, stands for half a unit on each side of it."""
    (mean, sd), (low, high) = aim, ends
    found = bounded(
        mean + sd * standard,
        np.full(len(standard), mean),
        sd,
        None if low is None else low - HALF,
        None if high is None else high + HALF,
    )
    if found is None:
        return None
    return np.clip(np.round(found), -np.inf if low is None else low, high)


def keys_of(variable: Variable, number: int) -> Values:
    """Return keys that are plainly dummy: ``dummy-000001``, or whole numbers.

    Parameters
    ----------
    variable : Variable
        The column of the keys.
    number : int
        How many.
    """
    if variable.type in ("text", "category"):
        found = np.empty(number, dtype=object)
        found[:] = [f"dummy-{place:06d}" for place in range(1, number + 1)]
        return found
    return as_cells(np.arange(1.0, number + 1))


def as_cells(values: NDArray[Any], *, text: bool = False) -> Values:
    """Return numbers as cells, missing ones as ``None``.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Undefined where missing.
    text : bool
        Whether they are codes that are written as text.
    """
    cells = np.empty(len(values), dtype=object)
    cells[:] = [
        None if np.isnan(one) else str(int(one)) if text else one for one in values.tolist()
    ]
    return cells
