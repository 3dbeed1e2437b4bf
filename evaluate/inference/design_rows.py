"""Design rows of a treatment effect, and their moments.

Within a cell of treatment, cluster and stratum a design row is one affine map of the
covariates, so the moments of the covariates by cell are enough for every adjustment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float, Integer, Moments
from evaluate.errors import Refused
from evaluate.inference.linear import GroupMoments

# Numbers held at once for all groups' X'X: 400 MB.
LARGEST = 50_000_000
# Cells whose products are formed at once: 40 MB.
_AT_ONCE = 5_000_000
# Share of a column that its forerunners leave unexplained below which it is one of theirs.
_DEPENDENT = 1e-12


@dataclass(frozen=True, slots=True)
class TreatmentModel:
    """A linear model with an intercept first, then one column for each treatment.

    Attributes
    ----------
    maps : ndarray, shape (g, k, p + 1)
        The design row is ``maps[cell] @ (1, covariates - centre)``.
    treatments : int
        Number of treatment columns: the second to the ``treatments + 1``-th.
    others : tuple of tuple of int
        For each further term, in order, the columns that stand or fall with it.
    """

    maps: Float
    treatments: int
    others: tuple[tuple[int, ...], ...]


def treatment_model(
    cells: Moments, treatments: Float, blocks: Sequence[Integer], *, interacted: bool = False
) -> TreatmentModel:
    """Return the model of treatment effects.

    With w the indicators of the blocks (but each block's first) and the covariates, all
    centred at their means, the columns are (1, T, w), or (1, T, w, T w) when interacted.

    Parameters
    ----------
    cells : Moments
        Moments of p covariates and, last, the outcome, by cell.
    treatments : ndarray, shape (g, m)
        The treatment columns of each cell, such as 1.0 for treated and 0.0 for others.
    blocks : sequence of ndarray, each shape (g,)
        Groupings that are held constant, such as the stratum: 0, 1, ... of each cell.
    interacted : bool
        Whether slopes may differ between the arms.

    Raises
    ------
    Refused
        ``model_too_large`` when the model would not fit in memory.

    References
    ----------
    Lin (2013), Annals of Applied Statistics 7(1), section 4. R ``lm(y ~ t + factor(s) + x)``;
    ``estimatr::lm_lin(y ~ t, covariates = ~ factor(s) + x)``.
    """
    g, p, m = len(cells.n), len(cells.columns) - 1, treatments.shape[1]
    levels = [int(block.max(initial=0)) for block in blocks]
    number = sum(levels) + p
    k = 1 + m + number * (1 + m * interacted)
    _require_room(g * k * (p + 1), k, g)
    w = np.zeros((g, number, p + 1))
    start = 0
    for block, size in zip(blocks, levels, strict=True):
        later = np.flatnonzero(block > 0)
        w[later, start + block[later] - 1, 0] = 1.0
        start += size
    w[:, start:, 1:] = np.eye(p)
    # Centred even when additive: no digit is lost to the intercept, and no slope changes.
    sums = np.einsum("gij,gj->i", w, cells.cross[:, 0, : p + 1])
    w[:, :, 0] -= sums / cells.cross[:, 0, 0].sum()
    first = np.zeros((g, 1 + m, p + 1))
    first[:, 0, 0] = 1.0
    first[:, 1:, 0] = treatments
    slopes = [treatments[:, at, None, None] * w for at in range(m)] if interacted else []
    maps = np.concatenate([first, w, *slopes], axis=1)
    others = tuple(
        tuple(1 + m + at + number * j for j in range(len(slopes) + 1)) for at in range(number)
    )
    return TreatmentModel(maps, m, others)


def group_moments(cells: Moments, maps: Float, group: Integer) -> GroupMoments:
    """Return the moments of the design rows and the centred outcome by group.

    Parameters
    ----------
    cells : Moments
        Moments of the covariates and, last, the outcome, by cell.
    maps : ndarray, shape (g, k, p + 1)
        Design rows of the same cells, as in ``TreatmentModel``.
    group : ndarray, shape (g,)
        Group of each cell, such as its cluster; all 0 pools them.

    Raises
    ------
    Refused
        ``model_too_large`` when the moments would not fit in memory.
    """
    number, (g, k, size) = int(group.max(initial=0)) + 1, maps.shape
    _require_room(number * k * k, k, number)
    n = np.zeros(number, dtype=np.int64)
    xx, xy, yy = np.zeros((number, k, k)), np.zeros((number, k)), np.zeros(number)
    np.add.at(n, group, cells.n)
    np.add.at(yy, group, cells.cross[:, -1, -1])
    step = max(_AT_ONCE // (k * k), 1)
    for start in range(0, g, step):
        some = slice(start, start + step)
        half = maps[some] @ cells.cross[some, :size, :size]
        products = half @ maps[some].transpose(0, 2, 1)
        scores = np.einsum("gij,gj->gi", maps[some], cells.cross[some, :size, -1])
        for at, product, score in zip(group[some].tolist(), products, scores, strict=True):
            xx[at] += product
            xy[at] += score
    return GroupMoments(n, xx, xy, yy)


def within(groups: GroupMoments) -> GroupMoments:
    """Return moments around each group's own mean: its intercept is absorbed.

    Parameters
    ----------
    groups : GroupMoments
        Moments of rows whose first column is 1; it goes.

    References
    ----------
    Frisch & Waugh (1933), Econometrica 1(4): the same slopes and residuals as with an
    indicator for each group. R ``lm(y ~ 0 + x + factor(group))``.
    """
    n = np.maximum(groups.xx[:, 0, 0], 1e-300)
    sums, total = groups.xx[:, 0, 1:], groups.xy[:, 0]
    return GroupMoments(
        n=groups.n,
        xx=groups.xx[:, 1:, 1:] - sums[:, :, None] * sums[:, None, :] / n[:, None, None],
        xy=groups.xy[:, 1:] - sums * (total / n)[:, None],
        yy=np.maximum(groups.yy - total**2 / n, 0.0),
    )


def dependent_terms(xx: Float, size: Float, model: TreatmentModel, shift: int) -> list[int]:
    """Return the terms that follow from the intercept and the terms before them.

    The treatments are left out, so that a term that follows from a treatment stays, and the
    fit is refused.

    Parameters
    ----------
    xx : ndarray, shape (k, k)
        X'X, without its first column where ``shift`` is 1.
    size : ndarray, shape (k,)
        What counts as the whole of each column's squares.
    model : TreatmentModel
        Which columns make a term.
    shift : int
        1 where the intercept is absorbed, else 0.

    Returns
    -------
    list of int
        Places in ``model.others``.
    """
    columns = [*([] if shift else [0]), *(term[0] - shift for term in model.others)]
    first = len(columns) - len(model.others)
    whole = size[columns]
    rest = xx[np.ix_(columns, columns)].copy()
    lost = []
    for at in range(len(columns)):
        if rest[at, at] <= _DEPENDENT * whole[at]:
            if at >= first:
                lost.append(at - first)
            continue
        rest[at + 1 :, at + 1 :] -= np.outer(rest[at + 1 :, at], rest[at, at + 1 :]) / rest[at, at]
    return lost


def require_contrast(xx: Float, size: Float, model: TreatmentModel, shift: int) -> None:
    """Refuse treatments that do not vary where intercepts are absorbed.

    Parameters
    ----------
    xx : ndarray, shape (k, k)
        As in ``dependent_terms``.
    size : ndarray, shape (k,)
        Likewise.
    model : TreatmentModel
        Likewise.
    shift : int
        Likewise.

    Raises
    ------
    Refused
        ``collinear``.
    """
    places = slice(1 - shift, 1 - shift + model.treatments)
    if (np.diag(xx)[places] <= _DEPENDENT * size[places]).any():
        raise Refused(
            "collinear",
            "treatment does not vary within the units that have an intercept of their own",
            "check the columns of the treatment, the cluster and the period",
        )


def _require_room(numbers: int, k: int, groups: int) -> None:
    if numbers > LARGEST:
        raise Refused(
            "model_too_large",
            f"{k} coefficients in {groups} groups do not fit in memory",
            "use fewer or coarser strata, or fewer covariates",
        )
