"""Records as arrays: read, held against the dictionary, and closed again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.definition import Data
from evaluate.data.dictionary import Dictionary
from evaluate.data.names import shown
from evaluate.data.record_definition import Record
from evaluate.data.rows import Rows, open_rows
from evaluate.data.variable import NUMERIC, Period, PeriodForm, Variable
from evaluate.data.views import USED
from evaluate.data.watch import data_hash

At = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Loaded:
    """The columns of a record that a study names.

    Attributes
    ----------
    label : str
        What messages call the record.
    n_rows : int
        Its rows.
    variables : mapping of str to Variable
        What the dictionary says of each column.
    columns : mapping of str to ndarray, each shape (n_rows,)
        Numbers and booleans are float64 with NaN where a cell is missing, days
        ``datetime64[D]`` with NaT, everything else texts with ``None``.
    sha256 : str
        Hash of the file's bytes; private where the rows are restricted.
    """

    label: str
    n_rows: int
    variables: Mapping[str, Variable]
    columns: Mapping[str, NDArray[Any]]
    sha256: str

    def where(self, column: str) -> str:
        """Return ``file:column`` for messages."""
        return f"{self.label}:{shown(column)}"


def load_record(
    name: str,
    record: Record,
    columns: Collection[str],
    *,
    folder: Path,
    workdir: Path,
    dictionary: Dictionary,
    at: At,
) -> Loaded:
    """Return the columns of a record, each cell held against the dictionary.

    Parameters
    ----------
    name : str
        Key of the record; the dictionary describes it under ``FOLDER/NAME``.
    record : Record
        Where its rows lie.
    columns : collection of str
        What the study names of it; a mapping gives each one's key in ``study.yaml``.
    folder, workdir : Path
        The study's folder, and its private one.
    dictionary : Dictionary
        Describes every column.
    at : callable
        ``at(*key)`` returns ``study.yaml:line``.

    Raises
    ------
    StudyError
        If the dictionary lacks a column.
    DataError
        If the file cannot be read, or does not hold what the dictionary promises.
    """
    section = section_of(folder, name)
    rows = open_rows(
        _as_data(record),
        folder=folder,
        workdir=workdir,
        variables=dictionary.variables(section),
        columns=columns,
        at=lambda *key: at("records", name) if key[:1] == ("data",) else at(*key),
        section=section,
    )
    with rows:
        return _loaded(rows, columns)


def section_of(folder: Path, name: str) -> str:
    """Return the heading of the dictionary under which a record's columns are described."""
    return f"{folder.resolve().name}/{name}"


def record_hash(record: Record, folder: Path, where: str) -> str | None:
    """Return the hash of a record's bytes, or ``None`` where it cannot be read."""
    return data_hash(_as_data(record), folder, where)


def _as_data(record: Record) -> Data:
    return Data(kind=record.kind, sources={"main": record.source})


def _loaded(rows: Rows, columns: Collection[str]) -> Loaded:
    names = list(columns)
    listed = ", ".join('"' + one.replace('"', '""') + '"' for one in names)
    lines = rows.connection.execute(f"SELECT {listed} FROM {USED}").fetchall()
    found = {
        name: _array([line[place] for line in lines], rows.columns[name], rows.forms.get(name))
        for place, name in enumerate(names)
    }
    variables = {name: rows.columns[name] for name in names}
    return Loaded(rows.label, len(lines), variables, found, rows.sha256)


def _array(cells: list[Any], variable: Variable, form: PeriodForm | None) -> NDArray[Any]:
    if variable.type in NUMERIC:
        return np.array([np.nan if one is None else float(one) for one in cells], dtype=float)
    if variable.type == "date":
        return np.array(cells, dtype="datetime64[D]")
    texts = np.empty(len(cells), dtype=object)
    texts[:] = [one if one is None else _text(one, form) for one in cells]
    return texts


def _text(cell: object, form: PeriodForm | None) -> str:
    if form is not None and isinstance(cell, int):
        return str(Period(form, cell))
    return str(cell)
