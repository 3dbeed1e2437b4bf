"""Sources put side by side by their keys, with the declared cardinality proved first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from evaluate.data import sql
from evaluate.data.bring import Brought
from evaluate.data.definition import Join
from evaluate.data.names import plural, shown
from evaluate.data.table import masked
from evaluate.errors import DataError, Problem

_WHY_TWICE = "rows would be counted more than once, or values taken from the wrong one"


@dataclass(frozen=True, slots=True)
class Joined:
    """How many rows of one join found their partner.

    Attributes
    ----------
    left, right : str
        Names of the sources.
    n_left : int
        Rows on the left before the join.
    n_matched, n_unmatched : int
        Those of them with and without a row on the right; a missing key fits none.
    unmatched : {"error", "keep", "drop"}
        What became of those without.
    """

    left: str
    right: str
    n_left: int
    n_matched: int
    n_unmatched: int
    unmatched: str


def join_sources(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    sources: Mapping[str, Brought],
    joins: Sequence[Join],
    places: Sequence[str],
    *,
    marks: str | None = None,
    invented: bool = False,
) -> tuple[Joined, ...]:
    """Create the table of all sources together.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the typed sources.
    name : str
        Of the new table.
    sources : mapping of str to Brought
        By name.
    joins : sequence of Join
        As the study defines them.
    places : sequence of str
        Place of each in ``study.yaml``.
    marks : str or None
        Name that begins those of columns which say whether a row found its partner; rows that
        are to be dropped then stay, so that they can be counted after others.
    invented : bool
        Whether the rows are a few invented ones, none of which need find a partner.

    Raises
    ------
    DataError
        If a key stands more often than the cardinality allows, or rows that must match do not.
    """
    done = []
    rows, columns = sources[joins[0].left].view, list(sources[joins[0].left].counts)
    for number, (join, where) in enumerate(zip(joins, places, strict=True)):
        right = sources[join.right]
        with masked(where, "the sources cannot be joined", "see the types of the key"):
            found = _count(connection, rows, right.view, join)
            _refuse(found, join, where, sources, needed=not invented)
            added = [one for one in right.counts if one not in join.keys]
            target = name if number == len(joins) - 1 else f"{name}_{number}"
            mark = f"{marks} {number}" if marks and join.unmatched == "drop" else None
            chosen = _select(rows, right.view, join, columns, added, mark)
            connection.execute(f"CREATE TABLE {target} AS {chosen}")
            if number:
                connection.execute(f"DROP TABLE {rows}")
        rows, columns = target, [*columns, *added, *([mark] if mark else [])]
        done.append(
            Joined(
                join.left,
                join.right,
                found["left"],
                found["matched"],
                found["left"] - found["matched"],
                join.unmatched,
            )
        )
    return tuple(done)


def _select(
    left: str,
    right: str,
    join: Join,
    columns: Sequence[str],
    added: Sequence[str],
    mark: str | None,
) -> str:
    chosen = [f"l.{sql.identifier(one)}" for one in columns]
    chosen += [f"r.{sql.identifier(one)}" for one in added]
    if mark is not None:
        chosen.append(f"r.{sql.identifier(join.keys[0])} IS NOT NULL AS {sql.identifier(mark)}")
    kind = "LEFT" if join.unmatched == "keep" or mark is not None else "INNER"
    return f"SELECT {', '.join(chosen)} FROM {left} l {kind} JOIN {right} r ON {_equal(join)}"


def _equal(join: Join) -> str:
    names = map(sql.identifier, join.keys)
    return " AND ".join(f"l.{one} = r.{one}" for one in names)


def _count(
    connection: duckdb.DuckDBPyConnection, left: str, right: str, join: Join
) -> dict[str, int]:
    """Return how many rows stand on the left, how many match, and how many repeat a key."""
    keys = ", ".join(map(sql.identifier, join.keys))
    known = " AND ".join(f"{sql.identifier(one)} IS NOT NULL" for one in join.keys)
    asked = {
        "left": f"(SELECT count(*) FROM {left})",
        "matched": f"(SELECT count(*) FROM {left} l SEMI JOIN {right} r ON {_equal(join)})",
        "right_twice": _repeated(right, keys, known),
    }
    if join.cardinality == "one_to_one":
        asked["left_twice"] = _repeated(left, keys, known)
    row = connection.execute(f"SELECT {', '.join(asked.values())}").fetchone() or ()
    return {key: int(value or 0) for key, value in zip(asked, row, strict=True)}


def _repeated(rows: str, keys: str, known: str) -> str:
    groups = f"SELECT 1 FROM {rows} WHERE {known} GROUP BY {keys} HAVING count(*) > 1"
    return f"(SELECT count(*) FROM ({groups}))"


def _refuse(
    found: Mapping[str, int],
    join: Join,
    where: str,
    sources: Mapping[str, Brought],
    *,
    needed: bool,
) -> None:
    """Refuse a join that is not what the study says.

    Raises
    ------
    DataError
        With counts of keys or rows.
    """
    key = " and ".join(f"`{shown(one)}`" for one in join.keys)
    problems = []
    for side, name in (("left", join.left), ("right", join.right)):
        if twice := found.get(f"{side}_twice"):
            what = f"{plural(twice, 'value')} of {key} {'stand' if twice > 1 else 'stands'} in "
            what += f"several rows of `{sources[name].origin.label}`"
            fix = "keep one row for each key"
            if side == "left":
                fix += ", or set `cardinality: many_to_one`"
            problems.append(Problem(where, what, _WHY_TWICE, fix))
    missing = found["left"] - found["matched"]
    if missing and join.unmatched == "error":
        what = (
            f"{missing} of {plural(found['left'], 'row')} of `{sources[join.left].origin.label}` "
        )
        what += f"{'fit' if missing > 1 else 'fits'} no row of `{sources[join.right].origin.label}`"
        fix = "correct the keys, or set `unmatched` to keep or drop such rows"
        problems.append(Problem(where, what, "their values would be missing without a word", fix))
    if needed and not found["matched"] and join.unmatched != "error":
        what = f"no row of the two sources has the same {key}"
        problems.append(Problem(where, what, "then nothing is joined", "correct the key"))
    if problems:
        raise DataError(*problems)
