"""The shape of ``published:`` in ``study.yaml``: what others found on the same question."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from evaluate.core import Name, Reference, Slug, Strict, Text

Spread = Annotated[float, Field(gt=0)]
FEWEST = 3  # with two units nothing is left to tell chance by


class Published(Strict):
    """A result that somebody else published; what was not published is left out."""

    id: Slug = Field(description="Key of the result.")
    title: Text = Field(description="What was studied, in a few words.")
    outcome: Name = Field(description="Key of the study's outcome that it speaks of.")
    result: Text = Field(description="What the source says that it found, in its own terms.")
    estimate: float | None = Field(
        default=None, description="The effect as it was published; never worked out from others."
    )
    conf_low: float | None = Field(
        default=None, description="Lower limit as published; effects below it are excluded."
    )
    conf_high: float | None = Field(
        default=None, description="Upper limit as published; effects above it are excluded."
    )
    std_error: float | None = Field(default=None, gt=0, description="Standard error as published.")
    treated: int | None = Field(
        default=None, ge=1, description="Units with the programme, such as municipalities."
    )
    comparison: int | None = Field(default=None, ge=1, description="Units that it held against.")
    sd: Spread | tuple[Spread, ...] | None = Field(
        default=None,
        description="Standard deviation between units of what was compared, such as their change;"
        " several where it is not known.",
    )
    unit: str | None = Field(
        default=None,
        min_length=1,
        max_length=60,
        description="Unit of these numbers, where it is not the outcome's; they are then shown,"
        " and not held against what is worth having.",
    )
    source: Reference = Field(description="Where it was read.")
    status: Literal["verified", "unverified"] = Field(
        description="Whether somebody of the project read it in the source."
    )

    @property
    def spreads(self) -> tuple[float, ...]:
        """Return the standard deviations, however many there are."""
        return () if self.sd is None else (self.sd,) if isinstance(self.sd, float) else self.sd

    @model_validator(mode="after")
    def _consistent(self) -> Published:
        low, high, found = self.conf_low, self.conf_high, self.estimate
        if low is not None and high is not None and low > high:
            raise ValueError("`conf_low` is above `conf_high`; put the smaller one in `conf_low`")
        if found is not None and not self._inside(found):
            raise ValueError(
                "`estimate` lies outside its interval; copy all three from one place of the source"
            )
        if (self.treated is None) != (self.comparison is None):
            raise ValueError("`treated` and `comparison` belong together; give both or neither")
        if self.sd == ():
            raise ValueError("`sd` is empty; write a number, or delete it")
        if self.sd is not None and (self.treated or 0) + (self.comparison or 0) < FEWEST:
            raise ValueError(
                "`sd` says nothing without the number of units; add `treated` and `comparison`,"
                " three units at least"
            )
        return self

    def _inside(self, value: float) -> bool:
        above = self.conf_low is None or value >= self.conf_low
        return above and (self.conf_high is None or value <= self.conf_high)
