"""A simulated register as Parquet files, one folder for each table and year."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evaluate.assumptions.register import (
    BLOCK,
    LEFT,
    MOVED,
    STATES,
    Map,
    Part,
    blocks,
    draw_block,
    draw_map,
)
from evaluate.assumptions.register_definition import Register

TABLES = ("pupils", "spells", "attendance", "grades", "completion", "services", "earnings")
EVERYBODY = ("earnings",)  # tables with a row for each pupil and year
IN_FILE = 5  # blocks; fixed, so that files do not depend on the number of workers
TRACKS = ("general", "vocational")
SERVICES = ("counselling", "psychological", "social")


@dataclass(frozen=True, slots=True)
class Written:
    """What a register holds.

    Attributes
    ----------
    rows : mapping of str to int
        Rows of each table.
    means : mapping of str to float
        Means and shares as they came out.
    files : tuple of Path
        All files, in order.
    """

    rows: Mapping[str, int]
    means: Mapping[str, float]
    files: tuple[Path, ...]


def write_register(
    register: Register,
    folder: Path,
    seed: tuple[int, ...],
    *,
    workers: int = 2,
    progress: Callable[[int, int], None] = lambda _, __: None,
) -> Written:
    """Draw a register and write it as ``folder/TABLE/year=YYYY/part-000.parquet``.

    The same register and seed give the same bytes, whatever the number of workers: pupils are
    drawn in blocks of fixed size, each with a stream of its own.

    Parameters
    ----------
    register : Register
        What is assumed.
    folder : Path
        Where tables are written; nothing of a register stands there yet.
    seed : tuple of int
        Entropy.
    workers : int
        Files that are written at a time.
    progress : callable
        Told the blocks that are done, and all.
    """
    schools, total = draw_map(register, seed), blocks(register)
    years = range(register.first_year, register.first_year + register.years + 1)
    for table in TABLES:
        for year in years:
            (folder / table / f"year={year}").mkdir(parents=True, exist_ok=True)
    starts = range(0, total, IN_FILE)
    with ThreadPoolExecutor(workers) as pool:
        tallies = []
        for done, tally in enumerate(
            pool.map(lambda start: _file(register, start, (folder, schools, seed)), starts), 1
        ):
            tallies.append(tally)
            progress(min(done * IN_FILE, total), total)
    _drop_empty(folder, years)
    _write_changes(register, folder)
    names = dict.fromkeys(name for one in tallies for name in one)
    summed = {name: sum(one.get(name, 0.0) for one in tallies) for name in names}
    files = tuple(sorted(one for one in folder.rglob("*") if one.suffix in (".parquet", ".csv")))
    return Written({table: int(summed[table]) for table in TABLES}, _means(summed), files)


def merged_code(register: Register, place: int) -> str:
    """Return the code that a municipality has after the mergers.

    Parameters
    ----------
    register : Register
        What is assumed.
    place : int
        Of the municipality, from 0.
    """
    pair = place // 2
    if pair < register.mergers:
        return f"dummy-m{register.municipalities + pair + 1:04d}"
    return f"dummy-m{place + 1:04d}"


def merger_year(register: Register) -> int:
    """Return the year from whose first day merged municipalities have their new codes."""
    return register.first_year + register.years // 2


def _file(
    register: Register, start: int, where: tuple[Path, Map, tuple[int, ...]]
) -> dict[str, float]:
    """Write the blocks of one file of each table and year; return sums for the truth."""
    from pyarrow import parquet

    folder, schools, seed = where
    name = f"part-{start // IN_FILE:03d}.parquet"
    writers: dict[tuple[str, int], parquet.ParquetWriter] = {}
    tally: dict[str, float] = dict.fromkeys(TABLES, 0.0)
    for number in range(start, min(start + IN_FILE, blocks(register))):
        keys = _keys(register, number)
        for part in draw_block(register, number, schools, seed):
            if not len(part.pupil):
                continue
            table = _table(register, part, keys)
            place = (part.table, part.year)
            if place not in writers:
                path = folder / part.table / f"year={part.year}" / name
                words = [one.name for one in table.schema if str(one.type).startswith("dict")]
                writers[place] = parquet.ParquetWriter(
                    path,
                    table.schema,
                    compression="snappy",
                    use_dictionary=words,
                    write_statistics=False,
                )
            writers[place].write_table(table)
            _count(part, tally)
    for writer in writers.values():
        writer.close()
    return tally


def _count(part: Part, tally: dict[str, float]) -> None:
    tally[part.table] += len(part.pupil)
    for name, values in part.columns.items():
        if name in ("hours_absent", "points"):
            tally[name] = tally.get(name, 0.0) + float(values.sum(dtype=np.float64))
        if name == "earnings":
            tally["working"] = tally.get("working", 0.0) + int(np.count_nonzero(values))
            tally["earned"] = tally.get("earned", 0.0) + float(values.sum(dtype=np.float64))
        if name == "state":
            for state in (LEFT, MOVED):
                word = STATES[state]
                tally[word] = tally.get(word, 0.0) + int(np.count_nonzero(values == state))


def _means(summed: Mapping[str, float]) -> dict[str, float]:
    def ratio(first: str, second: str) -> float:
        return round(summed.get(first, 0.0) / (summed.get(second) or 1.0), 9)

    return {
        "completed, of all pupils": ratio("completion", "pupils"),
        "leaving, of enrolled years": ratio("left", "attendance"),
        "moving, of enrolled years": ratio("moved", "attendance"),
        "hours absent": ratio("hours_absent", "attendance"),
        "points": ratio("points", "grades"),
        "working": ratio("working", "earnings"),
        "earnings of those working": ratio("earned", "working"),
        "services": ratio("services", "earnings"),
    }


def _keys(register: Register, number: int) -> Any:
    """Return the pupils' keys of a block, plainly dummy."""
    import pyarrow as pa

    first = number * BLOCK + 1
    last = min(first + BLOCK, register.pupils + 1)
    return pa.array([f"dummy-{one:08d}" for one in range(first, last)])


def _table(register: Register, part: Part, keys: Any) -> Any:
    import pyarrow as pa

    pupil = pa.array(part.pupil)
    # A dictionary is stored whole: worth it only where every pupil of the block has a row.
    whole = part.table in EVERYBODY
    arrays = {"pupil": pa.DictionaryArray.from_arrays(pupil, keys) if whole else keys.take(pupil)}
    for name, values in part.columns.items():
        arrays[name] = _column(register, part, name, values)
    return pa.table(arrays)


def _column(register: Register, part: Part, name: str, values: Any) -> Any:
    import pyarrow as pa

    words: Sequence[str] | None = {
        "track": TRACKS, "qualification": TRACKS, "state": STATES, "service": SERVICES,
    }.get(name)  # fmt: skip
    if name == "school":
        words = [f"dummy-s{one + 1:05d}" for one in range(register.schools)]
    if name == "municipality":
        late = part.year >= merger_year(register)
        words = [merged_code(register, one) if late else f"dummy-m{one + 1:04d}"
                 for one in range(register.municipalities)]  # fmt: skip
        codes = list(dict.fromkeys(words))
        place = np.array([codes.index(one) for one in words], dtype=np.int32)
        return pa.DictionaryArray.from_arrays(pa.array(place[values]), pa.array(codes))
    if words is not None:
        return pa.DictionaryArray.from_arrays(pa.array(values.astype(np.int32)), pa.array(words))
    if name in ("day", "from", "to"):
        return pa.array(values, mask=values < 0, type=pa.int32()).cast(pa.date32())
    return pa.array(values)


def _drop_empty(folder: Path, years: range) -> None:
    for table in TABLES:
        for year in years:
            place = folder / table / f"year={year}"
            if not any(place.iterdir()):
                place.rmdir()


def _write_changes(register: Register, folder: Path) -> None:
    """Write the mergers as ``date,from,to``, the history that ``data.units`` takes."""
    rows = ["date,from,to"]
    for place in range(2 * register.mergers):
        day = f"{merger_year(register)}-01-01"
        rows.append(f"{day},dummy-m{place + 1:04d},{merged_code(register, place)}")
    text = "\n".join(rows) + "\n"
    (folder / "municipality-changes.csv").write_text(text, encoding="utf-8")
