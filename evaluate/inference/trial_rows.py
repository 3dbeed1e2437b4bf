"""Rows of a randomised trial: the effect by each estimator, in words and as calls elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evaluate.core import Estimate
from evaluate.data.levels import Indicator
from evaluate.inference.calls import Call
from evaluate.inference.calls_r import call_r
from evaluate.inference.calls_stata import call_stata
from evaluate.inference.treatment import TreatmentFit, fit_treatment, treatment_spreads
from evaluate.inference.trial import Trial

# Over pairs, a pair is the cluster, whatever was assigned within it.
_OVER_PAIRS = {"HC0": "CR0", "HC1": "CR1", "HC2": "CR2", "HC3": "CR3"}


def names_for(fitted: TreatmentFit, names: Sequence[str]) -> dict[str, str]:
    """Return each estimator that was asked for, and the one that computes it.

    Parameters
    ----------
    fitted : TreatmentFit
        A fit; where individuals were assigned in pairs, uncertainty is over pairs.
    names : sequence of str
        As asked for.
    """
    return {name: _OVER_PAIRS.get(name, name) if fitted.clustered else name for name in names}


def shown_name(trial: Trial, fitted: TreatmentFit, name: str) -> str:
    """Return what a row calls its standard error.

    Parameters
    ----------
    trial : Trial
        The trial.
    fitted : TreatmentFit
        The fit behind the row.
    name : str
        The estimator that computed it.
    """
    return f"{name} by pair" if fitted.absorbed and trial.assignment.period is None else name


def effect_rows(
    trial: Trial, fitted: TreatmentFit, names: Sequence[str], *, headline: bool
) -> list[Estimate]:
    """Return the rows of one fit, one for each estimator.

    Parameters
    ----------
    trial : Trial
        The trial.
    fitted : TreatmentFit
        Its model.
    names : sequence of str
        Estimators as asked for.
    headline : bool
        Whether the first row is the headline.

    Raises
    ------
    Refused
        With the codes of ``treatment_spreads`` and ``estimate_row``.
    """
    call = call_of(trial, fitted)
    computed = names_for(fitted, names)
    rows: list[Estimate] = []
    for name, spread in treatment_spreads(trial.sample, fitted, tuple(computed.values())):
        leads = headline and not rows
        rows.append(
            trial.row(
                fitted.effect,
                spread,
                method=method_of(trial, fitted),
                std_error_method=shown_name(trial, fitted, name),
                role="headline" if leads else "beside",
                call_r=call_r(call, name) if leads else None,
                call_stata=call_stata(call, name) if leads else None,
            )
        )
    return rows


def fit_rows(trial: Trial) -> tuple[TreatmentFit, tuple[Estimate, ...], tuple[Estimate, ...]]:
    """Return the headline's fit and its rows, and those of the fit without covariates, if wanted.

    Parameters
    ----------
    trial : Trial
        The trial.

    Raises
    ------
    Refused
        With the codes of ``fit_treatment`` and ``effect_rows``.
    """
    fitted = fit_treatment(trial.assignment, trial.adjusted, trial.adjustment)
    rows = effect_rows(trial, fitted, trial.std_errors, headline=True)
    if not fitted.covariates or trial.settings.headline_only:
        return fitted, tuple(rows), ()
    plain = fit_treatment(trial.assignment, (), trial.adjustment)
    beside = effect_rows(trial, plain, trial.std_errors[:1], headline=False)
    return fitted, tuple(rows), tuple(beside)


def method_of(trial: Trial, fitted: TreatmentFit) -> str:
    """Return how an effect was estimated, in words.

    Parameters
    ----------
    trial : Trial
        The trial.
    fitted : TreatmentFit
        Its model.
    """
    interacted = trial.adjustment == "interacted"
    covariates = f"covariates {'fully interacted' if interacted else 'additive'}"
    if trial.assignment.period is not None:
        name = "regression, clusters and periods held constant"
        return f"{name}, {covariates}" if fitted.covariates else name
    name = f"regression, {covariates}" if fitted.covariates else "difference in means"
    if not trial.columns.strata:
        return name
    if fitted.absorbed:
        return f"{name}, within pairs"
    return f"{name}, strata weighted by {'size' if interacted else 'precision'}"


def call_of(trial: Trial, fitted: TreatmentFit) -> Call:
    """Return the fit in the study's own names, for R and Stata.

    Parameters
    ----------
    trial : Trial
        The trial.
    fitted : TreatmentFit
        Its model.
    """
    columns = trial.columns
    call = Call(
        outcome=trial.sample.outcome,
        treated=columns.treated,
        covariates=tuple(one for one in fitted.covariates if not isinstance(one, Indicator)),
        factors=(*((columns.strata,) if columns.strata else ()), *_text_columns(fitted)),
        interacted=trial.adjustment == "interacted",
        cluster=columns.cluster,
        weights=columns.weights,
        weights_kind=columns.kind,
        probability=None if trial.assignment.weights.scale is None else columns.probability,
    )
    if trial.assignment.period is not None:
        held = (columns.period or "", *_text_columns(fitted))
        return replace(call, factors=held, absorbed=True)
    if fitted.absorbed:
        return replace(call, factors=_text_columns(fitted), cluster=columns.strata, absorbed=True)
    return call


def _text_columns(fitted: TreatmentFit) -> tuple[str, ...]:
    """Return the text columns whose levels stand in the model, each once."""
    levels = (one for one in fitted.covariates if isinstance(one, Indicator))
    return tuple(dict.fromkeys(one.column for one in levels))
