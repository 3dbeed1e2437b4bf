"""What effects are worth, to whom, and how sure that is: estimates into tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from evaluate.core import Direction, Estimate, Table
from evaluate.economics import (
    acceptability_tables,
    beside_tables,
    cost_tables,
    information_tables,
    measures,
    scenarios,
    sensitivity_tables,
    tables,
)
from evaluate.economics.definition import Economics
from evaluate.economics.effects import joint_effects
from evaluate.economics.valuation import Valuation, value

_PARTS: tuple[Callable[[Valuation], Iterator[Table]], ...] = (
    tables.account_tables,
    cost_tables.cost_tables,
    beside_tables.beside_tables,
    measures.measure_tables,
    sensitivity_tables.sensitivity_tables,
    scenarios.scenario_tables,
    information_tables.information_tables,
    acceptability_tables.acceptability_tables,
)


def account(
    spec: Economics,
    rows: Mapping[str, Estimate],
    *,
    seed: tuple[int, ...],
    direction: Direction = "increase",
    correlation: Mapping[tuple[str, str], float] | None = None,
) -> tuple[Table, ...]:
    """Return the account of effects as tables.

    Parameters
    ----------
    spec : Economics
        Costs, benefits and transfers, and how they are discounted.
    rows : mapping of str to Estimate
        The effects that are valued, by their key in ``spec.valued``: differences, in the
        outcome's unit. Empty where the account holds costs alone or its effects are assumed.
    seed : tuple of int
        Names the random streams of the draws.
    direction : {"increase", "decrease"}
        The desired direction of the first effect's outcome, for break-even effects.
    correlation : mapping, optional
        Of the sampling errors of pairs of effects.

    Returns
    -------
    tuple of Table
        By kind; what an account without effects cannot have is not there.

    Raises
    ------
    Refused
        If an effect is not a difference, there is no distribution to draw from, nothing says how
        two effects go together, or an amount cannot be converted.
    """
    effects = joint_effects(spec, rows, seed=seed, direction=direction, correlation=correlation)
    done = value(spec, effects, seed=seed)
    return tuple(chain.from_iterable(part(done) for part in _PARTS))
