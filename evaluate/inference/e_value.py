"""How strong a hidden factor must be, on the scale of risk ratios, to explain an effect away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, isfinite, sqrt

from evaluate.errors import Refused

# A difference of one standard deviation of the outcome is as a log risk ratio of 0.91, and its
# limits lie 1.78 standard errors away: 0.91 times 1.96.
LOG_RATIO, LOG_LIMITS = 0.91, 1.78
# Beyond, a ratio is 0 or infinite to a computer.
_MOST_LOG = 700.0


@dataclass(frozen=True, slots=True)
class Ratio:
    """A risk ratio, or what stands for one.

    Attributes
    ----------
    value : float
        Above 0.
    low, high : float or None
        Its limits; above 0.
    """

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class EValue:
    """What explains an effect away.

    Attributes
    ----------
    value : float
        Risk ratio, from 1, that ties a hidden factor both to treatment and to the outcome, given
        the covariates, where nothing weaker could move the estimate to the value without effect.
    limit : float or None
        The same for the limit nearer to that value; 1 where the interval holds it.
    ratio : Ratio
        What was to be explained.
    """

    value: float
    limit: float | None
    ratio: Ratio


def e_value(ratio: Ratio, true: float = 1.0) -> EValue:
    """Return how strong a hidden factor must be to move a risk ratio to another value.

    Parameters
    ----------
    ratio : Ratio
        Risk ratio with its limits, from one of the functions below.
    true : float
        Risk ratio that the hidden factor leaves; 1 is no effect. Above 0.

    Raises
    ------
    Refused
        ``impossible_ratio`` when a ratio is not above 0 or the limits do not lie around it.

    References
    ----------
    VanderWeele & Ding (2017), Annals of Internal Medicine 167(4), 268-274. R
    ``EValue::evalues.RR(est, lo, hi, true)``.
    """
    for one in (ratio.value, ratio.low, ratio.high, true):
        if one is not None and not (isfinite(one) and one > 0):
            raise _impossible("a ratio is not above 0")
    low, high = ratio.low, ratio.high
    if (low is not None and low > ratio.value) or (high is not None and high < ratio.value):
        raise _impossible("the limits do not lie around the ratio")
    value = _needed(ratio.value / true)
    near = low if ratio.value >= true else high
    if near is None:
        return EValue(value, None, ratio)
    beyond = near > true if ratio.value >= true else near < true
    return EValue(value, _needed(near / true) if beyond else 1.0, ratio)


def _needed(ratio: float) -> float:
    away = max(ratio, 1 / ratio)
    return away + sqrt(away * (away - 1))


def _impossible(why: str) -> Refused:
    return Refused("impossible_ratio", why, "give a ratio above 0 between its limits")


def _mapped(change: float) -> float:
    """Return a ratio, or refuse one that no computer can hold."""
    if not (isfinite(change) and change > 0):
        raise _impossible("the ratio is too far from 1 to be told from 0 or from infinity")
    return change


def risk_ratio(value: float, low: float | None = None, high: float | None = None) -> Ratio:
    """Return a risk ratio as it is; R ``evalues.RR``."""
    return Ratio(value, low, high)


def odds_ratio(
    value: float, low: float | None = None, high: float | None = None, *, rare: bool
) -> Ratio:
    """Return the risk ratio that an odds ratio stands for.

    Parameters
    ----------
    value : float
        Odds ratio, above 0.
    low, high : float or None
        Its limits.
    rare : bool
        Whether at most 15 % have the outcome: it is then nearly the risk ratio, else the risk
        ratio is about its square root.

    Raises
    ------
    Refused
        ``impossible_ratio``.

    References
    ----------
    VanderWeele & Ding (2017), table 2. R ``EValue::evalues.OR(est, lo, hi, rare)``.
    """
    return _each((value, low, high), (lambda one: one) if rare else sqrt)


def hazard_ratio(
    value: float, low: float | None = None, high: float | None = None, *, rare: bool
) -> Ratio:
    """Return the risk ratio that a hazard ratio stands for.

    Parameters
    ----------
    value : float
        Hazard ratio, above 0.
    low, high : float or None
        Its limits.
    rare : bool
        Whether at most 15 % have the event by the end; else the risk ratio is about
        (1 - 0.5^sqrt(HR)) / (1 - 0.5^sqrt(1 / HR)).

    Raises
    ------
    Refused
        ``impossible_ratio``.

    References
    ----------
    VanderWeele & Ding (2017), table 2. R ``EValue::evalues.HR(est, lo, hi, rare)``.
    """
    return _each((value, low, high), (lambda one: one) if rare else _of_hazards)


def _of_hazards(hazards: float) -> float:
    root = sqrt(hazards)
    return float((1 - 0.5**root) / (1 - 0.5 ** (1 / root)))


def _each(values: tuple[float | None, ...], change: Callable[[float], float]) -> Ratio:
    found: list[float | None] = []
    for one in values:
        if one is not None and not (isfinite(one) and one > 0):
            raise _impossible("a ratio is not above 0")
        found.append(None if one is None else _mapped(change(one)))
    value, low, high = found
    return Ratio(value or 0.0, low, high)


def standardised_difference(
    difference: float, std_error: float | None = None, *, limits: tuple[float, float] | None = None
) -> Ratio:
    """Return the risk ratio that a difference in standard deviations stands for.

    Parameters
    ----------
    difference : float
        In standard deviations of the outcome.
    std_error : float or None
        Likewise: the limits are then ``0.91 d`` with 1.78 standard errors to each side.
    limits : tuple of float, or None
        Limits of the difference, where they come from elsewhere than the normal distribution.

    Raises
    ------
    Refused
        ``impossible_ratio`` when the difference is too large to be a ratio.

    References
    ----------
    VanderWeele & Ding (2017), table 2; Chinn (2000), Statistics in Medicine 19(22). R
    ``EValue::evalues.MD(est, se)``.
    """
    middle = LOG_RATIO * difference
    ends: tuple[float | None, float | None] = (None, None)
    if limits is not None:
        ends = (_power(LOG_RATIO * limits[0]), _power(LOG_RATIO * limits[1]))
    elif std_error is not None:
        half = LOG_LIMITS * std_error
        ends = (_power(middle - half), _power(middle + half))
    return Ratio(_power(middle), *ends)


def _power(log_ratio: float) -> float:
    if not abs(log_ratio) < _MOST_LOG:
        raise _impossible("the difference is too many standard deviations to be a ratio")
    return exp(log_ratio)


def risk_difference(
    difference: float, baseline: float, low: float | None = None, high: float | None = None
) -> Ratio:
    """Return the risk ratio of a risk difference at a baseline risk.

    Parameters
    ----------
    difference : float
        Risk with the programme less the risk without it.
    baseline : float
        Risk without it, in (0, 1), held fixed for the limits too.
    low, high : float or None
        Limits of the difference; a limit that would make a risk of 0 or less, or above 1, is
        taken at the nearest risk that can be.

    Raises
    ------
    Refused
        ``impossible_risk`` when a risk is not one.

    References
    ----------
    Ding & VanderWeele (2016), Epidemiology 27(3), 368-377: what explains a risk difference away
    is what explains its risk ratio away.
    """
    if not (0 < baseline < 1 and 0 < baseline + difference <= 1):
        raise Refused(
            "impossible_risk",
            "the risks with and without the programme do not both lie between 0 and 1",
            "use a baseline risk of those whom the effect is about",
        )
    least = 1e-12
    risks = (None if one is None else min(max(baseline + one, least), 1.0) for one in (low, high))
    ends = (None if one is None else one / baseline for one in risks)
    return Ratio((baseline + difference) / baseline, *ends)
