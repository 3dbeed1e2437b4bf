"""Whether a roll-out's trends were equal before the start, and how unequal they may be after."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evaluate.checks.honest import sensitivity_check
from evaluate.checks.pretrends import pretrends_check
from evaluate.checks.rollout_lead import Led
from evaluate.checks.rollout_rows import Curves
from evaluate.core import Check, Table
from evaluate.errors import Refused
from evaluate.inference.aggregate import aggregate
from evaluate.inference.group_time import GroupTimes
from evaluate.inference.honest_coefficients import EventCoefficients, event_coefficients
from evaluate.inference.staggered import RollOut

# With so many more clusters than periods, chi-squared serves.
_MANY_CLUSTERS = 200


def trends(rolled: RollOut, led: Led, steady: Curves) -> Iterator[tuple[Check, Table | None]]:
    """Yield the check of trends before the start, and that of their breakdown.

    Parameters
    ----------
    rolled : RollOut
        As it was read.
    led : Led
        The headline.
    steady : Curves
        Effects with a universal base.
    """
    events = events_of(rolled, led, steady)
    head = led.rows[0]
    yield pretrends_check(events, head, smallest_worthwhile=led.settings.smallest_worthwhile)
    yield sensitivity_check(_FEW if led.sides.few else events, head)


_FEW = Refused(
    "few_clusters",
    "so few clusters began that the interval comes from exchanging their dates, which says"
    " nothing of unequal trends",
    "add clusters",
)


def events_of(rolled: RollOut, led: Led, steady: Curves) -> EventCoefficients | Refused:
    """Return the effects by event time against one period, or why they cannot be judged.

    Parameters
    ----------
    rolled : RollOut
        As it was read.
    led : Led
        The headline.
    steady : Curves
        Effects with a universal base.
    """
    found = aggregate(steady.times, "dynamic")
    if steady.alone.any():
        return Refused(
            "single_cluster_cohort",
            "a cohort consists of one cluster, so that its effects by period have no covariance",
            "merge cohorts that begin close to each other",
        )
    reference = -1 - rolled.asked.contrast.anticipation
    number = led.sides.fewest
    try:
        return event_coefficients(
            found.keys.tolist(),
            found.effect,
            found.covariance,
            weights_of(steady.times),
            reference=reference,
            n_clusters=number if number < _MANY_CLUSTERS else None,
        )
    except Refused as refused:
        return refused


def weights_of(times: GroupTimes) -> dict[int, float]:
    """Return what each time since the start weighs in the simple aggregation.

    Parameters
    ----------
    times : GroupTimes
        Effects and shares of cohorts.
    """
    since = times.period - times.cohort
    share = times.shares[np.searchsorted(times.cohorts, times.cohort)]
    total = float(share[since >= 0].sum())
    return {
        int(event): float(share[since == event].sum() / total)
        for event in np.unique(since[since >= 0])
    }
