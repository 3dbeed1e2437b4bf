"""Periods in order, and which cohort each date of first treatment means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer
from evaluate.data.variable import parse_period, parse_value
from evaluate.errors import Refused

ALWAYS = -1
_FEWEST = 2
Read = Callable[[str], float | None]


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the values of the two columns of time mean.

    Attributes
    ----------
    periods : ndarray, shape (T,)
        Labels of the periods, in order: whole numbers as integers.
    times : ndarray, shape (T,)
        The same as they stand in the sample: floats or text.
    starts : ndarray, shape (s,)
        Distinct values of the first treated period, sorted: floats or text.
    cohorts : ndarray, shape (s,)
        Cohort of each: a place in ``periods``, T for never, -1 for treated from the beginning.
    """

    periods: NDArray[Any]
    times: NDArray[Any]
    starts: NDArray[Any]
    cohorts: Integer

    @property
    def size(self) -> int:
        """Return the number of periods."""
        return len(self.times)

    def place(self, times: NDArray[Any]) -> Integer:
        """Return the place of each period."""
        order = np.argsort(self.times)
        return order[np.searchsorted(self.times[order], times)]

    def code(self, starts: NDArray[Any]) -> Integer:
        """Return where ``starts`` holds each first treated period."""
        return np.searchsorted(self.starts, starts)


def read_calendar(times: NDArray[Any], starts: NDArray[Any], never: str) -> Calendar:
    """Return the order of periods, and the cohort of each date of first treatment.

    A first treatment in a period that nobody was seen in begins with the next that somebody
    was; after the last period it is none; in the first or before, its units were always
    treated.

    Parameters
    ----------
    times, starts : ndarray
        Values that occur: numbers, periods or dates; with repetitions.
    never : str
        Code of the first treated period of those who never are.

    Raises
    ------
    Refused
        ``missing_time``, ``text_time``, ``one_period``, ``missing_start`` and ``text_start``.
    """
    times, starts = np.unique(times), np.unique(starts)
    kind, place = _times(times)
    order = np.argsort(place)
    times, place = times[order], place[order]
    if len(times) < _FEWEST:
        raise Refused(
            "one_period",
            f"outcomes stand in {len(times)} period{'' if len(times) == 1 else 's'}",
            "give outcomes from before and after the first treatment",
        )
    known, is_never = _starts(starts, kind, never)
    cohort = np.searchsorted(place, known, side="left")
    cohort[known <= place[0]] = ALWAYS
    cohort[is_never] = len(times)
    whole = times.dtype.kind == "f" and bool((times == np.floor(times)).all())
    return Calendar(times.astype(np.int64) if whole else times, times, starts, cohort)


def whole(values: NDArray[Any]) -> bool:
    """Return whether values are whole numbers near enough to be counted from the smallest."""
    if values.dtype.kind != "f" or not np.isfinite(values).all():
        return False
    near = values.max() - values.min() < np.iinfo(np.int16).max
    return bool(near and (values == np.floor(values)).all())


def _times(times: NDArray[Any]) -> tuple[str, Float]:
    """Return the form of the periods, and where each stands."""
    if times.dtype.kind == "f":
        if not np.isfinite(times).all():
            raise no_time()
        return "number", times
    forms = {_form(text) for text in times.tolist()} or {"year"}
    if len(forms) > 1 or None in forms:
        raise Refused(
            "text_time",
            "the column of time holds text that is no period, or periods of several kinds",
            "write periods as 2015, 2015/16, 2015-Q2, 2015-09 or 2015-09-30, all in one way",
        )
    kind = next(iter(forms)) or "year"
    return kind, _numbers(times.tolist(), _READ[kind])


def _starts(starts: NDArray[Any], kind: str, never: str) -> tuple[Float, NDArray[np.bool_]]:
    """Return where each first treated period stands, and which of them mean never."""
    read = _READ["year"] if kind == "number" else _READ[kind]
    if starts.dtype.kind == "f":
        if np.isnan(starts).any():
            raise no_start()
        code = _number(never)
        is_never = np.isinf(starts) & (starts > 0)
        if code is not None:
            is_never |= starts == code
        fits = kind in {"number", "year"} or bool(is_never.all())
        known = np.where(is_never, np.inf, starts)
    else:
        is_never = starts == never
        known = _numbers([x for x in starts.tolist() if x != never], read)
        fits = not np.isnan(known).any()
        known, every = np.full(len(starts), np.inf), known
        known[~is_never] = every
        if (starts == "").any():
            raise no_start()
    if not fits:
        raise Refused(
            "text_start",
            "first treated periods are neither the code for never nor written as the periods are",
            "write them as the column of time is written, and name the code under `never`",
        )
    return known, is_never


def no_time() -> Refused:
    """Return the refusal of rows without a period."""
    return Refused(
        "missing_time",
        "rows with an outcome have no period",
        "complete the cells, or leave such rows out with `where`",
    )


def no_start() -> Refused:
    """Return the refusal of rows without a first treated period."""
    return Refused(
        "missing_start",
        "rows with an outcome have no first treated period",
        "complete the cells; write the code named under `never` for those who never are",
    )


def _form(text: str) -> str | None:
    found = parse_period(text)
    if found is not None:
        return found.form
    return "date" if isinstance(parse_value(text, "date"), date) else None


def _numbers(texts: Sequence[str], read: Read) -> Float:
    found = (read(text) for text in texts)
    return np.array([np.nan if one is None else one for one in found], dtype=np.float64)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _day(text: str) -> float | None:
    found = parse_value(text, "date")
    return float(found.toordinal()) if isinstance(found, date) else None


def _period(form: str) -> Read:
    def read(text: str) -> float | None:
        found = parse_period(text)
        return float(found.index) if found is not None and found.form == form else None

    return read


_READ: dict[str, Read] = {
    "date": _day,
    "year": _number,
    **{form: _period(form) for form in ("school year", "quarter", "month")},
}
