"""Units of two groups brought into memory from a sample."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.levels import Indicator
from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.comparison import Groups, Ints
from evaluate.inference.linear import Float
from evaluate.inference.preconditions import require_both_arms, treatment_of


@dataclass(frozen=True, slots=True)
class ComparisonColumns:
    """Which columns of a sample hold what.

    Attributes
    ----------
    treated : str
        1 for those with the programme, 0 for the others.
    covariates, exact : tuple of str
        Measured before; within whose levels comparisons must be made.
    cluster, weights : str or None
        What was treated, where that is not the row; sampling weights.
    numbers : tuple of str
        Covariates of which a method needs the size.
    """

    treated: str
    covariates: tuple[str, ...]
    exact: tuple[str, ...] = ()
    cluster: str | None = None
    weights: str | None = None
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """Units, and what their covariates' names leave unsaid.

    Attributes
    ----------
    groups : Groups
        The units.
    first : mapping of str to str
        For each text column among the covariates the level without an indicator.
    constant : tuple of str
        Covariates that do not vary, and were left out.
    """

    groups: Groups
    first: Mapping[str, str]
    constant: tuple[str, ...]


def read_groups(sample: Sample, columns: ComparisonColumns) -> Read:
    """Return the rows with an outcome as two groups in memory.

    Parameters
    ----------
    sample : Sample
        The rows.
    columns : ComparisonColumns
        Which columns hold what.

    Raises
    ------
    Refused
        ``treatment_not_binary``, ``no_treated`` or ``no_comparison`` by the treatment's values;
        ``negative_weights`` when one is below 0 or none is above; ``too_few_units`` when a side
        has fewer than two; ``nothing_to_match`` when no covariate varies; ``not_finite`` when
        the outcome or a covariate holds what is no finite number; ``text_is_no_number``.
    """
    names = sample.expand(columns.covariates)
    _require_numbers(columns, {one.column for one in names if isinstance(one, Indicator)})
    further = [columns.treated, *columns.exact]
    further += [one for one in (columns.cluster, columns.weights) if one]
    held = sample.columns((*names, *further, sample.outcome))
    treated = treatment_of(np.asarray(held[columns.treated]))
    require_both_arms(treated)
    weights = _weights(held[columns.weights]) if columns.weights else None
    kept = np.ones(len(treated), bool) if weights is None else weights > 0
    x = np.column_stack([_numbers(held[name]) for name in names])[kept]
    y = np.asarray(held[sample.outcome], dtype=np.float64)[kept]
    _require_finite({sample.outcome: y, **dict(zip(names, x.T, strict=True))})
    varies = x.max(axis=0) > x.min(axis=0)
    on = treated[kept] == 1
    if min(int(on.sum()), int((~on).sum())) < _FEWEST:
        raise Refused(
            "too_few_units",
            "a group has fewer than two units with an outcome",
            "check the treatment column and `data.where`",
        )
    if not varies.any() and not columns.exact:
        raise Refused(
            "nothing_to_match", "no covariate varies", "name covariates that differ between units"
        )
    groups = Groups(
        y=y,
        treated=on,
        x=np.ascontiguousarray(x[:, varies]),
        names=tuple(name for name, one in zip(names, varies, strict=True) if one),
        cluster=_codes([np.asarray(held[columns.cluster])[kept]]) if columns.cluster else None,
        weights=None if weights is None else weights[kept] / weights[kept].mean(),
        exact=_codes([np.asarray(held[name])[kept] for name in columns.exact])
        if columns.exact
        else None,
    )
    text = {one.column for one in names if isinstance(one, Indicator)}
    first = {column: str(sample.levels(column)[0]) for column in text}
    constant = tuple(name for name, one in zip(names, varies, strict=True) if not one)
    return Read(groups, first, constant)


_FEWEST = 2


def _numbers(values: NDArray[Any]) -> Float:
    """Return a column as numbers; text stands here only where it has a single level."""
    if values.dtype.kind in "OUS":
        return np.zeros(len(values))
    return np.asarray(values, dtype=np.float64)


def _require_numbers(columns: ComparisonColumns, text: Collection[str]) -> None:
    wrong = [name for name in columns.numbers if name in text]
    if wrong:
        raise Refused(
            "text_is_no_number",
            f"{', '.join(wrong)}: `bins` or `squares` of a text, which has no size",
            "delete them there: each level of a text is compared by itself",
        )


def _require_finite(columns: Mapping[str, Float]) -> None:
    wrong = [name for name, values in columns.items() if not np.isfinite(values).all()]
    if wrong:
        raise Refused(
            "not_finite",
            f"{', '.join(wrong)}: a value is infinite, and has no distance to any other",
            "correct the values, or leave such rows out with `data.where`",
        )


def _weights(values: Float) -> Float:
    weights = np.asarray(values, dtype=np.float64)
    if not np.isfinite(weights).all() or (weights < 0).any() or not (weights > 0).any():
        raise Refused(
            "negative_weights",
            "a weight is missing or below zero, or none is above",
            "correct the column of weights",
        )
    return weights


def _codes(columns: Sequence[NDArray[np.generic]]) -> Ints:
    """Return the place of each row's combination of levels, from 0."""
    codes = np.zeros(len(columns[0]), np.int64)
    for values in columns:
        levels, at = np.unique(values, return_inverse=True)
        codes = np.unique(codes * len(levels) + at, return_inverse=True)[1]
    return codes.astype(np.int64)
