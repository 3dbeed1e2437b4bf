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

ROUNDING = 1e-12  # of a share


@dataclass(frozen=True, slots=True)
class Wave:
    """Units that begin in the same period.

    Attributes
    ----------
    period : int
        First treated period, from 1.
    share : float
        Of all units.
    times : float
        Effects of this wave, as a multiple of those of a wave with 1.
    """

    period: int
    share: float
    times: float = 1.0


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
    waves : tuple of Wave
        Who begins when; ``treated_share`` is their sum. Empty: the treated begin spread over
        all periods but the first.
    growth : float
        What each further period adds to an effect, as a share of that in the first.
    """

    units: int
    size: ClusterSize | None
    outcomes: Mapping[str, AssumedOutcome]
    covariates: Mapping[str, AssumedCovariate] = field(default_factory=dict)
    treated_share: float = 0.5
    strata: int = 1
    periods: int = 1
    received: ByGroup | None = None
    waves: tuple[Wave, ...] = ()
    growth: float = 0.0


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
    units = assumptions.clusters or assumptions.people or 0
    starts = assumptions.rollout.starts if assumptions.rollout else ()
    waves = tuple(Wave(one.period, one.units / units, one.times) for one in starts)
    return Scenario(
        units=units,
        size=ClusterSize(mean=size) if isinstance(size, float | int) else size,
        outcomes={columns[key]: one for key, one in assumptions.outcomes.items() if key in columns},
        covariates=assumptions.covariates,
        treated_share=_whole(sum(one.share for one in waves)) or assumptions.treated_share,
        strata=assumptions.strata,
        periods=assumptions.periods,
        received=assumptions.received,
        waves=waves,
        growth=assumptions.rollout.growth if assumptions.rollout else 0.0,
    )


def _whole(share: float) -> float:
    """Return 1 where shares of all units sum to it but for rounding."""
    return 1.0 if abs(share - 1) < ROUNDING else share


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
    share = other.treated_share or scenario.treated_share
    scale = share / scenario.treated_share
    return replace(
        scenario,
        units=other.clusters or other.people or scenario.units,
        size=scenario.size
        if size is None
        else ClusterSize(mean=size)
        if isinstance(size, float | int)
        else size,
        outcomes=outcomes,
        treated_share=share,
        waves=tuple(replace(one, share=one.share * scale) for one in scenario.waves),
    )
