"""Which figure moves society's net most, and at which value the answer turns."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evaluate.core import Cell, Estimate, Table
from evaluate.economics.discount import Step, discount_factors
from evaluate.economics.figures import Figure, figures, net_at
from evaluate.economics.internal_rates import irr
from evaluate.economics.tables import table
from evaluate.economics.valuation import Floats, Valuation

LOW_RATE, HIGH_RATE = 0.02, 0.05
_LIMITS = (0.025, 0.975)
_ROUNDING = 1e-12
_NAME = "schedule"


def sensitivity_tables(done: Valuation) -> Iterator[Table]:
    """Yield the tornado of society's net."""
    bars = sorted(_bars(done), key=lambda bar: (_narrow(bar), bar["parameter"]))
    if any(bar["parameter"] != _NAME for bar in bars):
        yield table(done.spec, "tornado", bars)


def _narrow(bar: dict[str, Cell]) -> float:
    """Return what sorts wide bars first; those as wide as each other but for rounding go by name."""
    swing = bar.get("swing")
    return -np.inf if swing is None else -float(f"{swing:.9g}")


def _bars(done: Valuation) -> Iterator[dict[str, Cell]]:
    """Yield a bar for each effect, uncertain figure and the discount rate, the others as stated.

    Effects go to their published confidence limits, figures to their 2.5 and 97.5 % quantiles,
    the rate from 2 to 5 % in all years.
    """
    for place, row in enumerate(done.effects.rows):
        if row is not None:
            yield _effect(done, place, row)
    for figure in figures(done):
        yield _figure(done, figure)
    yield _rate(done)


def _effect(done: Valuation, place: int, row: Estimate) -> dict[str, Cell]:
    fixed, slope = done.line(done.society, place)
    if not np.isfinite([row.conf_low, row.conf_high]).all():
        return {"parameter": done.effects.names[place], "state": "unbounded"}
    ends = fixed + slope * np.array([row.conf_low, row.conf_high])
    name, unit = done.effects.names[place], done.effects.units[place]
    found = _bar(name, (row.conf_low, row.conf_high), unit, ends)
    return found | _switch(-fixed / slope if slope else None)


def _figure(done: Valuation, figure: Figure) -> dict[str, Cell]:
    low, high = figure.quantiles(_LIMITS)
    ends = net_at(done, figure, [low, high])
    found = _bar(figure.name, (float(low), float(high)), figure.unit, ends)
    return found | _switch(_root(low, high, ends), least=0.0, most=figure.most)


def _root(low: float, high: float, ends: Floats) -> float | None:
    """Return where the straight line through two ends is 0; none where it is level."""
    rise = float(ends[1] - ends[0])
    if abs(rise) <= _ROUNDING * float(np.abs(ends).max()):
        return None
    return float(low - ends[0] * (high - low) / rise)


def _rate(done: Valuation) -> dict[str, Cell]:
    net = done.ledger.net[done.society]
    flow = (net * done.multipliers()[:, None]).sum(axis=0) / done.factors
    years = np.arange(flow.size)
    ends = np.array(
        [
            flow @ discount_factors([Step(None, rate)], years, timing=done.spec.timing)
            for rate in (LOW_RATE, HIGH_RATE)
        ]
    )
    found = _bar(_NAME, (LOW_RATE, HIGH_RATE), "share", ends)
    roots = irr(flow)
    if roots.state == "ambiguous":
        return found | {"switching": None, "state": "ambiguous"}
    return found | _switch(roots.rates[0] if roots.rates else None)


def _bar(name: str, values: tuple[float, float], unit: str, ends: Floats) -> dict[str, Cell]:
    return {
        "parameter": name,
        "low_value": values[0],
        "high_value": values[1],
        "unit": unit,
        "net_low": float(ends[0]),
        "net_high": float(ends[1]),
        "swing": float(abs(ends[1] - ends[0])),
    }


def _switch(root: float | None, *, least: float = -np.inf, most: float = np.inf) -> dict[str, Cell]:
    """Return the switching value where there is one that the figure can take."""
    if root is None:
        return {"switching": None, "state": "none"}
    if not (least <= root <= most and np.isfinite(root)):
        return {"switching": None, "state": "out_of_range"}
    return {"switching": root, "state": ""}
