"""Goal attainment scaling: goals of each person's own, added up as a T-score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.linear import Float
from evaluate.inference.paired_change import Labels, Mean, mean_of

LOWEST, HIGHEST = -2.0, 2.0
CORRELATION = 0.3  # Kiresuk & Sherman's assumption of how goals of one person go together
EXPECTED = 50.0  # T where each goal is met as expected
_UNIT = 10.0


@dataclass(frozen=True, slots=True)
class Goals:
    """One row for each goal of each person.

    Attributes
    ----------
    person : ndarray, shape (n,)
        Whose goal it is.
    level : ndarray, shape (n,)
        From -2, much less than expected, over 0, as expected, to 2; NaN where not measured.
    weight : ndarray, shape (n,), or None
        How much the goal matters, above 0; ``None``: all alike.
    baseline : ndarray, shape (n,), or None
        Level at the start; NaN where not measured.
    cluster : ndarray, shape (n,), or None
        What the person belongs to, such as the adviser; the same in all its rows.
    """

    person: Labels
    level: Float
    weight: Float | None = None
    baseline: Float | None = None
    cluster: Labels | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """T-scores of persons.

    Attributes
    ----------
    score : ndarray, shape (p,)
        Persons with at least one goal measured.
    n_goals : ndarray of int, shape (p,)
        Goals that each rests on.
    cluster : ndarray, shape (p,), or None
        What each belongs to.
    """

    score: Float
    n_goals: NDArray[np.int64]
    cluster: Labels | None


def t_score(levels: Float, weights: Float | None = None, correlation: float = CORRELATION) -> float:
    """Return the T-score of one person.

    Parameters
    ----------
    levels : ndarray, shape (k,)
        From -2 to 2.
    weights : ndarray, shape (k,), or None
        Above 0; ``None``: all 1.
    correlation : float
        Assumed of every two goals, in [0, 1].

    References
    ----------
    Kiresuk & Sherman (1968), Community Mental Health Journal 4(6): T = 50 + 10 sum(w x) /
    sqrt((1 - rho) sum(w^2) + rho sum(w)^2).
    """
    w = np.ones(len(levels)) if weights is None else np.asarray(weights, dtype=np.float64)
    size = (1 - correlation) * float(w @ w) + correlation * float(w.sum()) ** 2
    return EXPECTED + _UNIT * float(w @ levels) / sqrt(size)


def require_goals(goals: Goals) -> None:
    """Refuse levels, weights and clusters that give no T-score.

    Parameters
    ----------
    goals : Goals
        One row for each goal.

    Raises
    ------
    Refused
        ``level_out_of_range`` beyond -2 and 2, ``weight_not_positive``, ``cluster_not_of_person``
        when rows of one person stand in several clusters.
    """
    for levels in (goals.level, goals.baseline):
        if levels is not None and np.any(np.abs(levels[~np.isnan(levels)]) > HIGHEST):
            raise Refused(
                "level_out_of_range",
                "goals are scaled from -2 to 2, and some levels lie beyond",
                "recode the levels, or show them as answers on an ordered scale",
            )
    if goals.weight is not None and not np.all(goals.weight > 0):
        raise Refused(
            "weight_not_positive",
            "a goal that weighs nothing, or less, cannot be added up",
            "give each goal a weight above 0, or leave weights out",
        )
    if goals.cluster is not None:
        pairs = {(str(a), str(b)) for a, b in zip(goals.person, goals.cluster, strict=True)}
        if len(pairs) > len({one for one, _ in pairs}):
            raise Refused(
                "cluster_not_of_person",
                "some people stand in several clusters",
                "name the column of one cluster for each person, such as the first adviser",
            )


def scores(goals: Goals, correlation: float = CORRELATION) -> Scores:
    """Return the T-score of every person with a goal measured; other goals are left out.

    Parameters
    ----------
    goals : Goals
        One row for each goal.
    correlation : float
        As in ``t_score``.

    Raises
    ------
    Refused
        As in ``require_goals``; ``nothing_measured`` when no goal was.
    """
    require_goals(goals)
    measured = ~np.isnan(goals.level)
    if not measured.any():
        raise Refused("nothing_measured", "no goal has a level", "measure the goals")
    _, first, code = np.unique(
        goals.person[measured].astype(str), return_index=True, return_inverse=True
    )
    w = np.ones(int(measured.sum())) if goals.weight is None else goals.weight[measured]
    x = goals.level[measured]
    sums = (np.bincount(code, one) for one in (w * x, w**2, w))
    top, squares, total = sums
    size = np.sqrt((1 - correlation) * squares + correlation * total**2)
    n_goals = np.bincount(code).astype(np.int64)
    cluster = None if goals.cluster is None else goals.cluster[measured][first]
    return Scores(EXPECTED + _UNIT * top / size, n_goals, cluster)


def mean_score(goals: Goals, correlation: float = CORRELATION, conf_level: float = 0.95) -> Mean:
    """Return the mean T-score of persons.

    Parameters
    ----------
    goals : Goals
        One row for each goal.
    correlation : float
        As in ``t_score``.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        As in ``scores`` and ``mean_of``.
    """
    found = scores(goals, correlation)
    return mean_of(found.score, found.cluster, conf_level)


def mean_change(goals: Goals, correlation: float = CORRELATION, conf_level: float = 0.95) -> Mean:
    """Return the mean change of T-scores from the baseline, over goals that have both levels.

    Parameters
    ----------
    goals : Goals
        One row for each goal.
    correlation : float
        As in ``t_score``.
    conf_level : float
        Coverage probability, in (0, 1).

    Raises
    ------
    Refused
        ``no_baseline`` when no goal has both levels; as in ``scores`` and ``mean_of``.
    """
    if goals.baseline is None or np.all(np.isnan(goals.baseline + goals.level)):
        raise Refused(
            "no_baseline",
            "no goal has a level both at the start and later",
            "record the level of each goal when it is set",
        )
    known = ~np.isnan(goals.baseline + goals.level)
    kept = Goals(
        goals.person[known],
        goals.level[known],
        None if goals.weight is None else goals.weight[known],
        goals.baseline[known],
        None if goals.cluster is None else goals.cluster[known],
    )
    later = scores(kept, correlation)
    start = scores(replace(kept, level=goals.baseline[known]), correlation)
    return mean_of(later.score - start.score, later.cluster, conf_level)


def filled(goals: Goals, level: float) -> Goals:
    """Return the goals with this level where none was measured."""
    return replace(goals, level=np.where(np.isnan(goals.level), level, goals.level))
