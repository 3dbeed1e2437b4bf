"""The analysis's complete cases behind one engine: all that a design sees of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from evaluate.data.array_sample import ArraySample
from evaluate.data.duck_sample import DuckSample
from evaluate.data.moments import (
    Cells,
    Float,
    Grouping,
    Moments,
    RowModel,
    RowMoments,
    Summary,
    grouping,
)
from evaluate.data.paths import ClusterPaths, Incomplete, Panel, PanelColumns, Paths, Unusable
from evaluate.data.weights import WeightKind, WeightSummary
from evaluate.data.within import ScoreProducts, Within, WithinModel

__all__ = [
    "ArraySample",
    "Cells",
    "DuckSample",
    "Float",
    "Grouping",
    "Moments",
    "RowModel",
    "RowMoments",
    "Sample",
    "Summary",
    "WeightKind",
    "WeightSummary",
    "grouping",
]


class Sample(Protocol):
    """Rows of one analysis; its used rows are those with an outcome.

    Where a covariate is missing the outcome is missing too, as ``make_view`` sees to: such a
    row cannot be used, and counts as lost. All but ``assigned``, ``incomplete`` and ``everyone``
    leave out the rows whose outcome is missing. What is constant within a group belongs in ``by``; only
    covariates and the outcome need moments.
    """

    @property
    def outcome(self) -> str:
        """Return the name of the outcome's column."""
        ...

    @property
    def n_obs(self) -> int:
        """Return the number of rows with an outcome."""
        ...

    def count(self, by: Sequence[str] = ()) -> Cells:
        """Return the rows with an outcome, counted by group."""
        ...

    def assigned(self, by: Sequence[str] = ()) -> Cells:
        """Return all rows, those without an outcome too, counted by group."""
        ...

    def incomplete(self, columns: Sequence[str]) -> int:
        """Return how many of all rows lack a value of one of the columns."""
        ...

    def everyone(self, names: Sequence[str]) -> Mapping[str, NDArray[Any]]:
        """Return whole columns of all rows, those without an outcome too, each shape (n,).

        Numbers are NaN and text, as objects, is ``None`` where a value is missing. The outcome is
        as it was recorded, also where a covariate is missing. The order of rows means nothing.
        """
        ...

    def expand(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return numeric columns; for text one indicator for each level but the first.

        What it returns may stand wherever numeric columns are asked for.
        """
        ...

    def summary(self, columns: Sequence[str], weights: str | None = None) -> Summary:
        """Return mean, smallest and largest value of each column over all rows.

        With weights the mean is weighted, and rows of weight zero are left out.
        """
        ...

    def weights(self, column: str) -> WeightSummary:
        """Return what there is to know about a column of weights."""
        ...

    def moments(
        self,
        columns: Sequence[str],
        by: Sequence[str] = (),
        weights: str | None = None,
        kind: WeightKind = "frequency",
        *,
        basis: Float | None = None,
    ) -> Moments:
        """Return the moments of (1, columns - centre) by group, from two passes.

        Frequencies count a row as often as they say. Inverse variances and probabilities are
        scaled to mean 1, and of probabilities there are sums of all ``powers``. A basis, of
        shape (p, p), is what the centred columns are multiplied by.
        """
        ...

    def row_moments(
        self, model: RowModel, weights: str | None = None, kind: WeightKind = "frequency"
    ) -> RowMoments:
        """Return the sums over rows that HC0 to HC3 need, from a third pass."""
        ...

    def within(
        self,
        columns: Sequence[str],
        unit: str,
        period: str | None = None,
        by: Sequence[str] = (),
        weights: str | None = None,
        kind: WeightKind = "frequency",
    ) -> Within:
        """Return the moments of columns demeaned within units, by group.

        Levels of ``period`` join the columns as indicators. Units must lie within groups.
        Weights are as in ``moments``.
        """
        ...

    def within_scores(self, model: WithinModel, by: Sequence[str] = ()) -> ScoreProducts:
        """Return the products of groups' scores in a two-way model."""
        ...

    def paths(
        self,
        columns: PanelColumns,
        incomplete: Incomplete = "pairs",
        leaving: str | None = None,
    ) -> tuple[Paths, Unusable]:
        """Return sums over time by cohort, and the count of what they leave out.

        Rows in which the column ``leaving`` is 1 are left out; their periods stay. Under
        ``drop`` only units with an outcome in every period enter. A panel with gaps has no
        such sums under ``pairs``: then ``balanced`` is false, the sums are those of
        ``levels``, and ``panel`` is what effects follow from. First treated periods and
        periods are read as ``read_calendar`` says.

        Raises
        ------
        Refused
            ``missing_time``, ``text_time``, ``one_period``, ``missing_start``, ``text_start``,
            ``duplicate_unit_time``, ``cohort_changes``, ``unit_in_several_clusters`` and
            ``cluster_of_several_cohorts``.
        """
        ...

    def cluster_paths(
        self,
        columns: PanelColumns,
        incomplete: Incomplete = "pairs",
        leaving: str | None = None,
    ) -> ClusterPaths:
        """Return one mean path for each assigned cluster; refusals as of ``paths``."""
        ...

    def panel(
        self,
        columns: PanelColumns,
        covariates: Sequence[str] = (),
        leaving: str | None = None,
    ) -> tuple[Panel, Unusable]:
        """Return one row for each unit, of repeated cross-sections for each row.

        Units with gaps stay. Refusals as of ``paths``.
        """
        ...

    def levels(self, column: str) -> NDArray[Any]:
        """Return the distinct values of a column, sorted."""
        ...

    def columns(self, names: Sequence[str]) -> Mapping[str, NDArray[Any]]:
        """Return whole columns, each shape (n,), in one order of rows that means nothing."""
        ...
