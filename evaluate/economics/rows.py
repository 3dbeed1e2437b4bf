"""The rows of money in ``economics:``: costs, benefits and transfers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from evaluate.core import Name, Reference, Strict, Text

Status = Literal["verified", "unverified", "illustrative"]
Per = Literal["participant", "increase", "decrease"]
Side = Literal["cost", "benefit", "transfer"]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Year = Annotated[int, Field(ge=1900, le=2100)]
Share = Annotated[float, Field(gt=0, le=1)]
Parties = Name | Annotated[dict[Name, Share], Field(min_length=1)]

_ROUNDING = 1e-9
_PER = "For each participant, or for each unit by which the outcome rises or falls."


class Sourced(Strict):
    """A figure that says where it comes from and whether anybody has looked there."""

    source: Reference | None = Field(default=None, description="Where it was published.")
    status: Status = Field(
        description="verified: read in the source; unverified: not read there; illustrative: "
        "assumed, with a note."
    )
    note: Text | None = Field(default=None, description="What a reader should know of it.")

    @model_validator(mode="after")
    def _says_where_from(self) -> Sourced:
        if self.status == "illustrative" and self.note is None:
            raise ValueError("an illustrative figure needs a note; say what it stands for")
        if self.status != "illustrative" and self.source is None:
            raise ValueError(
                f"a figure that is {self.status} needs a source; "
                "give `source`, or set `status: illustrative` with a note"
            )
        return self


class Years(Strict):
    """A span of years, both ends included, counted from the base year, which is 0."""

    from_: int = Field(alias="from", ge=0, le=100, description="First year.")
    to: int = Field(ge=0, le=100, description="Last year.")

    @model_validator(mode="after")
    def _in_order(self) -> Years:
        if self.to < self.from_:
            raise ValueError("the last year comes before the first; put the earlier one in `from`")
        return self

    def __contains__(self, year: object) -> bool:
        """Return whether ``year`` lies in the span."""
        return isinstance(year, int) and self.from_ <= year <= self.to

    def __str__(self) -> str:
        """Return the span as a reader writes it."""
        return str(self.from_) if self.from_ == self.to else f"{self.from_}–{self.to}"


class MoneyRow(Sourced, ABC):
    """What every row of money says about itself."""

    side: ClassVar[Side]

    item: Name = Field(description="Key of the row.")
    title: Text | None = Field(default=None, description="What it is; else the key.")
    amount: float = Field(
        ge=0, le=1e15, description="Real money in each of the years, never negative."
    )
    per: Per = Field(default="participant", description=_PER)
    currency: Currency | None = Field(
        default=None, description="Of the amount; must be the account's."
    )
    price_year: Year | None = Field(
        default=None, description="Of the amount; must be the account's."
    )
    years: Years = Field(description="When it falls, in years after the base year.")
    growth: float = Field(
        default=0.0, gt=-1, le=0.2, description="Real growth a year from year 0, as a share."
    )
    fade: Literal["none", "linear"] = Field(
        default="none",
        description="After the last observed year: undiminished, or in equal steps to 0.",
    )

    @property
    @abstractmethod
    def gains(self) -> Mapping[str, float]:
        """Return the share that each payer gains; what it loses is negative."""

    @model_validator(mode="after")
    def _fades_with_the_effect(self) -> MoneyRow:
        if self.fade != "none" and self.per == "participant":
            raise ValueError(
                "only what follows the effect can fade; set `per: increase` or `per: decrease`, "
                "or leave `fade` out"
            )
        return self


class Cost(MoneyRow):
    """Resources that the programme uses, or that its effect causes to be used."""

    side: ClassVar[Side] = "cost"

    payer: Parties = Field(description="Who bears it: one payer, or shares that sum to 1.")
    saving: bool = Field(
        default=False,
        description="A cost that the programme avoids, such as what the comparison group got.",
    )

    @property
    def gains(self) -> Mapping[str, float]:
        """Return the share that each payer gains; what it loses is negative."""
        sign = 1.0 if self.saving else -1.0
        return {payer: sign * share for payer, share in _shares(self.payer).items()}

    @model_validator(mode="after")
    def _whole(self) -> Cost:
        _sum_to_one(payer=self.payer)
        return self


class Benefit(MoneyRow):
    """Something of value that the effect, or the programme itself, gives rise to."""

    side: ClassVar[Side] = "benefit"

    payer: Parties = Field(description="Who gains: one payer, or shares that sum to 1.")
    per: Per = Field(default="increase", description=_PER)

    @property
    def gains(self) -> Mapping[str, float]:
        """Return the share that each payer gains."""
        return _shares(self.payer)

    @model_validator(mode="after")
    def _whole(self) -> Benefit:
        _sum_to_one(payer=self.payer)
        return self


class Transfer(MoneyRow):
    """Money that changes hands: society neither gains nor loses."""

    side: ClassVar[Side] = "transfer"

    from_: Parties = Field(
        alias="from", description="Who loses it: one payer, or shares that sum to 1."
    )
    to: Parties = Field(description="Who gains it: one payer, or shares that sum to 1.")
    per: Per = Field(default="increase", description=_PER)

    @property
    def gains(self) -> Mapping[str, float]:
        """Return the share that each payer gains; what it loses is negative."""
        sums = {payer: -share for payer, share in _shares(self.from_).items()}
        for payer, share in _shares(self.to).items():
            sums[payer] = sums.get(payer, 0.0) + share
        return sums

    @model_validator(mode="after")
    def _whole(self) -> Transfer:
        _sum_to_one(**{"from": self.from_, "to": self.to})
        return self


def _shares(parties: str | Mapping[str, float]) -> Mapping[str, float]:
    return {parties: 1.0} if isinstance(parties, str) else parties


def _sum_to_one(**fields: str | Mapping[str, float]) -> None:
    for name, parties in fields.items():
        if abs(sum(_shares(parties).values()) - 1.0) > _ROUNDING:
            raise ValueError(f"the shares in `{name}` do not sum to 1; give every part to somebody")
