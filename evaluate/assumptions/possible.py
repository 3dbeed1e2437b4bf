"""Assumptions that no data could meet, whatever the study is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evaluate.assumptions.definition import ByGroup
from evaluate.assumptions.scenario import Scenario
from evaluate.assumptions.shares import least_correlation, weights_for
from evaluate.assumptions.waves import extremes
from evaluate.errors import Refused

FEWEST = 2  # units in each group
MOST_ROWS = 20_000_000  # that are drawn at a time, and have to be held in memory
UNLIKE = 3.0  # times the mean beyond one person, that sizes of clusters may vary by
LEAST_TAKEN = 1e-6  # difference of the shares that take part
ROUNDING = 1e-12  # of a share
UNLIKE_COHORTS = 1e3  # times the mean effect


@dataclass(frozen=True, slots=True)
class Impossible:
    """Something that cannot be.

    Attributes
    ----------
    key : tuple of str
        Where it is assumed; of outcomes and covariates the column.
    what, why, fix : str
        What was found, why it cannot be, what to do.
    """

    key: tuple[str, ...]
    what: str
    why: str
    fix: str


def require_possible(scenario: Scenario, *, clustered: bool) -> None:
    """Refuse a scenario that no data could meet.

    Parameters
    ----------
    scenario : Scenario
        What is assumed.
    clustered : bool
        Whether the design assigns clusters.

    Raises
    ------
    Refused
        ``impossible_assumptions``, with the first reason.
    """
    for one in impossible(scenario, clustered=clustered):
        raise Refused("impossible_assumptions", f"{one.what}: {one.why}", one.fix)


def impossible(scenario: Scenario, *, clustered: bool) -> Iterator[Impossible]:
    """Yield all that no data could meet.

    Parameters
    ----------
    scenario : Scenario
        What is assumed.
    clustered : bool
        Whether the design assigns clusters.
    """
    yield from _units(scenario, clustered=clustered)
    yield from _waves(scenario)
    yield from _sizes(scenario)
    yield from _taking_part(scenario)
    yield from _covariates(scenario)
    for column in scenario.outcomes:
        yield from _outcome(scenario, column)


def _units(scenario: Scenario, *, clustered: bool) -> Iterator[Impossible]:
    if clustered != (scenario.size is not None):
        one, other = ("people", "clusters") if clustered else ("clusters", "people")
        yield Impossible(
            (one,),
            f"`{one}` is assumed",
            f"the design assigns {'clusters' if clustered else 'individuals'}",
            f"write `{other}`" + (" and `cluster_size`" if clustered else ""),
        )
    if len(scenario.waves) > 1 and abs(scenario.treated_share - 1) < ROUNDING:
        return  # all begin, and those who begin later are the comparison
    treated = scenario.units * scenario.treated_share
    within = f" in {scenario.strata} strata" if scenario.strata > 1 else ""
    sides = min(treated, scenario.units - treated)
    if int(sides + ROUNDING * scenario.units) < max(FEWEST, scenario.strata):
        yield Impossible(
            ("treated_share",) if scenario.strata == 1 else ("strata",),
            f"{scenario.units} units{within} with a treated share of"
            f" {scenario.treated_share:g} are assumed",
            "there must be two units in each group, and one of each in every stratum",
            "assume more units, fewer strata or a share nearer to a half",
        )


def _waves(scenario: Scenario) -> Iterator[Impossible]:
    late = [one.period for one in scenario.waves if one.period > scenario.periods]
    if late:
        yield Impossible(
            ("rollout", "starts"),
            f"units begin in period {late[0]} of {scenario.periods}",
            "who begins after the last period is never seen treated",
            "correct the period, or assume more `periods`",
        )
    if scenario.waves and scenario.treated_share > 1 + ROUNDING:
        yield Impossible(
            ("rollout", "starts"),
            "more units begin than there are",
            "each unit begins once, or never",
            "correct the numbers of units that begin, or assume more units",
        )
    if not late and not min(extremes(scenario)) > -UNLIKE_COHORTS:
        yield Impossible(
            ("rollout", "growth"),
            f"effects grow by {scenario.growth:g} of the first with each period",
            "their mean over treated cells would be about zero, and it is what is assumed",
            "let effects shrink less",
        )


def _sizes(scenario: Scenario) -> Iterator[Impossible]:
    size = scenario.size
    rows = scenario.units * scenario.periods * (1.0 if size is None else size.mean)
    if rows > MOST_ROWS:
        yield Impossible(
            ("people",) if size is None else ("clusters",),
            f"{rows:.3g} rows are assumed",
            f"no more than {MOST_ROWS // 1_000_000} million can be drawn at a time",
            "assume fewer: precision is no question where there are so many",
        )
    if size is not None and size.sd > 0.5 + UNLIKE * (size.mean - 1):
        yield Impossible(
            ("cluster_size",),
            f"clusters of {size.mean:g} people in the mean vary by {size.sd:g}",
            "each holds at least one person, and nearly all would hold just that one",
            "correct the mean, or assume a smaller `sd`",
        )


def _taking_part(scenario: Scenario) -> Iterator[Impossible]:
    by = scenario.received
    if by is not None and by.treated - by.comparison < LEAST_TAKEN:
        yield Impossible(
            ("received",),
            "no more of those treated than of the others are assumed to take part",
            "an offer that nobody takes up cannot have an effect",
            "assume a larger share under `treated`",
        )


def _covariates(scenario: Scenario) -> Iterator[Impossible]:
    for column, one in scenario.covariates.items():
        if one.sd is None and not 0 < one.mean < 1:
            yield Impossible(
                ("covariates", column, "mean"),
                f"the mean of the yes or no is {one.mean:g}",
                "a covariate without `sd` is a yes or no, and its mean a share between 0 and 1",
                "give `sd`, or a share",
            )
    strength = sum(one.strength for one in scenario.covariates.values())
    if strength >= 1:
        yield Impossible(
            ("covariates",),
            f"together the covariates explain {strength:g} of the variance",
            "they are independent of each other, and something must be left to chance",
            "lower `strength` until the sum is below 1",
        )


def _outcome(scenario: Scenario, column: str) -> Iterator[Impossible]:
    one, key = scenario.outcomes[column], ("outcomes", column)
    if scenario.size is None and one.icc:
        yield Impossible(
            (*key, "icc"),
            f"`icc` is {one.icc:g} and individuals are assumed",
            "correlation within clusters needs clusters",
            "delete `icc`, or assume `clusters`",
        )
    if isinstance(one.missing, ByGroup) and 1 in (one.missing.treated, one.missing.comparison):
        yield Impossible(
            (*key, "missing"),
            "nobody in one of the groups is assumed to have an outcome",
            "there would be nothing to compare",
            "assume a share below 1",
        )
    if one.sd is not None:
        yield from _over_time(scenario, column)
        return
    by = scenario.received
    raised = one.effect / (1.0 if by is None else max(by.treated - by.comparison, 1e-9))
    shares = [(one.baseline, "baseline")]
    shares += [(one.baseline + raised * times, "effect") for times in (1.0, *extremes(scenario))]
    later = (one.trend, one.trend + one.diverging)
    shares += [(one.baseline + (scenario.periods - 1) * each, "trend") for each in later]
    shares += [(shares[-1][0] + raised * times, "trend") for times in extremes(scenario)]
    for share, name in shares:
        if not -ROUNDING <= share <= 1 + ROUNDING:
            among = " among those who take part" if by and name == "effect" else ""
            yield Impossible(
                (*key, name),
                f"the share {'with' if name == 'effect' else 'without'} the programme{among}"
                f" is {share:g}",
                "an outcome without `sd` is a yes or no, and its share lies in 0..1",
                f"correct `{name}`, or give `sd` if the outcome is a number",
            )
            return
    yield from _explained(scenario, column)


def _explained(scenario: Scenario, column: str) -> Iterator[Impossible]:
    covariates, one = tuple(scenario.covariates.values()), scenario.outcomes[column]
    if any(True for _ in _covariates(scenario)):
        return
    try:
        weights_for(one.baseline, one.icc, covariates)
    except Refused as refusal:
        key = ("outcomes", column)
        yield Impossible(key, "a yes or no is explained too well", refusal.why, refusal.fix)
        return
    yield from _over_time(scenario, column)


def _over_time(scenario: Scenario, column: str) -> Iterator[Impossible]:
    """Find values of a person that are less alike over time than covariates make them."""
    again, covariates = scenario.outcomes[column].autocorrelation, scenario.covariates.values()
    if scenario.size is not None or scenario.periods == 1 or again is None:
        return
    least = least_correlation(scenario.outcomes[column], tuple(covariates))
    if again < least - ROUNDING:
        yield Impossible(
            ("outcomes", column, "autocorrelation"),
            f"a correlation of {again:g} over time is assumed, and covariates give {least:.3g}",
            "they do not change, so that what they explain of a person is the same each time",
            "assume a higher `autocorrelation`, or less `strength`",
        )
