"""The shape of ``data:`` in ``study.yaml``: where rows come from and which are used."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from evaluate.core import DataKind, Name, Strict

ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Scalar = bool | int | float | str
RelativePath = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class Source(Strict):
    """One table of rows."""

    path: RelativePath = Field(description="File under the study's folder: .csv or .parquet.")
    encoding: Literal["utf-8", "latin-1", "utf-16"] = Field(
        default="utf-8", description="Of a CSV file."
    )
    delimiter: Literal[",", ";", "\t"] = Field(
        default=",", description="Between the columns of a CSV file."
    )
    decimal: Literal[".", ","] = Field(
        default=".", description="Decimal sign of numbers in a CSV file."
    )
    date_format: str | None = Field(
        default=None, max_length=40, description="Of dates, such as %d.%m.%Y; else ISO 8601."
    )

    @property
    def is_parquet(self) -> bool:
        """Return whether the file is Parquet, which needs none of the other keys."""
        return self.path.lower().endswith(".parquet")


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


class Condition(Strict):
    """A test of one column. A row whose cell is missing passes only ``missing: true``."""

    column: ColumnName = Field(description="Column that is tested.")
    is_: Scalar | None = Field(default=None, alias="is", description="Equal to this value.")
    is_not: Scalar | None = Field(default=None, description="Different from this value.")
    in_: tuple[Scalar, ...] | None = Field(
        default=None, alias="in", min_length=1, description="One of these values."
    )
    not_in: tuple[Scalar, ...] | None = Field(
        default=None, min_length=1, description="None of these values."
    )
    at_least: float | None = Field(default=None, description="Greater than or equal.")
    at_most: float | None = Field(default=None, description="Less than or equal.")
    above: float | None = Field(default=None, description="Greater than.")
    below: float | None = Field(default=None, description="Less than.")
    between: tuple[float, float] | None = Field(default=None, description="Both ends included.")
    missing: bool | None = Field(default=None, description="Missing, or not missing.")

    @model_validator(mode="after")
    def _one_test(self) -> Condition:
        if len(self.model_fields_set - {"column"}) != 1:
            raise ValueError(
                "there is not exactly one test; keep `column` and one of `is`, `in`, `at_least`, …"
            )
        if self.between is not None and self.between[0] > self.between[1]:
            raise ValueError("no number lies between the two; put the lower one first")
        return self

    @property
    def test(self) -> tuple[str, object]:
        """Return the name of the test, such as ``"at_least"``, and its value."""
        (field,) = self.model_fields_set - {"column"}
        return field.rstrip("_"), getattr(self, field)


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

    @model_validator(mode="after")
    def _one_rule(self) -> Derive:
        if len(self.model_fields_set - {"name", "unit"}) != 1:
            raise ValueError(
                "there is not exactly one rule; keep `name`, `unit` and one of `power`, `ratio`, …"
            )
        return self

    @property
    def rule(self) -> tuple[str, Power | Pair | Log | Bins | Condition]:
        """Return the name of the rule, such as ``"power"``, and its fields."""
        (field,) = self.model_fields_set - {"name", "unit"}
        return field, getattr(self, field)


class Data(Strict):
    """Where rows come from, which columns are computed, and which rows are used."""

    kind: DataKind = Field(description="What the rows are; decides what may be released.")
    source: RelativePath | None = Field(
        default=None, description="Short for sources: {main: {path: …}}."
    )
    sources: dict[Name, Source] | None = Field(
        default=None, min_length=1, max_length=1, description="The table, by name."
    )
    dummy: RelativePath | None = Field(
        default=None, description="Dummy rows in place of restricted ones, for `run --dummy`."
    )
    derive: tuple[Derive, ...] = Field(default=(), description="Computed columns, in order.")
    where: tuple[Condition, ...] = Field(
        default=(), description="Rows that are used: all must hold."
    )

    @model_validator(mode="after")
    def _one_source(self) -> Data:
        if (self.source is None) == (self.sources is None):
            raise ValueError("there is not exactly one of `source` and `sources`; keep one of them")
        if self.dummy is not None and self.kind != "restricted":
            raise ValueError(
                "dummy rows stand in only for restricted data; delete `dummy`, or set `kind: restricted`"
            )
        return self

    def in_dummy_form(self) -> Data:
        """Return the same block with the dummy rows in place of the restricted ones."""
        rows = self.main.model_copy(update={"path": self.dummy})
        changed = {"kind": "dummy", "source": None, "sources": {"main": rows}, "dummy": None}
        return self.model_copy(update=changed)

    @property
    def main(self) -> Source:
        """Return the table of rows."""
        if self.sources is None:
            return Source(path=self.source or "")
        return next(iter(self.sources.values()))
