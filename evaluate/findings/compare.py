"""Whether two findings say the same: numbers to 1e-8, words exactly, provenance apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evaluate.core import Finding
from evaluate.findings.form import to_json

TOLERANCE = 1e-8  # above rounding at nine digits and the last bits of threaded linear algebra
_ROW_KEYS = ("analysis", "outcome", "name", "id", "term", "method", "std_error_method", "code")


def differences(old: Finding, new: Finding) -> list[str]:
    """Return where two findings differ, as paths such as ``estimates[main].estimate``.

    No value is named: a path tells what to look at, also where data are restricted.
    """
    apart = ("provenance", "seal")
    one, other = ({k: v for k, v in to_json(f).items() if k not in apart} for f in (old, new))
    return list(_walk("", one, other))


def _walk(path: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            here = f"{path}.{key}" if path else key
            if key in old and key in new:
                yield from _walk(here, old[key], new[key])
            else:
                yield here
    elif isinstance(old, Sequence) and isinstance(new, Sequence) and not isinstance(old, str):
        if len(old) != len(new):
            yield path
        for index, (one, other) in enumerate(zip(old, new, strict=False)):
            yield from _walk(f"{path}[{_label(one, index)}]", one, other)
    elif not _same(old, new):
        yield path


def _label(row: Any, index: int) -> str:
    if isinstance(row, Mapping):
        names = [str(row[key]) for key in _ROW_KEYS if key in row]
        return " ".join(names) or str(index)
    return str(index)


def _same(old: Any, new: Any) -> bool:
    numbers = (int, float)
    both = isinstance(old, numbers) and isinstance(new, numbers)
    if both and not isinstance(old, bool) and not isinstance(new, bool):
        return math.isclose(old, new, rel_tol=TOLERANCE, abs_tol=1e-12)
    return type(old) is type(new) and old == new
