"""The shape of ``evidence:`` in ``study.yaml``: what only people can judge."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from evaluate.core import Strict, Text


class Evidence(Strict):
    """Judgements that ratings need and no row of data can give."""

    boundary: Literal["cautious", "optimistic"] = Field(
        default="cautious", description="Boundary of attrition; cautious where the programme may"
        " change who stays.",
    )  # fmt: skip


class Answer(Strict):
    """What the author says about one point of the report, or why nothing was done."""

    text: Text | None = Field(default=None, description="The answer.")
    not_done: Text | None = Field(default=None, description="Why there is none; it is printed.")
