"""Several completed copies of rows with gaps, whose differences show what is not known.

Chained equations: every column with missing cells is regressed on all others in turn, and its
missing cells are drawn from that regression, with its coefficients drawn as well. That is right
where a cell is missing for reasons that the other columns show (missing at random).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.names import shown
from evaluate.errors import Refused
from evaluate.inference.comparison import Bools, Ints
from evaluate.inference.imputed_draws import draw_donors, draw_levels, draw_normal, from_donors
from evaluate.inference.linear import Float

CYCLES = 5
# Observed rows of an arm for each predictor before each arm has a regression of its own.
_ROWS_FOR_EACH = 5
_CERTAIN = 12  # digits of a cluster's mean that do not depend on the order of its rows


@dataclass(frozen=True, slots=True)
class Gaps:
    """Rows with missing cells.

    Attributes
    ----------
    columns : mapping of str to ndarray, each shape (n,)
        Numbers with NaN, text as objects with ``None``, where a cell is missing. All predict
        each other.
    arm : ndarray, shape (n,), or None
        What each row was given. Where its arms are large enough, each has regressions of its own,
        so that an effect that differs between rows is kept.
    cluster : ndarray, shape (n,), or None
        Label of each row's cluster; then means of clusters predict too.
    """

    columns: Mapping[str, NDArray[Any]]
    arm: NDArray[Any] | None = None
    cluster: NDArray[Any] | None = None


def imputations(
    gaps: Gaps, number: int, seed: Sequence[int], *, cycles: int = CYCLES
) -> Iterator[dict[str, NDArray[Any]]]:
    """Yield completed copies of the columns, one in memory at a time.

    Draws do not depend on the order of rows nor on the clusters' labels: rows are first sorted by
    their own values.

    Parameters
    ----------
    gaps : Gaps
        Rows with missing cells.
    number : int
        Of copies.
    seed : sequence of int
        Names the random stream; each copy has its own, so that more copies begin with the same.
    cycles : int
        Of the chain before a copy is taken; one where a single column has gaps.

    Yields
    ------
    dict of str to ndarray
        Each column in the order of the rows that were given, text as objects.

    Raises
    ------
    Refused
        ``all_missing`` for a column without any value; ``too_few_observed``.

    References
    ----------
    van Buuren, S. & Groothuis-Oudshoorn, K. (2011). mice: Multivariate imputation by chained
    equations in R. Journal of Statistical Software 45(3). Clusters' means as predictors:
    Grund, S., Lüdtke, O. & Robitzsch, A. (2018). Organizational Research Methods 21(1).
    """
    for name, values in gaps.columns.items():
        if missing(values).all():
            raise Refused(
                "all_missing",
                f"{shown(name)} is missing in every row",
                "leave the column out, or complete its cells",
            )
    order = _canonical(gaps)
    table = _Table.of(gaps, order)
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    for copy in range(number):
        rng = np.random.default_rng([*seed, copy])
        completed = table.draw(rng, cycles)
        yield {name: values[back] for name, values in completed.items()}


def missing(values: NDArray[Any]) -> Bools:
    """Return which cells are missing: NaN, or ``None`` among text."""
    if values.dtype.kind == "O":
        return np.array([one is None for one in values], dtype=bool)
    return np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), bool)


def _coded(values: NDArray[Any]) -> tuple[list[str], Ints]:
    """Return the levels of text and their codes; what is missing has the last code."""
    empty = missing(values)
    levels = sorted({str(one) for one in values[~empty]})
    place = {level: i for i, level in enumerate(levels)}
    codes = [
        len(levels) if gone else place[str(one)] for one, gone in zip(values, empty, strict=True)
    ]
    return levels, np.array(codes, dtype=np.int64)


def _canonical(gaps: Gaps) -> Ints:
    """Return the order of rows by their values: NaN last, clusters by their means."""
    keys: list[NDArray[Any]] = []
    numbers = {}
    for name, values in gaps.columns.items():
        numbers[name] = (
            _coded(values)[1].astype(np.float64) if values.dtype.kind in "OU" else values
        )
        keys.append(numbers[name])
    if gaps.arm is not None:
        keys.append(np.unique(gaps.arm, return_inverse=True)[1])
    if gaps.cluster is not None:
        _, codes = np.unique(gaps.cluster, return_inverse=True)
        for values in numbers.values():
            there = ~np.isnan(values)
            sums = np.bincount(codes[there], values[there], minlength=codes.max() + 1)
            n = np.bincount(codes[there], minlength=len(sums))
            mean = sums / np.maximum(n, 1)
            scale = float(np.abs(mean).max()) or 1.0
            keys.append(np.round(mean / scale, _CERTAIN)[codes])
    return np.lexsort(keys[::-1]).astype(np.int64)


@dataclass(slots=True)
class _Table:
    """Columns as numbers, in canonical order of rows."""

    numbers: dict[str, Float]  # levels of text as their codes
    known: dict[str, Bools]
    levels: dict[str, list[str]]
    donors: dict[str, bool]
    arms: list[Bools]
    cluster: Ints | None

    @classmethod
    def of(cls, gaps: Gaps, order: Ints) -> _Table:
        numbers: dict[str, Float] = {}
        levels: dict[str, list[str]] = {}
        known = {name: ~missing(values)[order] for name, values in gaps.columns.items()}
        for name, values in gaps.columns.items():
            if values.dtype.kind in "OU":
                levels[name], codes = _coded(values)
                numbers[name] = codes[order].astype(np.float64)
            else:
                numbers[name] = values[order].astype(np.float64)
        donors = {name: from_donors(values[known[name]]) for name, values in numbers.items()}
        arms = [np.ones(len(order), bool)]
        if gaps.arm is not None:
            _, codes = np.unique(gaps.arm, return_inverse=True)
            arms = [(codes == one)[order] for one in range(int(codes.max()) + 1)]
        cluster = None
        if gaps.cluster is not None:
            # Numbered as they come in canonical order, so that labels do not matter.
            _, first, codes = np.unique(gaps.cluster[order], return_index=True, return_inverse=True)
            rank = np.empty_like(first)
            rank[np.argsort(first)] = np.arange(len(first))
            cluster = rank[codes].astype(np.int64)
        return cls(numbers, known, levels, donors, arms, cluster)

    def draw(self, rng: np.random.Generator, cycles: int) -> dict[str, NDArray[Any]]:
        """Return one completed copy."""
        now = {name: values.copy() for name, values in self.numbers.items()}
        targets = [name for name, one in self.known.items() if not one.all()]
        targets.sort(key=lambda name: int((~self.known[name]).sum()))
        for name in targets:
            there = self.known[name]
            now[name][~there] = rng.choice(self.numbers[name][there], int((~there).sum()))
        for _ in range(cycles if len(targets) > 1 else 1):
            for name in targets:
                self._redraw(name, now, rng)
        found: dict[str, NDArray[Any]] = {}
        for name, values in now.items():
            if name in self.levels:
                named = np.array(self.levels[name], dtype=object)
                found[name] = named[values.astype(np.int64)]
            else:
                found[name] = values
        return found

    def _redraw(self, name: str, now: dict[str, Float], rng: np.random.Generator) -> None:
        known = self.known[name]
        x = self._predictors(name, now)
        enough = _ROWS_FOR_EACH * (x.shape[1] + 1)
        groups = self.arms
        if any(int((arm & known).sum()) < enough for arm in groups):
            x = np.column_stack([x, *(arm.astype(np.float64) for arm in self.arms[1:])])
            groups = [np.ones(len(known), bool)]
        for rows in groups:
            gone = rows & ~known
            if not gone.any():
                continue
            if name in self.levels:
                codes = now[name][rows].astype(np.int64)
                now[name][gone] = draw_levels(x[rows], codes, known[rows], rng)
                continue
            draw = draw_donors if self.donors[name] else draw_normal
            now[name][gone] = draw(x[rows], now[name][rows], known[rows], rng)

    def _predictors(self, target: str, now: Mapping[str, Float]) -> Float:
        """Return all other columns, text as indicators; of clusters means too."""
        found: list[Float] = []
        for name, values in now.items():
            if name == target:
                continue
            if name in self.levels:
                several = range(1, len(self.levels[name]))
                found += [(values == level).astype(np.float64) for level in several]
            else:
                found.append(values)
        if self.cluster is not None:
            count = int(self.cluster.max()) + 1
            enough = count >= _ROWS_FOR_EACH * (len(found) + 1)
            means = [_means(self.cluster, one) for one in found] if enough else []
            found = [*found, *means, *self._others(target)]
        return np.column_stack([np.zeros((len(now[target]), 0)), *found])

    def _others(self, target: str) -> list[Float]:
        """Return the mean of the target among the others of a row's cluster that are known."""
        assert self.cluster is not None
        known, levels = self.known[target], self.levels.get(target)
        values = self.numbers[target]
        each = [values] if levels is None else [values == one for one in range(1, len(levels))]
        found = []
        for one in each:
            own = np.where(known, one, 0.0)
            sums = np.bincount(self.cluster, own)[self.cluster] - own
            n = np.bincount(self.cluster, known)[self.cluster] - known
            overall = float(own.sum() / known.sum())
            found.append(np.where(n > 0, sums / np.maximum(n, 1), overall))
        return found


def _means(cluster: Ints, values: Float) -> Float:
    return (np.bincount(cluster, values) / np.bincount(cluster))[cluster]
