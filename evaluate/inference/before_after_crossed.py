"""One group before and after a start, of other people each time."""

from __future__ import annotations

from typing import cast

import numpy as np

from evaluate.data.moments import Moments
from evaluate.data.sample import Sample
from evaluate.inference.assignment import numbered
from evaluate.inference.before_after import BeforeAfterColumns, Changed, treated_only
from evaluate.inference.clustered import ClusterStdError, cluster_spread
from evaluate.inference.design_rows import treatment_model
from evaluate.inference.individual import (
    IndividualStdError,
    constant_rows,
    individual_spread,
    row_model,
)
from evaluate.inference.linear import Float, GroupMoments, Spread, fit
from evaluate.inference.treatment import fit_terms


def crossed(sample: Sample, columns: BeforeAfterColumns, name: str, std_error: str) -> Changed:
    """Return how the mean of a column differs after and before, among other people each time.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    columns : BeforeAfterColumns
        Rows are summed by ``cluster``, where it is named.
    name : str
        The outcome or a covariate.
    std_error : str
        Of clusters, or of rows where none is named.

    Raises
    ------
    Refused
        With the codes of ``cluster_spread`` and ``individual_spread``.

    References
    ----------
    Without clusters R ``t.test(after, before)`` has the same standard error (Welch).
    """
    names = (columns.treated, columns.cluster, columns.post)
    by = tuple(dict.fromkeys(one for one in names if one))
    cells = treated_only(sample.moments((name,), by), columns.treated)
    n, after = int(cells.n.sum()), cells.labels[columns.post].astype(np.float64)
    n_after = int(cells.n[after == 1].sum())
    if columns.cluster is None:
        labels = {columns.post: cells.labels[columns.post]}
        part = Moments(cells.columns, cells.centre, labels, cells.n, cells.cross)
        value, found = _of_rows(part, after, std_error)
        return Changed(value, found, n, n_after, None)
    maps = np.column_stack([np.ones(len(after)), after])
    cluster = numbered(cells.labels[columns.cluster])
    size = int(cluster.max()) + 1
    xx, xy = np.zeros((size, 2, 2)), np.zeros((size, 2))
    np.add.at(xx, cluster, maps[:, :, None] * maps[:, None, :] * cells.cross[:, :1, :1])
    np.add.at(xy, cluster, maps * cells.cross[:, 0, 1:])
    yy = np.bincount(cluster, cells.cross[:, 1, 1], minlength=size).astype(np.float64)
    counts = np.bincount(cluster, cells.n, minlength=size).astype(np.int64)
    moments = GroupMoments(counts, xx, xy, yy)
    fitted = fit(moments)
    spread = cluster_spread(moments, fitted, np.array([0.0, 1.0]), cast(ClusterStdError, std_error))
    return Changed(float(fitted.coefficients[1]), spread, n, n_after, size)


def _of_rows(part: Moments, after: Float, std_error: str) -> tuple[float, Spread]:
    model = treatment_model(part, after[:, None], ())
    fitted = fit_terms(part, model, None)
    rows = constant_rows(row_model((), part.labels, fitted.maps, fitted.fit, fitted.contrast), part)
    found = individual_spread(
        fitted.groups,
        fitted.fit,
        fitted.contrast,
        rows,
        fitted.maps,
        std_error=cast(IndividualStdError, std_error),
    )
    return fitted.effect, found
