"""What a study declares of its outputs, its participants and what others took up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from evaluate.core import Name, Strict, Text
from evaluate.inference.made_keys import clashing

Status = Literal["delivered", "partly", "not_delivered", "unknown"]
Trace = Literal["cited", "structure_borrowed", "claimed"]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-\d{2})?)?$")]
STATUSES: tuple[Status, ...] = ("delivered", "partly", "not_delivered", "unknown")
TRACES: tuple[Trace, ...] = ("cited", "structure_borrowed", "claimed")
PARTS = ("evidence", "source", "document")  # texts that rows name by a key of their own
FULL_DATE = len("2020-01-01")


class Output(Strict):
    """Something that was to be delivered."""

    title: Text = Field(description="What it is called.")
    status: Status = Field(
        default="unknown", description="Whether it was delivered, as far as a source tells."
    )
    planned: Day | None = Field(
        default=None, description="When it was due: year, year-month or full date."
    )
    realised: Day | None = Field(default=None, description="When it was delivered.")
    evidence: Text | None = Field(
        default=None, description="Where one can see that it was, or was not, delivered."
    )
    cost: float | None = Field(
        default=None, ge=0, le=1e12, description="What it cost by itself, where a source says so."
    )

    @model_validator(mode="after")
    def _when(self) -> Output:
        if self.realised is not None and self.status in ("not_delivered", "unknown"):
            raise ValueError("it has a date of delivery; set `status` to delivered or partly")
        for one in (self.planned, self.realised):
            if one is not None and len(one) == FULL_DATE:
                date.fromisoformat(one)
        return self


class Cost(Strict):
    """What all outputs cost together."""

    total: float = Field(gt=0, le=1e12, description="In the currency.")
    currency: str = Field(pattern=r"^[A-Z]{3}$", description="Currency code.")
    source: Text = Field(description="Where it is said.")


class Group(Strict):
    """People who were to be reached, and who were; the one never stands for the other."""

    title: Text = Field(description="Who they are.")
    planned: int | None = Field(default=None, ge=0, description="How many were planned.")
    reached: int | None = Field(
        default=None, ge=0, description="How many were reached; left out where nobody counted."
    )
    source: Text | None = Field(default=None, description="Where it is said.")


class Uptake(Strict):
    """A place where something of the programme may have been taken up."""

    title: Text = Field(description="What was taken up, and where.")
    document: Text | None = Field(default=None, description="The document in which it shows.")
    date: Day | None = Field(default=None, description="When.")
    trace: Trace = Field(
        description="How it shows: the document cites the programme (cited), has its structure "
        "without citing it (structure_borrowed), or somebody says so (claimed)."
    )
    output: Name | None = Field(default=None, description="Key of the output that was taken up.")
    source: Text | None = Field(default=None, description="Who says so, or where it was read.")


class Outputs(Strict):
    """Outputs, their cost, participants and uptake."""

    outputs: dict[Name, Output] = Field(
        min_length=1, max_length=200, description="The outputs, each under its key."
    )
    cost: Cost | None = Field(
        default=None, description="Cost of all together; unknown if it is left out."
    )
    participants: dict[Name, Group] = Field(
        default_factory=dict, description="Groups of participants."
    )
    uptake: dict[Name, Uptake] = Field(
        default_factory=dict, description="Where something was taken up."
    )

    @model_validator(mode="after")
    def _known(self) -> Outputs:
        named = {one.output for one in self.uptake.values() if one.output is not None}
        if named - set(self.outputs):
            raise ValueError(f"`{min(named - set(self.outputs))}` is not under `outputs`")
        keys = [*self.outputs, *self.participants, *self.uptake]
        twice = clashing([*keys, *self.made()])
        if twice:
            raise ValueError(f"{twice} is the key of two things; give one another key")
        return self

    def made(self) -> Iterator[str]:
        """Yield the keys that tables make for the texts of the parts."""
        for block in (self.outputs, self.participants, self.uptake):
            for key, one in block.items():
                for part in PARTS:
                    if getattr(one, part, None) is not None:
                        yield f"{key}_{part}"
