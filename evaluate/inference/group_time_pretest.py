"""Whether all effects before treatment could be zero at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.group_time import GroupTimes

# As R: a matrix whose reciprocal condition number is below this is not inverted.
_SINGULAR = float(np.finfo(float).eps)


@dataclass(frozen=True, slots=True)
class Pretest:
    """The joint Wald test of the effects before treatment.

    Attributes
    ----------
    statistic : float
        Chi-squared with ``df`` degrees of freedom where all of them are zero.
    df : int
        Effects tested.
    p_value : float
        Of the chi-squared distribution.
    """

    statistic: float
    df: int
    p_value: float


def pretest(times: GroupTimes, anticipation: int = 0) -> Pretest:
    """Return the joint Wald test that all group-time effects before treatment are zero.

    Parameters
    ----------
    times : GroupTimes
        Effects by cohort and period.
    anticipation : int
        Periods before treatment that may show an effect already, and so are not tested.

    Raises
    ------
    Refused
        ``no_pre_periods`` where there is none; ``pretest_singular`` where there are as many
        as clusters, or nearly, so that their covariance cannot be inverted.

    References
    ----------
    Callaway and Sant'Anna (2021), section 4.2; ``did::att_gt()$W`` and ``$Wpval``, which
    tests all periods before treatment, as here with ``anticipation = 0``.
    """
    before = times.period < times.cohort - anticipation
    before &= np.diagonal(times.joint)[: len(times.effect)] > 0
    df = int(np.count_nonzero(before))
    if not df:
        raise Refused(
            "no_pre_periods",
            "no effect before treatment can be estimated",
            "add periods before the first treatment",
        )
    effect = times.effect[before]
    covariance = times.joint[: len(before), : len(before)][np.ix_(before, before)]
    scale = np.sqrt(np.diagonal(covariance))
    correlation = covariance / np.outer(scale, scale)
    if 1 / np.linalg.cond(correlation, 1) <= _SINGULAR:
        raise Refused(
            "pretest_singular",
            f"{df} effects before treatment move together too closely to be tested jointly",
            "read them one by one, or add clusters",
        )
    from scipy.special import gammaincc

    z = effect / scale
    statistic = float(z @ np.linalg.solve(correlation, z))
    return Pretest(statistic, df, float(gammaincc(df / 2, statistic / 2)))
