"""What a study may say of how matches are made."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

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


def _rising(cuts: tuple[float, ...]) -> tuple[float, ...]:
    if not cuts or any(low >= high for low, high in pairwise(cuts)):
        raise ValueError("where to cut is a list of numbers, each larger than the one before")
    return cuts


Bins = (
    Annotated[int, Field(ge=2, le=1000)]
    | Annotated[str, StringConstraints(pattern=r"^q([2-9]|[1-9][0-9]{1,2})$")]
    | Annotated[tuple[Annotated[float, Field(allow_inf_nan=False)], ...], AfterValidator(_rising)]
)


class OfMethod(Strict):
    """Fields of a design of which some belong to one of its methods alone."""

    if TYPE_CHECKING:  # each design has it at its own place among its fields
        method: str

    def has(self, field: str) -> bool:
        """Return whether the method has a field.

        Parameters
        ----------
        field : str
            Its name.
        """
        return self.method in OWN.get(field, (self.method,))

    @model_validator(mode="after")
    def _of_its_method(self) -> Self:
        for name, info in type(self).model_fields.items():
            default = info.get_default(call_default_factory=True)
            if not self.has(name) and getattr(self, name) != default:
                raise ValueError(
                    f"`{name}` belongs to method {' or '.join(OWN[name])}, and the method is"
                    f" {self.method}; delete it, or change the method"
                )
        return self


class Caliper(Strict):
    """How far a match may be."""

    width: float = Field(gt=0, allow_inf_nan=False, description="Largest distance.")
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
