"""Cohen's kappa of two coders, with its standard errors."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Literal

import numpy as np

from evaluate.inference.agreement_panel import Float, Panel

Weights = Literal["unweighted", "linear", "squared"]
_PAIR = 2
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement of two coders.

    Attributes
    ----------
    n : int
        Units that both spoke of.
    agreement : float
        Share of them on which both say the same.
    value : float or None
        Cohen's kappa; ``None`` with the reason in ``state``.
    std_error : float or None
        Of the kappa found.
    z : float or None
        Kappa over the standard error that it has when coders agree by chance alone; ``None``
        where that is nought.
    state : str or None
        ``all_equal`` where both use one and the same value throughout; ``one_value`` where one
        coder uses a single value, which says nothing of agreement.
    """

    n: int
    agreement: float
    value: float | None
    std_error: float | None
    z: float | None
    state: str | None


def cohen(pair: Panel, weights: Weights = "unweighted") -> Kappa:
    """Return Cohen's kappa.

    Parameters
    ----------
    pair : Panel
        Units that both coders spoke of: see ``Panel.of``.
    weights : {"unweighted", "linear", "squared"}
        How far apart two categories are, by their places on the scale. Of a scale that was not
        declared the places are those of the values that this pair used, as in R.

    Returns
    -------
    Kappa
        With the standard error of Fleiss, Cohen and Everitt, and the z of their null variance.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement 20(1); Cohen (1968), Psychological
    Bulletin 70(4); Fleiss, Cohen & Everitt (1969), Psychological Bulletin 72(5), eq. 8 and 9 (and
    13, 14 unweighted). R ``irr::kappa2(x, "unweighted" | "equal" | "squared")`` for value and z.
    """
    q, n = len(pair.categories), len(pair.codes)
    table = np.zeros((q, q))
    np.add.at(table, (pair.codes[:, 0], pair.codes[:, 1]), 1.0)
    return kappa_of(table / max(n, 1), n, weights)


def kappa_of(shares: Float, n: int, weights: Weights = "unweighted") -> Kappa:
    """Return Cohen's kappa of a square table of shares.

    Parameters
    ----------
    shares : ndarray, shape (q, q)
        Of each pair of categories; their sum is 1.
    n : int
        Units.
    weights : {"unweighted", "linear", "squared"}
        How far apart two categories are.
    """
    q = len(shares)
    credit = _credit(q, weights)
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    agreed = float((credit * shares).sum())
    chance = float(rows @ credit @ columns)
    same = float(np.trace(shares))
    if n < 1 or chance >= 1 - _ROUNDING:
        return Kappa(n, same, None, None, None, "all_equal")
    value = (agreed - chance) / (1 - chance)
    mean = (credit @ columns)[:, None] + (rows @ credit)[None, :]
    null = float((np.outer(rows, columns) * (credit - mean) ** 2).sum()) - chance**2
    own = (
        float((shares * (credit - mean * (1 - value)) ** 2).sum())
        - (value - chance * (1 - value)) ** 2
    )
    scale = n * (1 - chance) ** 2
    z = value / sqrt(null / scale) if null > _ROUNDING else None
    single = int((rows > 0).sum()) < _PAIR or int((columns > 0).sum()) < _PAIR
    state = "one_value" if single else None
    return Kappa(n, same, value, sqrt(max(own, 0.0) / scale), z, state)


def _credit(q: int, weights: Weights) -> Float:
    if weights == "unweighted" or q < _PAIR:
        return np.eye(q)
    apart = np.abs(np.subtract.outer(np.arange(q), np.arange(q))) / (q - 1)
    found: Float = 1 - (apart if weights == "linear" else apart**2)
    return found
