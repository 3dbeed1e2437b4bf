"""Student's t and the normal, without loading ``scipy.stats``."""

from __future__ import annotations

from scipy.special import ndtr, ndtri, stdtr, stdtrit


def t_quantile(probability: float, df: float | None) -> float:
    """Return the quantile of t with ``df`` degrees of freedom; normal when ``df`` is None.

    The same number as R ``qt(probability, df)`` and ``qnorm(probability)``.
    """
    return float(ndtri(probability) if df is None else stdtrit(df, probability))


def two_sided_p(statistic: float, df: float | None) -> float:
    """Return the two-sided p-value of a t statistic; R ``2 * pt(-abs(statistic), df)``."""
    tail = -abs(statistic)
    return float(2 * (ndtr(tail) if df is None else stdtr(df, tail)))
