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
    contrast : ndarray, shape (k,)
        Weights of the coefficients.

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
