"""Rows of known make for the benchmarks: fixed seeds, Snappy Parquet, written in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

PIECE = 1_000_000
Columns = dict[str, NDArray[np.generic]]


def clustered(n: int, clusters: int, covariates: int, seed: int = 1) -> Iterator[Columns]:
    """Yield a trial of clusters: treatment by cluster, covariates, an outcome with ICC 0.1."""
    rng = np.random.default_rng(seed)
    treated = np.zeros(clusters)
    treated[rng.permutation(clusters)[: clusters // 2]] = 1.0
    level = rng.normal(0, np.sqrt(0.1), clusters)
    slopes = rng.normal(0, 0.3, covariates)
    for start in range(0, n, PIECE):
        size = min(PIECE, n - start)
        at = rng.integers(0, clusters, size)
        x = rng.normal(0, 1, (size, covariates)) + 0.2 * level[at, None]
        y = 0.1 * treated[at] + x @ slopes + level[at] + rng.normal(0, np.sqrt(0.9), size)
        yield {
            "y": y,
            "t": treated[at].astype(np.int8),
            "school": at.astype(np.int32),
            **{f"x{i}": x[:, i] for i in range(covariates)},
        }


def panel(units: int, periods: int, missing: float, seed: int = 2) -> Iterator[Columns]:
    """Yield units over periods: two-way effects, a treatment that begins at different times."""
    rng = np.random.default_rng(seed)
    step = max(PIECE // periods, 1)
    when = rng.normal(0, 1, periods)
    for start in range(0, units, step):
        size = min(step, units - start)
        begins = rng.integers(2, periods + 4, size)
        level = rng.normal(0, 1, size)
        t = np.tile(np.arange(periods), size)
        u = np.repeat(np.arange(size), periods)
        d = (t >= begins[u]).astype(np.float64)
        x = rng.normal(0, 1, len(t)) + 0.5 * level[u]
        y = 0.5 * d + 0.3 * x + level[u] + when[t] + rng.normal(0, 1, len(t))
        keep = rng.random(len(t)) >= missing
        yield {
            "unit": (u + start)[keep].astype(np.int32),
            "period": t[keep].astype(np.int32),
            "d": d[keep],
            "x": x[keep],
            "y": y[keep],
        }


def rollout(units: int, periods: int, covariates: int, seed: int = 4) -> Iterator[Columns]:
    """Yield units over periods, unit by unit: four cohorts, effects that grow, covariates."""
    rng = np.random.default_rng(seed)
    step = max(PIECE // periods, 1)
    for start in range(0, units, step):
        size = min(step, units - start)
        first, level, x = _begin(rng, size, covariates)
        u = np.repeat(np.arange(size), periods)
        t = np.tile(np.arange(1, periods + 1), size)
        yield {
            "unit": (u + start).astype(np.int32),
            "period": t.astype(np.int32),
            "first": first[u].astype(np.int32),
            **{f"x{i}": x[u, i] for i in range(covariates)},
            "y": _outcome(rng, (t, first[u], level[u]), x[u]),
        }


def scattered(units: int, periods: int, seed: int = 4) -> Iterator[Columns]:
    """Yield the same kind of roll-out without covariates, period by period, units shuffled."""
    rng = np.random.default_rng(seed)
    first, level, _ = _begin(rng, units, 0)
    for period in range(1, periods + 1):
        order = rng.permutation(units).astype(np.int32)
        for start in range(0, units, PIECE):
            u = order[start : start + PIECE]
            t = np.full(len(u), period)
            yield {
                "unit": u,
                "period": t.astype(np.int32),
                "first": first[u].astype(np.int32),
                "y": _outcome(rng, (t, first[u], level[u]), np.zeros((len(u), 0))),
            }


def _begin(
    rng: np.random.Generator, units: int, covariates: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Return first treated periods, which the first covariate moves, levels and covariates."""
    x = rng.normal(0, 1, (units, covariates))
    drawn = rng.random(units) + (0.02 * x[:, 0] if covariates else 0.0)
    first = np.array([0, 3, 5, 7, 9])[np.searchsorted([0.4, 0.55, 0.7, 0.85], drawn)]
    return first, rng.normal(0, 1, units), x


def _outcome(
    rng: np.random.Generator,
    cells: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]],
    x: NDArray[np.float64],
) -> NDArray[np.float64]:
    t, first, level = cells
    effect = np.where((first > 0) & (t >= first), 1 + 0.2 * (t - first), 0.0)
    trend = 0.1 * t * (1 + 0.3 * x.sum(axis=1))
    found: NDArray[np.float64] = level + trend + effect + rng.normal(0, 1, len(t))
    return found


def write(pieces: Iterator[Columns], path: Path) -> Path:
    """Write pieces to one Snappy Parquet file, once."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.exists():
        return path
    part = path.with_suffix(".part")
    writer = None
    for piece in pieces:
        table = pa.table(piece)
        writer = writer or pq.ParquetWriter(part, table.schema, compression="snappy")
        writer.write_table(table)
    if writer is not None:
        writer.close()
    part.rename(path)
    return path
