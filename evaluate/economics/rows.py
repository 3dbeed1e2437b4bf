"""What every row of money in ``economics:`` says about itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from evaluate.core import Name, Reference, Strict, Text
from evaluate.economics.ranges import Uncertain

Status = Literal["verified", "unverified", "illustrative", "calculated"]
Per = Literal["participant", "programme", "increase", "decrease"]
Side = Literal["cost", "benefit", "transfer"]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Year = Annotated[int, Field(ge=1900, le=2100)]
Share = Annotated[float, Field(gt=0, le=1)]
Parties = Name | Annotated[dict[Name, Share], Field(min_length=1)]

_ROUNDING = 1e-9
_LEAST = 1e-9  # money
PER = (
    "For each participant, for the whole programme (divided by those who took part), or for each "
    "unit by which the outcome rises or falls."
)


def not_lost(what: str, value: float | None, least: float) -> None:
    """Raise where a figure is no nothing and yet too small to count with."""
    if value is not None and 0.0 < abs(value) < least:
        raise ValueError(
            f"`{what}` is nearer to 0 than {least:g}; why: what is divided by it would overflow; "
            "write 0, or the figure in a smaller unit"
        )


def _effect(value: float) -> float:
    not_lost("effect", value, 1e-12)
    return value


EffectSize = Annotated[float, Field(ge=-1e12, le=1e12), AfterValidator(_effect)]


class Sourced(Strict):
    """A figure that says where it comes from and whether anybody has looked there."""

    source: Reference | None = Field(default=None, description="Where it was published.")
    status: Status = Field(
        description="verified: read in the source; unverified: not read there; calculated: from "
        "figures that the note names; illustrative: assumed, with a note."
    )
    note: Text | None = Field(default=None, description="What a reader should know of it.")

    @model_validator(mode="after")
    def _says_where_from(self) -> Sourced:
        if self.status in ("illustrative", "calculated") and self.note is None:
            raise ValueError(f"a figure that is {self.status} needs a note; say what it stands for")
        if self.status in ("verified", "unverified") and self.source is None:
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


class Fraction(Strict):
    """A share by which money is multiplied, and how sure it is."""

    share: float = Field(ge=0, le=1, description="Between 0 and 1.")
    uncertain: Uncertain | None = Field(default=None, description="Its distribution.")

    @model_validator(mode="after")
    def _fits(self) -> Fraction:
        fault = self.uncertain and self.uncertain.faults(self.share, most=1.0)
        if fault:
            raise ValueError(fault)
        return self


class Fading(Strict):
    """An effect that wears off by the same share each year after the last observed one."""

    rate: float = Field(gt=0, le=1, description="Share that is lost each year: 0.1.")


class MoneyRow(Sourced, ABC):
    """What every row of money says about itself."""

    side: ClassVar[Side]

    item: Name = Field(description="Key of the row.")
    title: Text | None = Field(default=None, description="What it is; else the key.")
    amount: float | None = Field(
        default=None,
        ge=0,
        le=1e15,
        description="Real money in each of the years, never negative; a cost that the programme "
        "avoids is `saving: true`.",
    )
    parameter: str | None = Field(
        default=None,
        max_length=100,
        description="Key in the parameter tables, in place of an amount; brings its source.",
    )
    times: float = Field(default=1.0, ge=1e-9, le=1e12, description="The amount counts so often.")
    per: Per = Field(default="participant", description=PER)
    effect: Name | None = Field(
        default=None, description="Key of the effect that it follows; else the account's own."
    )
    of: str | None = Field(
        default=None,
        max_length=60,
        description="Unit of the outcome that the amount belongs to; must be the outcome's own.",
    )
    currency: Currency | None = Field(
        default=None, description="Of the amount; else the account's."
    )
    price_year: Year | None = Field(default=None, description="Of the amount; else the account's.")
    years: Years = Field(description="When it falls, in years after the base year.")
    growth: float = Field(
        default=0.0, gt=-1, le=0.2, description="Real growth a year from year 0, as a share."
    )
    profile: dict[Annotated[int, Field(ge=0, le=120)], Annotated[float, Field(ge=-100, le=100)]] = (
        Field(
            default_factory=dict,
            description="What the amount is multiplied by at an age (`participants.age` at year "
            "0, else years from it), on straight lines between; empty is 1.",
        )
    )
    survival: float = Field(
        default=1.0, gt=0, le=1, description="Share of people that each year leaves: 0.9995."
    )
    causal: Fraction | None = Field(
        default=None,
        description="Share of a gap between groups that the outcome itself causes; absent is 1.",
    )
    displaced: Fraction | None = Field(
        default=None, description="Share that others lose or that would have come anyway."
    )
    fade: Literal["none", "linear"] | Fading = Field(
        default="none",
        description="After the last observed year: undiminished, in equal steps to 0, or by a "
        "rate a year.",
    )
    uncertain: Uncertain | None = Field(default=None, description="Distribution of the amount.")

    @property
    @abstractmethod
    def gains(self) -> Mapping[str, float]:
        """Return the share that each payer gains; what it loses is negative."""

    @property
    def follows(self) -> bool:
        """Return whether the money follows the effect."""
        return self.per in ("increase", "decrease")

    @model_validator(mode="after")
    def _one_amount(self) -> MoneyRow:
        if (self.amount is None) == (self.parameter is None):
            raise ValueError("give `amount`, or `parameter` in its place: one of the two")
        if self.parameter is not None and (self.currency or self.price_year):
            raise ValueError("a parameter brings its own currency and price year; leave them out")
        not_lost("amount", self.amount, _LEAST)
        fault = self.uncertain and self.amount is not None and self.uncertain.faults(self.amount)
        if fault:
            raise ValueError(fault)
        return self

    @model_validator(mode="after")
    def _follows_the_effect(self) -> MoneyRow:
        if self.follows:
            return self
        for name, given in (
            ("fade", self.fade != "none"),
            ("effect", self.effect),
            ("of", self.of),
        ):
            if given:
                raise ValueError(
                    f"`{name}` is for what follows the effect; why: this row counts whatever the "
                    "effect is; set `per: increase` or `per: decrease`, or leave "
                    f"`{name}` out"
                )
        return self


def shares(parties: str | Mapping[str, float]) -> Mapping[str, float]:
    """Return what each of the parties has; one alone has all."""
    return {parties: 1.0} if isinstance(parties, str) else parties


def sum_to_one(**fields: str | Mapping[str, float]) -> None:
    """Raise where the shares of a field do not sum to 1."""
    for name, parties in fields.items():
        if abs(sum(shares(parties).values()) - 1.0) > _ROUNDING:
            raise ValueError(
                f"the shares in `{name}` do not sum to 1; why: money would be lost or made; give "
                "every part to somebody"
            )
