"""Studentised randomisation inference: what t would have been, had chance decided otherwise.

Under a null that fixes everybody's effect, outcomes under any assignment are known. The
estimate and each unit's influence on it are linear in the null, so that every assignment is
fitted once, from the units' moments, and answers for all nulls.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evaluate.data.moments import Float
from evaluate.errors import Refused
from evaluate.inference.inversion import Inversion, Ratios, joined, stream
from evaluate.inference.refits import Refits
from evaluate.inference.shuffle import Flags, assignment_blocks, assignments, mirrored
from evaluate.inference.units import Units

FEWEST_ASSIGNMENTS = 20
# Numbers held at once, by kind of array: 32 MB.
_AT_ONCE = 4_000_000
# What is smaller, relatively, is rounding.
_ROUNDING = 1e-20


@dataclass(frozen=True, slots=True)
class Randomisation:
    """A randomisation test of one effect.

    Attributes
    ----------
    statistic : float
        Observed t: the effect over the standard error that the test goes by.
    p_value : float
        Two-sided; an assignment with a statistic as large as the observed one counts.
    conf_low, conf_high : float
        Effects, the same for everybody, between which the test does not reject; infinite
        where it can reject none.
    n_assignments : int
        Assignments that were possible.
    exact : bool
        Whether each of them was taken.
    draws : ndarray, shape (n_draws,)
        t under each assignment that was taken, if there is no effect.
    """

    statistic: float
    p_value: float
    conf_low: float
    conf_high: float
    n_assignments: int
    exact: bool
    draws: Float


def randomisation_test(
    units: Units, *, seed: Sequence[int], draws: int = 9999, conf_level: float = 0.95
) -> Randomisation:
    """Return the studentised randomisation test of an effect.

    Treatment is exchanged among the units of a block. The statistic is the effect over the
    root of the sum of squared influences e_c of units, each e_c^2 divided by 1 - h_c with h_c
    the unit's share in the leverage of its arm, or, interacted, of its arm's stratum: CR2 for a
    difference in means, HC2 for individuals, and for matched pairs the paired t. The division
    matters where arms or clusters are of unlike size: without it t is too large whenever a big
    cluster is in the smaller arm.

    Where the units hold what was received, the effect is that of receiving. Is it b for
    everybody, then y - b d is what it would have been under any offer, and the offer's effect
    on it is tested: at b = 0 that is the test of the offer.

    Parameters
    ----------
    units : Units
        What was assigned.
    seed : sequence of int
        Entropy of the random stream.
    draws : int
        Random assignments; every assignment is taken where there are no more.
    conf_level : float
        Coverage probability of the interval, in (0, 1).

    Raises
    ------
    Refused
        ``too_few_assignments`` with fewer than 20 that can differ in |t|: no p-value of 5 %
        could be reached. ``no_variation`` when units of an arm do not differ.

    References
    ----------
    Wu & Ding (2021), J. American Statistical Association 116(536), for studentising; Phipson
    & Smyth (2010), Statistical Applications in Genetics 9(1), for (1 + b) / (1 + B); Gerber &
    Green (2012), Field Experiments, section 3.5, for the interval. R
    ``ri2::conduct_ri(studentize = TRUE)``; Stata ``ritest``.
    """
    number = assignments(units.block, units.treated)
    require_assignments(number, symmetric=mirrored(units.block, units.treated))
    refits = Refits(units)
    effect, std_error = refits.observed()
    exact = number <= draws
    ratios = joined(_ratios(units, refits, draws, stream(seed, "randomisation")))
    own = None if units.zd is None else own_ratios(refits.fit(units.treated[None]), ratios)
    return tested(Inversion(effect, std_error, ratios, exact, own), number, conf_level)


def own_ratios(fitted: tuple[Float, Float, Flags], draws: Ratios) -> Ratios:
    """Return the observed statistic under any effect of what was received, shape (1,).

    Parameters
    ----------
    fitted : tuple of ndarray
        The assignment that took place, as ``clean_ratios`` takes it.
    draws : Ratios
        Of all assignments; they say what is rounding.
    """
    found = clean_ratios(*fitted)
    # Nothing is left of it where the offer alone decides what is received.
    left = found.d2 > _ROUNDING * float(draws.d2.max(initial=0.0))
    return replace(found, d1=np.where(left, found.d1, 0.0), d2=np.where(left, found.d2, 0.0))


def tested(test: Inversion, number: int, conf_level: float) -> Randomisation:
    """Return what a test that is ready to be asked says of no effect, and its interval.

    Parameters
    ----------
    test : Inversion
        The test.
    number : int
        Assignments that were possible.
    conf_level : float
        Coverage probability of the interval, in (0, 1).
    """
    low, high = test.limits(conf_level)
    return Randomisation(
        statistic=test.statistic(0.0),
        p_value=test.p_value(0.0),
        conf_low=low,
        conf_high=high,
        n_assignments=number,
        exact=test.exact,
        draws=test.ratios.statistics(test.effect),
    )


def require_assignments(number: int, *, symmetric: bool) -> None:
    """Refuse a test that could not reject at 5 % whatever the data were.

    Parameters
    ----------
    number : int
        Assignments that were possible.
    symmetric : bool
        Whether they come in pairs with the same |t|.

    Raises
    ------
    Refused
        ``too_few_assignments`` with fewer than 20 that differ.
    """
    distinct = number // 2 if symmetric else number
    if distinct < FEWEST_ASSIGNMENTS:
        raise Refused(
            "too_few_assignments",
            f"chance could have treated only {distinct} sets of units that differ, so that no"
            " p-value below 5 % can be reached",
            "add assigned units, or read the interval with its degrees of freedom",
        )


def _ratios(units: Units, refits: Refits, draws: int, rng: np.random.Generator) -> Iterator[Ratios]:
    _, q, r = units.maps.shape
    rows = max(_AT_ONCE // max(q * q, r * r, 2 * len(units.block)), 1)
    for block in assignment_blocks(units.block, units.treated, draws, rng):
        for start in range(0, len(block), rows):
            effects, squares, unfit = refits.fit(block[start : start + rows])
            yield clean_ratios(effects, squares, unfit)


def clean_ratios(effects: Float, squares: Float, unfit: Flags) -> Ratios:
    """Return the ratios; an assignment that cannot be fitted counts as beyond any value.

    Parameters
    ----------
    effects : ndarray, shape (2, b)
        Effects on what the observed effect leaves of the outcome, and on treatment itself.
    squares : ndarray, shape (2, 2, b)
        Sums of products of the influences on both.
    unfit : ndarray, shape (b,)
        Assignments whose numbers mean nothing.
    """
    d0, d1, d2 = squares[0, 0], squares[0, 1], squares[1, 1]
    still = d2 <= _ROUNDING * float(d2.max(initial=0.0))
    return Ratios(
        n0=np.where(unfit, 1.0, effects[0]),
        n1=np.where(unfit, 1.0, effects[1]),
        d0=np.where(unfit, 0.0, d0),
        d1=np.where(unfit | still, 0.0, d1),
        d2=np.where(unfit | still, 0.0, d2),
    )
