"""What Stata and SPSS files share: rows in chunks, numbers as they are stored, days as days."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from evaluate.data.definition import Source
from evaluate.data.names import plural, shown
from evaluate.data.readers.arrays import of_cells, of_numbers
from evaluate.data.readers.faults import masked, twice, unchanged
from evaluate.data.readers.private import PrivateParquet, ReadTable, chosen, counted
from evaluate.errors import DataError, Problem

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["text", "number", "day", "moment", "month", "quarter"]
_BUDGET = 1 << 24  # bytes of cells in a chunk
_MOST_ROWS = 500_000
_EXACT = 2.0**53
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # of the years 1 and 9999, since 1970
_ENCODINGS = {"latin-1": "WINDOWS-1252", "utf-16": "UTF-16", "utf-8": "UTF-8"}
_DAMAGED = "the file is damaged, or of a version that is not read"
_FIX = "save it again, or as .csv with codes instead of labels"


@dataclass(frozen=True, slots=True)
class Format:
    """How one program stores its cells.

    Attributes
    ----------
    reader : str
        Function of ``pyreadstat``.
    options : mapping
        Its options.
    kind : callable
        What the cells of a numeric column are, by its display format.
    per_day, per_second : float
        Units of a stored day and of a stored moment.
    days_before_1970 : int
        From the first day of its calendar to 1 January 1970.
    periods_are_counted : bool
        Whether months and quarters are counted from 1960, or stored as days.
    """

    reader: str
    options: Mapping[str, bool]
    kind: Callable[[str], Kind]
    per_day: float
    per_second: float
    days_before_1970: int
    periods_are_counted: bool


def read(
    how: Format, source: Source, path: Path, columns: Sequence[str] | None, target: Path
) -> ReadTable:
    """Write the wanted columns of a statistics file to a private Parquet file.

    Both programs store most whole numbers, codes and identifiers too, as floating-point numbers.
    A column that holds nothing but whole numbers is therefore written as integers: the code 3 of
    a category would else become the text ``3.0``.

    Parameters
    ----------
    how : Format
        Of the program.
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
    """
    where = source.label
    draft = target.with_name(f"{target.name}.draft")
    with unchanged(path, where) as sha256, _masked(where):
        file = _File(how, source, path, where)
        wanted = chosen(file.names, columns)
        size = path.stat().st_size
        try:
            with PrivateParquet(draft, where, size) as out:
                whole = file.copy(wanted, out)
            _retyped(draft, target, whole, where)
        finally:
            draft.unlink(missing_ok=True)
    return ReadTable(tuple(file.names), sha256, out.n_rows)


class _File:
    """One file: its columns, and its rows as tables."""

    def __init__(self, how: Format, source: Source, path: Path, where: str) -> None:
        import pyreadstat

        self._how, self._path, self._where = how, str(path), where
        self._reader = getattr(pyreadstat, how.reader)
        encoding = _ENCODINGS[source.encoding] if "encoding" in source.model_fields_set else None
        self._options = {
            **how.options,
            "encoding": encoding,
            "output_format": "dict",
            "disable_datetime_conversion": True,
        }
        with warnings.catch_warnings(record=True) as renamed:
            warnings.simplefilter("always")
            _, about = self._reader(self._path, metadataonly=True, **self._options)
        if renamed:  # each is a name that stood there before
            raise twice(len(renamed), where)
        self._fractional: set[str] = set()
        self.names: list[str] = list(about.column_names)
        self._n_rows: int | None = about.number_rows
        self._widths: dict[str, int] = about.variable_storage_width
        self._kinds = {
            name: self._kind(about.readstat_variable_types[name], form)
            for name, form in about.original_variable_types.items()
        }

    def copy(self, names: Sequence[str], out: PrivateParquet) -> set[str]:
        """Write the columns; return those numbers that are whole throughout."""
        for cells, n_rows in self._chunks(names):
            out.write(self._table(cells, names) if names else counted(n_rows))
        return {name for name in names if self._kinds[name] == "number"} - self._fractional

    def _kind(self, storage: str, form: str | None) -> Kind:
        return "text" if storage == "string" else self._how.kind(form or "")

    def _chunks(self, names: Sequence[str]) -> Iterator[tuple[dict[str, list[Any]], int]]:
        """Give the cells of some rows at a time; no rows at all at least once."""
        read = list(names) or self.names[:1]
        width = sum(max(self._widths[name], 8) for name in read) or 8
        size = min(_MOST_ROWS, max(1, _BUDGET // width))
        start = 0
        while start == 0 or (start < self._n_rows if self._n_rows is not None else True):
            cells, _ = self._reader(
                self._path, usecols=read, row_offset=start, row_limit=size, **self._options
            )
            n_rows = len(next(iter(cells.values()), ()))
            yield cells, n_rows
            start += size
            if n_rows < size:
                break

    def _table(self, cells: Mapping[str, list[Any]], names: Sequence[str]) -> pa.Table:
        import pyarrow as pa

        return pa.Table.from_arrays([self._array(name, cells[name]) for name in names], list(names))

    def _array(self, name: str, cells: list[Any]) -> pa.Array:
        import numpy as np
        import pyarrow as pa

        kind = self._kinds[name]
        if kind == "text":
            return of_cells(cells, pa.large_string())
        # A missing number is None or NaN: neither can be a value of these programs.
        values = np.array(cells, dtype=float)
        missing = np.isnan(values)
        if kind == "number":
            if not _all_whole(values[~missing]):
                self._fractional.add(name)
            return of_numbers(values, missing, pa.float64())
        return self._time(name, kind, np.where(missing, 0.0, values), missing)

    def _time(self, name: str, kind: Kind, values: Any, missing: Any) -> pa.Array:
        import numpy as np
        import pyarrow as pa

        how = self._how
        if kind == "moment":
            micros = np.round(values / how.per_second * 1e6) - 86_400e6 * how.days_before_1970
            self._refuse_far(name, micros[~missing] / 86_400e6)
            return of_numbers(_whole(micros), missing, pa.timestamp("us"))
        if kind != "day" and how.periods_are_counted:
            months = np.floor(values) * (3 if kind == "quarter" else 1) - 120
            self._refuse_far(name, months[~missing] * 30.0)
        else:
            days = np.floor(values / how.per_day) - how.days_before_1970
            self._refuse_far(name, days[~missing])
            if kind == "day":
                return of_numbers(days, missing, pa.date32())
            dates = _whole(np.where(missing, 0.0, days)).astype("datetime64[D]")
            months = dates.astype("datetime64[M]").astype(np.int64)
        texts = _periods(kind, np.where(missing, 0, months))
        cells = [None if gap else text for gap, text in zip(missing, texts, strict=True)]
        return of_cells(cells, pa.large_string())

    def _refuse_far(self, name: str, days: Any) -> None:
        """Refuse days outside of the years 1 to 9999."""
        n_far = int(((days < _FIRST_DAY) | (days > _LAST_DAY)).sum())
        if n_far:
            raise DataError(
                Problem(
                    f"{self._where}:{shown(name)}",
                    f"{plural(n_far, 'cell')} of a date column {'is' if n_far == 1 else 'are'} no date",
                    "the days lie before the year 1 or after the year 9999",
                    "set codes for missing dates to missing",
                )
            )


def _periods(kind: Kind, months: Any) -> Any:
    """Return months since 1970 as text, in the forms that the dictionary knows."""
    import numpy as np

    months = _whole(months)
    texts = np.datetime_as_string(months.astype("datetime64[M]"), unit="M")
    if kind == "month":
        return texts.astype(object)
    quarters = (months % 12) // 3 + 1
    return np.array([f"{text[:-3]}-Q{q}" for text, q in zip(texts, quarters, strict=True)], object)


def _whole(values: Any) -> Any:
    import numpy as np

    return np.round(values).astype(np.int64)


def _all_whole(values: Any) -> bool:
    import numpy as np

    return bool(np.all((values == np.floor(values)) & (np.abs(values) <= _EXACT)))


def _retyped(draft: Path, target: Path, whole: set[str], where: str) -> None:
    """Write the draft again, with the columns of whole numbers as integers."""
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

    with ParquetFile(draft) as file, PrivateParquet(target, where, None) as out:
        fields = [
            field.with_type(pa.int64()) if field.name in whole else field
            for field in file.schema_arrow
        ]
        for group in range(file.num_row_groups):
            out.write(file.read_row_group(group).cast(pa.schema(fields)))


@contextmanager
def _masked(where: str) -> Iterator[None]:
    from pyreadstat import PyreadstatError, ReadstatError

    # Damaged files also make its texts undecodable and its counts absurd.
    errors = (ReadstatError, PyreadstatError, ValueError, OverflowError, MemoryError, LookupError)
    with masked(errors, where, _DAMAGED, _FIX):
        yield
