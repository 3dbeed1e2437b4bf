"""What a study may say of how matches are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from evaluate.core import Strict

_NEAREST = ("ratio", "replace", "distance", "caliper", "order", "bias_corrected")
# Fields that only some methods have.
OWN: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(_NEAREST, ("nearest",)),
    "exact": ("nearest", "exact", "coarsened"),
    "bins": ("coarsened",),
    "subclasses": ("subclass",),
    "trim": ("ipw", "overlap"),
    "squares": ("entropy",),
    "nuisance": ("aipw",),
    "folds": ("aipw",),
}
Bins = (
    Annotated[int, Field(ge=2, le=1000)]
    | Annotated[str, StringConstraints(pattern=r"^q[0-9]{1,3}$")]
    | tuple[float, ...]
)


class Caliper(Strict):
    """How far a match may be."""

    width: float = Field(gt=0, description="Largest distance.")
    unit: str = Field(
        default="sd_logit",
        description="What it is counted in: `sd_logit` or `sd_score`, standard deviations over all"
        " units; `logit` or `score`, as they are; or the name of a covariate, in its own unit.",
    )


class Trim(Strict):
    """Which scores are kept."""

    low: float = Field(default=0.0, ge=0, lt=1, description="Lowest.")
    high: float = Field(default=1.0, gt=0, le=1, description="Highest.")

    @model_validator(mode="after")
    def _in_order(self) -> Trim:
        if self.low >= self.high:
            raise ValueError("`low` is not below `high`; nobody would be kept")
        return self
