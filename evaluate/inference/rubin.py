"""One estimate out of several, each from data whose gaps were filled in by chance."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isinf

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.linear import Float

FEWEST = 2  # completed data sets: of one nothing shows what was not known


@dataclass(frozen=True, slots=True)
class Pooled:
    """An estimate over completed data sets.

    Attributes
    ----------
    value : float
        Mean of the estimates.
    variance : float
        Of the value: within, and between times 1 + 1 / m.
    df : float
        Degrees of freedom; infinite is normal.
    within, between : float
        Mean of the variances, and variance of the estimates.
    share : float
        Part of the variance that is due to what is missing, 0 to 1.
    imputations : int
        How many data sets.
    """

    value: float
    variance: float
    df: float
    within: float
    between: float
    share: float
    imputations: int


def rubin(values: Float, variances: Float, df: float = inf) -> Pooled:
    """Return the estimate over completed data sets with the uncertainty of what was missing.

    Parameters
    ----------
    values, variances : ndarray, shape (m,)
        Estimate and squared standard error from each completed data set.
    df : float
        Degrees of freedom if nothing had been missing; infinite is normal.

    Raises
    ------
    Refused
        ``too_few_imputations``.

    References
    ----------
    Rubin, D. B. (1987). Multiple imputation for nonresponse in surveys, section 3.1. Degrees of
    freedom: Barnard, J. & Rubin, D. B. (1999). Small-sample degrees of freedom with multiple
    imputation. Biometrika 86(4), equation 3. R ``mice::pool.scalar`` gives the same numbers,
    Stata ``mi estimate`` too.
    """
    m = len(values)
    if m < FEWEST:
        raise Refused(
            "too_few_imputations",
            "from a single completed data set nothing shows what was not known",
            "ask for 20 imputations",
        )
    within, between = float(np.mean(variances)), float(np.var(values, ddof=1))
    extra = (1 + 1 / m) * between
    total = within + extra
    share = extra / total if total > 0 else 0.0
    return Pooled(
        value=float(np.mean(values)),
        variance=total,
        df=_df(m, share, df),
        within=within,
        between=between,
        share=share,
        imputations=m,
    )


def _df(m: int, share: float, complete: float) -> float:
    """Return Barnard and Rubin's degrees of freedom."""
    of_draws = (m - 1) / share**2 if share > 0 else inf
    if isinf(complete):
        return of_draws
    of_data = (complete + 1) / (complete + 3) * complete * (1 - share)
    if isinf(of_draws):
        return of_data
    return of_draws * of_data / (of_draws + of_data)
