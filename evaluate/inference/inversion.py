"""From draws of a t statistic to a p-value, and to an interval by inverting the test.

Under the null that lies ``delta`` below the estimate, the statistic of each draw is a ratio of
a line to the root of a parabola in ``delta``, and the observed one is ``delta / std_error``.
For the effect of taking part the observed one is such a ratio too. The coefficients are
computed once; every other null costs a few operations a draw.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from zlib import crc32

import numpy as np

from evaluate.data.moments import Float, Integer
from evaluate.inference.linear import GroupMoments

# Statistics that differ by less, relatively or around zero, are the same statistic.
TIE, NEAR_ZERO = 1e-9, 1e-12
# In half doublings of the standard error: from 1/8 to 2^30, far beyond any effect.
_GRID = 2.0 ** (np.arange(-6, 61) / 2)
# In eighths, where the observed statistic need not grow with the distance.
_FINE = 2.0 ** (np.arange(-24, 241) / 8)
_PRECISION = 1e-11
# Digits by which clusters are told apart; sums over rows differ in the sixteenth.
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Ratios:
    """The statistic of each draw, (n0 + n1 delta) / sqrt(d0 + 2 d1 delta + d2 delta^2).

    Attributes
    ----------
    n0, n1, d0, d1, d2 : ndarray, shape (b,)
        Coefficients. Where all of d0, d1 and d2 are 0 a draw counts as beyond any value.
    """

    n0: Float
    n1: Float
    d0: Float
    d1: Float
    d2: Float

    def beyond(self, delta: float, observed: float) -> float:
        """Return the number of draws whose |t| is no smaller than the observed one."""
        line = self.n0 + self.n1 * delta
        root = self.d0 + delta * (2 * self.d1 + delta * self.d2)
        if np.isinf(observed):
            return float(np.count_nonzero(root <= 0))
        reach = max(observed * (1 - TIE) - NEAR_ZERO, 0.0)
        return float(np.count_nonzero(line**2 >= root * reach**2))

    def always_beyond(self, std_error: float, own: Ratios | None = None) -> float:
        """Return the same in the limit, as delta grows without bound."""
        if own is not None and own.d2[0] > 0:
            flat = self.n1**2 >= self.d2 * own.n1[0] ** 2 / own.d2[0] * (1 - TIE) ** 2
            return float(np.count_nonzero(flat))
        steep = (self.n1 * std_error) ** 2 >= self.d0 * (1 - TIE) ** 2
        return float(np.count_nonzero((self.d2 == 0) & steep))

    def statistics(self, delta: float) -> Float:
        """Return t of each draw, shape (b,); infinite where a draw has no spread."""
        line = self.n0 + self.n1 * delta
        root = np.sqrt(np.maximum(self.d0 + delta * (2 * self.d1 + delta * self.d2), 0.0))
        beyond: Float = np.where(line < 0, -np.inf, np.inf)
        return np.divide(line, root, out=beyond, where=root > 0)


def joined(parts: Iterable[Ratios]) -> Ratios:
    """Return blocks of draws as one."""
    blocks = list(parts)
    names = [one.name for one in fields(Ratios)]
    return Ratios(*(np.concatenate([getattr(one, name) for one in blocks]) for name in names))


@dataclass(frozen=True, slots=True)
class Inversion:
    """A test that can be asked about any null.

    Attributes
    ----------
    effect, std_error : float
        The estimate and the standard error of its statistic.
    ratios : Ratios
        The draws.
    exact : bool
        Whether the draws are all that there are; else the observed one counts as one more.
    own : Ratios or None
        The observed statistic, shape (1,), where it is not ``delta / std_error``.
    """

    effect: float
    std_error: float
    ratios: Ratios
    exact: bool
    own: Ratios | None = None

    def statistic(self, null: float) -> float:
        """Return the observed t of a null."""
        if self.own is None:
            return (self.effect - null) / self.std_error
        return float(self.own.statistics(self.effect - null)[0])

    def p_value(self, null: float) -> float:
        """Return the two-sided p-value of a null: b / B where exact, else (1 + b) / (1 + B)."""
        return self._share(self.ratios.beyond(self.effect - null, abs(self.statistic(null))))

    def limits(self, conf_level: float) -> tuple[float, float]:
        """Return the lowest and the highest null whose p-value is above 1 - conf_level.

        Infinite where a test of this size can reject no null on that side.
        """
        return (
            self.effect - self._reach(conf_level, 1.0),
            self.effect + self._reach(conf_level, -1.0),
        )

    def _share(self, count: float) -> float:
        number = len(self.ratios.n0)
        return count / number if self.exact else (1 + count) / (1 + number)

    def _reach(self, conf_level: float, side: float) -> float:
        """Return how far from the estimate the last null lies that is not rejected."""
        alpha = (1 - conf_level) * (1 + TIE)

        def kept(delta: float) -> bool:
            away = side * delta * self.std_error
            observed = delta
            if self.own is not None:
                observed = abs(float(self.own.statistics(away)[0]))
            return self._share(self.ratios.beyond(away, observed)) > alpha

        # A p-value need not fall steadily; the interval is the hull of what is kept.
        grid = _GRID if self.own is None else _FINE
        at = [i for i, delta in enumerate(grid) if kept(float(delta))]
        last = at[-1] if at else -1
        always = self._share(self.ratios.always_beyond(self.std_error, self.own)) > alpha
        if always or last == len(grid) - 1:
            return float("inf")
        low = float(grid[last]) if at else 0.0
        high = float(grid[last + 1])
        while high - low > _PRECISION * max(high, 1.0):
            middle = (low + high) / 2
            low, high = (middle, high) if kept(middle) else (low, middle)
        return (low + high) / 2 * self.std_error


def stream(seed: Sequence[int], purpose: str) -> np.random.Generator:
    """Return the random stream of one purpose, whoever draws from it and in what order.

    Parameters
    ----------
    seed : sequence of int
        The analysis's own entropy.
    purpose : str
        Such as ``"wild"``.
    """
    return np.random.default_rng(np.random.SeedSequence([*seed, crc32(purpose.encode())]))


def moment_order(clusters: GroupMoments) -> Integer:
    """Return the order of clusters by what they hold, whatever they are called.

    Parameters
    ----------
    clusters : GroupMoments
        Moments by cluster.
    """
    keys = [_rounded(clusters.xy[:, 0]), _rounded(clusters.yy), clusters.n]
    return np.asarray(np.lexsort(keys), dtype=np.int64)


def _rounded(values: Float) -> Float:
    """Return values free of their unit and of the rounding that the order of rows leaves."""
    return np.round(values / max(float(np.abs(values).max()), 1e-300), _DIGITS)
