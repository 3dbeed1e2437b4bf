"""Few assigned units: which p-value and interval stand in the headline, and all tests beside."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from math import isfinite
from typing import TypedDict

import numpy as np

from evaluate.checks.clusters import Support
from evaluate.checks.inference import Test
from evaluate.core import Estimate
from evaluate.errors import Refused
from evaluate.inference.assignment import numbered
from evaluate.inference.headline import Headline, headline, needs_resampling, resample
from evaluate.inference.linear import Spread
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
    """

    rows: tuple[Estimate, ...]
    support: Support
    tests: tuple[Test, ...]


def judge(
    trial: Trial,
    fitted: TreatmentFit,
    rows: tuple[Estimate, ...],
    df: float,
    *,
    chosen: str | None,
    asked: Collection[str],
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

    Raises
    ------
    Refused
        ``unbounded_interval`` as in ``headline``.
    """
    few = needs_resampling(trial.assignment.whole, df)
    tests = [_of_row(row) for row in rows]
    if not (few or asked):
        return Judged(rows, Support(df), tuple(tests))
    test, wild = _resampled(trial, fitted)
    if few or "randomisation" in asked:
        tests.append(_of_randomisation(test))
    if wild is not None and (few or "wild" in asked):
        tests.append(_of_bootstrap(wild))
    if not few:
        return Judged(rows, Support(df), tuple(tests))
    if chosen is not None:
        return Judged(rows, Support(df, reason=f"{chosen} was chosen"), tuple(tests))
    first = rows[0]
    spread = Spread(first.std_error, first.df or df)
    found = headline(first.estimate, spread, trial.settings.conf_level, test)
    stands = found.p_value is not None
    support = Support(df, beside=stands, reason=found.because or "")
    return Judged((*led_by(first, found), *rows[1:]), support, tuple(tests))


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


def _resampled(
    trial: Trial, fitted: TreatmentFit
) -> tuple[Randomisation | Refused, Bootstrap | Refused | None]:
    settings, assignment = trial.settings, trial.assignment.whole
    refused: Refused | None = None
    if assignment.weights.scale is not None:
        refused = Refused(
            "weighted_by_arm",
            "rows are weighted by the probability of their arm, which other assignments change",
            "name as strata the blocks within which everybody had the same chance",
        )
    if not fitted.clustered or assignment.cluster is None:
        try:
            return refused or _of_individuals(trial, fitted), None
        except Refused as caught:
            return caught, None
    test, wild = resample(
        fitted,
        assignment,
        interacted=trial.adjustment == "interacted",
        seed=settings.seed,
        draws=settings.draws,
        conf_level=settings.conf_level,
    )
    return refused or test, wild


def _of_individuals(trial: Trial, fitted: TreatmentFit) -> Randomisation:
    """Return the test of individuals, whose rows are few enough to be held."""
    settings, columns = trial.settings, trial.columns
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
    known = _Draws(seed=settings.seed, draws=settings.draws, conf_level=settings.conf_level)
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


class _Limits(TypedDict):
    conf_low: float | None
    conf_high: float | None
    state: str | None


def _of_row(row: Estimate) -> Test:
    return Test(
        method=row.std_error_method,
        statistic=row.estimate / row.std_error,
        p_value=row.p_value,
        conf_low=row.conf_low,
        conf_high=row.conf_high,
    )


def _of_randomisation(test: Randomisation | Refused) -> Test:
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
