"""Rows and tables of a roll-out by cohort, period and time since the start."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.checks.over_time import name_of, table_of
from evaluate.checks.rollout_lead import Led
from evaluate.checks.rollout_overall import INFLUENCE, JACKKNIFE, counts, method_of
from evaluate.core import Cell, Estimate, Table
from evaluate.data.moments import Float
from evaluate.data.paths import ClusterPaths, Starts
from evaluate.inference.aggregate import Aggregate, Kind, aggregate
from evaluate.inference.bands import critical_value
from evaluate.inference.group_time import Contrast, GroupTimes
from evaluate.inference.group_time_sums import group_times_of_sums
from evaluate.inference.linear import Spread
from evaluate.inference.row import estimate_row
from evaluate.inference.staggered import RollOut, sums_of_clusters
from evaluate.inference.t import t_quantile

KINDS: tuple[Kind, ...] = ("dynamic", "group", "calendar")
AVERAGES = {
    "dynamic": "mean over periods since the start",
    "group": "mean over cohorts by size",
    "calendar": "mean over calendar periods",
}
TERMS = {"dynamic": "event_time", "group": "cohort", "calendar": "calendar"}
_TINY = 1e-12  # of the largest variance: what is smaller is rounding


@dataclass(frozen=True, slots=True)
class Curves:
    """Group-time effects with the covariance that their rows go by.

    Attributes
    ----------
    times : GroupTimes
        Those that have an uncertainty.
    name : str
        Name of the standard error.
    df : float or None
        The same for all rows; ``None`` where each has its own.
    alone : ndarray of bool, shape (m + h,)
        Effects and shares of cohorts of one cluster, whose uncertainty is not known.
    """

    times: GroupTimes
    name: str
    df: float | None
    alone: NDArray[np.bool_]

    def spread(self, gradient: Float) -> float:
        """Return the standard error of a sum of effects and shares; 0 where it is not known."""
        m = len(self.times.effect)
        if (gradient[:m][self.alone[:m]] != 0).any():
            return 0.0
        found = math.sqrt(max(float(gradient @ self.times.joint @ gradient), 0.0))
        largest = math.sqrt(float(np.diagonal(self.times.joint)[:m].max(initial=0.0)))
        return found if found > _TINY * largest else 0.0

    def free(self, gradient: Float) -> float:
        """Return the degrees of freedom of a sum of effects and shares."""
        return self.df if self.df is not None else self.times.free(gradient)


def curves_of(rolled: RollOut, led: Led, contrast: Contrast) -> Curves:
    """Return group-time effects with analytic or, with few clusters, jackknife covariance.

    Parameters
    ----------
    rolled : RollOut
        As it was read.
    led : Led
        Knows whether clusters are few.
    contrast : Contrast
        With whom and with which period.
    """
    times = led.times if contrast == rolled.asked.contrast else rolled.group_times(contrast)
    if led.clusters is None:
        return Curves(times, INFLUENCE, None, np.zeros(len(times.joint), bool))
    return _jackknifed(led.clusters, contrast, float(led.sides.fewest - 1))


def _jackknifed(held: ClusterPaths, contrast: Contrast, df: float) -> Curves:
    """Return the effects with the jackknife's covariance, where no cohort is of one cluster."""
    number = len(held.cohort)
    whole = group_times_of_sums(sums_of_clusters(held), contrast)
    alone = [one for one in whole.cohorts.tolist() if (held.cohort == one).sum() == 1]
    some = np.concatenate([np.isin(whole.cohort, alone), np.isin(whole.cohorts, alone)])
    centre = np.concatenate([whole.effect, whole.shares])
    moved = np.zeros((number, len(centre)))
    for place in range(number):
        if held.cohort[place] not in alone:
            kept = np.arange(number) != place
            other = group_times_of_sums(sums_of_clusters(held, kept), contrast)
            moved[place] = np.concatenate([other.effect, other.shares]) - centre
    joint = (number - 1) / number * moved.T @ moved
    return Curves(replace(whole, joint=joint), JACKKNIFE, df, some)


def term_rows(rolled: RollOut, led: Led, curves: Curves) -> Iterator[Estimate]:
    """Yield the effects by cohort and period and their averages, all beside.

    Parameters
    ----------
    rolled : RollOut
        As it was read.
    led : Led
        The headline.
    curves : Curves
        Effects under the contrast that was asked for.
    """
    starts = rolled.paths.starts
    for kind in KINDS:
        found = aggregate(curves.times, kind)
        # Of one cohort in one comparison every average is the overall effect again.
        again = len(np.unique(curves.times.cohort)) == 1
        average = _beside(led, rolled, f"{method_of(rolled)}, {AVERAGES[kind]}")
        if not again:
            yield from _one(average, found.overall, curves, found.gradient[-1])
        half = _half_widths(led, curves, found)
        for place, key in enumerate(found.keys.tolist()):
            name = str(key) if kind == "dynamic" else name_of(starts, key)
            known = _beside(led, rolled, method_of(rolled), f"{TERMS[kind]}={name}")
            for row in _one(known, float(found.effect[place]), curves, found.gradient[place]):
                wide = float(half * row.std_error)
                yield replace(row, band_low=row.estimate - wide, band_high=row.estimate + wide)
    yield from _group_time_rows(rolled, led, curves)


def joint_terms(curves: Curves) -> tuple[tuple[str, ...], Float]:
    """Return the effects by time since the start that have an uncertainty, and their covariance.

    Parameters
    ----------
    curves : Curves
        Effects under the contrast that was asked for.

    Returns
    -------
    tuple
        Terms, and their covariance of shape (k, k).
    """
    found = aggregate(curves.times, "dynamic")
    known = [at for at, row in enumerate(found.gradient[:-1]) if curves.spread(row) > 0]
    terms = tuple(f"{TERMS['dynamic']}={found.keys[at]}" for at in known)
    return terms, found.covariance[np.ix_(known, known)]


def _group_time_rows(rolled: RollOut, led: Led, curves: Curves) -> Iterator[Estimate]:
    times, starts = curves.times, rolled.paths.starts
    for at, (cohort, period) in enumerate(
        zip(times.cohort.tolist(), times.period.tolist(), strict=True)
    ):
        term = f"group_time={name_of(starts, cohort)},{name_of(starts, period)}"
        gradient = np.zeros(len(times.joint))
        gradient[at] = 1.0
        known = _beside(led, rolled, method_of(rolled), term)
        yield from _one(known, float(times.effect[at]), curves, gradient)


def _beside(led: Led, rolled: RollOut, method: str, term: str = "overall") -> dict[str, Any]:
    """Return the fields of a row beside the headline."""
    return {
        "method": method,
        "term": term,
        "role": "beside",
        "led": led,
        **counts(rolled, led.times),
    }


def _one(
    known: Mapping[str, Any], value: float, curves: Curves, gradient: Float
) -> Iterator[Estimate]:
    """Yield a row, or none for what is zero by definition or has no known uncertainty."""
    fields = dict(known)
    led: Led = fields.pop("led")
    std_error = curves.spread(gradient)
    if std_error > 0:
        spread = Spread(std_error, curves.free(gradient))
        yield estimate_row(
            value, spread, led.estimand, led.settings.conf_level,
            std_error_method=curves.name, **fields,
        )  # fmt: skip


def _half_widths(led: Led, curves: Curves, found: Aggregate) -> float:
    """Return by how many standard errors the band reaches."""
    settings, gradients = led.settings, found.gradient[:-1]
    known = np.array([curves.spread(one) > 0 for one in gradients], dtype=bool)
    if not known.any():
        return 0.0
    df = min(curves.free(one) for one in gradients[known])
    covariance = found.covariance[np.ix_(known, known)]
    return critical_value(covariance, settings.conf_level, settings.draws, settings.seed, df)


def event_study(rolled: RollOut, led: Led, curves: Curves) -> Table:
    """Return the effect by time since the start, all against the last period before it.

    Parameters
    ----------
    rolled : RollOut
        As it was read.
    led : Led
        The headline.
    curves : Curves
        Effects with a universal base.
    """
    found = aggregate(curves.times, "dynamic")
    reference = -1 - rolled.asked.contrast.anticipation
    band = _half_widths(led, curves, found)
    rows: list[dict[str, Cell]] = []
    for place, key in enumerate(found.keys.tolist()):
        value, spread = float(found.effect[place]), curves.spread(found.gradient[place])
        there = key == reference
        row: dict[str, Cell] = {
            "event_time": key,
            "estimate": 0.0 if there else value,
            "reference": there,
            "n_treated": int(found.n_treated[place]),
            "n_comparison": int(found.n_comparison[place]) or None,
        }
        if spread > 0 and not there:
            upper = (1 + led.settings.conf_level) / 2
            near = t_quantile(upper, curves.free(found.gradient[place])) * spread
            row |= {"conf_low": value - near, "conf_high": value + near,
                    "band_low": value - band * spread, "band_high": value + band * spread}  # fmt: skip
        rows.append(row)
    names = ("event_time", "estimate", "conf_low", "conf_high", "band_low", "band_high",
             "reference", "n_treated", "n_comparison")  # fmt: skip
    return table_of("event_study", names, rows, led.estimand.unit)


def group_time_table(starts: Starts, led: Led, curves: Curves) -> Table:
    """Return each cohort's effect in each period.

    Parameters
    ----------
    starts : Starts
        Periods.
    led : Led
        The headline.
    curves : Curves
        Effects under the contrast that was asked for.
    """
    times = curves.times
    upper = (1 + led.settings.conf_level) / 2
    rows: list[dict[str, Cell]] = []
    for at in range(len(times.effect)):
        gradient = np.zeros(len(times.joint))
        gradient[at] = 1.0
        spread, value = curves.spread(gradient), float(times.effect[at])
        row: dict[str, Cell] = {
            "cohort": name_of(starts, int(times.cohort[at])),
            "period": name_of(starts, int(times.period[at])),
            "estimate": value,
            "before": bool(times.period[at] < times.cohort[at]),
            "n_treated": int(times.n_treated[at]),
            "n_comparison": int(times.n_comparison[at]) or None,
        }
        if spread > 0:
            near = t_quantile(upper, curves.free(gradient)) * spread
            row |= {"std_error": spread, "conf_low": value - near, "conf_high": value + near}
        rows.append(row)
    names = ("cohort", "period", "estimate", "std_error", "conf_low", "conf_high", "before",
             "n_treated", "n_comparison")  # fmt: skip
    return table_of("group_time", names, rows, led.estimand.unit)
