"""Moments of columns demeaned within units: one set of fixed effects, absorbed exactly.

Periods, where given, stay as columns (an indicator each, demeaned too), so that effects of
units and of periods together need no iteration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer, Labels
from evaluate.data.weights import WeightKind
from evaluate.errors import Refused

# Numbers held at once for all groups' products: 400 MB.
LARGEST = 50_000_000


@dataclass(frozen=True, slots=True)
class Demeaning:
    """Which columns are demeaned, and within what.

    Attributes
    ----------
    columns : tuple of str
        The p columns.
    unit : str
        Column of the units whose effects are absorbed.
    period : str or None
        Column whose levels become indicators.
    weights : str or None
        Column of weights; rows of weight 0 are left out.
    kind : {"frequency", "inverse_variance", "probability"}
        What weights mean.
    """

    columns: tuple[str, ...]
    unit: str
    period: str | None = None
    weights: str | None = None
    kind: WeightKind = "frequency"

    @property
    def repeats(self) -> bool:
        """Return whether weights say how often a row counts."""
        return self.weights is not None and self.kind == "frequency"


@dataclass(frozen=True, slots=True)
class Within:
    """Moments of the columns and period indicators, demeaned within units, by group.

    A unit with a single row has nothing to differ from: its row tells nothing, is not counted
    in ``n``, and a group of such units is left out.

    Attributes
    ----------
    of : Demeaning
        What was demeaned: p columns.
    centre : ndarray, shape (p,)
        What was subtracted from the columns beforehand, so that no sum cancels.
    labels : mapping of str to ndarray, each shape (g,)
        As in ``Cells``.
    n : ndarray, shape (g,)
        Rows in each group; with frequencies, their sum.
    cross : ndarray, shape (g, p + q, p + q)
        Weighted sum over the group's rows of products of the demeaned columns and period
        indicators.
    periods : ndarray, shape (t,)
        All levels of the period's column, sorted; empty without one.
    shown : ndarray, shape (q,)
        Positions in ``periods`` of the levels that have an indicator: all but the first of
        each set of periods that units connect.
    total : ndarray, shape (p,)
        Weighted sum of squares of the columns about their means, before demeaning.
    n_units : int
        Units with more than one row.
    n_singletons : int
        Units with one row.
    scale : float
        What weights were multiplied by: frequencies 1, others so that their mean is 1.
    """

    of: Demeaning
    centre: Float
    labels: Labels
    n: Integer
    cross: Float
    periods: NDArray[Any]
    shown: Integer
    total: Float
    n_units: int
    n_singletons: int
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class WithinModel:
    """A fitted two-way model, written so that an engine can evaluate it row by row.

    With v the columns less the coefficients of the row's period, all demeaned within units,
    the residual is v[-1] - v[:-1]'coefficients, and the score is v[:-1] times it.

    Attributes
    ----------
    of : Demeaning
        The p columns, the outcome last.
    centre : ndarray, shape (p,)
        As in ``Within``.
    periods : ndarray, shape (t,)
        As in ``Within``.
    sweep : ndarray, shape (t, p)
        Coefficients of each period for each column.
    coefficients : ndarray, shape (p - 1,)
        Of the columns but the last.
    """

    of: Demeaning
    centre: Float
    periods: NDArray[Any]
    sweep: Float
    coefficients: Float


@dataclass(frozen=True, slots=True)
class ScoreProducts:
    """What groups' scores add up to.

    Attributes
    ----------
    n_groups : int
        Groups with a unit of more than one row.
    products : ndarray, shape (k, k)
        Sum over groups of s s', with s the sum of the group's scores; weights as they are.
    """

    n_groups: int
    products: Float


def require_nested(n_apart: int) -> None:
    """Refuse units that lie in several groups.

    Parameters
    ----------
    n_apart : int
        Number of such units.

    Raises
    ------
    Refused
        ``unit_not_nested`` when there is one.
    """
    if n_apart:
        raise Refused(
            "unit_not_nested",
            f"{n_apart} units whose effects are absorbed lie in more than one cluster",
            "cluster by the unit or by something that holds whole units; if units in"
            " different clusters share a code, derive a code that is unique",
        )


def require_room(n_groups: int, size: int) -> None:
    """Refuse products that do not fit in memory.

    Parameters
    ----------
    n_groups, size : int
        Groups, and columns with period indicators.

    Raises
    ------
    Refused
        ``model_too_large`` with more than 50 million numbers.
    """
    if n_groups * size * size > LARGEST:
        raise Refused(
            "model_too_large",
            f"{size} columns in {n_groups} clusters do not fit in memory",
            "use coarser periods, fewer covariates, or ask for std_error: CR1, which needs"
            " no moments by cluster",
        )


def shown_periods(pooled: Float) -> Integer:
    """Return the periods that get an indicator: all but the first of each connected set.

    Parameters
    ----------
    pooled : ndarray, shape (t, t)
        Products of the demeaned indicators. Units connect two periods where they are not 0;
        off the diagonal they
        are sums of terms of one sign, so that 0 is exact.

    References
    ----------
    Abowd, Creecy & Kramarz (2002), Computing person and firm effects, section 3: connected
    sets give the rank of two-way effects.
    """
    group = np.arange(len(pooled))
    linked = (pooled != 0) | np.eye(len(pooled), dtype=bool)
    for row in linked:
        joined = np.unique(group[row])
        group[np.isin(group, joined)] = joined[0]
    return np.flatnonzero(group != np.arange(len(pooled)))


def weight_scale(of: Demeaning, n: Integer, heavy: float) -> float:
    """Return what brings weights to a mean of 1; 1 for frequencies, and without weights.

    Parameters
    ----------
    of : Demeaning
        What was demeaned.
    n : ndarray, shape (g,)
        Rows in each group.
    heavy : float
        Sum of the weights.
    """
    free = of.weights is None or of.repeats or not heavy > 0
    return 1.0 if free else float(n.sum()) / heavy
