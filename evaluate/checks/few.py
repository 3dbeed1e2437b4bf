"""Few assigned units: which p-value and interval stand in the headline, and all tests beside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from math import isfinite
from typing import TypedDict

import numpy as np

from evaluate.checks.clusters import Support
from evaluate.checks.inference import Test
from evaluate.core import Estimate
from evaluate.data.moments import Float
from evaluate.errors import Refused
from evaluate.inference.assignment import numbered
from evaluate.inference.headline import (
    Headline,
    bootstrap,
    family_draws,
    headline,
    needs_resampling,
    randomise,
)
from evaluate.inference.linear import Spread
from evaluate.inference.multiple import replicates
from evaluate.inference.permutation import individual_test
from evaluate.inference.randomisation import Randomisation, randomisation_test
from evaluate.inference.treatment import TreatmentFit
from evaluate.inference.trial import Trial
from evaluate.inference.units import row_units
from evaluate.inference.wild import Bootstrap

# Individuals that are refitted under each assignment when there are covariates.
_MOST_ROWS = 5000


@dataclass(frozen=True, slots=True)
class Judged:
    """The headline after all tests.

    Attributes
    ----------
    rows : tuple of Estimate
        The headline first; where it is no longer that of its standard error alone, the row
        that is stands second.
    support : Support
        What its interval rests on.
    tests : tuple of Test
        Every test of the headline's effect.
    joint : mapping of str to ndarray
        Draws that are joint with those of other outcomes, where the bootstrap ran and the
        outcome has a family.
    """

    rows: tuple[Estimate, ...]
    support: Support
    tests: tuple[Test, ...]
    joint: Mapping[str, Float] = field(default_factory=dict)


def judge(
    trial: Trial,
    fitted: TreatmentFit,
    rows: tuple[Estimate, ...],
    df: float,
    *,
    chosen: str | None,
    asked: Collection[str],
    permute: Callable[[], Randomisation | Refused] | None = None,
) -> Judged:
    """Return the headline as few units let it stand.

    Parameters
    ----------
    trial : Trial
        The trial.
    fitted : TreatmentFit
        The headline's model.
    rows : tuple of Estimate
        Rows of that model, the headline first.
    df : float
        Degrees of freedom of the default standard error; 0 where it has none.
    chosen : str or None
        Standard error that was chosen in place of the default's.
    asked : collection of str
        Tests that were asked for by name: ``"wild"``, ``"randomisation"``.
    permute : callable or None
        Makes the randomisation test where it is not the trial's own.

    Raises
    ------
    Refused
        ``unbounded_interval`` as in ``headline``.
    """
    few = needs_resampling(trial.assignment.whole, df)
    tests = [of_row(row) for row in rows]
    if not (few or asked):
        return Judged(rows, Support(df), tuple(tests))
    permute = permute or partial(_randomised, trial, fitted)
    test = permute() if few or "randomisation" in asked else None
    if test is not None:
        tests.append(of_randomisation(test))
    joint: Mapping[str, Float] = {}
    if fitted.clustered and (few or "wild" in asked) and not trial.settings.headline_only:
        wild = bootstrap(fitted, **_draws(trial))
        tests.append(_of_bootstrap(wild))
        joint = {} if isinstance(wild, Refused) else _joint(trial, fitted, wild)
    if not few:
        return Judged(rows, Support(df), tuple(tests), joint)
    if chosen is not None:
        return Judged(rows, Support(df, reason=f"{chosen} was chosen"), tuple(tests), joint)
    first = rows[0]
    spread = Spread(first.std_error, first.df or df)
    found = headline(first.estimate, spread, trial.settings.conf_level, test)
    stands = found.p_value is not None
    support = Support(df, beside=stands, reason=found.because or "")
    return Judged((*led_by(first, found), *rows[1:]), support, tuple(tests), joint)


def led_by(row: Estimate, found: Headline) -> tuple[Estimate, ...]:
    """Return a row as its headline has it, and the row itself beside where they differ.

    Parameters
    ----------
    row : Estimate
        The row of the standard error alone.
    found : Headline
        Its p-value and interval.
    """
    leads = replace(
        row,
        p_value=found.p_value,
        conf_low=found.conf_low,
        conf_high=found.conf_high,
        interval_method=found.interval_method,
    )
    if found.interval_method is None:
        return (leads,)
    return leads, replace(row, role="beside", call_r=None, call_stata=None)


def _joint(trial: Trial, fitted: TreatmentFit, wild: Bootstrap) -> dict[str, Float]:
    """Return the draws that the outcome's family is adjusted by, if it has one."""
    seed, columns = trial.settings.family, trial.columns
    # Over pairs, strata are what is weighted.
    paired = fitted.absorbed and trial.assignment.period is None
    column = columns.strata if paired else columns.cluster
    if seed is None or column is None:
        return {}
    draws = family_draws(fitted, seed=seed, draws=trial.settings.draws)
    return replicates(wild.statistic, draws, column, trial.assignment.cells.labels[column])


def _randomised(trial: Trial, fitted: TreatmentFit) -> Randomisation | Refused:
    assignment = trial.assignment.whole
    if assignment.weights.scale is not None:
        return Refused(
            "weighted_by_arm",
            "rows are weighted by the probability of their arm, which other assignments change",
            "name as strata the blocks within which everybody had the same chance",
        )
    if fitted.clustered and assignment.cluster is not None:
        interacted = trial.adjustment == "interacted"
        return randomise(fitted, assignment, interacted=interacted, **_draws(trial))
    try:
        return _of_individuals(trial, fitted)
    except Refused as refused:
        return refused


def _of_individuals(trial: Trial, fitted: TreatmentFit) -> Randomisation:
    """Return the test of individuals, whose rows are few enough to be held."""
    columns = trial.columns
    outcome, used = trial.sample.outcome, fitted.covariates
    names = (columns.treated, *((columns.strata,) if columns.strata else ()), *used, outcome)
    if columns.weights or trial.assignment.n_obs > _MOST_ROWS:
        raise Refused(
            "too_many_rows",
            "rows are weighted, or too many to be assigned again and again",
            "read the interval with its degrees of freedom",
        )
    rows = trial.sample.columns(names)
    treated = rows[columns.treated] == 1
    stratum = numbered(rows[columns.strata]) if columns.strata else np.zeros(len(treated), np.int64)
    known = _draws(trial)
    interacted = trial.adjustment == "interacted"
    held = [rows[name] for name in (*used, outcome)]
    if not fitted.absorbed:
        return individual_test(held, treated, stratum, interacted=interacted, **known)
    units = row_units(held, treated, stratum, interacted=interacted)
    return randomisation_test(replace(units, pooled=True), **known)


class _Draws(TypedDict):
    seed: tuple[int, ...]
    draws: int
    conf_level: float


def _draws(trial: Trial) -> _Draws:
    settings = trial.settings
    return _Draws(seed=settings.seed, draws=settings.draws, conf_level=settings.conf_level)


class _Limits(TypedDict):
    conf_low: float | None
    conf_high: float | None
    state: str | None


def of_row(row: Estimate) -> Test:
    """Return a row as one of the table of tests.

    Parameters
    ----------
    row : Estimate
        By its standard error and degrees of freedom.
    """
    return Test(
        method=row.std_error_method,
        statistic=row.estimate / row.std_error,
        p_value=row.p_value,
        conf_low=row.conf_low,
        conf_high=row.conf_high,
    )


def of_randomisation(test: Randomisation | Refused) -> Test:
    """Return the row of the table of tests.

    Parameters
    ----------
    test : Randomisation or Refused
        The test, or why there is none.
    """
    if isinstance(test, Refused):
        return Test("randomisation", state=test.why)
    return Test(
        method="randomisation",
        statistic=test.statistic,
        p_value=test.p_value,
        n_draws=len(test.draws),
        exact=test.exact,
        **_limits(test.conf_low, test.conf_high),
    )


def _of_bootstrap(wild: Bootstrap | Refused) -> Test:
    if isinstance(wild, Refused):
        return Test("wild cluster bootstrap", state=wild.why)
    return Test(
        method=f"wild cluster bootstrap ({wild.weights})",
        statistic=wild.statistic,
        p_value=wild.p_value,
        n_draws=wild.n_draws,
        exact=wild.exact,
        **_limits(wild.conf_low, wild.conf_high),
    )


def _limits(low: float, high: float) -> _Limits:
    """Return limits that are numbers, and what is said of the others."""
    state = None
    if not isfinite(low) or not isfinite(high):
        state = "unbounded_below" if isfinite(high) else "unbounded_above"
        state = state if isfinite(low) or isfinite(high) else "unbounded"
    return {
        "conf_low": low if isfinite(low) else None,
        "conf_high": high if isfinite(high) else None,
        "state": state,
    }
