"""What a single-case result rests on: chance, enough orders, flat baselines, values apart."""

from __future__ import annotations

from collections.abc import Sequence

from evaluate.core import Check, CheckResult
from evaluate.errors import Refused
from evaluate.inference.single_case import Case
from evaluate.inference.single_case_chance import Tested
from evaluate.inference.single_case_doubts import autocorrelation, baseline_trend
from evaluate.inference.single_case_draws import Drawn
from evaluate.inference.t import t_quantile

_LEVEL = 0.05
# Correlation of neighbours that ought to be seen: it makes intervals a fifth too narrow.
_MATTERS = 0.3
FEW_MISSING = 0.05


def randomised_start(drawn: Drawn | None) -> Check:
    """Return whether chance decided when each case began.

    Parameters
    ----------
    drawn : Drawn or None
        What chance could have given; ``None`` where it decided nothing.
    """
    if drawn is None:
        text = (
            "Nobody drew the starts by chance, so that the series are described and not tested:"
            " a start may have been chosen because of how a series ran."
        )
        return Check("randomised_start", "failed", text, "test")
    how = "all gone through" if drawn.exact else f"of which {len(drawn.statistic) - 1} were drawn"
    text = (
        f"The study says that chance decided; {drawn.assignments} assignments were possible, {how}."
    )
    return Check("randomised_start", "passed", text, "test")


def enough_assignments(found: Tested | None) -> Check:
    """Return whether the plan could give a small p-value at all.

    Parameters
    ----------
    found : Tested or None
        The test.
    """
    name = "enough_assignments"
    if found is None:
        return Check(name, "not_run", "There is no test.", "test")
    result: CheckResult = "passed" if found.smallest_p <= _LEVEL else "failed"
    text = f"The smallest p-value that this plan can give is {found.smallest_p:.3g}."
    return Check(name, result, text, "test")


def trend(cases: Sequence[Case], difference: float) -> Check:
    """Return whether the baselines were moving already.

    Parameters
    ----------
    cases : sequence of Case
        The series.
    difference : float
        Mean difference of phases.
    """
    name = "baseline_trend"
    try:
        found = baseline_trend(cases)
    except Refused as refused:
        return Check(name, "uninformative", f"Not known: {refused.why}.", "measures")
    text = (
        f"The baselines' slope, drawn on, gives a difference of {found.expected:.3g} by itself;"
        f" {found.detectable:.3g} would have been found four times in five, and the phases differ"
        f" by {difference:.3g}."
    )
    result: CheckResult = "passed" if found.detectable <= abs(difference) else "uninformative"
    return Check(name, "failed" if found.p_value < _LEVEL else result, text, "measures")


def neighbours(cases: Sequence[Case]) -> Check:
    """Return whether neighbouring values hang together.

    Parameters
    ----------
    cases : sequence of Case
        The series.
    """
    name = "autocorrelation"
    try:
        value, error, n = autocorrelation(cases)
    except Refused as refused:
        return Check(name, "not_run", f"Not known: {refused.why}.", "measures")
    text = (
        f"Neighbouring values correlate by {value:.2f} (standard error {error:.2f}, {n} values)."
        " The intervals of single cases take values as independent and are too narrow where this"
        " is above 0; the randomisation test needs no such thing."
    )
    least = (t_quantile(1 - _LEVEL, None) + t_quantile(0.8, None)) * error
    result: CheckResult = "passed" if least <= _MATTERS else "uninformative"
    found = value > t_quantile(1 - _LEVEL, None) * error
    return Check(name, "failed" if found else result, text, "measures")


def occasions(missing: int, every: int) -> Check:
    """Return whether occasions were missed.

    Parameters
    ----------
    missing, every : int
        Occasions without a value, of all in the file.
    """
    share = missing / every
    result: CheckResult = "passed" if share <= FEW_MISSING else "failed"
    text = f"{missing} of {every} occasions have no value."
    return Check("missing_occasions", result, text, "measures")
