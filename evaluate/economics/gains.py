"""Rows of what an effect gives rise to: benefits, earnings and transfers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, model_validator

from evaluate.core import Name, Strict
from evaluate.economics.rows import PER, MoneyRow, Parties, Per, Side, shares, sum_to_one


class Benefit(MoneyRow):
    """Something of value that the effect, or the programme itself, gives rise to."""

    side: ClassVar[Side] = "benefit"

    payer: Parties = Field(description="Who gains: one payer, or shares that sum to 1.")
    per: Per = Field(default="increase", description=PER)
    taxed: bool = Field(
        default=False, description="Tax revenue: the payers' `retention` applies to it."
    )

    @property
    def gains(self) -> Mapping[str, float]:
        """Return the share that each payer gains."""
        return shares(self.payer)

    @model_validator(mode="after")
    def _whole(self) -> Benefit:
        sum_to_one(payer=self.payer)
        return self


class Levy(Strict):
    """A part of earnings that public payers receive."""

    rate: float = Field(ge=0, le=1, description="Share of the gross wage.")
    to: Parties = Field(description="Who receives it: one payer, or shares that sum to 1.")

    @model_validator(mode="after")
    def _whole(self) -> Levy:
        sum_to_one(to=self.to)
        return self


class Earnings(MoneyRow):
    """Gross wages: net wage to the earner, tax to public payers, the contribution on top.

    The amount is the gross wage. Production is the wage and the employer's contribution; tax is
    the part of the wage that the earner does not keep.
    """

    side: ClassVar[Side] = "benefit"

    earner: Name = Field(description="Who earns: a payer.")
    per: Per = Field(default="increase", description=PER)
    tax: Levy | None = Field(default=None, description="Tax on the wage, out of it.")
    contribution: Levy | None = Field(
        default=None, description="Employer's contribution, on top of the wage."
    )

    @property
    def gains(self) -> Mapping[str, float]:
        """Return the share of the gross wage that each payer gains, the contribution too."""
        sums = {self.earner: 1.0 - (self.tax.rate if self.tax else 0.0)}
        for levy in (self.tax, self.contribution):
            for payer, share in shares(levy.to).items() if levy else ():
                sums[payer] = sums.get(payer, 0.0) + levy.rate * share if levy else 0.0
        return sums


class Transfer(MoneyRow):
    """Money that changes hands: society neither gains nor loses."""

    side: ClassVar[Side] = "transfer"

    from_: Parties = Field(
        alias="from", description="Who loses it: one payer, or shares that sum to 1."
    )
    to: Parties = Field(description="Who gains it: one payer, or shares that sum to 1.")
    per: Per = Field(default="increase", description=PER)
    administration: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Share of the amount that handling it takes; saved by who no longer pays.",
    )

    @property
    def gains(self) -> Mapping[str, float]:
        """Return the share that each payer gains; what it loses is negative."""
        sums = {payer: -share for payer, share in shares(self.from_).items()}
        for payer, share in shares(self.to).items():
            sums[payer] = sums.get(payer, 0.0) + share
        return sums

    @model_validator(mode="after")
    def _whole(self) -> Transfer:
        sum_to_one(**{"from": self.from_, "to": self.to})
        return self
