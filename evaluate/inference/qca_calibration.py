"""From what was measured to membership in a set: calibration."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.linear import Float

# Memberships so near an end are put on it, as QCA::calibrate does.
_END = 1e-4
_CROSSING = 0.5
_SETTLED = 1e-8  # relative change of the deviance at which R's glm stops


def require_anchors(anchors: tuple[float, float, float]) -> None:
    """Refuse anchors that do not follow each other.

    Parameters
    ----------
    anchors : tuple of float
        Full exclusion, crossover and full inclusion.

    Raises
    ------
    Refused
        If they neither rise nor fall strictly.
    """
    out, cross, full = anchors
    if not (out < cross < full or out > cross > full):
        raise Refused(
            "anchors_out_of_order",
            "the anchors of a calibration neither rise nor fall from exclusion over crossover"
            " to inclusion",
            "give three different anchors, in that order",
        )


def direct(
    values: Float,
    anchors: tuple[float, float, float],
    *,
    idm: float = 0.95,
) -> Float:
    """Return memberships by the logistic curve through three anchors.

    Parameters
    ----------
    values : ndarray, shape (n,)
        What was measured; NaN stays NaN.
    anchors : tuple of float
        Full exclusion, crossover and full inclusion, rising or falling.
    idm : float
        Membership at full inclusion, above 0.5 and below 1; at full exclusion it is 1 - idm.

    Returns
    -------
    ndarray, shape (n,)
        Memberships in [0, 1].

    Raises
    ------
    Refused
        If the anchors are out of order.

    References
    ----------
    Ragin (2008), Redesigning Social Inquiry, ch. 5.
    R: ``QCA::calibrate(x, thresholds = c(e, c, i), logistic = TRUE, idm = idm)``.

    Examples
    --------
    >>> direct(np.array([400.0, 550.0, 900.0]), (400, 550, 900)).round(3).tolist()
    [0.05, 0.5, 0.95]
    """
    require_anchors(anchors)
    if not _CROSSING < idm < 1:
        raise Refused(
            "idm_beyond_bounds",
            "the membership at full inclusion does not lie between 0.5 and 1",
            "give one between, such as 0.95",
        )
    out, cross, full = anchors
    inward = (values - cross) * np.sign(full - cross) >= 0
    width = np.where(inward, full - cross, cross - out)
    log_odds = (values - cross) / width * np.log(idm / (1 - idm))
    return _on_ends(1 / (1 + np.exp(-np.clip(log_odds, -700, 700))))


def linear(
    values: Float,
    anchors: tuple[float, float, float],
    *,
    below: float = 1.0,
    above: float = 1.0,
) -> Float:
    """Return memberships by straight lines, or powers of them, between three anchors.

    Parameters
    ----------
    values : ndarray, shape (n,)
        What was measured; NaN stays NaN.
    anchors : tuple of float
        Full exclusion (membership 0), crossover (0.5) and full inclusion (1).
    below, above : float
        Powers of the curve under and over the crossover; 1 is a straight line.

    Raises
    ------
    Refused
        If the anchors are out of order, or a power is not above 0.

    References
    ----------
    Duşa (2019), QCA with R, ch. 4.
    R: ``QCA::calibrate(x, thresholds = c(e, c, i), logistic = FALSE, below, above)``.

    Examples
    --------
    >>> linear(np.array([300.0, 475.0, 725.0, 901.0]), (400, 550, 900)).tolist()
    [0.0, 0.25, 0.75, 1.0]
    """
    require_anchors(anchors)
    if min(below, above) <= 0:
        raise Refused(
            "power_not_positive",
            "a power of the calibration's curve is not above 0",
            "give powers above 0; 1 is a straight line",
        )
    out, cross, full = anchors
    lower = np.clip((values - out) / (cross - out), 0, 1) ** below / 2
    upper = 1 - np.clip((full - values) / (full - cross), 0, 1) ** above / 2
    inward = (values - cross) * np.sign(full - cross) > 0
    return _on_ends(np.where(inward, upper, lower))


def crisp(values: Float, thresholds: Sequence[float]) -> Float:
    """Return how many thresholds each value reaches: 0 or 1, or the value of a level.

    Parameters
    ----------
    values : ndarray, shape (n,)
        What was measured; NaN stays NaN.
    thresholds : sequence of float
        Rising; a value on a threshold has reached it.

    Raises
    ------
    Refused
        If the thresholds do not rise.

    References
    ----------
    R: ``QCA::calibrate(x, type = "crisp", thresholds)``.

    Examples
    --------
    >>> crisp(np.array([1.0, 5.0, 9.0]), (5, 8)).tolist()
    [0.0, 1.0, 2.0]
    """
    edges = np.asarray(thresholds, dtype=np.float64)
    if not edges.size or np.any(np.diff(edges) <= 0):
        raise Refused(
            "thresholds_out_of_order",
            "the thresholds of a calibration do not rise",
            "give different thresholds, the lowest first",
        )
    reached = np.searchsorted(edges, values, side="right").astype(np.float64)
    return np.where(np.isnan(values), np.nan, reached)


def indirect(values: Float, thresholds: Sequence[float], *, quadratic: bool = False) -> Float:
    """Return memberships as predicted by a fractional logit of groups of values.

    Each value first gets the membership of its group: 0 up to the first threshold, 1 beyond
    the last, and equal steps between. A quasi-binomial logit of these on the value gives the
    memberships.

    Parameters
    ----------
    values : ndarray, shape (n,)
        What was measured; NaN stays NaN.
    thresholds : sequence of float
        Rising limits between the groups.
    quadratic : bool
        Whether the logit is of the value and its square (Ragin); else of its logarithm, square
        root, itself and its square (as in R), for which values must be above 0.

    Raises
    ------
    Refused
        If thresholds do not rise, values are too few or not above 0, or groups are perfectly
        told apart so that the logit has no maximum.

    References
    ----------
    Ragin (2008), Redesigning Social Inquiry, ch. 5; Papke & Wooldridge (1996).
    R: ``QCA::calibrate(x, method = "indirect", thresholds)``.
    """
    crisp(values, thresholds)
    known = ~np.isnan(values)
    x = values[known]
    group = np.searchsorted(np.asarray(thresholds, dtype=np.float64), x, side="left")
    degree = np.round(np.arange(len(thresholds) + 1) / len(thresholds), 3)[group]
    if not quadratic and np.any(x <= 0):
        raise Refused(
            "logarithm_of_zero",
            "the indirect calibration takes logarithms, and some values are not above 0",
            "use the quadratic form, or the direct method",
        )
    powers = [x, x**2] if quadratic else [np.log(x), np.sqrt(x), x, x**2]
    if len(np.unique(x)) <= len(powers) or len(np.unique(degree)) == 1:
        raise Refused(
            "too_few_values",
            "the indirect calibration has too few different values, or all fall in one group",
            "use the direct method, or other thresholds",
        )
    fitted = np.full(len(values), np.nan)
    fitted[known] = np.round(_fractional_logit(np.column_stack(powers), degree), 6)
    return _on_ends(fitted)


def _fractional_logit(columns: Float, share: Float) -> Float:
    """Return fitted shares by iterated least squares, to the tolerance of R's ``glm``."""
    spread = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    design = np.column_stack([np.ones(len(share)), spread])
    mean = (share + 0.5) / 2
    eta, before = np.log(mean / (1 - mean)), np.inf
    for _ in range(25):
        weight = mean * (1 - mean)
        root = np.sqrt(weight)
        working = eta + (share - mean) / weight
        slopes = np.linalg.lstsq(design * root[:, None], working * root, rcond=1e-13)[0]
        eta = np.clip(design @ slopes, -30, 30)
        mean = 1 / (1 + np.exp(-eta))
        now = _deviance(share, mean)
        if abs(now - before) / (abs(now) + 0.1) < _SETTLED:
            return np.asarray(mean, dtype=np.float64)
        before = now
    raise Refused(
        "groups_told_apart",
        "the groups of the indirect calibration are perfectly told apart, and the logit has no"
        " maximum",
        "use the direct method, or fewer thresholds",
    )


def _deviance(share: Float, mean: Float) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        one = np.where(share > 0, share * np.log(share / mean), 0.0)
        other = np.where(share < 1, (1 - share) * np.log((1 - share) / (1 - mean)), 0.0)
    return float(2 * np.sum(one + other))


def _on_ends(members: Float) -> Float:
    members = np.where(members < _END, 0.0, members)
    return np.asarray(np.where(members > 1 - _END, 1.0, members), dtype=np.float64)
