"""Simulated rows in the sources that a study reads, with its codes of units and its keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from evaluate.assumptions.backwards import Frame, StuckError, Values, choose
from evaluate.assumptions.pools import Test, limits, meets, pool
from evaluate.data.definition import Data
from evaluate.data.rules import Lag
from evaluate.data.variable import Variable

Columns = dict[str, Values]


def split(rows: Columns, data: Data | None, outcomes: Collection[str]) -> dict[str, Columns]:
    """Return the rows as the sources that the study joins.

    To a source whose rows stand for many go the columns that do not differ between them; to
    one whose rows stand for one, the outcomes.

    Parameters
    ----------
    rows : dict of str to ndarray
        All columns.
    data : Data or None
        The study's block.
    outcomes : collection of str
        Columns of outcomes.
    """
    if data is None:
        return {"main": rows}
    left, found = dict(rows), {}
    for join in data.join:
        movable = [name for name in left if name not in {k for j in data.join for k in j.keys}]
        if join.cardinality == "one_to_one":
            moved = [name for name in movable if name in outcomes]
            chosen = np.arange(len(left[join.keys[0]]))
        else:
            marks = np.array(["\0".join(map(str, one)) for one in
                              zip(*(left[key] for key in join.keys), strict=True)])  # fmt: skip
            _, chosen, code = np.unique(marks, return_index=True, return_inverse=True)
            moved = [name for name in movable if (left[name] == left[name][chosen][code]).all()]
        found[join.right] = {name: left[name][chosen] for name in (*join.keys, *moved)}
        for name in moved:
            left.pop(name)
    return {data.main_name: left, **found}


def fix_units(data: Data | None, frame: Frame) -> None:
    """Write codes of units so that they stay what they are on the day that is asked for.

    Parameters
    ----------
    data : Data or None
        The study's block.
    frame : Frame
        Columns; changed.

    Raises
    ------
    StuckError
        If fewer codes are known than groups are assumed.
    """
    for name, units in data.units.items() if data else ():
        ended = {code for one in units.changes for code in one.from_}
        arose = {code for one in units.changes for code in one.after}
        codes = [*sorted(arose - ended), *units.unchanged]
        allowed = [one for one in pool(frame.variables[units.column]) if isinstance(one, str)]
        codes = codes or [one for one in allowed if not one.startswith("dummy-")]
        groups = frame.columns.pop(name, None)
        if not codes or (groups is not None and len(set(groups)) > len(codes)):
            raise StuckError(
                f"fewer codes of `{units.column}` are known than units are assumed",
                "list codes under `unchanged`, or in the dictionary",
            )
        if groups is None:
            frame.columns[units.column] = choose(codes, frame.n_rows, frame.rng)
        else:
            code = dict(zip(sorted(set(groups)), codes, strict=False))
            cells = np.empty(frame.n_rows, dtype=object)
            cells[:] = [code[one] for one in groups]
            frame.columns[units.column] = cells


def keys_in(data: Data | None) -> tuple[str, ...]:
    """Return the columns that tell persons apart.

    Parameters
    ----------
    data : Data or None
        The study's block.
    """
    if data is None:
        return ()
    lags = [one.rule[1] for one in data.derive if isinstance(one.rule[1], Lag)]
    keys = [key for one in data.join if one.cardinality == "one_to_one" for key in one.keys]
    found = [*([data.cohort.person] if data.cohort else []), *keys, *(one.by for one in lags)]
    return tuple(dict.fromkeys(found))


def with_earlier(
    data: Data | None,
    frame: Frame,
    used: int,
    tests: Mapping[str, Sequence[Test]],
    wanted: Mapping[str, Values | None],
) -> Frame:
    """Add the rows of earlier periods that lags look back at, where the study leaves them out.

    Parameters
    ----------
    data : Data or None
        The study's block.
    frame : Frame
        Columns, all of them.
    used : int
        Rows that meet the study's conditions; they stand first.
    tests : mapping of str to sequence of (Condition, bool)
        What used rows meet, by column.
    wanted : mapping of str to ndarray or None
        Values that a lag is to find, where they are settled.

    Raises
    ------
    StuckError
        If nothing tells earlier rows from those that are analysed.
    """
    added: dict[tuple[str, str, int], Columns] = {}
    for derive in data.derive if data else ():
        lag = derive.lag
        if lag is None:
            continue
        if lag.over not in tests or (data and data.cohort):
            raise StuckError(
                f"`{derive.name}` looks back at rows that would be analysed too",
                f"select the periods that are analysed by a condition on `{lag.over}`",
            )
        key = (lag.by, lag.over, lag.periods)
        if key not in added:
            added[key] = {name: cells[:used].copy() for name, cells in frame.columns.items()}
            before = [one - lag.periods for one in added[key][lag.over]]
            added[key][lag.over] = np.array(before, dtype=object)
        rows, found = added[key], wanted[derive.name]
        rows[lag.of] = frame.columns[lag.of][:used] if found is None else found[:used]
        _see_apart(rows[lag.over], frame.variables[lag.over], tests[lag.over])
    for rows in added.values():
        columns = {k: np.concatenate([v, rows[k]]) for k, v in frame.columns.items()}
        frame = replace(frame, columns=columns, n_rows=frame.n_rows + used)
    return frame


def _see_apart(values: Values, variable: Variable, tests: Sequence[Test]) -> None:
    """Refuse earlier periods that the dictionary does not have, or that are analysed too."""
    low, _ = limits(variable)
    for one in set(values):
        if low is not None and one < low:
            raise StuckError(
                f"`{variable.name}` has no period before those that are analysed",
                "widen its range in the dictionary, or begin the analysis later",
            )
        if all(meets(one, variable, test) == wanted for test, wanted in tests):
            raise StuckError(
                f"rows of `{variable.name}` that a lag looks back at are analysed too",
                "select a single period by the condition",
            )
