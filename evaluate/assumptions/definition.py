"""The shape of ``assumptions:`` in ``study.yaml``: what is expected before any data are seen."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from evaluate.core import Name, Slug, Strict

ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Share = Annotated[float, Field(ge=0, lt=1)]
Correlation = Annotated[float, Field(ge=0, lt=1)]


class ByGroup(Strict):
    """One share for each group."""

    treated: Annotated[float, Field(ge=0, le=1)] = Field(description="Of those treated.")
    comparison: Annotated[float, Field(ge=0, le=1)] = Field(description="Of the others.")


class ClusterSize(Strict):
    """How many people a cluster holds."""

    mean: float = Field(ge=1, description="Mean over clusters.")
    sd: float = Field(default=0, ge=0, description="Standard deviation over clusters.")


class AssumedOutcome(Strict):
    """One outcome as it is expected to be."""

    baseline: float = Field(description="Mean without the programme; of a yes or no, the share.")
    effect: float = Field(description="Effect on the mean of those treated, in the outcome's unit.")
    sd: float | None = Field(
        default=None,
        gt=0,
        description="Standard deviation between people without the programme, clusters included;"
        " leave it out for a yes or no.",
    )
    icc: Correlation = Field(
        default=0, description="Share of the variance that lies between clusters."
    )
    autocorrelation: Correlation | None = Field(
        default=None, description="Correlation of one unit's values in neighbouring periods."
    )
    missing: Share | ByGroup = Field(default=0, description="Share without an outcome.")
    fact: Slug | None = Field(default=None, description="Fact that the baseline is taken from.")


class AssumedCovariate(Strict):
    """One column known before the programme."""

    mean: float = Field(default=0, description="Mean; of a yes or no, the share.")
    sd: float | None = Field(
        default=None, gt=0, description="Standard deviation; leave it out for a yes or no."
    )
    strength: Share = Field(
        default=0, description="Share of the outcome's variance within clusters that it explains."
    )
    missing: Share = Field(default=0, description="Share without a value.")


class Alternative(Strict):
    """The same study with some assumptions changed, for comparison."""

    clusters: int | None = Field(default=None, ge=2, description="Assigned clusters.")
    cluster_size: float | ClusterSize | None = Field(default=None, description="People in each.")
    people: int | None = Field(default=None, ge=4, description="Assigned individuals.")
    treated_share: float | None = Field(default=None, gt=0, lt=1, description="Of the units.")
    icc: Correlation | None = Field(default=None, description="Of every outcome.")
    effect: float | None = Field(default=None, description="On the primary outcome.")


class Assumptions(Strict):
    """What is expected; dummy data, power and the plan all follow from it."""

    clusters: int | None = Field(
        default=None, ge=2, description="Assigned clusters, such as schools."
    )
    cluster_size: float | ClusterSize | None = Field(
        default=None, description="People in each cluster: a mean, or mean and sd."
    )
    people: int | None = Field(
        default=None, ge=4, description="Assigned individuals, where no clusters are."
    )
    treated_share: float = Field(
        default=0.5, gt=0, lt=1, description="Share of the assigned units that is treated."
    )
    strata: int = Field(default=1, ge=1, le=1000, description="Blocks of equal size.")
    periods: int = Field(default=1, ge=1, le=200, description="Periods that units are seen in.")
    received: ByGroup | None = Field(default=None, description="Share that takes part.")
    outcomes: dict[Name, AssumedOutcome] = Field(min_length=1, description="By outcome's key.")
    covariates: dict[ColumnName, AssumedCovariate] = Field(
        default_factory=dict, description="By column."
    )
    alternatives: dict[Name, Alternative] = Field(
        default_factory=dict, description="Other designs to compare, by name."
    )

    @model_validator(mode="after")
    def _one_unit(self) -> Assumptions:
        if (self.clusters is None) == (self.people is None):
            raise ValueError("there is not exactly one of `clusters` and `people`; keep one")
        if (self.clusters is None) != (self.cluster_size is None):
            raise ValueError("`clusters` and `cluster_size` belong together; give both or neither")
        return self
