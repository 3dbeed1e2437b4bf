"""The simulated precision that a locked plan quotes, where there is one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from evaluate.study.lock_file import FOLDER, MAX_BYTES

FILE = "diagnosis.json"


def quoted_mdes(folder: Path) -> dict[str, str]:
    """Return the simulated minimum detectable effect of each outcome, in words.

    Parameters
    ----------
    folder : Path
        Of the study. Without ``plan/diagnosis.json``, or where it says none, nothing is quoted.
    """
    try:
        with (folder / FOLDER / FILE).open("rb") as stream:
            content = json.loads(stream.read(MAX_BYTES))
        return {str(row["outcome"]): _words(row) for row in _rows(content)}
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return {}


def _rows(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of the study as planned, without its alternatives."""
    for table in content["tables"]:
        if table["kind"] == "diagnosis":
            yield from (row for row in table["rows"] if row["scenario"] == "main" and "mde" in row)


def _words(row: Mapping[str, Any]) -> str:
    return f"{float(row['mde']):.3g} (simulated, {int(row['draws'])} studies)"
