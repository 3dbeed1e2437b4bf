"""The shape of ``derive:`` and ``where:``: computed columns and tests of columns."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from evaluate.core import Name, Slug, Strict

ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Scalar = bool | int | float | str
Bound = float | str
Length = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,3} (day|month|year)s?$")]


class Power(Strict):
    """``of`` raised to ``exponent``."""

    of: ColumnName = Field(description="Column.")
    exponent: float = Field(description="Exponent.")


class Pair(Strict):
    """Two columns, in order."""

    left: ColumnName = Field(description="First column.")
    right: ColumnName = Field(description="Second column.")


class Log(Strict):
    """Natural logarithm of ``of`` plus ``plus``."""

    of: ColumnName = Field(description="Column.")
    plus: float = Field(default=0.0, description="Added before the logarithm is taken.")


class Bins(Strict):
    """``of`` cut into intervals closed on the left; codes 0, 1, 2 and so on."""

    of: ColumnName = Field(description="Column.")
    edges: tuple[float, ...] = Field(min_length=1, description="Increasing cut points.")

    @model_validator(mode="after")
    def _increase(self) -> Bins:
        if any(low >= high for low, high in zip(self.edges, self.edges[1:], strict=False)):
            raise ValueError(
                "the edges do not increase; write each cut point once, the lowest first"
            )
        return self


class DatePart(Strict):
    """A part of a date or period, as a whole number.

    Weeks are those of ISO 8601 (1 to 53, the first holds 4 January); weekdays run from
    1 (Monday) to 7 (Sunday). The year of a school year is the one in which it begins.
    """

    of: ColumnName = Field(description="Column of dates or periods.")
    part: Literal["year", "quarter", "month", "week", "weekday", "day"] = Field(
        description="Which part."
    )


class Lag(Strict):
    """The value of ``of`` that the same unit had some periods before."""

    of: ColumnName = Field(description="Column.")
    by: ColumnName = Field(description="Column of the unit that is followed over time.")
    over: ColumnName = Field(description="Column of periods, or of whole numbers.")
    periods: int = Field(default=1, ge=1, le=1000, description="How many periods before.")


class Condition(Strict):
    """A test of one column. A row whose cell is missing passes only ``missing: true``.

    Bounds are numbers, or dates and periods as they are written, such as 2015-09-30 or 2015-Q3.
    """

    beside: ClassVar[frozenset[str]] = frozenset({"column"})  # the keys that are no test

    column: ColumnName = Field(description="Column that is tested.")
    is_: Scalar | None = Field(default=None, alias="is", description="Equal to this value.")
    is_not: Scalar | None = Field(default=None, description="Different from this value.")
    in_: tuple[Scalar, ...] | None = Field(
        default=None, alias="in", min_length=1, description="One of these values."
    )
    not_in: tuple[Scalar, ...] | None = Field(
        default=None, min_length=1, description="None of these values."
    )
    at_least: Bound | None = Field(default=None, description="Greater than or equal.")
    at_most: Bound | None = Field(default=None, description="Less than or equal.")
    above: Bound | None = Field(default=None, description="Greater than.")
    below: Bound | None = Field(default=None, description="Less than.")
    between: tuple[Bound, Bound] | None = Field(default=None, description="Both ends included.")
    missing: bool | None = Field(default=None, description="Missing, or not missing.")

    @model_validator(mode="after")
    def _one_test(self) -> Condition:
        if len(self.model_fields_set - self.beside) != 1:
            raise ValueError(
                "there is not exactly one test; keep `column` and one of `is`, `in`, `at_least`, …"
            )
        low, high = self.between or (0.0, 0.0)
        if isinstance(low, float) and isinstance(high, float) and low > high:
            raise ValueError("no number lies between the two; put the lower one first")
        return self

    @property
    def test(self) -> tuple[str, object]:
        """Return the name of the test, such as ``"at_least"``, and its value."""
        (field,) = self.model_fields_set - self.beside
        return field.rstrip("_"), getattr(self, field)


class Types(Strict):
    """Kinds of programme, which have horizons of their own."""

    column: ColumnName = Field(description="Column of the persons, known at entry.")
    codes: dict[Name, tuple[Scalar, ...]] | None = Field(
        default=None,
        min_length=1,
        description="Codes of each kind; left out where the codes are the names.",
    )


class Status(Strict):
    """What had become of a person on the last day of a horizon that begins at entry.

    1 if the event happened from the day of entry to the same day of the calendar some time
    later, both days included; 0 if on that last day one of the states under ``else`` holds;
    missing otherwise. The rows are dated changes of status (``date``), or spells (``from`` and
    ``to``, both days included; an empty ``to`` is still running).
    """

    source: Name = Field(description="Source of events or spells; it is not joined.")
    person: ColumnName | None = Field(
        default=None, description="Its column of the person; by default that of the cohort."
    )
    date: ColumnName | None = Field(default=None, description="Day from which a status holds.")
    from_: ColumnName | None = Field(
        default=None, alias="from", description="First day of a spell, in place of `date`."
    )
    to: ColumnName | None = Field(
        default=None, description="Last day of a spell; empty while it runs."
    )
    column: ColumnName = Field(description="Its column of the status.")
    codes: dict[Name, tuple[Scalar, ...]] | None = Field(
        default=None,
        min_length=1,
        description="Codes of each status; left out where the codes are the names.",
    )
    where: tuple[Condition, ...] = Field(
        default=(), description="Rows of the source that count: all must hold."
    )
    event: Name = Field(description="Status that is looked for, such as completed.")
    within: Length | dict[Name, Length] | None = Field(
        default=None, description="Horizon, such as 5 years, or one for each kind under `types`."
    )
    standard: Slug | None = Field(
        default=None, description="Published definition that gives the horizon."
    )
    types: Types | None = Field(default=None, description="Whose horizon is which.")
    of: Literal["entry"] = Field(default="entry", description="Where the horizon begins.")
    else_: tuple[Name, ...] = Field(
        alias="else", min_length=1, description="Statuses that mean 0 on the last day."
    )
    missing: tuple[Name, ...] = Field(
        default=(), description="Statuses in which the outcome cannot be known."
    )
    no_record: Name | None = Field(
        default=None,
        description="Status of those without a record on the last day; else it is unknown.",
    )
    before_entry: Literal["error", "ignore"] = Field(
        default="error", description="What becomes of the event before entry."
    )
    overlap: Literal["error", "latest"] = Field(
        default="error", description="What holds where spells overlap: the one that began last."
    )
    outside: Literal["error", "ignore"] = Field(
        default="error", description="What becomes of rows outside the window of the cohort."
    )
    give: Literal["event", "state"] = Field(
        default="event", description="1, 0 or missing, or the name of the status."
    )

    @model_validator(mode="after")
    def _one_form(self) -> Status:
        if (self.date is None) == (self.from_ is None):
            raise ValueError("there is not exactly one of `date` and `from`; keep one of them")
        if (self.from_ is None) != (self.to is None):
            raise ValueError("`from` and `to` belong together; name both columns of a spell")
        if (self.within is None) == (self.standard is None):
            raise ValueError(
                "there is not exactly one of `within` and `standard`; keep one of them"
            )
        if isinstance(self.within, dict) and self.types is None:
            raise ValueError(
                "the horizons differ by kind, and nothing says whose is which; add `types:`"
            )
        return self

    @property
    def states(self) -> dict[str, tuple[Scalar, ...]]:
        """Return the codes of each status, in the study's order."""
        names = dict.fromkeys((self.event, *self.else_, *self.missing))
        return dict(self.codes) if self.codes is not None else {one: (one,) for one in names}

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of the source that the rule reads, without the person's."""
        days = (self.date, self.from_, self.to)
        tests = (one.column for one in self.where)
        return tuple(dict.fromkeys((*filter(None, days), self.column, *tests)))


Rule = Power | Pair | Log | Bins | DatePart | Lag | Condition | Status


class Derive(Strict):
    """A new column, computed from others."""

    name: Name = Field(description="Name of the new column; it stands in the dictionary too.")
    unit: str | None = Field(default=None, max_length=60, description="Unit of the new column.")
    power: Power | None = Field(default=None, description="A power of a column.")
    product: Pair | None = Field(default=None, description="left × right.")
    difference: Pair | None = Field(default=None, description="left − right.")
    ratio: Pair | None = Field(default=None, description="left / right; missing where right is 0.")
    log: Log | None = Field(default=None, description="Natural logarithm.")
    bins: Bins | None = Field(default=None, description="Intervals of a column.")
    indicator: Condition | None = Field(
        default=None, description="1 where the condition holds, 0 where not, else missing."
    )
    date_part: DatePart | None = Field(default=None, description="A part of a date or period.")
    lag: Lag | None = Field(
        default=None, description="An earlier value of the same unit; missing over a gap."
    )
    status: Status | None = Field(
        default=None, description="What had become of a person some time after entry."
    )

    @model_validator(mode="after")
    def _one_rule(self) -> Derive:
        if len(self.model_fields_set - {"name", "unit"}) != 1:
            raise ValueError(
                "there is not exactly one rule; keep `name`, `unit` and one of `power`, `ratio`, …"
            )
        return self

    @property
    def rule(self) -> tuple[str, Rule]:
        """Return the name of the rule, such as ``"power"``, and its fields."""
        (field,) = self.model_fields_set - {"name", "unit"}
        return field, getattr(self, field)
