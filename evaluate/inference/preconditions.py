"""What must hold before anything is compared: rows, an outcome that varies, two arms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float
from evaluate.data.sample import Sample
from evaluate.errors import Refused

# Differences of numbers this much larger are rounding; numbers beyond cannot be squared.
_ROUNDING, _LEAST = 1e-13, 1e-100


def require_variation(
    sample: Sample, covariates: Sequence[str], weights: str | None = None
) -> tuple[str, ...]:
    """Return the covariates that do not vary; refuse an outcome that does not.

    Parameters
    ----------
    sample : Sample
        The rows.
    covariates : sequence of str
        Columns measured before.
    weights : str or None
        Column of weights: rows of weight zero are left out.

    Raises
    ------
    Refused
        ``no_rows``, ``not_finite``, ``not_a_number``, ``constant_outcome``.
    """
    names = (*covariates, sample.outcome)
    summary = sample.summary(names, weights)
    if not summary.n:
        raise Refused(
            "no_rows", "no row has an outcome", "check the outcome's column and data.where"
        )
    spans = dict(zip(names, zip(summary.low, summary.high, summary.mean, strict=True), strict=True))
    endless = [name for name, span in spans.items() if not np.isfinite(span).all()]
    if endless:
        raise Refused(
            "not_finite",
            f"{', '.join(endless)} holds an infinite number, or none where one is needed",
            "correct the column, or declare the code that means missing",
        )
    size = {name: max(abs(low), abs(high)) for name, (low, high, _) in spans.items()}
    constant = tuple(
        name for name, (low, high, _) in spans.items() if high - low <= _ROUNDING * size[name]
    )
    extreme = [
        name for name in names if name not in constant and not _LEAST < size[name] < 1 / _LEAST
    ]
    if extreme:
        raise Refused(
            "not_a_number",
            f"{', '.join(extreme)} holds numbers so large or small that their squares are none",
            "express the outcome and the covariates in units of a usual size",
        )
    if sample.outcome in constant:
        raise Refused(
            "constant_outcome",
            "the outcome is the same in every row, so that no effect can be told from none",
            "check the outcome's column, or choose an outcome that varies",
        )
    return constant


def treatment_of(values: NDArray[np.generic]) -> Float:
    """Return a treatment as numbers; text is refused, also where it reads 0 and 1.

    Parameters
    ----------
    values : ndarray, shape (g,)
        Treatment of each row or cell.

    Returns
    -------
    ndarray of float, shape (g,)
        The same as numbers.

    Raises
    ------
    Refused
        ``treatment_not_binary``.
    """
    # Rows are counted by these values too, where the text "1" is not the number 1.
    kind = values.dtype.kind
    if kind in "US" or (kind == "O" and any(isinstance(one, str) for one in values.tolist())):
        raise Refused(
            "treatment_not_binary",
            "the treatment is text, not the numbers 0 and 1",
            "derive a column that is 1 for the treated and 0 for the comparison group",
        )
    return values.astype(np.float64)


def require_both_arms(arm: Float) -> None:
    """Refuse a treatment that is not yes or no, or an arm without rows.

    Parameters
    ----------
    arm : ndarray, shape (g,)
        Treatment of each cell.

    Raises
    ------
    Refused
        ``treatment_not_binary``, ``no_comparison``, ``no_treated``.
    """
    if not set(arm.tolist()) <= {0.0, 1.0}:
        raise Refused(
            "treatment_not_binary",
            "the treatment holds other values than 0 and 1",
            "derive a column that is 1 for the treated and 0 for the comparison group",
        )
    if (arm == 1).all():
        raise Refused(
            "no_comparison",
            "no row with an outcome is in the comparison group",
            "check the treatment's column and data.where",
        )
    if (arm == 0).all():
        raise Refused(
            "no_treated",
            "no row with an outcome is treated",
            "check the treatment's column and data.where",
        )
