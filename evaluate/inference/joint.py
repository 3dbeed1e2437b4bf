"""Whether several contrasts of a treatment effect are all zero."""

from __future__ import annotations

import numpy as np

from evaluate.data.moments import Float
from evaluate.data.sample import Sample
from evaluate.inference.linear import Spread
from evaluate.inference.treatment import TreatmentFit, treatment_spreads
from evaluate.inference.wald import WaldTest, upper_f, wald_test


def joint_test(sample: Sample, fitted: TreatmentFit, contrasts: Float, std_error: str) -> WaldTest:
    """Return the test that several contrasts are all zero.

    Over clusters it is the approximate Hotelling test. Over individuals the covariance is
    that of the estimator asked for, each entry from the variances of a sum and a difference,
    and the degrees of freedom are the smallest of the contrasts'.

    Parameters
    ----------
    sample : Sample
        The rows behind the fit.
    fitted : TreatmentFit
        The fit.
    contrasts : ndarray, shape (q, k)
        Weights of the coefficients; linearly independent.
    std_error : str
        Estimator for individuals.

    Raises
    ------
    Refused
        With the codes of ``wald_test`` and ``treatment_spreads``.
    """
    if fitted.clustered and not fitted.powers:
        return wald_test(fitted.groups, fitted.fit, contrasts)
    q = len(contrasts)

    def spread(contrast: Float) -> Spread:
        ((_, found),) = treatment_spreads(sample, fitted, (std_error,), contrast)
        return found

    alone = [spread(one) for one in contrasts]
    covariance = np.diag([one.std_error**2 for one in alone])
    for i in range(q):
        for j in range(i):
            both = spread(contrasts[i] + contrasts[j]).std_error ** 2
            shared = (both - covariance[i, i] - covariance[j, j]) / 2
            covariance[i, j] = covariance[j, i] = shared
    value = contrasts @ fitted.fit.coefficients
    f = float(value @ np.linalg.solve(covariance, value)) / q
    df = min(one.df for one in alone)
    return WaldTest(f, q, df, upper_f(f, q, df))
