"""Assigned units as a randomisation test needs them: their moments, free of who was treated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluate.data.moments import Float, Integer, Moments
from evaluate.errors import Refused
from evaluate.inference.assignment import Assignment
from evaluate.inference.shuffle import Flags

# Digits by which units are told apart; sums over rows differ in the sixteenth.
_DIGITS = 9
# Share of a column that its forerunners leave unexplained below which it is one of theirs.
_DEPENDENT = 1e-12


@dataclass(frozen=True, slots=True)
class Units:
    """Assigned units, sorted by block and within it by their moments, whatever their labels.

    The model's columns are b, treatment and, when interacted, their products. Within a block
    b is one affine map of z = (1, covariates - centre).

    Attributes
    ----------
    block : ndarray, shape (g,)
        Units whose treatment may be exchanged share a block, 0, 1, ...
    treated : ndarray, shape (g,)
        Who was treated.
    zz : ndarray, shape (g, r, r)
        Sum of z z' over the unit's rows.
    zy : ndarray, shape (g, r)
        Sum of z times the outcome.
    zd : ndarray, shape (g, r), or None
        Sum of z times what was received, where its effect is asked for rather than the offer's.
    maps : ndarray, shape (blocks, q, r)
        b = maps[block] @ z; its first entry is 1, the others have mean 0.
    spread : float
        Standard deviation of the outcome, which says what counts as zero.
    interacted : bool
        Whether each arm has its own slopes.
    pooled : bool
        Whether variances are over blocks, as for matched pairs, rather than units.
    """

    block: Integer
    treated: Flags
    zz: Float
    zy: Float
    maps: Float
    spread: float
    interacted: bool
    pooled: bool
    zd: Float | None = None


def cluster_units(
    assignment: Assignment,
    cells: Moments,
    *,
    interacted: bool,
    pooled: bool = False,
    arm: int = 1,
    received: bool = False,
) -> Units:
    """Return the clusters of an assignment.

    Parameters
    ----------
    assignment : Assignment
        Who was assigned to what.
    cells : Moments
        Moments of the model's covariates and, last, the outcome, by the assignment's cells.
    interacted, pooled : bool
        As in ``Units``.
    arm : int
        Programme whose effect is tested. Clusters of other programmes keep theirs.
    received : bool
        Whether the column before the outcome is what was received.

    Raises
    ------
    Refused
        ``no_clusters`` when individuals were assigned; ``mixed_clusters`` when a cluster holds
        several arms or strata: then clusters were not what was assigned; ``weighted_by_arm``
        when weights depend on the arm.
    """
    if assignment.cluster is None:
        raise Refused(
            "no_clusters", "individuals were assigned, not clusters", "permute individuals"
        )
    if assignment.weights.scale is not None:
        raise Refused(
            "weighted_by_arm",
            "rows are weighted by the probability of their arm, which other assignments change",
            "name as strata the blocks within which everybody had the same chance",
        )
    other = np.where(assignment.arm == arm, 0, assignment.arm)
    first = np.unique(assignment.cluster, return_index=True)[1]
    for what in (assignment.arm, assignment.stratum):
        if (what != what[first][assignment.cluster]).any():
            raise Refused(
                "mixed_clusters",
                "a cluster holds rows of several arms or strata, so that it was not assigned"
                " as a whole",
                "name the unit that was assigned as the cluster",
            )
    cross = np.zeros((len(first), *cells.cross.shape[1:]))
    np.add.at(cross, assignment.cluster, cells.cross)
    return _units(
        cross,
        assignment.stratum[first],
        other[first],
        assignment.arm[first] == arm,
        interacted=interacted,
        pooled=pooled,
        received=received,
    )


def row_units(
    columns: Sequence[Float],
    treated: Flags,
    stratum: Integer,
    *,
    interacted: bool,
    received: bool = False,
) -> Units:
    """Return individuals as units of one row.

    Parameters
    ----------
    columns : sequence of ndarray, each shape (n,)
        Covariates and, last, the outcome.
    treated : ndarray, shape (n,)
        Who was treated.
    stratum : ndarray, shape (n,)
        Stratum of each, 0, 1, ...
    interacted : bool
        As in ``Units``.
    received : bool
        Whether the column before the outcome is what was received.
    """
    centred = [one - one.mean() for one in columns]
    z = np.column_stack([np.ones(len(treated)), *centred])
    nobody = np.zeros(len(treated), np.int64)
    cross = z[:, :, None] * z[:, None, :]
    return _units(
        cross, stratum, nobody, treated, interacted=interacted, pooled=False, received=received
    )


def _units(
    cross: Float,
    stratum: Integer,
    other: Integer,
    treated: Flags,
    *,
    interacted: bool,
    pooled: bool,
    received: bool,
) -> Units:
    """Return units whose b is (1, strata, other arms, covariates), centred over all of them."""
    zd = cross[:, :-2, -2] if received else None
    if received:
        cross = np.delete(np.delete(cross, -2, axis=1), -2, axis=2)
    kinds, block = np.unique(np.column_stack([stratum, other]), axis=0, return_inverse=True)
    by_block = np.zeros((len(kinds), *cross.shape[1:]))
    np.add.at(by_block, block.reshape(-1), cross)
    sorted_blocks = np.lexsort(moment_keys(by_block))
    kinds, block = kinds[sorted_blocks], np.argsort(sorted_blocks)[block.reshape(-1)]
    maps = _base_maps(kinds, block, cross, interacted=interacted)
    # Where each arm has its own slopes, other programmes tell nothing about this one.
    keep = np.flatnonzero(other == 0) if interacted else np.arange(len(block))
    order = np.lexsort([key[keep] for key in (*moment_keys(cross), block)])
    at = keep[order]
    used, renumbered = np.unique(block[at], return_inverse=True)
    return Units(
        block=renumbered.reshape(-1),
        treated=treated[at],
        zz=cross[at][:, :-1, :-1],
        zy=cross[at][:, :-1, -1],
        maps=maps[used],
        spread=float(np.sqrt(cross[:, -1, -1].sum() / cross[:, 0, 0].sum())),
        interacted=interacted,
        pooled=pooled,
        zd=None if zd is None else zd[at],
    )


def moment_keys(cross: Float) -> tuple[Float, Float, Float]:
    """Return what tells units apart whatever their labels, the outcome's unit, and rounding.

    Parameters
    ----------
    cross : ndarray, shape (g, r + 1, r + 1)
        Moments of (1, covariates, outcome) by unit.
    """
    total = cross[:, 0, -1] / max(float(np.abs(cross[:, 0, -1]).max()), 1e-300)
    square = cross[:, -1, -1] / max(float(cross[:, -1, -1].max()), 1e-300)
    return np.round(total, _DIGITS), np.round(square, _DIGITS), cross[:, 0, 0]


def _base_maps(kinds: Integer, block: Integer, cross: Float, *, interacted: bool) -> Float:
    """Return b by block, without the columns that follow from earlier ones."""
    r = cross.shape[1] - 1
    strata, others = kinds.max(axis=0)
    indicators = [kinds[:, 0] == one for one in range(1, strata + 1)]
    if not interacted:
        indicators += [kinds[:, 1] == one for one in range(1, others + 1)]
    indicators = [one for one in indicators if one.any()]
    maps = np.zeros((len(kinds), 1 + len(indicators) + r - 1, r))
    maps[:, 0, 0] = 1.0
    for at, one in enumerate(indicators, start=1):
        maps[:, at, 0] = one
    maps[:, 1 + len(indicators) :, 1:] = np.eye(r - 1)
    by_block = np.zeros((len(kinds), r, r))
    np.add.at(by_block, block, cross[:, :-1, :-1])
    sums = np.einsum("sqr,sr->q", maps, by_block[:, 0])
    maps[:, 1:, 0] -= sums[1:] / by_block[:, 0, 0].sum()
    whole = np.einsum("sqr,srt,sut->qu", maps, by_block, maps, optimize=True)
    return maps[:, independent(whole)]


def independent(whole: Float) -> list[int]:
    """Return the columns of X'X that do not follow from those before them.

    Parameters
    ----------
    whole : ndarray, shape (q, q)
        X'X.
    """
    rest, kept = whole.copy(), []
    for at in range(len(whole)):
        if rest[at, at] > _DEPENDENT * whole[at, at]:
            kept.append(at)
            rest = rest - np.outer(rest[:, at], rest[at]) / rest[at, at]
    return kept
