"""Which p-value and which interval stand in the headline when few units were assigned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from evaluate.data.moments import Float
from evaluate.errors import Refused
from evaluate.inference.assignment import Assignment
from evaluate.inference.linear import Fit, Spread
from evaluate.inference.randomisation import Randomisation, randomisation_test
from evaluate.inference.sequences import permute_sequences
from evaluate.inference.t import t_quantile, two_sided_p
from evaluate.inference.treatment import TreatmentFit
from evaluate.inference.units import cluster_units
from evaluate.inference.wild import Bootstrap, joint_draws, wild_bootstrap

ENOUGH_UNITS = 10
ENOUGH_DF = 10.0
LARGEST_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Headline:
    """What the headline row says of an effect.

    Attributes
    ----------
    p_value : float or None
        Two-sided; ``None`` where too few assignments were possible.
    conf_low, conf_high : float
        In the outcome's unit.
    interval_method : str or None
        How both were found, where not from the standard error and its degrees of freedom.
    because : str or None
        Why there is no p-value.
    """

    p_value: float | None
    conf_low: float
    conf_high: float
    interval_method: str | None = None
    because: str | None = None


def needs_resampling(assignment: Assignment, df: float, arm: int = 1) -> bool:
    """Return whether an effect rests on so few units that t alone is not to be trusted.

    So it is with fewer than ten assigned units in an arm, fewer than ten degrees of freedom,
    or a unit that holds more than a quarter of its arm.

    Parameters
    ----------
    assignment : Assignment
        Who was assigned to what.
    df : float
        Degrees of freedom of the headline's standard error.
    arm : int
        Programme, as in ``assignment.arm``; its comparison is arm 0.
    """
    sizes = [_sizes(assignment, one) for one in (0, arm)]
    return (
        min(map(len, sizes)) < ENOUGH_UNITS
        or df < ENOUGH_DF
        or max(float(one.max() / one.sum()) for one in sizes) > LARGEST_SHARE
    )


def _sizes(assignment: Assignment, arm: int) -> Float:
    """Return the rows in each assigned unit of an arm, or what they weigh."""
    inside = assignment.arm == arm
    rows = assignment.cells.n[inside]
    if assignment.cluster is None:
        return np.ones(int(rows.sum()))
    if assignment.weights.column:
        rows = assignment.cells.cross[inside, 0, 0]
    sizes = np.bincount(assignment.cluster[inside], rows).astype(np.float64)
    found: Float = sizes[sizes > 0]
    return found


def randomise(
    fitted: TreatmentFit,
    assignment: Assignment,
    *,
    interacted: bool,
    seed: Sequence[int],
    arm: int = 1,
    draws: int = 9999,
    conf_level: float = 0.95,
) -> Randomisation | Refused:
    """Return the randomisation test of an effect on clusters, or why there is none.

    Over periods the sequences of treatment are exchanged, else treatment itself.

    Parameters
    ----------
    fitted : TreatmentFit
        The fit.
    assignment : Assignment
        Who was assigned to what.
    interacted : bool
        Whether each arm has its own slopes in this fit.
    seed : sequence of int
        Entropy of the analysis's random streams.
    arm : int
        Programme, as in ``assignment.arm``; its effect is ``fitted.effects[arm - 1]``.
    draws : int
        Assignments, where not all can be taken.
    conf_level : float
        Coverage probability of the interval, in (0, 1).
    """
    try:
        if assignment.period is not None:
            asked = assignment, fitted.cells
            return permute_sequences(*asked, seed=seed, draws=draws, conf_level=conf_level)
        units = cluster_units(
            assignment, fitted.cells, interacted=interacted, pooled=fitted.absorbed, arm=arm
        )
        return randomisation_test(units, seed=seed, draws=draws, conf_level=conf_level)
    except Refused as refused:
        return refused


def bootstrap(
    fitted: TreatmentFit,
    *,
    seed: Sequence[int],
    arm: int = 1,
    draws: int = 9999,
    conf_level: float = 0.95,
) -> Bootstrap | Refused:
    """Return the wild cluster bootstrap of an effect on clusters, or why there is none.

    Parameters
    ----------
    fitted : TreatmentFit
        The fit.
    seed : sequence of int
        Entropy of the analysis's random streams.
    arm : int
        As in ``randomise``.
    draws : int
        Draws, where not all that are possible are taken.
    conf_level : float
        Coverage probability of the interval, in (0, 1).
    """
    try:
        return wild_bootstrap(
            fitted.groups,
            _counted(fitted),
            fitted.contrasts[arm - 1],
            seed=seed,
            draws=draws,
            conf_level=conf_level,
        )
    except Refused as refused:
        return refused


def family_draws(
    fitted: TreatmentFit, *, seed: Sequence[int], arm: int = 1, draws: int = 9999
) -> Float:
    """Return t of each draw of the wild cluster bootstrap, joint with other outcomes' draws.

    Parameters
    ----------
    fitted : TreatmentFit
        The fit.
    arm : int
        As in ``randomise``.
    draws : int
        Draws, where not all that are possible are taken.
    seed : sequence of int
        Entropy of the family's random stream.

    Raises
    ------
    Refused
        Where ``bootstrap`` returns it.
    """
    contrast = fitted.contrasts[arm - 1]
    return joint_draws(fitted.groups, _counted(fitted), contrast, seed=seed, draws=draws)


def _counted(fitted: TreatmentFit) -> Fit:
    """Return the fit whose rank leaves out effects nested in the groups, not their constant."""
    return replace(fitted.fit, rank=fitted.fit.rank + fitted.absorbed)


def headline(
    effect: float,
    spread: Spread,
    conf_level: float,
    randomisation: Randomisation | Refused | None = None,
) -> Headline:
    """Return the headline's p-value and interval.

    With few units the p-value is the larger of that of t and that of randomisation, and the
    interval the hull of both: the first holds if effects differ between units, the second
    however few there are, neither always both.

    Parameters
    ----------
    effect : float
        The estimate.
    spread : Spread
        Its CR2, or HC2, standard error and degrees of freedom.
    conf_level : float
        Coverage probability of the interval, in (0, 1).
    randomisation : Randomisation, Refused or None
        The test, why there is none, or ``None`` where t alone will do.

    Raises
    ------
    Refused
        ``unbounded_interval`` when randomisation can exclude no effect on one side.
    """
    half = t_quantile((1 + conf_level) / 2, spread.df) * spread.std_error
    p_value = two_sided_p(effect / spread.std_error, spread.df)
    return hulled(Headline(p_value, effect - half, effect + half), randomisation)


def hulled(
    first: Headline, randomisation: Randomisation | Refused | None, name: str = "t"
) -> Headline:
    """Return a headline with what randomisation says of the same effect.

    Parameters
    ----------
    first : Headline
        What stands where there are many units.
    randomisation : Randomisation, Refused or None
        As in ``headline``.
    name : str
        What the first goes by.

    Raises
    ------
    Refused
        ``unbounded_interval`` as in ``headline``.
    """
    if randomisation is None or first.p_value is None:
        return first
    if isinstance(randomisation, Refused):
        return replace(first, p_value=None, because=randomisation.why)
    if not (isfinite(randomisation.conf_low) and isfinite(randomisation.conf_high)):
        raise Refused(
            "unbounded_interval",
            f"the {randomisation.n_assignments} assignments that were possible exclude no"
            " effect, however large, at this level of confidence",
            "ask for a lower conf_level, or add assigned units",
        )
    return Headline(
        p_value=max(first.p_value, randomisation.p_value),
        conf_low=min(first.conf_low, randomisation.conf_low),
        conf_high=max(first.conf_high, randomisation.conf_high),
        interval_method=f"larger of {name} and randomisation; hull of both intervals",
    )
