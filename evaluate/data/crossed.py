"""Indicators of text columns without a column for each: the text joins the groups instead.

Within a group of rows that share their levels every indicator is constant, so moments of the
numeric columns by such finer groups are enough. An engine then sums as many products as there
are numeric columns squared, and not as there are levels squared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from evaluate.data.levels import Indicator
from evaluate.data.moments import Float, Grouping, Integer, Labels, Moments, RowModel, grouping

# Numbers held at once for all finer groups' moments: 400 MB.
LARGEST = 50_000_000


@dataclass(frozen=True, slots=True)
class Crossing:
    """Which of some columns are indicators, and of what.

    Attributes
    ----------
    columns : tuple of str
        All P columns.
    by : tuple of str
        Columns that form the groups asked for.
    """

    columns: tuple[str, ...]
    by: tuple[str, ...]

    @property
    def numeric(self) -> Integer:
        """Return the positions of the p numeric columns."""
        found = [i for i, one in enumerate(self.columns) if not isinstance(one, Indicator)]
        return np.array(found, dtype=np.int64)

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the text columns that indicators stand for."""
        found = (one.column for one in self.columns if isinstance(one, Indicator))
        return tuple(dict.fromkeys(found))

    @property
    def finer(self) -> tuple[str, ...]:
        """Return the columns that form the finer groups."""
        return (*self.by, *(name for name in self.texts if name not in self.by))

    def fits(self, n_groups: int, n_levels: int, n_rows: int) -> bool:
        """Return whether moments of the finer groups fit in memory.

        Parameters
        ----------
        n_groups, n_levels : int
            Groups asked for, and product of the numbers of levels.
        n_rows : int
            Rows: as many finer groups there may be at most.
        """
        return min(n_groups * n_levels, n_rows) * (len(self.numeric) + 1) ** 2 <= LARGEST

    def basis(self, basis: Float | None) -> Float | None:
        """Return the part of a basis that turns numeric columns.

        Raises
        ------
        ValueError
            If indicators are part of it.
        """
        if basis is None:
            return None
        others = np.setdiff1d(np.arange(len(self.columns)), self.numeric)
        rest = basis.copy()
        rest[np.ix_(self.numeric, self.numeric)] = 0
        rest[others, others] -= 1
        if rest.any():
            raise ValueError("a basis leaves indicators as they are")
        turned: Float = basis[np.ix_(self.numeric, self.numeric)]
        return turned

    def places(self, labels: Labels) -> list[tuple[NDArray[np.bool_], Integer]]:
        """Return, for each text column, which finer groups have an indicator, and its position.

        Parameters
        ----------
        labels : mapping of str to ndarray, each shape (f,)
            Labels of the finer groups.
        """
        found = []
        for text in self.texts:
            at = {
                one.level: i
                for i, one in enumerate(self.columns)
                if isinstance(one, Indicator) and one.column == text
            }
            place = np.array([at.get(level, -1) for level in labels[text].tolist()], np.int64)
            found.append((place >= 0, place))
        return found


def crossed(cross: Float, groups: Grouping, labels: Labels, of: Crossing, centre: Float) -> Float:
    """Return sums of z z' over all columns by group, from those of numeric ones by finer group.

    Parameters
    ----------
    cross : ndarray, shape (f, p + 1, p + 1)
        Sums for numeric columns by finer group.
    groups : Grouping
        Group of each finer group.
    labels : mapping of str to ndarray, each shape (f,)
        Labels of the finer groups.
    of : Crossing
        All P columns.
    centre : ndarray, shape (P,)
        What is subtracted from each.

    Returns
    -------
    ndarray, shape (g, P + 1, P + 1)
        The same sums as from rows with all columns.
    """
    size, p = groups.size, len(of.columns)
    full = np.zeros((size, p + 1, p + 1))
    number = np.concatenate([[0], of.numeric + 1])
    pooled = np.zeros((size, len(number), len(number)))
    np.add.at(pooled, groups.codes, cross)
    full[np.ix_(np.arange(size), number, number)] = pooled
    places = of.places(labels)
    for there, place in places:
        part = np.zeros((size, p, len(number)))
        np.add.at(part, (groups.codes[there], place[there]), cross[there, 0])
        mine = np.unique(place[there])
        sums = part[:, mine] - centre[mine, None] * pooled[:, None, 0]
        full[np.ix_(np.arange(size), mine + 1, number)] = sums
        full[np.ix_(np.arange(size), number, mine + 1)] = sums.transpose(0, 2, 1)
    counts = np.zeros((size, p, p))
    for left, row in places:
        for right, column in places:
            both = left & right
            at = (groups.codes[both], row[both], column[both])
            np.add.at(counts, at, cross[both, 0, 0])
    others = np.setdiff1d(np.arange(p), of.numeric)
    n = np.einsum("gii->gi", counts)[:, others]
    c, total = centre[others], pooled[:, 0, 0]
    full[np.ix_(np.arange(size), others + 1, others + 1)] = (
        counts[:, others][:, :, others]
        - n[:, :, None] * c
        - c[:, None] * n[:, None, :]
        + np.outer(c, c) * total[:, None, None]
    )
    return full


def shares(
    cells: Moments, text: str, columns: Sequence[str]
) -> dict[str, tuple[float, float, float]]:
    """Return mean, smallest and largest value of indicators of a text column.

    Parameters
    ----------
    cells : Moments
        Of no columns, by level.
    text : str
        The text column.
    columns : sequence of str
        Indicators of it, and others.
    """
    total = cells.cross[:, 0, 0].sum()
    parts = (cells.cross[:, 0, 0] / total).tolist()
    share = dict(zip(cells.labels[text].tolist(), parts, strict=True))
    found = {}
    for one in columns:
        if isinstance(one, Indicator) and one.column == text:
            mean = float(share.get(one.level, 0.0))
            found[str(one)] = (mean, float(len(share) == 1 and mean > 0), float(mean > 0))
    return found


def coarse(found: Moments, of: Crossing, centre: Float, basis: Float | None) -> Moments:
    """Return moments of all columns by group, from those of numeric ones by finer group.

    Parameters
    ----------
    found : Moments
        Of the numeric columns by ``of.finer``.
    of : Crossing
        All columns.
    centre : ndarray, shape (P,)
        Of all columns.
    basis : ndarray, shape (P, P), or None
        Of all columns.
    """
    groups = grouping({name: found.labels[name] for name in of.by}, len(found.n))
    n = np.zeros(groups.size, np.int64)
    np.add.at(n, groups.codes, found.n)
    powers = found.powers
    every = (found.cross,) if powers is None else tuple(powers)
    full = np.array([crossed(one, groups, found.labels, of, centre) for one in every])
    return Moments(
        columns=of.columns,
        centre=centre,
        labels=groups.labels,
        n=n,
        cross=full[0] if powers is None else full[1],
        powers=None if powers is None else full,
        basis=basis,
    )


def fine(model: RowModel, of: Crossing, labels: Labels, centre: Float) -> tuple[RowModel, Grouping]:
    """Return a model in numeric columns for each finer group, and the group of each.

    Parameters
    ----------
    model : RowModel
        In all P columns, by group.
    of : Crossing
        Its columns.
    labels : mapping of str to ndarray, each shape (f,)
        Labels of the finer groups, sorted.
    centre : ndarray, shape (P,)
        Of its columns.
    """
    n_finer = len(next(iter(labels.values())))
    groups = grouping({name: labels[name] for name in of.by}, n_finer)
    place = _order(groups, model)
    others = np.setdiff1d(np.arange(len(of.columns)), of.numeric)
    there = np.zeros((len(groups.codes), len(of.columns)))
    for some, position in of.places(labels):
        there[some, position[some]] = 1.0
    shift = (there - centre)[:, others]
    number, other = np.concatenate([[0], of.numeric + 1]), others + 1
    code = place[groups.codes]
    residual, influence = model.residual[code], model.influence[code]
    forms = partial(_folded_form, code=code, shift=shift, places=(number, other))
    keep = [of.columns[i] for i in of.numeric]
    reduced = replace(
        model,
        columns=tuple(keep),
        labels={name: labels[name] for name in of.finer},
        residual=_folded(residual, shift, number, other),
        influence=_folded(influence, shift, number, other),
        leverage=forms(model.leverage),
        basis=Crossing((*of.columns, ""), of.by).basis(model.basis),
        square=None if model.square is None else forms(model.square),
        scale=None if model.scale is None else model.scale[code],
    )
    return reduced, Grouping(model.labels, code)


def _folded(values: Float, shift: Float, number: Integer, other: Integer) -> Float:
    folded: Float = values[:, number]
    folded[:, 0] += np.einsum("fi,fi->f", values[:, other], shift)
    return folded


def _folded_form(
    forms: Float, *, code: Integer, shift: Float, places: tuple[Integer, Integer]
) -> Float:
    number, other = places
    found = np.empty((len(code), len(number), len(number)))
    for at, whole in enumerate(forms):
        mine = code == at
        side = shift[mine] @ whole[np.ix_(other, number)]
        inner = np.einsum("fi,ij,fj->f", shift[mine], whole[np.ix_(other, other)], shift[mine])
        found[mine] = whole[np.ix_(number, number)]
        found[mine, 0] += side
        found[mine, :, 0] += side
        found[mine, 0, 0] += inner
    return found


def _order(groups: Grouping, model: RowModel) -> Integer:
    """Return where the model holds each group."""
    if not model.labels:
        return np.zeros(1, np.int64)
    rows = zip(*(values.tolist() for values in model.labels.values()), strict=True)
    place = {row: i for i, row in enumerate(rows)}
    found = zip(*(values.tolist() for values in groups.labels.values()), strict=True)
    return np.array([place[row] for row in found], dtype=np.int64)
