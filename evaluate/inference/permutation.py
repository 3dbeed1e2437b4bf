"""Randomisation inference for individuals: Welch's t under many thousands of assignments.

Within a stratum an assignment enters through the treated group's sums of y and y^2 only, so
that a block of assignments is one matrix product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float, Integer
from evaluate.errors import Refused
from evaluate.inference.inversion import Inversion, Ratios, joined, stream
from evaluate.inference.linear import NOTHING_LEFT
from evaluate.inference.randomisation import (
    Randomisation,
    randomisation_test,
    require_assignments,
    tested,
)
from evaluate.inference.shuffle import Flags, assignment_blocks, assignments, mirrored
from evaluate.inference.units import row_units

# Individuals times draws: about ten seconds.
LARGEST = 3_000_000_000
MOST_REFITTED = 5000
FEWEST_IN_ARM = 2
# Variances from sums of squares, relative to these: what is smaller is rounding.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class _Rows:
    """Individuals sorted by stratum and outcome, whatever the order they came in.

    Attributes
    ----------
    sums : ndarray, shape (n, 4)
        Of u, u^2, T and T u, where u is what the effect leaves of the outcome.
    stratum : ndarray, shape (n,)
        0, 1, ...
    treated : ndarray, shape (n,)
        Who was treated.
    size, share : ndarray, shape (s,)
        Individuals of each stratum, and how many of them are treated.
    """

    sums: Float
    stratum: Integer
    treated: Flags
    size: Float
    share: Float


def permutation_test(
    outcome: Float,
    treated: Flags,
    stratum: Integer | None = None,
    *,
    seed: Sequence[int],
    draws: int = 9999,
    conf_level: float = 0.95,
) -> Randomisation:
    """Return the studentised randomisation test of a difference in means.

    With strata the effect is that within strata, each counted by its size, and its variance
    the sum of theirs: the interacted model's effect with HC2.

    Parameters
    ----------
    outcome : ndarray, shape (n,)
        Outcome of each individual.
    treated : ndarray, shape (n,)
        Who was treated.
    stratum : ndarray, shape (n,), or None
        Block within which chance decided, 0, 1, ...
    seed : sequence of int
        Entropy of the random stream.
    draws : int
        Random assignments; every assignment is taken where there are no more.
    conf_level : float
        Coverage probability of the interval, in (0, 1).

    Raises
    ------
    Refused
        ``too_few_assignments`` as for clusters; ``stratum_one_arm`` where an arm has fewer
        than two individuals in a stratum; ``too_many_rows`` when the draws would take
        minutes; ``no_variation`` when individuals of an arm do not differ.

    References
    ----------
    Janssen (1997), Statistics & Probability Letters 36(1); Chung & Romano (2013), Annals of
    Statistics 41(2). SciPy ``ttest_ind(equal_var=False, permutations=...)`` with one stratum.
    """
    blocks = np.zeros(len(outcome), np.int64) if stratum is None else stratum
    _require_rows(blocks, treated, draws)
    number = assignments(blocks, treated)
    require_assignments(number, symmetric=mirrored(blocks, treated))
    rows, effect, std_error = _rows(outcome, treated, blocks)
    drawn = assignment_blocks(rows.stratum, rows.treated, draws, stream(seed, "permutation"))
    ratios = joined(_ratios(rows, flags) for flags in drawn)
    test = Inversion(effect, std_error, ratios, exact=number <= draws)
    return tested(test, number, conf_level)


def individual_test(
    columns: Sequence[Float],
    treated: Flags,
    stratum: Integer | None = None,
    *,
    interacted: bool,
    seed: Sequence[int],
    draws: int = 9999,
    conf_level: float = 0.95,
) -> Randomisation:
    """Return the studentised randomisation test of an effect on individuals.

    Parameters
    ----------
    columns : sequence of ndarray, each shape (n,)
        Covariates and, last, the outcome.
    treated : ndarray, shape (n,)
        Who was treated.
    stratum : ndarray, shape (n,), or None
        Block within which chance decided, 0, 1, ...
    interacted : bool
        Whether each arm has its own slopes.
    seed : sequence of int
        Entropy of the random stream.
    draws : int
        Random assignments; every assignment is taken where there are no more.
    conf_level : float
        Coverage probability of the interval, in (0, 1).

    Raises
    ------
    Refused
        ``too_many_rows`` with covariates, or strata that are not interacted, for more than
        5000 individuals; and the codes of ``permutation_test`` or ``randomisation_test``.
    """
    if len(columns) == 1 and (stratum is None or interacted):
        return permutation_test(
            columns[0], treated, stratum, seed=seed, draws=draws, conf_level=conf_level
        )
    if len(treated) > MOST_REFITTED:
        raise Refused(
            "too_many_rows",
            f"to fit covariates anew under each of {draws} assignments of {len(treated)}"
            " individuals would take minutes, and with so many t needs no help",
            "go by HC2",
        )
    nobody = np.zeros(len(treated), np.int64)
    blocks = nobody if stratum is None else stratum
    units = row_units(columns, treated, blocks, interacted=interacted)
    return randomisation_test(units, seed=seed, draws=draws, conf_level=conf_level)


def _require_rows(stratum: Integer, treated: Flags, draws: int) -> None:
    size = np.bincount(stratum)
    share = np.bincount(stratum[treated], minlength=len(size))
    if np.minimum(share, size - share).min() < FEWEST_IN_ARM:
        raise Refused(
            "stratum_one_arm",
            "an arm has fewer than two individuals in a stratum, whose variance is unknown",
            "merge strata",
        )
    if len(stratum) * draws > LARGEST:
        raise Refused(
            "too_many_rows",
            f"{draws} assignments of {len(stratum)} individuals would take minutes, and with"
            " so many t needs no help",
            "ask for fewer draws, or go by HC2",
        )


def _rows(outcome: Float, treated: Flags, stratum: Integer) -> tuple[_Rows, float, float]:
    """Return the rows in canonical order, the effect and its standard error."""
    stratum = _renumbered(outcome, treated, stratum)
    order = np.lexsort((treated, outcome, stratum))
    y, t, at = outcome[order] - outcome.mean(), treated[order], stratum[order]
    size = np.bincount(at).astype(np.float64)
    share = np.bincount(at[t], minlength=len(size)).astype(np.float64)
    rows = _Rows(_columns(y, t), at, t, size, share)
    effect = float(_ratios(rows, t[None]).n0[0])
    u = y - effect * t
    # Around each stratum's mean no square cancels.
    u -= (np.bincount(at, u) / size)[at]
    rows = _Rows(_columns(u, t), at, t, size, share)
    variance = float(_ratios(rows, t[None]).d0[0])
    if not np.sqrt(variance) > NOTHING_LEFT * np.sqrt(np.sum(y**2)) / len(y):
        raise Refused(
            "no_variation",
            "the outcome does not vary within the groups that are compared",
            "check the outcome's column, or ask for an outcome that varies",
        )
    return rows, effect, float(np.sqrt(variance))


def _renumbered(outcome: Float, treated: Flags, stratum: Integer) -> Integer:
    """Return strata numbered by what they hold, whatever they are called."""
    lowest = np.full(int(stratum.max()) + 1, np.inf)
    np.minimum.at(lowest, stratum, outcome)
    order = np.lexsort((lowest, np.bincount(stratum[treated]), np.bincount(stratum)))
    return np.argsort(order)[stratum]


def _columns(u: Float, treated: Flags) -> Float:
    """Return u, u^2, T and T u; in rows, as matrix products want them."""
    return np.ascontiguousarray(np.column_stack([u, u**2, treated, treated * u]))


def _ratios(rows: _Rows, flags: Flags) -> Ratios:
    """Return the statistics' coefficients under some assignments.

    With v = u + delta T the outcome without treatment, an arm's sum of v^2 is that of u^2 plus
    2 delta times that of T u plus delta^2 times that of T.
    """
    inside = _sums(rows, flags)
    whole = _sums(rows, np.ones((1, len(rows.stratum)), bool))
    weight = rows.size / rows.size.sum()
    n0, n1, d0, d1, d2 = np.zeros((5, len(flags)))
    arms = ((inside, rows.share, 1.0), (whole - inside, rows.size - rows.share, -1.0))
    for total, n, sign in arms:
        u, uu, t, tu = (total[:, :, j] for j in range(4))
        each = weight**2 / (n * (n - 1))
        n0 += sign * (u @ (weight / n))
        n1 += sign * (t @ (weight / n))
        d0 += _around(uu, u * u / n) @ each
        d1 += (tu - t * u / n) @ each
        d2 += _around(t, t * t / n) @ each
    still = d2 == 0
    return Ratios(n0, n1, d0, np.where(still, 0.0, d1), d2)


def _around(squares: Float, mean: Float) -> Float:
    """Return sums of squares around the mean, 0 where they are but rounding."""
    rest = squares - mean
    return np.where(rest <= _ROUNDING * squares, 0.0, rest)


def _sums(rows: _Rows, flags: Flags) -> Float:
    """Return the sums of the treated, by stratum, shape (b, s, 4)."""
    if len(rows.size) == 1:
        return (flags.astype(np.float64) @ rows.sums)[:, None, :]
    starts = np.concatenate([[0], np.cumsum(rows.size)[:-1]]).astype(np.int64)
    columns = [np.add.reduceat(flags * rows.sums[:, j], starts, axis=1) for j in range(4)]
    return np.stack(columns, axis=-1)
