"""Shares of few people: intervals that hold for any number, and an exact test."""

from __future__ import annotations

from dataclasses import dataclass

from evaluate.errors import Refused

_TIES = 1e-7  # relative, as in R's binom.test


@dataclass(frozen=True, slots=True)
class Posterior:
    """What a declared prior and the data together say of a share.

    Attributes
    ----------
    mean, conf_low, conf_high : float
        In [0, 1]; the interval leaves equal probability on both sides.
    above : float or None
        Probability that the share is above a reference; ``None`` without one.
    """

    mean: float
    conf_low: float
    conf_high: float
    above: float | None


def _require(successes: int, n: int) -> None:
    if not (n > 0 and 0 <= successes <= n):
        raise Refused(
            "not_a_share",
            "more are counted as passed than took part, or nobody took part",
            "correct the counts",
        )


def clopper_pearson(successes: int, n: int, conf_level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a share; it covers at least as often as it says.

    Parameters
    ----------
    successes, n : int
        How many of how many.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``not_a_share``.

    References
    ----------
    Clopper & Pearson (1934), Biometrika 26(4); R ``binom.test(x, n)$conf.int``.
    """
    from scipy.special import betaincinv

    _require(successes, n)
    tail = (1 - conf_level) / 2
    x, rest = successes, n - successes
    low = 0.0 if x == 0 else float(betaincinv(x, rest + 1, tail))
    high = 1.0 if rest == 0 else float(betaincinv(x + 1, rest, 1 - tail))
    return low, high


def beta_binomial(
    successes: int,
    n: int,
    prior: tuple[float, float],
    conf_level: float = 0.95,
    reference: float | None = None,
) -> Posterior:
    """Return the posterior of a share under a beta prior.

    Parameters
    ----------
    successes, n : int
        How many of how many; n may be 0.
    prior : tuple of two float
        Beta's parameters, as if that many had passed and not passed before.
    conf_level : float
        Probability of the interval, in (0, 1).
    reference : float or None
        A share to be held against, in [0, 1].

    Raises
    ------
    Refused
        ``not_a_share``; ``not_a_prior`` when a parameter is not above 0.

    References
    ----------
    Gelman and others (2013), Bayesian Data Analysis, 3rd ed., section 2.4; R ``qbeta(c(0.025,
    0.975), a + x, b + n - x)``.
    """
    from scipy.special import betainc, betaincinv

    if n:
        _require(successes, n)
    if min(prior) <= 0:
        raise Refused("not_a_prior", "a prior's parameters are above 0", "correct the prior")
    a, b, tail = prior[0] + successes, prior[1] + n - successes, (1 - conf_level) / 2
    above = None if reference is None else float(1 - betainc(a, b, reference))
    low, high = float(betaincinv(a, b, tail)), float(betaincinv(a, b, 1 - tail))
    return Posterior(a / (a + b), low, high, above)


def binomial_p(successes: int, n: int, reference: float) -> float:
    """Return the exact two-sided p-value of a share's being a reference that was declared.

    Parameters
    ----------
    successes, n : int
        How many of how many.
    reference : float
        The share under the null, in (0, 1).

    Raises
    ------
    Refused
        ``not_a_share``; ``not_a_reference`` outside (0, 1).

    References
    ----------
    R ``binom.test(x, n, reference)$p.value``: all numbers that are no more probable than the one
    that was seen.
    """
    from scipy.special import betainc

    _require(successes, n)
    if not 0 < reference < 1:
        raise Refused("not_a_reference", "a reference lies between 0 and 1", "correct it")
    below = [float(betainc(n - k, k + 1, 1 - reference)) for k in range(n)] + [1.0]
    each = [high - low for low, high in zip([0.0, *below[:-1]], below, strict=True)]
    seen = each[successes] * (1 + _TIES)
    return min(1.0, sum(one for one in each if one <= seen))
