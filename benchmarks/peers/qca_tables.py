"""A truth table of the benchmark, and whether a model keeps to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np


def read(path: str) -> tuple[int, list[int], list[int], list[int]]:
    """Return the number of conditions, rows with the outcome, without it, and all others."""
    table = json.loads(Path(path).read_text(encoding="utf-8"))
    known = {*table["shown"], *table["absent"]}
    free = [one for one in range(2 ** table["k"]) if one not in known]
    return table["k"], table["shown"], table["absent"], free


def bits(k: int, rows: Sequence[int]) -> np.ndarray:
    """Return rows as values of the conditions, the first the most significant."""
    places = np.arange(k)[::-1]
    return (np.asarray(rows, dtype=np.int64)[:, None] >> places & 1).reshape(-1, k)


def faults(k: int, model: np.ndarray, shown: Sequence[int], absent: Sequence[int]) -> int:
    """Return the rows that a model covers wrongly or leaves out; -1 is any value."""
    wrong = 0
    for rows, wanted in ((shown, True), (absent, False)):
        values = bits(k, rows)
        held = ((model[:, None, :] == -1) | (model[:, None, :] == values)).all(axis=2).any(axis=0)
        wrong += int((held != wanted).sum())
    return wrong
