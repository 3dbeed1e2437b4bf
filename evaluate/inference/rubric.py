"""Plans scored on criteria by one or more readers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.cluster_sums import Clusters
from evaluate.inference.icc import anova_icc, design_effect
from evaluate.inference.network import Flags, Float, Integer
from evaluate.inference.wilson import wilson

_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of each plan on each criterion.

    Attributes
    ----------
    middle : ndarray, shape (plans, criteria)
        Median over readers; NaN where nobody scored.
    lowest, highest : ndarray, shape (plans, criteria)
        Of the readers; NaN where nobody scored.
    readers : ndarray of int, shape (plans, criteria)
        How many scored.
    """

    middle: Float
    lowest: Float
    highest: Float
    readers: Integer


@dataclass(frozen=True, slots=True)
class Share:
    """Plans that meet a standard.

    Attributes
    ----------
    met, n, unknown : int
        Plans that meet it, plans of which that is known, and those of which it is not.
    share, conf_low, conf_high : float
        Of the known, with Wilson's interval.
    design_effect : float
        What plans of one organiser cost in precision; 1 where organisers do not count.
    low, high : float
        Bounds, were every unknown plan short of it, or up to it.
    """

    met: int
    n: int
    unknown: int
    share: float
    conf_low: float
    conf_high: float
    design_effect: float
    low: float
    high: float


def scores(rows: Integer, score: Float, shape: tuple[int, int, int]) -> Scores:
    """Return the scores of each plan on each criterion, over readers.

    Parameters
    ----------
    rows : ndarray of int, shape (n, 3)
        Plan, criterion and reader of each score.
    score : ndarray, shape (n,)
        The scores.
    shape : tuple of int
        Numbers of plans, criteria and readers.

    Raises
    ------
    Refused
        ``scored_twice`` when one reader scored a plan twice on a criterion.
    """
    table = by_reader(rows, score, shape)
    readers = (~np.isnan(table)).sum(axis=2)
    middle, lowest, highest = (np.full(shape[:2], np.nan) for _ in range(3))
    for plan, criterion in np.argwhere(readers > 0):
        found = table[plan, criterion]
        found = found[~np.isnan(found)]
        middle[plan, criterion] = np.median(found)
        lowest[plan, criterion], highest[plan, criterion] = found.min(), found.max()
    return Scores(middle, lowest, highest, readers.astype(np.int64))


def by_reader(rows: Integer, score: Float, shape: tuple[int, int, int]) -> Float:
    """Return the scores by plan, criterion and reader; NaN where there is none.

    Parameters
    ----------
    rows, score, shape : ndarray and tuple
        As in ``scores``.

    Raises
    ------
    Refused
        ``scored_twice`` as in ``scores``.
    """
    place = np.ravel_multi_index(tuple(rows.T), shape)
    if len(np.unique(place)) < len(place):
        raise Refused(
            "scored_twice",
            "a reader scored the same plan twice on one criterion",
            "keep one score for each plan, criterion and reader",
        )
    table = np.full(int(np.prod(shape)), np.nan)
    table[place] = score
    return table.reshape(shape)


def met(score: Float, least: Float) -> tuple[Flags, Flags]:
    """Return which plans are up to the least on every criterion, and of which that is known.

    A plan that falls short on one criterion is short, whatever nobody scored; otherwise every
    criterion must have been scored.

    Parameters
    ----------
    score : ndarray, shape (plans, criteria)
        NaN where nobody scored.
    least : ndarray, shape (criteria,)
        The least that is enough.
    """
    there = ~np.isnan(score)
    short = (there & (np.where(there, score, 0.0) < least)).any(axis=1)
    whole = there.all(axis=1)
    return np.asarray(~short & whole), np.asarray(short | whole)


def share_met(
    met_: Flags, known: Flags, organiser: Integer | None = None, conf_level: float = 0.95
) -> Share:
    """Return the share of plans that meet a standard.

    Parameters
    ----------
    met_, known : ndarray of bool, shape (plans,)
        Which meet it, and of which that is known.
    organiser : ndarray of int, shape (plans,), or None
        Whose plan it is, 0, 1, ...; plans of one organiser are alike.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``no_plans`` when of none it is known.

    References
    ----------
    Wilson (1927), JASA 22(158); Donner & Koval (1980), Biometrics 36(1), and Eldridge, Ashby &
    Kerry (2006), International Journal of Epidemiology 35(5), for organisers.
    """
    n, k = int(known.sum()), int((met_ & known).sum())
    if not n:
        raise Refused(
            "no_plans",
            "no plan is scored on every criterion, so that nothing is known of any",
            "score what is missing",
        )
    effect = 1.0
    if organiser is not None:
        effect = _design_effect((met_ & known)[known].astype(np.float64), organiser[known])
    low, high = wilson(k, n, conf_level, effect)
    every = len(known)
    return Share(k, n, every - n, k / n, low, high, effect, k / every, (k + every - n) / every)


def _design_effect(values: Float, cluster: Integer) -> float:
    """Return what clusters cost; 1 where nothing tells."""
    _, at = np.unique(cluster, return_inverse=True)
    n = np.bincount(at).astype(np.float64)
    mean = np.bincount(at, values) / n
    squares = np.bincount(at, np.square(values - mean[at])).astype(np.float64)
    if len(n) < _FEWEST or len(values) == len(n) or not values.var():
        return 1.0
    if not squares.sum():  # alike within each organiser: each counts once
        return float(n @ n / n.sum())
    return design_effect(n, anova_icc(Clusters(n, mean, squares, np.zeros(len(n), np.int64))).value)


@dataclass(frozen=True, slots=True)
class Pairs:
    """How far two readers of one plan agree.

    Attributes
    ----------
    pairs : int
        Pairs of scores of one plan on one criterion by two readers.
    same, near : float
        Share of pairs with the same score, and at most one level apart.
    """

    pairs: int
    same: float
    near: float


def reader_pairs(table: Float) -> Pairs | None:
    """Return how far readers agree; ``None`` where no plan has two.

    Parameters
    ----------
    table : ndarray, shape (..., readers)
        Scores; NaN where there is none.
    """
    flat = table.reshape(-1, table.shape[-1])
    first, second = np.triu_indices(flat.shape[1], 1)
    apart = np.abs(flat[:, first] - flat[:, second])
    apart = apart[~np.isnan(apart)]
    if not len(apart):
        return None
    return Pairs(len(apart), float((apart == 0).mean()), float((apart <= 1).mean()))
