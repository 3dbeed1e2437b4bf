"""Sums over rows of a fitted model, whatever the rows weigh."""

from __future__ import annotations

from dataclasses import replace

from evaluate.data.moments import Moments, RowModel, RowMoments
from evaluate.data.sample import Sample
from evaluate.inference.arms import RowWeights
from evaluate.inference.individual import constant_rows


def weighted_rows(
    sample: Sample, cells: Moments, model: RowModel, weights: RowWeights
) -> RowMoments:
    """Return the sums over rows of a fit; a cell's own weight goes into the model.

    Parameters
    ----------
    sample : Sample
        The rows.
    cells : Moments
        Moments of the model's covariates and, last, the outcome, by cell.
    model : RowModel
        The fit, towards one contrast.
    weights : RowWeights
        Of the rows.
    """
    if weights.column is None and weights.scale is None:
        return sample.row_moments(model) if model.columns else constant_rows(model, cells)
    if model.square is not None:
        model = replace(model, scale=weights.scale)
    return sample.row_moments(model, weights=weights.column, kind=weights.kind)
