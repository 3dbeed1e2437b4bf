"""The random weights of a wild bootstrap, in blocks; all of them where they are few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluate.data.moments import Float, Integer

Weights = Literal["rademacher", "webb"]

WEBB_BELOW = 10
_WEBB = np.sqrt([0.5, 1.0, 1.5])
_VALUES: dict[str, Float] = {
    "rademacher": np.array([1.0, -1.0]),
    "webb": np.concatenate([_WEBB, -_WEBB]),
}
_SIGNS = np.array([[1.0 - 2.0 * (one >> bit & 1) for bit in range(8)] for one in range(256)])
# Numbers in a block of weights: 16 MB.
_BLOCK = 2_000_000


@dataclass(frozen=True, slots=True)
class WeightPlan:
    """Which weights, how many draws of them, and whether these are all that there are.

    Attributes
    ----------
    name : {"rademacher", "webb"}
        Their distribution.
    number : int
        Independent weights in a draw.
    draws : int
        Draws.
    exact : bool
        Whether every draw that is possible stands in for a random one.
    """

    name: Weights
    number: int
    draws: int
    exact: bool

    def blocks(self, rng: np.random.Generator) -> Iterator[Float]:
        """Yield the draws, each shape (b, number), in blocks that memory holds.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of chance; not touched where exact.
        """
        size = max(_BLOCK // self.number, 1)
        for start in range(0, self.draws, size):
            rows = min(size, self.draws - start)
            if self.exact:
                yield self._all(np.arange(start, start + rows))
            elif self.name == "rademacher":
                yield _signs(rng, rows, self.number)
            else:
                yield _VALUES[self.name][rng.integers(0, 6, (rows, self.number), np.uint8)]

    def _all(self, at: Integer) -> Float:
        """Return the draws at these places of the list of all, written in base 2 or 6."""
        values = _VALUES[self.name]
        base = len(values)
        digits = at[:, None] // base ** np.arange(self.number) % base
        weights: Float = values[digits]
        return weights


def weight_plan(number: int, draws: int, name: Weights | None = None) -> WeightPlan:
    """Return the weights for a number of clusters.

    Rademacher's, but Webb's six points where there are fewer than ten clusters: with two
    points these have at most 256 statistics that differ in size. All possible draws replace
    random ones where there are no more of them: up to 13 clusters at 9999 draws, 5 for Webb's.

    Parameters
    ----------
    number : int
        Clusters, or subclusters, that are weighted.
    draws : int
        Draws that were asked for.
    name : {"rademacher", "webb"} or None
        Distribution; ``None`` chooses.

    References
    ----------
    Webb (2023), Canadian J. Economics 56(3), section 3; Davidson & Flachaire (2008), J.
    Econometrics 146(1). R ``fwildclusterboot::boottest(type = "rademacher", "webb")``.
    """
    chosen: Weights = name or ("webb" if number < WEBB_BELOW else "rademacher")
    every = len(_VALUES[chosen]) ** number
    exact = every <= draws + 1
    return WeightPlan(chosen, number, every if exact else draws, exact)


def _signs(rng: np.random.Generator, rows: int, number: int) -> Float:
    """Return signs, shape (rows, number), eight from each random byte."""
    words = -(-rows * number // 64)
    drawn = rng.integers(0, 2**64 - 1, words, np.uint64, endpoint=True)
    signs: Float = _SIGNS[drawn.view(np.uint8)].reshape(-1)[: rows * number]
    return signs.reshape(rows, number)
