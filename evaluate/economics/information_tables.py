"""What it would be worth to know more before deciding on the programme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Cell, Table
from evaluate.economics.discount import discount_factors
from evaluate.economics.figures import expected_at, expected_sizes, figures
from evaluate.economics.information import evpi, evppi, population_evpi
from evaluate.economics.schedules import rates, steps
from evaluate.economics.tables import table
from evaluate.economics.valuation import Floats, Valuation

ALL = "all"
_GRID = (np.arange(10_000) + 0.5) / 10_000


def information_tables(done: Valuation) -> Iterator[Table]:
    """Yield the value of perfect information; none where the effect itself was not estimated.

    The choice is between the programme, whose net benefit is society's net present value, and
    usual care, whose net benefit is 0.
    """
    if done.effects.drawn:
        yield table(done.spec, "information", _rows(done))


def _rows(done: Valuation) -> Iterator[dict[str, Cell]]:
    people = _people(done)
    for parameter, value in values(done).items():
        yield {
            "parameter": parameter,
            "value": value,
            "population": None if people is None else population_evpi(value, *people),
        }


def _people(done: Valuation) -> tuple[float, NDArray[np.float64]] | None:
    """Return the participants of a year, and the discount factors of the years that decide."""
    decisions = done.spec.decisions
    if decisions is None:
        return None
    years = np.arange(decisions.years)
    factors = discount_factors(steps(rates(done.spec)), years, timing=done.spec.timing)
    return decisions.per_year, factors


def values(done: Valuation) -> Mapping[str, float]:
    """Return what knowing is worth, for each participant: all, then each effect and figure.

    Parameters
    ----------
    done : Valuation
        The account, with draws of at least one effect.

    Returns
    -------
    mapping of str to float
        Money, in order of size but for the first. No part is worth more than the whole.
    """
    draws = done.draws(done.society)
    whole, mean = evpi(_choice(draws)), float(draws.mean())
    parts = {}
    for place, name in enumerate(done.effects.names):
        if done.effects.rows[place] is not None:
            parts[name] = _of_effect(done, place, draws)
    for figure in figures(done):
        expected = expected_at(done, figure, figure.quantiles(_GRID))
        # The same expectation as that of the draws: the best choice without knowing is one.
        parts[figure.name] = evpi(_choice(expected - expected.mean() + mean))
    parts = {name: min(value, whole) for name, value in parts.items()}
    return {ALL: whole, **dict(sorted(parts.items(), key=lambda part: -part[1]))}


def _of_effect(done: Valuation, place: int, draws: Floats) -> float:
    """Return what knowing one effect is worth.

    One effect alone goes with nothing else, so that society's net given the effect is a straight
    line; of several the others are expected given the one.
    """
    known = done.effects.draws[:, place]
    if sum(row is not None for row in done.effects.rows) > 1:
        return evppi(_choice(draws), known)
    each = done.ledger.net[done.society].sum(axis=1) * expected_sizes(done)
    slope = float(each[done.flows.follows == place].sum())
    return evpi(_choice(slope * (known - known.mean()) + draws.mean()))


def _choice(net: Floats) -> Floats:
    """Return the net benefit of usual care, which is 0, and of the programme."""
    return np.column_stack([np.zeros_like(net), net])
