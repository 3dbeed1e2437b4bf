"""All checks of two groups before and after, and their tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from evaluate.checks.arms import arms
from evaluate.checks.attrition import Arm, attrition
from evaluate.checks.clusters import Support, clusters, individuals
from evaluate.checks.did_composition import composition
from evaluate.checks.honest import sensitivity_check
from evaluate.checks.leave_one_out import leave_one_out_check
from evaluate.checks.model import left_out, outcome_varies
from evaluate.checks.over_time import NEVER, period_name, table_of
from evaluate.checks.pretrends import pretrends_check
from evaluate.checks.trial import sides
from evaluate.checks.weights import weights_check
from evaluate.core import Cell, Check, Estimate, Table
from evaluate.data.moments import Moments
from evaluate.errors import Refused
from evaluate.inference.did import Did
from evaluate.inference.did_events import Events, coefficients_of
from evaluate.inference.did_rows import limits
from evaluate.inference.leave_out import leave_one_out
from evaluate.inference.treatment import TreatmentFit

Found = tuple[Check | None, Table | None]
GROUPS = ((1, "treated"), (0, "comparison"))
_EVENTS = (
    *("event_time", "estimate", "conf_low", "conf_high", "band_low", "band_high"),
    *("reference", "n_treated", "n_comparison"),
)
_PATHS = ("event_time", "treated", "comparison", "n_treated", "n_comparison")
_ROLLOUT = ("cohort", "period", "treated", "n_units", "n_clusters")


def diagnose(
    did: Did,
    fitted: TreatmentFit,
    headline: Estimate,
    support: Support,
    events: Events | Refused,
) -> tuple[tuple[Check, ...], tuple[Table, ...]]:
    """Return what is known about how far the headline can be trusted.

    Parameters
    ----------
    did : Did
        Two groups.
    fitted : TreatmentFit
        The headline's model.
    headline : Estimate
        The headline.
    support : Support
        What its interval rests on.
    events : Events or Refused
        Differences by period, or why there are none.
    """
    trial, assignment = did.trial, did.trial.assignment
    outcome = _by_group(did).only((trial.sample.outcome,))
    counted = _counted(did)
    coefficients = coefficients_of(did, events)
    by_period = _by_period(did)
    found: list[Found] = [
        (None, arms(outcome, *counted, trial.estimand.unit)),
        attrition(*counted, trial.sample.incomplete(trial.covariates)),
        _enough(did, support),
        composition(did),
        pretrends_check(coefficients, headline),
        sensitivity_check(coefficients, headline),
        (left_out(assignment.constant, fitted.dropped), None),
        (outcome_varies(outcome), None),
        (None, _paths(did, by_period)),
        (None, _rollout(did, by_period)),
        (_once(did), None),
    ]
    if not isinstance(events, Refused):
        found.append((None, _event_study(did, events, by_period)))
    if did.columns.weights:
        found.append(weights_check(trial.sample.weights(did.columns.weights)))
    if fitted.clustered:
        without = leave_one_out(fitted.groups, fitted.contrast)
        found.append(leave_one_out_check(headline, without, "cluster"))
    if trial.settings.subgroups:
        text = "How the effect differs between subgroups is not estimated by this design."
        found.append((Check("subgroups", "not_run", text), None))
    checks = tuple(check for check, _ in found if check is not None)
    return checks, tuple(table for _, table in found if table is not None)


def _by_group(did: Did) -> Moments:
    """Return moments by group: comparison, then treated."""
    corners = did.corners
    cross = corners.cross.reshape(2, 2, *corners.cross.shape[1:]).sum(axis=1)
    labels = {did.columns.treated: np.array([0.0, 1.0])}
    return Moments(
        corners.columns, corners.centre, labels, corners.n.reshape(2, 2).sum(axis=1), cross
    )


def _counted(did: Did) -> tuple[Arm, Arm]:
    """Return rows, and rows with an outcome, of each group, whatever their weights."""
    treated, sample = did.columns.treated, did.trial.sample
    counts = [
        dict(zip(one.labels[treated].tolist(), one.n.tolist(), strict=True))
        for one in (sample.assigned((treated,)), sample.count((treated,)))
    ]
    on, off = (Arm(counts[0][arm], counts[1][arm]) for arm in (1.0, 0.0))
    return on, off


def _enough(did: Did, support: Support) -> Found:
    assignment = did.trial.assignment
    if assignment.cluster is None:
        return individuals(assignment.units(1), assignment.units(0), support), None
    mixed = 0 if did.base is None else did.base.mixed
    return clusters(*sides(did.trial), support, mixed=mixed)


def _once(did: Did) -> Check | None:
    """Return how many units are seen once, whose rows tell nothing."""
    if did.within is None or not did.within.n_singletons:
        return None
    text = (
        f"{did.within.n_singletons} of {did.within.n_singletons + did.within.n_units} units are"
        " seen once only: their rows tell nothing of change and are left out."
    )
    return Check("seen_once", "uninformative", text)


Cells = Mapping[tuple[int, int], tuple[int, float]]


def _by_period(did: Did) -> Cells:
    """Return rows and mean outcome by group and period; without periods, before and after."""
    columns, sample = did.columns, did.trial.sample
    time = columns.time or columns.post
    by = (columns.treated, time)
    cells = sample.moments((sample.outcome,), by, columns.weights, columns.kind)
    places = np.array([0.0, 1.0]) if did.calendar is None else did.calendar.periods
    at = np.searchsorted(places, cells.labels[time])
    mean = cells.centre[0] + cells.cross[:, 0, 1] / cells.cross[:, 0, 0]
    group = cells.labels[columns.treated].astype(np.int64)
    keys = zip(group.tolist(), at.tolist(), strict=True)
    values = zip(cells.n.tolist(), mean.tolist(), strict=True)
    return dict(zip(keys, values, strict=True))


def _events_of(did: Did) -> tuple[int, ...]:
    return (-1, 0) if did.calendar is None else did.calendar.events


def _paths(did: Did, cells: Cells) -> Table:
    rows: list[dict[str, Cell]] = []
    for place, event in enumerate(_events_of(did)):
        row: dict[str, Cell] = {"event_time": event}
        for group, name in GROUPS:
            n, mean = cells.get((group, place), (0, None))
            row |= {name: mean, f"n_{name}": n}
        rows.append(row)
    return table_of("paths", _PATHS, rows, did.trial.estimand.unit)


def _rollout(did: Did, cells: Cells) -> Table:
    """Return how many rows each group has in each period: a change of group, if they change."""
    calendar = did.calendar
    names: tuple[str, ...] = ("before", "after")
    start = 1 if calendar is None else calendar.start
    if calendar is not None:
        names = tuple(period_name(one) for one in calendar.periods)
    rows: list[dict[str, Cell]] = [
        {
            "cohort": names[start] if group else NEVER,
            "period": name,
            "treated": bool(group and place >= start),
            "n_units": cells.get((group, place), (0, 0.0))[0],
            "n_clusters": did.trial.assignment.units(group),
        }
        for group, _ in GROUPS
        for place, name in enumerate(names)
    ]
    return table_of("rollout", _ROLLOUT, rows, "")


def _event_study(did: Did, events: Events, cells: Cells) -> Table:
    rows: list[dict[str, Cell]] = []
    values = dict(zip(events.event, zip(events.effect, events.spreads, strict=True), strict=True))
    for place, event in enumerate(_events_of(did)):
        row: dict[str, Cell] = {"event_time": event, "reference": event not in values}
        for group, name in GROUPS:
            row[f"n_{name}"] = cells.get((group, place), (0, 0.0))[0]
        if event in values:
            effect, one = values[event]
            low, high = limits(float(effect), one, did.trial.settings.conf_level)
            half = events.critical * one.std_error
            row |= {"estimate": float(effect), "conf_low": low, "conf_high": high}
            row |= {"band_low": float(effect) - half, "band_high": float(effect) + half}
        else:
            row["estimate"] = 0.0
        rows.append(row)
    return table_of("event_study", _EVENTS, rows, did.trial.estimand.unit)
