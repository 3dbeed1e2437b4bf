"""Sets of effects that hold however weak the instruments are."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Literal

import numpy as np

from evaluate.data.moments import Float
from evaluate.errors import Refused
from evaluate.inference.instruments import InstrumentMoments
from evaluate.inference.t import t_quantile
from evaluate.inference.tsls import explained, require_instruments
from evaluate.inference.wald import upper_f
from evaluate.inference.weak import require_df

# Share below which the leading coefficient of a quadratic is zero.
_FLAT = 1e-12

Kind = Literal["interval", "unbounded_above", "unbounded_below", "two_rays", "line", "empty"]


@dataclass(frozen=True, slots=True)
class ConfidenceSet:
    """Values that a test does not reject; never an infinite number.

    Attributes
    ----------
    kind : Kind
        ``interval`` from low to high; ``unbounded_above`` from low; ``unbounded_below`` up to
        high; ``two_rays`` up to low and from high; ``line`` every value; ``empty`` none.
    low, high : float or None
        Bounds in the estimate's unit, where the kind has them.
    """

    kind: Kind
    low: float | None = None
    high: float | None = None

    def __contains__(self, value: float) -> bool:
        """Return whether the set holds a value."""
        above = self.low is None or value >= self.low
        below = self.high is None or value <= self.high
        if self.kind == "two_rays":
            return not (above and below) or value in {self.low, self.high}
        return self.kind != "empty" and above and below


@dataclass(frozen=True, slots=True)
class AndersonRubin:
    """The Anderson-Rubin test of no effect, and the set of effects that it does not reject.

    Attributes
    ----------
    f : float
        Statistic at no effect.
    df_num, df_denom : float
        Degrees of freedom.
    p_value : float
        Of no effect.
    values : ConfidenceSet
        Effects not rejected.
    """

    f: float
    df_num: float
    df_denom: float
    p_value: float
    values: ConfidenceSet


def quadratic_set(a: float, b: float, c: float, *, size: float) -> ConfidenceSet:
    """Return where a x^2 + b x + c <= 0.

    Parameters
    ----------
    a, b, c : float
        Coefficients.
    size : float
        What ``a`` is the difference of, in magnitude: smaller than its rounding is zero.
    """
    if abs(a) <= _FLAT * size:
        if b == 0:
            return ConfidenceSet("line" if c <= 0 else "empty")
        end = -c / b
        if b > 0:
            return ConfidenceSet("unbounded_below", high=end)
        return ConfidenceSet("unbounded_above", low=end)
    inside = b * b - 4 * a * c
    if inside < 0:
        return ConfidenceSet("empty" if a > 0 else "line")
    # The root that adds numbers of one sign loses no digit; the other follows from it.
    far = -(b + (sqrt(inside) if b >= 0 else -sqrt(inside))) / 2
    ends = sorted((far / a, c / far)) if far else [0.0, 0.0]
    return ConfidenceSet("interval" if a > 0 else "two_rays", *ends)


def anderson_rubin(moments: InstrumentMoments, conf_level: float) -> AndersonRubin:
    """Return the Anderson-Rubin test and set, with errors of equal variance.

    Parameters
    ----------
    moments : InstrumentMoments
        Moments by group, with one endogenous column.
    conf_level : float
        Coverage probability of the set, in (0, 1).

    Raises
    ------
    Refused
        ``several_received`` with more endogenous columns; the codes of
        ``require_instruments``; ``no_degrees_of_freedom``.

    References
    ----------
    Anderson & Rubin (1949), Annals of Mathematical Statistics 20(1); Dufour & Taamouti (2005),
    Econometrica 73(4), for the set in closed form. R ``ivmodel::AR.test``.
    """
    from scipy.special import fdtri

    if moments.endogenous != 1:
        raise Refused(
            "several_received",
            "the set is known for one column of what was received",
            "study one at a time",
        )
    require_instruments(moments)
    total, at = moments.cross.sum(axis=0), [moments.y, *moments.d]
    on, number = [*moments.x, *moments.z], moments.instruments
    df = moments.spare
    require_df(df)
    whole = explained(total, on, at)
    moved = whole - explained(total, moments.x, at)
    rest = total[np.ix_(at, at)] - whole
    limit = number / df * float(fdtri(number, df, conf_level))
    over = moved - limit * rest
    f = float(moved[0, 0] / number / (rest[0, 0] / df))
    size = float(moved[1, 1] + limit * rest[1, 1])
    values = quadratic_set(float(over[1, 1]), -2 * float(over[0, 1]), float(over[0, 0]), size=size)
    return AndersonRubin(f, number, df, upper_f(f, number, df), values)


def robust_anderson_rubin(
    moved: tuple[float, float], covariance: Float, df: float, conf_level: float
) -> AndersonRubin:
    """Return the Anderson-Rubin test and set of one instrument from a robust covariance.

    An effect b is kept when the instrument's coefficient for y - b D is within chance of 0;
    the coefficient is linear in b and its variance quadratic, so that the set is exact.

    Parameters
    ----------
    moved : tuple of two float
        The instrument's coefficient for the outcome and for what was received.
    covariance : ndarray, shape (2, 2)
        Of these two.
    df : float
        Degrees of freedom of the reference t distribution.
    conf_level : float
        Coverage probability of the set, in (0, 1).

    Raises
    ------
    Refused
        ``not_a_number`` when a part is infinite or undefined.

    References
    ----------
    Chernozhukov & Hansen (2008), Economics Letters 100(1); Andrews, Stock & Sun (2019), Annual
    Review of Economics 11, section 5.
    """
    outcome, received = moved
    limit = t_quantile((1 + conf_level) / 2, df) ** 2
    f = outcome**2 / float(covariance[0, 0])
    (vyy, vyd), vdd = covariance[0].tolist(), float(covariance[1, 1])
    a = received**2 - limit * vdd
    b = -2 * (outcome * received - limit * vyd)
    c = outcome**2 - limit * vyy
    if not all(map(isfinite, (a, b, c, f))):
        raise Refused(
            "not_a_number",
            "the arithmetic left the range of numbers, so that the result means nothing",
            "express the outcome and the covariates in units of a usual size",
        )
    values = quadratic_set(a, b, c, size=received**2 + limit * vdd)
    return AndersonRubin(f, 1, df, upper_f(f, 1, df), values)
