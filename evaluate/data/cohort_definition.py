"""The shape of ``data.cohort`` and ``data.units``: who is followed, from when, in which units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from evaluate.core import Name, Slug, Strict
from evaluate.data.rules import ColumnName, Condition

Code = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Criterion(Condition):
    """A test of what is known at entry, with the reason that the flow diagram gives.

    With ``source`` it asks whether the person has a row there that meets the test.
    """

    beside: ClassVar[frozenset[str]] = frozenset(
        {"column", "reason", "source", "person", "date", "when"}
    )

    reason: Reason = Field(description="Why, in a few words, as the flow diagram says it.")
    source: Name | None = Field(default=None, description="Source in which rows are looked for.")
    person: ColumnName | None = Field(
        default=None, description="Its column of the person; by default that of the cohort."
    )
    date: ColumnName | None = Field(default=None, description="Its column of the day.")
    when: Literal["before_entry", "by_entry", "after_entry"] = Field(
        default="before_entry",
        description="Rows dated before entry, or on that day too; later ones cannot select.",
    )

    @model_validator(mode="after")
    def _place(self) -> Criterion:
        if self.source is not None and self.date is None:
            raise ValueError(
                "rows of a source are looked for, and none of its columns gives their day; "
                "add `date:`"
            )
        if self.source is None and self.model_fields_set & {"person", "date", "when"}:
            raise ValueError(
                "`person`, `date` and `when` belong to a `source`; add it, or delete them"
            )
        return self


class Window(Strict):
    """First and last day that the registers cover."""

    from_: dt.date = Field(alias="from", description="First day.")
    to: dt.date = Field(description="Last day; nothing is known after it.")

    @model_validator(mode="after")
    def _in_order(self) -> Window:
        if self.to < self.from_:
            raise ValueError("the last day comes before the first; put the earlier one in `from`")
        return self


class Entry(Strict):
    """The day on which a person enters the cohort, and what is known on it."""

    source: Name | None = Field(
        default=None, description="Source of the entries; by default the persons' own."
    )
    person: ColumnName | None = Field(
        default=None, description="Its column of the person; by default that of the cohort."
    )
    date: ColumnName = Field(description="Column of the day; it becomes the person's.")
    where: tuple[Condition, ...] = Field(
        default=(), description="Rows of the source that are entries: all must hold."
    )
    pick: Literal["first", "last", "only"] = Field(
        default="only", description="Which of a person's entries counts."
    )
    take: tuple[ColumnName, ...] = Field(
        default=(), description="Further columns of that row that become the person's."
    )

    @model_validator(mode="after")
    def _own_row(self) -> Entry:
        if self.source is None and (self.person or self.where or self.take or self.pick != "only"):
            raise ValueError(
                "the persons' own rows need no picking; name the `source` of the entries, or keep "
                "`date` alone"
            )
        if self.date in self.take or len(set(self.take)) != len(self.take):
            raise ValueError("a column is taken twice; name each column once")
        return self


class Cohort(Strict):
    """One row for each person at entry; sources of spells and events are asked, not joined."""

    persons: Name | None = Field(
        default=None,
        description="Source with one row for each person; by default the one whose rows stay.",
    )
    person: ColumnName = Field(description="Column that tells persons apart.")
    window: Window = Field(description="What the registers cover.")
    entry: Entry = Field(description="Who enters when.")
    without_entry: Literal["error", "exclude"] = Field(
        default="error", description="What becomes of persons who never enter."
    )
    include: tuple[Criterion, ...] = Field(
        default=(), description="All must hold; a missing cell does not."
    )
    exclude: tuple[Criterion, ...] = Field(
        default=(), description="None may hold; a missing cell does not."
    )

    @property
    def criteria(self) -> Iterator[tuple[str, int, Criterion]]:
        """Yield each criterion with its list and place, in the order in which they are held."""
        for name, rows in (("include", self.include), ("exclude", self.exclude)):
            for place, one in enumerate(rows):
                yield name, place, one


class Change(Strict):
    """Units that became others on one day."""

    date: dt.date = Field(description="First day of the new units.")
    from_: tuple[Code, ...] = Field(
        alias="from", min_length=1, description="Codes that ended, or went on in the new unit."
    )
    to: Code | tuple[Code, ...] = Field(
        description="Code that they became; several where one unit was split."
    )
    target: Code | None = Field(
        default=None, description="After a split, the one that stands for the whole."
    )

    @model_validator(mode="after")
    def _split(self) -> Change:
        if len(self.after) > 1 and len(self.from_) > 1:
            raise ValueError(
                "several units became several; write one entry for each unit that was split, and "
                "one for each that arose from a merger"
            )
        is_split = not isinstance(self.to, str) and len(self.to) > 1
        if self.target is not None and not (is_split and self.target in self.after):
            raise ValueError("`target` is not among the parts of a split; name one of `to`")
        if len(set(self.from_)) < len(self.from_) or len(set(self.after)) < len(self.after):
            raise ValueError("a code stands twice; write each code once")
        return self

    @property
    def after(self) -> tuple[str, ...]:
        """Return the codes that arose."""
        return (self.to,) if isinstance(self.to, str) else self.to


class Units(Strict):
    """Codes of municipalities, counties or schools brought to the units of one day."""

    column: ColumnName = Field(description="Column of the codes as they were at the time.")
    as_of: dt.date = Field(description="Day whose units are used.")
    changes: tuple[Change, ...] = Field(default=(), description="Mergers and splits.")
    history: Slug | None = Field(
        default=None, description="History that comes with the package, before `changes`."
    )
    unchanged: tuple[Code, ...] = Field(
        default=(), description="Codes that no change names; any other is an error."
    )

    @model_validator(mode="after")
    def _some(self) -> Units:
        if not self.changes and self.history is None:
            raise ValueError("no change is declared; add `changes:` or `history:`")
        seen: set[tuple[dt.date, str]] = set()
        for one in self.changes:
            for code in one.from_:
                if (one.date, code) in seen:
                    raise ValueError(
                        "one code changes twice on one day; list the parts of a split under one "
                        "`to`"
                    )
                seen.add((one.date, code))
        return self
