"""Whether trends differed before the start, and how large a difference would have been seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.honest_coefficients import EventCoefficients, require_definite

LEVEL, POWER = 0.05, 0.80
_HALVINGS = 60
_FEWEST_CLUSTERS = 3


@dataclass(frozen=True, slots=True)
class TrendTest:
    """One test that trends before the reference were equal.

    Attributes
    ----------
    name : {"joint", "slope"}
        All periods together, or the straight line through them and the reference.
    statistic : float
        Chi-squared or F for the joint test, z or t for the slope.
    df : int
        Restrictions tested.
    df_denom : int or None
        Degrees of freedom of the covariance; ``None`` where it is taken as known, so that the
        joint test is chi-squared and the slope normal.
    p_value : float
        Two-sided.
    precision : float
        Noncentrality of the squared statistic for a straight trend of one per period.
    detectable : float
        Straight trend per period that the test finds with 80 % power at the 5 % level.
    bias : float
        What such a trend, going on, adds to the overall effect; not negative.
    """

    name: str
    statistic: float
    df: int
    df_denom: int | None
    p_value: float
    precision: float
    detectable: float
    bias: float

    @property
    def distribution(self) -> str:
        """Return what the statistic is compared with."""
        if self.df_denom is None:
            return "chi-squared" if self.name == "joint" else "normal"
        if self.name == "joint":
            return f"F({self.df}, {self.df_denom})"
        return f"t({self.df_denom})"


@dataclass(frozen=True, slots=True)
class PreTrends:
    """Tests of the coefficients before the reference.

    Attributes
    ----------
    joint, slope : TrendTest
        The tests; with one period they are the same one.
    trend : float
        Straight trend per period, by generalised least squares.
    n_used, n_pre : int
        Periods tested, the latest ones, and all there are: with few clusters no more than half
        their degrees of freedom, since no covariance of more can be told from so few.
    reach : float
        What a straight trend of one per period adds to the overall effect.
    """

    joint: TrendTest
    slope: TrendTest
    trend: float
    n_used: int
    n_pre: int
    reach: float

    @property
    def strongest(self) -> TrendTest:
        """Return the test that finds the smaller trend."""
        return min((self.joint, self.slope), key=lambda one: one.detectable)

    def power_against(self, bias: float) -> float:
        """Return the chance that the stronger test finds a trend that adds this to the effect.

        Parameters
        ----------
        bias : float
            In the outcome's unit.
        """
        if not self.reach:
            return LEVEL  # straight trends add nothing: none can be told by what it adds
        test = self.strongest
        return power(test.df, test.df_denom, test.precision * (bias / self.reach) ** 2)


def pretrends(events: EventCoefficients) -> PreTrends:
    """Return the joint test of the periods before the reference, and that of their slope.

    With ``n_clusters`` G the covariance is estimated with G - 1 degrees of freedom and the
    joint test is Hotelling's, exact for normal effects where chi-squared rejects too often;
    the slope by generalised least squares then has Rao's conditional t with G - q. Without,
    chi-squared and normal.

    Parameters
    ----------
    events : EventCoefficients
        Effects by event time.

    Raises
    ------
    Refused
        ``one_pre_period`` when no coefficient lies before the reference;
        ``too_few_clusters`` with fewer than three clusters; ``singular_covariance`` when the
        coefficients are not independent.

    References
    ----------
    Roth (2022), American Economic Review: Insights 4(3), 305-322. Hotelling (1931), Annals of
    Mathematical Statistics 2(3); Rao (1973), Linear Statistical Inference, 8c.4. R
    ``car::linearHypothesis`` (joint, chi-squared); power of a Wald test as R
    ``pchisq(q, df, ncp, lower = FALSE)``.
    """
    if not events.n_pre:
        raise Refused(
            "one_pre_period",
            "one period before the start is all there is, which shows no trend",
            "use data with at least two periods before the start",
        )
    f = None if events.n_clusters is None else events.n_clusters - 1
    if f is not None and f + 1 < _FEWEST_CLUSTERS:
        raise Refused(
            "too_few_clusters",
            "with so few clusters on a side no covariance of their trends can be estimated",
            "use more assigned clusters",
        )
    n = events.n_pre
    q = n if f is None else min(n, f // 2)
    effect, covariance = events.effect[n - q : n], events.covariance[n - q : n, n - q : n]
    require_definite(covariance)
    line = -np.arange(q, 0, -1, dtype=np.float64)
    solved = np.linalg.solve(covariance, np.column_stack([effect, line]))
    squares, along = float(effect @ solved[:, 0]), float(line @ solved[:, 0])
    information = float(line @ solved[:, 1])
    joint = _joint(squares, information, q, f, events.reach)
    slope = _slope(squares, along, information, q, f, events.reach)
    return PreTrends(joint, slope, along / information, q, n, events.reach)


def _joint(squares: float, information: float, q: int, f: int | None, reach: float) -> TrendTest:
    if f is None:
        return _test("joint", squares, squares, q, None, information, reach)
    statistic = squares * (f - q + 1) / (f * q)
    # The inverse of an estimated covariance is too large by f / (f - q - 1) on average.
    precision = information * max(f - q - 1, 1) / f
    return _test("joint", statistic, statistic, q, f - q + 1, precision, reach)


def _slope(
    squares: float, along: float, information: float, q: int, f: int | None, *reach: float
) -> TrendTest:
    rest = max(squares - along**2 / information, 0.0)
    precision, df = information, None
    if f is not None:
        df = f - q + 1
        precision = information * df / (f + rest)
    statistic = along / information * np.sqrt(precision)
    return _test("slope", float(statistic), float(statistic**2), 1, df, precision, *reach)


def _test(
    name: str, statistic: float, squared: float, q: int, d: int | None, *of: float
) -> TrendTest:
    """Return the test of a statistic that is F, or chi-squared, when squared."""
    precision, reach = of
    detectable = float(np.sqrt(noncentrality(q, d) / precision))
    p = exceeds(squared, q, d)
    return TrendTest(name, statistic, q, d, p, precision, detectable, detectable * abs(reach))


def exceeds(statistic: float, df: int, df_denom: int | None, noncentral: float = 0.0) -> float:
    """Return the chance of an F, or with no denominator a chi-squared, at least this large.

    Parameters
    ----------
    statistic : float
        F, or chi-squared.
    df : int
        Restrictions tested.
    df_denom : int or None
        Degrees of freedom of the covariance.
    noncentral : float
        Noncentrality; 0 where nothing is there.
    """
    from scipy.special import chdtrc, chndtr, fdtrc, ncfdtr

    if noncentral == 0:
        return float(chdtrc(df, statistic) if df_denom is None else fdtrc(df, df_denom, statistic))
    if df_denom is None:
        return float(1 - chndtr(statistic, df, noncentral))
    return float(1 - ncfdtr(df, df_denom, noncentral, statistic))


def power(df: int, df_denom: int | None, noncentral: float) -> float:
    """Return the chance of rejecting at the 5 % level; R ``pf(qf(.95, …), …, ncp, FALSE)``.

    Parameters
    ----------
    df : int
        Restrictions tested.
    df_denom : int or None
        Degrees of freedom of the covariance; ``None`` is chi-squared.
    noncentral : float
        Noncentrality.
    """
    from scipy.special import chdtri, fdtri

    critical = chdtri(df, LEVEL) if df_denom is None else fdtri(df, df_denom, 1 - LEVEL)
    return exceeds(float(critical), df, df_denom, noncentral)


def noncentrality(df: int, df_denom: int | None) -> float:
    """Return the noncentrality with which a test at the 5 % level has 80 % power.

    Parameters
    ----------
    df : int
        Restrictions tested.
    df_denom : int or None
        Degrees of freedom of the covariance; ``None`` is chi-squared.
    """
    low, high = 0.0, 10.0
    while power(df, df_denom, high) < POWER:
        low, high = high, 2 * high
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if power(df, df_denom, middle) < POWER else (low, middle)
    return high
