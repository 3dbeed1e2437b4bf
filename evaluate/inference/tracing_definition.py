"""What a study declares of a claim and of the evidence for and against it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from evaluate.core import Name, Strict, Text
from evaluate.inference.made_keys import clashing
from evaluate.inference.tracing import TELLING
from evaluate.inference.tracing_parts import Span

Seen = Literal["yes", "no", "not_looked_for"]
Trace = Literal["cited", "structure_borrowed", "claimed"]
_NEAR = 1e-6


class Chance(Strict):
    """A probability with the range in which it may lie."""

    point: float = Field(gt=0, lt=1, description="The probability that is taken.")
    low: float | None = Field(
        default=None, gt=0, lt=1, description="The least that somebody reasonable could take."
    )
    high: float | None = Field(
        default=None, gt=0, lt=1, description="The most that somebody reasonable could take."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Chance:
        if not (self.low or self.point) <= self.point <= (self.high or self.point):
            raise ValueError(
                "a probability lies outside its own range; put `low` to `high` around it"
            )
        return self

    @property
    def span(self) -> Span:
        """Return it as three numbers."""
        return Span(self.low or self.point, self.point, self.high or self.point)


class Rival(Strict):
    """Another account of what happened, without the programme."""

    title: Text = Field(description="The account in one sentence.")
    share: float = Field(
        gt=0, le=1, description="How likely it is if the claim does not hold; they sum to 1."
    )


class Evidence(Strict):
    """Something that one would find, or would not, if the claim holds."""

    title: Text = Field(description="What is looked for.")
    if_true: Chance = Field(description="Chance of finding it if the claim holds (sensitivity).")
    if_false: Chance = Field(
        description="Chance of finding it if the claim does not hold (one minus specificity)."
    )
    if_rival: dict[Name, Chance] = Field(
        default_factory=dict, description="The same under single rivals, where it differs."
    )
    observed: Seen = Field(
        description="Whether it was found: yes, no (looked for in vain), not_looked_for."
    )
    source: Text | None = Field(
        default=None, description="Where it was found, or looked for: a document, an informant."
    )
    group: Name | None = Field(
        default=None,
        description="Pieces from one source, or that copy each other, share a group and are not "
        "multiplied: only the strongest on each side counts.",
    )


class Joint(Strict):
    """Chance of all that was seen of one group, judged together."""

    if_true: Chance = Field(description="Chance of it if the claim holds.")
    if_false: Chance = Field(description="Chance of it if the claim does not hold.")


class Claim(Strict):
    """A claim that something happened because of the programme."""

    title: Text = Field(description="The claim in one sentence.")
    trace: Trace | None = Field(
        default=None,
        description="How the programme shows in what took it up: cited, structure_borrowed, or "
        "only claimed by somebody who took part.",
    )
    prior: Chance = Field(description="Chance of the claim before the evidence.")
    rivals: dict[Name, Rival] = Field(
        default_factory=dict, max_length=10, description="Other accounts of what happened."
    )
    evidence: dict[Name, Evidence] = Field(
        min_length=1, max_length=60, description="What was looked for, and whether it was found."
    )
    joint: dict[Name, Joint] = Field(
        default_factory=dict, description="By group: what all of it together has for a chance."
    )

    def made(self, name: str) -> Iterator[str]:
        """Yield the keys that tables make of the claim's name and its parts."""
        yield name
        yield from (f"{name}_rival_{key}" for key in self.rivals)
        for key, one in self.evidence.items():
            yield f"{name}_{key}"
            if one.source is not None:
                yield f"{name}_{key}_source"

    @model_validator(mode="after")
    def _named(self) -> Claim:
        if self.rivals and abs(sum(one.share for one in self.rivals.values()) - 1) > _NEAR:
            raise ValueError("the shares of the rivals do not sum to 1; make them")
        unknown = {key for one in self.evidence.values() for key in one.if_rival} - set(self.rivals)
        if unknown:
            raise ValueError(f"`{min(unknown)}` is not under `rivals`; add it there")
        groups = {one.group for one in self.evidence.values() if one.observed != "not_looked_for"}
        lost = set(self.joint) - groups
        if lost:
            raise ValueError(f"nothing that was looked for is of the group `{min(lost)}`")
        return self


class Tracing(Strict):
    """Claims and the evidence for and against them."""

    claims: dict[Name, Claim] = Field(
        min_length=1, max_length=30, description="The claims, each under its key."
    )
    telling: float = Field(
        default=TELLING,
        gt=1,
        le=1000,
        description="From which change of the odds on a piece of evidence decides.",
    )

    @model_validator(mode="after")
    def _told_apart(self) -> Tracing:
        twice = clashing(key for name, one in self.claims.items() for key in one.made(name))
        if twice:
            raise ValueError(
                f"{twice} would name two things in the tables, which join the keys of a claim and "
                "of its evidence; give one another key"
            )
        return self
