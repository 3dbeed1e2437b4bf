"""An SPSS file: values, not labels; system-missing is missing; seconds count from 1582.

Codes that the file declares as user-missing stay values: the dictionary says which codes mean
missing, for every format of file alike.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from evaluate.data.definition import Source
from evaluate.data.readers import statistics_file
from evaluate.data.readers.private import ReadTable
from evaluate.data.readers.statistics_file import Format, Kind

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("DATE", "ADATE", "EDATE", "JDATE", "SDATE", "WKYR"), "day"),
    **dict.fromkeys(("DATETIME", "YMDHMS"), "moment"),
    "MOYR": "month",
    "QYR": "quarter",
}


def read(source: Source, path: Path, columns: Sequence[str] | None, target: Path) -> ReadTable:
    """Write the wanted columns of an SPSS file to a private Parquet file.

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
    Seconds since midnight before 14 October 1582: *Date and time variables* in the command
    syntax reference of SPSS.
    """
    return statistics_file.read(_SPSS, source, path, columns, target)


def _kind(form: str) -> Kind:
    letters = re.match("[A-Z]*", form.upper())
    return _KINDS.get(letters.group() if letters else "", "number")


_SPSS = Format(
    reader="read_sav",
    options={"user_missing": True},
    kind=_kind,
    per_day=86400.0,
    per_second=1.0,
    days_before_1970=141428,
    periods_are_counted=False,
)
