"""A second pass in better columns, where moments of the columns as they are lose digits.

Least squares from moments lose as many digits as the square of the columns' condition
number has. Moments of orthogonal combinations of them lose next to none; the combinations come
from the first pass (CholeskyQR, done twice). A treatment's effect is the same in any basis
of the covariates.
"""

from __future__ import annotations

import numpy as np

from evaluate.data.levels import Indicator
from evaluate.data.moments import Float, Moments
from evaluate.inference.linear import CONDITION_LIMIT, ROUNDING

# Condition number of the covariates' correlations above which a second pass is worth its time.
REFINE_ABOVE = 1e6
# Share of the outcome's variance that covariates leave, below which residuals lose digits.
REFINE_BELOW = 1e-6
# Share that is rounding after the first pass.
NOTHING = 1e-12


def refining_basis(moments: Moments, covariates: int | None = None) -> Float | None:
    """Return the basis for a second pass, or ``None`` where the first was good enough.

    Parameters
    ----------
    moments : Moments
        Moments by cell; the first columns are covariates, the last is the outcome.
    covariates : int or None
        Number of covariates; ``None`` is all columns but the outcome. Columns between them
        and the outcome stay as they are.

    Returns
    -------
    ndarray, shape (p, p), or None
        For ``Sample.moments``: upper triangular with ones on the diagonal, so that each
        covariate loses what earlier ones explain, and the outcome what all explain;
        indicators stay as they are. ``None``
        too where covariates depend on each other so nearly that no basis helps: ``fit`` then
        refuses.

    References
    ----------
    Yamamoto, Nakatsukasa, Yanagisawa & Fukaya (2015), Electronic Transactions on Numerical
    Analysis 44, Algorithm 2.
    """
    size = len(moments.columns)
    number = size - 1 if covariates is None else covariates
    keep = [i for i in range(number) if not isinstance(moments.columns[i], Indicator)]
    if not keep:
        return None
    pooled = moments.cross.sum(axis=0)
    mean = pooled[0, 1:] / pooled[0, 0]
    about = pooled[1:, 1:] - pooled[0, 0] * np.outer(mean, mean)
    inside, last = np.ix_(keep, keep), size - 1
    length = np.sqrt(np.maximum(np.diag(about), 1e-300))
    correlations = about / np.outer(length, length)
    values = np.linalg.eigvalsh(correlations[inside])
    if values[0] * CONDITION_LIMIT < values[-1]:
        return None
    root = np.linalg.inv(np.linalg.cholesky(correlations[inside]))
    explained = root @ correlations[keep, last]
    left = 1 - float(explained @ explained)
    condition = values[-1] / values[0]
    some = left > max(NOTHING, 10 * ROUNDING * condition)
    if condition < REFINE_ABOVE and not (some and left < REFINE_BELOW):
        return None
    basis = np.eye(size)
    basis[inside] = root.T / np.diag(root) * length[keep] / length[keep, None]
    if some:  # else a perfect fit would pass for one to what rounding left
        basis[keep, last] = -(root.T @ explained) * length[last] / length[keep]
    return basis
