"""Places with their people and events by period and stratum, from rows or published figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.linear import Float

NO_PERIOD = 0.0


@dataclass(frozen=True, slots=True)
class Place:
    """One place in one period.

    Attributes
    ----------
    name : str
        Its key.
    period : float
        The period.
    events, n : ndarray, shape (s,)
        By stratum; ``n`` is NaN where it was not published.
    strata : tuple of str, length s
        Their names.
    definition : str or None
        By which definition it was counted.
    rate : float
        Events per person of all strata together.
    """

    name: str
    period: float
    events: Float
    n: Float
    strata: tuple[str, ...]
    definition: str | None
    rate: float

    @property
    def counted(self) -> bool:
        """Return whether the number of people is known."""
        return bool(np.isfinite(self.n).all())

    @property
    def total(self) -> tuple[float, float]:
        """Return events and people of all strata together."""
        return float(self.events.sum()), float(self.n.sum())


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows as they are read, each of shape (n,).

    Attributes
    ----------
    place : ndarray of str
        Place.
    events, n, rate : ndarray or None
        Events, people, and published rates; of events and rates one is there.
    period : ndarray or None
        Period.
    stratum, definition : ndarray or None
        Stratum, and definition.
    percent : bool
        Whether rates are in per cent.
    """

    place: NDArray[Any]
    events: Float | None
    n: Float | None
    rate: Float | None
    period: Float | None
    stratum: NDArray[Any] | None
    definition: NDArray[Any] | None
    percent: bool


def read_places(columns: Columns, *, shares: bool = True) -> tuple[Place, ...]:
    """Return every place in every period, sorted.

    Parameters
    ----------
    columns : Columns
        Rows.
    shares : bool
        Whether nobody can have two events.

    Raises
    ------
    Refused
        ``repeated_places`` when a place has two rows of one period and stratum; ``not_a_share``;
        ``two_definitions`` when strata of a period are counted unlike; ``rate_without_people``
        when strata have rates and no people to weigh them by; ``no_rates`` without a row.
    """
    size = len(columns.place)
    period = np.full(size, NO_PERIOD) if columns.period is None else columns.period
    stratum = [str(one) for one in columns.stratum] if columns.stratum is not None else [""] * size
    n = np.full(size, np.nan) if columns.n is None else columns.n
    rate = _rates(columns, n)
    groups: dict[tuple[str, float], list[int]] = {}
    for i in np.flatnonzero(np.isfinite(rate)):
        groups.setdefault((str(columns.place[i]), float(period[i])), []).append(int(i))
    if not groups:
        raise Refused("no_rates", "no row has a rate", "check the columns")
    found = []
    for (name, when), inside in sorted(groups.items()):
        rows = sorted(inside, key=lambda i: stratum[i])
        names = tuple(stratum[i] for i in rows)
        if len(set(names)) < len(names):
            raise Refused(
                "repeated_places",
                "a place has several rows of one period and stratum",
                "keep one row for each place, period and stratum",
            )
        people, shares_here = n[rows], rate[rows]
        if len(rows) > 1 and not np.isfinite(people).all():
            raise Refused(
                "rate_without_people",
                "strata have rates and no number of people to weigh them by",
                "give the number of people in each stratum",
            )
        events = shares_here * people
        _require_shares(events, people, shares_here, shares=shares)
        whole = float(shares_here[0]) if len(rows) == 1 else float(events.sum() / people.sum())
        label = _definition(columns.definition, rows)
        found.append(Place(name, when, events, people, names, label, whole))
    return tuple(found)


def _rates(columns: Columns, n: Float) -> Float:
    if columns.events is not None:
        # A place without people has no rate.
        rate = np.full(len(n), np.nan)
        np.divide(columns.events, n, out=rate, where=n > 0)
        return rate
    rate = np.full(len(n), np.nan) if columns.rate is None else columns.rate
    return rate / 100 if columns.percent else rate


def _require_shares(events: Float, n: Float, rate: Float, *, shares: bool) -> None:
    above = shares and bool((rate > 1 + 1e-12).any())
    if above or (rate < 0).any() or (np.isfinite(n) & (n < 0)).any():
        raise Refused(
            "not_a_share",
            "a rate lies outside 0 to 1",
            "correct the columns; where rates are in per cent, say so with `percent`, and where a"
            " person may have several events, with `kind: rate`",
        )


def _definition(labels: NDArray[Any] | None, rows: Sequence[int]) -> str | None:
    if labels is None:
        return None
    known = {None if labels[i] is None else str(labels[i]) for i in rows}
    if len(known) > 1:
        raise Refused(
            "two_definitions",
            "strata of one place and period are counted by several definitions",
            "keep the rows of one definition",
        )
    return known.pop()


def standard_of(places: Sequence[Place], given: Mapping[str, float] | None) -> dict[str, float]:
    """Return the standard's people by stratum; without a given one those of all places.

    Parameters
    ----------
    places : sequence of Place
        Of one period.
    given : mapping of str to float, or None
        The standard.
    """
    if given is not None:
        return dict(given)
    found: dict[str, float] = {}
    for one in (each for each in places if each.counted):
        for name, people in zip(one.strata, one.n.tolist(), strict=True):
            found[name] = found.get(name, 0.0) + people
    return found
