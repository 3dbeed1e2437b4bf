"""What an engine gives back: counts, moments and sums over rows, by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Integer = NDArray[np.int64]
Labels = Mapping[str, NDArray[Any]]

# A row with a higher leverage has no residual to judge by.
LEVERAGE_LIMIT = 1 - 1e-8


@dataclass(frozen=True, slots=True)
class Cells:
    """Rows counted by group.

    Attributes
    ----------
    labels : mapping of str to ndarray, each shape (g,)
        The group's value of each column that it was formed by: floats or text. Groups are
        sorted by these, the first column first.
    n : ndarray, shape (g,)
        Rows in each group; never 0.
    """

    labels: Labels
    n: Integer


@dataclass(frozen=True, slots=True)
class Summary:
    """Columns over all rows, one entry for each column.

    Attributes
    ----------
    n : int
        Rows.
    mean, low, high : ndarray, shape (p,)
        Mean, smallest and largest value, in the column's unit; 0 where there are no rows.
    """

    n: int
    mean: Float
    low: Float
    high: Float


@dataclass(frozen=True, slots=True)
class Moments:
    """First and second moments of z = (1, columns - centre) by group.

    Attributes
    ----------
    columns : tuple of str
        The p columns, in order.
    centre : ndarray, shape (p,)
        Overall means, to 15 digits: what was subtracted, so that no sum cancels.
    labels : mapping of str to ndarray, each shape (g,)
        As in ``Cells``.
    n : ndarray, shape (g,)
        Rows in each group that have a positive weight; with frequencies, their sum.
    cross : ndarray, shape (g, p + 1, p + 1)
        Sum over the group's rows of w z z', with weight w = 1 for rows without weights.
    powers : ndarray, shape (3, g, p + 1, p + 1), or None
        Sums of z z', w z z' and w^2 z z', for probability weights.
    basis : ndarray, shape (p, p), or None
        Where given, z is (1, (columns - centre) @ basis) instead.
    """

    columns: tuple[str, ...]
    centre: Float
    labels: Labels
    n: Integer
    cross: Float
    powers: Float | None = None
    basis: Float | None = None

    def only(self, columns: Sequence[str]) -> Moments:
        """Return the moments of some of the columns.

        Raises
        ------
        ValueError
            If the moments are in a basis in which one of them holds part of a column left out.
        """
        at = [self.columns.index(name) for name in columns]
        basis = self.basis
        if basis is not None:
            if np.delete(basis, at, axis=0)[:, at].any():
                raise ValueError("in this basis a column holds part of one that is left out")
            basis = basis[np.ix_(at, at)]
        keep = [0, *(i + 1 for i in at)]
        return replace(
            self,
            columns=tuple(columns),
            centre=self.centre[at],
            cross=self.cross[:, keep][:, :, keep],
            powers=None if self.powers is None else self.powers[:, :, keep][..., keep],
            basis=basis,
        )

    def to_power(self, power: int) -> Moments:
        """Return the same with ``cross`` as the sum of w^power z z', power 0, 1 or 2.

        Raises
        ------
        ValueError
            If no probability weights were used.
        """
        if self.powers is None:
            raise ValueError("only probability weights have powers")
        return replace(self, cross=self.powers[power])


@dataclass(frozen=True, slots=True)
class RowModel:
    """A fitted linear model, written so that an engine can evaluate it row by row.

    With z = (1, covariates - centre) and the arrays of the row's group: the residual is
    outcome - centre of the outcome - z'residual, the leverage is z' leverage z, and the
    row's weight in the contrast, x'(X'X)^-1 c, is z'influence. With a basis, covariates and
    outcome are those of ``Moments`` in the same basis.

    Attributes
    ----------
    columns : tuple of str
        The p covariates.
    labels : mapping of str to ndarray, each shape (g,)
        Groups for which the arrays below hold.
    residual, influence : ndarray, shape (g, p + 1)
        Coefficients.
    leverage : ndarray, shape (g, p + 1, p + 1)
        Symmetric matrices.
    basis : ndarray, shape (p + 1, p + 1), or None
        Of the covariates and, last, the outcome, as in ``Moments``.
    square : ndarray, shape (g, p + 1, p + 1), or None
        With M = (X'WX)^-1, the form z' square z is x'M(X'W^2 X)Mx. Given for probability
        weights, under which errors have equal variance whatever the weights.
    scale : ndarray, shape (g,), or None
        Weight that all rows of a group have besides; given with ``square`` only.
    """

    columns: tuple[str, ...]
    labels: Labels
    residual: Float
    influence: Float
    leverage: Float
    basis: Float | None = None
    square: Float | None = None
    scale: Float | None = None


@dataclass(frozen=True, slots=True)
class RowMoments:
    """Sums over rows that HC0 to HC3 and their degrees of freedom need.

    With e the residual, h the leverage and a = x'(X'X)^-1 c of a row. A row whose leverage is
    above ``LEVERAGE_LIMIT`` has no residual; it enters with h = 0, and is counted in ``alone``.
    With frequencies each row counts as often as it says. With other weights x and e are those
    of the row times the root of its weight, as weighted least squares has them. Where the model
    has ``square``, the weight w of probability enters otherwise: a is w x'(X'WX)^-1 c, h is
    w x'(X'WX)^-1 x, and b = 1 - 2h + z' square z, the variance of the residual, stands for
    1 - h; a row whose b is nearly 0 has no residual.

    Attributes
    ----------
    labels : mapping of str to ndarray, each shape (g,)
        As in ``RowModel``, in its order.
    squares : ndarray, shape (3,)
        Sum of e^2 a^2, e^2 a^2 / b and e^2 a^2 / (1 - h)^2, where b = 1 - h is plain.
    fourth : float
        Sum of a^4 (2b - 1) / b^2.
    weighted : ndarray, shape (g, p + 1, p + 1)
        Sum of a^2 / b zz' over the group's rows.
    alone : float
        Sum of a^2 over the rows that have no residual.
    powers : ndarray, shape (3, g, p + 1, p + 1), or None
        Sums of w^j a^2 / b zz' for j = 0, 1, 2; with ``square`` only.
    """

    labels: Labels
    squares: Float
    fourth: float
    weighted: Float
    alone: float
    powers: Float | None = None


@dataclass(frozen=True, slots=True)
class Grouping:
    """Rows assigned to sorted groups.

    Attributes
    ----------
    labels : mapping of str to ndarray, each shape (g,)
        One entry for each group.
    codes : ndarray, shape (n,)
        The group of each row, 0 to g - 1.
    """

    labels: Labels
    codes: Integer = field(repr=False)

    @property
    def size(self) -> int:
        """Return the number of groups."""
        return int(self.codes.max()) + 1 if len(self.codes) else 0


def plain(values: NDArray[Any]) -> NDArray[Any]:
    """Return a column as floats or as text, so that it sorts the same in every engine."""
    if values.dtype.kind in "OUST":
        return values.astype(np.str_)
    return values.astype(np.float64)


def grouping(columns: Mapping[str, NDArray[Any]], n: int) -> Grouping:
    """Return the groups that several columns form together.

    Parameters
    ----------
    columns : mapping of str to ndarray, each shape (n,)
        Floats or text. With none, all rows are one group.
    n : int
        Number of rows.
    """
    codes = np.zeros(n, dtype=np.int64)
    for values in columns.values():
        level, inverse = np.unique(values, return_inverse=True)
        # Renumbering after each column keeps the product of levels far from overflow.
        codes = np.unique(codes * len(level) + inverse, return_inverse=True)[1]
    first = np.unique(codes, return_index=True)[1]
    return Grouping({name: values[first] for name, values in columns.items()}, codes)


def order(labels: Sequence[NDArray[Any]], n: int) -> Integer:
    """Return the positions that sort groups by their labels, the first label first."""
    return np.lexsort(tuple(reversed(labels))) if labels else np.arange(n)


def centre_of(mean: Float) -> Float:
    """Return means cut to 15 digits, which every engine reads back as the same number."""
    return np.array([float(f"{value:.15g}") for value in mean], dtype=np.float64)


def coarser(cells: Cells, by: Sequence[str]) -> Cells:
    """Return counts by some of the columns that finer counts were formed by.

    Parameters
    ----------
    cells : Cells
        The finer counts.
    by : sequence of str
        Some of their columns.
    """
    groups = grouping({name: cells.labels[name] for name in by}, len(cells.n))
    n = np.zeros(groups.size, np.int64)
    np.add.at(n, groups.codes, cells.n)
    return Cells(groups.labels, n)
