"""Who pays and gains, and what they keep of a tax that others' rules even out."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from evaluate.core import Name, Strict, Text

Scope = Literal["local", "national"]

PUBLIC_FUNDS = "public_funds"
SOCIETY = "society"
EU_SOCIETY = "society_eu"
PUBLIC = "public"
RESERVED = (PUBLIC_FUNDS, SOCIETY, EU_SOCIETY, PUBLIC)


class Retention(Strict):
    """What a payer keeps of more tax revenue after equalisation; the rest goes elsewhere."""

    local: float = Field(
        ge=0, le=1, description="Share kept of a gain that this one place has alone."
    )
    national: float = Field(
        ge=0, le=1, description="Share kept of a gain that all such places have."
    )
    rest: Name = Field(description="Payer that the rest goes to.")

    def kept(self, scope: Scope) -> float:
        """Return the share that is kept."""
        return self.local if scope == "local" else self.national


class Payer(Strict):
    """Somebody whose account is drawn up."""

    title: Text = Field(description="Who it is, as a reader would say it.")
    public: bool = Field(
        default=False,
        description="Financed by taxes: the marginal cost of public funds applies to its net.",
    )
    eu: bool = Field(
        default=False,
        description="Outside the country: its money is an inflow in the national perspective, and "
        "public money in the EU perspective.",
    )
    retention: Retention | None = Field(
        default=None, description="What it keeps of tax revenue after equalisation; absent is all."
    )

    @model_validator(mode="after")
    def _public(self) -> Payer:
        if self.eu and not self.public:
            raise ValueError("money of the EU is public; set `public: true` beside `eu: true`")
        return self
