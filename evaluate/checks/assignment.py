"""Whether as many units were treated as the declared probability of treatment says."""

from __future__ import annotations

from math import sqrt

from evaluate.core import Check
from evaluate.data.moments import Float

LEAST_P = 0.01


def assignment_probability(treated: int, units: Float, probabilities: Float) -> Check:
    """Return whether the number treated is one that chance would give.

    Parameters
    ----------
    treated : int
        Units that were treated.
    units, probabilities : ndarray, shape (s,)
        Number of assigned units, and their probability of treatment, by stratum.

    References
    ----------
    Fabijan et al. (2019), KDD: sample ratio mismatch. One probability: R
    ``2 * min(pbinom(k, n, p), pbinom(k - 1, n, p, lower.tail = FALSE))``; several: normal.
    """
    n, expected = float(units.sum()), float(units @ probabilities)
    if len(set(probabilities.tolist())) == 1:
        p_value = _binomial(treated, int(n), float(probabilities[0]))
    else:
        p_value = _normal(treated - expected, float(units @ (probabilities * (1 - probabilities))))
    text = (
        f"{treated} of {n:.0f} assigned units are treated, where the declared probability of"
        f" treatment lets expect {expected:.1f}"
    )
    if p_value >= LEAST_P:
        return Check("assignment_probability", "passed", f"{text}: as chance would have it.")
    return Check(
        "assignment_probability",
        "failed",
        f"{text}: chance alone would hardly give that (p below {LEAST_P}), so that units may"
        " have been lost or assigned in another way.",
    )


def by_precision(shares: tuple[float, float]) -> Check:
    """Return what follows from strata that weigh by precision though their shares differ.

    Parameters
    ----------
    shares : tuple of float
        Smallest and largest share treated among strata.
    """
    low, high = shares
    return Check(
        "assignment_probability",
        "uninformative",
        f"The share treated lies between {low:.0%} and {high:.0%} in the strata, and no"
        " probability of treatment is declared: the estimate weights strata by precision, not"
        " by size.",
    )


def _binomial(k: int, n: int, p: float) -> float:
    from scipy.special import bdtr, bdtrc

    below = float(bdtr(k, n, p))
    above = float(bdtrc(k - 1, n, p)) if k > 0 else 1.0
    return min(1.0, 2 * min(below, above))


def _normal(gap: float, variance: float) -> float:
    from scipy.special import ndtr

    # With a correction for counts being whole; never beyond the centre.
    distance = max(abs(gap) - 0.5, 0.0) / sqrt(variance)
    return float(2 * ndtr(-distance))
