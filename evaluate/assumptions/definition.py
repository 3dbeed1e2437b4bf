"""The shape of ``assumptions:`` in ``study.yaml``: what is expected before any data are seen."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from evaluate.assumptions.register_definition import Register
from evaluate.core import Name, Slug, Strict, Text

ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
LARGEST = 1e15  # beyond it sums of squares lose what they are about
Amount = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
Spread = Annotated[float, Field(gt=0, le=LARGEST)]
Size = Annotated[float, Field(ge=1, le=10_000_000)]
Share = Annotated[float, Field(ge=0, lt=1)]
Correlation = Annotated[float, Field(ge=0, lt=1)]


class ByGroup(Strict):
    """One share for each group."""

    treated: Annotated[float, Field(ge=0, le=1)] = Field(description="Of those treated.")
    comparison: Annotated[float, Field(ge=0, le=1)] = Field(description="Of the others.")


class ClusterSize(Strict):
    """How many people a cluster holds: at least one; of unlike sizes a gamma variable, rounded."""

    mean: Size = Field(description="Mean over clusters.")
    sd: float = Field(
        default=0, ge=0, le=10_000_000, description="Standard deviation over clusters."
    )


class AssumedOutcome(Strict):
    """One outcome as it is expected to be."""

    baseline: Amount = Field(
        description="Mean without the programme; of a yes or no, the share of yes."
    )
    effect: Amount = Field(
        description="Mean effect per person treated, that is offered, in the outcome's unit; where"
        " `received` is given, on those who take part it is as much larger as fewer do."
    )
    sd: Spread | None = Field(
        default=None,
        description="Standard deviation between people without the programme, clusters included;"
        " leave it out for a yes or no.",
    )
    icc: Correlation = Field(
        default=0,
        description="Share of the variance that lies between clusters; of a yes or no, the"
        " correlation of two members of a cluster.",
    )
    autocorrelation: Correlation | None = Field(
        default=None,
        description="Correlation in neighbouring periods: of a cluster's effect, with other people"
        " in each period, or of an individual's values; falls by its powers, but for what covariates"
        " explain, which stays. Left out, 0, or of individuals what covariates explain.",
    )
    trend: Amount = Field(
        default=0, description="Change per period without the programme, the same in all groups."
    )
    diverging: Amount = Field(
        default=0,
        description="Further change per period of units that begin some time, without the"
        " programme: a planted violation of parallel trends.",
    )
    missing: Share | ByGroup = Field(
        default=0, description="Share without an outcome, lost whatever it was."
    )
    fact: Slug | None = Field(default=None, description="Fact that the baseline is taken from.")


class AssumedCovariate(Strict):
    """One column known before the programme; alike in all clusters, and independent of others."""

    mean: Amount = Field(default=0, description="Mean; of a yes or no, the share.")
    sd: Spread | None = Field(
        default=None, description="Standard deviation; leave it out for a yes or no."
    )
    strength: Share = Field(
        default=0,
        description="Share of every outcome's variance within clusters, without the programme, that"
        " it explains alone; of a yes or no, R² of a linear regression. More of it means more of"
        " the outcome.",
    )
    apart: float = Field(
        default=0,
        ge=-3,
        le=3,
        description="By how many of its standard deviations within groups those treated lie above"
        " the others beforehand, where nobody drew lots; of a yes or no, of the normal variable"
        " behind it.",
    )
    missing: Share = Field(default=0, description="Share without a value.")


class Start(Strict):
    """Units that begin in the same period."""

    period: int = Field(ge=1, le=200, description="First treated period, counted from 1.")
    units: int = Field(ge=1, description="How many of the assigned units begin in it.")
    times: float = Field(
        default=1,
        ge=0,
        le=1000,
        description="Their effects, as a multiple of those of units with 1.",
    )


class Rollout(Strict):
    """Who begins when; all others never do."""

    starts: tuple[Start, ...] = Field(min_length=1, description="One entry for each wave.")
    growth: float = Field(
        default=0,
        ge=-1,
        le=10,
        description="What each further period adds to an effect, as a share of that in the first"
        " treated one. The mean over all treated cells stays the `effect` that is assumed.",
    )

    @model_validator(mode="after")
    def _once(self) -> Rollout:
        if len({one.period for one in self.starts}) < len(self.starts):
            raise ValueError("two `starts` have the same `period`; write them as one")
        return self


class Alternative(Strict):
    """The same study with some assumptions changed, for comparison."""

    clusters: int | None = Field(default=None, ge=2, description="Assigned clusters.")
    cluster_size: Size | ClusterSize | None = Field(default=None, description="People in each.")
    people: int | None = Field(default=None, ge=4, description="Assigned individuals.")
    treated_share: float | None = Field(default=None, gt=0, lt=1, description="Of the units.")
    icc: Correlation | None = Field(default=None, description="Of every outcome.")
    effect: Amount | None = Field(default=None, description="On the primary outcome.")


class Assumptions(Strict):
    """What is expected; dummy data, power and the plan all follow from it."""

    clusters: int | None = Field(
        default=None, ge=2, description="Assigned clusters, such as schools."
    )
    cluster_size: Size | ClusterSize | None = Field(
        default=None, description="People in each cluster: a mean, or mean and sd."
    )
    people: int | None = Field(
        default=None, ge=4, description="Assigned individuals, where no clusters are."
    )
    treated_share: float = Field(
        default=0.5,
        gt=0,
        lt=1,
        description="Share of the assigned units that is treated; at least one unit on each side"
        " of every stratum.",
    )
    strata: int = Field(
        default=1,
        ge=1,
        le=1000,
        description="Blocks of equally many units, each assigned by itself; outcomes do not differ"
        " between them.",
    )
    periods: int = Field(
        default=1,
        ge=1,
        le=200,
        description="Periods that units are seen in; where units begin one after the other and"
        " no `rollout` is given, the treated ones begin spread over all but the first.",
    )
    rollout: Rollout | None = Field(
        default=None, description="Who begins when, and how effects grow, of a staggered roll-out."
    )
    received: ByGroup | None = Field(
        default=None, description="Share that takes part; left out, exactly those treated do."
    )
    outcomes: dict[Name, AssumedOutcome] = Field(min_length=1, description="By outcome's key.")
    covariates: dict[ColumnName, AssumedCovariate] = Field(
        default_factory=dict, description="By column."
    )
    note: Text | None = Field(
        default=None, description="What the figures rest on, where that is no fact of the study."
    )
    alternatives: dict[Name, Alternative] = Field(
        default_factory=dict, description="Other designs to compare, by name."
    )
    register_: Register | None = Field(
        default=None, alias="register", description="A whole register to draw beside the rows."
    )

    @model_validator(mode="after")
    def _one_unit(self) -> Assumptions:
        if (self.clusters is None) == (self.people is None):
            raise ValueError("there is not exactly one of `clusters` and `people`; keep one")
        if (self.clusters is None) != (self.cluster_size is None):
            raise ValueError("`clusters` and `cluster_size` belong together; give both or neither")
        if "main" in self.alternatives:
            raise ValueError("`main` is the study as planned; give the alternative another name")
        return self
