"""The shape of ``economics:`` in ``study.yaml``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from pydantic import Field, model_validator

from evaluate.core import Name, Strict, Text
from evaluate.economics.rows import (
    Benefit,
    Cost,
    Currency,
    MoneyRow,
    Sourced,
    Transfer,
    Year,
    Years,
)

ScheduleName = Literal["NO", "SE", "DK", "UK", "UK_health", "UK_review_2026", "EU"]
Timing = Literal["start", "mid", "end"]

PUBLIC_FUNDS = "public_funds"
SOCIETY = "society"


class Payer(Strict):
    """Somebody whose account is drawn up."""

    title: Text = Field(description="Who it is, as a reader would say it.")
    public: bool = Field(
        default=False,
        description="Financed by taxes: the marginal cost of public funds applies to its net.",
    )


class Rate(Strict):
    """One step of a schedule of forward rates."""

    to: int | None = Field(
        default=None, ge=1, description="Last year, counted from the base year; absent: for ever."
    )
    rate: float = Field(gt=-0.1, le=0.3, description="Real rate a year, as a share: 0.035.")


class Schedule(Sourced):
    """A schedule of discount rates that the package does not ship."""

    rates: tuple[Rate, ...] = Field(
        min_length=1, description="Forward rates in order; the last has no `to`."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Schedule:
        *closed, last = [step.to for step in self.rates]
        ends = [end for end in closed if end is not None]
        if last is not None or len(ends) < len(closed):
            raise ValueError("a schedule ends with one open step; give all but the last a `to`")
        if any(low >= high for low, high in pairwise(ends)):
            raise ValueError("the steps of a schedule overlap; write them with increasing `to`")
        return self


class PublicFunds(Sourced):
    """The marginal cost of public funds."""

    rate: float = Field(
        ge=0, le=1, description="What one unit of net public outlay costs society beyond itself."
    )


class Economics(Strict):
    """Costs and benefits of one analysis's effect, per treated person, by payer."""

    analysis: Name = Field(description="Key of the analysis whose headline effect is valued.")
    term: str = Field(
        default="overall", max_length=60, description="Which of its estimates is valued."
    )
    currency: Currency = Field(description="Of all amounts: three letters, such as NOK.")
    price_year: Year = Field(description="Year whose prices all amounts are in.")
    base_year: Year = Field(description="Calendar year 0; money is discounted to it.")
    schedule: ScheduleName | Schedule = Field(
        description="A shipped schedule of real discount rates, or the study's own."
    )
    timing: Timing = Field(
        default="start",
        description="Year t is discounted by t years (start), t + 0.5 (mid) or t + 1 (end).",
    )
    public_funds: PublicFunds | None = Field(
        default=None,
        description="Marginal cost of public funds; else that of the shipped schedule, else 0.",
    )
    observed: Years = Field(
        description="Years in which the effect was measured; all others are extrapolated."
    )
    draws: int = Field(default=10_000, ge=10_000, le=1_000_000, description="Draws of the effect.")
    payers: dict[Name, Payer] = Field(min_length=1, description="Who pays or gains, by key.")
    costs: tuple[Cost, ...] = Field(
        min_length=1, description="Resources that the programme uses, or causes to be used."
    )
    benefits: tuple[Benefit, ...] = Field(default=(), description="What it gives rise to.")
    transfers: tuple[Transfer, ...] = Field(
        default=(), description="Money that changes hands: one gains what another loses."
    )
    note: Text | None = Field(default=None, description="What the account leaves out.")

    @property
    def rows(self) -> tuple[MoneyRow, ...]:
        """Return all rows of money: costs, then benefits, then transfers."""
        return (*self.costs, *self.benefits, *self.transfers)

    @model_validator(mode="after")
    def _consistent(self) -> Economics:
        faults = [*self._reserved(), *self._repeated(), *self._strangers(), *self._other_money()]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _reserved(self) -> Iterator[str]:
        for name in (PUBLIC_FUNDS, SOCIETY):
            if name in self.payers:
                yield f"payer `{name}` is a row of every account; give that payer another key"

    def _repeated(self) -> Iterator[str]:
        items = [row.item for row in self.rows]
        for item in dict.fromkeys(items):
            if items.count(item) > 1:
                yield f"item `{item}` stands more than once; give each row its own key"

    def _strangers(self) -> Iterator[str]:
        known = ", ".join(self.payers)
        for row in self.rows:
            for payer in row.gains:
                if payer not in self.payers:
                    yield (
                        f"item `{row.item}` names payer `{payer}`, which `payers` does not have; "
                        f"use one of {known}, or add it there"
                    )

    def _other_money(self) -> Iterator[str]:
        for row in self.rows:
            if row.currency not in (None, self.currency):
                yield (
                    f"item `{row.item}` is in {row.currency}, the account in {self.currency}; "
                    "convert the amount, and say in `note` at which rate"
                )
            if row.price_year not in (None, self.price_year):
                yield (
                    f"item `{row.item}` is in prices of {row.price_year}, the account in prices of "
                    f"{self.price_year}; convert the amount, and say in `note` by which index"
                )
