"""Periods of simulated rows as the dictionary writes them, and who is treated in which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.assumptions.backwards import StuckError, Values
from evaluate.assumptions.pools import Drawn, Test, pool
from evaluate.core import ColumnRole
from evaluate.data.variable import Variable
from evaluate.design import Simulated

Float = NDArray[np.float64]
Roles = Mapping[str, ColumnRole]


def acted_on(drawn: Simulated[Any], role: Roles) -> Float:
    """Return whether the programme acts on each row, 0 or 1.

    It acts on those who take part, where the rows tell who does; else on those treated, in the
    periods from the start on.

    Parameters
    ----------
    drawn : Simulated
        Rows of a design.
    role : mapping of str to str
        Roles of its columns.
    """
    for wanted in ("received", "treatment"):
        found = [np.asarray(drawn.data[one], float) for one, is_ in role.items() if is_ == wanted]
        if found:
            both: Float = np.prod(found, axis=0)
            return both
    (start,) = (one for one, is_ in role.items() if is_ == "start")
    time = _time_of(drawn, role)
    first = place_of(drawn.data[start], int(time.max()))
    return ((first > 0) & (time >= first)).astype(np.float64)


def elapsed(drawn: Simulated[Any], role: Roles) -> Float:
    """Return how many periods lie between each row's and the first; 0 where there are none."""
    time = _time_of(drawn, role)
    return time - 1 if time.size else np.zeros(len(next(iter(drawn.data.values()))))


def _time_of(drawn: Simulated[Any], role: Roles) -> Float:
    found = [np.asarray(drawn.data[one], float) for one, is_ in role.items() if is_ == "time"]
    return found[0] if found else np.zeros(0)


def place_of(values: NDArray[Any], periods: int) -> Float:
    """Return first treated periods as numbers from 1, and 0 for the code of those never treated.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Numbers, or text.
    periods : int
        Number of periods; anything else is the code.
    """
    text = {one: _number(one) for one in np.unique(values).tolist()}
    found = np.array([text[one] for one in values.tolist()], dtype=np.float64)
    return np.where((found >= 1) & (found <= periods), found, 0.0)


def _number(value: object) -> float:
    try:
        return float(str(value))
    except ValueError:
        return 0.0


def periods_for(number: int, variable: Variable, tests: Sequence[Test]) -> list[Drawn]:
    """Return the first periods that the dictionary allows.

    Parameters
    ----------
    number : int
        How many are assumed.
    variable : Variable
        The column of the period.
    tests : sequence of (Condition, bool)
        What its values have to meet.

    Raises
    ------
    StuckError
        If there are fewer.
    """
    allowed = pool(variable, tests)
    if len(allowed) < number:
        raise StuckError(
            f"`{variable.name}` has fewer periods than are assumed",
            "assume fewer periods, or widen the range in the dictionary",
        )
    return allowed[:number]


def as_periods(values: Float, targets: Sequence[Drawn]) -> Values:
    """Return periods 1, 2, … as the cells in ``targets``."""
    cells = np.empty(len(targets), dtype=object)
    cells[:] = targets
    found: Values = cells[values.astype(int) - 1]
    return found


def as_starts(
    values: NDArray[Any], targets: Sequence[Drawn], variable: Variable, never: str
) -> Values:
    """Return first treated periods as the cells in ``targets``, with the code of never as it is.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Periods from 1, and the code.
    targets : sequence
        Cells of the periods, in order.
    variable : Variable
        The column.
    never : str
        The code.
    """
    first = place_of(values, len(targets)).astype(int)
    code: Drawn = float(_number(never)) if variable.type in ("integer", "number") else never
    cells = np.empty(len(targets) + 1, dtype=object)
    cells[:] = [code, *targets]
    found: Values = cells[first]
    return found
