"""Rows of the tables on places: rates beside chance, ranks, series and who is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluate.core import Cell, CellType
from evaluate.inference.place_rates import (
    Ranks,
    Rate,
    funnel_limit,
    standardised_rate,
    standardised_share,
)
from evaluate.inference.place_table import NO_PERIOD, Place
from evaluate.inference.wilson import wilson

TABLES: Mapping[str, tuple[str, ...]] = {
    "rates": (
        *("place", "period", "n", "share", "conf_low", "conf_high", "standardised"),
        *("standardised_low", "standardised_high", "target", "inner_low", "inner_high"),
        *("outer_low", "outer_high", "position", "state"),
    ),
    "ranks": (
        *("place", "n", "share", "rank", "rank_low", "rank_high", "best_third", "worst_third"),
    ),
    "series": (
        *("key", "place", "period", "n", "share", "conf_low", "conf_high", "definition", "broken"),
    ),
    "change": (
        *("key", "place", "first", "last", "change", "conf_low", "conf_high", "term", "state"),
    ),
    "members": ("member", "present", "periods", "state"),
}
_TEXT = (*("place", "key", "period", "first", "last", "position", "definition", "member", "state"),)
_SHARES = (
    *("share", "standardised", "standardised_low", "standardised_high", "target"),
    *("inner_low", "inner_high", "outer_low", "outer_high", "best_third", "worst_third"),
)


def type_of(name: str, table: str, *, shares: bool) -> CellType:
    """Return how a column's cells are written."""
    if name in _TEXT:
        return "text"
    if name in {"n", "periods", "rank", "rank_low", "rank_high"}:
        return "integer"
    if name in {"broken", "present"}:
        return "boolean"
    limits = name in {"conf_low", "conf_high"} and table != "change"
    thirds = name in {"best_third", "worst_third"}
    return "share" if thirds or (shares and (limits or name in _SHARES)) else "number"


@dataclass(frozen=True, slots=True)
class Asked:
    """How places are told.

    Attributes
    ----------
    conf_level : float
        Coverage probability of intervals.
    shares : bool
        Whether nobody can have two events.
    standard : mapping of str to float, or None
        Weights of strata; ``None`` where rates are not standardised.
    """

    conf_level: float
    shares: bool
    standard: Mapping[str, float] | None


def crude(one: Place, asked: Asked) -> Rate | None:
    """Return a place's own rate with its interval, or nothing where people were not counted.

    Parameters
    ----------
    one : Place
        The place.
    asked : Asked
        How it is told.
    """
    if not one.counted:
        return None
    events, n = one.total
    if asked.shares:
        return Rate(one.rate, *wilson(min(events, n), n, asked.conf_level))
    return standardised_rate(np.array([events]), np.array([n]), np.ones(1), asked.conf_level)


def _standardised(one: Place, asked: Asked) -> Rate | None:
    standard = asked.standard or {}
    if not one.counted or set(one.strata) != set(standard):
        return None
    weights = np.array([standard[name] for name in one.strata])
    if (one.n <= 0).any():
        return None
    if asked.shares:
        return standardised_share(np.minimum(one.events, one.n), one.n, weights, asked.conf_level)
    return standardised_rate(one.events, one.n, weights, asked.conf_level)


def rates(places: Sequence[Place], asked: Asked) -> Iterator[dict[str, Cell]]:
    """Yield a row for each place of one period, beside what chance alone would give.

    Parameters
    ----------
    places : sequence of Place
        Of one period.
    asked : Asked
        How they are told.
    """
    counted = [one for one in places if one.counted]
    target = None
    if asked.shares and len(counted) > 1:
        people = sum(one.total[1] for one in counted)
        target = sum(one.total[0] for one in counted) / people
    for one in places:
        row: dict[str, Cell] = {"place": one.name, "share": one.rate}
        row |= {} if one.period == NO_PERIOD else {"period": f"{one.period:.15g}"}
        found = crude(one, asked)
        if found is None:
            yield row | {"state": "no_n"}
            continue
        row |= {"n": round(one.total[1]), "conf_low": found.conf_low, "conf_high": found.conf_high}
        if asked.standard is not None:
            as_standard = _standardised(one, asked)
            row |= {"state": "not_in_standard"} if as_standard is None else _told(as_standard)
        if target is not None and 0 < target < 1:
            row |= _funnel(target, round(one.total[1]), one.rate)
        yield row


def _told(one: Rate) -> dict[str, Cell]:
    return {
        "standardised": one.value,
        "standardised_low": one.conf_low,
        "standardised_high": one.conf_high,
    }


def _funnel(target: float, n: int, rate: float) -> dict[str, Cell]:
    low, high, far_low, far_high = (
        funnel_limit(target, n, one) for one in (0.025, 0.975, 0.001, 0.999)
    )
    position = "inside"
    if rate < low:
        position = "far_below" if rate < far_low else "below"
    elif rate > high:
        position = "far_above" if rate > far_high else "above"
    return {
        "target": target,
        "inner_low": low,
        "inner_high": high,
        "outer_low": far_low,
        "outer_high": far_high,
        "position": position,
    }


def ranked(places: Sequence[Place], found: Ranks) -> Iterator[dict[str, Cell]]:
    """Yield a row for each place with the uncertainty of its rank.

    Parameters
    ----------
    places : sequence of Place
        All of them counted.
    found : Ranks
        Their ranks.
    """
    for i, one in enumerate(places):
        yield {
            "place": one.name,
            "n": round(one.total[1]),
            "share": one.rate,
            "rank": round(found.median[i]),
            "rank_low": round(found.conf_low[i]),
            "rank_high": round(found.conf_high[i]),
            "best_third": float(found.best[i]),
            "worst_third": float(found.worst[i]),
        }


def members(places: Sequence[Place], expected: Sequence[str]) -> Iterator[dict[str, Cell]]:
    """Yield who was expected, and who is there.

    Parameters
    ----------
    places : sequence of Place
        In the data.
    expected : sequence of str
        Keys of those that were expected.
    """
    periods: dict[str, int] = {}
    for one in places:
        periods[one.name] = periods.get(one.name, 0) + 1
    for name in (*expected, *sorted(set(periods) - set(expected))):
        row: dict[str, Cell] = {"member": name, "present": name in periods}
        row["periods"] = periods.get(name, 0)
        if name not in periods:
            row["state"] = "missing_member"
        elif name not in expected:
            row["state"] = "not_expected"
        yield row
