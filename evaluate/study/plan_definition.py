"""The shape of ``plan:`` in ``study.yaml``: registration, data access, reasons for deviations."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from evaluate.core import Address, Strict, Text

Element = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Access = Literal["not_created", "not_accessed", "accessed", "outcomes_seen"]
When = Literal["before_access", "before_outcome", "after_outcome"]
ORDER: tuple[Access, ...] = get_args(Access)


class Registration(Strict):
    """Where the plan stands for others to see."""

    registry: Text = Field(description="Such as OSF or REES.")
    id: str | None = Field(default=None, max_length=100, description="Its number there.")
    url: Address | None = Field(default=None, description="Its address.")
    date: datetime.date | None = Field(default=None, description="When it was registered.")


class Explained(Strict):
    """Why something was done otherwise than registered."""

    element: Element = Field(description="Place in the definition, such as outcomes.score.column.")
    when: When = Field(description="Before data, before outcomes, or after outcomes were seen.")
    kind: Literal[
        "unforeseen_event",
        "error_in_registration",
        "missing_information",
        "violated_assumption",
        "falsified_hypothesis",
    ] = Field(description="What kind of reason.")
    reason: Text = Field(description="The reason, in a sentence.")
    impact: Text | None = Field(default=None, description="What it does to severity or validity.")


class PlanBlock(Strict):
    """The state of the plan, and why it was left where it was."""

    data_access: Access = Field(
        description="What had happened to the data when the plan was locked."
    )
    registration: Registration | None = Field(default=None, description="Public registration.")
    deviations: tuple[Explained, ...] = Field(default=(), description="Explained deviations.")
