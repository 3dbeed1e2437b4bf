"""Rows of the tables on what random outcomes give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from evaluate.inference.qca_random import Chance
from evaluate.inference.qca_rows import Row

BINS = 20


def random_rows(own: Chance, chance: Mapping[str, Chance], floor: float) -> Iterator[Row]:
    """Yield how often random outcomes have a solution, beside the study's own.

    Parameters
    ----------
    own : Chance
        The study's own outcome, solved in the same way.
    chance : mapping of str to Chance
        Random outcomes by how they were drawn.
    floor : float
        Coverage from which a solution is counted as one that would be told of.
    """
    fit = own_fit(own)
    for name, found in chance.items():
        yield {
            "null": f"qca.{name}",
            "share_found": found.share,
            "share_floor": found.as_good(0.0, floor),
            "share_as_good": found.as_good(*fit) if fit else None,
            "p_value": found.p_value(*fit) if fit else None,
            "own_consistency": fit[0] if fit else None,
            "own_coverage": fit[1] if fit else None,
            "draws": len(found.found),
        }


def own_fit(own: Chance) -> tuple[float, float] | None:
    """Return consistency and coverage of the study's own solution, if it has one.

    Parameters
    ----------
    own : Chance
        The study's own outcome.
    """
    return (float(own.consistency[0]), float(own.coverage[0])) if own.found[0] else None


def bin_rows(own: Chance, chance: Chance) -> Iterator[Row]:
    """Yield how consistency times coverage is spread over random outcomes.

    Parameters
    ----------
    own : Chance
        The study's own outcome.
    chance : Chance
        Random outcomes.
    """
    both = np.where(chance.found, chance.consistency * chance.coverage, 0)
    counts, edges = np.histogram(np.clip(both, 0, 1), bins=BINS, range=(0, 1))
    held = float(own.consistency[0] * own.coverage[0])
    place = min(int(held * BINS), BINS - 1) if own.found[0] else None
    for at, count in enumerate(counts):
        yield {
            "bin": f"{at + 1:02d}",
            "low": round(float(edges[at]), 2),
            "high": round(float(edges[at + 1]), 2),
            "share": float(count / len(both)),
            "own": at == place,
        }
