"""The shape of a codebook, of findings and of recommendations in ``study.yaml``."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

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
