"""How unequal trends may be before a conclusion breaks, and the intervals up to there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.honest_coefficients import EventCoefficients, require_definite
from evaluate.inference.honest_relative import Inverted, relative_interval
from evaluate.inference.honest_smoothness import frontier, shortest_interval
from evaluate.inference.t import t_quantile

Restriction = Literal["relative_magnitudes", "smoothness"]

RELATIVE = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
_BENDS = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0)
_DOUBLINGS = 80


@dataclass(frozen=True, slots=True)
class HonestRow:
    """The interval of the overall effect when trends may differ by so much.

    Attributes
    ----------
    m : float
        Under relative magnitudes how many times the largest difference before the reference;
        under smoothness the change of the difference from period to period, in the outcome's
        unit.
    conf_low, conf_high : float
        Outermost values that are not rejected.
    connected : bool
        Whether no value between them is rejected.
    """

    m: float
    conf_low: float
    conf_high: float
    connected: bool = True

    @property
    def excludes_zero(self) -> bool:
        """Return whether the interval lies on one side of zero."""
        return self.conf_low > 0 or self.conf_high < 0


@dataclass(frozen=True, slots=True)
class Honest:
    """The curve of intervals, and where it reaches zero.

    Attributes
    ----------
    restriction : {"relative_magnitudes", "smoothness"}
        What the difference in trends may do.
    original : HonestRow
        The interval when trends are equal, with m = 0.
    rows : tuple of HonestRow
        By m.
    breakdown : float or None
        Smallest m whose interval holds zero; ``None`` when that of m = 0 does already.
    conf_level : float
        Coverage probability.
    """

    restriction: Restriction
    original: HonestRow
    rows: tuple[HonestRow, ...]
    breakdown: float | None
    conf_level: float


def honest(
    events: EventCoefficients,
    restriction: Restriction,
    m: Sequence[float] | None = None,
    *,
    conf_level: float = 0.95,
) -> Honest:
    """Return the intervals of the overall effect that hold when trends are not equal.

    Deterministic: no critical value is simulated.

    Parameters
    ----------
    events : EventCoefficients
        Effects by event time, as ``event_coefficients`` gives them.
    restriction : {"relative_magnitudes", "smoothness"}
        Whether the difference in trends grows after the reference by no more per period than m
        times the most that it did before, or changes its slope by no more than m per period.
    m : sequence of float or None
        Values, not negative. ``None`` takes 0 to 2 for relative magnitudes, and for smoothness
        0 to 2 times the largest bend seen before the reference.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``one_pre_period`` when no coefficient lies before the reference: nothing tells how
        trends differed then; ``no_period_after`` when all weights are 0;
        ``singular_covariance`` as in ``event_coefficients``.

    References
    ----------
    Rambachan & Roth (2023), Review of Economic Studies 90(5), 2555-2591. R
    ``HonestDiD::createSensitivityResults_relativeMagnitudes`` and
    ``createSensitivityResults(method = "FLCI")``.
    """
    if not events.n_pre:
        raise Refused(
            "one_pre_period",
            "one period before the start is all there is, which shows no trend to judge by",
            "use data with at least two periods before the start",
        )
    if not events.n_post or not events.weights.any():
        raise Refused(
            "no_period_after",
            "no event time after the reference period has a weight in the overall effect",
            "use data that reach past the start",
        )
    require_definite(events.covariance)
    at = _intervals(events, restriction, conf_level)
    values = _values(events, restriction) if m is None else m
    rows = tuple(at(float(one)) for one in values)
    half = t_quantile((1 + conf_level) / 2, None) * events.std_error
    original = HonestRow(0.0, events.overall - half, events.overall + half)
    return Honest(restriction, original, rows, _breakdown(at, events, restriction), conf_level)


def _intervals(
    events: EventCoefficients, restriction: Restriction, conf_level: float
) -> Callable[[float], HonestRow]:
    """Return what gives the interval by m."""
    if restriction == "relative_magnitudes":

        def relative(m: float) -> HonestRow:
            found: Inverted = relative_interval(events, m, conf_level)
            return HonestRow(m, found.conf_low, found.conf_high, found.connected)

        return relative
    curve = frontier(events)

    def smooth(m: float) -> HonestRow:
        centre, half = shortest_interval(events, curve, m, conf_level)
        return HonestRow(m, centre - half, centre + half)

    return smooth


def _values(events: EventCoefficients, restriction: Restriction) -> tuple[float, ...]:
    if restriction == "relative_magnitudes":
        return RELATIVE
    before = np.append(events.effect[: events.n_pre], 0.0)
    # With one coefficient there is no bend to see: the only slope stands for it.
    seen = float(np.abs(np.diff(before, n=min(2, events.n_pre))).max())
    return tuple(one * (seen or events.std_error) for one in _BENDS)


def _breakdown(
    at: Callable[[float], HonestRow], events: EventCoefficients, restriction: Restriction
) -> float | None:
    """Return the smallest m whose interval holds zero: a bracket by doubling, then its root."""
    from scipy.optimize import brentq

    first = at(0.0)
    if not first.excludes_zero:
        return None

    def clear(m: float) -> float:
        row = at(m)
        return row.conf_low if first.conf_low > 0 else -row.conf_high

    # Far enough any interval holds zero: its half-width grows in proportion to m.
    scale = 1.0 if restriction == "relative_magnitudes" else _unit(events)
    low, high = 0.0, scale / 4
    for _ in range(_DOUBLINGS):
        if clear(high) <= 0:
            break
        low, high = high, 2 * high
    return float(brentq(clear, low, high, xtol=1e-13 * scale, rtol=1e-13))


def _unit(events: EventCoefficients) -> float:
    return events.std_error / float(np.abs(events.weights).sum())
