"""Register outcomes against a plain reckoning of each person, and against published figures."""

from __future__ import annotations

import calendar
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from cohort_folder import COHORT, PUPILS, STATUS, changed, data, status, write

FIRST = date(2015, 8, 20)
CODES = {"E": "enrolled", "L": "left", "M": "moved", "D": "died", "F": "completed"}


def later(day: date, months: int) -> date:
    """Add months as a calendar does, to the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def reckoned(rows: list[dict[str, Any]], entry: date, months: int, *, dated: bool) -> bool | None:
    """Return the outcome of one person by reading their rows one after another."""
    last = later(entry, months)
    state = None
    for row in sorted(rows, key=lambda one: one["from"]):
        begins = date.fromisoformat(row["from"])
        if begins > last:
            break
        if row["state"] == "F" and begins >= entry:
            return True
        holds = dated or not row["to"] or date.fromisoformat(row["to"]) >= last
        state = CODES[row["state"]] if holds else None
    return {"enrolled": False, "left": False}.get(state or "")


def history(rng: random.Random, who: str) -> tuple[date, list[dict[str, Any]]]:
    """Return a day of entry and spells that follow each other, with gaps."""
    entry = FIRST + timedelta(days=rng.randrange(200))
    day, rows = entry - timedelta(days=rng.choice([0, 0, 100])), []
    for _ in range(rng.randrange(1, 6)):
        state = rng.choice("EEELMDF")
        if state == "F" and day < entry:
            state = "E"
        end = day + timedelta(days=rng.randrange(1, 900))
        rows.append({"pupil": who, "from": str(day), "to": str(end), "state": state})
        day = end + timedelta(days=rng.choice([0, 1, 1, 30]))
    if rng.random() < 0.5:
        rows[-1]["to"] = ""
    return entry, rows


@pytest.mark.parametrize("dated", [False, True])
@pytest.mark.parametrize(("within", "months"), [("5 years", 60), ("18 months", 18)])
def test_each_person_as_reckoned_one_by_one(
    tmp_path: Path, dated: bool, within: str, months: int
) -> None:
    rng = random.Random(f"{dated}{within}")
    people, entries, spells, wanted = [], [], [], {}
    for number in range(400):
        who = f"x{number}"
        entry, rows = history(rng, who)
        people.append({**PUPILS[0], "pupil": who})
        entries.append({"pupil": who, "start": str(entry), "track": "S", "school": "a"})
        wanted[who] = reckoned(rows, entry, months, dated=dated)
        spells += [{**one, "day": one["from"]} for one in rows]
    rng.shuffle(spells)
    form = {"date": "day", "from": None, "to": None} if dated else {}
    folder = write(tmp_path, pupils=people, enrolments=entries, spells=spells)
    derive = status(**form, within=within, outside="ignore")
    found = folder.values(["pupil", "completed"], **data(derive=derive))
    assert dict(zip(found["pupil"], found["completed"], strict=True)) == wanted
    assert {*wanted.values()} == {True, False, None}


# Statistics Norway, Completion rates of pupils in upper secondary education, cohort of 2019,
# https://www.ssb.no/en/vgogjen: pupils, and per cent completed within five or six years.
SSB = {"S": (35627, 90.7), "Y": (29667, 69.7)}


def test_the_published_share_follows_from_its_parts(tmp_path: Path) -> None:
    folder = write(tmp_path)
    parts = []
    for track, (n, share) in SSB.items():
        done = round(n * share / 100)
        # Those of vocational programmes pass after more than five years.
        year = 2018 if track == "S" else 2021
        parts.append(
            f"SELECT '{track}' || i AS pupil, '{track}' AS track, CASE WHEN i < {done} THEN "
            f"DATE '{year}-01-15' ELSE DATE '2017-01-15' END AS day, "
            f"CASE WHEN i < {done} THEN 'F' ELSE 'L' END AS state FROM range({n}) t(i)"
        )
    everybody = f"({' UNION ALL '.join(parts)})"
    for name, columns in {
        "pupils": "pupil",
        "enrolments": "pupil, track, DATE '2015-08-20' AS start",
        "spells": "pupil, day, state",
    }.items():
        path = folder.path / f"{name}.parquet"
        duckdb.sql(f"COPY (SELECT {columns} FROM {everybody}) TO '{path}' (FORMAT parquet)")
    types = {"column": "track", "codes": {"general": ["S"], "vocational": ["Y"]}}
    rules = {
        "completed": {"standard": "norway-completion-5-6", "types": types, "within": None},
        "not_completed": {"standard": "norway-completion-5", "within": None},
    }
    form = {"date": "day", "from": None, "to": None}
    derive = [
        {"name": name, "status": changed(STATUS, **form, **rule)} for name, rule in rules.items()
    ]
    entry = {"source": "enrolments", "date": "start", "take": ["track"]}
    block = data(
        derive=derive,
        cohort={**COHORT, "entry": entry},
        sources={name: {"path": f"{name}.parquet"} for name in ("pupils", "enrolments", "spells")},
    )
    with folder.open(["completed", "not_completed"], **block) as rows:
        new, old = rows.scored
    assert new.n == 65294
    assert round(100 * new.states["completed"] / new.n, 2) == 81.16
    assert round(100 * new.states["completed"] / new.n, 1) == 81.2  # as published
    # Five years for all miss every one who passed in the sixth year.
    assert round(100 * old.states["completed"] / old.n, 1) == 49.5
