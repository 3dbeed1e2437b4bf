"""The versioned rule files behind ratings: each threshold with its source, and whether it was read.

A rule is ``verified`` when a person of the project has compared it with the issuer's own document.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import ConfigDict, Field, StringConstraints

from evaluate.core import Localised, Strict
from evaluate.design import Kind
from evaluate.evidence.definition import Threat

T = TypeVar("T")
Standing = Literal["without_reservations", "with_reservations", "does_not_meet", "not_eligible"]
Certainty = Literal["very_low", "low", "moderate", "high"]
Magnitude = Literal[
    "increase", "decrease", "little_or_no_difference", "no_meaningful_difference", "cannot_tell"
]
Date = Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
Locks = Annotated[int, Field(ge=0, le=5)]


class Cited(Strict, Generic[T]):
    """One value of a rule, with its source."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    value: T = Field(description="Number, table or words.")
    citation: str = Field(min_length=10, description="Where it stands.")
    date: Date = Field(description="When that was published.")
    verified: bool = Field(description="Whether it was compared with the issuer's document.")
    note: str | None = Field(default=None, description="How it is used.")


class RuleFile(Strict):
    """What every rule file says of itself."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    rule: str = Field(description="Which scale it serves.")
    version: str = Field(description="Its version.")
    issuer: str = Field(description="Who made the rule.")
    citation: str = Field(min_length=10, description="The document that holds it.")
    date: Date = Field(description="When that was published.")
    checked: Date = Field(description="When the file was last compared with its sources.")

    @property
    def items(self) -> dict[str, Cited[object]]:
        """Return the values with their sources by name."""
        found = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: one for name, one in found.items() if isinstance(one, Cited)}

    @property
    def verified(self) -> bool:
        """Return whether every value was compared with the issuer's document."""
        return all(one.verified for one in self.items.values())

    @property
    def source(self) -> str:
        """Return the citation, saying who assessed and who did not."""
        own = self.issuer.startswith("Evaluate")
        return (
            self.citation if own else f"{self.citation}. Self-assessment, no review by the issuer"
        )


class Below(Strict):
    """Padlocks of a value below a bound."""

    below: float = Field(gt=0, description="In standard deviations.")
    locks: Locks = Field(description="Padlocks.")


class UpTo(Strict):
    """Padlocks of a value up to a bound."""

    up_to: float = Field(gt=0, le=100, description="In per cent.")
    locks: Locks = Field(description="Padlocks.")


class Months(Strict):
    """Months of progress from a size of effect on."""

    from_: float = Field(alias="from", ge=0, description="In standard deviations.")
    months: int = Field(ge=0, le=12, description="Months of progress.")


class WwcRules(RuleFile):
    """Standards of the What Works Clearinghouse for group designs."""

    attrition_boundary: Cited[str]
    default_boundary: Cited[Literal["cautious"]]
    baseline_equivalence: Cited[str]
    cox_omega: Cited[bool]
    least_units: Cited[int]
    first_stage_f: Cited[float]
    ceiling: Cited[dict[Kind, Standing]]
    cluster_icc: Cited[dict[Literal["achievement", "other"], float]]


class EefRules(RuleFile):
    """Padlocks and months of progress of the Education Endowment Foundation."""

    design: Cited[dict[Kind, Locks]]
    some_confounders: Cited[Locks]
    no_confounders: Cited[Locks]
    mdes: Cited[tuple[Below, ...]]
    attrition: Cited[tuple[UpTo, ...]]
    threats: Cited[tuple[Threat, ...]]
    most_lost: Cited[int]
    missing_moderate: Cited[float]
    months_trials: Cited[tuple[Months, ...]]
    months_toolkit: Cited[tuple[Months, ...]]
    toolkit_end: Cited[float]
    attainment_domains: Cited[tuple[str, ...]]


class SmsRules(RuleFile):
    """Maryland Scientific Methods Scale."""

    maximum: Cited[dict[Kind, Annotated[int, Field(ge=1, le=5)]]]
    checks: Cited[dict[Kind, tuple[str, ...]]]
    worthwhile_level: Cited[int]


class LadderRules(RuleFile):
    """The claims ladder."""

    steps: Cited[tuple[str, ...]]


class CertaintyRules(RuleFile):
    """Certainty of one estimate, and its words."""

    levels: Cited[tuple[Certainty, ...]]
    start: Cited[dict[Kind, Certainty]]
    risk_trial: Cited[dict[Standing, int]]
    risk_other: Cited[dict[Standing, int]]
    most_lost: Cited[int]
    little: Cited[float]
    words: Cited[dict[Magnitude, dict[Certainty, Localised]]]


class EffectSizeRules(RuleFile):
    """Where the formulas of effect sizes come from."""

    cox_scale: Cited[str]
    r_squared_term: Cited[bool]
    improvement_index: Cited[str]
    cluster_correction: Cited[str]


R = TypeVar("R", bound=RuleFile)
FILES: dict[str, type[RuleFile]] = {
    "wwc-5.0": WwcRules,
    "eef-2019": EefRules,
    "sms-wwg": SmsRules,
    "claims-ladder": LadderRules,
    "certainty": CertaintyRules,
    "effect-sizes": EffectSizeRules,
}


@cache
def rules(name: str, shape: type[R]) -> R:
    """Return a rule file, checked against its shape.

    Parameters
    ----------
    name : str
        Name of the file without its ending, such as ``"wwc-5.0"``.
    shape : type
        Its model.
    """
    import yaml

    file = files("evaluate.evidence") / "rules" / f"{name}.yaml"
    return shape.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
