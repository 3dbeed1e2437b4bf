"""The shape of ``economics:`` in ``study.yaml``."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from evaluate.core import Direction, Name, Strict, Text
from evaluate.economics import consistency
from evaluate.economics.cofinancing import CoFinancing
from evaluate.economics.costs import Cost
from evaluate.economics.fund import Fund
from evaluate.economics.gains import Benefit, Earnings, Transfer
from evaluate.economics.organiser import Organiser
from evaluate.economics.payers import Payer, Scope
from evaluate.economics.rows import Currency, EffectSize, MoneyRow, Sourced, Year, Years

ScheduleName = Literal[
    "NO",
    "SE",
    "DK",
    "FI",
    "UK",
    "UK_health",
    "UK_review_2026",
    "EU",
    "EU_cohesion_2014",
    "EU_other_2014",
    "WSIPP",
]
Timing = Literal["start", "mid", "end"]


class Rate(Strict):
    """One step of a schedule of forward rates."""

    to: int | None = Field(
        default=None, ge=1, description="Last year, counted from the base year; absent: for ever."
    )
    rate: float = Field(
        gt=-0.1, le=0.3, description="Real rate a year, as a share: 0.035, never 3.5."
    )


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


class Assumed(Sourced):
    """An effect that nobody estimated: a what-if, never a finding."""

    value: EffectSize = Field(description="In the unit below, in the outcome's own direction.")
    unit: str = Field(max_length=60, description="Of the effect: share.")
    direction: Direction = Field(default="increase", description="Desired direction.")


class Valued(Strict):
    """An effect that money follows: of an analysis, or assumed."""

    analysis: Name | None = Field(
        default=None, description="Key of the analysis whose headline effect is valued."
    )
    term: str = Field(
        default="overall", max_length=60, description="Which of its estimates is valued."
    )
    assumed: Assumed | None = Field(
        default=None, description="Where no analysis gives it: a what-if that is marked as such."
    )

    @model_validator(mode="after")
    def _one(self) -> Valued:
        if (self.analysis is None) == (self.assumed is None):
            raise ValueError(
                "give `analysis`, or `assumed` where nothing was estimated: one of them"
            )
        return self


class Correlation(Sourced):
    """How two effects go together in repeated samples, where their draws are not joint."""

    between: tuple[Name, Name] = Field(description="Keys of two effects.")
    value: float = Field(ge=-1, le=1, description="Of their sampling errors.")


class Participants(Strict):
    """How many people the account is about; amounts are per treated person."""

    treated: float = Field(ge=1e-6, le=1e9, description="People who took part.")
    unit: Text | None = Field(
        default=None,
        description="What is counted where it is not people, in the singular: output, project.",
    )
    completed: float | None = Field(default=None, gt=0, description="Of whom completed it.")
    age: int | None = Field(
        default=None, ge=0, le=100, description="Age in year 0, for profiles by age."
    )


class Conversion(Strict):
    """How amounts in other money come into the account's."""

    route: Literal["inflate_then_fx", "fx_then_inflate", "inflate_then_ppp"] = Field(
        default="inflate_then_fx",
        description="Inflate in the source's country then change money; or the other way; or by "
        "purchasing power.",
    )
    index: Literal["cpi", "wage"] = Field(default="cpi", description="Prices or wages.")


class Alternative(Sourced):
    """Another way to the same outcome, for the frontier of cost and effect."""

    title: Text = Field(description="What it is.")
    cost: float = Field(
        ge=-1e15,
        le=1e15,
        description="Per participant, in the account's money, beyond usual care.",
    )
    effect: EffectSize = Field(description="In the outcome's unit and desired direction.")


class Decisions(Strict):
    """How often the choice is made: what perfect information is worth in all."""

    per_year: float = Field(
        gt=0, le=1e10, description="Participants a year whom the decision concerns."
    )
    years: int = Field(ge=1, le=100, description="For how many years, from year 0.")


class Optimism(Strict):
    """Grades of evidence for correcting optimism: in place of distributions, never beside them."""

    costs: int = Field(ge=1, le=6, description="1, audited, to 6, uncorroborated judgement.")
    benefits: int = Field(ge=1, le=6, description="1, a trial here, to 6, judgement.")


class Scenario(Strict):
    """The account with something else assumed."""

    title: Text = Field(description="What is different.")
    schedule: ScheduleName | Schedule | None = Field(default=None, description="Other rates.")
    public_funds: float | None = Field(default=None, ge=0, le=1, description="Other cost of funds.")
    horizon: int | None = Field(default=None, ge=0, le=100, description="Last year counted.")
    growth: float | None = Field(
        default=None, gt=-1, le=0.2, description="Growth of all rows that grow."
    )
    fade: Literal["none", "linear"] | None = Field(
        default=None, description="Of all rows that follow the effect."
    )
    scope: Scope | None = Field(default=None, description="Gain of one place, or of all.")
    effect: float | None = Field(
        default=None, ge=-1e6, le=1e6, description="Factor on every effect."
    )
    items: dict[Name, Annotated[float, Field(le=1e6)]] = Field(
        default_factory=dict, description="Factors on amounts, by item."
    )


class Economics(Strict):
    """Costs and benefits by payer, per treated person, of the effects of analyses."""

    analysis: Name | None = Field(
        default=None,
        description="Key of the analysis whose headline effect is valued; without it and without "
        "`effects` only costs are counted.",
    )
    term: str = Field(
        default="overall", max_length=60, description="Which of its estimates is valued."
    )
    effects: dict[Name, Valued] = Field(
        default_factory=dict, description="Several effects that are valued together, by key."
    )
    correlations: tuple[Correlation, ...] = Field(
        default=(), description="Between effects of different analyses, where draws are not joint."
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
    conversion: Conversion | None = Field(
        default=None, description="Allows rows in other money or prices; absent: they are errors."
    )
    scope: Scope = Field(
        default="national", description="Gain of one place, or of all, for what payers retain."
    )
    participants: Participants | None = Field(
        default=None, description="People, for totals and for amounts of the whole programme."
    )
    observed: Years | None = Field(
        default=None,
        description="Years in which the effect was measured; all others are extrapolated.",
    )
    horizon: int | None = Field(
        default=None, ge=0, le=100, description="Last year that is counted; absent: of the rows."
    )
    draws: int = Field(default=10_000, ge=10_000, le=1_000_000, description="Draws of the effect.")
    payers: dict[Name, Payer] = Field(min_length=1, description="Who pays or gains, by key.")
    costs: tuple[Cost, ...] = Field(
        min_length=1, description="Resources that the programme uses, or causes to be used."
    )
    earnings: tuple[Earnings, ...] = Field(default=(), description="Wages that it gives rise to.")
    benefits: tuple[Benefit, ...] = Field(default=(), description="What else it gives rise to.")
    transfers: tuple[Transfer, ...] = Field(
        default=(), description="Money that changes hands: one gains what another loses."
    )
    scenarios: dict[Name, Scenario] = Field(
        default_factory=dict, description="The account with something else assumed, by key."
    )
    willingness: float | None = Field(
        default=None,
        gt=0,
        le=1e15,
        description="Largest willingness to pay for one unit of the effect.",
    )
    alternatives: dict[Name, Alternative] = Field(
        default_factory=dict, description="Other ways to the same outcome."
    )
    decisions: Decisions | None = Field(default=None, description="How often the choice is made.")
    optimism: Optimism | None = Field(default=None, description="Grades for a cautious variant.")
    organiser: Organiser | None = Field(
        default=None, description="What keeping a pupil is worth to who runs the school."
    )
    cofinancing: CoFinancing | None = Field(
        default=None, description="A grant that pays a share, and what has to be found beside it."
    )
    fund: Fund | None = Field(default=None, description="A social investment fund that is repaid.")
    note: Text | None = Field(default=None, description="What the account leaves out.")

    @property
    def rows(self) -> tuple[MoneyRow, ...]:
        """Return all rows of money: costs, earnings, benefits, then transfers."""
        return (*self.costs, *self.earnings, *self.benefits, *self.transfers)

    @property
    def valued(self) -> dict[str, Valued]:
        """Return the effects that money follows, the account's own first; empty without any."""
        if self.analysis is None:
            return self.effects
        return {self.analysis: Valued(analysis=self.analysis, term=self.term)}

    @property
    def last(self) -> int:
        """Return the last year that is counted."""
        end = max(row.years.to for row in self.rows)
        return end if self.horizon is None else self.horizon

    @model_validator(mode="after")
    def _consistent(self) -> Economics:
        faults = list(self._faults())
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _faults(self) -> Iterator[str]:
        for rule in consistency.RULES:
            yield from rule(self)
