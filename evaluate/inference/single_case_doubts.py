"""What weakens a single-case result: a trend in the baselines, and values that hang together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.linear import Float
from evaluate.inference.single_case import Case
from evaluate.inference.t import t_quantile, two_sided_p

_LEAST_DF = 2  # below, limits say nothing


@dataclass(frozen=True, slots=True)
class BaselineTrend:
    """What the baselines' own slope would have given.

    Attributes
    ----------
    slope, std_error, df : float
        Per unit of time, all cases together.
    p_value : float
        Of no slope.
    expected : float
        Difference of phase means that the slope alone would have given, mean over cases.
    detectable : float
        That difference as large as it must be to be found four times in five.
    """

    slope: float
    std_error: float
    df: float
    p_value: float
    expected: float
    detectable: float


def baseline_trend(cases: Sequence[Case]) -> BaselineTrend:
    """Return the common slope of all baselines.

    Parameters
    ----------
    cases : sequence of Case
        In two phases.

    Raises
    ------
    Refused
        ``short_baselines`` when fewer than two degrees of freedom are left; ``no_variation``.

    References
    ----------
    R ``lm(value ~ case + time, baseline)``.
    """
    x, y, means = [], [], []
    for case in cases:
        before = case.time[~case.on]
        x.append(before - before.mean())
        y.append(case.value[~case.on] - case.value[~case.on].mean())
        means.append(float(case.time[case.on].mean() - before.mean()))
    across, values = np.concatenate(x), np.concatenate(y)
    square, df = float(across @ across), float(len(across) - len(cases) - 1)
    if df < _LEAST_DF or not square > 0:
        raise Refused(
            "short_baselines",
            "the baselines are too short to show a slope",
            "measure more occasions before the start",
        )
    slope = float(across @ values / square)
    left = values - slope * across
    scale = float(np.abs(values).max()) if len(values) else 0.0
    if not float(left @ left) > (1e-9 * max(scale, 1e-300)) ** 2:
        raise Refused(
            "no_variation", "the baselines lie on a line", "check the column of the values"
        )
    error = sqrt(float(left @ left) / df / square)
    distance = float(np.mean(means))
    least = (t_quantile(0.975, df) + t_quantile(0.8, df)) * error * abs(distance)
    p = two_sided_p(slope / error, df)
    return BaselineTrend(slope, error, df, p, slope * distance, least)


def autocorrelation(cases: Sequence[Case]) -> tuple[float, float, int]:
    """Return how much neighbouring values hang together, all cases together.

    Parameters
    ----------
    cases : sequence of Case
        Each around its phase means.

    Returns
    -------
    value, std_error, n : float, float, int
        The correlation of neighbours, corrected for the means that were estimated; its standard
        error where there is none; and how many values it rests on.

    Raises
    ------
    Refused
        ``no_variation`` when nothing varies within phases.

    References
    ----------
    Huitema & McKean (1991), Psychological Bulletin 110(2): r + p / n, here with p the number of
    phase means of all cases.
    """
    top = bottom = 0.0
    n = phases = 0
    for case in cases:
        left = _around(case)
        top += float(left[1:] @ left[:-1])
        bottom += float(left @ left)
        n, phases = n + len(left), phases + 2
    if not bottom > 0:
        raise Refused("no_variation", "values do not vary within phases", "check the column")
    return top / bottom + phases / n, 1 / sqrt(n), n


def _around(case: Case) -> Float:
    left = case.value.copy()
    for side in (case.on, ~case.on):
        left[side] -= case.value[side].mean()
    return left
