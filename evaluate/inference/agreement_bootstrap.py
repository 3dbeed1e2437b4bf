"""Intervals of agreement: units are drawn again, with replacement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evaluate.inference.agreement_panel import Float, Panel

MOST_UNDEFINED = 0.05  # share of draws without variation above which no interval is given
LEAST_UNITS = 5  # units that two coders share, below which drawing again says too little
_AT_ONCE = 2_000_000  # cells of an array of draws, to keep memory small

Coefficient = Callable[[Panel, Float | None], Float]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient with its interval.

    Attributes
    ----------
    value, low, high : float or None
        Absent with the reason in ``state``.
    n_units, n_coders : int
        Units that two or more coders spoke of; coders.
    state : str or None
        ``all_equal`` where nothing varies; ``too_few_units`` or ``too_few_varied_draws`` where
        there is a value but no interval.
    """

    value: float | None
    low: float | None
    high: float | None
    n_units: int
    n_coders: int
    state: str | None


def agreement(
    panel: Panel,
    coefficient: Coefficient,
    rng: np.random.Generator,
    *,
    draws: int = 9999,
    conf_level: float = 0.95,
) -> Agreement:
    """Return a coefficient with a bootstrap interval over units.

    As many units as there are are drawn with replacement, each with all that was said of it; the
    limits are percentiles of the coefficient over the draws in which it is defined. The scale
    stays that of the panel. Where more than a twentieth of the draws have no variation, or fewer
    than five units are shared, there is a value and no interval.

    Parameters
    ----------
    panel : Panel
        Units by coders.
    coefficient : callable
        ``(panel, weights of shape (draws, units)) -> ndarray of shape (draws,)``.
    rng : numpy.random.Generator
        The stream of the draws.
    draws : int
        Their number.
    conf_level : float
        Coverage probability, in (0, 1).

    References
    ----------
    Efron & Tibshirani (1993), An Introduction to the Bootstrap, section 13.3 (percentiles);
    Zapf et al. (2016), BMC Medical Research Methodology 16:93, for alpha and Fleiss' kappa.
    """
    value = float(coefficient(panel, None)[0])
    shared, coders = panel.n_shared, len(panel.coders)
    if np.isnan(value):
        return Agreement(None, None, None, shared, coders, "all_equal")
    if shared < LEAST_UNITS:
        return Agreement(value, None, None, shared, coders, "too_few_units")
    found = replicates(panel, coefficient, rng, draws)
    defined = found[~np.isnan(found)]
    if len(defined) < (1 - MOST_UNDEFINED) * len(found):
        return Agreement(value, None, None, shared, coders, "too_few_varied_draws")
    tail = (1 - conf_level) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Agreement(value, float(low), float(high), shared, coders, None)


def replicates(
    panel: Panel, coefficient: Coefficient, rng: np.random.Generator, draws: int
) -> Float:
    """Return the coefficient in each draw of units, NaN where it is undefined.

    Parameters
    ----------
    panel : Panel
        Units by coders.
    coefficient : callable
        As in ``agreement``.
    rng : numpy.random.Generator
        The stream of the draws.
    draws : int
        Their number.
    """
    groups = np.arange(len(panel.codes)) if panel.groups is None else panel.groups
    units = int(groups.max()) + 1
    even = np.full(units, 1 / units)
    step = max(1, _AT_ONCE // len(groups))
    parts = [
        coefficient(
            panel, rng.multinomial(units, even, min(step, draws - start))[:, groups].astype(float)
        )
        for start in range(0, draws, step)
    ]
    return np.concatenate(parts) if parts else np.empty(0)
