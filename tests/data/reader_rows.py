"""Read one table through a reader, and look at what lies in the data zone afterwards."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from evaluate.data.definition import Source
from evaluate.data.readers import ReadTable, to_parquet
from evaluate.errors import DataError, Problem

CANARY = "731000419"  # a cell value that occurs nowhere else, to be searched for


@dataclass(frozen=True)
class Read:
    about: ReadTable
    kinds: dict[str, str]
    cells: dict[str, list[Any]]


def read(path: Path | None, columns: list[str] | None, **source: Any) -> Read:
    """Return what a reader wrote, after checking that only its owner could read it."""
    zone = (path.parent if path else Path(source.pop("zone"))) / "zone"
    zone.mkdir(exist_ok=True)
    target = zone / "rows.parquet"
    target.unlink(missing_ok=True)
    place = {"path": path.name} if path else {}
    about = to_parquet(Source(**place, **source), path, columns, target)
    if os.name == "posix":
        assert target.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in zone.iterdir()] == ["rows.parquet"], "drafts are left behind"
    with pq.ParquetFile(target) as file:
        table = file.read()
    assert table.num_rows == about.n_rows
    kinds = {field.name: str(field.type) for field in table.schema}
    return Read(about, kinds, table.to_pydict())


def problems(path: Path | None, columns: list[str] | None, **source: Any) -> list[Problem]:
    """Read and fail; return the problems, after searching them and the zone for cells."""
    zone = (path.parent if path else Path(source["zone"])) / "zone"
    with pytest.raises(DataError, match=r"\n  why: .*\n  fix: ") as caught:
        read(path, columns, **source)
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert not list(zone.iterdir()), "rows are left behind"
    return list(caught.value.problems)
