"""Values for the missing cells of one column, drawn from what the other columns say of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.comparison import Bools, Ints
from evaluate.inference.linear import Float

DONORS = 5
# Of standardised predictors, in parts of their number of rows: below it a direction is none.
_NO_DIRECTION = 1e-8
_REPEATED = 0.1  # part of the values that may be repeated in a column drawn as normal
_NEAR = 1.75  # standard deviations from the mean to the nearest end of a column that is bounded
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Fitted:
    """A regression, and one draw of what it might have been.

    Attributes
    ----------
    fitted : ndarray, shape (n_known,)
        What it says of the rows whose value is known.
    drawn : ndarray, shape (n_missing,)
        What the drawn coefficients say of the others.
    sd : float
        Drawn standard deviation of the residual.
    """

    fitted: Float
    drawn: Float
    sd: float


def from_donors(values: Float) -> bool:
    """Return whether a column's missing cells take values of other rows.

    So do columns with repeated values, such as codes, counts and earnings that are often 0, and
    those that end near their mean, as bounded and skewed ones do: a normal draw would be a value
    that they cannot have.

    Parameters
    ----------
    values : ndarray, shape (n_known,)
        The known values.
    """
    spread = float(values.std())
    if len(np.unique(values)) < (1 - _REPEATED) * len(values) or spread == 0:
        return True
    mean = float(values.mean())
    return min(mean - float(values.min()), float(values.max()) - mean) < _NEAR * spread


def draw_normal(x: Float, y: Float, known: Bools, rng: np.random.Generator) -> Float:
    """Return draws for the rows that are not known, from a normal linear regression.

    Parameters
    ----------
    x : ndarray, shape (n, p)
        Predictors of all rows.
    y : ndarray, shape (n,)
        The column; what stands in rows that are not known does not count.
    known : ndarray of bool, shape (n,)
        Whose value is known.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    ndarray, shape (n_missing,)
        With coefficients and residual variance drawn too, from flat priors.

    Raises
    ------
    Refused
        ``too_few_observed``.

    References
    ----------
    Rubin (1987), Multiple imputation for nonresponse in surveys, example 5.1; R ``mice.impute.norm``
    draws from the same distribution.
    """
    fit = _fit(x, y, known, rng)
    return fit.drawn + fit.sd * rng.standard_normal(len(fit.drawn))


def draw_donors(x: Float, y: Float, known: Bools, rng: np.random.Generator) -> Float:
    """Return known values of rows of which the regression says nearly the same.

    Parameters
    ----------
    x : ndarray, shape (n, p)
        Predictors of all rows.
    y : ndarray, shape (n,)
        The column.
    known : ndarray of bool, shape (n,)
        Whose value is known.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    ndarray, shape (n_missing,)
        Each the value of one row, drawn among the five nearest and all as near as the fifth.

    Raises
    ------
    Refused
        ``too_few_observed``.

    References
    ----------
    Little, R. J. A. (1988). Missing-data adjustments in large surveys. Journal of Business &
    Economic Statistics 6(3). Fitted values stand against drawn ones, as in R ``mice.impute.pmm``.
    """
    fit = _fit(x, y, known, rng)
    order = np.argsort(fit.fitted, kind="stable")
    near, values = fit.fitted[order], y[known][order]
    k = min(DONORS, len(near))
    start = np.clip(np.searchsorted(near, fit.drawn) - k, 0, max(len(near) - 2 * k, 0))
    window = start[:, None] + np.arange(min(2 * k, len(near)))
    distance = np.abs(near[window] - fit.drawn[:, None])
    reach = np.partition(distance, k - 1, axis=1)[:, k - 1]
    # Ties count within rounding: whoever is as near as the fifth may be the donor.
    reach = reach + 1e-9 * (float(near[-1] - near[0]) + reach)
    first = np.searchsorted(near, fit.drawn - reach, side="left")
    last = np.searchsorted(near, fit.drawn + reach, side="right")
    chosen: Ints = first + np.floor(rng.random(len(first)) * (last - first)).astype(np.int64)
    return values[chosen]


def draw_levels(x: Float, codes: Ints, known: Bools, rng: np.random.Generator) -> Ints:
    """Return levels for the rows that are not known, one level against the rest after another.

    Parameters
    ----------
    x : ndarray, shape (n, p)
        Predictors of all rows.
    codes : ndarray of int, shape (n,)
        Level of each row, from 0.
    known : ndarray of bool, shape (n,)
        Whose level is known.
    rng : numpy.random.Generator
        Source of chance.

    Returns
    -------
    ndarray of int, shape (n_missing,)
        Levels of donors; the commonest level is decided first.

    Raises
    ------
    Refused
        ``too_few_observed``.
    """
    counts = np.bincount(codes[known])
    levels = [int(one) for one in np.argsort(-counts, kind="stable") if counts[one]]
    found = np.full(len(codes), levels[-1])
    found[known] = codes[known]
    open_ = ~known
    for at, level in enumerate(levels[:-1]):
        if not open_.any():
            break
        rest = (known & np.isin(codes, levels[at:])) | open_
        drawn = draw_donors(
            x[rest], (found[rest] == level).astype(np.float64), known[rest], rng
        ).astype(bool)
        places = np.flatnonzero(open_)
        found[places[drawn]] = level
        open_[places[drawn]] = False
    return found[~known]


def _fit(x: Float, y: Float, known: Bools, rng: np.random.Generator) -> Fitted:
    n = int(known.sum())
    if n < _FEWEST:
        raise Refused(
            "too_few_observed",
            "a column with missing cells is known in fewer than three rows of a group",
            "leave the column out, or complete its cells",
        )
    mean, spread = x[known].mean(axis=0), x[known].std(axis=0)
    there = spread > 1e-12 * (1 + np.abs(mean))
    z = (x[:, there] - mean[there]) / spread[there]
    size, turned = np.linalg.eigh(z[known].T @ z[known])
    used = size > _NO_DIRECTION * n
    if used.sum() > n - _FEWEST:  # more predictors than rows: the strongest directions
        used = size >= np.sort(size)[::-1][max(n - _FEWEST - 1, 0)]
    turned, size = turned[:, used], size[used]
    along = z @ turned
    centre = float(y[known].mean())
    slopes = (along[known].T @ (y[known] - centre)) / size
    fitted = centre + along[known] @ slopes
    df = max(n - 1 - len(size), 1)
    rest = float(np.sum((y[known] - fitted) ** 2))
    sd = float(np.sqrt(rest / rng.chisquare(df)))
    lifted = centre + sd * float(rng.standard_normal()) / np.sqrt(n)
    drawn = slopes + sd * rng.standard_normal(len(slopes)) / np.sqrt(size)
    return Fitted(fitted, lifted + along[~known] @ drawn, sd)
