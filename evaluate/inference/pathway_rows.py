"""Rows of the tables on pathways: by period, at the end, and who was followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Cell, CellType
from evaluate.errors import Refused
from evaluate.inference.discrete_hazard import STILL, Integer, Pathways, follow, log_log
from evaluate.inference.linear import Float
from evaluate.inference.wilson import wilson

ALL = "all"
TABLES: Mapping[str, tuple[str, ...]] = {
    "outcomes": (
        *("key", "group", "outcome", "period", "n_entered", "n_events", "share", "conf_low"),
        *("conf_high", "state"),
    ),
    "incidence": (
        *("key", "group", "period", "outcome", "n_at_risk", "n_events", "hazard", "hazard_low"),
        *("hazard_high", "incidence", "conf_low", "conf_high"),
    ),
    "flow": ("key", "group", "part", "n", "share"),
}
_TEXT = ("key", "group", "outcome", "part", "state")


def type_of(name: str) -> CellType:
    """Return how a column's cells are written."""
    if name in _TEXT:
        return "text"
    return "integer" if name in {"n", "period"} or name.startswith("n_") else "share"


@dataclass(frozen=True, slots=True)
class Spells:
    """People's time in the programme, each of length n.

    Attributes
    ----------
    last, first : ndarray
        As in ``follow``.
    outcome : tuple of str or None
        How they left; ``None`` for those still in when last seen.
    ends_early : ndarray of bool
        Whether somebody still in was last seen before the data end.
    dated : bool
        Whether that is known.
    """

    last: Integer
    first: Integer
    outcome: tuple[str | None, ...]
    ends_early: NDArray[np.bool_]
    dated: bool

    def only(self, kept: NDArray[np.bool_]) -> Spells:
        """Return some of the people."""
        outcome = tuple(one for one, here in zip(self.outcome, kept, strict=True) if here)
        early = self.ends_early[kept]
        return Spells(self.last[kept], self.first[kept], outcome, early, self.dated)

    @property
    def left(self) -> NDArray[np.bool_]:
        """Return who left."""
        return np.array([one is not None for one in self.outcome], dtype=bool)

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Return who is followed for a period at least."""
        found: NDArray[np.bool_] = self.last >= self.first
        return found


def spells_of_days(
    entry: NDArray[Any],
    leaving: NDArray[Any],
    outcome: Sequence[str | None],
    days: float,
    seen_from: NDArray[Any] | None = None,
) -> Spells:
    """Return people's time in periods of so many days.

    Parameters
    ----------
    entry, leaving : ndarray of datetime64[D], shape (n,)
        Day of entry; day of leaving, or the last day that somebody still in was seen.
    outcome : sequence of str or None, length n
        How they left; ``None`` for those still in.
    days : float
        Length of a period, above 0. Who left did so in the period that the day lies in; who is
        still in was seen through the periods that had ended.
    seen_from : ndarray of datetime64[D], shape (n,), or None
        Day from which somebody is followed, NaT or before entry where that is the entry.

    Raises
    ------
    Refused
        ``left_before_entry``.
    """
    length = (leaving - entry).astype("timedelta64[D]").astype(np.float64)
    if (length < 0).any():
        raise Refused(
            "left_before_entry",
            "somebody leaves before the day of entry",
            "correct the days, or leave such rows out and say so",
        )
    whole = np.floor(length / days).astype(np.int64)
    left = np.array([one is not None for one in outcome], dtype=bool)
    first = np.ones(len(whole), np.int64)
    if seen_from is not None:
        waited = (seen_from - entry).astype("timedelta64[D]").astype(np.float64)
        waited = np.where(np.isnat(seen_from), 0.0, np.maximum(waited, 0.0))
        first = 1 + np.ceil(waited / days).astype(np.int64)
    early = ~left & (_days_to_last(leaving) > days)
    return Spells(whole + left, first, tuple(outcome), early, dated=True)


def _days_to_last(day: NDArray[Any]) -> Float:
    """Return how many days before the last day in the data each day is."""
    number = day.astype("datetime64[D]").astype(np.int64)
    found: Float = (number.max(initial=0) - number).astype(np.float64)
    return found


def spells_of_periods(
    last: Float, outcome: Sequence[str | None], first: Float | None = None
) -> Spells:
    """Return people's time where it was counted in periods.

    Parameters
    ----------
    last : ndarray, shape (n,)
        Period of leaving, from 1; last whole period of those still in, from 0.
    outcome : sequence of str or None, length n
        How they left; ``None`` for those still in.
    first : ndarray, shape (n,), or None
        First period in which somebody is followed.

    Raises
    ------
    Refused
        ``not_a_period`` for what is no whole number, or below 0; 0 for somebody who left.
    """
    began = np.ones(len(last)) if first is None else first
    left = np.array([one is not None for one in outcome], dtype=bool)
    whole = (last == np.floor(last)) & (began == np.floor(began)) & (last >= left) & (began >= 1)
    if not whole.all():
        raise Refused(
            "not_a_period",
            "a period is no whole number from 1, or from 0 for those still in",
            "count periods in whole numbers, the first one after entry as 1",
        )
    none = np.zeros(len(last), dtype=bool)
    return Spells(last.astype(np.int64), began.astype(np.int64), tuple(outcome), none, dated=False)


def pathways(some: Spells, outcomes: Sequence[str], horizon: int | None) -> Pathways:
    """Return hazards and incidence of those followed for a period at least.

    Parameters
    ----------
    some : Spells
        People.
    outcomes : sequence of str
        All ways out.
    horizon : int or None
        Periods to follow.

    Raises
    ------
    Refused
        With the codes of ``follow``.
    """
    kept = some.only(some.seen | some.left)
    return follow(kept.last, kept.outcome, outcomes, first=kept.first, periods=horizon)


def incidence(found: Pathways, group: str, conf_level: float) -> Iterator[dict[str, Cell]]:
    """Yield a row for each period and way out, and for being still in.

    Parameters
    ----------
    found : Pathways
        Of one group.
    group : str
        Its key.
    conf_level : float
        Coverage probability, in (0, 1).
    """
    for t, n in enumerate(found.at_risk.tolist()):
        for k, name in enumerate((STILL, *found.outcomes)):
            share = float(found.survival[t] if k == 0 else found.incidence[t, k - 1])
            share = min(1.0, max(0.0, share))
            row: dict[str, Cell] = {
                "key": f"{group}.{t + 1}.{name}",
                "group": group,
                "period": t + 1,
                "outcome": name,
                "n_at_risk": n,
                "incidence": share,
            }
            limits = log_log(share, float(found.variance[t, k]), conf_level)
            row |= {"conf_low": limits[0], "conf_high": limits[1]} if limits else {}
            if k:
                events = int(found.events[t, k - 1])
                low, high = wilson(events, n, conf_level)
                row |= {"n_events": events, "hazard": events / n}
                row |= {"hazard_low": low, "hazard_high": high}
            yield row


def at_end(
    found: Pathways, some: Spells, group: str, conf_level: float
) -> Iterator[dict[str, Cell]]:
    """Yield what has become of people by the last period.

    Parameters
    ----------
    found : Pathways
        Of one group.
    some : Spells
        Its people.
    group : str
        Its key.
    conf_level : float
        Coverage probability, in (0, 1).
    """
    for k, name in enumerate((STILL, *found.outcomes)):
        share = float(found.survival[-1] if k == 0 else found.incidence[-1, k - 1])
        row: dict[str, Cell] = {
            "key": f"{group}.{name}",
            "group": group,
            "outcome": name,
            "period": len(found.at_risk),
            "n_entered": len(some.last),
            "share": min(1.0, max(0.0, share)),
        }
        limits = log_log(share, float(found.variance[-1, k]), conf_level)
        row |= {"conf_low": limits[0], "conf_high": limits[1]} if limits else {"state": "none_seen"}
        if k:
            row["n_events"] = int(found.events[:, k - 1].sum())
        yield row


def flow(some: Spells, unknown: str, group: str) -> Iterator[dict[str, Cell]]:
    """Yield how many entered, left, and are followed.

    Parameters
    ----------
    some : Spells
        People of one group.
    unknown : str
        The way out of those of whom nobody knows.
    group : str
        Its key.
    """
    left, n = some.left, len(some.last)
    lost = int(sum(one == unknown for one in some.outcome))
    parts = {
        "entered": n,
        "left": int(left.sum()) - lost,
        "not_known": lost,
        "last_seen_in": int((~left).sum()),
        "too_short": int((~left & ~some.seen).sum()),
        "came_late": int((some.first > 1).sum()),
    }
    for name, count in parts.items():
        yield {
            "key": f"{group}.{name}",
            "group": group,
            "part": name,
            "n": count,
            "share": count / n,
        }
