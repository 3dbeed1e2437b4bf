"""The effect that a roll-out shows where there can be none: before the start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from evaluate.checks.over_time import name_of, table_of
from evaluate.checks.rollout_lead import Led
from evaluate.checks.rollout_rows import curves_of
from evaluate.core import Cell, Check, Table
from evaluate.data.moments import Float
from evaluate.errors import Refused
from evaluate.inference.staggered import RollOut
from evaluate.inference.t import t_quantile, two_sided_p

_MOST_PLACEBOS = 3
Row = dict[str, Cell]


def placebos(rolled: RollOut, led: Led) -> tuple[Check, Table]:
    """Return the effect that is found where there can be none: before the start.

    Every cohort as if it had begun one, two and three periods earlier, and each later cohort
    as if it had begun with the first; only periods before the real start are used.

    Parameters
    ----------
    rolled : RollOut
        As it was read.
    led : Led
        The headline.
    """
    rows: list[Row] = [*_earlier(rolled, led), *_with_the_first(rolled, led)]
    names = ("placebo", "estimate", "std_error", "conf_low", "conf_high", "p_value", "state")
    table = table_of("placebos", names, rows, led.estimand.unit)
    tested = [float(str(row["p_value"])) for row in rows if "p_value" in row]
    if not tested:
        text = "No cohort has two periods before its start, so that no placebo can be tried."
        return Check("placebos", "not_run", text, table.id if rows else None), table
    # By Bonferroni: the more placebos, the likelier that one of them strikes by chance.
    level = (1 - led.settings.conf_level) / len(tested)
    struck = sum(one < level for one in tested)
    text = f"{len(tested)} placebos before the start; {struck} of them show an effect"
    text += f" at {level:.2g}, the level for that many."
    return Check("placebos", "failed" if struck else "passed", text, table.id), table


def _earlier(rolled: RollOut, led: Led) -> Iterator[Row]:
    for shift in range(1, _MOST_PLACEBOS + 1):
        words = f"{shift} period{'s' if shift > 1 else ''} earlier"
        yield from _placebo(rolled, led, words, shift, None)


def _with_the_first(rolled: RollOut, led: Led) -> Iterator[Row]:
    starts = rolled.paths.starts
    treated = [one for one in starts.cohorts.tolist() if 0 < one < len(starts.periods)]
    for cohort in treated[1:]:
        words = f"{name_of(starts, cohort)} as if it began {name_of(starts, treated[0])}"
        yield from _placebo(rolled, led, words, cohort - treated[0], cohort)


def _placebo(
    rolled: RollOut, led: Led, words: str, shift: int, cohort: int | None
) -> Iterator[Row]:
    """Yield the mean effect in the periods between a false start and the real one."""
    asked = rolled.asked.contrast
    contrast = replace(asked, anticipation=asked.anticipation + shift, base="universal")
    try:
        curves = curves_of(rolled, led, contrast)
    except Refused:
        return
    times = curves.times
    since = times.period - times.cohort
    inside = (since >= -shift - asked.anticipation) & (since < -asked.anticipation)
    if cohort is not None:
        inside &= times.cohort == cohort
    if not inside.any():
        return
    weight = np.where(inside, times.shares[np.searchsorted(times.cohorts, times.cohort)], 0.0)
    gradient: Float = np.zeros(len(times.joint))
    gradient[: len(weight)] = weight / weight.sum()
    value = float(gradient[: len(weight)] @ times.effect)
    spread = curves.spread(gradient)
    if spread <= 0:
        yield {"placebo": words, "estimate": value, "state": "no uncertainty: one cluster"}
        return
    df = curves.free(gradient)
    half = t_quantile((1 + led.settings.conf_level) / 2, df) * spread
    yield {
        "placebo": words,
        "estimate": value,
        "std_error": spread,
        "conf_low": value - half,
        "conf_high": value + half,
        "p_value": two_sided_p(value / spread, df),
    }
