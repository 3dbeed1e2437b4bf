"""The shape of a qualitative comparative analysis in ``study.yaml``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from evaluate.core import Strict


class Calibration(Strict):
    """How what was measured becomes membership in a set; exactly one way."""

    direct: tuple[float, float, float] | None = Field(
        default=None, description="Anchors of full exclusion, crossover and full inclusion."
    )
    linear: tuple[float, float, float] | None = Field(
        default=None, description="The same anchors, with straight lines between them."
    )
    indirect: tuple[float, ...] | None = Field(
        default=None, min_length=1, description="Rising cuts between groups, which are smoothed."
    )
    crisp: tuple[float, ...] | None = Field(
        default=None,
        min_length=1,
        description="Rising cuts: one for a crisp set, several for a condition of several values.",
    )
    degree: float = Field(
        default=0.95,
        gt=0.5,
        lt=1,
        description="Membership at the anchor of full inclusion, for `direct`.",
    )
    quadratic: bool = Field(
        default=False,
        description="For `indirect`: smooth by value and square alone, not also root and log.",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Calibration:
        ways = (self.direct, self.linear, self.indirect, self.crisp)
        if sum(one is not None for one in ways) != 1:
            raise ValueError(
                "there is not exactly one of `direct`, `linear`, `indirect` and `crisp`; keep one"
            )
        for anchors in (self.direct, self.linear):
            if anchors is not None and list(anchors) not in (
                sorted(set(anchors)),
                sorted(set(anchors), reverse=True),
            ):
                raise ValueError(
                    "the anchors are not strictly in order; write exclusion, crossover, inclusion"
                )
        for cuts in (self.indirect, self.crisp):
            if cuts is not None and list(cuts) != sorted(set(cuts)):
                raise ValueError("the cuts do not rise; put them in order, each once")
        return self

    @property
    def anchors(self) -> tuple[float, float, float] | None:
        """Return the three anchors, however membership runs between them."""
        return self.direct or self.linear


class Robustness(Strict):
    """Other choices under which the analysis is run again."""

    consistency: tuple[float, ...] = Field(
        default=(0.75, 0.85, 0.9), min_length=1, description="Other consistency cuts."
    )
    frequency: tuple[int, ...] = Field(
        default=(2,), min_length=1, description="Other frequency cuts."
    )
    anchor_shift: float = Field(
        default=0.1,
        ge=0,
        lt=0.5,
        description="How far each anchor is moved, as a share of the distance between the outer two.",
    )
    draws: int = Field(
        default=200,
        ge=0,
        le=5000,
        description="Draws of all choices at once, each between the ends of what is tried.",
    )


Expected = Literal["present", "absent"] | tuple[int, ...]
