"""The shape of a codebook, of findings and of recommendations in ``study.yaml``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from evaluate.core import Name, Strict, Text


class Code(Strict):
    """A code of the codebook."""

    title: Text = Field(description="What the code is called.")
    kind: Literal["practice", "barrier", "condition", "theme"] = Field(
        default="theme", description="What it is; barriers are linked to practices."
    )
    parent: Name | None = Field(default=None, description="Key of the code that it belongs under.")
    definition: Text | None = Field(default=None, description="When the code is given.")


class Statement(Strict):
    """A finding: what the material, or a publication, says."""

    text: Text = Field(description="The finding in one sentence.")
    codes: tuple[Name, ...] = Field(default=(), description="Codes whose segments it rests on.")
    sources: tuple[str, ...] = Field(
        default=(), description="Keys of references or facts in which it was published."
    )


class Recommendation(Strict):
    """What somebody is advised to do."""

    text: Text = Field(description="The recommendation in one sentence.")
    findings: tuple[Name, ...] = Field(default=(), description="Findings that it rests on.")


class Conclusions(Strict):
    """A codebook, what is concluded from it, and what is advised."""

    codes: dict[Name, Code] = Field(default_factory=dict, description="The codebook, by key.")
    findings: dict[Name, Statement] = Field(
        default_factory=dict, description="What the material or publications say, by key."
    )
    recommendations: dict[Name, Recommendation] = Field(
        default_factory=dict, description="What is advised, by key."
    )

    @model_validator(mode="after")
    def _hangs_together(self) -> Conclusions:
        for name, code in self.codes.items():
            if code.parent is not None and code.parent not in self.codes:
                raise ValueError(f"code `{name}` has a parent that is no code; correct `parent`")
        for name, finding in self.findings.items():
            if set(finding.codes) - set(self.codes):
                raise ValueError(f"finding `{name}` names a code that is not there; correct it")
        for name, advice in self.recommendations.items():
            if set(advice.findings) - set(self.findings):
                raise ValueError(
                    f"recommendation `{name}` names a finding that is not there; correct it"
                )
        return self
