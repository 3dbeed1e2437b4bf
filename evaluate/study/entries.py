"""What stands under ``analyses``: what a design computes, and what a method computes."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from evaluate.core import Name, Strict, Summary, Text
from evaluate.data.definition import ColumnName
from evaluate.data.rules import Condition
from evaluate.evidence.dilution_definition import Dilution


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

    covariates: Literal["error", "complete_case", "indicator", "multiple_imputation"] = Field(
        default="error",
        description="Stop; leave such rows out and say so; keep them with an indicator of what is"
        " missing; or fill the cells in several times by chance, from what the other columns say.",
    )
    imputations: int | None = Field(
        default=None,
        ge=2,
        le=1000,
        description="Completed data sets under multiple_imputation; by default 20.",
    )

    @model_validator(mode="after")
    def _imputed(self) -> Missing:
        if self.imputations is not None and self.covariates != "multiple_imputation":
            raise ValueError(
                "`imputations` is given and nothing is imputed; delete it, or set `covariates:"
                " multiple_imputation`"
            )
        return self

    @property
    def number(self) -> int:
        """Return how many completed data sets there are."""
        return self.imputations or 20


class OtherInference(Strict):
    """How an alternative computes uncertainty."""

    std_error: str | tuple[str, ...] = Field(
        description="Estimator, or several: the first stands in the alternative's row."
    )


class OtherChoices(Strict):
    """Choices that could have been made otherwise; all others are those of the analysis."""

    title: Text | None = Field(default=None, description="In prose; else the alternative's key.")
    estimand: Summary | None = Field(default=None, description="Whose effect is asked for.")
    design: dict[str, dict[str, Any]] | None = Field(
        default=None,
        min_length=1,
        max_length=1,
        description="Name of the design: those of its fields that differ. Another design, or"
        " another method of one, takes over the columns alone.",
    )
    adjustment: Literal["none", "additive", "interacted"] | None = Field(
        default=None, description="How covariates enter."
    )
    inference: OtherInference | None = Field(default=None, description="Uncertainty.")
    missing: Missing | None = Field(default=None, description="Missing cells.")
    where: tuple[Condition, ...] = Field(
        default=(), description="Rows that are used, of those of the study: all must hold."
    )

    @model_validator(mode="after")
    def _something_else(self) -> OtherChoices:
        if not self.model_fields_set - {"title"}:
            raise ValueError("nothing is chosen otherwise; name what differs, or delete it")
        return self


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
    alternatives: dict[Name, OtherChoices] = Field(
        default_factory=dict,
        description="The same question answered with other choices, by name.",
    )
    negative_controls: tuple[Name, ...] = Field(
        default=(), description="Keys of outcomes that the programme cannot have changed."
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
