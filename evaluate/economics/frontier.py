"""Which options are worth comparing: dominance and the efficient frontier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from numpy.typing import ArrayLike

from evaluate.economics.finite import finite

Dominance = Literal["ND", "ED", "D", "duplicate"]
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Option:
    """One option among those compared.

    Attributes
    ----------
    name : str
        As given.
    cost, effect : float
        Means.
    status : str
        ``"ND"``: on the frontier; ``"D"``: another option costs no more and does no less;
        ``"ED"``: a mix of two others does; ``"duplicate"``: same cost and effect as an earlier one.
    icer : float or None
        Cost of one more unit of effect than ``against``; only on the frontier, above its first.
    against : str or None
        The option below it on the frontier.
    """

    name: str
    cost: float
    effect: float
    status: Dominance
    icer: float | None = None
    against: str | None = None


def frontier(names: Sequence[str], costs: ArrayLike, effects: ArrayLike) -> tuple[Option, ...]:
    """Return every option with its dominance, by rising cost.

    Parameters
    ----------
    names : sequence of str
        One for each option, all different.
    costs, effects : array_like, shape (k,)
        Means; a larger effect is better.

    Returns
    -------
    tuple of Option
        By cost, then from the larger effect down. Options on one line with their neighbours stay.

    Raises
    ------
    ValueError
        If there is no option, a name occurs twice, or the lengths differ.

    References
    ----------
    Drummond et al. (2015), ch. 4; Johannesson and Weinstein (1993), J. Health Economics 12(4). In
    R: ``dampack::calculate_icers(cost, effect, strategies)``.

    Examples
    --------
    >>> [one.status for one in frontier(["usual", "mentor", "SMS"], [0, 900, 200], [0, 6, 1])]
    ['ND', 'ED', 'ND']
    """
    cost, effect = finite("costs", costs), finite("effects", effects)
    if not cost.shape == effect.shape == (len(names),) or not names:
        raise ValueError("each option has one cost and one effect")
    if len(set(names)) < len(names):
        raise ValueError("each option has a name of its own")
    order = sorted(range(len(names)), key=lambda k: (cost[k], -effect[k]))
    options = [Option(names[k], float(cost[k]), float(effect[k]), "D") for k in order]
    live: list[int] = []
    for i, one in enumerate(options):
        if live and one.effect <= options[live[-1]].effect:
            same = [other for other in options[:i] if _same(one, other)]
            options[i] = replace(one, status="duplicate" if same else "D")
        else:
            live.append(i)
    kept = _hull(options, live)
    for i in live:
        options[i] = replace(options[i], status="ND" if i in kept else "ED")
    for below, i in pairwise(kept):
        ratio = _ratio(options[below], options[i])
        options[i] = replace(options[i], icer=ratio, against=options[below].name)
    return tuple(options)


def _hull(options: Sequence[Option], live: Sequence[int]) -> list[int]:
    """Return the undominated options between which the cost of one more unit never falls."""
    kept: list[int] = []
    for i in live:
        while len(kept) > 1:
            before = _ratio(options[kept[-2]], options[kept[-1]])
            after = _ratio(options[kept[-1]], options[i])
            if before <= after * (1 + _ROUNDING):
                break
            kept.pop()
        kept.append(i)
    return kept


def _ratio(below: Option, above: Option) -> float:
    return (above.cost - below.cost) / (above.effect - below.effect)


def _same(one: Option, other: Option) -> bool:
    return (one.cost, one.effect) == (other.cost, other.effect)
