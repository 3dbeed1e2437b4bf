"""All rows of an analysis whose gaps are dealt with, and one row out of several copies of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import inf, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Estimate, Settings
from evaluate.data.names import shown
from evaluate.data.sample import Sample
from evaluate.data.weights import WeightKind
from evaluate.errors import Refused
from evaluate.inference.imputed import missing
from evaluate.inference.linear import Float
from evaluate.inference.rubin import rubin
from evaluate.inference.t import t_quantile, two_sided_p

Columns = dict[str, NDArray[Any]]
Refit = Callable[[Sample, tuple[str, ...], str | None], Estimate]
IMPUTATIONS = 20
UNKNOWN = "not known"  # level of text where it is missing, under the rule of indicators


@dataclass(frozen=True, slots=True)
class Asked:
    """What the columns of an analysis are, for the rules on what is missing.

    Attributes
    ----------
    treated : str
        Column of 0 and 1.
    covariates : tuple of str
        As the study names them.
    cluster, weights : str or None
        Columns.
    kind : str
        What the weights are.
    others : tuple of str
        Further columns that the design reads; strata, arms, who took part.
    strata : str or None
        Column of blocks within which chance decided.
    dealt : bool
        Whether chance decided who was treated.
    offer : bool
        Whether the effect is of being treated or offered; else of taking part.
    rule : str
        How the headline treats missing covariates.
    imputations : int
        How many completed data sets.
    """

    treated: str
    covariates: tuple[str, ...] = ()
    cluster: str | None = None
    weights: str | None = None
    kind: WeightKind = "probability"
    others: tuple[str, ...] = ()
    strata: str | None = None
    dealt: bool = False
    offer: bool = True
    rule: str = "complete_case"
    imputations: int = IMPUTATIONS


@dataclass(frozen=True, slots=True)
class Rows:
    """All rows of an analysis, and what to do with them.

    Attributes
    ----------
    data : dict of str to ndarray
        Columns of all rows, missing where they are missing.
    outcome : str
        Its column.
    asked : Asked
        What the others are.
    settings : Settings
        Level of confidence, range of the outcome and seed.
    refit : callable
        ``(sample, covariates, weights) -> Estimate``: the headline on other rows.
    headline : Estimate
        As the study has it.
    gaps : tuple of str
        Covariates with missing cells.
    """

    data: Columns
    outcome: str
    asked: Asked
    settings: Settings
    refit: Refit
    headline: Estimate
    gaps: tuple[str, ...] = field(default=())

    @property
    def y(self) -> Float:
        """Return the outcome, NaN where it is lost."""
        return self.data[self.outcome]


def rows_of(
    sample: Sample, headline: Estimate, asked: Asked, settings: Settings, refit: Refit
) -> Rows:
    """Return all rows of a sample for the rules.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    headline : Estimate
        What its design found.
    asked : Asked
        Its columns.
    settings : Settings
        How it estimates.
    refit : callable
        The design's headline on other rows.
    """
    named = (asked.treated, *asked.covariates, asked.cluster, asked.weights, *asked.others)
    names = tuple(dict.fromkeys(one for one in (sample.outcome, *named, asked.strata) if one))
    data = dict(sample.everyone(names))
    gaps = tuple(one for one in asked.covariates if missing(data[one]).any())
    return Rows(data, sample.outcome, asked, settings, refit, headline, gaps)


def indicated(data: Mapping[str, NDArray[Any]], gaps: tuple[str, ...]) -> tuple[Columns, Columns]:
    """Return columns whose gaps are filled by a constant, and a column of each gap.

    Parameters
    ----------
    data : mapping of str to ndarray
        Columns, missing where they are missing.
    gaps : tuple of str
        Those that are filled: numbers by their mean, which no estimate depends on beside the
        indicator; text by a level of its own, which needs none.

    Raises
    ------
    Refused
        ``all_missing``.
    """
    filled: Columns = dict(data)
    added: Columns = {}
    for name in gaps:
        values, empty = data[name], missing(data[name])
        if empty.all():
            raise Refused(
                "all_missing",
                f"{shown(name)} is missing in every row",
                "leave the column out, or complete its cells",
            )
        if values.dtype.kind in "OU":
            filled[name] = np.where(empty, _unused(values), values).astype(object)
            continue
        filled[name] = np.where(empty, np.nanmean(np.sort(values)), values)
        mark = f"{name} missing"
        while mark in data or mark in added:
            mark += "'"
        added[mark] = empty.astype(np.float64)
    return filled, added


def _unused(values: NDArray[Any]) -> str:
    name = UNKNOWN
    while (values == name).any():
        name += "'"
    return name


def pooled(found: list[Estimate]) -> Estimate:
    """Return one row over completed data sets by Rubin's rules.

    Parameters
    ----------
    found : list of Estimate
        The same row of each.

    Returns
    -------
    Estimate
        The row itself where no missing cell bears on it. Where limits come from more than the standard error, such as a hull with a test, they
        reach at least as far as those of any one data set, and the p-value is the largest.

    Raises
    ------
    Refused
        ``too_few_imputations``.
    """
    first = found[0]
    if all(row == first for row in found):
        return first
    one = rubin(
        np.array([row.estimate for row in found]),
        np.array([row.std_error**2 for row in found]),
        min(inf if row.df is None else row.df for row in found),
    )
    df = None if one.df == inf else one.df
    error = sqrt(one.variance)
    half = t_quantile((1 + first.conf_level) / 2, df) * error
    low, high, p = one.value - half, one.value + half, two_sided_p(one.value / error, df)
    if any(row.interval_method for row in found):
        low, high = (
            min([low, *(r.conf_low for r in found)]),
            max([high, *(r.conf_high for r in found)]),
        )
        p = max([p, *(row.p_value for row in found if row.p_value is not None)])
    return replace(
        first,
        estimate=one.value,
        std_error=error,
        df=df,
        conf_low=low,
        conf_high=high,
        p_value=None if first.p_value is None else p,
        method=f"{first.method}, {len(found)} imputations",
        std_error_method=f"{first.std_error_method} and Rubin's rules",
        call_r=None,
        call_stata=None,
        band_low=None,
        band_high=None,
    )
