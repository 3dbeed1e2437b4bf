"""Group-time effects without covariates, from sums by cohort: no row is read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float, Integer
from evaluate.data.paths import Paths
from evaluate.inference.group_time import Contrast, GroupTimes
from evaluate.inference.group_time_joint import added_up
from evaluate.inference.group_time_plan import NO_OUTCOME, Plan, plan_effects, some_left


def group_times_of_sums(paths: Paths, contrast: Contrast) -> GroupTimes:
    """Return every group-time effect and their joint covariance, clusters kept.

    An effect is the difference between a cohort's change and the pooled change of those it is
    compared with. Its influence function is linear in what ``Paths.products`` holds, the rows
    and the deviation sums of each cluster by period, and so is that of the cohorts' shares.
    No small-sample factor is applied.

    Parameters
    ----------
    paths : Paths
        Sums by cohort; complete, or of repeated cross-sections.
    contrast : Contrast
        With whom, and with which period, each cohort is compared.

    Raises
    ------
    Refused
        ``no_never_treated``, ``no_comparison``.
    ValueError
        If effects are to rest on the units seen in both periods: sums do not know them.

    References
    ----------
    Callaway and Sant'Anna (2021), Journal of Econometrics 225, equation 2.9 and theorem 3;
    ``did::att_gt(bstrap = FALSE)``, of repeated cross-sections with ``panel = FALSE``.
    """
    if not paths.balanced and paths.incomplete == "pairs":
        raise ValueError("pairs of an incomplete panel need the panel")
    plan = plan_effects(paths.starts, contrast)
    gone = np.flatnonzero(_contrasts(plan, paths).empty & ~plan.reference)
    if len(gone):
        plan = some_left(plan.without(gone, NO_OUTCOME))
    sides = _contrasts(plan, paths)
    own, at = sides.own, (plan.period, plan.base)
    # A reference period is its own base, so that its difference is exactly 0.
    change = paths.mean[own, at[0]] - paths.mean[own, at[1]]
    effect = change - (sides.mean[0] - sides.mean[1])
    treated = paths.starts.cohorts < len(paths.starts.periods)
    size = len(effect) + int(np.count_nonzero(treated))
    joint, parts = added_up(_parts(plan, paths, sides), len(treated), size)
    return GroupTimes(
        plan.cohort,
        plan.period,
        plan.base,
        effect,
        shares=(paths.starts.units / paths.starts.units.sum())[treated],
        cohorts=paths.starts.cohorts[treated],
        joint=joint,
        n_treated=_whole(np.minimum(paths.n[own, at[0]], paths.n[own, at[1]])),
        n_comparison=_whole(np.minimum(*sides.n)),
        compared=plan.compared,
        dropped=plan.dropped,
        parts=parts,
        clusters=paths.starts.clusters,
    )


@dataclass(frozen=True, slots=True)
class _Contrasts:
    """Both sides of each effect: the cohort, and those it is compared with, pooled.

    ``own`` is the cohort's place, shape (m,); ``n`` and ``mean`` are the comparison's rows and
    mean, in the period and in its base, shape (2, m); ``empty`` where a side has no rows.
    """

    own: Integer
    n: Float
    mean: Float
    empty: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def _contrasts(plan: Plan, paths: Paths) -> _Contrasts:
    """Return both sides of each effect."""
    own = np.searchsorted(paths.starts.cohorts, plan.cohort)
    at = np.stack([plan.period, plan.base])
    n_each = np.where(plan.compared, paths.n.T[at], 0.0)
    n = n_each.sum(axis=2)
    mean = (n_each * np.where(paths.n > 0, paths.mean, 0.0).T[at]).sum(axis=2) / np.maximum(n, 1)
    empty = (np.minimum(n, paths.n[own, at]) == 0).any(axis=0)
    return _Contrasts(own, n, mean, empty)


def _parts(plan: Plan, paths: Paths, sides: _Contrasts) -> Iterator[Float]:
    """Yield what each cohort adds to the covariance of effects and shares."""
    starts = paths.starts
    treated = np.flatnonzero(starts.cohorts < len(starts.periods))
    m, h = len(plan.cohort), len(treated)
    shares = starts.units[treated] / starts.units.sum()
    for place in range(len(starts.cohorts)):
        influence = np.zeros((m + h, 2 * len(starts.periods) + 1))
        influence[:m, :-1] = _coefficients(plan, paths, sides, place)
        influence[m:, -1] = ((treated == place) - shares) / starts.units.sum()
        yield influence @ _with_units(paths, place) @ influence.T


def _coefficients(plan: Plan, paths: Paths, sides: _Contrasts, place: int) -> Float:
    """Return the influence of a cohort's clusters on each effect, shape (m, 2T).

    The first T are of the cluster's rows by period, the others of its deviation sums. The
    comparison's rows count because its cohorts' means differ from their pooled mean.
    """
    end, rows = len(paths.starts.periods), np.arange(len(plan.cohort))
    found = np.zeros((len(rows), 2 * end))
    own, pooled = sides.own == place, plan.compared[:, place]
    for side, (at, sign) in enumerate(((plan.period, 1.0), (plan.base, -1.0))):
        n = paths.n[place, at]
        for within, among in ((own, n), (pooled, sides.n[side])):
            counted = within & (n > 0)
            at_most = np.maximum(among, 1.0)
            towards = sign if within is own else -sign
            found[rows, end + at] += np.where(counted, towards / at_most, 0.0)
        apart = (paths.mean[place, at] - sides.mean[side]) / np.maximum(sides.n[side], 1.0)
        found[rows, at] -= np.where(pooled & (n > 0), sign * apart, 0.0)
    return found


def _with_units(paths: Paths, place: int) -> Float:
    """Return a cohort's products with each cluster's units beside, shape (2T + 1, 2T + 1).

    Shares are of units. A complete panel's units are its rows in any period, those of repeated
    cross-sections all its rows; a cluster that is one unit has one. Only of clusters of units
    with gaps is the number of units not known: it is taken in proportion to their rows.
    """
    starts, products = paths.starts, paths.products[place]
    end, units, n = len(starts.periods), int(starts.units[place]), paths.n[place]
    found = np.zeros((2 * end + 1, 2 * end + 1))
    found[:-1, :-1] = products
    if units == starts.clusters[place] and not paths.balanced:
        found[:end, -1] = found[-1, :end] = n
        found[-1, -1] = units
        return found
    counted = np.zeros(2 * end)
    counted[:end] = units / n.sum()
    found[:-1, -1] = found[-1, :-1] = products @ counted
    found[-1, -1] = counted @ products @ counted
    return found


def _whole(numbers: Float) -> Integer:
    """Return counts as whole numbers."""
    return np.rint(numbers).astype(np.int64)
