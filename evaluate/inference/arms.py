"""Which programme a row was offered, and with what probability."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer, Moments
from evaluate.data.weights import WeightKind
from evaluate.errors import Refused


@dataclass(frozen=True, slots=True)
class RowWeights:
    """Weights of individuals' rows.

    Attributes
    ----------
    column : str or None
        Column of weights.
    kind : {"frequency", "inverse_variance", "probability"}
        What they mean.
    scale : ndarray, shape (g,), or None
        Weight that all rows of a cell have besides.
    """

    column: str | None = None
    kind: WeightKind = "probability"
    scale: Float | None = None


def read_arms(
    treated: Float, labels: NDArray[np.generic] | None
) -> tuple[Integer, tuple[str, ...]]:
    """Return the number of each cell's programme, and the programmes' names.

    Parameters
    ----------
    treated : ndarray, shape (g,)
        1.0 for treated cells, 0.0 for the others.
    labels : ndarray, shape (g,), or None
        Label of each cell's arm.

    Raises
    ------
    Refused
        ``arm_both_ways`` when an arm is called treated in some rows and comparison in
        others; ``several_comparisons`` when comparison rows have several labels.
    """
    if labels is None:
        return treated.astype(np.int64), ()
    inside = sorted({str(one) for one in labels[treated == 1]})
    outside = sorted({str(one) for one in labels[treated == 0]})
    if set(inside) & set(outside):
        raise Refused(
            "arm_both_ways",
            "rows of one arm are called treated in some places and comparison in others",
            "correct the column of the treatment or that of the arms",
        )
    if len(outside) > 1:
        raise Refused(
            "several_comparisons",
            f"the rows of the comparison group have {len(outside)} different arms",
            "give all rows that are not treated the same arm, or mark one of them as treated",
        )
    place = {name: at for at, name in enumerate(inside, start=1)}
    found = np.array([place.get(str(one), 0) for one in labels], dtype=np.int64)
    return found, tuple(inside)


def inverse_probability(
    cells: Moments, treated: Float, chance: Float, stratum: Integer
) -> Float | None:
    """Return each row's weight: one over the probability of the arm that it is in.

    Parameters
    ----------
    cells : Moments
        Moments by cell.
    treated, chance : ndarray, shape (g,)
        Whether a cell is treated, and the probability that its rows were.
    stratum : ndarray, shape (g,)
        Stratum of each cell, 0, 1, ...; all 0 without strata.

    Returns
    -------
    ndarray, shape (g,), or None
        With mean 1 over rows; nothing where everybody had the same chance.

    Raises
    ------
    Refused
        ``probability_out_of_range`` or ``probability_varies_within_stratum``.

    References
    ----------
    Gerber & Green (2012), Field Experiments, section 4.5. R ``lm(y ~ t, weights = w)``.
    """
    if not ((chance > 0) & (chance < 1)).all():
        raise Refused(
            "probability_out_of_range",
            "a probability of treatment does not lie between 0 and 1, so that somebody could"
            " only ever be in one group",
            "correct the column, or leave out those whose group was not left to chance",
        )
    pairs = set(zip(stratum.tolist(), chance.tolist(), strict=True))
    strata = {one for one, _ in pairs}
    if 1 < len(strata) < len(pairs):
        raise Refused(
            "probability_varies_within_stratum",
            "the probability of treatment differs within a stratum",
            "name as strata the blocks within which everybody had the same chance",
        )
    if len(set(chance.tolist())) == 1:
        return None
    weight = np.where(treated == 1, 1 / chance, 1 / (1 - chance))
    mean = float(weight @ cells.cross[:, 0, 0] / cells.cross[:, 0, 0].sum())
    found: Float = weight / mean
    return found


def scaled(cells: Moments, scale: Float | None) -> Moments:
    """Return moments whose rows weigh more, as probability weights.

    Parameters
    ----------
    cells : Moments
        Moments by cell, weighted or not.
    scale : ndarray, shape (g,), or None
        What each row of a cell is multiplied by; ``None`` changes nothing.
    """
    if scale is None:
        return cells
    powers = cells.powers if cells.powers is not None else np.array([cells.cross] * 3)
    times = np.array([scale**power for power in range(3)])[:, :, None, None]
    found = powers * times
    return replace(cells, cross=found[1], powers=found)
