"""The shape of ``study.yaml``. Blocks below this layer bring their own models."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from evaluate.assumptions.definition import Assumptions
from evaluate.core import Direction, Language, Name, Reference, Slug, Stage, Strict, Text
from evaluate.data.definition import ColumnName, Data
from evaluate.data.record_definition import Record
from evaluate.economics.definition import Economics
from evaluate.evidence.definition import Answer, Evidence
from evaluate.evidence.published_definition import Published
from evaluate.study.entries import Entries, Entry
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
