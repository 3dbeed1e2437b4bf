"""Whether places can be held against each other: all there, one definition, more than chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from evaluate.core import Cell, Check, CheckResult
from evaluate.errors import Refused
from evaluate.inference.place_rates import overdispersion
from evaluate.inference.place_table import Place

_LEVEL = 0.05
_SURE = 0.95

Row = Mapping[str, Cell]


def coverage(rows: Sequence[Row]) -> Check:
    """Return whether all that were expected are in the data.

    Parameters
    ----------
    rows : sequence of mapping
        Of ``place_rows.members``; none where nobody was expected.
    """
    if not rows:
        text = "Which places are expected is not declared, so that nobody sees who is missing."
        return Check("coverage", "not_run", text)
    gone = [str(row["member"]) for row in rows if not row["present"]]
    expected = sum(row.get("state") != "not_expected" for row in rows)
    result: CheckResult = "failed" if gone else "passed"
    text = f"{expected - len(gone)} of {expected} expected places are in the data."
    return Check("coverage", result, text, "members")


def one_definition(rows: Sequence[Row], changes: Sequence[Row]) -> Check:
    """Return whether the series are counted alike throughout.

    Parameters
    ----------
    rows, changes : sequence of mapping
        Of ``place_series.series`` and ``changes``.
    """
    name = "one_definition"
    broken = sum(bool(row["broken"]) for row in rows)
    held = sum(row.get("state") == "definition_changed" for row in changes)
    if not broken:
        text = "No period is said to be counted otherwise than the one before."
        return Check(name, "passed", text, "series")
    text = (
        f"In {broken} of {len(rows)} rows the definition is new; {held} changes across it are not"
        " computed, as nothing says what the new definition adds by itself."
    )
    return Check(name, "failed", text, "series")


def more_than_chance(places: Sequence[Place], *, shares: bool) -> Check:
    """Return whether places differ by more than chance alone would have them.

    Parameters
    ----------
    places : sequence of Place
        Of one period.
    shares : bool
        Whether nobody can have two events.
    """
    name = "more_than_chance"
    counted = [one for one in places if one.counted]
    if not shares:
        text = "Not known: where a person may have several events, chance gives no such limits."
        return Check(name, "not_run", text, "rates")
    try:
        events, n = (np.array([one.total[at] for one in counted]) for at in (0, 1))
        factor, p, _ = overdispersion(events, n)
    except Refused as refused:
        return Check(name, "not_run", f"Not known: {refused.why}.", "rates")
    text = (
        f"Places vary {factor:.2g} times as much as chance alone gives. Who lives there differs"
        " too: a place outside the funnel is not thereby better or worse run."
    )
    return Check(name, "passed" if p < _LEVEL else "failed", text, "rates")


def ranks_tell(rows: Sequence[Row]) -> Check:
    """Return whether any place can be said to be among the best or worst third.

    Parameters
    ----------
    rows : sequence of mapping
        Of ``place_rows.ranked``; none where there are no ranks.
    """
    name = "ranks_tell"
    if not rows:
        text = "There are no ranks: the number of people is not known in three places or more."
        return Check(name, "not_run", text)
    sure = [
        row for row in rows if max(_number(row["best_third"]), _number(row["worst_third"])) >= _SURE
    ]
    result: CheckResult = "passed" if sure else "failed"
    text = (
        f"{len(sure)} of {len(rows)} places are in the best or the worst third with a probability"
        f" of {_SURE:.0%} or more; the order of the others is within chance."
    )
    return Check(name, result, text, "ranks")


def _number(cell: Cell) -> float:
    return float(cell) if isinstance(cell, int | float) else 0.0
