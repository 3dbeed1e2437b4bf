"""The effect of taking part: its row, its first stage and what is said of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from evaluate.checks.clusters import Support
from evaluate.checks.few import led_by, of_randomisation, of_row
from evaluate.checks.inference import Test
from evaluate.core import Check, Estimand, Estimate
from evaluate.errors import Refused
from evaluate.inference.calls_r import late_call_r
from evaluate.inference.calls_stata import late_call_stata
from evaluate.inference.headline import Headline, hulled, needs_resampling
from evaluate.inference.late import Late, late
from evaluate.inference.receipt import Chance, receipt_test
from evaluate.inference.treatment import TreatmentFit
from evaluate.inference.trial import Trial
from evaluate.inference.trial_rows import call_of, names_for, shown_name
from evaluate.inference.weak import STRONG_F

_SET = "Anderson-Rubin set"
_STRENGTH = "first stage, effective F"


@dataclass(frozen=True, slots=True)
class TakingPart:
    """The effect of taking part, and what it rests on.

    Attributes
    ----------
    rows : tuple of Estimate
        The headline; where randomisation stands in it, the row without it second.
    support : Support
        What the headline's interval rests on.
    check : Check
        Of the first stage.
    tests : tuple of Test
        Of the effect of taking part.
    """

    rows: tuple[Estimate, ...]
    support: Support
    check: Check
    tests: tuple[Test, ...]


def late_row(
    trial: Trial,
    fitted: TreatmentFit,
    estimand: Estimand,
    received: str,
    judged: tuple[Support, Collection[str]],
) -> TakingPart:
    """Return the effect of taking part, its check and its tests.

    Where the offer hardly moved who took part, the interval is the set of Anderson and Rubin;
    where few units were assigned, its hull, or that of t, with randomisation's.

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
    judged : tuple of Support and collection of str
        What the effect of the offer rests on, and tests that were asked for by name.

    Raises
    ------
    Refused
        ``received_with_weights``; ``weak_instrument`` where the set is no interval;
        ``unbounded_interval`` where randomisation excludes no effect on one side; and the
        codes of ``late``.
    """
    if trial.columns.weights or trial.columns.probability:
        raise Refused(
            "received_with_weights",
            "the effect of taking part is not computed with weights",
            "leave the weights out, or ask for ITT",
        )
    (name,) = names_for(fitted, trial.std_errors[:1]).values()
    whole = trial.assignment.whole
    level = trial.settings.conf_level
    found = late(trial.sample, whole, received, trial.adjusted, std_error=name, conf_level=level)
    row = _row(trial, fitted, estimand, received, (found, name))
    tests = [of_row(row), *_tests(found)]
    return _supported(trial, _bounded(row, found), (found, tests), received, judged)


def _bounded(row: Estimate, found: Late) -> Estimate:
    """Return the row, with the set of Anderson and Rubin where the offer is weak."""
    if not found.weak:
        return row
    low, high = found.ar_set.low, found.ar_set.high
    if found.ar_set.kind != "interval" or low is None or high is None:
        raise Refused(
            "weak_instrument",
            f"the offer hardly moved who took part (effective F {found.effective_f:.1f}), and no"
            " interval of the effect of taking part has two ends",
            "ask for ITT, the effect of the offer",
        )
    return replace(
        row,
        conf_low=low,
        conf_high=high,
        p_value=found.ar_p,
        interval_method=_SET,
    )


def _supported(
    trial: Trial,
    row: Estimate,
    known: tuple[Late, list[Test]],
    received: str,
    judged: tuple[Support, Collection[str]],
) -> TakingPart:
    """Return the row as few units let it stand."""
    (found, tests), (offer, asked) = known, judged
    whole, settings = trial.assignment.whole, trial.settings
    default = trial.std_errors[0] == ("HC2" if whole.cluster is None else "CR2")
    df = found.df if default else offer.df
    few = needs_resampling(whole, df)
    if not (few or "randomisation" in asked):
        return TakingPart((row,), Support(df), _check(found), _named(tests))
    moved = received, trial.adjusted
    chance = Chance(seed=settings.seed, draws=settings.draws, conf_level=settings.conf_level)
    test = receipt_test(trial.sample, trial.columns, whole, moved, chance)
    tests.append(of_randomisation(test))
    if not few or not default:
        reason = f"{trial.std_errors[0]} was chosen"
        return TakingPart((row,), Support(df, reason=reason), _check(found), _named(tests))
    first = Headline(row.p_value, row.conf_low, row.conf_high, row.interval_method)
    stands = hulled(first, test, "Anderson-Rubin" if found.weak else "t")
    rows = led_by(row, stands)
    if stands.p_value is None:
        rows = rows[:1]
    support = Support(df, beside=stands.p_value is not None, reason=stands.because or "")
    return TakingPart(rows, support, _check(found), _named(tests))


def of_offer(tests: Sequence[Test]) -> list[Test]:
    """Return tests of the offer, named as such beside those of taking part."""
    return [replace(one, method=f"{one.method}, offer") for one in tests]


def _named(tests: Sequence[Test]) -> tuple[Test, ...]:
    return tuple(
        one if one.method == _STRENGTH else replace(one, method=f"{one.method}, taking part")
        for one in tests
    )


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
        Test(_STRENGTH, statistic=found.effective_f),
        Test(
            "Anderson-Rubin",
            p_value=found.ar_p,
            conf_low=found.ar_set.low if ends or kind == "unbounded_above" else None,
            conf_high=found.ar_set.high if ends or kind == "unbounded_below" else None,
            state=None if kind == "interval" else kind,
        ),
    )
