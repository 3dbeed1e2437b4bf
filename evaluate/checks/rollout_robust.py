"""Whether a roll-out's effect hangs on one cohort, on gaps, on other programmes, on its dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from evaluate.checks.over_time import name_of, table_of
from evaluate.checks.rollout_lead import Led
from evaluate.checks.rollout_overall import overall_row
from evaluate.core import Cell, Check, CheckResult, Table
from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.aggregate import aggregate
from evaluate.inference.staggered import RollOut, read_rollout

_ENOUGH = 0.5  # of a standard error: a change that is worth telling
Row = dict[str, Cell]


def cohorts_check(sample: Sample, rolled: RollOut, led: Led) -> Check:
    """Return whether every cohort is large enough, and what could not be used, by count.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    rolled : RollOut
        As it was read.
    led : Led
        The headline.
    """
    starts = rolled.paths.starts
    treated = starts.cohorts < len(starts.periods)
    sizes = starts.clusters[treated]
    text = (
        f"{treated.sum()} cohorts of {sizes.min()} to {sizes.max()} clusters,"
        f" and {starts.clusters[~treated].sum()} clusters that never begin."
    )
    found = list(_odd(sample, rolled, led))
    if not found:
        return Check("cohorts", "passed", text, "rollout")
    return Check("cohorts", "failed", f"{text} {' '.join(found)}", "rollout")


def _odd(sample: Sample, rolled: RollOut, led: Led) -> Iterator[str]:
    gone = _gone(sample, rolled)
    if gone:
        yield f"{gone} cohorts are lost altogether, as none of their units is complete."
    if led.sides.single:
        yield f"{led.sides.single} of them have one cluster, whose own effect has no uncertainty."
    if rolled.unusable.always_treated:
        yield (
            f"{rolled.unusable.always_treated} units were treated in their first period and are"
            " left out: nothing shows how they were before."
        )
    lost = [one for one in led.times.dropped if one[1] >= one[0]]
    if lost:
        yield (
            f"{len(lost)} effects of {len({one[0] for one in lost})} cohorts cannot be estimated:"
            f" {'; '.join(sorted({one[2] for one in lost}))}."
        )


def _gone(sample: Sample, rolled: RollOut) -> int:
    """Return how many cohorts the rule for incomplete units leaves nobody of."""
    if rolled.asked.incomplete != "drop" or rolled.unusable.incomplete == 0:
        return 0
    every, _ = sample.paths(rolled.asked.columns, "levels")
    return len(every.starts.cohorts) - len(rolled.paths.starts.cohorts)


def without_cohorts(rolled: RollOut, led: Led) -> tuple[Check, Table] | None:
    """Return the overall effect without each cohort in turn; nothing where there is only one.

    Parameters
    ----------
    rolled : RollOut
        As it was read.
    led : Led
        The headline.
    """
    starts = rolled.paths.starts
    treated = [one for one in starts.cohorts.tolist() if one < len(starts.periods)]
    if len(treated) <= 1:
        return None
    rows: list[Row] = []
    refused = 0
    for cohort in treated:
        try:
            other = rolled.without(cohort)
            rows.append({"left_out": name_of(starts, cohort), **_overall(other, led)})
        except Refused:
            refused += 1
    if not rows:
        return None
    names = ("left_out", "estimate", "std_error", "conf_low", "conf_high")
    table = table_of("leave_one_cohort_out", names, rows, led.estimand.unit)
    values = np.array([float(str(row["estimate"])) for row in rows])
    head = led.rows[0]
    text = (
        f"Without one cohort at a time the effect lies between {values.min():.4g} and"
        f" {values.max():.4g}"
    )
    if refused:
        text += f"; without {refused} of them there is none"
    inside = ((values >= head.conf_low) & (values <= head.conf_high)).all()
    shown = head.conf_low > 0 or head.conf_high < 0
    same = not shown or (np.sign(values) == np.sign(head.estimate)).all()
    result: CheckResult = "passed" if same and inside and not refused else "failed"
    tail = ": it hangs on none of them." if result == "passed" else ": it hangs on one of them."
    return Check("leave_one_cohort_out", result, text + tail, table.id), table


def _overall(rolled: RollOut, led: Led) -> Row:
    """Return the overall effect's cells; where clusters are few, without an uncertainty."""
    times = rolled.group_times()
    simple = aggregate(times, "simple")
    if led.sides.few:
        return {"estimate": simple.overall}
    row = overall_row(
        rolled,
        times,
        replace(led.sides, df=times.free(simple.gradient[-1])),
        (led.estimand, led.settings),
    )
    return {
        "estimate": row.estimate,
        "std_error": row.std_error,
        "conf_low": row.conf_low,
        "conf_high": row.conf_high,
    }


def without_concurrent(
    sample: Sample, rolled: RollOut, led: Led, columns: Sequence[str]
) -> tuple[Check, Table] | None:
    """Return the overall effect without units that had another programme, group by group.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    rolled : RollOut
        As it was read.
    led : Led
        The headline.
    columns : sequence of str
        Of 0 and 1.
    """
    if not columns:
        return None
    rows: list[Row] = []
    for name in columns:
        try:
            other = read_rollout(sample, rolled.asked, name)
            fewer = int(rolled.paths.starts.clusters.sum() - other.paths.starts.clusters.sum())
            rows.append({"left_out": name, "n_left_out": fewer, **_overall(other, led)})
        except Refused as refused:
            rows.append({"left_out": name, "state": refused.why})
    names = ("left_out", "estimate", "conf_low", "conf_high", "n_left_out", "state")
    kept = [{key: one.get(key) for key in names} for one in rows]
    table = table_of("concurrent", names, kept, led.estimand.unit)
    head = led.rows[0]
    moved = [abs(float(str(one["estimate"])) - head.estimate) for one in rows if "estimate" in one]
    lost = len(rows) - len(moved)
    text = f"{len(rows)} other programmes among the comparison units were left out in turn: "
    if lost:
        return Check(
            "concurrent", "failed", f"{text}without {lost} no effect is left.", table.id
        ), table
    most = max(moved)
    text += f"the effect moves by {most:.3g} at most, its standard error is {head.std_error:.3g}."
    return Check(
        "concurrent", "passed" if most <= head.std_error else "failed", text, table.id
    ), table


def composition(sample: Sample, rolled: RollOut, led: Led) -> tuple[Check, Table | None]:
    """Return how the effect depends on units that are not there in every period.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    rolled : RollOut
        As it was read.
    led : Led
        The headline.
    """
    if rolled.asked.columns.unit is None:
        text = "Each period holds other units: whether they are of the same kind is not known."
        return Check("composition", "uninformative", text), None
    if rolled.unusable.incomplete == 0:
        return Check("composition", "passed", "Every unit has an outcome in every period."), None
    rows: list[Row] = []
    for rule in ("pairs", "drop", "levels"):
        asked = replace(rolled.asked, incomplete=rule)
        if rule == "levels" and asked.covariates:
            continue
        chosen = rule == rolled.asked.incomplete
        try:
            other = rolled if chosen else read_rollout(sample, asked)
            units = int(other.paths.starts.units.sum())
            rows.append({"rule": rule, "chosen": chosen, "n_units": units, **_overall(other, led)})
        except Refused:
            rows.append({"rule": rule, "chosen": chosen})
    names = ("rule", "estimate", "conf_low", "conf_high", "n_units", "chosen")
    table = table_of(
        "composition", names, [{k: one.get(k) for k in names} for one in rows], led.estimand.unit
    )
    values = [float(str(one["estimate"])) for one in rows if "estimate" in one]
    apart, head = max(values) - min(values), led.rows[0]
    text = (
        f"{rolled.unusable.incomplete} units lack an outcome in some period. By what is done about"
        f" them the effect differs by {apart:.3g}; its standard error is {head.std_error:.3g}."
    )
    good = apart <= _ENOUGH * head.std_error and len(values) == len(rows)
    return Check("composition", "passed" if good else "failed", text, table.id), table
