"""Cases for a qualitative comparative analysis: calibrated, averaged over raters, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.qca_analysis import Sets
from evaluate.inference.qca_calibration import crisp, direct, indirect, linear
from evaluate.inference.qca_definition import Calibration

_VALUES = 2
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases that can be analysed, and those that cannot.

    Attributes
    ----------
    names : ndarray of str, shape (n,)
        In alphabetical order, so that nothing hangs on the order of the rows.
    sets : Sets
        Their memberships.
    without_outcome, without_condition : tuple of str
        Cases that are left out, since something of them is not known. Nothing is imputed.
    """

    names: NDArray[Any]
    sets: Sets
    without_outcome: tuple[str, ...]
    without_condition: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of each case, before calibration.

    Attributes
    ----------
    names : ndarray of str, shape (n,)
        Alphabetical.
    outcome : ndarray, shape (n,)
        NaN where it is not known.
    conditions : ndarray, shape (n, k)
        NaN where one is not known.
    columns : tuple of str
        The outcome's column, then the conditions'.
    """

    names: NDArray[Any]
    outcome: NDArray[np.float64]
    conditions: NDArray[np.float64]
    columns: tuple[str, ...]


def measured(
    columns: Mapping[str, NDArray[Any]], names: tuple[str, ...], rater: str | None = None
) -> Measured:
    """Return one row for each case, averaged over its raters, or one rater's alone.

    Parameters
    ----------
    columns : mapping of str to ndarray
        ``case``, ``outcome``, ``conditions`` and perhaps ``rater``.
    names : tuple of str
        The outcome's column, then the conditions'.
    rater : str, optional
        The one rater whose ratings are used.

    Raises
    ------
    Refused
        If a case stands in several rows and nobody says who rated it.
    """
    case, raters = columns["case"], columns.get("rater")
    kept = np.ones(len(case), dtype=bool) if rater is None or raters is None else raters == rater
    found = sorted(set(case[kept]))
    if raters is None and len(found) < int(kept.sum()):
        raise Refused(
            "cases_repeated",
            "a case stands in several rows, and no column says who rated it",
            "keep one row for each case, or name `rater`",
        )
    values = np.column_stack([columns["outcome"], columns["conditions"]])
    means = np.array([_mean(values[kept & (case == name)]) for name in found])
    return Measured(np.array(found, dtype=object), means[:, 0], means[:, 1:], names)


def _mean(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    known = np.isfinite(rows)
    counts = known.sum(axis=0)
    total = np.where(known, rows, 0).sum(axis=0)
    return np.where(counts > 0, total / np.maximum(counts, 1), np.nan)


def calibrated(raw: Measured, ways: Mapping[str, Calibration]) -> Cases:
    """Return the cases' memberships.

    Parameters
    ----------
    raw : Measured
        What was measured.
    ways : mapping of str to Calibration
        By column; a column that is not named holds memberships already.

    Raises
    ------
    Refused
        If memberships lie outside 0..1, a calibration cannot be had, or nothing varies.
    """
    outcome_name, *names = raw.columns
    whole = np.column_stack([raw.outcome, raw.conditions])
    no_outcome = np.isnan(raw.outcome)
    no_condition = np.isnan(raw.conditions).any(axis=1) & ~no_outcome
    used = ~(no_outcome | no_condition)
    _require_cases(int(used.sum()))
    made = [
        _one(name, whole[used, place], ways.get(name)) for place, name in enumerate(raw.columns)
    ]
    outcome, *conditions = made
    if outcome.levels != _VALUES:
        raise Refused(
            "outcome_of_several_values",
            "the outcome has more than two values",
            "calibrate it to memberships, or to a crisp set with one cut",
        )
    if np.ptp(outcome.values) == 0:
        raise Refused(
            "no_variation",
            f"`{outcome_name}` is the same in every case, so that everything goes with it",
            "add cases without the outcome: what all cases share explains nothing",
        )
    sets = Sets(
        names=tuple(names),
        conditions=np.column_stack([one.values for one in conditions]),
        outcome=outcome.values,
        fuzzy=np.array([one.levels == _VALUES for one in conditions]),
        levels=tuple(one.levels for one in conditions),
    )
    return Cases(
        raw.names[used],
        sets,
        tuple(raw.names[no_outcome]),
        tuple(raw.names[no_condition]),
    )


def _require_cases(count: int) -> None:
    if count < _FEWEST:
        raise Refused(
            "too_few_cases",
            f"{count} cases have the outcome and every condition",
            "find out what is missing of the other cases; nothing is imputed",
        )


@dataclass(frozen=True, slots=True)
class _Made:
    values: NDArray[np.float64]
    levels: int


def _one(name: str, values: NDArray[np.float64], way: Calibration | None) -> _Made:
    if way is None:
        if np.any((values < 0) | (values > 1)):
            raise Refused(
                "not_calibrated",
                f"`{name}` holds values outside 0 to 1, and no calibration is given",
                f"give `calibration: {{{name}: …}}` with anchors that theory names",
            )
        return _Made(values, _VALUES)
    if way.crisp is not None:
        return _Made(crisp(values, way.crisp), len(way.crisp) + 1)
    if way.indirect is not None:
        return _Made(indirect(values, way.indirect, quadratic=way.quadratic), _VALUES)
    if way.linear is not None:
        return _Made(linear(values, way.linear), _VALUES)
    return _Made(direct(values, way.anchors or (0.0, 0.5, 1.0), idm=way.degree), _VALUES)
