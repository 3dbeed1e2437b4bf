"""The effect of taking part: its row, its first stage and what is said of it."""

from __future__ import annotations

from dataclasses import replace

from evaluate.checks.inference import Test
from evaluate.core import Check, Estimand, Estimate
from evaluate.errors import Refused
from evaluate.inference.calls import late_call_r, late_call_stata
from evaluate.inference.late import Late, late
from evaluate.inference.treatment import TreatmentFit
from evaluate.inference.trial import Trial
from evaluate.inference.trial_rows import call_of, names_for, shown_name
from evaluate.inference.weak import STRONG_F


def late_row(
    trial: Trial, fitted: TreatmentFit, estimand: Estimand, received: str
) -> tuple[Estimate, Check, tuple[Test, ...]]:
    """Return the row of the effect of taking part, its check and its tests.

    Where the offer hardly moved who took part, the interval is the set of Anderson and Rubin.

    Parameters
    ----------
    trial : Trial
        The trial, read with ``received`` among its further columns.
    fitted : TreatmentFit
        The effect of the offer.
    estimand : Estimand
        What is asked for.
    received : str
        Column of who took part.

    Raises
    ------
    Refused
        ``received_with_weights``; ``weak_instrument`` where the set is no interval; and the
        codes of ``late``.
    """
    if trial.columns.weights or trial.columns.probability:
        raise Refused(
            "received_with_weights",
            "the effect of taking part is not computed with weights",
            "leave the weights out, or ask for ITT",
        )
    (name,) = names_for(fitted, trial.std_errors[:1]).values()
    found = late(
        trial.sample,
        trial.assignment.whole,
        received,
        trial.adjusted,
        std_error=name,
        conf_level=trial.settings.conf_level,
    )
    low, high = found.ar_set.low, found.ar_set.high
    if found.weak and (found.ar_set.kind != "interval" or low is None or high is None):
        raise Refused(
            "weak_instrument",
            f"the offer hardly moved who took part (effective F {found.effective_f:.1f}), and no"
            " interval of the effect of taking part has two ends",
            "ask for ITT, the effect of the offer",
        )
    row = _row(trial, fitted, estimand, received, (found, name))
    if found.weak and low is not None and high is not None:
        row = replace(
            row,
            conf_low=low,
            conf_high=high,
            p_value=found.ar_p,
            interval_method="Anderson-Rubin set",
        )
    return row, _check(found), _tests(found)


def _row(
    trial: Trial,
    fitted: TreatmentFit,
    estimand: Estimand,
    received: str,
    found: tuple[Late, str],
) -> Estimate:
    effect, name = found
    call = call_of(trial, fitted)
    parts = [
        "two-stage least squares",
        *(["covariates additive"] if fitted.covariates else []),
        *(["strata additive"] if trial.columns.strata else []),
    ]
    return trial.row(
        effect.estimate,
        effect.spread,
        estimand=estimand,
        method=", ".join(parts),
        std_error_method=shown_name(trial, fitted, name),
        call_r=late_call_r(call, received, name),
        call_stata=late_call_stata(call, received, name),
    )


def _check(found: Late) -> Check:
    text = f"The offer moved what was received by {found.moved:.3g} on average"
    if found.effective_f is None:
        text += ", and alone decides it."
        return Check("first_stage", "passed", text)
    text += f" (effective F {found.effective_f:.1f})"
    if found.weak:
        text += f": below {STRONG_F:.0f}, so that the interval is the set of Anderson and Rubin."
        return Check("first_stage", "failed", text)
    return Check("first_stage", "passed", f"{text}: enough for the interval.")


def _tests(found: Late) -> tuple[Test, ...]:
    kind = found.ar_set.kind
    ends = kind in {"interval", "two_rays"}
    return (
        Test("first stage, effective F", statistic=found.effective_f),
        Test(
            "Anderson-Rubin",
            p_value=found.ar_p,
            conf_low=found.ar_set.low if ends or kind == "unbounded_above" else None,
            conf_high=found.ar_set.high if ends or kind == "unbounded_below" else None,
            state=None if kind == "interval" else kind,
        ),
    )
