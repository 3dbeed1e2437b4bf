"""Instrument models: the rows (X, D, Z) behind each row of the data, and their moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from evaluate.data.moments import Float, Integer, Moments
from evaluate.data.sample import Sample
from evaluate.errors import Refused
from evaluate.inference.linear import GroupMoments

# Numbers held at once for all groups' cross products: 400 MB.
LARGEST = 50_000_000


@dataclass(frozen=True, slots=True)
class InstrumentModel:
    """The rows (X, D, Z) of an instrument model as affine maps of the covariates by cell.

    Attributes
    ----------
    cells : Moments
        Moments of p columns and, last, the outcome, by cell.
    maps : ndarray, shape (g, e + d + l, p + 1)
        The row of (X, D, Z) is ``maps[cell] @ (1, columns - centre)``. X comes first and spans
        the constant.
    exogenous, endogenous, instruments : int
        Columns e of X, d of D and l of Z.
    """

    cells: Moments
    maps: Float
    exogenous: int
    endogenous: int
    instruments: int


@dataclass(frozen=True, slots=True)
class InstrumentMoments:
    """Second moments of (X, D, Z, y) by group.

    Attributes
    ----------
    n : ndarray, shape (g,)
        Rows in each group.
    cross : ndarray, shape (g, e + d + l + 1, e + d + l + 1)
        Sum over the group's rows of the products of (X, D, Z, y).
    exogenous, endogenous, instruments : int
        As in ``InstrumentModel``.
    absorbed : int
        Intercepts of groups that were taken out; 0 where X spans the constant.
    """

    n: Integer
    cross: Float
    exogenous: int
    endogenous: int
    instruments: int
    absorbed: int = 0

    @property
    def x(self) -> list[int]:
        """Return the places of the exogenous columns."""
        return list(range(self.exogenous))

    @property
    def d(self) -> list[int]:
        """Return the places of the endogenous columns."""
        return list(range(self.exogenous, self.exogenous + self.endogenous))

    @property
    def z(self) -> list[int]:
        """Return the places of the instruments."""
        start = self.exogenous + self.endogenous
        return list(range(start, start + self.instruments))

    @property
    def y(self) -> int:
        """Return the place of the outcome."""
        return self.exogenous + self.endogenous + self.instruments

    @property
    def spare(self) -> int:
        """Return the rows less the columns of the first stage."""
        return int(self.n.sum()) - self.exogenous - self.instruments - self.absorbed

    def within(self) -> InstrumentMoments:
        """Return the moments around each group's own mean; X's first column, the constant, goes.

        The same slopes and residuals as with an indicator for each group.
        """
        sums, n = self.cross[:, 0, 1:], np.maximum(self.cross[:, 0, 0], 1e-300)
        cross = self.cross[:, 1:, 1:] - sums[:, :, None] * (sums / n[:, None])[:, None, :]
        return replace(self, cross=cross, exogenous=self.exogenous - 1, absorbed=len(n))

    def without(self, lost: Sequence[int]) -> InstrumentMoments:
        """Return the moments without some of the exogenous columns.

        Parameters
        ----------
        lost : sequence of int
            Their places.
        """
        keep = [at for at in range(self.y + 1) if at not in set(lost)]
        cross = self.cross[:, keep][:, :, keep]
        return replace(self, cross=cross, exogenous=self.exogenous - len(set(lost)))

    def regression(self, on: Sequence[int], outcome: int | None = None) -> GroupMoments:
        """Return the moments of a regression of one column on others.

        Parameters
        ----------
        on : sequence of int
            Places of the regressors.
        outcome : int or None
            Place of the column explained; the outcome's by default.
        """
        at, to = list(on), self.y if outcome is None else outcome
        xx = self.cross[:, at][:, :, at]
        return GroupMoments(n=self.n, xx=xx, xy=self.cross[:, at, to], yy=self.cross[:, to, to])


def column_model(
    sample: Sample,
    endogenous: Sequence[str],
    instruments: Sequence[str],
    covariates: Sequence[str] = (),
    *,
    cluster: str | None = None,
) -> InstrumentModel:
    """Return the instrument model of columns, with a constant first.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    endogenous, instruments, covariates : sequence of str
        Columns D, Z and, with the constant, X.
    cluster : str or None
        Column of the assigned unit; each of its values is a cell.
    """
    names = (*covariates, *endogenous, *instruments)
    cells = sample.moments((*names, sample.outcome), (cluster,) if cluster else ())
    maps = np.broadcast_to(np.eye(len(names) + 1), (len(cells.n), *[len(names) + 1] * 2))
    return InstrumentModel(cells, maps, 1 + len(covariates), len(endogenous), len(instruments))


def instrument_moments(model: InstrumentModel, group: Integer) -> InstrumentMoments:
    """Return the moments of an instrument model by group.

    Parameters
    ----------
    model : InstrumentModel
        Rows by cell.
    group : ndarray, shape (g,)
        Group of each cell, such as its cluster; all 0 pools them.

    Raises
    ------
    Refused
        ``model_too_large`` when the moments would not fit in memory.
    """
    cells, (n_cells, k, size) = model.cells, model.maps.shape
    number = int(group.max(initial=0)) + 1
    if max(number, n_cells) * (k + 1) ** 2 > LARGEST:
        raise Refused(
            "model_too_large",
            f"{k} columns in {max(number, n_cells)} groups do not fit in memory",
            "use fewer or coarser strata, or fewer covariates",
        )
    whole = np.zeros((n_cells, k + 1, size + 1))
    whole[:, :k, :size] = model.maps
    whole[:, k, size] = 1.0
    n, cross = np.zeros(number, np.int64), np.zeros((number, k + 1, k + 1))
    np.add.at(n, group, cells.n)
    np.add.at(cross, group, whole @ cells.cross @ whole.transpose(0, 2, 1))
    return InstrumentMoments(n, cross, model.exogenous, model.endogenous, model.instruments)
