"""The shape of ``data:`` in ``study.yaml``: where rows come from and which are used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from evaluate.core import DataKind, Name, Slug, Strict
from evaluate.data.cohort_definition import Cohort, Units
from evaluate.data.rules import ColumnName, Condition, Derive

__all__ = ["ColumnName", "Data", "Join", "Source"]

RelativePath = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Variable = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=100)]
TableName = Annotated[str, StringConstraints(min_length=1, max_length=200)]
# Formats that carry types of their own, and those among them that hold several tables.
TYPED_SUFFIXES = (".parquet", ".dta", ".sav", ".zsav", ".duckdb", ".sqlite", ".db")
DATABASE_SUFFIXES = (".duckdb", ".sqlite", ".db")
_STATISTICS_SUFFIXES = (".dta", ".sav", ".zsav")


class Source(Strict):
    """One table of rows."""

    path: RelativePath | None = Field(
        default=None,
        description="File under the study's folder (.csv, .parquet, .dta, .sav, .duckdb, .sqlite), "
        "a folder of such .parquet or .csv files, or a pattern such as data/part-*.parquet.",
    )
    database: Variable | None = Field(
        default=None,
        description="Environment variable that holds the connection to a database.",
    )
    table: TableName | None = Field(
        default=None, description="Table or view of a database, or of a database file."
    )
    encoding: Literal["utf-8", "latin-1", "utf-16"] = Field(
        default="utf-8", description="Of a CSV file, or of an old Stata or SPSS file."
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

    @model_validator(mode="after")
    def _one_place(self) -> Source:
        if (self.path is None) == (self.database is None):
            raise ValueError("there is not exactly one of `path` and `database`; keep one of them")
        if self.database is not None and self.table is None:
            raise ValueError("no table is named; add `table` with the name of a table or view")
        if self.table is not None and self.path and self.suffix not in DATABASE_SUFFIXES:
            raise ValueError("the file holds one table only; delete `table`")
        foreign = sorted(self.given & self._foreign)
        if foreign:
            raise ValueError(
                f"`{foreign[0]}` says how a CSV file is written, and this source has types of its "
                f"own; delete `{foreign[0]}`"
            )
        return self

    @property
    def suffix(self) -> str:
        """Return the ending of the path in small letters; empty for a folder or a database."""
        return PurePosixPath(self.path or "").suffix.lower()

    @property
    def label(self) -> str:
        """Return what messages call the source: its path, or its table."""
        return self.path or self.table or ""

    @property
    def given(self) -> frozenset[str]:
        """Return the keys of a CSV file that the study sets."""
        keys = {"encoding", "delimiter", "decimal", "date_format"}
        return frozenset(
            key for key in keys & self.model_fields_set if getattr(self, key) is not None
        )

    @property
    def _foreign(self) -> frozenset[str]:
        if self.database is None and self.suffix not in TYPED_SUFFIXES:
            return frozenset()
        own = {"encoding"} if self.suffix in _STATISTICS_SUFFIXES else set()
        return frozenset({"encoding", "delimiter", "decimal", "date_format"} - own)


class Join(Strict):
    """Two sources put side by side, row by row, where their keys are equal."""

    left: Name = Field(description="Source whose rows stay.")
    right: Name = Field(description="Source whose columns are added.")
    on: ColumnName | tuple[ColumnName, ...] = Field(
        description="Column, or list of columns, that both sources have."
    )
    cardinality: Literal["one_to_one", "many_to_one"] = Field(
        description="How many rows of the left source one row of the right may stand for."
    )
    unmatched: Literal["error", "keep", "drop"] = Field(
        default="error", description="What becomes of left rows that no right row fits."
    )

    @model_validator(mode="after")
    def _two_and_a_key(self) -> Join:
        if self.left == self.right:
            raise ValueError("a source is joined to itself; name two sources")
        if not self.keys or len(set(self.keys)) != len(self.keys):
            raise ValueError("the key is empty or names a column twice; name each column once")
        return self

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the columns of the key."""
        return (self.on,) if isinstance(self.on, str) else self.on


class Measured(Strict):
    """A column that somebody else measured by a published definition."""

    column: ColumnName = Field(description="Column.")
    standard: Slug = Field(description="Which definition, such as eurostat-early-leavers.")
    over: ColumnName | None = Field(
        default=None, description="Column of years or dates that the series runs over."
    )
    break_term: ColumnName | None = Field(
        default=None, description="Column that is 1 after a break of the definition and 0 before."
    )


class Timing(Strict):
    """When columns were measured: before the programme began, or after."""

    before: tuple[ColumnName, ...] = Field(
        default=(), description="Columns that were known before the programme began."
    )
    after: tuple[ColumnName, ...] = Field(
        default=(), description="Columns that may be a result of the programme."
    )

    @model_validator(mode="after")
    def _one_time(self) -> Timing:
        both = sorted(set(self.before) & set(self.after))
        if both:
            raise ValueError(
                f"`{both[0]}` is measured both before and after; name it under one of them"
            )
        return self


class Data(Strict):
    """Where rows come from, which columns are computed, and which rows are used."""

    kind: DataKind = Field(description="What the rows are; decides what may be released.")
    source: RelativePath | None = Field(
        default=None, description="Short for sources: {main: {path: …}}."
    )
    sources: dict[Name, Source] | None = Field(
        default=None, min_length=1, description="The tables, by name."
    )
    join: tuple[Join, ...] = Field(
        default=(), description="How several sources become one table, in order."
    )
    dummy: RelativePath | None = Field(
        default=None,
        description="Dummy rows in place of restricted ones, for `run --dummy`: a file, or a"
        " folder with one for each source.",
    )
    cohort: Cohort | None = Field(
        default=None, description="One row for each person at entry, from registers."
    )
    units: dict[Name, Units] = Field(
        default_factory=dict, description="Columns of units as of one day, by name."
    )
    measured: tuple[Measured, ...] = Field(
        default=(), description="Columns that follow a published definition with breaks."
    )
    timing: Timing | None = Field(
        default=None, description="When columns were measured, before the programme or after."
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
        if self.dummy is not None and self.dummy in {one.path for one in self.tables.values()}:
            raise ValueError(
                "dummy rows lie where restricted ones do; name another place under `dummy`"
            )
        for fault in (*_cohort_faults(self), *_join_faults(self)):
            raise ValueError(fault)
        return self

    def in_dummy_form(self) -> Data:
        """Return the same block with the dummy rows in place of the restricted ones.

        The dummy rows are one table with every column, whatever the sources were: there is no
        cohort to form and no status to find. For a cohort they may also be a folder with a
        folder of rows for each source, which go the way of the restricted ones.
        """
        suffix = PurePosixPath(self.dummy or "").suffix.lower()
        changed: dict[str, object] = {"kind": "dummy", "source": None, "dummy": None}
        if self.cohort is not None and not suffix:
            rows = {name: Source(path=f"{self.dummy}/{name}") for name in self.tables}
            return self.model_copy(update={**changed, "sources": rows})
        kept = {} if suffix in TYPED_SUFFIXES else {one: getattr(self.main, one)
                                                    for one in self.main.given}  # fmt: skip
        changed["sources"] = {"main": Source(path=self.dummy, **kept)}
        derive = tuple(one for one in self.derive if one.status is None)
        return self.model_copy(update={**changed, "join": (), "cohort": None, "derive": derive})

    @property
    def tables(self) -> Mapping[str, Source]:
        """Return every source by name."""
        return {"main": Source(path=self.source)} if self.sources is None else self.sources

    @property
    def main_name(self) -> str:
        """Return the name of the source whose rows stay.

        The cohort says which; else it is the first join's left one, or the first of all.
        """
        if self.cohort is not None and self.cohort.persons is not None:
            return self.cohort.persons
        return self.join[0].left if self.join else next(iter(self.tables))

    @property
    def main(self) -> Source:
        """Return the source whose rows stay."""
        return self.tables[self.main_name]

    @property
    def asked(self) -> frozenset[str]:
        """Return the sources whose rows are looked up for each person, and not joined."""
        if self.cohort is None:
            return frozenset()
        named = {self.cohort.entry.source, *(one.source for _, _, one in self.cohort.criteria)}
        named |= {one.status.source for one in self.derive if one.status is not None}
        return frozenset(one for one in named if one is not None)


def _cohort_faults(data: Data) -> Iterator[str]:
    """Yield what keeps a cohort from being formed of the sources."""
    tables, cohort = data.tables, data.cohort
    if cohort is None:
        for one in data.derive:
            if one.status is not None:
                yield (
                    f"`{one.name}` asks for a status after entry, and there is no cohort; add "
                    "`cohort:` with the day of entry"
                )
        return
    for name in sorted({cohort.persons or data.main_name, *data.asked}):
        if name not in tables:
            known = ", ".join(f"`{one}`" for one in tables)
            yield f"the cohort asks `{name}`, but `sources` has no such source; name one of {known}"
    if cohort.entry.source == data.main_name:
        yield "the entries are the persons' own rows; delete `source` under `entry`"
    for join in data.join:
        if join.right in data.asked:
            yield (
                f"`{join.right}` is joined row by row, and looked up for each person; delete the "
                "join, or read the file as two sources"
            )


def _join_faults(data: Data) -> Iterator[str]:
    """Yield what keeps the joins from making one table of all sources."""
    tables, joins = data.tables, data.join
    joined = {data.main_name}
    for one in joins:
        for name in (one.left, one.right):
            if name not in tables:
                yield f"`{name}` is joined, but `sources` has no such source; correct its name"
        if one.left not in joined:
            yield f"`{one.left}` stands left before it is joined; put the joins in order"
        if one.right in joined:
            yield f"`{one.right}` is joined twice; join each source once"
        joined.add(one.right)
    for name in tables:
        if name not in joined | data.asked:
            yield f"`{name}` is not joined to the others; add it to `join`, or delete it"
