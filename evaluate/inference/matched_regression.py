"""A regression among matched units, with its error over matched sets."""

from __future__ import annotations

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.comparison import Compared, Groups, Ints
from evaluate.inference.estimated_mean import reference_df, require_variance
from evaluate.inference.inverse_probability import part_of
from evaluate.inference.linear import Float
from evaluate.inference.matched import Half
from evaluate.inference.standardised import standardised


def matched_sets(one: Half, n: int) -> Ints:
    """Return the matched set of each unit, -1 for who is in none.

    Units that share a place with others are in one set with all whose place it is.

    Parameters
    ----------
    one : Half
        Treated units beside their matches.
    n : int
        Number of all units.
    """
    own = len(one.own.size)
    if len(np.unique(one.flow.target)) == len(one.flow.target):
        label = np.arange(own + len(one.other.size))
        label[own + one.flow.target] = one.flow.source
    else:
        label = _linked(one)
    found = np.full(n, -1, np.int64)
    found[one.own_at] = np.where(one.omega > 0, label[one.own.of], -1)
    found[one.other_at] = np.where(one.used > 0, label[own + one.other.of], -1)
    taken = found >= 0
    found[taken] = np.unique(found[taken], return_inverse=True)[1]
    return found


def _linked(one: Half) -> Ints:
    """Return labels of the own levels, then of the others: equal where matches lead across."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    own = len(one.own.size)
    both = own + len(one.other.size)
    edges = (np.ones(len(one.flow.source)), (one.flow.source, own + one.flow.target))
    graph = coo_array(edges, shape=(both, both))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def matched_regression(groups: Groups, weights: Float, one: Half) -> Compared:
    """Return the coefficient of treatment in a weighted regression on it and the covariates.

    Parameters
    ----------
    groups : Groups
        Units.
    weights : ndarray, shape (n,)
        Of the matched; 0 for others.
    one : Half
        Treated units beside their matches, which nobody shares but for ties.

    Returns
    -------
    Compared
        The variance is HC1 over matched sets, with G / (G - 1) and (N - 1) / (N - K). Where
        units also lie in clusters it is that over sets plus that over clusters less that over
        units, and no less than any of the first two.

    Raises
    ------
    Refused
        ``more_covariates_than_units`` when no degrees of freedom are left.

    References
    ----------
    Abadie & Spiess (2022), JASA 117(538); Cameron, Gelbach & Miller (2011), J. Business &
    Economic Statistics 29(2), equation 2.11. R ``sandwich::vcovCL(lm, cluster = subclass,
    type = "HC1")``.
    """
    used = np.flatnonzero(weights > 0)
    design = standardised(groups.x[used], groups.names)
    z = np.column_stack([design.z, groups.treated[used].astype(np.float64)])
    w, y = weights[used], groups.y[used]
    n, k = z.shape
    number = int(np.count_nonzero(one.omega))
    if min(n - k, number - 1) < 1:
        raise Refused(
            "more_covariates_than_units",
            "among the matched there are no more units than covariates",
            "name fewer covariates, or ask for the difference of means",
        )
    root = np.sqrt(w)[:, None]
    coefficients = np.linalg.lstsq(z * root, y * root[:, 0], rcond=None)[0]
    bread = np.linalg.pinv((z * w[:, None]).T @ z, hermitian=True)
    moves = np.zeros(len(weights))
    moves[used] = (z @ bread[:, -1]) * w * (y - z @ coefficients)
    few = (n - 1) / (n - k)
    variance = _over_sets(moves, one) * few * number / (number - 1)
    df = number - 1.0
    if groups.cluster is not None:
        sums = np.bincount(groups.cluster, moves)
        clusters = len(np.unique(groups.cluster[used]))
        together = float(sums @ sums) * few * clusters / max(clusters - 1, 1)
        both = variance + together - float(moves @ moves) * few
        variance = max(both, variance, together)
        df = min(df, reference_df(part_of(groups, weights > 0)))
    require_variance(variance, y)
    return Compared(float(coefficients[-1]), variance, df, weights, "regression among the matched")


def _over_sets(moves: Float, one: Half) -> float:
    """Return the sum of squares over matched sets of what their units move the coefficient.

    Units that tie share a place: each treated unit has its part of what they move, and how
    they vary counts as in the variance of a mean of matched differences.
    """
    used = one.used > 0
    each = np.zeros(len(moves))
    each[one.other_at[used]] = moves[one.other_at[used]] / one.used[used]
    own = moves[one.own_at] + one.omega * one.beside(each)
    values = each[one.other_at]
    size = one.other.size
    means = np.bincount(one.other.of, values, len(size)) / size
    apart = np.square(values - means[one.other.of])
    spread = apart * (size / np.maximum(size - 1, 1))[one.other.of]
    return float(own @ own + (one.used**2 - one.square) @ spread)
