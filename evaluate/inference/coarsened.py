"""Cells of like units: exactly alike, alike within bins, or with like propensity scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil, log2

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.comparison import Compared, Groups, Ints
from evaluate.inference.estimated_mean import Estimands
from evaluate.inference.linear import Float
from evaluate.inference.propensity import propensity
from evaluate.inference.strata_effect import strata_effect

Bins = Mapping[str, "int | str | Sequence[float]"]


def exact_cells(groups: Groups, estimand: Estimands = "ATT") -> Compared:
    """Return the effect within cells of units whose covariates are the same.

    Parameters
    ----------
    groups : Groups
        Units; the cells are those of ``x`` within those of ``exact``.
    estimand : {"ATT", "ATE", "ATO"}
        Whom the effect is averaged over.

    Returns
    -------
    Compared
        As ``strata_effect``.

    Raises
    ------
    Refused
        The codes of ``strata_effect``.

    References
    ----------
    R ``MatchIt::matchit(treated ~ x, method = "exact")``.
    """
    columns = [groups.x[:, j] for j in range(groups.x.shape[1])]
    return strata_effect(groups, _crossed(groups, columns), estimand, "exact matching")


def coarsened_cells(
    groups: Groups, estimand: Estimands = "ATT", *, bins: Bins | None = None
) -> Compared:
    """Return the effect within cells of units whose covariates lie in the same bins.

    Parameters
    ----------
    groups : Groups
        Units; cells are made within those of ``exact``.
    estimand : {"ATT", "ATE", "ATO"}
        Whom the effect is averaged over.
    bins : mapping, or None
        By covariate: cut points, a number of bins of equal width, or ``"q5"`` for five
        quantiles. Others have Sturges' number of equal width, ceil(log2(n) + 1). A value on a
        cut point belongs to the bin above it.

    Returns
    -------
    Compared
        As ``strata_effect``.

    Raises
    ------
    Refused
        ``unknown_bins`` when bins are not understood; the codes of ``strata_effect``.

    References
    ----------
    Iacus, King & Porro (2012), Political Analysis 20(1). R
    ``MatchIt::matchit(treated ~ x, method = "cem", cutpoints = ...)``.
    """
    asked = {} if bins is None else bins
    columns = [_binned(groups.x[:, j], asked.get(name)) for j, name in enumerate(groups.names)]
    return strata_effect(groups, _crossed(groups, columns), estimand, "coarsened exact matching")


def subclasses(groups: Groups, estimand: Estimands = "ATT", *, number: int = 5) -> Compared:
    """Return the effect within classes of units with like propensity scores.

    Parameters
    ----------
    groups : Groups
        Units; within the cells of ``exact`` classes are kept apart.
    estimand : {"ATT", "ATE", "ATO"}
        Whom the effect is averaged over.
    number : int
        Classes; each holds as many of the treated (ATT), or of all, as the others.

    Returns
    -------
    Compared
        As ``strata_effect``. The classes count as given.

    Raises
    ------
    Refused
        The codes of ``propensity`` and of ``strata_effect``.

    References
    ----------
    Rosenbaum & Rubin (1984), JASA 79(387). R ``MatchIt::matchit(treated ~ x, method =
    "subclass", subclass = 5)``, which moves units into a class that lacks a group where here
    the class is left out.
    """
    model = propensity(groups)
    whose = model.score[groups.treated] if estimand == "ATT" else model.score
    inner = np.quantile(whose, np.arange(1, number) / number)
    classes = np.searchsorted(inner, model.score, side="right").astype(np.float64)
    method = f"{number} classes of the propensity score"
    found = strata_effect(groups, _crossed(groups, [classes]), estimand, method)
    return replace(found, score=model.score)


def _crossed(groups: Groups, columns: Sequence[Float]) -> Ints:
    """Return the place of each unit's combination of values, from 0."""
    codes = np.zeros(len(groups.y), np.int64) if groups.exact is None else groups.exact
    for values in columns:
        levels, at = np.unique(values, return_inverse=True)
        codes = np.unique(codes * len(levels) + at, return_inverse=True)[1]
    return codes.astype(np.int64)


def _binned(values: Float, bins: int | str | Sequence[float] | None) -> Float:
    """Return the bin of each value, from 0."""
    low, high = float(values.min()), float(values.max())
    if bins is None:
        bins = ceil(log2(len(values)) + 1)
    if isinstance(bins, str):
        count = bins.removeprefix("q")
        if not (bins.startswith("q") and count.isdigit() and int(count) > 0):
            raise Refused("unknown_bins", "bins are no number, cut points or q5", "correct `bins`")
        inner = np.quantile(values, np.arange(1, int(count)) / int(count))
    elif isinstance(bins, int):
        inner = np.linspace(low, high, bins + 1)[1:-1]
    else:
        inner = np.sort(np.asarray(bins, dtype=np.float64))
    return np.searchsorted(inner, values, side="right").astype(np.float64)
