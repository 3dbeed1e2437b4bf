"""Tables of methods on networks, distance, implementation and rubrics, from their own examples."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np

from evaluate.core import Table
from evaluate.method import Example, FromRecord, Inquiry, named_cells

METHODS = (
    *("network", "distance", "implementation", "rubric", "goals", "change"),
    *("single_case", "pathways", "places", "qca", "coding"),
)


def reader(example: Example[Any]) -> Any:
    """Return what gives a method its columns, from the arrays of an example."""

    def read(block: FromRecord) -> dict[str, Any]:
        record = example.records[block.record]
        return {
            one.field: np.column_stack([record[name] for name in one.columns])
            if one.several
            else record[one.columns[0]]
            for one in named_cells(block)
        }

    return read


@cache
def tables() -> tuple[Table, ...]:
    """Return the tables of each method, as ``run`` would name them."""
    found: list[Table] = []
    for name in METHODS:
        method = import_module(f"evaluate.methods.{name}").METHOD
        example = method.example(np.random.default_rng(20260101))
        inquiry = Inquiry(name, reader(example), draws=99)
        for one in method.estimate(example.spec, inquiry).tables:
            found.append(replace(one, id=f"{name}.{one.id}", analysis=name))
    return tuple(found)
