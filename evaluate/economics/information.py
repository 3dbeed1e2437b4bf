"""What it would be worth to know more before deciding."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluate.economics.finite import finite
from evaluate.economics.smoother import smooth

Floats = NDArray[np.float64]
_VALUES = 64  # a parameter that takes more than this many values is not discrete


def evpi(net_benefit: ArrayLike) -> float:
    """Return the expected value of perfect information for one decision.

    Parameters
    ----------
    net_benefit : array_like, shape (s, k)
        Joint draws of the options' net benefit.

    Returns
    -------
    float
        E[max over options] − max over options of E, 0 or more, in the money of the draws.

    Raises
    ------
    ValueError
        If there are no draws of options.

    References
    ----------
    Briggs, Claxton and Sculpher (2006), Decision Modelling for Health Economic Evaluation, ch. 6.
    In R: ``mean(apply(nb, 1, max)) - max(colMeans(nb))``; ``BCEA::bcea(e, c)$evi``.

    Examples
    --------
    >>> evpi([[0, 10], [0, -30]])
    5.0
    """
    benefit = _draws(net_benefit)
    best = int(benefit.mean(axis=0).argmax())
    return max(float((benefit.max(axis=1) - benefit[:, best]).mean()), 0.0)


def population_evpi(value: float, per_year: ArrayLike, factors: ArrayLike) -> float:
    """Return the value of information for all decisions that it can still change.

    Parameters
    ----------
    value : float
        For one decision.
    per_year : array_like, scalar or shape (t,)
        Decisions in each year.
    factors : array_like, shape (t,)
        Discount factors of those years, the first year first.

    Returns
    -------
    float
        Value × Σ decisions × factor.

    References
    ----------
    Briggs, Claxton and Sculpher (2006), ch. 6. In R: ``value * sum(per_year * factors)``;
    ``BCEA::evi.plot`` shows the same.

    Examples
    --------
    >>> population_evpi(100.0, 2, [1.0, 0.5])
    300.0
    """
    decisions = finite("decisions a year", per_year) * finite("factors", factors)
    return value * float(np.sum(decisions))


def evppi(net_benefit: ArrayLike, parameter: ArrayLike) -> float:
    """Return the expected value of knowing some parameters perfectly.

    A parameter with few values is grouped, which is exact. For others the net benefit given the
    parameters is estimated by a penalised regression spline in all of them together, whose
    smoothness is chosen by generalised cross-validation; use it for up to about five parameters
    and 1 000 draws or more. The value lies between 0 and that of perfect information; what
    estimation error puts outside these limits, and only that, is set to the limit.

    Parameters
    ----------
    net_benefit : array_like, shape (s, k)
        Joint draws of the options' net benefit.
    parameter : array_like, shape (s,) or (s, p)
        The same draws of the parameters that would become known.

    Returns
    -------
    float
        E_θ[max over options of E(benefit given θ)] − max over options of E, in the money of the
        draws.

    Raises
    ------
    ValueError
        If the draws are not as many, or too few to regress on.

    References
    ----------
    Strong, Oakley and Brennan (2014), Medical Decision Making 34(3), equations 1–4. In R:
    ``voi::evppi(outputs, inputs, pars)``; ``BCEA::evppi``.

    Examples
    --------
    >>> evppi([[0, 10], [0, -30], [0, 20], [0, -40]], [1, 2, 1, 2])
    7.5
    """
    benefit = _draws(net_benefit)
    known = finite("parameters", parameter)
    known = known[:, None] if known.ndim == 1 else known
    if len(known.shape[1:]) != 1 or len(known) != len(benefit):
        raise ValueError("parameters are the same draws as net benefits")
    values, group = np.unique(known, axis=0, return_inverse=True)
    if len(values) <= min(_VALUES, len(known) // 2):
        expected = _group_means(benefit, group.ravel(), len(values))
    else:
        expected = smooth(known, benefit)
    return min(evpi(expected), evpi(benefit))


def _group_means(benefit: Floats, group: NDArray[np.intp], n: int) -> Floats:
    sums = np.zeros((n, benefit.shape[1]))
    np.add.at(sums, group, benefit)
    return np.asarray((sums / np.bincount(group, minlength=n)[:, None])[group])


def _draws(net_benefit: ArrayLike) -> Floats:
    benefit = finite("net benefits", net_benefit)
    if len(benefit.shape[1:]) != 1 or not benefit.size:
        raise ValueError("net benefits are draws of options")
    return benefit
