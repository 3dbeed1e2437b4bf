"""Cells as Arrow arrays, from their buffers: ``pyarrow.array`` would import pandas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def of_cells(cells: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Return Python values as an array.

    Parameters
    ----------
    cells : sequence
        Values of one kind; ``None`` where missing.
    kind : DataType
        Text, int64, float64, boolean, date32 as days since 1970, or a timestamp in microseconds
        since 1970.
    """
    import numpy as np
    import pyarrow as pa

    n = len(cells)
    gaps = None in cells
    missing = np.fromiter((cell is None for cell in cells), bool, n) if gaps else np.zeros(n, bool)
    if pa.types.is_large_string(kind):
        return _of_texts(cells, missing)
    filled = (0 if cell is None else cell for cell in cells) if gaps else cells
    return of_numbers(np.fromiter(filled, _held(kind), n), missing, kind)


def of_numbers(values: Any, missing: Any, kind: pa.DataType) -> pa.Array:
    """Return numbers as an array.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Numbers; what stands at a missing place does not matter.
    missing : ndarray of bool, shape (n,)
        Where there is no value.
    kind : DataType
        As for ``of_cells``, but no text.
    """
    import numpy as np
    import pyarrow as pa

    held = np.ascontiguousarray(values, dtype=_held(kind))
    data = np.packbits(held, bitorder="little") if pa.types.is_boolean(kind) else held
    return pa.Array.from_buffers(kind, len(held), [_present(missing), pa.py_buffer(data)])


def _of_texts(cells: Sequence[str | None], missing: Any) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    encoded = [b"" if cell is None else cell.encode() for cell in cells]
    ends = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), out=ends[1:])
    buffers = [_present(missing), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.large_string(), len(encoded), buffers)


def _present(missing: Any) -> pa.Buffer | None:
    import numpy as np
    import pyarrow as pa

    return pa.py_buffer(np.packbits(~missing, bitorder="little")) if missing.any() else None


def _held(kind: pa.DataType) -> str:
    """Return the NumPy type of the buffer of a kind."""
    import pyarrow as pa

    if pa.types.is_boolean(kind):
        return "?"
    if pa.types.is_floating(kind):
        return "f8"
    return "i4" if pa.types.is_date32(kind) else "i8"
