"""Rows of a difference in differences: by each estimator, and the change in one group alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evaluate.core import Estimate
from evaluate.data.levels import Indicator
from evaluate.errors import Refused
from evaluate.inference.calls import Call
from evaluate.inference.calls_r import call_r, r_name
from evaluate.inference.calls_stata import call_stata
from evaluate.inference.clustered import CLUSTER_STD_ERRORS
from evaluate.inference.did import Did
from evaluate.inference.did_events import Events
from evaluate.inference.individual import INDIVIDUAL_STD_ERRORS
from evaluate.inference.linear import Spread, spread
from evaluate.inference.t import t_quantile
from evaluate.inference.treatment import TreatmentFit, treatment_spreads

CLASSICAL = "classical"
# What rows that are each seen once have in place of a unit's: a cluster of one.
_OF_ROWS = {"CR0": "HC0", "CR1S": "HC1", "CR2": "HC2"}
_EFFECT = "treated_post"


def std_errors_of(did: Did, names: Sequence[str]) -> tuple[str, ...]:
    """Return the estimators that were asked for as these data can have them.

    Parameters
    ----------
    did : Did
        Two groups.
    names : sequence of str
        As asked for.

    Raises
    ------
    Refused
        ``unknown_std_error`` for one of rows where units are seen again, or the reverse.
    """
    if did.base is None:
        found = tuple(_OF_ROWS.get(name, name) for name in names)
        allowed: tuple[str, ...] = (*INDIVIDUAL_STD_ERRORS, CLASSICAL)
        what = "rows that are each seen once"
    else:
        found = tuple("CR2" if name == "HC2" else name for name in names)
        allowed, what = CLUSTER_STD_ERRORS, "clusters, or units that are seen again"
    unknown = [name for name in found if name not in allowed]
    if unknown:
        raise Refused(
            "unknown_std_error",
            f"{', '.join(unknown)}: not a standard error for {what}",
            f"choose among {', '.join(allowed)}",
        )
    return found


def effect_rows(
    did: Did, fitted: TreatmentFit, names: Sequence[str], *, headline: bool
) -> list[Estimate]:
    """Return the rows of one fit, one for each estimator.

    Parameters
    ----------
    did : Did
        Two groups.
    fitted : TreatmentFit
        Their model.
    names : sequence of str
        Estimators that these data can have.
    headline : bool
        Whether the first row is the headline.

    Raises
    ------
    Refused
        With the codes of ``treatment_spreads`` and ``estimate_row``, and
        ``absorbed_probability_weights`` for CR2 of units with probability weights.
    """
    rows: list[Estimate] = []
    for name, one in _spreads(did, fitted, names):
        leads = headline and not rows
        call = _call(did, fitted) if leads else None
        rows.append(
            did.trial.row(
                fitted.effect,
                one,
                method=method_of(did, fitted),
                std_error_method=name,
                role="headline" if leads else "beside",
                call_r=_in_r(did, call, name),
                call_stata=_in_stata(did, call, name),
                **_counts(did),
            )
        )
    return rows


def _counts(did: Did) -> dict[str, int]:
    return {"n_obs": did.n_obs, "n_treated": did.n_treated}


def _spreads(did: Did, fitted: TreatmentFit, names: Sequence[str]) -> Iterator[tuple[str, Spread]]:
    for name in names:
        if name == CLASSICAL:
            yield name, classical_spread(fitted)
            continue
        weights = did.columns.weights and did.columns.kind == "probability"
        if name == "CR2" and did.within is not None and weights:
            raise Refused(
                "absorbed_probability_weights",
                "with probability weights CR2 is not the same after absorbing units",
                "ask for std_error: CR3 or CR1, or say that weights are inverse variances",
            )
        yield from treatment_spreads(did.trial.sample, fitted, (name,))


def classical_spread(fitted: TreatmentFit) -> Spread:
    """Return the standard error of equal variances and independent rows.

    Parameters
    ----------
    fitted : TreatmentFit
        A fit whose rows are each for itself.

    Raises
    ------
    Refused
        ``no_variation`` and ``no_degrees_of_freedom`` as in ``spread``.

    References
    ----------
    R ``summary(lm(y ~ treated * post))``; Stata ``regress``.
    """
    left = fitted.fit.n_obs - fitted.fit.rank
    variance = fitted.contrast @ fitted.fit.bread @ fitted.contrast
    return spread(float(variance * fitted.fit.residual_sum / left), left, fitted.groups)


def method_of(did: Did, fitted: TreatmentFit) -> str:
    """Return how an effect was estimated, in words.

    Parameters
    ----------
    did : Did
        Two groups.
    fitted : TreatmentFit
        Their model.
    """
    units = ", units held constant" if did.within is not None else ""
    covariates = ", covariates additive" if fitted.covariates else ""
    return f"difference in differences{units}{covariates}"


def _call(did: Did, fitted: TreatmentFit) -> Call | None:
    """Return the fit in the study's own names; the effect's column is made first."""
    columns = did.columns
    if did.within is not None and columns.assigned != columns.unit:
        return None
    plain = tuple(name for name in fitted.covariates if not isinstance(name, Indicator))
    text = tuple(
        dict.fromkeys(one.column for one in fitted.covariates if isinstance(one, Indicator))
    )
    group = () if did.within is not None else (columns.treated,)
    time = () if columns.time else (columns.post,)
    return Call(
        outcome=did.trial.sample.outcome,
        treated=_EFFECT,
        covariates=(*group, *time, *plain),
        factors=(*((columns.time,) if columns.time else ()), *text),
        cluster=did.trial.columns.cluster,
        absorbed=did.within is not None,
        weights=columns.weights,
        weights_kind=columns.kind,
    )


def _in_r(did: Did, call: Call | None, name: str) -> str | None:
    found = None if call is None or name == CLASSICAL else call_r(call, name)
    if found is None or call_r(_product(did), "HC0") is None:
        return None
    treated, post = r_name(did.columns.treated), r_name(did.columns.post)
    number = "as.numeric(if (is.character(v)) as.logical(v) else v)"
    steps = [f"d${one} <- (function(v) {number})(d${one})" for one in (treated, post)]
    return "; ".join([*steps, f"d${_EFFECT} <- d${treated} * d${post}", found])


def _in_stata(did: Did, call: Call | None, name: str) -> str | None:
    found = None if call is None or name == CLASSICAL else call_stata(call, name)
    if found is None or call_stata(_product(did), "HC1") is None:
        return None
    return f"generate byte {_EFFECT} = {did.columns.treated} * {did.columns.post}\n{found}"


def _product(did: Did) -> Call:
    """Return a call of the columns that the effect's is made of: what cannot be said is not."""
    columns = did.columns
    return Call(
        outcome=did.trial.sample.outcome, treated=columns.treated, covariates=(columns.post,)
    )


def event_rows(did: Did, events: Events, method: str) -> list[Estimate]:
    """Return a row for each period but the reference, with the band that holds all.

    Parameters
    ----------
    did : Did
        Two groups.
    events : Events
        Differences by period.
    method : str
        The headline's.

    Raises
    ------
    Refused
        With the codes of ``estimate_row``.
    """
    rows = []
    for event, effect, one in zip(events.event, events.effect, events.spreads, strict=True):
        half = events.critical * one.std_error
        rows.append(
            did.trial.row(
                float(effect),
                one,
                method=f"{method}, by period",
                std_error_method=events.std_error,
                role="beside",
                term=f"event_time={event}",
                band_low=float(effect) - half,
                band_high=float(effect) + half,
                **_counts(did),
            )
        )
    return rows


def limits(value: float, one: Spread, conf_level: float) -> tuple[float, float]:
    """Return the ends of an interval.

    Parameters
    ----------
    value : float
        Estimate.
    one : Spread
        Its uncertainty.
    conf_level : float
        Coverage probability, in (0, 1).
    """
    half = t_quantile((1 + conf_level) / 2, one.df) * one.std_error
    return value - half, value + half
