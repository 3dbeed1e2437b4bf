"""Every level of a category, the one that models leave out too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from evaluate.data.levels import Indicator
from evaluate.data.moments import Float, Moments, Summary
from evaluate.data.names import shown


def omitted_levels(
    moments: Moments, summary: Summary, first: Mapping[str, str]
) -> tuple[Moments, Summary]:
    """Return both with the indicator of each category's omitted level before its others.

    It is 1 less the sum of the others, so that its moments follow from theirs.

    Parameters
    ----------
    moments : Moments
        Of columns among which are indicators of text columns.
    summary : Summary
        Of the same columns.
    first : mapping of str to str
        For each text column the level that has no indicator.
    """
    names: list[str] = []
    rows, done = [np.eye(len(moments.columns) + 1)[0]], set()
    for at, name in enumerate(moments.columns):
        if isinstance(name, Indicator) and name.column in first and name.column not in done:
            done.add(name.column)
            names.append(_named(name.column, first[name.column], moments.columns))
            rows.append(-_others(moments, name.column))
        names.append(name)
        rows.append(np.eye(len(moments.columns) + 1)[at + 1])
    turned = np.array(rows)
    added = (turned[1:] < 0).any(axis=1)
    once, each = added.astype(np.float64), turned[1:, 1:]
    whole = replace(
        moments,
        columns=tuple(names),
        centre=once + each @ moments.centre,
        cross=turned @ moments.cross @ turned.T,
    )
    low, high = (np.where(added, end, each @ old) for end, old in _ends(summary))
    return whole, Summary(summary.n, once + each @ summary.mean, low, high)


def _ends(summary: Summary) -> tuple[tuple[float, Float], tuple[float, Float]]:
    return (0.0, summary.low), (1.0, summary.high)


def _others(moments: Moments, column: str) -> Float:
    inside = [isinstance(one, Indicator) and one.column == column for one in moments.columns]
    return np.array([0.0, *inside], dtype=np.float64)


def _named(column: str, level: str, taken: tuple[str, ...]) -> Indicator:
    name = shown(f"{column}={level}")
    while name in taken:
        name += "'"
    return Indicator(name, column, level)
