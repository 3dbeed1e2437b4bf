"""Treated and comparison units in memory, and what a method makes of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.inference.linear import Float

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Groups:
    """Units of two groups; the order of rows means nothing.

    Attributes
    ----------
    y : ndarray, shape (n,)
        Outcome.
    treated : ndarray of bool, shape (n,)
        Who had the programme.
    x : ndarray, shape (n, p)
        Covariates, as they are; text as an indicator for each level but the first.
    names : tuple of str, length p
        Their names.
    cluster : ndarray of int, shape (n,), or None
        Code of each unit's cluster, from 0; ``None`` where every unit stands alone.
    weights : ndarray, shape (n,), or None
        Sampling weights above 0.
    exact : ndarray of int, shape (n,), or None
        Code of the cell within which comparisons must be made.
    """

    y: Float
    treated: Bools
    x: Float
    names: tuple[str, ...]
    cluster: Ints | None = None
    weights: Float | None = None
    exact: Ints | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """An effect from a comparison that was built.

    Attributes
    ----------
    value : float
        In the unit of the outcome.
    variance : float
        Its square error, over clusters where units lie in them.
    df : float
        Degrees of freedom of its reference t distribution; infinite is normal.
    weights : ndarray, shape (n,)
        Weight of each unit in the comparison: 0 for who was left out. Means and balance are
        computed with them. Under ATT the treated who were kept have their own weight, or 1.
    influence : ndarray, shape (n,), or None
        Influence of each unit on the value, with sum 0, where ``variance`` is the sum of its
        squares by cluster divided by n squared, but for a factor for few clusters.
    pairs : tuple of ndarray, or None
        Places of the treated, and of the comparison unit beside each, shape (m,) each, one entry
        for each match.
    stratum : ndarray of int, shape (n,), or None
        Matched set, cell or subclass of each unit; -1 for who was left out.
    score : ndarray, shape (n,), or None
        Propensity score.
    method : str
        In prose, such as ``"1:1 nearest propensity score, without replacement"``.
    """

    value: float
    variance: float
    df: float
    weights: Float
    method: str
    influence: Float | None = None
    pairs: tuple[Ints, Ints] | None = None
    stratum: Ints | None = None
    score: Float | None = None
