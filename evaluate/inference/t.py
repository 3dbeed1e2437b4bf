"""Student's t and the normal, without loading ``scipy.stats``; a check of a study loads neither."""

from __future__ import annotations

from sys import float_info


def t_quantile(probability: float, df: float | None) -> float:
    """Return the quantile of t with ``df`` degrees of freedom; normal when ``df`` is None.

    The same number as R ``qt(probability, df)`` and ``qnorm(probability)``.
    """
    from scipy.special import ndtri, stdtrit

    return float(ndtri(probability) if df is None else stdtrit(df, probability))


def two_sided_p(statistic: float, df: float | None) -> float:
    """Return the two-sided p-value of a t statistic; R ``2 * pt(-abs(statistic), df)``.

    Never 0: what is smaller than the smallest number is that number.
    """
    from scipy.special import ndtr, stdtr

    tail = -abs(statistic)
    return max(float(2 * (ndtr(tail) if df is None else stdtr(df, tail))), float_info.min)
