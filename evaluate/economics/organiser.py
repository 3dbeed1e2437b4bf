"""The block of a school organiser: what a programme costs it and what pupils who stay bring."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from evaluate.core import Name, Reference, Strict, Text
from evaluate.economics.quantities import (
    Money,
    ShareOfOne,
    SourcedAmount,
    SourcedShare,
    sourced,
)
from evaluate.economics.rows import Sourced, Status
from evaluate.economics.seats import MONTHS

Party = Literal["home_municipality", "state", "pupil"]
Month = Annotated[int, Field(ge=1, le=MONTHS)]

_ROUNDING = 1e-9


class Funding(Strict):
    """What a pupil brings in a year: an amount, or a row of the package's parameter tables."""

    title: Text | None = Field(default=None, description="What it is; else the key.")
    amount: Money | None = Field(default=None, description="For a pupil and year.")
    parameter: str | None = Field(
        default=None,
        max_length=100,
        description="Key in the parameter tables, in place of an amount; brings its source.",
    )
    source: Reference | None = Field(default=None, description="Where it was published.")
    status: Status | None = Field(default=None, description="Of an amount, as everywhere.")
    note: Text | None = Field(default=None, description="What a reader should know of it.")

    @model_validator(mode="after")
    def _one_of_two(self) -> Funding:
        if (self.amount is None) == (self.parameter is None):
            raise ValueError("give `amount`, or `parameter` in its place: one of the two")
        if self.parameter is not None and (self.source or self.status):
            raise ValueError("a parameter brings its own source and status; leave them out")
        if self.amount is not None:
            sourced(self.source, self.status, self.note)
        return self


class Grant(Sourced):
    """What somebody else gives towards the programme."""

    title: Text | None = Field(default=None, description="What it is.")
    share: ShareOfOne | None = Field(default=None, description="Of the programme's cost.")
    amount: Money | None = Field(default=None, description="For each treated pupil.")
    payer: Literal["state", "home_municipality", "other"] = Field(
        default="other", description="Who gives it; `other` is outside this model, such as the EU."
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Grant:
        if (self.share is None) == (self.amount is None):
            raise ValueError(
                "a grant is a share of the programme's cost or an amount for each treated pupil; "
                "give `share` or `amount`, one of the two"
            )
        return self

    def of(self, programme_cost: float) -> float:
        """Return the grant for each treated pupil."""
        return self.amount if self.amount is not None else programme_cost * (self.share or 0.0)


class MonthlyTransfer(SourcedAmount):
    """Money that changes hands in each month that a pupil stays on."""

    item: Name = Field(description="Key of the row.")
    from_: Party = Field(alias="from", description="Who loses it.")
    to: Party = Field(description="Who gains it.")

    @model_validator(mode="after")
    def _two_parties(self) -> MonthlyTransfer:
        if self.from_ == self.to:
            raise ValueError(
                "`from` and `to` are the same party, so no money changes hands; name two parties"
            )
        return self


class Retained(Sourced):
    """How long each averted dropout stays on."""

    months: float = Field(description="In all.")
    years: int = Field(default=1, ge=1, le=10, description="Years that they are spread over.")

    @model_validator(mode="after")
    def _fit_in(self) -> Retained:
        if not 0.0 <= self.months <= MONTHS * self.years:
            raise ValueError(
                "a pupil stays between 0 and 12 months a year; give fewer `months`, or in `years` "
                "the number of years that they are spread over"
            )
        return self


class Counts(Strict):
    """Funding that follows counts of pupils."""

    count_months: tuple[Month, ...] = Field(
        min_length=1,
        description="Calendar months, 1 to 12, on whose first day pupils are counted.",
    )

    @model_validator(mode="after")
    def _each_once(self) -> Counts:
        if len(set(self.count_months)) < len(self.count_months):
            raise ValueError(
                "a count month stands twice, and pupils would be paid for twice; name each once"
            )
        return self


class Organiser(Strict):
    """The school organiser's own account of a programme that keeps pupils at school."""

    programme_cost: SourcedAmount = Field(description="Of the programme, for each treated pupil.")
    averted: SourcedShare = Field(
        description="Share of treated pupils who stay because of the programme."
    )
    retained: Retained = Field(description="How long each of them stays on.")
    programmes: dict[Name, Funding] = Field(
        min_length=1, description="What a pupil brings in a year, by programme of study."
    )
    funding: Literal["monthly"] | Counts = Field(
        default="monthly", description="Paid month by month, or by counts of pupils."
    )
    marginal_shares: tuple[ShareOfOne, ...] = Field(
        default=(0.1, 0.5, 1.0),
        min_length=1,
        description="What one more pupil costs, as shares of the funding: near 0 where a seat is "
        "empty, 1 where a class must be opened.",
    )
    grants: tuple[Grant, ...] = Field(default=(), description="What others give.")
    transfers: tuple[MonthlyTransfer, ...] = Field(
        default=(), description="Other money that changes hands while a pupil stays on."
    )

    @model_validator(mode="after")
    def _consistent(self) -> Organiser:
        if sum(one.share or 0.0 for one in self.grants) > 1.0 + _ROUNDING:
            raise ValueError(
                "the shares of `grants` sum to more than 1, more than the programme costs; lower "
                "them, or give a grant beyond the cost as an `amount`"
            )
        if len(set(self.marginal_shares)) < len(self.marginal_shares):
            raise ValueError("a share stands twice in `marginal_shares`; name each once")
        items = [one.item for one in self.transfers]
        if len(set(items)) < len(items):
            raise ValueError("an item of `transfers` stands more than once; give each its own key")
        return self
