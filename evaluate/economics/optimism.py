"""The chain of a benefit, and corrections for optimism by the grade of the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from evaluate.economics.finite import finite
from evaluate.economics.returns import benefit_cost_ratio
from evaluate.parameters.table import parameter


@dataclass(frozen=True, slots=True)
class Corrected:
    """Benefit and cost after correction.

    Attributes
    ----------
    benefit, cost, net : float
        Present values.
    ratio : float or None
        Benefit over cost; see :func:`evaluate.economics.returns.benefit_cost_ratio`.
    benefit_share, cost_share : float
        What was taken off the benefit and added to the cost, as shares; 0 where uncertainty is
        carried by draws.
    """

    benefit: float
    cost: float
    net: float
    ratio: float | None
    benefit_share: float
    cost_share: float


def worst_grade(*grades: int) -> int:
    """Return the grade of evidence that has several components: the worst of theirs.

    Parameters
    ----------
    *grades : int
        1, best, to 6; of the source, its age and its known error.

    Returns
    -------
    int
        The largest.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> worst_grade(2, 5, 1)
    5
    """
    if not grades:
        raise ValueError("a grade needs at least one component")
    return max(grades)


def shipped_corrections() -> dict[int, float]:
    """Return the correction of each grade from the shipped parameter tables.

    Returns
    -------
    dict of int to float
        Grades 1 to 6, shares. Their status stands in the parameter table.

    Examples
    --------
    >>> shipped_corrections()[5]
    0.25
    """
    grades = range(1, 7)
    return {one: parameter(f"gmca_grade_{one}_correction").value for one in grades}


def corrected(
    benefit: float,
    cost: float,
    *,
    grades: tuple[int, int],
    table: Mapping[int, float] | None = None,
    uncertainty: Literal["ob", "psa"] = "ob",
) -> Corrected:
    """Return benefit and cost corrected for optimism.

    A correction makes an account worse, never better: a harm grows by its share, and a saving
    shrinks by it.

    Parameters
    ----------
    benefit, cost : float
        Present values; a cost is a positive number.
    grades : (int, int)
        Grade of the evidence on the benefit, and on the cost.
    table : mapping of int to float, optional
        Correction of each grade, as a share; the shipped one without it.
    uncertainty : {"ob", "psa"}
        ``"psa"``: the draws are already as wide as the evidence is poor, so nothing is corrected.

    Returns
    -------
    Corrected
        Benefit × (1 − share), cost × (1 + share), and what follows from them.

    Raises
    ------
    ValueError
        If the table lacks a grade, or its share is not between 0 and 1.

    References
    ----------
    HM Treasury (2014), Supporting public service transformation: cost benefit analysis guidance
    for local partnerships, optimism bias. In R: ``benefit * (1 - ob)``, ``cost * (1 + ob)``.

    Examples
    --------
    >>> found = corrected(3e6, 1.2e6, grades=(5, 3), table={3: 0.1, 5: 0.25})
    >>> found.benefit, found.cost, round(found.ratio, 4)
    (2250000.0, 1320000.0, 1.7045)
    """
    known = shipped_corrections() if table is None else table
    if not set(grades) <= set(known):
        raise ValueError("the table of corrections has no such grade")
    shares = [known[grade] if uncertainty == "ob" else 0.0 for grade in grades]
    if not all(0 <= share <= 1 for share in shares):
        raise ValueError("corrections are shares between 0 and 1")
    less = benefit - shares[0] * abs(benefit)
    more = cost + shares[1] * abs(cost)
    return Corrected(less, more, less - more, benefit_cost_ratio(less, more)[0], *shares)


def penalised_twice(
    corrected_inputs: Iterable[str], drawn_inputs: Iterable[str]
) -> tuple[str, ...]:
    """Return the inputs that are both corrected for optimism and drawn from a distribution.

    Parameters
    ----------
    corrected_inputs, drawn_inputs : iterable of str
        Names of inputs.

    Returns
    -------
    tuple of str
        In order; empty where no input pays twice for the same doubt.

    Examples
    --------
    >>> penalised_twice(["earnings", "cost"], ["earnings"])
    ('earnings',)
    """
    return tuple(sorted(set(corrected_inputs) & set(drawn_inputs)))


def benefit_chain(
    *,
    population: float,
    engaged: float,
    need: float,
    impact: float,
    deadweight: float,
    unit_value: float,
    optimism: float = 0.0,
) -> float:
    """Return the benefit of a programme from the links between its population and its effect.

    Parameters
    ----------
    population : float
        Persons whom it is for.
    engaged, need : float
        Share who take part, and share of them who have the need, 0 to 1.
    impact : float
        Share of those whose outcome changes, −1 to 1; negative where the programme harms.
    deadweight : float
        Share of the impact that would have come about anyway, 0 to 1.
    unit_value : float
        Of one changed outcome.
    optimism : float
        Share taken off a benefit and added to a harm, 0 to 1.

    Returns
    -------
    float
        Population × engaged × need × impact × (1 − deadweight) × unit value × (1 − optimism).

    Raises
    ------
    ValueError
        If a share is not between its limits.

    References
    ----------
    HM Treasury (2014), Supporting public service transformation: cost benefit analysis guidance
    for local partnerships, ch. 7. In R: the product.

    Examples
    --------
    >>> benefit_chain(
    ...     population=1_000, engaged=0.5, need=0.4, impact=0.1, deadweight=0.25, unit_value=100
    ... )
    1500.0
    """
    shares = finite("shares", [engaged, need, deadweight, optimism, abs(impact)])
    if (shares < 0).any() or (shares > 1).any():
        raise ValueError("shares lie between 0 and 1, the impact between -1 and 1")
    gross = population * engaged * need * impact * (1 - deadweight) * unit_value
    return float(finite("population and unit value", gross)) - optimism * abs(gross)
