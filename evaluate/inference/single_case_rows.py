"""Rows of the tables on single cases; of people one by one only where that was agreed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluate.core import Cell, CellType
from evaluate.inference.single_case import Case, Measured, Moved
from evaluate.inference.single_case_chance import Tested
from evaluate.inference.single_case_draws import Drawn

ALL = "all_cases"
LEAST_TOGETHER = 3  # people: a mean of fewer tells of one
TABLES: Mapping[str, tuple[str, ...]] = {
    "test": (
        *("statistic", "n_people", "cases", "scheme", "assignments", "exact", "difference"),
        *("conf_low", "conf_high", "p_value", "smallest_p", "alternative", "state"),
    ),
    "measures": (
        *("case", "n_people", "start", "occasions_before", "occasions_after", "mean_before"),
        *("mean_after", "difference", "nap", "nap_low", "nap_high", "tau_u", "log_ratio"),
        *("log_ratio_low", "log_ratio_high"),
    ),
    "series": ("key", "case", "time", "start", "phase", "value", "n_people"),
}
_TEXT = ("statistic", "case", "scheme", "alternative", "state", "key", "phase")
_WHOLE = ("n_people", "cases", "assignments", "occasions_before", "occasions_after")
_SHARES = ("nap", "nap_low", "nap_high")


@dataclass(frozen=True, slots=True)
class Shown:
    """Who the cases are.

    Attributes
    ----------
    people : bool
        Whether each is a person; else a place.
    each : bool
        Whether they may be shown one by one.
    ratio : bool
        Whether the scale has a true zero.
    """

    people: bool
    each: bool
    ratio: bool


def type_of(name: str) -> CellType:
    """Return how a column's cells are written."""
    if name in _TEXT:
        return "text"
    if name in _WHOLE:
        return "integer"
    if name == "exact":
        return "boolean"
    return "share" if name in _SHARES else "number"


def told_row(cases: Sequence[Case], scheme: str, alternative: str, shown: Shown) -> dict[str, Cell]:
    """Return what is known before the test.

    Parameters
    ----------
    cases : sequence of Case
        The series.
    scheme, alternative : str
        How chance decided, and what is asked.
    shown : Shown
        Who the cases are.
    """
    difference = float(np.mean([_difference(one) for one in cases]))
    row: dict[str, Cell] = {"statistic": "mean_difference", "cases": len(cases), "scheme": scheme}
    row |= {"n_people": len(cases)} if shown.people else {}
    return row | {"difference": difference, "alternative": alternative}


def _difference(case: Case) -> float:
    return float(case.value[case.on].mean() - case.value[~case.on].mean())


def tested_row(drawn: Drawn, found: Tested) -> dict[str, Cell]:
    """Return what the test adds.

    Parameters
    ----------
    drawn : Drawn
        What chance could have given.
    found : Tested
        The test.
    """
    limits: dict[str, Cell] = {
        name: value
        for name, value in (("conf_low", found.conf_low), ("conf_high", found.conf_high))
        if value is not None
    }
    whole = None not in (found.conf_low, found.conf_high)
    state: dict[str, Cell] = {} if whole else {"state": "too_few_assignments"}
    return {
        "assignments": drawn.assignments,
        "exact": drawn.exact,
        "p_value": found.p_value,
        "smallest_p": found.smallest_p,
        **limits,
        **state,
    }


def measures(
    cases: Sequence[Case], found: Sequence[Moved], shown: Shown
) -> Iterator[dict[str, Cell]]:
    """Yield a row for each case that may be shown, and their mean.

    Parameters
    ----------
    cases : sequence of Case
        The series.
    found : sequence of Moved
        How much each moved.
    shown : Shown
        Who the cases are.
    """
    if shown.each:
        for case, one in zip(cases, found, strict=True):
            yield _measured(case, one, shown)
    row: dict[str, Cell] = {"case": ALL}
    row |= {"n_people": len(cases)} if shown.people else {}
    for name in ("mean_before", "mean_after", "difference", "tau_u"):
        row[name] = float(np.mean([getattr(one, name) for one in found]))
    row["nap"] = float(np.mean([one.nap.value for one in found]))
    ratios = [one.log_ratio.value for one in found if one.log_ratio is not None]
    if shown.ratio and len(ratios) == len(cases):
        row["log_ratio"] = float(np.mean(ratios))
    row["occasions_before"] = sum(one.n_before for one in found)
    row["occasions_after"] = sum(one.n_after for one in found)
    yield row


def _measured(case: Case, one: Moved, shown: Shown) -> dict[str, Cell]:
    row: dict[str, Cell] = {
        "case": case.name,
        "start": case.start,
        "occasions_before": one.n_before,
        "occasions_after": one.n_after,
        "mean_before": one.mean_before,
        "mean_after": one.mean_after,
        "difference": one.difference,
        "tau_u": one.tau_u,
        **_span("nap", one.nap),
    }
    row |= {"n_people": 1} if shown.people else {}
    if shown.ratio and one.log_ratio is not None:
        row |= _span("log_ratio", one.log_ratio)
    return row


def _span(name: str, one: Measured) -> dict[str, Cell]:
    return {name: one.value, f"{name}_low": one.conf_low, f"{name}_high": one.conf_high}


def series(cases: Sequence[Case], shown: Shown) -> Iterator[dict[str, Cell]]:
    """Yield the series that may be shown; else their mean by time since each start.

    Of people, occasions on which fewer than ``LEAST_TOGETHER`` were measured are left out.

    Parameters
    ----------
    cases : sequence of Case
        The series.
    shown : Shown
        Who the cases are.
    """
    if shown.each:
        for case in cases:
            for time, value, on in zip(case.time, case.value, case.on, strict=True):
                row = _point(case.name, float(time), float(value), on=bool(on))
                yield row | {"start": case.start} | ({"n_people": 1} if shown.people else {})
        return
    # Each case around its own baseline's mean: else a change of who is there looks like a change.
    since = np.concatenate([one.time - one.start for one in cases])
    value = np.concatenate([one.value - one.value[~one.on].mean() for one in cases])
    on = np.concatenate([one.on for one in cases])
    for time in np.unique(since):
        here = since == time
        for side in np.unique(on[here]):
            inside = here & (on == side)
            if shown.people and inside.sum() < LEAST_TOGETHER:
                continue
            row = _point(ALL, float(time), float(np.sort(value[inside]).mean()), on=bool(side))
            row["start"] = 0.0
            yield row | ({"n_people": int(inside.sum())} if shown.people else {})


def _point(case: str, time: float, value: float, *, on: bool) -> dict[str, Cell]:
    phase = "with_programme" if on else "baseline"
    key = f"{case}.{time:g}.{phase}"
    return {"key": key, "case": case, "time": time, "phase": phase, "value": value}
