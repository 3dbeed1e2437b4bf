"""Least squares from moments: nothing here ever sees a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused

Float = NDArray[np.float64]

# Of X'X with X's columns scaled to length one: X itself then has 1e6. Moments are certain to
# 16 digits, so that at the limit coefficients have lost 12 and about four are left.
CONDITION_LIMIT = 1e12
# A perfect fit, in units of the outcome's standard deviation: squares from moments are
# certain to 1e-16, so their roots to 1e-8.
NOTHING_LEFT = 1e-7
LEAST_DF = 1e-6


@dataclass(frozen=True, slots=True)
class GroupMoments:
    """Moments of a regression by group, such as the assigned cluster.

    Attributes
    ----------
    n : ndarray, shape (g,)
        Rows in each group.
    xx : ndarray, shape (g, k, k)
        X'X of each group.
    xy : ndarray, shape (g, k)
        X'y of each group.
    yy : ndarray, shape (g,)
        y'y of each group. All the better conditioned when y and X are centred.
    """

    n: NDArray[np.int64]
    xx: Float
    xy: Float
    yy: Float


@dataclass(frozen=True, slots=True)
class Fit:
    """A least-squares fit.

    Attributes
    ----------
    coefficients : ndarray, shape (k,)
        In the outcome's unit for each unit of the column.
    bread : ndarray, shape (k, k)
        (X'X)^-1.
    n_obs, rank : int
        Rows, and columns k.
    residual_sum : float
        Sum of squared residuals, never negative.
    """

    coefficients: Float
    bread: Float
    n_obs: int
    rank: int
    residual_sum: float


@dataclass(frozen=True, slots=True)
class Spread:
    """The uncertainty of one contrast.

    Attributes
    ----------
    std_error : float
        In the unit of the contrast; positive.
    df : float
        Degrees of freedom of the reference t distribution; positive.
    """

    std_error: float
    df: float


def fit(groups: GroupMoments) -> Fit:
    """Return the least-squares fit to all groups together.

    Parameters
    ----------
    groups : GroupMoments
        Moments by group.

    Returns
    -------
    Fit
        Same coefficients as R ``lm`` on the rows.

    Raises
    ------
    Refused
        ``too_few_rows`` with no row more than columns; ``collinear`` when X'X, of columns
        each scaled to length one, has a condition number above 1e12 (the columns
        themselves above 1e6): fewer than about four digits would be left.
    """
    xx, xy = groups.xx.sum(axis=0), groups.xy.sum(axis=0)
    n, k = int(groups.n.sum()), xx.shape[0]
    if n <= k:
        raise Refused(
            "too_few_rows",
            f"{n} rows cannot carry a model with {k} coefficients",
            "use fewer covariates or strata, or more rows",
        )
    length = np.sqrt(np.diag(xx))
    scale = np.divide(1.0, length, out=np.zeros(k), where=length > 0)
    values, vectors = np.linalg.eigh(xx * np.outer(scale, scale))
    if values[0] * CONDITION_LIMIT < values[-1]:
        raise Refused(
            "collinear",
            "the columns of the model are linearly dependent, or so nearly that fewer than"
            " four digits of the coefficients are certain",
            "remove covariates that follow from others, from treatment or from strata",
        )
    half = vectors / np.sqrt(values) * scale[:, None]
    bread = half @ half.T
    coefficients = bread @ xy
    residual = float(groups.yy.sum() - coefficients @ xy)
    return Fit(coefficients, bread, n, k, max(residual, 0.0))


def spread(variance: float, df: float, groups: GroupMoments) -> Spread:
    """Return a variance as a standard error, or refuse when nothing is left to judge by.

    Parameters
    ----------
    variance : float
        Of the contrast, in the square of its unit.
    df : float
        Degrees of freedom.
    groups : GroupMoments
        What was fitted; its spread says what counts as zero.

    Raises
    ------
    Refused
        ``no_variation`` when the model fits perfectly, ``no_degrees_of_freedom`` when no
        reference distribution is left.
    """
    n = int(groups.n.sum())
    size = float(np.sqrt(max(groups.yy.sum() / n, 0.0)))
    std_error = float(np.sqrt(max(variance, 0.0)))
    if not std_error > NOTHING_LEFT * size / np.sqrt(n):
        raise Refused(
            "no_variation",
            "the outcome does not vary within the groups that are compared, so that"
            " nothing tells chance from effect",
            "check the outcome's column, or ask for an outcome that varies",
        )
    if not (np.isfinite(df) and df > LEAST_DF):
        raise Refused(
            "no_degrees_of_freedom",
            "too few assigned units are left to estimate uncertainty with",
            "use fewer covariates or strata, or more assigned units",
        )
    return Spread(std_error, float(df))
