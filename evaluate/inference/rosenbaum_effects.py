"""Which effects matched pairs are compatible with when their odds of treatment may differ."""

from __future__ import annotations

from math import ceil, floor, sqrt

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.linear import Float
from evaluate.inference.rosenbaum import Bounds, require_gamma
from evaluate.inference.t import t_quantile

_ALL_AVERAGES = 1500
_STEPS = 200


def hodges_lehmann(differences: Float, gamma: float = 1.0) -> Bounds:
    """Return bounds of the effect that Hodges and Lehmann estimate from pairs.

    Parameters
    ----------
    differences : ndarray, shape (m,)
        Treated less comparison.
    gamma : float
        Odds of treatment within pairs, from 1.

    Raises
    ------
    Refused
        ``no_pairs``; ``impossible_gamma``.

    References
    ----------
    Rosenbaum (1993), J. American Statistical Association 88(424); Rosenbaum (2002), section 4.3.
    R ``DOS2::senWilcox(conf.int = TRUE)``; ``rbounds::hlsens`` to its step of 0.1.
    """
    require_gamma(gamma)
    averages = _Averages(_some(differences))
    chance = gamma / (1 + gamma)
    expected = (chance * averages.n, (1 - chance) * averages.n)
    low, high = (_solve(averages, one) for one in expected)
    return Bounds(low, high)


def signed_rank_interval(differences: Float, gamma: float = 1.0, alpha: float = 0.05) -> Bounds:
    """Return the effects that the two-sided test does not reject, by the normal approximation.

    Parameters
    ----------
    differences : ndarray, shape (m,)
        Treated less comparison.
    gamma : float
        Odds of treatment within pairs, from 1.
    alpha : float
        One less the level of confidence, in (0, 1).

    Raises
    ------
    Refused
        ``no_pairs``; ``impossible_gamma``; ``too_few_pairs`` when no assignment is unlikely
        enough to exclude any effect.

    References
    ----------
    Rosenbaum (2002), section 4.3. R ``DOS2::senWilcox(conf.int = TRUE, alternative =
    "twosided")``.
    """
    require_gamma(gamma)
    averages = _Averages(_some(differences))
    m, chance = len(averages.sorted), gamma / (1 + gamma)
    squares = m * (m + 1) * (2 * m + 1) / 6
    half = t_quantile(1 - alpha / 2, None) * sqrt(chance * (1 - chance) * squares)
    most, least = chance * averages.n + half, (1 - chance) * averages.n - half
    if not (most < averages.n and least > 0):
        raise Refused(
            "too_few_pairs",
            "even if all pairs spoke for one side it would not be unlikely enough",
            "use more pairs, or a smaller gamma",
        )
    return Bounds(_solve(averages, most), _solve(averages, least))


def _some(differences: Float) -> Float:
    if not len(differences):
        raise Refused("no_pairs", "there is no matched pair", "widen the caliper")
    return differences


def _solve(averages: _Averages, expected: float) -> float:
    """Return the shift at which so many averages lie above it: the middle of where it may be.

    Of n averages in falling order the count above a shift is k between the k-th and the next.
    """
    upper = averages.at(min(floor(expected) + 1, averages.n))
    lower = averages.at(max(ceil(expected), 1))
    return (upper + lower) / 2


class _Averages:
    """The averages of each two differences, and of each with itself, in falling order."""

    def __init__(self, differences: Float) -> None:
        self.sorted: Float = np.sort(differences.astype(np.float64))
        m = len(self.sorted)
        self.n = m * (m + 1) // 2
        self.all: Float | None = None
        if m <= _ALL_AVERAGES:
            i, j = np.triu_indices(m)
            self.all = np.sort((self.sorted[i] + self.sorted[j]) / 2)[::-1]

    def at(self, k: int) -> float:
        """Return the k-th largest, 1 <= k <= n."""
        if self.all is not None:
            return float(self.all[k - 1])
        low, high = float(self.sorted[0]), float(self.sorted[-1])
        if self._from(high) >= k:
            return high
        for _ in range(_STEPS):
            middle = (low + high) / 2
            if not low < middle < high:
                break
            low, high = (middle, high) if self._from(middle) >= k else (low, middle)
        return low

    def _from(self, value: float) -> int:
        """Return how many averages are at least a value."""
        m = len(self.sorted)
        first = np.searchsorted(self.sorted, 2 * value - self.sorted, side="left")
        partners = m - np.maximum(first, np.arange(m))
        return int(np.maximum(partners, 0).sum())
