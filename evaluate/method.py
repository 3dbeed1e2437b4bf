"""What a method other than a design is, how one is found, and what it reads."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, Generic, Literal, Protocol, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from evaluate.core import CellType, Column, Localised, Name, Strict, Text
from evaluate.data.rules import ColumnName
from evaluate.design import Result
from evaluate.inference.stream import stream

__all__ = [
    "CELL",
    "CellKind",
    "ColumnName",
    "Example",
    "FromRecord",
    "Inquiry",
    "Method",
    "Result",
    "all_methods",
    "blocks",
    "cell",
    "column_of",
    "named_cells",
]

S = TypeVar("S", bound=Strict)
CellKind = Literal["text", "number", "date", "boolean", "any"]
CELL = "evaluate_cell"  # key in a field's JSON Schema; stripped from what editors see
Columns = Mapping[str, NDArray[Any]]


class FromRecord(Strict):
    """Columns of one of the study's records; each method derives its own from it."""

    record: Name = Field(description="Key of the record under `records`.")


def cell(kind: CellKind, description: str, *, missing: bool = False, **kwargs: Any) -> Any:
    """Return a pydantic field that names a column of a record, or several.

    Parameters
    ----------
    kind : {"text", "number", "date", "boolean", "any"}
        What its cells are read as.
    description : str
        For the reference page and editors.
    missing : bool
        Whether cells may be missing; else a missing one is a fault of the data.
    **kwargs
        As for ``pydantic.Field``, such as ``default``.
    """
    extra: dict[str, Any] = {CELL: {"kind": kind, "missing": missing}}
    return Field(description=description, json_schema_extra=extra, **kwargs)


@dataclass(frozen=True, slots=True)
class Cells:
    """What a field says of the columns that it names.

    Attributes
    ----------
    field : str
        The field.
    columns : tuple of str
        The columns, one or several.
    kind : {"text", "number", "date", "boolean", "any"}
        What the cells are read as.
    missing : bool
        Whether cells may be missing.
    several : bool
        Whether the field holds a list.
    """

    field: str
    columns: tuple[str, ...]
    kind: CellKind
    missing: bool
    several: bool


def named_cells(block: FromRecord) -> Iterator[Cells]:
    """Yield what each field of a record's block says of the columns that it names."""
    for name, info in type(block).model_fields.items():
        extra, value = info.json_schema_extra, getattr(block, name)
        if isinstance(extra, dict) and CELL in extra and value is not None:
            said = cast("dict[str, Any]", extra[CELL])
            several = not isinstance(value, str)
            columns = tuple(value) if several else (value,)
            if columns:
                yield Cells(name, columns, said["kind"], said["missing"], several)


def blocks(spec: object) -> Iterator[FromRecord]:
    """Yield every block of a method's fields that reads a record, outermost first."""
    if isinstance(spec, FromRecord):
        yield spec
    if isinstance(spec, BaseModel):
        for name in type(spec).model_fields:
            yield from blocks(getattr(spec, name))
    elif isinstance(spec, dict):
        for one in spec.values():
            yield from blocks(one)
    elif isinstance(spec, tuple | list):
        for one in spec:
            yield from blocks(one)


class Reader(Protocol):
    """Gives the columns that a block names, by field."""

    def __call__(self, block: FromRecord) -> Columns:
        """Return them."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What a method is given beside its own fields.

    Attributes
    ----------
    name : str
        Key of the analysis.
    read : callable
        Gives the columns that a block names, by field.
    study : str
        Key of the study; with the name of the analysis it names the random streams.
    language : str
        The study's own.
    conf_level : float
        Coverage probability of intervals, in (0, 1).
    draws : int
        Draws of each bootstrap and of each randomisation test that cannot be exact.
    results : mapping of str to Result
        What the analyses before this one in the file gave, by name.
    """

    name: str
    read: Reader
    study: str = "example"
    language: str = "en"
    conf_level: float = 0.95
    draws: int = 9999
    results: Mapping[str, Result] = field(default_factory=dict)

    @property
    def seed(self) -> tuple[int, ...]:
        """Return the entropy of the analysis's own random streams."""
        return stream(self.study, self.name)

    def table(self, block: FromRecord) -> Columns:
        """Return the columns that a block names, by field, in the order of the rows.

        Text is an object array with ``None`` where a cell is missing; numbers and booleans are
        float64 with NaN; days are ``datetime64[D]`` with NaT; a field that holds a list is a
        float64 array of shape (n, k), or an object array of texts. A field that is left out is
        not among them.
        """
        return self.read(block)

    def rng(self, *names: str) -> np.random.Generator:
        """Return the random stream of a part of the analysis, the same in every run."""
        return np.random.default_rng(stream(self.study, self.name, *names))


@dataclass(frozen=True, slots=True)
class Example(Generic[S]):
    """Fields and rows that a method is tested with.

    Attributes
    ----------
    spec : Strict
        The method's fields.
    records : mapping of str to mapping of str to ndarray
        Columns by name, by record.
    results : mapping of str to Result
        What earlier analyses gave, for methods that read them.
    """

    spec: S
    records: Mapping[str, Columns] = field(default_factory=dict)
    results: Mapping[str, Result] = field(default_factory=dict)


def _no_titles(_: Any) -> Mapping[str, Text]:
    return {}


@dataclass(frozen=True, slots=True)
class Method(Generic[S]):
    """A way to compute something other than an effect.

    Attributes
    ----------
    name : str
        Its key under ``method:`` in ``study.yaml``.
    title : str
        Its name in prose.
    spec : type
        The fields that it needs; also the source of its reference page.
    rung : int
        Highest step of the claims ladder that it can reach.
    estimate : callable
        ``(spec, inquiry) -> Result`` with checks and tables; raises ``Refused``.
    example : callable
        ``(rng) -> Example``: what the method is tested with.
    needs : mapping of int to frozenset of str
        For each step, the checks that must have passed for it.
    titles : callable
        ``(spec) -> {key: text}``: what the keys in its tables are called.
    """

    name: str
    title: str
    spec: type[S]
    rung: int
    estimate: Callable[[S, Inquiry], Result]
    example: Callable[[np.random.Generator], Example[S]]
    needs: Mapping[int, frozenset[str]] = field(default_factory=dict)
    titles: Callable[[S], Mapping[str, Text]] = _no_titles


def column_of(
    labels: Mapping[str, Localised], name: str, kind: CellType, unit: str | None = None
) -> Column:
    """Return a column of a table with its heading in every language.

    Parameters
    ----------
    labels : mapping of str to mapping
        Headings of the method by name of the column, by language.
    name : str
        Key in each row.
    kind : {"text", "integer", "number", "share", "money", "boolean"}
        How its cells are written.
    unit : str or None
        Unit of its numbers.
    """
    return Column(name, kind, labels[name], unit)


@cache
def all_methods() -> Mapping[str, Method[Any]]:
    """Return every method in ``evaluate/methods`` by name: the folder is the registry."""
    package = import_module("evaluate.methods")
    found = (
        import_module(f"evaluate.methods.{info.name}").METHOD
        for info in pkgutil.iter_modules(package.__path__)
    )
    return MappingProxyType({method.name: method for method in found})
