"""Everything around a roll-out's headline: rows, checks and the tables behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evaluate.checks.inference import inference_table
from evaluate.checks.leave_one_out import leave_one_out_check
from evaluate.checks.over_time import name_of, rollout_table, table_of
from evaluate.checks.rollout_beside import other_estimators
from evaluate.checks.rollout_lead import Led
from evaluate.checks.rollout_placebos import placebos
from evaluate.checks.rollout_robust import (
    cohorts_check,
    composition,
    without_cohorts,
    without_concurrent,
)
from evaluate.checks.rollout_rows import (
    Curves,
    curves_of,
    event_study,
    group_time_table,
    joint_terms,
    term_rows,
)
from evaluate.checks.rollout_trends import trends
from evaluate.core import Cell, Check, Estimate, Table
from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.bacon import bacon
from evaluate.inference.event_paths import event_paths
from evaluate.inference.staggered import RollOut

Found = tuple[Check, Table | None]


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """A headline with all that stands around it.

    Attributes
    ----------
    rows : tuple of Estimate
        The headline first.
    checks, tables : tuple
        Diagnostics and the arrays behind them.
    terms : tuple of str, length k
        Effects by time since the start.
    covariance : ndarray, shape (k, k)
        Of these, in the square of the outcome's unit; private.
    """

    rows: tuple[Estimate, ...]
    checks: tuple[Check, ...]
    tables: tuple[Table, ...]
    terms: tuple[str, ...]
    covariance: NDArray[np.float64]


def diagnose(
    sample: Sample, rolled: RollOut, led: Led, estimator: str, concurrent: Sequence[str]
) -> Diagnosed:
    """Return the headline with all that is known of how far it can be trusted.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    rolled : RollOut
        As it was read.
    led : Led
        The headline.
    estimator : str
        What gave it.
    concurrent : sequence of str
        Columns of other programmes among the comparison units.
    """
    contrast = rolled.asked.contrast
    asked = curves_of(rolled, led, contrast)
    steady = curves_of(rolled, led, replace(contrast, base="universal"))
    rows = [*led.rows, *term_rows(rolled, led, asked)]
    if not led.sides.few:
        rows += other_estimators(rolled, led, estimator)
    found: list[Found] = [
        clusters_check(rolled, led),
        (cohorts_check(sample, rolled, led), rollout_table(rolled.paths)),
        *trends(rolled, led, steady),
        placebos(rolled, led),
        composition(sample, rolled, led),
    ]
    maybe = (
        without_cohorts(rolled, led),
        without_concurrent(sample, rolled, led, concurrent),
        _left_out(led),
        two_way_check(rolled, led, estimator),
    )
    found += [one for one in maybe if one is not None]
    tables = [event_study(rolled, led, steady), *_paths(rolled, led, steady),
              group_time_table(rolled.paths.starts, led, asked)]  # fmt: skip
    if len(led.tests) > 1:
        tables.append(inference_table(led.tests, led.estimand.unit))
    terms, covariance = joint_terms(asked)
    return Diagnosed(
        terms=terms,
        covariance=covariance,
        rows=tuple(rows),
        checks=tuple(check for check, _ in found),
        tables=(*tables, *(table for _, table in found if table is not None)),
    )


def clusters_check(rolled: RollOut, led: Led) -> Found:
    """Return whether enough clusters began, and stayed, for the headline's interval.

    Parameters
    ----------
    rolled : RollOut
        As it was read.
    led : Led
        The headline.
    """
    sides = led.sides
    found = f"{sides.treated} treated and {sides.comparison} comparison clusters"
    if not sides.few:
        text = f"{found}, with {sides.df:.1f} degrees of freedom: enough for the interval."
        return Check("clusters", "passed", text), None
    why = f"{sides.single} cohorts of one cluster" if sides.single else "fewer than 10 on a side"
    if led.because is None:
        text = (
            f"{found}: {why}. p-value and interval are therefore those of randomisation over"
            " roll-out dates, and the analytic ones are withheld."
        )
        return Check("clusters", "passed", text, "inference"), None
    text = f"{found}: {why}, and dates cannot be exchanged: {led.because}."
    return Check("clusters", "failed", text, "inference"), None


def _left_out(led: Led) -> Found | None:
    if led.left_out is None:
        return None
    return leave_one_out_check(led.rows[0], led.left_out.without)


def _paths(rolled: RollOut, led: Led, steady: Curves) -> Iterator[Table]:
    names = ("event_time", "treated", "comparison", "n_treated", "n_comparison")
    rows = event_paths(rolled.paths, steady.times)
    yield table_of(
        "paths", names, [dict(zip(names, row, strict=True)) for row in rows], led.estimand.unit
    )


def two_way_check(rolled: RollOut, led: Led, estimator: str) -> Found | None:
    """Return what two-way fixed effects would be the weighted mean of.

    Parameters
    ----------
    rolled : RollOut
        As it was read.
    led : Led
        The headline.
    estimator : str
        What gave it: two-way fixed effects are judged where they lead.
    """
    starts = rolled.paths.starts
    try:
        pairs = bacon(rolled.paths)
    except Refused:
        return None
    cells: list[dict[str, Cell]] = [
        {
            "type": one.kind,
            "cohort": name_of(starts, one.cohort),
            "comparison": name_of(starts, one.comparison),
            "weight": one.weight,
            "estimate": one.estimate,
        }
        for one in pairs
    ]
    names = ("type", "cohort", "comparison", "weight", "estimate")
    table = table_of("bacon", names, cells, led.estimand.unit)
    forbidden = sum(one.weight for one in pairs if one.kind in _FORBIDDEN)
    text = (
        f"Two-way fixed effects would give {forbidden:.1%} of their weight to comparisons with"
        " units that already are treated"
    )
    if estimator != "twfe":
        return Check("two_way", "passed", f"{text}; the headline gives them none.", table.id), table
    if forbidden == 0:
        return Check("two_way", "passed", f"{text}: here they are as good.", table.id), table
    return Check("two_way", "failed", f"{text}, and they lead here.", table.id), table


_FORBIDDEN = ("later_vs_earlier", "later_vs_always")
