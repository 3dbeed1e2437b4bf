"""The shape of ``study.yaml``. Blocks below this layer bring their own models."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from evaluate.assumptions.definition import Assumptions
from evaluate.core import Direction, Language, Name, Reference, Slug, Stage, Strict, Summary, Text
from evaluate.data.definition import ColumnName, Data
from evaluate.data.record_definition import Record
from evaluate.economics.definition import Economics
from evaluate.evidence.definition import Answer, Evidence
from evaluate.evidence.dilution_definition import Dilution
from evaluate.evidence.published_definition import Published
from evaluate.study.plan_definition import PlanBlock
from evaluate.study.scalars import is_infinite

Unit = Annotated[str, StringConstraints(min_length=1, max_length=60)]


def _whole(value: object) -> object:
    """Refuse ``true`` and ``1.0``, which Python takes for 1."""
    if isinstance(value, bool | float):
        raise PydanticCustomError("literal_error", "not 1", {"expected": "1"})
    return value


class Fact(Strict):
    """A figure that somebody published about the programme. Two facts may disagree."""

    id: Slug = Field(description="Key by which text and funding refer to it.")
    quantity: Text = Field(description="What was counted; conflicting facts share it.")
    value: float | str = Field(description="The figure as it was published.")
    unit: Text | None = Field(default=None, description="Unit of the value.")
    scope: Text | None = Field(default=None, description="Which phase, place or population.")
    as_of: str | None = Field(default=None, max_length=40, description="When it was true.")
    source: Reference = Field(description="Where it was read.")
    status: Literal["verified", "unverified", "calculated"] = Field(
        description="Whether somebody of the project read it in the source."
    )
    note: Text | None = Field(default=None, description="What a reader should know of it.")

    @field_validator("value")
    @classmethod
    def _finite(cls, value: float | str) -> float | str:
        if isinstance(value, str) and is_infinite(value):
            raise ValueError("this is no finite number; write the figure as it was published")
        return value


class Period(Strict):
    """First and last day."""

    from_: date = Field(alias="from", description="First day.")
    to: date | None = Field(default=None, description="Last day; absent while it runs.")

    @model_validator(mode="after")
    def _in_order(self) -> Period:
        if self.to is not None and self.to < self.from_:
            raise ValueError("the last day comes before the first; put the earlier one in `from`")
        return self


class Funding(Strict):
    """Who paid, and how much."""

    funder: Text = Field(description="Who paid.")
    amount: Slug | None = Field(default=None, description="Id of the fact that holds the sum.")


class Programme(Strict):
    """The organisation around the intervention."""

    owner: Text = Field(description="Who answered for it.")
    partners: tuple[Text, ...] = Field(default=(), description="Who took part.")
    period: Period | None = Field(default=None, description="When it ran.")
    funding: tuple[Funding, ...] = Field(default=(), description="Who paid.")
    country: tuple[Text, ...] = Field(default=(), description="Where, for the catalogue.")


class Intervention(Strict):
    """What was done: the twelve items of TIDieR (Hoffmann et al. 2014), and our typology."""

    name: Text = Field(description="TIDieR 1: name.")
    why: Text = Field(description="TIDieR 2: rationale or theory.")
    what: Text = Field(description="TIDieR 3 and 4: materials and procedures.")
    provider: Text = Field(description="TIDieR 5: who provided.")
    how: Text = Field(description="TIDieR 6: modes of delivery.")
    where: Text = Field(description="TIDieR 7: places.")
    dose: Text = Field(description="TIDieR 8: when and how much.")
    tailoring: Text = Field(description="TIDieR 9: how it was adapted to people.")
    changes: Text = Field(description="TIDieR 10: modifications on the way.")
    fidelity: Text = Field(description="TIDieR 11 and 12: fidelity, planned and actual.")
    class_: tuple[Literal["preventive", "intervening", "compensating"], ...] = Field(
        alias="class", min_length=1, description="Before, during or after dropping out."
    )
    reach: Literal["universal", "selective", "indicated"] = Field(
        description="Everybody, groups at risk, or people already affected."
    )
    levels: tuple[
        Literal["individual", "class", "school", "municipality", "region", "country"], ...
    ] = Field(min_length=1, description="Where it acts.")


class Comparison(Strict):
    """What the programme is compared with."""

    who: Text = Field(description="Who the comparison group is.")
    received: Text = Field(description="What they received instead.")
    why_credible: Text = Field(description="Why their outcome stands for what would have been.")


class Outcome(Strict):
    """What is measured."""

    title: Text | None = Field(default=None, description="In prose; else the outcome's key.")
    column: ColumnName | None = Field(default=None, description="Column that holds it.")
    unit: Unit = Field(description="Unit, such as USD/year or share.")
    role: Literal["primary", "secondary"] = Field(description="Its place in the plan.")
    direction: Direction = Field(description="The desired direction.")
    smallest_worthwhile: float | None = Field(
        default=None, gt=0, description="Smallest effect worth having, in the outcome's unit."
    )
    domain: str | None = Field(default=None, max_length=60, description="For synthesis.")
    definition: Text | None = Field(
        default=None, description="Numerator, denominator, cohort, horizon and register."
    )


class Assignment(Strict):
    """How treatment was given out."""

    level: Literal["individual", "cluster"] = Field(description="What was assigned.")
    unit: ColumnName | None = Field(
        default=None, description="Column of the assigned unit; the same as the design's cluster."
    )
    probability: float | ColumnName | None = Field(
        default=None,
        description="Probability of being treated: one number, or the column that holds each"
        " unit's.",
    )

    @model_validator(mode="after")
    def _a_probability(self) -> Assignment:
        if isinstance(self.probability, float) and not 0 < self.probability < 1:
            raise ValueError(
                "`probability` does not lie between 0 and 1; write a share such as 0.5"
            )
        return self


class Subgroup(Strict):
    """A group in which the effect may differ, named before any result is seen."""

    column: ColumnName = Field(description="Column of its levels, known before the programme.")
    reason: Text = Field(description="Why the effect may differ between them.")


class Inference(Strict):
    """How uncertainty is computed."""

    std_error: str | tuple[str, ...] | None = Field(
        default=None, description="Estimator, or several: the first is the headline."
    )
    conf_level: float = Field(default=0.95, ge=0.9, lt=1, description="Of the intervals.")
    draws: int = Field(
        default=9999,
        ge=999,
        le=99_999,
        description="Of each bootstrap, and of each randomisation test that cannot be exact.",
    )
    family: Name | None = Field(
        default=None, description="Outcomes tested together; by default all primary outcomes."
    )

    @property
    def std_errors(self) -> tuple[str, ...]:
        """Return the estimators asked for, the headline's first."""
        one = self.std_error
        return () if one is None else (one,) if isinstance(one, str) else one


class Missing(Strict):
    """What is done about missing cells."""

    covariates: Literal["error", "complete_case"] = Field(
        default="error", description="Stop, or leave such rows out and say so."
    )


class Analysis(Strict):
    """One thing that is computed. What computes it is the one key under ``design``."""

    outcome: Name = Field(description="Key of the outcome.")
    estimand: Summary = Field(description="Whose effect is asked for.")
    design: dict[str, dict[str, Any]] = Field(
        min_length=1, max_length=1, description="Name of the design: its fields."
    )
    assignment: Assignment | None = Field(default=None, description="How treatment was given out.")
    adjustment: Literal["none", "additive", "interacted"] | None = Field(
        default=None, description="How covariates enter."
    )
    inference: Inference = Field(default_factory=Inference, description="Uncertainty.")
    subgroups: tuple[Subgroup, ...] = Field(
        default=(), description="Groups between which the effect is compared."
    )
    missing: Missing = Field(default_factory=Missing, description="Missing cells.")
    dilution: Dilution | None = Field(
        default=None, description="How many of those measured took part."
    )
    role: Literal["primary", "secondary", "exploratory"] = Field(
        default="primary", description="Its place in the plan."
    )

    @property
    def method(self) -> str:
        """Return the name of the design."""
        return next(iter(self.design))


class Inquired(Strict):
    """One thing that is computed without a comparison, by the one key under ``method``."""

    title: Text | None = Field(default=None, description="In prose; else the analysis's key.")
    method: dict[str, dict[str, Any]] = Field(
        min_length=1, max_length=1, description="Name of the method: its fields."
    )
    inference: Inference = Field(default_factory=Inference, description="Uncertainty.")


OF_DESIGN, OF_METHOD = "of a design", "of a method"  # named in the place of an error


def _entry(value: object) -> str:
    """Return which of the two an entry of ``analyses`` is meant to be."""
    if not isinstance(value, dict):
        return OF_METHOD if isinstance(value, Inquired) else OF_DESIGN
    of_method = "method" in value or ("title" in value and "outcome" not in value)
    return OF_METHOD if of_method and "design" not in value else OF_DESIGN


Entry = Annotated[
    Annotated[Analysis, Tag(OF_DESIGN)] | Annotated[Inquired, Tag(OF_METHOD)],
    Discriminator(_entry),
]


class Entries(Strict):
    """What stands under ``analyses``, apart by what computes it."""

    @property
    def analyses(self) -> dict[str, Analysis]:
        """Return the analyses that a design computes, by key."""
        entries: dict[str, Analysis | Inquired] = getattr(self, "entries", {})
        return {key: one for key, one in entries.items() if isinstance(one, Analysis)}

    @property
    def methods(self) -> dict[str, Inquired]:
        """Return those that a method computes, by key."""
        entries: dict[str, Analysis | Inquired] = getattr(self, "entries", {})
        return {key: one for key, one in entries.items() if isinstance(one, Inquired)}

    def with_analyses(self, analyses: dict[str, Analysis]) -> Self:
        """Return a copy in which designs compute other analyses; methods stay."""
        return self.model_copy(update={"entries": {**analyses, **self.methods}})


class Disclosure(Strict):
    """How the gate judges what leaves the data zone."""

    profile: Literal["none", "nordic_strict"] | None = Field(
        default=None, description="Rules; by default they follow from data.kind."
    )


class Report(Strict):
    """How the study is published."""

    languages: tuple[Language, ...] = Field(
        default=(), description="Languages of the book, the first one first."
    )
    answers: dict[Name, Answer] = Field(
        default_factory=dict, description="What only the authors can say, by item of the gate list."
    )


class Study(Entries):
    """A question, what was done, what it is compared with, and how the answer is computed."""

    version: Annotated[Literal[1], BeforeValidator(_whole)] = Field(
        description="Version of this format."
    )
    id: Slug = Field(description="Stable key; names the random streams.")
    language: Language = Field(default="en", description="Language of plain strings.")
    title: Text = Field(description="Title in the catalogue.")
    question: Text = Field(description="The question; heading of the chapter.")
    status: Stage = Field(description="How far the study is.")
    references: dict[Slug, Reference] = Field(
        default_factory=dict, description="What text.md cites, by key."
    )
    facts: tuple[Fact, ...] = Field(default=(), description="Published figures.")
    published: tuple[Published, ...] = Field(
        default=(), description="What others found on the same question."
    )
    programme: Programme = Field(description="The organisation around it.")
    intervention: Intervention = Field(description="What was done.")
    comparison: Comparison = Field(description="What it is compared with.")
    data: Data | None = Field(
        default=None, description="Where rows come from; a planned study may leave it out."
    )
    outcomes: dict[Name, Outcome] = Field(min_length=1, description="What is measured, by key.")
    records: dict[Name, Record] = Field(
        default_factory=dict, description="Tables that methods read as they are, by key."
    )
    entries: dict[Name, Entry] = Field(
        default_factory=dict, alias="analyses", description="What is computed, by key."
    )
    assumptions: Assumptions | None = Field(
        default=None, description="What is expected before any data are seen."
    )
    plan: PlanBlock | None = Field(default=None, description="Registration and deviations.")
    evidence: Evidence | None = Field(default=None, description="Judgements behind the ratings.")
    economics: Economics | None = Field(default=None, description="Costs and benefits.")
    disclosure: Disclosure = Field(default_factory=Disclosure, description="Release rules.")
    report: Report = Field(default_factory=Report, description="Publication.")
