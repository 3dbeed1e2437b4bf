"""How well items that are added up measure one thing."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.linear import Float

State = Literal["computed", "negative", "at_boundary", "too_few_items", "did_not_converge"]
_LEAST_ITEMS = 2
_IDENTIFIED = 3  # items that a model with one factor needs
_LEAST_UNIQUENESS = 0.005  # as R factanal
_ROUNDING = 1e-12
_ATTEMPTS = 3
_LEVEL = 1e-5  # slope of a discrepancy near one that counts as none


@dataclass(frozen=True, slots=True)
class Omega:
    """McDonald's omega total of one factor.

    Attributes
    ----------
    value : float or None
        Share of the variance of the sum that the factor explains.
    loadings : ndarray, shape (k,)
        Of the items in their own unit; empty without a value.
    state : str
        ``computed``; ``at_boundary`` where an item has no variance of its own left (a Heywood
        case); else why there is no value.
    """

    value: float | None
    loadings: Float
    state: State


@dataclass(frozen=True, slots=True)
class ItemReliability:
    """How well items hang together.

    Attributes
    ----------
    n, n_dropped : int
        People with an answer to every item, and those without.
    n_items : int
        Items that vary.
    constant : ndarray of bool, shape (k,)
        Items that all people answered alike; they count in nothing else.
    alpha : float
        Cronbach's; may be negative.
    alpha_low, alpha_high : float
        Feldt's interval.
    standardised : float
        Alpha of the items with standard deviations of one.
    state : str
        ``negative`` where alpha is below nought.
    omega : Omega
        Of the same items.
    item_total : ndarray, shape (k,)
        Correlation of each item with the sum of the others; NaN where an item or the sum of
        the others is constant.
    alpha_without : ndarray, shape (k,)
        Alpha of the other items; NaN where fewer than two are left, or the item is constant.
    """

    n: int
    n_dropped: int
    n_items: int
    constant: NDArray[np.bool_]
    alpha: float
    alpha_low: float
    alpha_high: float
    standardised: float
    state: State
    omega: Omega
    item_total: Float = field(repr=False)
    alpha_without: Float = field(repr=False)


def item_reliability(items: Float, conf_level: float = 0.95) -> ItemReliability:
    """Return the reliability of the sum, or mean, of items.

    Parameters
    ----------
    items : ndarray, shape (n, k)
        Answers, all turned so that more is more; NaN where there is none.
    conf_level : float
        Coverage probability, in (0, 1). The interval takes people as independent of each other.

    Raises
    ------
    Refused
        ``too_few_items`` with fewer than two; ``too_few_units`` with fewer than three people
        who answered all; ``no_variation`` when fewer than two items vary, or their sum does not.

    References
    ----------
    Cronbach (1951), Psychometrika 16(3), eq. 2; Feldt, Woodruff & Salih (1987), Applied
    Psychological Measurement 11(1), eq. 11; R ``psych::alpha``, ``psych::alpha.ci``.
    """
    items = np.asarray(items, dtype=np.float64)
    if items.ndim < _LEAST_ITEMS or items.shape[1] < _LEAST_ITEMS:
        raise Refused(
            "too_few_items",
            "one item alone does not tell its error from what it measures",
            "name two or more items, or declare a published reliability",
        )
    whole = ~np.isnan(items).any(axis=1)
    kept = items[whole]
    n = len(kept)
    if n <= _LEAST_ITEMS:
        raise Refused(
            "too_few_units",
            "fewer than three people answered every item",
            "add people, or leave out the item that few answered",
        )
    kept = kept[np.lexsort(kept.T)]  # sums do not depend on the order of the rows
    sizes = np.abs(kept).max(axis=0)
    constant = np.ptp(kept, axis=0) <= _ROUNDING * sizes
    cov = np.cov(kept[:, ~constant], rowvar=False).reshape(2 * (int((~constant).sum()),))
    k = len(cov)
    if k < _LEAST_ITEMS or not cov.sum() > _ROUNDING * np.trace(cov):
        raise Refused(
            "no_variation",
            "fewer than two of the items vary between people, or their sum does not vary",
            "check the columns, and whether some items are turned the other way",
        )
    value = alpha(cov)
    low, high = feldt(value, n, k, conf_level)
    standardised = alpha(correlations(cov))
    total, without = _each(cov, constant)
    state: State = "negative" if value < 0 else "computed"
    dropped = len(items) - n
    return ItemReliability(
        n, dropped, k, constant, value, low, high, standardised, state, omega(cov), total, without
    )


def alpha(cov: Float) -> float:
    """Return Cronbach's alpha of a covariance matrix, shape (k, k).

    References
    ----------
    Cronbach (1951), eq. 2: k / (k - 1) (1 - sum of variances / variance of the sum).
    """
    k = len(cov)
    return float(k / (k - 1) * (1 - np.trace(cov) / cov.sum()))


def feldt(value: float, n: int, k: int, conf_level: float = 0.95) -> tuple[float, float]:
    """Return the interval of alpha for n people and k items.

    References
    ----------
    Feldt (1965), Psychometrika 30(3); R ``1 - (1 - alpha) * qf(c(1 - a/2, a/2), n - 1,
    (n - 1) * (k - 1))``.
    """
    from scipy.special import fdtri

    df = n - 1, (n - 1) * (k - 1)
    low, high = (float(fdtri(*df, one)) for one in ((1 + conf_level) / 2, (1 - conf_level) / 2))
    return 1 - (1 - value) * low, 1 - (1 - value) * high


def correlations(cov: Float) -> Float:
    """Return the correlations of a covariance matrix, shape (k, k)."""
    sd = np.sqrt(np.diag(cov))
    found: Float = cov / np.outer(sd, sd)
    return found


def _each(cov: Float, constant: NDArray[np.bool_]) -> tuple[Float, Float]:
    """Return the correlation of each item with the rest, and alpha of the rest."""
    total = np.full(len(constant), np.nan)
    without = np.full(len(constant), np.nan)
    for at, item in enumerate(np.flatnonzero(~constant)):
        rest = np.delete(np.delete(cov, at, 0), at, 1)
        spread = float(rest.sum())
        if spread <= _ROUNDING * float(np.trace(rest)):
            continue
        total[item] = (cov[at].sum() - cov[at, at]) / sqrt(cov[at, at] * spread)
        if len(rest) >= _LEAST_ITEMS:
            without[item] = alpha(rest)
    return total, without


def omega(cov: Float) -> Omega:
    """Return McDonald's omega total of one factor, fitted by maximum likelihood.

    Parameters
    ----------
    cov : ndarray, shape (k, k)
        Covariances of items that all vary.

    References
    ----------
    McDonald (1999), Test Theory, eq. 6.20b: (sum of loadings)^2 / ((sum of loadings)^2 + sum of
    own variances); Joreskog (1967), Psychometrika 32(4), for the fit. R ``factanal(covmat = cov,
    factors = 1)`` with loadings times standard deviations; ``MBESS::ci.reliability(type =
    "omega")``. ``psych::omega`` takes correlations and minres instead.
    """
    from scipy.optimize import fmin_l_bfgs_b

    k, sd = len(cov), np.sqrt(np.diag(cov))
    none = np.empty(0)
    if k < _IDENTIFIED:
        return Omega(None, none, "too_few_items")
    r = correlations(cov)
    smallest = 1 / np.clip(np.diag(np.linalg.pinv(r, hermitian=True)), 1.0, 1 / _LEAST_UNIQUENESS)
    psi = np.clip((1 - 0.5 / k) * smallest, _LEAST_UNIQUENESS, 1.0)
    limit = [(_LEAST_UNIQUENESS, 1.0)] * k
    for _ in range(_ATTEMPTS):
        found = fmin_l_bfgs_b(
            _discrepancy, psi, args=(r,), bounds=limit, factr=0.1, pgtol=1e-10, maxiter=2000
        )
        psi = np.asarray(found[0], dtype=np.float64)
    slope = _discrepancy(psi, r)[1]
    inside = (psi > _LEAST_UNIQUENESS * (1 + 1e-6)) & (psi < 1 - 1e-9)
    if np.abs(slope[inside]).max(initial=0.0) > _LEVEL:
        return Omega(None, none, "did_not_converge")
    loadings = sd * _loadings(psi, r)
    common, own = float(loadings.sum()) ** 2, float(psi @ sd**2)
    boundary = bool((psi <= _LEAST_UNIQUENESS * (1 + 1e-6)).any())
    return Omega(common / (common + own), loadings, "at_boundary" if boundary else "computed")


def _discrepancy(psi: Float, r: Float) -> tuple[float, Float]:
    """Return what maximum likelihood makes small over the loadings, and its slope in psi."""
    scale = 1 / np.sqrt(psi)
    values = np.linalg.eigvalsh(r * np.outer(scale, scale))[:-1]
    values = np.clip(values, 1e-300, None)
    size = float(-(np.log(values) - values).sum() - (len(psi) - 1))
    load = _loadings(psi, r)
    slope = (load**2 + psi - np.diag(r)) / psi**2
    return size, slope


def _loadings(psi: Float, r: Float) -> Float:
    scale = np.sqrt(psi)
    values, vectors = np.linalg.eigh(r / np.outer(scale, scale))
    load = scale * vectors[:, -1] * sqrt(max(float(values[-1]) - 1, 0.0))
    found: Float = load if load.sum() >= 0 else -load
    return found
