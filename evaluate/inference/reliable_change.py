"""Whether one person's change is more than the error of measurement."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.linear import Float
from evaluate.inference.t import t_quantile

Outcome = Literal["recovered", "improved", "unchanged", "deteriorated"]
OUTCOMES: tuple[Outcome, ...] = ("recovered", "improved", "unchanged", "deteriorated")
# A change exactly at the limit is not beyond it, whatever the rounding.
_TIE = 1 + 1e-9


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a change counts.

    Attributes
    ----------
    reliability : float
        Of the scale, in (0, 1].
    sd : float
        Standard deviation that the error of measurement is taken from.
    std_error : float
        Standard error of measurement of one value.
    of_difference : float
        Standard error of a difference of two values.
    reliable : float
        Smallest change that is beyond error.
    """

    reliability: float
    sd: float
    std_error: float
    of_difference: float
    reliable: float


@dataclass(frozen=True, slots=True)
class Norms:
    """Values of people who function well, and of those who do not.

    Attributes
    ----------
    functional, functional_sd : float or None
        Mean and standard deviation of the first.
    dysfunctional, dysfunctional_sd : float or None
        Of the second, such as the participants before.
    """

    functional: float | None = None
    functional_sd: float | None = None
    dysfunctional: float | None = None
    dysfunctional_sd: float | None = None


def limits(reliability: float, sd: float, conf_level: float = 0.95) -> Limits:
    """Return how large a change must be to be beyond the error of measurement.

    Parameters
    ----------
    reliability : float
        Of the scale, such as alpha or a retest correlation.
    sd : float
        Of a norm group, or of the participants before, in the unit of the scale.
    conf_level : float
        One less the share of unchanged people that would be called changed, in (0, 1).

    Raises
    ------
    Refused
        ``no_reliability`` outside (0, 1]; ``no_variation`` where ``sd`` is not above 0.

    References
    ----------
    Jacobson & Truax (1991), J. Consulting and Clinical Psychology 59(1), p. 14: S_E = s1
    sqrt(1 - r), S_diff = sqrt(2 S_E^2), RC = (x2 - x1) / S_diff, beyond 1.96.
    """
    if not 0 < reliability <= 1:
        raise Refused(
            "no_reliability",
            "a reliability that is not above 0 and at most 1 gives no error of measurement",
            "declare the published reliability of the scale, or look at its items",
        )
    if not sd > 0:
        raise Refused(
            "no_variation",
            "without a spread of the values there is no error of measurement",
            "declare the standard deviation of a norm group",
        )
    error = sd * sqrt(1 - reliability)
    difference = sqrt(2) * error
    return Limits(
        reliability, sd, error, difference, t_quantile((1 + conf_level) / 2, None) * difference
    )


def cutoff(norms: Norms, *, better: Literal["increase", "decrease"] = "increase") -> float | None:
    """Return the value from which on a person is nearer to those who function well.

    With both groups it is where they overlap alike (c); with one it lies two standard deviations
    from its mean (b of those who function well, a of those who do not).

    Parameters
    ----------
    norms : Norms
        What is known.
    better : {"increase", "decrease"}
        Which way is better.

    Returns
    -------
    float or None
        ``None`` where nothing is known.

    References
    ----------
    Jacobson & Truax (1991), p. 13, criteria a, b and c.
    """
    sign = 1 if better == "increase" else -1
    well, well_sd = norms.functional, norms.functional_sd
    ill, ill_sd = norms.dysfunctional, norms.dysfunctional_sd
    if well is not None and well_sd is not None and ill is not None and ill_sd is not None:
        return (well_sd * ill + ill_sd * well) / (well_sd + ill_sd)
    if well is not None and well_sd is not None:
        return well - sign * 2 * well_sd
    if ill is not None and ill_sd is not None:
        return ill + sign * 2 * ill_sd
    return None


def classify(
    before: Float,
    after: Float,
    reliable: float,
    *,
    better: Literal["increase", "decrease"] = "increase",
    cut: float | None = None,
) -> NDArray[np.str_]:
    """Return what became of each person.

    Parameters
    ----------
    before, after : ndarray, shape (n,)
        Values of the same people, without missing ones.
    reliable : float
        Smallest change that is beyond error; 0 or more.
    better : {"increase", "decrease"}
        Which way is better.
    cut : float or None
        Value from which on a person functions well; ``None`` where there are no norms.

    Returns
    -------
    ndarray of str, shape (n,)
        Of ``OUTCOMES``. *Recovered* has improved reliably and passed the cut, which it had not
        before; without a cut nobody is.

    References
    ----------
    Jacobson & Truax (1991), p. 16.
    """
    sign = 1 if better == "increase" else -1
    change = sign * (after - before)
    found = np.full(len(before), "unchanged", dtype="<U12")
    found[change > reliable * _TIE] = "improved"
    found[change < -reliable * _TIE] = "deteriorated"
    if cut is not None:
        passed = (sign * before < sign * cut) & (sign * after >= sign * cut)
        found[(found == "improved") & passed] = "recovered"
    return found
