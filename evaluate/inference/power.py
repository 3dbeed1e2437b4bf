"""Power of a two-sided test of an effect, from its noncentrality and degrees of freedom."""

from __future__ import annotations

from evaluate.inference.t import t_quantile

POWER = 0.80
CONF_LEVEL = 0.95


def multiplier(df: float | None, power: float = POWER, conf_level: float = CONF_LEVEL) -> float:
    """Return how many standard errors an effect must be to be found with this power.

    Parameters
    ----------
    df : float or None
        Degrees of freedom of the t distribution; ``None`` is normal.
    power : float
        Probability of finding the effect, in (0, 1).
    conf_level : float
        One less the level of the two-sided test, in (0, 1).

    References
    ----------
    Bloom (1995), Evaluation Review 19(5), 547-556: t at 1 - alpha/2 plus t at power. It leaves
    out the other tail and takes the noncentral t for a shifted one; with ten degrees of
    freedom or more it differs from the exact value by less than one part in a thousand.
    """
    return t_quantile((1 + conf_level) / 2, df) + t_quantile(power, df)


def power_of(noncentrality: float, df: float | None, conf_level: float = CONF_LEVEL) -> float:
    """Return the probability that a two-sided test rejects, in either direction.

    Parameters
    ----------
    noncentrality : float
        The effect in its own standard errors.
    df, conf_level : float
        As in ``multiplier``.

    References
    ----------
    Cohen (1988), Statistical Power Analysis, section 12.8; R ``pt(q, df, ncp, lower = FALSE) +
    pt(-q, df, ncp)`` with ``q = qt(1 - alpha/2, df)``.
    """
    from scipy.special import nctdtr, ndtr

    limit, shift = t_quantile((1 + conf_level) / 2, df), abs(noncentrality)
    if df is None:
        return float(ndtr(shift - limit) + ndtr(-limit - shift))
    # With a negative shift the tail that counts is the lower one, which loses no digits.
    return float(nctdtr(df, -shift, -limit) + nctdtr(df, shift, -limit))
