"""Effects of an interacted regression, averaged over those they are asked of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from evaluate.inference.assignment import Assignment
from evaluate.inference.linear import Float, Spread
from evaluate.inference.treatment import TreatmentFit


@dataclass(frozen=True, slots=True)
class Averaged:
    """An interacted model and its effect averaged over a group.

    Attributes
    ----------
    fitted : TreatmentFit
        The model; its contrast is that of the mean effect.
    variance : float
        What is added to the effect's variance because the group is itself a sample.
    """

    fitted: TreatmentFit
    variance: float

    def spread(self, of_model: Spread) -> Spread:
        """Return the uncertainty of the mean effect, given that of the model at fixed means."""
        return replace(of_model, std_error=sqrt(of_model.std_error**2 + self.variance))


def averaged(fitted: TreatmentFit, assignment: Assignment, *, treated: bool) -> Averaged:
    """Return the mean effect over the treated, or over all.

    With columns (1, T, w, T w) the effect at w is that of T plus w times the slopes of T w. Its
    mean is that at the group's mean of w, whose own variance counts: other people of the same
    kind would have another mean.

    Parameters
    ----------
    fitted : TreatmentFit
        An interacted model of one treatment, or one without interactions.
    assignment : Assignment
        Who is treated.
    treated : bool
        Whether over the treated alone.

    References
    ----------
    Imbens & Wooldridge (2009), Journal of Economic Literature 47(1), section 5.3. R
    ``marginaleffects::avg_comparisons(lm(y ~ t * x), variables = "t", newdata = subset(d, t == 1))``
    for the estimate; its standard error takes the means as fixed.
    """
    number = (fitted.maps.shape[1] - 2) // 2
    own = fitted.maps[:, 2 : 2 + number]
    if fitted.maps.shape[1] != 2 + 2 * number or not number or not _has_slopes(fitted, assignment):
        return Averaged(fitted, 0.0)
    cells = np.flatnonzero(assignment.treated > 0) if treated else np.arange(len(own))
    size = own.shape[2]
    cross = fitted.cells.cross[cells]
    n = float(cross[:, 0, 0].sum())
    mean = np.einsum("gij,gj->i", own[cells], cross[:, 0, :size]) / n
    contrast = fitted.contrasts[:1].copy()
    contrast[0, -number:] += mean
    slopes = fitted.fit.coefficients[-number:]
    # Of each row, slopes times (w less its mean): one affine map of the row by cell.
    line = np.einsum("i,gij->gj", slopes, own[cells])
    line[:, 0] -= float(slopes @ mean)
    found = replace(fitted, contrasts=contrast, effects=contrast @ fitted.fit.coefficients)
    return Averaged(found, _variance(found, assignment, cells, line) / n**2)


def _has_slopes(fitted: TreatmentFit, assignment: Assignment) -> bool:
    """Return whether the last columns are treatment times the ones before."""
    number = (fitted.maps.shape[1] - 2) // 2
    own, times = fitted.maps[:, 2 : 2 + number], fitted.maps[:, 2 + number :]
    return bool(np.allclose(times, assignment.treated[:, None, None] * own, rtol=0, atol=0))


def _variance(
    fitted: TreatmentFit, assignment: Assignment, cells: np.typing.NDArray[np.int64], line: Float
) -> float:
    """Return the sum of squares of the line's values, summed within clusters first."""
    size = line.shape[1]
    if assignment.cluster is None:
        powers = fitted.cells.powers
        cross = fitted.cells.cross if powers is None else powers[2]
        return float(np.einsum("gi,gij,gj->", line, cross[cells, :size, :size], line))
    sums = np.einsum("gi,gi->g", line, fitted.cells.cross[cells, 0, :size])
    by_cluster = np.bincount(assignment.cluster[cells], sums)
    held = len(np.unique(assignment.cluster[cells]))
    return float(by_cluster @ by_cluster) * held / max(held - 1, 1)
