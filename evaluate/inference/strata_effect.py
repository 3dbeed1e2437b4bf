"""Differences within cells, averaged over the cells in which both groups are present."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.comparison import Bools, Compared, Groups, Ints
from evaluate.inference.estimated_mean import Estimands, reference_df, require_variance
from evaluate.inference.inverse_probability import part_of
from evaluate.inference.linear import Float

_PAIR = 2


def strata_effect(groups: Groups, stratum: Ints, estimand: Estimands, method: str) -> Compared:
    """Return the mean over cells of the difference between the groups within each.

    A cell counts as its treated do (ATT), as all its units do (ATE), or by n1 n0 / (n1 + n0),
    the precision of its difference (ATO). Cells with one group only are left out.

    Parameters
    ----------
    groups : Groups
        Units.
    stratum : ndarray of int, shape (n,)
        Cell of each unit, which outcomes had no part in; -1 for who is in none.
    estimand : {"ATT", "ATE", "ATO"}
        Whom the effect is averaged over, within the cells that are kept.
    method : str
        How the cells were made, in prose.

    Returns
    -------
    Compared
        ``stratum`` is -1 for whoever was left out. Variance: for individuals Neyman's within
        cells (where a cell holds one unit of a group, with the group's variance within the
        other cells), with what cells' effects differ by; for clusters the jackknife that
        leaves each out, within the same cells.

    Raises
    ------
    Refused
        ``no_overlap`` when no cell holds both groups; ``one_cluster``; ``no_variation``.

    References
    ----------
    Imbens & Rubin (2015), Causal Inference, chapters 9 and 17; Iacus, King & Porro (2012),
    Political Analysis 20(1), section 3. R ``lm(y ~ treated, weights = weights)`` after
    ``MatchIt::matchit(method = "exact")`` gives the value.
    """
    kept, cell = _with_both(groups, stratum)
    part = part_of(groups, kept)
    cells = _cells(part, cell, estimand)
    value = float(cells.size @ cells.effect / cells.size.sum())
    own = _influence(part, cell, cells, value)
    if part.cluster is None:
        variance, df = _of_units(part, cell, cells, value), reference_df(part, own)
    else:
        moves = _moves(part, cell, cells, estimand)
        variance = float(moves @ moves) * (len(moves) - 1) / len(moves)
        df = reference_df(part, moves)
    require_variance(variance, part.y)
    n = len(groups.y)
    weights, influence, where = np.zeros(n), np.zeros(n), np.full(n, -1, np.int64)
    weights[kept] = _weights(part, cell, cells)
    influence[kept] = own * (n / len(part.y))
    where[kept] = cell
    return Compared(
        value=value,
        variance=variance,
        df=df,
        weights=weights,
        influence=influence,
        stratum=where,
        method=method,
    )


@dataclass(frozen=True, slots=True)
class _Cells:
    """By cell: weight and mean of each group, shape (2, s), the cell's size and effect."""

    weight: Float
    mean: Float
    size: Float
    slope: Float

    @property
    def effect(self) -> Float:
        found: Float = self.mean[1] - self.mean[0]
        return found


def _base(groups: Groups) -> Float:
    return np.ones(len(groups.y)) if groups.weights is None else groups.weights


def _with_both(groups: Groups, stratum: Ints) -> tuple[Bools, Ints]:
    """Return who is in a cell with both groups, and the cells of these, numbered from 0."""
    named = stratum >= 0
    number = int(stratum.max(initial=-1)) + 1
    held = [np.bincount(stratum[named & on], minlength=number) > 0 for on in _sides(groups)]
    both = held[0] & held[1]
    kept: Bools = named & both[np.where(named, stratum, 0)] if number else named
    if not kept.any():
        raise Refused(
            "no_overlap",
            "no cell holds units of both groups",
            "use fewer covariates or wider bins, or look for comparison units more like the"
            " treated",
        )
    cell: Ints = (np.cumsum(both)[stratum[kept]] - 1).astype(np.int64)
    return kept, cell


def _sides(groups: Groups) -> tuple[Bools, Bools]:
    return ~groups.treated, groups.treated


def _cells(groups: Groups, cell: Ints, estimand: Estimands) -> _Cells:
    base, number = _base(groups), int(cell.max()) + 1
    weight, total = (
        np.stack([np.bincount(cell, base * on * of, number) for on in _sides(groups)]).astype(
            np.float64
        )
        for of in (np.ones(len(base)), groups.y)
    )
    return _sized(weight, total, estimand)


def _sized(weight: Float, total: Float, estimand: Estimands) -> _Cells:
    mean = total / weight
    all_ = weight.sum(axis=0)
    if estimand == "ATT":
        size, slope = weight[1], np.stack([0 * all_, 0 * all_ + 1])
    elif estimand == "ATE":
        size, slope = all_, np.ones_like(weight)
    else:
        size, slope = weight[0] * weight[1] / all_, (weight[::-1] / all_) ** 2
    return _Cells(weight, mean, size, slope)


def _weights(groups: Groups, cell: Ints, cells: _Cells) -> Float:
    side = groups.treated.astype(np.int64)
    found: Float = _base(groups) * (cells.size / cells.weight)[side, cell]
    return found


def _influence(groups: Groups, cell: Ints, cells: _Cells, value: float) -> Float:
    side = groups.treated.astype(np.int64)
    sign = 2.0 * side - 1.0
    own = sign * _weights(groups, cell, cells) * (groups.y - cells.mean[side, cell])
    own += _base(groups) * cells.slope[side, cell] * (cells.effect[cell] - value)
    found: Float = len(own) * own / cells.size.sum()
    return found


def _of_units(groups: Groups, cell: Ints, cells: _Cells, value: float) -> float:
    """Return Neyman's variance within cells, and that of the cells' effects."""
    base, number = _base(groups), len(cells.size)
    share = cells.size / cells.size.sum()
    within = np.zeros(number)
    for side, on in enumerate(_sides(groups)):
        count = np.bincount(cell[on], minlength=number)
        left = groups.y[on] - cells.mean[side, cell[on]]
        squares = np.bincount(cell[on], (base[on] * left) ** 2, number) / cells.weight[side] ** 2
        several = count >= _PAIR
        if not several.any():
            # One of this group in each cell: each cell's difference is one draw.
            away = share * (cells.effect - value)
            return float(away @ away) * number / max(number - 1, 1)
        pooled = float(np.bincount(cell[on], left**2, number).sum() / (count - 1).sum())
        shares = np.bincount(cell[on], base[on] ** 2, number) / cells.weight[side] ** 2
        corrected = squares * count / np.maximum(count - 1, 1)
        within += np.where(several, corrected, pooled * shares)
    inside = float(share**2 @ within)
    slopes = base * cells.slope[groups.treated.astype(np.int64), cell]
    spread = np.bincount(cell, slopes**2, number) / cells.size.sum() ** 2
    # The cells' effects are estimates: their own noise is taken out of how they differ.
    noise = within * (1 - 2 * share) + inside
    between = float(spread @ ((cells.effect - value) ** 2 - noise))
    return inside + max(between, 0.0)


def _moves(groups: Groups, cell: Ints, cells: _Cells, estimand: Estimands) -> Float:
    """Return how far the value moves as each cluster is left out."""
    base, number = _base(groups), len(cells.size)
    cluster = np.unique(np.asarray(groups.cluster), return_inverse=True)[1]
    at, where = np.unique(cluster * number + cell, return_inverse=True)
    held = cells.weight * cells.mean
    weight, total = (
        np.stack(
            [
                of[side, at % number] - np.bincount(where, base * on * y, len(at))
                for side, on in enumerate(_sides(groups))
            ]
        )
        for of, y in ((cells.weight, np.ones(len(base))), (held, groups.y))
    )
    # What is left of a cell within rounding is nothing.
    stays = (weight > 1e-9 * cells.weight[:, at % number]).all(axis=0)
    new = _sized(np.where(stays, weight, 1.0), np.where(stays, total, 0.0), estimand)
    size = np.where(stays, new.size, 0.0)
    above = np.bincount(at // number, size * new.effect - (cells.size * cells.effect)[at % number])
    below = np.bincount(at // number, size - cells.size[at % number])
    whole = float(cells.size @ cells.effect)
    left = cells.size.sum() + below
    if (left <= 1e-9 * cells.size.sum()).any():
        raise Refused(
            "one_cluster",
            "one cluster is in every cell that holds both groups, so that without it nothing is"
            " left to compare",
            "use wider bins or fewer covariates, or add clusters",
        )
    found: Float = (whole + above) / left - whole / cells.size.sum()
    return found
