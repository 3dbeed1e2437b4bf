"""The shape of ``evidence:`` in ``study.yaml``: what only people can judge."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from evaluate.core import Name, Strict, Text

Threat = Literal[
    "confounding",
    "concurrent",
    "experimental_effects",
    "fidelity",
    "missing_data",
    "measurement",
    "selective_reporting",
]
Level = Literal["low", "moderate", "high"]
Towards = Literal["towards_effect", "away_from_effect", "unknown"]
Domain = Literal["inconsistency", "indirectness", "reporting_bias"]


class Judged(Strict):
    """One question that somebody answered, with the reason."""

    holds: bool = Field(description="Whether it is so.")
    reason: Text = Field(description="Why it was judged so, in a sentence.")


class ThreatJudged(Strict):
    """How much one threat may have moved the result."""

    level: Level = Field(description="How large the threat is.")
    direction: Towards = Field(
        default="unknown", description="Where the threat would push the estimate."
    )
    reason: Text = Field(description="Why it was judged so, in a sentence.")


class Lowered(Strict):
    """How far one domain lowers certainty."""

    steps: int = Field(ge=0, le=2, description="Levels of certainty lost: 0, 1 or 2.")
    reason: Text = Field(description="Why it was judged so, in a sentence.")


class Evidence(Strict):
    """Judgements that ratings need and no row of data can give."""

    boundary: Literal["cautious", "optimistic"] = Field(
        default="cautious",
        description="Boundary of attrition; cautious where the programme may change who stays.",
    )
    boundary_reason: Text | None = Field(
        default=None,
        description="Why the programme cannot change who is lost; needed for `optimistic`.",
    )
    attrition: dict[Name, Text] = Field(
        default_factory=dict,
        description="Why people have no outcome record, by reason, such as `moved_abroad`. To"
        " leave school is an outcome and no reason.",
    )
    compromised: Judged | None = Field(
        default=None,
        description="Whether chance was undone: units moved between groups, or left out by choice.",
    )
    joiners: Judged | None = Field(
        default=None,
        description="Whether people who joined clusters after assignment could differ by group.",
    )
    confound: Judged | None = Field(
        default=None,
        description="Whether something else came to one group alone, to all of it.",
    )
    weak_measure: Judged | None = Field(
        default=None,
        description="Whether an outcome lacks validity or reliability, is what the programme"
        " itself trained, or was collected in another way in one group.",
    )
    exclusion_doubted: Judged | None = Field(
        default=None,
        description="Whether an instrument may act on the outcome in another way than through"
        " the programme.",
    )
    threats: dict[Threat, ThreatJudged] = Field(
        default_factory=dict, description="Threats to internal validity, by name."
    )
    certainty: dict[Domain, Lowered] = Field(
        default_factory=dict, description="Further reasons to be less certain, by domain."
    )

    @model_validator(mode="after")
    def _argued(self) -> Evidence:
        if self.boundary == "optimistic" and self.boundary_reason is None:
            raise ValueError(
                "the optimistic boundary stands without a reason; add `boundary_reason:`, or use"
                " `cautious`"
            )
        return self


class Answer(Strict):
    """What the author says about one point of the report, or why nothing was done."""

    text: Text | None = Field(default=None, description="The answer.")
    not_done: Text | None = Field(default=None, description="Why there is none; it is printed.")

    @model_validator(mode="after")
    def _one_of_two(self) -> Answer:
        if self.text is not None and self.not_done is not None:
            raise ValueError(
                "both `text` and `not_done` stand here; keep `text` where there is an answer"
            )
        if self.text is None and self.not_done is None:
            raise ValueError("the answer is empty; write `text:`, or `not_done:` with the reason")
        return self
