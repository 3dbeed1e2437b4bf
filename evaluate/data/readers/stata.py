"""A Stata file: values, not labels; `.` and `.a` to `.z` are missing; days count from 1960."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evaluate.data.definition import Source
from evaluate.data.readers import statistics_file
from evaluate.data.readers.private import ReadTable
from evaluate.data.readers.statistics_file import Format, Kind

_KINDS: dict[str, Kind] = {
    "%td": "day",
    "%d": "day",
    "%tc": "moment",
    "%tm": "month",
    "%tq": "quarter",
}


def read(source: Source, path: Path, columns: Sequence[str] | None, target: Path) -> ReadTable:
    """Write the wanted columns of a Stata file to a private Parquet file.

    Parameters
    ----------
    source : Source
        As the study defines it.
    path : Path
        The file.
    columns : sequence of str or None
        Names of wanted columns; ``None`` for all.
    target : Path
        The file to write.

    Raises
    ------
    DataError
        As ``to_parquet`` says.

    References
    ----------
    Days since 1 January 1960, milliseconds, months and quarters since its start: ``help
    datetime`` in Stata.
    """
    return statistics_file.read(_STATA, source, path, columns, target)


def _kind(form: str) -> Kind:
    """Return what a display format such as ``%tdD_m_Y`` says; weeks and half-years stay counts."""
    plain = form.replace("%-", "%")
    short = "%d" if plain.startswith("%d") else plain[:3]
    return _KINDS.get(short, "number")


_STATA = Format(
    reader="read_dta",
    options={"user_missing": False},
    kind=_kind,
    per_day=1.0,
    per_second=1000.0,
    days_before_1970=3653,
    periods_are_counted=True,
)
