"""The estimate without each cluster in turn, from moments."""

from __future__ import annotations

import numpy as np

from evaluate.inference.linear import CONDITION_LIMIT, Float, GroupMoments


def leave_one_out(groups: GroupMoments, contrast: Float) -> Float:
    """Return the contrast without each group in turn, NaN where it then has no value.

    Parameters
    ----------
    groups : GroupMoments
        Moments by group, such as the assigned cluster.
    contrast : ndarray, shape (k,), or shape (g, k)
        Weights of the coefficients, for all groups or for each that is left out.

    Returns
    -------
    ndarray, shape (g,)
        In the unit of the contrast.

    References
    ----------
    MacKinnon, Nielsen & Webb (2023), Stata Journal 23(4), section 3 (``summclust``).
    """
    xx = groups.xx.sum(axis=0) - groups.xx
    xy = groups.xy.sum(axis=0) - groups.xy
    length = np.sqrt(np.maximum(np.diagonal(xx, axis1=1, axis2=2), 0.0))
    scale = np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)
    scaled = xx * scale[:, :, None] * scale[:, None, :]
    values, vectors = np.linalg.eigh(scaled)
    kept = values[:, 0] * CONDITION_LIMIT > values[:, -1]
    inverse = np.where(kept[:, None], 1 / np.where(kept[:, None], values, 1.0), 0.0)
    turned = np.einsum("gji,gj->gi", vectors, xy * scale)
    towards = np.einsum("gji,gj->gi", vectors, contrast * scale)
    found: Float = np.where(kept, np.sum(towards * inverse * turned, axis=1), np.nan)
    return found


def recentred(groups: GroupMoments, contrast: Float, treatments: int) -> Float:
    """Return an interacted model's contrast as it is centred without each group in turn.

    The columns are (1, T, w, T w) with w centred at its means over all groups; over the rest
    its means m are others, and the effect there is that of T plus m times the slopes.

    Parameters
    ----------
    groups : GroupMoments
        Moments by group.
    contrast : ndarray, shape (k,)
        Weights of the coefficients of T.
    treatments : int
        Columns of T.

    Returns
    -------
    ndarray, shape (g, k)
        Weights of all coefficients, without each group in turn.

    References
    ----------
    Lin (2013), Annals of Applied Statistics 7(1), section 4.
    """
    first = 1 + treatments
    number = (len(contrast) - first) // first
    sums = groups.xx[:, 0].sum(axis=0) - groups.xx[:, 0]
    mean = sums[:, first : first + number] / np.maximum(sums[:, :1], 1e-300)
    found = np.tile(contrast, (len(mean), 1))
    for at in range(treatments):
        start = first + number * (1 + at)
        found[:, start : start + number] += contrast[1 + at] * mean
    return found
