"""The shape of ``dilution:`` of an analysis: how many of the units' people took part."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from evaluate.core import Slug, Strict, Text

Part = Annotated[float, Field(gt=0, le=1)]


class Dilution(Strict):
    """How large a part of the people who are measured took part in the programme."""

    share: Part | tuple[Part, Part] = Field(
        description="Share of the people of treated units who take part, above 0 and at most 1;"
        " two where only the lowest and the highest are known."
    )
    of: Text = Field(description="Of whom it is the share, and who counts as taking part.")
    fact: Slug | None = Field(default=None, description="Fact that it is taken from.")
    smallest_worthwhile: float | None = Field(
        default=None,
        gt=0,
        description="Smallest effect worth having on one who takes part, in the outcome's unit;"
        " else the outcome's own, divided by the share.",
    )

    @property
    def shares(self) -> tuple[float, ...]:
        """Return the share, or the lowest and the highest."""
        return (self.share,) if isinstance(self.share, float) else self.share

    @model_validator(mode="after")
    def _in_order(self) -> Dilution:
        low, *rest = self.shares
        if rest and low >= rest[0]:
            raise ValueError(
                "the shares are not in order; write the lowest first, or one number where they"
                " are the same"
            )
        return self
