"""What a study declares of a practice, on the template of a handbook of practices."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from evaluate.core import Name, Strict, Text
from evaluate.inference.transfer import Condition, Known

Class = Literal["preventive", "intervening", "compensating"]
Level = Literal["individual", "class", "school", "municipality", "region", "country"]
Target = Literal["universal", "selective", "indicated"]
Grade = Literal["described", "monitoring", "pre_post", "comparison", "rct"]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]

CLASSES: tuple[Class, ...] = ("preventive", "intervening", "compensating")
LEVELS: tuple[Level, ...] = (
    *("individual", "class", "school"),
    *("municipality", "region", "country"),
)
TARGETS: tuple[Target, ...] = ("universal", "selective", "indicated")
GRADES: tuple[Grade, ...] = ("described", "monitoring", "pre_post", "comparison", "rct")


class Cost(Strict):
    """What a practice costs, where a source says so."""

    amount: float = Field(ge=0, description="In the unit.")
    unit: str = Field(max_length=60, description="Currency and per what, such as `EUR/pupil`.")
    source: Text = Field(description="Where it is said.")


class Needed(Strict):
    """A condition of a practice, at home and elsewhere."""

    title: Text = Field(description="The condition, in a few words.")
    needed: Known = Field(
        default="yes", description="Whether the practice needs it: yes, no or unknown."
    )
    origin: Known = Field(
        default="unknown", description="Whether it is met where the practice comes from."
    )
    at: dict[Name, Known] = Field(
        default_factory=dict,
        description="Whether it is met at each destination; one that is left out is unknown.",
    )


class Practice(Strict):
    """One practice."""

    title: Text = Field(description="What it is called.")
    classes: dict[Class, Annotated[float, Field(ge=0, le=1)]] = Field(
        default_factory=dict,
        description="How surely it is preventive, intervening or compensating, each from 0 to 1; "
        "it may be several. Left out, the raters' share decides where there are ratings.",
    )
    levels: tuple[Level, ...] = Field(default=(), description="Levels at which it works.")
    targets: tuple[Target, ...] = Field(
        default=(), description="For all (universal), for groups at risk, for those with signs."
    )
    country: Country | None = Field(default=None, description="Country, as two capital letters.")
    region: Text | None = Field(default=None, description="Region or place that it comes from.")
    context: Text | None = Field(default=None, description="What it grew out of.")
    actors: tuple[Text, ...] = Field(default=(), max_length=20, description="Who takes part.")
    method: Text | None = Field(default=None, description="What is done.")
    evidence: Grade = Field(
        default="described",
        description="The best that it rests on: a description only, monitoring, change before to "
        "after, a comparison, a randomised trial.",
    )
    evidence_source: Text | None = Field(
        default=None, description="Where that evidence can be read."
    )
    cost: Cost | None = Field(default=None, description="What it costs; unknown if left out.")
    conditions: dict[Name, Needed] = Field(
        default_factory=dict, max_length=30, description="Conditions under which it works."
    )
    contact: Text | None = Field(
        default=None, description="Organisation to ask; never the name of a person."
    )
    source: Text | None = Field(default=None, description="Where the record comes from.")
    status: Literal["verified", "unverified"] = Field(
        default="unverified", description="Whether the record was held against its source."
    )

    @model_validator(mode="after")
    def _once(self) -> Practice:
        if len(set(self.levels)) < len(self.levels) or len(set(self.targets)) < len(self.targets):
            raise ValueError("a level or a target group stands twice; name each once")
        return self

    def conditions_at(self, destination: str) -> list[Condition]:
        """Return what is known of the conditions at a destination."""
        return [
            Condition(key, one.needed, one.origin, one.at.get(destination, "unknown"))
            for key, one in self.conditions.items()
        ]
