"""Single cases followed through phases: how much each one's values moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.linear import Float
from evaluate.inference.t import t_quantile

_TIES = 1e-9
_FEWEST = 2  # for a variance


@dataclass(frozen=True, slots=True)
class Case:
    """One case's series, each array of shape (n,), in the order of time.

    Attributes
    ----------
    name : str
        Its key.
    time, value : ndarray
        Occasion and what was measured; without missing values.
    on : ndarray of bool
        Whether the programme was there.
    start : float
        First occasion with it.
    """

    name: str
    time: Float
    value: Float
    on: NDArray[np.bool_]
    start: float

    @property
    def ordered(self) -> bool:
        """Return whether all occasions without the programme come before those with it."""
        return bool((np.diff(self.on.astype(int)) >= 0).all())


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with an interval.

    Attributes
    ----------
    value, conf_low, conf_high : float
        In its own unit.
    """

    value: float
    conf_low: float
    conf_high: float


@dataclass(frozen=True, slots=True)
class Moved:
    """How much one case moved.

    Attributes
    ----------
    n_before, n_after : int
        Occasions without the programme and with it.
    mean_before, mean_after : float
        In the unit of the values.
    nap : Measured
        Share of pairs of one occasion each in which the one with the programme is better.
    tau_u : float
        Non-overlap less the trend of the baseline; may leave -1 to 1.
    log_ratio : Measured or None
        Log of the ratio of means; ``None`` where one is not above 0.
    """

    n_before: int
    n_after: int
    mean_before: float
    mean_after: float
    nap: Measured
    tau_u: float
    log_ratio: Measured | None

    @property
    def difference(self) -> float:
        """Return the difference of means."""
        return self.mean_after - self.mean_before


def read_cases(
    names: Sequence[str],
    time: Float,
    value: Float,
    on: NDArray[np.bool_],
    start: Float | None = None,
) -> tuple[Case, ...]:
    """Return the cases, each with its occasions in order of time.

    Parameters
    ----------
    names : sequence of str, length n
        Case of each row.
    time, value : ndarray, shape (n,)
        Occasion, and what was measured, NaN where it was not.
    on : ndarray of bool, shape (n,)
        Whether the programme was there.
    start : ndarray, shape (n,), or None
        First occasion with it of the row's case, measured or not; else the first row with it.

    Raises
    ------
    Refused
        ``start_changes`` when a case has several starts; ``repeated_occasions`` when a case has two rows of one time; ``empty_phase`` when a case
        has no value in one of the phases.
    """
    found, labels = [], np.array([str(one) for one in names])
    for name in np.unique(labels):
        rows = np.flatnonzero(labels == name)
        rows = rows[np.argsort(time[rows], kind="stable")]
        if len(np.unique(time[rows])) < len(rows):
            raise Refused(
                "repeated_occasions",
                "a case has several rows of one occasion",
                "keep one row for each case and occasion",
            )
        first = float(time[rows][on[rows]].min()) if on[rows].any() else float("inf")
        if start is not None:
            first = _one_start(start[rows])
        rows = rows[np.isfinite(value[rows])]
        case = Case(str(name), time[rows], value[rows], on[rows], first)
        if case.on.all() or not case.on.any():
            raise Refused(
                "empty_phase",
                "a case has no value in one of its phases",
                "leave such a case out of the file, and say so",
            )
        found.append(case)
    # Names decide nothing: neither the order of sums nor that of draws.
    found.sort(key=lambda one: (one.start, len(one.value), *np.round(np.sort(one.value), 9)))
    return tuple(found)


def _one_start(starts: Float) -> float:
    if len(np.unique(starts)) > 1:
        raise Refused(
            "start_changes",
            "a case has several starts",
            "write the same first occasion with the programme in all rows of a case",
        )
    return float(starts[0])


def moved(case: Case, conf_level: float = 0.95, *, downwards: bool = False) -> Moved:
    """Return how much one case moved.

    Parameters
    ----------
    case : Case
        Its series.
    conf_level : float
        Coverage probability of intervals, in (0, 1); they take occasions as independent.
    downwards : bool
        Whether lower is better.

    References
    ----------
    R ``SingleCaseES``: ``NAP``, ``Tau_U`` and ``LRRi`` (with bias correction) give the same.
    """
    before, after = case.value[~case.on], case.value[case.on]
    sign = -1.0 if downwards else 1.0
    return Moved(
        len(before),
        len(after),
        float(before.mean()),
        float(after.mean()),
        nap(sign * before, sign * after, conf_level),
        tau_u(sign * before, sign * after),
        log_response_ratio(before, after, conf_level),
    )


def _signs(low: Float, high: Float) -> Float:
    gap = high[None, :] - low[:, None]
    size = max(float(np.abs(low).max()), float(np.abs(high).max()), 1e-300)
    found: Float = np.where(np.abs(gap) <= _TIES * size, 0.0, np.sign(gap))
    return found


def nap(before: Float, after: Float, conf_level: float = 0.95) -> Measured:
    """Return the share of pairs in which the later value is higher; ties count half.

    Parameters
    ----------
    before, after : ndarray, shape (m,) and (n,)
        Higher is better.
    conf_level : float
        Coverage probability, in (0, 1).

    References
    ----------
    Parker & Vannest (2009), Behavior Therapy 40(4). Interval: Newcombe (2006), Statistics in
    Medicine 25(4), method 5: (NAP - x)^2 = z^2 V(x), with m n V(x) = x (1 - x) (1 + h ((1 - x) /
    (2 - x) + x / (1 + x))) and h = (m + n) / 2 - 1. R ``SingleCaseES::NAP``.
    """
    from scipy.optimize import brentq

    m, n = len(before), len(after)
    value = float((_signs(before, after).mean() + 1) / 2)
    z, h = t_quantile((1 + conf_level) / 2, None), (m + n) / 2 - 1

    def apart(x: float) -> float:
        spread = x * (1 - x) * (1 + h * ((1 - x) / (2 - x) + x / (1 + x))) / (m * n)
        return (value - x) ** 2 - z**2 * spread

    # At NAP itself the function is below 0, or 0 at the ends of the scale.
    tiny = 1e-12
    low = 0.0 if value < tiny else float(brentq(apart, 0.0, min(value, 1 - tiny)))
    high = 1.0 if value > 1 - tiny else float(brentq(apart, max(value, tiny), 1.0))
    return Measured(value, low, high)


def kendall_s(values: Float) -> float:
    """Return how many later values are higher than earlier ones, less how many are lower.

    Parameters
    ----------
    values : ndarray, shape (n,)
        In the order of time.
    """
    return float(np.triu(_signs(values, values), 1).sum())


def tau_u(before: Float, after: Float) -> float:
    """Return non-overlap with the baseline's trend taken off.

    Parameters
    ----------
    before, after : ndarray, shape (m,) and (n,)
        In the order of time; higher is better.

    References
    ----------
    Parker, Vannest, Davis & Sauber (2011), Behavior Therapy 42(2): (S between phases less S
    within the baseline) / (m n). R ``SingleCaseES::Tau_U``.
    """
    between = float(_signs(before, after).sum())
    return (between - kendall_s(before)) / (len(before) * len(after))


def log_response_ratio(before: Float, after: Float, conf_level: float = 0.95) -> Measured | None:
    """Return the log of the ratio of means, corrected for few occasions.

    Parameters
    ----------
    before, after : ndarray, shape (m,) and (n,)
        On a scale with a true zero.
    conf_level : float
        Coverage probability, in (0, 1).

    Returns
    -------
    Measured or None
        ``None`` where a mean is not above 0, or a phase has a single value.

    References
    ----------
    Pustejovsky (2018), J. School Psychology 68, eq. 2 to 4; R ``SingleCaseES::LRRi``.
    """
    parts = []
    for one in (before, after):
        mean = float(one.mean())
        if mean <= 0 or len(one) < _FEWEST:
            return None
        parts.append((mean, float(one.var(ddof=1)) / (len(one) * mean**2)))
    (low, v_low), (high, v_high) = parts
    # The log of a mean lies below the log of what it estimates, by half its relative variance.
    value = log(high / low) + (v_high - v_low) / 2
    half = t_quantile((1 + conf_level) / 2, None) * sqrt(v_low + v_high)
    return Measured(value, value - half, value + half)
