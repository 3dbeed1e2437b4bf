"""Rows of what a programme uses: ingredients, each quantity times price times share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from evaluate.core import Strict
from evaluate.economics.rows import MoneyRow, Parties, Side, not_lost, shares, sum_to_one

_LEAST = 1e-9
Ingredient = Literal["personnel", "facilities", "equipment", "participants", "other"]


class Durable(Strict):
    """Something that is used for several years: its price is spread over them."""

    years: int = Field(ge=1, le=100, description="How long it lasts.")
    salvage: float = Field(default=0.0, ge=0, description="What it is then worth.")
    rate: float = Field(ge=0, le=0.3, description="Real rate of interest a year, as a share.")


class Cost(MoneyRow):
    """Resources that the programme uses, or that its effect causes to be used."""

    side: ClassVar[Side] = "cost"

    payer: Parties = Field(description="Who bears it: one payer, or shares that sum to 1.")
    quantity: float = Field(
        default=1.0, ge=0, le=1e12, description="How many units; `amount` is the price of one."
    )
    unit: str | None = Field(default=None, max_length=60, description="What is counted: hours.")
    charged: float = Field(
        default=1.0, ge=1e-9, le=1, description="Share of it that this programme uses."
    )
    durable: Durable | None = Field(
        default=None, description="Spread the price over the years that it lasts."
    )
    type: Ingredient = Field(default="other", description="What kind of ingredient it is.")
    phase: Literal["start_up", "running"] = Field(
        default="running", description="Spent once to begin, or as long as it runs."
    )
    in_kind: bool = Field(
        default=False, description="Given, not paid: counted at its market price and marked."
    )
    saving: bool = Field(
        default=False,
        description="A cost that the programme avoids, such as what the comparison group got.",
    )

    @property
    def gains(self) -> Mapping[str, float]:
        """Return the share that each payer gains; what it loses is negative."""
        sign = 1.0 if self.saving else -1.0
        return {payer: sign * share for payer, share in shares(self.payer).items()}

    @model_validator(mode="after")
    def _whole(self) -> Cost:
        sum_to_one(payer=self.payer)
        not_lost("quantity", self.quantity, _LEAST)
        if self.durable and self.amount is not None and self.durable.salvage > self.amount:
            raise ValueError("`salvage` is above the price; a durable thing does not gain value")
        return self
