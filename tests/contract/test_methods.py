"""What every method promises: its example runs, its tables can leave, and rows may be shuffled."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from evaluate.core import Check, Table
from evaluate.design import Result
from evaluate.disclosure.rules import RULES
from evaluate.method import Example, FromRecord, Inquiry, Method, all_methods, blocks, named_cells

METHODS = sorted(all_methods().items())
LANGUAGES = {"en", "nb", "sv"}


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


def estimate(method: Method[Any], example: Example[Any]) -> Result:
    inquiry = Inquiry("inquiry", reader(example), draws=999, results=example.results)
    return method.estimate(example.spec, inquiry)


def drawn(method: Method[Any]) -> Example[Any]:
    return method.example(np.random.default_rng(20260101))


def shuffled(example: Example[Any]) -> Example[Any]:
    rng = np.random.default_rng(5)
    records: dict[str, Mapping[str, Any]] = {}
    for name, columns in example.records.items():
        order = rng.permutation(len(next(iter(columns.values()))))
        records[name] = {key: np.asarray(one)[order] for key, one in columns.items()}
    return Example(example.spec, records, example.results)


def plain(table: Table) -> dict[str, str]:
    key = table.columns[0].name
    return {str(row[key]): json.dumps(rounded(row), sort_keys=True) for row in table.rows}


def rounded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: float(f"{v:.8g}") if isinstance(v, float) else v for k, v in row.items()}


def test_there_are_methods() -> None:
    assert len(METHODS) >= 10


@pytest.mark.parametrize(("name", "method"), METHODS)
class TestEveryMethod:
    def test_is_called_as_its_file(self, name: str, method: Method[Any]) -> None:
        assert method.name == name
        assert method.title
        assert 0 <= method.rung <= 4
        assert all(0 < step <= method.rung for step in method.needs)

    def test_says_what_each_field_holds(self, name: str, method: Method[Any]) -> None:
        schema = method.spec.model_json_schema()
        for model in (schema, *schema.get("$defs", {}).values()):
            for key, field in model.get("properties", {}).items():
                assert field.get("description"), f"{name}: {key}"

    def test_its_tables_can_leave(self, name: str, method: Method[Any]) -> None:
        result = estimate(method, drawn(method))
        assert result.tables
        assert not result.estimates
        ids = [one.id for one in result.tables]
        assert len(ids) == len(set(ids))
        for table in result.tables:
            assert table.kind in RULES, table.kind
            names = [one.name for one in table.columns]
            keys = [row.get(names[0]) for row in table.rows]
            assert None not in keys, table.id
            assert len(keys) == len(set(keys)), table.id
            for column in table.columns:
                assert set(column.label) >= LANGUAGES, (table.id, column.name)
            for row in table.rows:
                assert set(row) <= set(names), table.id
                for column in table.columns:
                    fits(table, column.type, row.get(column.name))

    def test_its_checks_have_words(self, name: str, method: Method[Any]) -> None:
        result = estimate(method, drawn(method))
        tables = {one.id for one in result.tables}
        for check in result.checks:
            assert isinstance(check, Check)
            assert check.text.endswith("."), check.text
            assert check.table is None or check.table in tables, check

    def test_what_a_step_needs_is_checked(self, name: str, method: Method[Any]) -> None:
        run = {one.name for one in estimate(method, drawn(method)).checks}
        for needed in method.needs.values():
            assert needed <= run

    def test_rows_may_stand_in_any_order(self, name: str, method: Method[Any]) -> None:
        example = drawn(method)
        one, other = estimate(method, example), estimate(method, shuffled(example))
        assert {t.id for t in one.tables} == {t.id for t in other.tables}
        again = {t.id: plain(t) for t in other.tables}
        for table in one.tables:
            assert plain(table) == again[table.id], table.id
        assert [(c.name, c.result) for c in one.checks] == [
            (c.name, c.result) for c in other.checks
        ]

    def test_two_runs_agree(self, name: str, method: Method[Any]) -> None:
        example = drawn(method)
        one, other = estimate(method, example), estimate(method, example)
        assert [plain(t) for t in one.tables] == [plain(t) for t in other.tables]

    def test_blocks_name_records_of_the_example(self, name: str, method: Method[Any]) -> None:
        example = drawn(method)
        assert {one.record for one in blocks(example.spec)} == set(example.records)


def fits(table: Table, kind: str, cell: object) -> None:
    if cell is None:
        return
    if kind == "text":
        assert isinstance(cell, str), (table.id, cell)
    elif kind == "boolean":
        assert isinstance(cell, bool), (table.id, cell)
    elif kind == "integer":
        assert isinstance(cell, int), (table.id, cell)
        assert not isinstance(cell, bool)
    else:
        assert isinstance(cell, int | float), (table.id, cell)
        assert math.isfinite(cell), (table.id, cell)
