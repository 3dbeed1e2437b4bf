"""Agreement of coders beyond chance: one formula each, over any weights of the units."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.agreement_panel import Float, Panel

Metric = Literal["nominal", "ordinal", "interval", "ratio"]
_PAIR = 2
_ROUNDING = 1e-12


def alpha(panel: Panel, metric: Metric, weights: Float | None = None) -> Float:
    """Return Krippendorff's alpha for each row of weights.

    Alpha is 1 - (n - 1) sum_u d_u / d, with d_u the squared differences of the ordered pairs of
    unit u over its values less one, and d those of all ordered pairs of the n values that stand
    in units with two or more. On an ordinal scale a category counts as its middle rank.

    Parameters
    ----------
    panel : Panel
        Units by coders.
    metric : {"nominal", "ordinal", "interval", "ratio"}
        How two values differ.
    weights : ndarray, shape (draws, units), or None
        How often each unit counts; once by default.

    Returns
    -------
    ndarray, shape (draws,)
        NaN where all values are equal: then nothing tells agreement from a constant.

    Raises
    ------
    Refused
        ``negative_ratio`` where a ratio scale has a value below nought.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section E. R
    ``irr::kripp.alpha(t(x), metric)``.
    """
    counts, w = _pairable(panel, weights)
    size = counts.sum(axis=1)
    margins = w @ counts
    n = margins.sum(axis=1)
    if metric == "nominal":
        own = (size**2 - (counts**2).sum(axis=1)) / (size - 1)
        observed, expected = w @ own, n**2 - (margins**2).sum(axis=1)
    elif metric == "ratio":
        squared = _ratio(panel.values)
        own = ((counts @ squared) * counts).sum(axis=1) / (size - 1)
        observed, expected = w @ own, ((margins @ squared) * margins).sum(axis=1)
    elif metric == "interval":
        values = panel.values - panel.values.mean()
        observed = w @ (_spread(counts, values, size) / (size - 1))
        expected = _spread(margins, values, n)
    else:
        ranks = np.cumsum(margins, axis=1) - margins / 2
        first, second = ranks @ counts.T, ranks**2 @ counts.T
        observed = (w * 2 * (size * second - first**2) / (size - 1)).sum(axis=1)
        expected = 2 * (n * (margins * ranks**2).sum(axis=1) - (margins * ranks).sum(axis=1) ** 2)
    varied = (margins > 0).sum(axis=1) >= _PAIR
    return _beyond((n - 1) * observed, expected, varied)


def _pairable(panel: Panel, weights: Float | None) -> tuple[Float, Float]:
    counts = panel.counts
    kept = counts.sum(axis=1) >= _PAIR
    w = np.ones((1, len(counts))) if weights is None else np.asarray(weights, dtype=np.float64)
    return counts[kept], w[:, kept]


def _spread(counts: Float, values: Float, size: Float) -> Float:
    """Return the squared differences of all ordered pairs, from two sums."""
    found: Float = 2 * (size * (counts @ values**2) - (counts @ values) ** 2)
    return found


def _ratio(values: Float) -> Float:
    if (values < 0).any():
        raise Refused(
            "negative_ratio",
            "a ratio scale starts at nought, and a value lies below it",
            "use `scale: interval`, or correct the row",
        )
    total = values[:, None] + values
    difference = values[:, None] - values
    found: Float = np.divide(difference, total, out=np.zeros_like(total), where=total > 0) ** 2
    return found


def _beyond(observed: Float, expected: Float, varied: NDArray[np.bool_]) -> Float:
    """Return 1 - observed / expected disagreement, NaN where nothing varies."""
    found = np.full(len(observed), np.nan)
    np.divide(observed, expected, out=found, where=varied & (expected > 0))
    return np.asarray(1 - found)


def percent(panel: Panel, weights: Float | None = None) -> Float:
    """Return the share of pairs of coders who say the same, units with two or more alike.

    Parameters
    ----------
    panel : Panel
        Units by coders.
    weights : ndarray, shape (draws, units), or None
        How often each unit counts.

    References
    ----------
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., eq. 2.2 with units of unlike size.
    """
    counts, w = _pairable(panel, weights)
    size = counts.sum(axis=1)
    own = (counts * (counts - 1)).sum(axis=1) / (size * (size - 1))
    total = w.sum(axis=1)
    found = np.full(len(w), np.nan)
    np.divide(w @ own, total, out=found, where=total > 0)
    return found


def _chance(panel: Panel, weights: Float | None) -> tuple[Float, Float]:
    """Return the share of each category, over all units that anybody spoke of, and weights."""
    counts = panel.counts
    w = np.ones((1, len(counts))) if weights is None else np.asarray(weights, dtype=np.float64)
    own = counts / counts.sum(axis=1, keepdims=True)
    return (w @ own) / w.sum(axis=1, keepdims=True), w


def _corrected(agreed: Float, chance: Float) -> Float:
    found = np.full(len(agreed), np.nan)
    np.divide(agreed - chance, 1 - chance, out=found, where=chance < 1 - _ROUNDING)
    return found


def fleiss(panel: Panel, weights: Float | None = None) -> Float:
    """Return Fleiss' kappa, which allows for coders who skipped units.

    Parameters
    ----------
    panel : Panel
        Units by coders.
    weights : ndarray, shape (draws, units), or None
        How often each unit counts.

    References
    ----------
    Fleiss (1971), Psychological Bulletin 76(5), eq. 7; Gwet (2014), section 2.4, for missing
    values. R ``irrCAC::fleiss.kappa.raw``; ``irr::kappam.fleiss`` when nothing is missing.
    """
    shares, _ = _chance(panel, weights)
    return _corrected(percent(panel, weights), (shares**2).sum(axis=1))


def gwet(panel: Panel, weights: Float | None = None) -> Float:
    """Return Gwet's AC1, over the categories of the scale.

    Parameters
    ----------
    panel : Panel
        Units by coders.
    weights : ndarray, shape (draws, units), or None
        How often each unit counts.

    References
    ----------
    Gwet (2008), British Journal of Mathematical and Statistical Psychology 61(1), eq. 8. R
    ``irrCAC::gwet.ac1.raw``.
    """
    shares, _ = _chance(panel, weights)
    q = len(panel.categories)
    if q < _PAIR:
        return np.full(len(shares), np.nan)
    return _corrected(percent(panel, weights), (shares * (1 - shares)).sum(axis=1) / (q - 1))


def brennan_prediger(panel: Panel, weights: Float | None = None) -> Float:
    """Return Brennan and Prediger's kappa: every category of the scale is as likely by chance.

    Parameters
    ----------
    panel : Panel
        Units by coders.
    weights : ndarray, shape (draws, units), or None
        How often each unit counts.

    References
    ----------
    Brennan & Prediger (1981), Educational and Psychological Measurement 41(3), kappa_n. R
    ``irrCAC::bp.coeff.raw``.
    """
    agreed = percent(panel, weights)
    return _corrected(agreed, np.full(len(agreed), 1 / len(panel.categories)))


def conger(panel: Panel, weights: Float | None = None) -> Float:
    """Return Conger's kappa: chance from each coder's own shares; Cohen's kappa for two.

    Parameters
    ----------
    panel : Panel
        Units by coders.
    weights : ndarray, shape (draws, units), or None
        How often each unit counts.

    References
    ----------
    Conger (1980), Psychological Bulletin 88(2), eq. 11; Gwet (2014), section 2.5, for missing
    values. R ``irrCAC::conger.kappa.raw``.
    """
    units, coders = panel.codes.shape
    q = len(panel.categories)
    w = np.ones((1, units)) if weights is None else np.asarray(weights, dtype=np.float64)
    said = (panel.codes[:, :, None] == np.arange(q)).astype(np.float64).reshape(units, -1)
    counts = (w @ said).reshape(len(w), coders, q)
    size = counts.sum(axis=2, keepdims=True)
    own = np.divide(counts, size, out=np.zeros_like(counts), where=size > 0)
    total, squares = own.sum(axis=1), (own**2).sum(axis=1)
    # A coder who is in none of a draw's units has no shares of their own.
    here = (size[:, :, 0] > 0).sum(axis=1)
    pairs = np.maximum(here * (here - 1), 1)
    chance = (total**2 - squares).sum(axis=1) / pairs
    found = _corrected(percent(panel, w), chance)
    found[here < _PAIR] = np.nan
    return found
