"""Least squares from moments: nothing here ever sees a row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused

Float = NDArray[np.float64]

# Of X'X with X's columns scaled to length one: X itself then has 1e6. Whether what is left of a
# contrast's digits is enough, ``require_digits`` says.
CONDITION_LIMIT = 1e12
# Relative error of a sum of products, whatever the number of rows: engines sum with compensation.
ROUNDING = 1e-15
# Relative error that nine printed digits bear.
CERTAIN = 1e-9
# A perfect fit, in units of the outcome's standard deviation: squares from moments are
# certain to 1e-16, so their roots to 1e-8.
NOTHING_LEFT = 1e-7
# Below one a t distribution's limits say nothing of an effect; less what is rounding.
LEAST_DF = 1 - 1e-9


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
    both = np.outer(scale, scale)
    scaled = xx * both
    values = np.linalg.eigvalsh(scaled)
    if values[0] * CONDITION_LIMIT < values[-1]:
        raise Refused(
            "collinear",
            "the columns of the model are linearly dependent, or so nearly that fewer than"
            " four digits of the coefficients are certain",
            "remove covariates that follow from others, from treatment or from strata",
        )
    # By Cholesky's factors, whose errors stay within the columns that depend on each other.
    root = np.linalg.inv(np.linalg.cholesky(scaled))
    bread = root.T @ root * both
    coefficients = bread @ xy
    coefficients += bread @ (xy - xx @ coefficients)
    residual = float(groups.yy.sum() - coefficients @ xy)
    return Fit(coefficients, bread, n, k, max(residual, 0.0))


def require_digits(groups: GroupMoments, fitted: Fit, contrast: Float) -> None:
    """Refuse a contrast whose nine printed digits are not certain.

    With lengths s of the columns and M = (X'X)^-1, rounding of moments can move c'b by
    ``ROUNDING`` times (sum of |M c| s) (length of y + sum of s |b|), and c'Mc, the square of
    its standard error, by ``ROUNDING`` times the square of the first factor. The estimate
    itself is held against its standard error where that is larger: an estimate of zero has
    no first digit.

    Parameters
    ----------
    groups : GroupMoments
        What was fitted.
    fitted : Fit
        The fit.
    contrast : ndarray, shape (k,)
        Weights of the coefficients.

    Raises
    ------
    Refused
        ``collinear``; ``no_variation`` when so little of the outcome is left unexplained that
        the digits of its square are not certain.

    References
    ----------
    Higham (2002), Accuracy and Stability of Numerical Algorithms, sections 7.2 and 20.4.
    """
    squares = float(groups.yy.sum())
    if CERTAIN * fitted.residual_sum < ROUNDING * squares:
        raise Refused(
            "no_variation",
            "the model leaves less than a millionth of the outcome's variance, too little to"
            " tell chance from rounding",
            "check the outcome's column, or take out what the outcome follows from",
        )
    lengths = np.sqrt(np.diag(groups.xx.sum(axis=0)))
    reach = float(np.abs(fitted.bread @ contrast) @ lengths)
    size = float(np.sqrt(squares) + lengths @ np.abs(fitted.coefficients))
    square = float(contrast @ fitted.bread @ contrast)
    sigma = np.sqrt(fitted.residual_sum / max(fitted.n_obs - fitted.rank, 1))
    value = max(abs(float(contrast @ fitted.coefficients)), float(sigma * np.sqrt(square)))
    if ROUNDING * reach * size > CERTAIN * value or ROUNDING * reach**2 > CERTAIN * square:
        raise Refused(
            "collinear",
            "the columns of the model are so nearly dependent that nine digits of the effect"
            " are not certain",
            "remove covariates that follow from others, from treatment or from strata",
        )


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
