"""What must hold of two groups seen before and after: four cells, and periods in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float
from evaluate.data.sample import Sample
from evaluate.data.weights import WeightKind
from evaluate.errors import Refused
from evaluate.inference.preconditions import require_both_arms

FEWEST_UNITS = 2
# Pairs of unit and period that are counted one by one; of more, only how many there can be.
_MOST_PAIRS = 5_000_000


@dataclass(frozen=True, slots=True)
class DidColumns:
    """Which columns make two groups and two times.

    Attributes
    ----------
    treated, post : str
        1 in all periods for the programme's group; 1 for all groups from its start.
    unit, cluster : str or None
        Units that are seen again, and what was assigned; one of the two is there.
    time : str or None
        Period of a row.
    weights : str or None
        Weights of the rows.
    kind : {"frequency", "inverse_variance", "probability"}
        What they mean.
    """

    treated: str
    post: str
    unit: str | None = None
    cluster: str | None = None
    time: str | None = None
    weights: str | None = None
    kind: WeightKind = "probability"

    @property
    def assigned(self) -> str:
        """Return the column of the assigned unit."""
        return self.cluster or self.unit or ""

    @property
    def by(self) -> tuple[str, ...]:
        """Return the columns that cells of repeated cross-sections are formed by."""
        names = (self.treated, self.cross_cluster, self.time, self.post)
        return tuple(dict.fromkeys(name for name in names if name))

    @property
    def cross_cluster(self) -> str | None:
        """Return the cluster of rows that are each seen once; ``None`` where each is its own."""
        return None if self.cluster == self.unit else self.cluster


@dataclass(frozen=True, slots=True)
class Calendar:
    """The periods in order.

    Attributes
    ----------
    periods : ndarray, shape (T,)
        Their values.
    start : int
        Place of the first one after the start.
    """

    periods: NDArray[Any]
    start: int

    @property
    def events(self) -> tuple[int, ...]:
        """Return each period's place less that of the first after the start."""
        return tuple(place - self.start for place in range(len(self.periods)))


def require_four_cells(sample: Sample, columns: DidColumns) -> None:
    """Refuse groups or times of which one is not there.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    columns : DidColumns
        Where groups and times are.

    Raises
    ------
    Refused
        ``treatment_not_binary``, ``no_treated``, ``no_comparison``; ``post_not_binary``,
        ``no_before``, ``no_after``; ``empty_cell`` where one of the groups is seen at one
        time only.
    """
    cells = sample.count((columns.treated, columns.post))
    treated = _binary(cells.labels[columns.treated], "treatment")
    post = _binary(cells.labels[columns.post], "post")
    require_both_arms(treated)
    for value, code, side in ((0.0, "no_before", "before"), (1.0, "no_after", "after")):
        if (post != value).all():
            raise Refused(
                code,
                f"no row with an outcome lies {side} the start",
                "check the column named under post, and data.where",
            )
    for group, name in ((1.0, "programme's"), (0.0, "comparison")):
        for value, side in ((0.0, "before"), (1.0, "after")):
            if not ((treated == group) & (post == value)).any():
                raise Refused(
                    "empty_cell",
                    f"the {name} group has no row with an outcome {side} the start",
                    "treated is 1 in all periods for units of the programme's group, and post"
                    " is 1 for both groups from the start: correct the column that is not so",
                )


def _binary(labels: NDArray[Any], name: str) -> Float:
    if labels.dtype.kind in "OUS" or not set(labels.tolist()) <= {0.0, 1.0}:
        what = "the treatment" if name == "treatment" else "the column named under post"
        yes = "the programme's group" if name == "treatment" else "periods from the start"
        raise Refused(
            f"{name}_not_binary",
            f"{what} holds other values than 0 and 1",
            f"derive a column that is 1 for {yes} and 0 otherwise",
        )
    return labels.astype(np.float64)


def read_calendar(sample: Sample, columns: DidColumns) -> Calendar | None:
    """Return the periods in order, or nothing where no column names them.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    columns : DidColumns
        Where periods are.

    Raises
    ------
    Refused
        ``post_within_period`` when a period lies on both sides of the start,
        ``periods_out_of_order`` when one after the start sorts before one that is not.
    """
    if columns.time is None:
        return None
    cells = sample.count((columns.time, columns.post))
    times, post = cells.labels[columns.time], cells.labels[columns.post]
    if len(np.unique(times)) < len(times):
        raise Refused(
            "post_within_period",
            "a period lies both before and after the start",
            "make post 1 for all rows of a period or for none; where units start at different"
            " times, name the design staggered",
        )
    order = np.argsort(times, kind="stable")
    later = post[order].astype(np.float64)
    if (np.diff(later) < 0).any():
        raise Refused(
            "periods_out_of_order",
            "periods after the start sort before periods that are not",
            "write periods so that they sort as they follow each other, such as 2015-Q3, or"
            " correct post",
        )
    return Calendar(times[order], int((later == 0).sum()))


def require_once(sample: Sample, columns: DidColumns, n_units: int, periods: int) -> None:
    """Refuse units that have several rows in a period.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    columns : DidColumns
        Units and periods.
    n_units, periods : int
        How many there are.

    Raises
    ------
    Refused
        ``duplicate_unit_time``.
    """
    twice = sample.n_obs - n_units * periods
    if twice <= 0 and sample.n_obs <= _MOST_PAIRS:
        by = [name for name in (columns.unit, columns.time) if name]
        twice = int((sample.count(by).n > 1).sum())
    # Frequencies say how many like rows one stands for, so that each may count several times.
    if twice > 0 and not (columns.weights and columns.kind == "frequency"):
        raise Refused(
            "duplicate_unit_time",
            f"{twice} pairs of a unit and a period stand in several rows",
            "keep one row for each unit and period; where rows are people of a unit, name it"
            " as the cluster and leave unit out",
        )


def require_two_units(treated: int, comparison: int, *, clustered: bool) -> None:
    """Refuse a group that is a single assigned unit.

    Parameters
    ----------
    treated, comparison : int
        Assigned units of each group that the effect is estimated from.
    clustered : bool
        Whether these are clusters, or units seen again; else rows.

    Raises
    ------
    Refused
        ``one_treated_cluster``, ``one_comparison_cluster``, ``one_treated_unit``,
        ``one_comparison_unit``.
    """
    unit = "cluster" if clustered else "unit"
    for number, name in ((treated, "treated"), (comparison, "comparison")):
        if number < FEWEST_UNITS:
            raise Refused(
                f"one_{name}_{unit}",
                f"there is a single {name} {unit} that is seen before and after, and nothing"
                " tells its own fate from the effect",
                f"add {name} {unit}s, or use the design synthetic, which compares one unit"
                " with a weighted mean of others",
            )
