"""A source as a table of typed cells: read or left in place, and held against the dictionary."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from evaluate.data import sql
from evaluate.data.cells import Cells, Counts
from evaluate.data.faults import problems_in
from evaluate.data.files import Origin, Place
from evaluate.data.header import header_problems
from evaluate.data.parquet import parquet_layout, reachable
from evaluate.data.source import Snapshot, take
from evaluate.data.survey import survey
from evaluate.data.table import Layout, csv_layout, masked, refuse_rejected
from evaluate.data.variable import Variable
from evaluate.data.watch import Watch, file_hash, together
from evaluate.errors import DataError, Problem


@dataclass(frozen=True, slots=True)
class Fetched:
    """A source whose files DuckDB can read.

    Attributes
    ----------
    place : Place
        Where the source is.
    paths : tuple of Path
        The files that DuckDB reads: the originals, or private copies.
    snapshots : tuple of Snapshot
        Private copies of CSV files.
    watch : Watch or None
        Of Parquet files that stay where they are.
    names : tuple of str or None
        Columns of a source that was brought as a private Parquet file with the wanted ones.
    sha256 : callable
        Returns the hash of the source's bytes.
    """

    place: Place
    paths: tuple[Path, ...]
    snapshots: tuple[Snapshot, ...]
    watch: Watch | None
    names: tuple[str, ...] | None
    sha256: Callable[[], str]

    def layout(self, connection: duckdb.DuckDBPyConnection) -> Layout:
        """Return the columns of the files.

        Raises
        ------
        DataError
            If they are damaged, or do not name columns.
        """
        if self.snapshots:
            origins = [self.place.file_origin(i) for i in range(len(self.snapshots))]
            return csv_layout(origins, self.snapshots)
        return parquet_layout(connection, self.place, self.paths)

    def drop_copies(self) -> None:
        """Remove the private copies of CSV files, once their cells are stored."""
        for one in self.snapshots:
            one.path.unlink()


def fetch(place: Place, scratch: Path, columns: Collection[str]) -> Fetched:
    """Make the files of a source readable: copied, left in place, or written as Parquet.

    Parameters
    ----------
    place : Place
        Where the source is.
    scratch : Path
        Private folder for copies.
    columns : collection of str
        Names that the study needs; of other formats only these are read.

    Raises
    ------
    DataError
        If a file cannot be read, is empty, or is not of its declared encoding.
    """
    key, copies = place.origin.key, scratch / "source"
    copies.mkdir(mode=0o700, exist_ok=True)
    if place.kind == "csv":
        snapshots = tuple(
            take(place.file_origin(number), file, copies / f"{key}-{number}.csv")
            for number, file in enumerate(place.files)
        )
        hashes = [(name, one.sha256) for name, one in zip(place.names, snapshots, strict=True)]
        paths = tuple(one.path for one in snapshots)
        return Fetched(place, paths, snapshots, None, None, lambda: together(hashes))
    if place.kind == "parquet":
        watch = Watch(place)
        return Fetched(place, reachable(place, copies), (), watch, None, lambda: watch.sha256)
    from evaluate.data.readers import to_parquet

    target = copies / f"{key}.parquet"
    file = place.files[0] if place.files else None
    found = to_parquet(place.origin.source, file, sorted(columns), target)
    sha256 = found.sha256
    return Fetched(place, (target,), (), None, found.names, lambda: sha256 or file_hash(target))


@dataclass(frozen=True, slots=True)
class Brought:
    """A source as a view of typed cells.

    Attributes
    ----------
    origin : Origin
        What messages say of it.
    view : str
        Name of the view; its columns are called as in the file.
    n_rows : int
        Its rows.
    counts : mapping of str to Counts
        What was found in each column.
    """

    origin: Origin
    view: str
    n_rows: int
    counts: Mapping[str, Counts]


def names_in(source: Fetched, found: Layout) -> tuple[str, ...]:
    """Return the names of all columns of a source."""
    return found.names if source.names is None else source.names


def bring(
    connection: duckdb.DuckDBPyConnection,
    source: Fetched,
    found: Layout,
    columns: Sequence[str],
    variables: Mapping[str, Variable],
    *,
    may_be_empty: bool = False,
) -> tuple[Brought, list[Problem]]:
    """Type the wanted columns of a source, and return what is wrong with their cells.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Can read the source's files.
    source : Fetched
        The source.
    found : Layout
        Its columns.
    columns : sequence of str
        Those that are wanted.
    variables : mapping of str to Variable
        The dictionary.
    may_be_empty : bool
        Whether a source without rows is no fault.

    Raises
    ------
    DataError
        If the rows cannot be divided into cells, or there are none.
    """
    origin, key = source.place.origin, source.place.origin.key
    cells = {
        name: _cells(found, name, number, variables[name], origin)
        for number, name in enumerate(columns)
    }
    relation, view = f"cells_{key}", f"typed_{key}"
    fix = "write the file again"
    if found.stored:
        fix = "export it again, with one kind of line ending and every quoted cell closed"
    with masked(origin.label, "the rows cannot be told apart", fix):
        kind = "TABLE" if found.stored else "VIEW"
        connection.execute(f"CREATE {kind} {relation} AS {_typing(found, cells)}")
        if found.stored:
            refuse_rejected(connection, origin)
        n_rows, counts = survey(connection, relation, cells, None if found.stored else found.scan)
        if not n_rows and not may_be_empty:
            raise _no_rows(origin)
        problems = problems_in(connection, relation, cells, counts)
    if not problems:
        source.drop_copies()
        _make_typed(connection, view, relation, found, cells, counts)
    return Brought(origin, view, n_rows, counts), problems


def header_faults(source: Fetched, found: Layout, wanted: Sequence[str]) -> list[Problem]:
    """Return what is wrong with the names of a source's columns."""
    return header_problems(source.place.origin, names_in(source, found), wanted)


def _cells(found: Layout, name: str, number: int, variable: Variable, origin: Origin) -> Cells:
    at = found.names.index(name)
    return Cells(variable, origin, found.columns[at], found.kinds[at], number)


def _typing(found: Layout, cells: Mapping[str, Cells]) -> str:
    """Return SQL for the cells as they are read, those that are present, and their values."""
    inner, outer = [], []
    for one in cells.values():
        inner.append(f"{one.present} AS {one.p}")
        outer.append(f"{one.typed(one.p)} AS {one.t}")
        if not one.is_text:
            outer.append(one.p)
        if not found.stored:
            inner.append(f"{one.column} AS {one.r}")
            outer.append(one.r)
    chosen = f"(SELECT {', '.join(inner) or '1 AS none'} FROM {found.scan})"
    return f"SELECT {', '.join(outer) or 'none'} FROM {chosen}"


def _make_typed(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    relation: str,
    found: Layout,
    cells: Mapping[str, Cells],
    counts: Mapping[str, Counts],
) -> None:
    """Create the view of typed cells; the cells of a table that were typed are dropped."""
    if found.stored:
        for one in cells.values():
            if not one.is_text:
                connection.execute(f"ALTER TABLE {relation} DROP COLUMN {one.p}")
        chosen = {name: one.t for name, one in cells.items()}
    else:
        connection.execute(f"DROP VIEW {relation}")
        chosen = {name: one.fitting(coded=counts[name].coded) for name, one in cells.items()}
    listing = ", ".join(f"{value} AS {sql.identifier(name)}" for name, value in chosen.items())
    rows = relation if found.stored else found.scan
    connection.execute(f"CREATE VIEW {view} AS SELECT {listing or '1 AS none'} FROM {rows}")


def _no_rows(origin: Origin) -> DataError:
    return DataError(
        Problem(
            origin.label,
            "the file has names of columns but no rows",
            "nothing can be estimated without rows",
            "export it again",
        )
    )
