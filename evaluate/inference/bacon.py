"""What two-way fixed effects are made of: all comparisons of two cohorts, with their weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from evaluate.data.paths import Paths
from evaluate.errors import Refused
from evaluate.inference.imputation_parts import no_treated
from evaluate.inference.two_way_paths import treatment_absorbed

Comparison = Literal["treated_vs_never", "earlier_vs_later", "later_vs_earlier", "later_vs_always"]


@dataclass(frozen=True, slots=True)
class Pair:
    """One comparison of a cohort that begins with another that does not change meanwhile.

    Attributes
    ----------
    kind : {"treated_vs_never", "earlier_vs_later", "later_vs_earlier", "later_vs_always"}
        Of ``later_vs_earlier`` and ``later_vs_always`` the comparison is already treated.
    cohort, comparison : int
        Places in ``Starts.periods``; of the never treated the number of periods.
    weight : float
        Share of the two-way coefficient; all sum to one.
    estimate : float
        Difference in differences, in the outcome's unit.
    """

    kind: Comparison
    cohort: int
    comparison: int
    weight: float
    estimate: float


def bacon(paths: Paths) -> tuple[Pair, ...]:
    """Return the comparisons that two-way fixed effects are the weighted mean of.

    Parameters
    ----------
    paths : Paths
        Sums by cohort of a balanced panel.

    Returns
    -------
    tuple of Pair
        Weights sum to one, weights times estimates to the coefficient of ``two_way``.

    Raises
    ------
    Refused
        ``bacon_needs_balance``; ``no_treated``; ``treatment_absorbed``.

    References
    ----------
    Goodman-Bacon (2021), J. Econometrics 225(2), theorem 1 and equations 10e-g; R
    ``bacondecomp::bacon(y ~ d, data, id_var, time_var)``; Stata ``bacondecomp``.
    """
    if not paths.balanced:
        raise Refused(
            "bacon_needs_balance",
            "units have gaps or differ between periods: two-way fixed effects are then no sum "
            "of comparisons of two cohorts",
            "keep complete units",
        )
    if (paths.starts.cohorts >= paths.n.shape[1]).all():
        raise no_treated()
    pairs = list(_pairs(paths))
    total = sum(pair.weight for pair in pairs)
    if not total:
        raise treatment_absorbed()
    return tuple(replace(pair, weight=pair.weight / total) for pair in pairs)


def _pairs(paths: Paths) -> Iterator[Pair]:
    """Yield comparisons, by the earlier of the two cohorts; weights up to a common factor."""
    n_periods = paths.n.shape[1]
    for i, earlier in enumerate(map(int, paths.starts.cohorts)):
        for j, later in enumerate(map(int, paths.starts.cohorts)):
            if earlier >= later or (earlier == 0 and later == n_periods):
                continue
            both = float(paths.n[i, 0] * paths.n[j, 0])
            before, between, after = earlier, later - earlier, n_periods - later
            if before:
                kind: Comparison = "earlier_vs_later" if after else "treated_vs_never"
                window = (0, earlier, later)
                estimate = _estimate(paths, (i, j), window)
                yield Pair(kind, earlier, later, both * before * between, estimate)
            if after:
                kind = "later_vs_earlier" if before else "later_vs_always"
                estimate = _estimate(paths, (j, i), (earlier, later, n_periods))
                yield Pair(kind, later, earlier, both * between * after, estimate)


def _estimate(paths: Paths, rows: tuple[int, int], window: tuple[int, int, int]) -> float:
    """Return how much more the first row's mean changed than the second's."""
    first, start, end = window
    own, other = paths.mean[list(rows)]
    gap = own - other
    return float(np.mean(gap[start:end]) - np.mean(gap[first:start]))
