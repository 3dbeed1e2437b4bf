"""A folder with registers of invented pupils: persons, enrolments, spells and schools."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from example_folder import Folder, table

VARIABLES = (
    "pupil|text",
    "birth|date",
    "sex|category||1 = girl; 2 = boy|9",
    "county|category",
    "consent|boolean",
    "start|date",
    "track|category||S = general; Y = vocational",
    "school|text",
    "size|integer",
    "from|date",
    "to|date",
    "day|date",
    "state|category",
    "grade|number",
    "treated|boolean",
    "completed|boolean",
    "state_after|category",
    "county_now|category",
    "not_completed|number",
)
PUPILS = [
    {"pupil": f"p{i}", "birth": "1999-05-01", "sex": 1 + i % 2, "county": "01", "consent": 1,
     "treated": i % 2} for i in range(1, 7)
]  # fmt: skip
ENROLMENTS = [
    {"pupil": f"p{i}", "start": "2015-08-20", "track": "S" if i < 4 else "Y", "school": "a"}
    for i in range(1, 7)
]
# p1 completes, p2 leaves, p3 is still there, p4 moves, p5 dies, p6 completes too late.
SPELLS = [
    {"pupil": "p1", "from": "2015-08-20", "to": "2018-06-20", "state": "E"},
    {"pupil": "p1", "from": "2018-06-20", "to": "", "state": "F"},
    {"pupil": "p2", "from": "2015-08-20", "to": "2016-03-01", "state": "E"},
    {"pupil": "p2", "from": "2016-03-01", "to": "", "state": "L"},
    {"pupil": "p3", "from": "2015-08-20", "to": "", "state": "E"},
    {"pupil": "p4", "from": "2015-08-20", "to": "2017-01-10", "state": "E"},
    {"pupil": "p4", "from": "2017-01-11", "to": "", "state": "M"},
    {"pupil": "p5", "from": "2015-08-20", "to": "2016-11-01", "state": "E"},
    {"pupil": "p5", "from": "2016-11-02", "to": "", "state": "D"},
    {"pupil": "p6", "from": "2015-08-20", "to": "2020-08-21", "state": "E"},
    {"pupil": "p6", "from": "2020-08-21", "to": "", "state": "F"},
]
SCHOOLS = [{"school": "a", "size": 300}]
STATUS: dict[str, Any] = {
    "source": "spells",
    "from": "from",
    "to": "to",
    "column": "state",
    "codes": {"completed": ["F"], "left": ["L"], "enrolled": ["E"], "moved": ["M"], "died": ["D"]},
    "event": "completed",
    "within": "5 years",
    "of": "entry",
    "else": ["left", "enrolled"],
    "missing": ["moved", "died"],
}
COHORT: dict[str, Any] = {
    "persons": "pupils",
    "person": "pupil",
    "window": {"from": "2010-01-01", "to": "2024-12-31"},
    "entry": {
        "source": "enrolments",
        "date": "start",
        "pick": "first",
        "take": ["track", "school"],
    },
}
Rows = list[dict[str, Any]]


def changed(block: Mapping[str, Any], **keys: Any) -> dict[str, Any]:
    """Return a block with other values, without those that are ``None``."""
    merged = {**copy.deepcopy(dict(block)), **keys}
    return {key: value for key, value in merged.items() if value is not None}


def csv(rows: Rows) -> str:
    """Return rows as CSV text."""
    names = list(dict.fromkeys(key for row in rows for key in row))
    lines = [",".join(names), *(",".join(str(row.get(key, "")) for key in names) for row in rows)]
    return "\n".join(lines) + "\n"


def write(path: Path, **tables: Rows) -> Folder:
    """Write the registers and their dictionary."""
    folder = path / "a-study"
    folder.mkdir(exist_ok=True)
    every: dict[str, Rows] = {
        "pupils": PUPILS, "enrolments": ENROLMENTS, "spells": SPELLS, "schools": SCHOOLS, **tables
    }  # fmt: skip
    for name, rows in every.items():
        (folder / f"{name}.csv").write_text(csv(rows))
    text = f"# Dictionary\n\n## a-study\n\n{table()}\n\n## Common\n\n{table(*VARIABLES)}\n"
    (folder / "data-dictionary.md").write_text(text, encoding="utf-8")
    return Folder(folder)


def data(*names: str, **keys: Any) -> dict[str, Any]:
    """Return a data block over some of the registers."""
    names = names or ("pupils", "enrolments", "spells")
    block = {
        "source": None,
        "sources": {name: {"path": f"{name}.csv"} for name in names},
        "cohort": COHORT,
        "derive": [{"name": "completed", "status": STATUS}],
    }
    return {**block, **keys}


def outcome(folder: Folder, column: str = "completed", **keys: Any) -> dict[str, Any]:
    """Return a column by person."""
    found = folder.values(["pupil", column], **data(**keys))
    return dict(zip(found["pupil"], found[column], strict=True))


def status(**keys: Any) -> list[dict[str, Any]]:
    """Return a derive block with a changed status rule."""
    return [{"name": "completed", "status": changed(STATUS, **keys)}]


def cohort(**keys: Any) -> dict[str, Any]:
    """Return a changed cohort."""
    return changed(COHORT, **keys)


def plus(rows: Rows, *more: dict[str, Any]) -> Rows:
    """Return rows and further ones."""
    return [*rows, *more]


def without(rows: Rows, pupils: Iterable[str]) -> Rows:
    """Return rows of other pupils."""
    gone = set(pupils)
    return [row for row in rows if row["pupil"] not in gone]
