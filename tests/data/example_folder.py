"""A study folder with its dictionary and one file of rows, built from a few lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from evaluate.core import ColumnRole
from evaluate.data.definition import Data
from evaluate.data.dictionary import HEADER, dictionary_for
from evaluate.data.rows import Rows, open_rows
from evaluate.errors import EvaluateError, Problem

CANARY = "731000419"  # a cell value that occurs nowhere else, to be searched for in messages


def at(*key: object) -> str:
    return "study.yaml:" + ".".join(map(str, key))


def table(*variables: str) -> str:
    """Write a table of variables; each is `name | type | unit | values | missing`."""
    rows = [" | ".join((*one.split("|"), *[""] * (4 - one.count("|")))) for one in variables]
    return "\n".join(
        [
            "| " + " | ".join(HEADER) + " |",
            "|" + "---|" * len(HEADER),
            *(f"| {row} | What it is | Somebody |" for row in rows),
        ]
    )


@dataclass(frozen=True)
class Folder:
    path: Path

    def open(self, columns: Iterable[str], **data: Any) -> Rows:
        return open_rows(
            Data.model_validate({"kind": "public", "source": "rows.csv", **data}),
            folder=self.path,
            workdir=self.path / ".evaluate",
            variables=dictionary_for(self.path).variables(self.path.name),
            columns=columns if isinstance(columns, Mapping) else set(columns),
            at=at,
        )

    def problems(self, columns: Iterable[str], **data: Any) -> list[Problem]:
        """Open and fail; return the problems, after searching them for cells."""
        with pytest.raises(EvaluateError, match=r"\n  why: .*\n  fix: ") as caught:
            self.open(columns, **data)
        assert CANARY not in str(caught.value)
        assert not list((self.path / ".evaluate").glob("rows-*")), "private copies are left behind"
        return list(caught.value.problems)

    def values(self, columns: Iterable[str], **data: Any) -> dict[str, list[Any]]:
        """Return whole columns of the used rows."""
        names = list(columns)
        with self.open(names, **data) as rows:
            quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
            cells = rows.connection.execute(f"SELECT {quoted} FROM used_rows").fetchall()
        return {name: [row[i] for row in cells] for i, name in enumerate(names)}

    def sample(
        self, outcome: str, roles: Mapping[str, ColumnRole], missing: str = "error", **data: Any
    ) -> list[tuple[Any, ...]]:
        """Return the rows of an analysis, the outcome last."""
        with self.open({outcome, *roles}, **data) as rows:
            view = rows.sample_table(outcome, roles, missing)  # type: ignore[arg-type]
            quoted = ", ".join('"' + name.replace('"', '""') + '"' for name in (*roles, outcome))
            return rows.connection.execute(f"SELECT {quoted} FROM {view}").fetchall()


Make = Callable[..., Folder]
