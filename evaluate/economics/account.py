"""What an effect is worth, to whom, and how sure that is: an estimate into tables."""

from __future__ import annotations

from evaluate.core import Direction, Estimate, Table
from evaluate.economics import tables
from evaluate.economics.definition import Economics
from evaluate.economics.valuation import value


def account(
    spec: Economics,
    estimate: Estimate,
    *,
    seed: tuple[int, ...],
    direction: Direction = "increase",
) -> tuple[Table, ...]:
    """Return the account of an effect as tables.

    Parameters
    ----------
    spec : Economics
        Costs, benefits and transfers, and how they are discounted.
    estimate : Estimate
        The effect that is valued: a difference, in the outcome's unit.
    seed : tuple of int
        Names the random stream of the draws.
    direction : {"increase", "decrease"}
        The desired direction of the outcome, for break-even effects.

    Returns
    -------
    tuple of Table
        ``economics.accounts``, ``cash_flow``, ``distribution``, ``break_even``, ``inputs`` and
        ``schedule``.

    Raises
    ------
    Refused
        If the effect is not a difference, or there is no distribution to draw from.
    """
    done = value(spec, estimate, seed=seed, direction=direction)
    return (
        tables.accounts(spec, done),
        tables.cash_flow(spec, done),
        tables.distribution(spec, done),
        tables.break_even(spec, done, estimate.unit),
        tables.inputs(spec),
        tables.schedule(spec),
    )
