"""What is wrong with the cells of a source, in words and counts, never in values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import duckdb

from evaluate.data import native, sql
from evaluate.data.cells import Cells, Counts, matches, number_pattern
from evaluate.data.definition import TYPED_SUFFIXES
from evaluate.data.names import plural, shown
from evaluate.data.variable import Levels, Period, PeriodForm, Range, Variable
from evaluate.errors import Problem

_NOUNS = {
    "boolean": "0, 1, true or false",
    "integer": "a whole number",
    "number": "a number",
    "date": "a date",
    "period": "a period",
}
_INTEGER = r"[+-]?[0-9]+"
_THOUSANDS = r"[+-]?[0-9]{1,3}([ \x{00A0}\x{202F}.,'’][0-9]{3})+([.,][0-9]+)?"
_MINUS = r"[\x{2212}\x{2013}].*"
_INFINITE = r"(?i)[+-]?(inf|infinity|nan)"


def problems_in(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Mapping[str, Cells],
    counts: Mapping[str, Counts],
) -> list[Problem]:
    """Return every fault of every column.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Holds the cells, which are asked again where they do not fit.
    relation : str
        Table or view of the present cells and the values.
    columns : mapping of str to Cells
        By name.
    counts : mapping of str to Counts
        By name, as ``survey`` returns them.
    """
    found: list[Problem] = []
    for name, cells in columns.items():
        where, count = f"{cells.origin.label}:{shown(name)}", counts[name]
        if count.fitting < count.present:
            found.append(_unfit(connection, relation, where, cells, count))
        found += of_values(where, cells.variable, count)
        found += _of_forms(where, cells.variable, count)
    return found


def of_values(where: str, variable: Variable, count: Counts) -> Iterator[Problem]:
    """Yield the fault of values that the dictionary does not allow, and of near-duplicates."""
    if count.outside:
        kind = "range" if isinstance(variable.values, Range) else "list"
        what = (
            f"{_of(count.outside, count.present)} {'is' if count.outside == 1 else 'are'} outside "
            f"the {kind} in {variable.where}"
        )
        near = f"; {count.nearly} differ from an allowed value only by spaces or capitals"
        yield Problem(
            where,
            what + near * bool(count.nearly),
            "a value that cannot be is an error of measurement, or a code for missing",
            "correct the cells, or the values or missing codes in the dictionary",
        )
    elif count.nearly and not isinstance(variable.values, Levels):
        yield Problem(
            where,
            f"{plural(count.nearly, 'level')} that another level repeats with other spaces or "
            "capitals",
            "the two would count as different groups",
            "write each level in one way, or list the levels under values in the dictionary",
        )


def _unfit(
    connection: duckdb.DuckDBPyConnection, relation: str, where: str, cells: Cells, count: Counts
) -> Problem:
    kind = cells.variable.type
    reasons = _reasons(connection, relation, cells)
    n_unfit = count.present - count.fitting
    what = f"{_of(n_unfit, count.present)} {'is' if n_unfit == 1 else 'are'} not {_NOUNS[kind]}"
    known = [f"{number} {words}" for number, words, _ in reasons]
    fix = reasons[0][2] if reasons else _remedy(cells)
    return Problem(
        where,
        f"{what}: {', '.join(known)}" if known else what,
        f"the dictionary declares {kind} ({cells.variable.where})",
        fix,
    )


def _remedy(cells: Cells) -> str:
    kind, source = cells.variable.type, cells.origin.source
    if kind == "date" and source.suffix in TYPED_SUFFIXES:
        return "store them as dates, or write them as 2015-09-30"
    if kind == "date" and not source.date_format:
        return f"write dates as 2015-09-30, or set `date_format` under {cells.origin.setting}"
    if kind == "date":
        return f"correct `date_format` under {cells.origin.setting}, or the cells"
    if kind == "period":
        return "write periods as 2015, 2015/16, 2015-Q2 or 2015-09"
    if kind == "boolean":
        return "declare it as category and derive an indicator, or correct the cells"
    return "declare codes that mean missing in the dictionary, or correct the cells"


def _reasons(
    connection: duckdb.DuckDBPyConnection, relation: str, cells: Cells
) -> list[tuple[int, str, str]]:
    """Return how many unfit cells look like what, and the remedy; the commonest first."""
    if cells.variable.type not in {"integer", "number"}:
        return []
    tests = native.reasons(cells.kind, cells.variable) if cells.is_native else _of_text(cells)
    case = " ".join(f"WHEN {test} THEN {i}" for i, (test, _, _) in enumerate(tests))
    rows = connection.execute(
        f"SELECT CASE {case} ELSE -1 END AS kind, count(*) FROM "
        f"(SELECT {cells.p} AS p, {cells.t} AS t FROM {relation}) WHERE p IS NOT NULL "
        "AND t IS NULL GROUP BY kind ORDER BY count(*) DESC, kind"
    ).fetchall()
    return [(count, *tests[kind][1:]) for kind, count in rows if kind >= 0]


def _of_text(cells: Cells) -> list[tuple[str, str, str]]:
    """Return what a text ``p`` that is no number may look like."""
    own, other = cells.decimal, "," if cells.decimal == "." else "."
    word = {",": "comma", ".": "point"}[other]
    number = matches("p", number_pattern(own))
    return [
        (matches("p", _INFINITE), "not finite", "declare what stands for missing, or correct it"),
        (matches("p", _MINUS), "with a typographic minus", "write the minus as a hyphen: -1"),
        (
            f"{matches('p', number_pattern(other))} AND contains(p, {sql.text(other)})",
            f"with a decimal {word}",
            f'set `decimal: "{other}"` under {cells.origin.setting}',
        ),
        (
            matches("p", _THOUSANDS),
            "with separated thousands",
            "export numbers without separators",
        ),
        (
            f"{number} AND TRY_CAST(p AS BIGINT) IS NULL AND {matches('p', _INTEGER)}"
            if cells.variable.type == "integer"
            else f"{number} AND NOT isfinite({cells.as_double('p')})",
            "too large",
            "declare identifiers as text",
        ),
        (
            f"{number} AND NOT {matches('p', _INTEGER)}",
            "with a fraction",
            "declare it as number, or correct the cells",
        ),
    ]


def _of_forms(where: str, variable: Variable, count: Counts) -> Iterator[Problem]:
    declared = form_of(variable)
    strange = [form for form in count.forms if declared and form != declared]
    if len(count.forms) > 1 or strange:
        yield Problem(
            where,
            f"periods are written as {' and as '.join(count.forms)}",
            f"the dictionary has {declared} ({variable.where})"
            if declared
            else "periods of several kinds have no common order",
            "write all periods of the column in one way",
        )


def form_of(variable: Variable) -> PeriodForm | None:
    """Return the form of periods that the dictionary's values show, if they show one."""
    allowed = variable.values
    ends: tuple[object, ...] = ()
    if isinstance(allowed, Range):
        ends = (allowed.low, allowed.high)
    elif isinstance(allowed, Levels):
        ends = allowed.values
    return next((end.form for end in ends if isinstance(end, Period)), None)


def _of(part: int, whole: int) -> str:
    return f"{part} of {plural(whole, 'present cell')}"
