"""Whether the cells of a record are what a method takes them for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from evaluate.data.names import plural
from evaluate.data.records import Loaded
from evaluate.data.variable import NUMERIC
from evaluate.errors import Problem
from evaluate.method import Cells, FromRecord, named_cells
from evaluate.study.scalars import hides

_WHY_MISSING = "a row without it belongs nowhere, and would vanish without a word"
# Beyond these squares and products of cells, as in variances, leave the range of numbers.
LARGEST, SMALLEST = 1e15, 1e-15


def unfit(block: FromRecord, record: Loaded) -> Iterator[Problem]:
    """Yield why the columns that a method names of a record cannot be read as it reads them.

    Parameters
    ----------
    block : FromRecord
        The method's fields on the record.
    record : Loaded
        Its columns.
    """
    for one in named_cells(block):
        for name in one.columns:
            kind = record.variables[name].type
            if not _fits(one, kind):
                yield Problem(
                    record.where(name),
                    f"the method reads it as {one.kind}, and the dictionary says {kind}",
                    "cells of another type would be taken for what they are not",
                    "name another column, or correct its type in the dictionary",
                )
            elif not one.missing and (lost := _lost(record.columns[name])):
                yield Problem(
                    record.where(name),
                    f"{plural(lost, 'row')} without a value",
                    _WHY_MISSING,
                    "complete the cells, or leave such rows out of the file and say so",
                )
            else:
                yield from _unlikely(record.where(name), record.columns[name])


def _unlikely(where: str, cells: NDArray[Any]) -> Iterator[Problem]:
    """Yield what no method can take for what it says: numbers out of range, texts in disguise."""
    if cells.dtype == object:
        texts = {one for one in cells if one is not None}
        if any(map(hides, texts)):
            yield Problem(
                where,
                "a cell holds a sign that does not show",
                "it would not show on a page, and could change how the text around it reads",
                "type the text again, or export the file without control signs",
            )
        if len({normalize("NFC", one) for one in texts}) < len(texts):
            yield Problem(
                where,
                "the same text stands there with its letters put together in two ways",
                "it looks like one name and would count as two",
                "write the file in one form of Unicode, best NFC",
            )
    elif cells.dtype.kind == "f" and (far := _out_of_range(cells)):
        yield Problem(
            where,
            f"{plural(far, 'row')} with a number above {LARGEST:g} or, not 0, below"
            f" {SMALLEST:g} in size",
            "sums of their squares leave the range of numbers",
            "correct the cells, or write the column in another unit",
        )


def _fits(one: Cells, kind: str) -> bool:
    if one.kind == "number":
        return kind in NUMERIC
    if one.kind == "boolean":
        return kind == "boolean"
    return kind == "date" if one.kind == "date" else True


def _lost(cells: NDArray[Any]) -> int:
    if cells.dtype == object:
        return sum(one is None for one in cells)
    return int(np.count_nonzero(np.isnat(cells) if cells.dtype.kind == "M" else np.isnan(cells)))


def _out_of_range(cells: NDArray[Any]) -> int:
    size = np.abs(cells)
    return int(np.count_nonzero((size > LARGEST) | ((size > 0) & (size < SMALLEST))))
