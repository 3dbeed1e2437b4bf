"""Weights of rows: what each kind means, and what an engine must know before it uses them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Literal

from evaluate.errors import Refused

WeightKind = Literal["frequency", "inverse_variance", "probability"]

# The largest sum of repeated rows that float64 counts exactly.
_LARGEST = 2.0**53
# Squares below this lose digits, or are 0.
_LEAST = 1e-290


@dataclass(frozen=True, slots=True)
class WeightSummary:
    """Weights over the rows with an outcome.

    Attributes
    ----------
    n : int
        Rows with a positive weight: the used ones.
    n_zero : int
        Rows with weight zero, which are left out.
    total, mean : float
        Sum and mean of the positive weights.
    largest_share : float
        The largest weight as a share of the sum, 0 to 1.
    effective_n : float
        (sum of w)^2 / (sum of w^2): Kish's effective number of rows, at most ``n``.
    whole : bool
        Whether all are whole numbers.

    References
    ----------
    Kish (1965), Survey Sampling, section 11.7.
    """

    n: int
    n_zero: int
    total: float
    mean: float
    largest_share: float
    effective_n: float
    whole: bool


def weight_summary(found: Mapping[str, float]) -> WeightSummary:
    """Return what an engine counted as a summary, or refuse weights that mean nothing.

    Parameters
    ----------
    found : mapping of str to float
        Over the rows with an outcome: ``missing``, ``negative``, ``zero``, ``positive`` and
        ``fractional`` count weights; ``total``, ``squares`` and ``largest`` are sums over the
        positive ones and their maximum.

    Raises
    ------
    Refused
        ``missing_weights``, ``negative_weights``, ``no_weights``, ``weights_out_of_range``.
    """
    if found["missing"]:
        raise Refused(
            "missing_weights",
            f"{found['missing']:.0f} rows have no weight, and would be left out silently",
            "complete the weights, or leave such rows out with `where`",
        )
    if found["negative"]:
        raise Refused(
            "negative_weights",
            f"{found['negative']:.0f} rows have a negative weight",
            "correct the weights: nobody stands for fewer than no people",
        )
    if not found["positive"]:
        raise Refused(
            "no_weights", "no row with an outcome has a positive weight", "correct the weights"
        )
    total, squares = found["total"], found["squares"]
    if not (_LEAST < squares < inf and total < inf):
        raise Refused(
            "weights_out_of_range",
            "the weights are so large or so small that their squares leave the range of numbers",
            "divide them by a constant: only their ratios matter",
        )
    return WeightSummary(
        n=int(found["positive"]),
        n_zero=int(found["zero"]),
        total=total,
        mean=total / found["positive"],
        largest_share=found["largest"] / total,
        effective_n=total * (total / squares),
        whole=not found["fractional"],
    )


def unit_of(summary: WeightSummary, kind: WeightKind) -> float:
    """Return what weights are divided by: 1 for frequencies, else their mean, to 15 digits.

    Parameters
    ----------
    summary : WeightSummary
        Of the column.
    kind : {"frequency", "inverse_variance", "probability"}
        What a weight means.

    Raises
    ------
    Refused
        ``weights_not_whole`` when frequencies are not whole numbers, or too many.
    """
    if kind != "frequency":
        return float(f"{summary.mean:.15g}")
    if not summary.whole or summary.total > _LARGEST:
        raise Refused(
            "weights_not_whole",
            "a frequency says how many equal rows one row stands for, and these are not all"
            " whole numbers",
            "correct the weights, or say that they are probability weights",
        )
    return 1.0
