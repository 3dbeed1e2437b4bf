"""Which option is best at which threshold, and how sure that is, from joint draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from evaluate.economics.finite import finite

Floats = NDArray[np.float64]
_ROUNDING = 8 * 2.0**-52


@dataclass(frozen=True, slots=True, eq=False)
class Acceptability:
    """The decision at each threshold.

    Attributes
    ----------
    thresholds : ndarray, shape (m,)
        What one unit of effect is worth.
    mean_net_benefit : ndarray, shape (m, k)
        Threshold × effect − cost, over draws.
    ceac : ndarray, shape (m, k)
        Share of draws in which an option has the largest net benefit.
    optimum : ndarray of int, shape (m,)
        The option with the largest *mean* net benefit, which need not be best most often. Among
        equals the first.
    ceaf : ndarray, shape (m,)
        ``ceac`` of the optimum.
    evpi : ndarray, shape (m,)
        Expected value of perfect information: the mean loss from uncertainty, 0 or more.
    """

    thresholds: Floats
    mean_net_benefit: Floats
    ceac: Floats
    optimum: NDArray[np.intp]
    ceaf: Floats
    evpi: Floats

    def incremental_benefit(self, reference: int = 0) -> Floats:
        """Return the expected net benefit of each option over that of one of them.

        Parameters
        ----------
        reference : int
            Place of the option compared with.

        Returns
        -------
        ndarray, shape (m, k)
            In money.
        """
        return self.mean_net_benefit - self.mean_net_benefit[:, [reference]]

    @property
    def kstar(self) -> tuple[float, ...]:
        """Return the thresholds of the grid from which another option is the optimum."""
        changed = np.flatnonzero(self.optimum[1:] != self.optimum[:-1]) + 1
        return tuple(self.thresholds[changed].tolist())


def acceptability(
    effects: ArrayLike,
    costs: ArrayLike,
    thresholds: ArrayLike,
    *,
    ties: Literal["split", "first"] = "split",
) -> Acceptability:
    """Return acceptability curves, their frontier and the value of perfect information.

    Parameters
    ----------
    effects, costs : array_like, shape (s, k)
        Joint draws of k options: a row is one draw of all of them.
    thresholds : array_like, shape (m,)
        In rising order, 0 or more. At 0 the cheapest option is best.
    ties : {"split", "first"}
        To whom a draw counts in which several are best: to each of m options 1/m, so that their
        order makes no difference, or to the first of them, as ``which.max`` has it.

    Returns
    -------
    Acceptability
        Curves over the thresholds. Time is m · s · k, memory a few times s · k.

    Raises
    ------
    ValueError
        If effects and costs have different shapes or no draws, or the thresholds do not rise
        from 0 or more.

    References
    ----------
    Fenwick, Claxton and Sculpher (2001), Health Economics 10(8). In R: ``BCEA::bcea(e, c)``, its
    ``ceac``, ``ceaf.plot``, ``eib``, ``evi`` and ``kstar``.

    Examples
    --------
    >>> found = acceptability([[0, 4], [0, 2]], [[0, 100], [0, 90]], [10, 30, 60])
    >>> found.ceac[:, 1].tolist(), found.optimum.tolist(), found.evpi.tolist()
    ([0.0, 0.5, 1.0], [0, 0, 1], [0.0, 10.0, 0.0])
    """
    effect, cost = finite("effects", effects), finite("costs", costs)
    grid = finite("thresholds", thresholds)
    if effect.shape != cost.shape or len(effect.shape[1:]) != 1 or not effect.size:
        raise ValueError("effects and costs are draws of the same options")
    if grid.ndim != 1 or (grid < 0).any() or (np.diff(grid) <= 0).any():
        raise ValueError("thresholds rise from 0 or more")
    # One option after another in memory: each threshold is then a few passes over it.
    effect, cost = np.ascontiguousarray(effect.T), np.ascontiguousarray(cost.T)
    mean = grid[:, None] * effect.mean(axis=1) - cost.mean(axis=1)
    ceac, evpi = np.empty_like(mean), np.empty_like(grid)
    optimum = _first_best(grid, effect, cost, mean)
    largest = np.abs(effect).max(), np.abs(cost).max()
    benefit = np.empty_like(effect)
    for i, threshold in enumerate(grid):
        np.multiply(effect, threshold, out=benefit)
        benefit -= cost
        best = benefit.max(axis=0)
        evpi[i] = max(float((best - benefit[optimum[i]]).mean()), 0.0)
        best -= _ROUNDING * (threshold * largest[0] + largest[1])
        ceac[i] = _shares(benefit >= best, ties)
    ceaf = ceac[np.arange(grid.size), optimum]
    return Acceptability(grid, mean, ceac, optimum, ceaf, evpi)


def _first_best(grid: Floats, effect: Floats, cost: Floats, mean: Floats) -> NDArray[np.intp]:
    """Return the first of the options whose mean is the largest but for rounding."""
    sizes = grid * np.abs(effect).mean(axis=1).max() + np.abs(cost).mean(axis=1).max()
    first: NDArray[np.intp] = np.argmax(
        mean >= (mean.max(axis=1) - _ROUNDING * sizes)[:, None], axis=1
    )
    return first


def _shares(winners: NDArray[np.bool_], ties: str) -> Floats:
    """Return each option's share of draws."""
    tied = winners.sum(axis=0, dtype=np.intp)
    if tied.max() == 1:
        return np.asarray(winners.mean(axis=1), dtype=np.float64)
    if ties == "first":
        chosen = winners.argmax(axis=0)
        return np.asarray(np.bincount(chosen, minlength=len(winners)) / chosen.size)
    return np.asarray((winners / tied).mean(axis=1), dtype=np.float64)


def switches(effects: ArrayLike, costs: ArrayLike) -> tuple[tuple[float, int], ...]:
    """Return the exact thresholds at which the option with the largest mean net benefit changes.

    Parameters
    ----------
    effects, costs : array_like, shape (k,)
        Means of the options.

    Returns
    -------
    tuple of (float, int)
        Each threshold above 0 and the place of the option that is best above it. The thresholds
        are the cost-effectiveness ratios along the frontier.

    Raises
    ------
    ValueError
        If there are no options, or not one cost for each effect.

    References
    ----------
    Fenwick, Claxton and Sculpher (2001). In R: ``BCEA::bcea(e, c)$kstar`` is the next threshold
    of a grid.

    Examples
    --------
    >>> switches([0, 6, 9], [0, 900_000, 1_600_000])
    ((150000.0, 1), (233333.33333333334, 2))
    """
    effect, cost = finite("effects", effects), finite("costs", costs)
    if effect.ndim != 1 or effect.shape != cost.shape or not effect.size:
        raise ValueError("each option has one cost and one effect")
    best = int(np.lexsort((-effect, cost))[0])
    found: list[tuple[float, int]] = []
    while True:
        more = np.flatnonzero(effect > effect[best])
        if not more.size:
            return tuple(found)
        crossings = (cost[more] - cost[best]) / (effect[more] - effect[best])
        # Of several that meet here the one with the largest effect is best above.
        at = float(crossings.min())
        meeting = more[crossings <= at * (1 + 1e-12)]
        best = int(meeting[np.argmax(effect[meeting])])
        found.append((at, best))
