"""Other estimators beside the headline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from evaluate.checks.rollout_estimators import estimators, other_row
from evaluate.checks.rollout_lead import Led
from evaluate.checks.rollout_overall import overall_row
from evaluate.core import Estimate
from evaluate.errors import Refused
from evaluate.inference.staggered import RollOut


def other_estimators(rolled: RollOut, led: Led, chosen: str) -> Iterator[Estimate]:
    """Yield the overall effect by other estimators, where they can be had.

    Parameters
    ----------
    rolled : RollOut
        As it was read.
    led : Led
        The headline.
    chosen : str
        The headline's estimator.
    """
    question = (led.estimand, led.settings)
    if chosen != "group_time":
        yield replace(
            overall_row(rolled, led.times, led.sides, question), role="beside", call_r=None
        )
    for name, call in estimators(rolled).items():
        if name == chosen:
            continue
        try:
            yield other_row(call(), rolled, question)
        except Refused:
            continue
