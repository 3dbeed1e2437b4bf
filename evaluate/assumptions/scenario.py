"""One set of assumptions by column, as generators take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from evaluate.assumptions.definition import (
    Alternative,
    AssumedCovariate,
    AssumedOutcome,
    Assumptions,
    ByGroup,
    ClusterSize,
)


@dataclass(frozen=True, slots=True)
class Scenario:
    """What one draw of a study is made from.

    Attributes
    ----------
    units : int
        Assigned units: clusters, or individuals.
    size : ClusterSize or None
        People in a cluster; ``None`` where individuals are assigned.
    treated_share : float
        Share of the units that is treated.
    strata, periods : int
        Blocks of equal size; periods seen.
    outcomes : mapping of str to AssumedOutcome
        By column in the rows.
    covariates : mapping of str to AssumedCovariate
        By column in the rows.
    received : ByGroup or None
        Share that takes part.
    """

    units: int
    size: ClusterSize | None
    outcomes: Mapping[str, AssumedOutcome]
    covariates: Mapping[str, AssumedCovariate] = field(default_factory=dict)
    treated_share: float = 0.5
    strata: int = 1
    periods: int = 1
    received: ByGroup | None = None


def scenario_of(assumptions: Assumptions, columns: Mapping[str, str]) -> Scenario:
    """Return a study's assumptions by column.

    Parameters
    ----------
    assumptions : Assumptions
        The study's block.
    columns : mapping of str to str
        Column of each outcome that is drawn, by its key.
    """
    size = assumptions.cluster_size
    return Scenario(
        units=assumptions.clusters or assumptions.people or 0,
        size=ClusterSize(mean=size) if isinstance(size, float | int) else size,
        outcomes={columns[key]: one for key, one in assumptions.outcomes.items() if key in columns},
        covariates=assumptions.covariates,
        treated_share=assumptions.treated_share,
        strata=assumptions.strata,
        periods=assumptions.periods,
        received=assumptions.received,
    )


def alternative_of(scenario: Scenario, other: Alternative, primary: str) -> Scenario:
    """Return a scenario with what an alternative changes.

    Parameters
    ----------
    scenario : Scenario
        The study's own.
    other : Alternative
        What is changed; what it leaves out stays.
    primary : str
        Column of the outcome that its effect is on.
    """
    size = other.cluster_size
    outcomes = dict(scenario.outcomes)
    if other.icc is not None:
        outcomes = {k: one.model_copy(update={"icc": other.icc}) for k, one in outcomes.items()}
    if other.effect is not None and primary in outcomes:
        outcomes[primary] = outcomes[primary].model_copy(update={"effect": other.effect})
    return replace(
        scenario,
        units=other.clusters or other.people or scenario.units,
        size=scenario.size
        if size is None
        else ClusterSize(mean=size)
        if isinstance(size, float | int)
        else size,
        outcomes=outcomes,
        treated_share=other.treated_share or scenario.treated_share,
    )
