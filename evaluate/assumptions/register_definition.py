"""The shape of ``assumptions.register``: a whole register of pupils, for development at scale."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from evaluate.core import Strict

Rate = Annotated[float, Field(ge=0, le=1)]
Correlation = Annotated[float, Field(ge=0, lt=1)]
SHORTEST = 3  # years of school before anybody completes


class Spread(Strict):
    """A mean and a standard deviation."""

    mean: float = Field(ge=0.001, le=1e9, description="Mean.")
    sd: float = Field(
        gt=0, le=1e9, description="Standard deviation between pupils, schools included."
    )


class Register(Strict):
    """A register of pupils in schools in municipalities, followed over years."""

    pupils: int = Field(default=10_000, ge=100, le=20_000_000, description="Pupils in all years.")
    years: int = Field(default=10, ge=4, le=40, description="Calendar years that are covered.")
    first_year: int = Field(default=2010, ge=1900, le=2100, description="The first of them.")
    schools: int = Field(default=50, ge=2, le=10_000, description="Schools, of unlike size.")
    municipalities: int = Field(default=20, ge=2, le=1000, description="Where the schools lie.")
    mergers: int = Field(
        default=0,
        ge=0,
        le=500,
        description="Pairs of municipalities that become one half-way through the years.",
    )
    completion: Rate = Field(
        default=0.8,
        description="Share that completes at the end of the third and each later school year.",
    )
    leaving: Rate = Field(
        default=0.05, description="Share of those enrolled that leaves in a school year."
    )
    returning: Rate = Field(
        default=0.25, description="Share of those who have left that is back a year later."
    )
    moving: Rate = Field(
        default=0.005, description="Share of those enrolled that moves away in a school year."
    )
    absence: Spread = Field(
        default=Spread(mean=60, sd=50), description="Hours absent in a school year."
    )
    points: Spread = Field(
        default=Spread(mean=40, sd=8), description="Points from grades in a school year."
    )
    working: Rate = Field(default=0.6, description="Share with earnings in a calendar year.")
    earnings: Spread = Field(
        default=Spread(mean=180_000, sd=120_000), description="Of those with any, in a year."
    )
    services: Rate = Field(
        default=0.08, description="Share that receives a service in a calendar year."
    )
    icc: Correlation = Field(
        default=0.05,
        description="Share of the variance of absence, points and earnings between schools.",
    )
    autocorrelation: Correlation = Field(
        default=0.6,
        description="Correlation, in neighbouring years, of what a pupil has beyond the school;"
        " of hours and earnings, that of their logarithms.",
    )

    @model_validator(mode="after")
    def _possible(self) -> Register:
        if self.leaving + self.moving > 1:
            raise ValueError("more than all leave or move in a year; lower `leaving` or `moving`")
        if 2 * self.mergers > self.municipalities:
            raise ValueError(
                "more municipalities merge than there are; lower `mergers` or add municipalities"
            )
        if self.municipalities > self.schools:
            raise ValueError("a municipality has no school; lower `municipalities`, or add schools")
        return self
