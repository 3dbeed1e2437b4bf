"""A share of few: the exact interval, and what a prior and the data say together."""

from __future__ import annotations

from dataclasses import dataclass

from evaluate.errors import Refused


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of a share before the data: a beta distribution.

    Attributes
    ----------
    passed, failed : float
        As many as seen already, above 0; a half each is Jeffreys's, which favours nothing.
    """

    passed: float = 0.5
    failed: float = 0.5


@dataclass(frozen=True, slots=True)
class PassRate:
    """A share with both intervals.

    Attributes
    ----------
    share, conf_low, conf_high : float
        The share, and Clopper and Pearson's exact limits.
    mean, credible_low, credible_high : float
        Mean of the posterior, and its central interval.
    above : float or None
        Probability under the posterior that the share is above the reference.
    """

    share: float
    conf_low: float
    conf_high: float
    mean: float
    credible_low: float
    credible_high: float
    above: float | None


def pass_rate(
    passed: int,
    n: int,
    *,
    prior: Prior | None = None,
    reference: float | None = None,
    conf_level: float = 0.95,
) -> PassRate:
    """Return a share of few with its exact and its Bayesian interval.

    Parameters
    ----------
    passed, n : int
        How many of how many, such as exams passed of exams taken.
    prior : Prior or None
        What was believed beforehand; ``None`` is Jeffreys's.
    reference : float or None
        Share to hold it against, such as all candidates' in the same term.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``nobody`` without anybody; ``rate_out_of_range`` for a prior that is not above 0.

    References
    ----------
    Clopper & Pearson (1934), Biometrika 26(4); R ``binom.test(passed, n)$conf.int``. Brown, Cai
    & DasGupta (2001), Statistical Science 16(2), section 3.1.3; R ``qbeta(p, passed + 0.5,
    n - passed + 0.5)``.
    """
    from scipy.special import betainc, betaincinv

    prior = prior or Prior()
    if n < 1:
        raise Refused("nobody", "nobody took part", "leave this group out")
    if not (prior.passed > 0 and prior.failed > 0):
        raise Refused(
            "rate_out_of_range", "a prior must be above 0 on both sides", "use 0.5 and 0.5"
        )
    tail, failed = (1 - conf_level) / 2, n - passed
    low = float(betaincinv(passed, failed + 1, tail)) if passed else 0.0
    high = float(betaincinv(passed + 1, failed, 1 - tail)) if failed else 1.0
    a, b = prior.passed + passed, prior.failed + failed
    credible_low, credible_high = (float(betaincinv(a, b, one)) for one in (tail, 1 - tail))
    above = None if reference is None else float(1 - betainc(a, b, reference))
    return PassRate(passed / n, low, high, a / (a + b), credible_low, credible_high, above)
