"""Who was assigned to what, as moments by cell of treatment, cluster and stratum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer, Moments
from evaluate.data.sample import Sample
from evaluate.errors import Refused

FEWEST_UNITS = 2


@dataclass(frozen=True, slots=True)
class Assignment:
    """The moments that every estimator of a treatment effect starts from.

    Attributes
    ----------
    cells : Moments
        Moments of the covariates and, last, the outcome, by cell.
    arms : Moments
        The same for the comparison group and the treated, in this order.
    treated : ndarray, shape (g,)
        1.0 for treated cells, 0.0 for the others.
    cluster : ndarray, shape (g,), or None
        Assigned cluster of each cell, 0, 1, ...; ``None`` when individuals were assigned.
    stratum : ndarray, shape (g,)
        Stratum of each cell, 0, 1, ...; all 0 without strata.
    """

    cells: Moments
    arms: Moments
    treated: Float
    cluster: Integer | None
    stratum: Integer

    @property
    def n_obs(self) -> int:
        """Return the number of individuals with an outcome."""
        return int(self.arms.n.sum())

    @property
    def n_treated(self) -> int:
        """Return how many of them are treated."""
        return int(self.arms.n[1])

    @property
    def n_clusters(self) -> int | None:
        """Return the number of clusters, ``None`` when individuals were assigned."""
        return None if self.cluster is None else int(self.cluster.max()) + 1

    def sizes(self, arm: int) -> Integer:
        """Return how many individuals of an arm each cluster holds, shape (n_clusters,)."""
        inside = np.where(self.treated == arm, self.cells.n, 0)
        group = np.zeros(len(inside), np.int64) if self.cluster is None else self.cluster
        return np.bincount(group, inside).astype(np.int64)

    def units(self, arm: int) -> int:
        """Return the number of assigned units, clusters or individuals, of an arm."""
        if self.cluster is None:
            return int(self.arms.n[arm])
        return int(np.count_nonzero(self.sizes(arm)))

    @property
    def fewest_units(self) -> int:
        """Return the smallest number of assigned units that an arm has in a stratum."""
        strata = int(self.stratum.max()) + 1
        place = 2 * self.stratum + self.treated.astype(np.int64)
        # A cell holds one cluster, or the individuals of one arm of one stratum.
        units = self.cells.n if self.cluster is None else np.ones_like(self.cells.n)
        return int(np.bincount(place, units, minlength=2 * strata).min())


def read_assignment(
    sample: Sample,
    treated: str,
    covariates: Sequence[str] = (),
    *,
    cluster: str | None = None,
    strata: str | None = None,
) -> Assignment:
    """Return the moments of a comparison of two groups, or refuse what cannot be compared.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    treated : str
        Column that is 1 for the treated and 0 for the comparison group.
    covariates : sequence of str
        Columns measured before.
    cluster, strata : str or None
        Columns of the assigned unit and of the blocks of assignment.

    Raises
    ------
    Refused
        ``no_rows``, ``treatment_not_binary``, ``no_treated``, ``no_comparison``,
        ``constant_outcome``, ``constant_covariate``, and, with fewer than two assigned
        units on a side, ``one_cluster`` or ``one_unit``.
    """
    names = (*covariates, sample.outcome)
    by = tuple(name for name in (treated, cluster, strata) if name)
    _require_variation(sample, names)
    cells = sample.moments(names, by)
    arm = cells.labels[treated].astype(np.float64)
    _require_both_arms(arm)
    found = Assignment(
        cells=cells,
        arms=_by_arm(cells, arm),
        treated=arm,
        cluster=_numbered(cells.labels[cluster]) if cluster else None,
        stratum=_numbered(cells.labels[strata]) if strata else np.zeros(len(arm), np.int64),
    )
    _require_two_units(found)
    return found


def _require_variation(sample: Sample, names: Sequence[str]) -> None:
    summary = sample.summary(names)
    if not summary.n:
        raise Refused(
            "no_rows", "no row has an outcome", "check the outcome's column and data.where"
        )
    constant = [
        name
        for name, low, high in zip(names, summary.low, summary.high, strict=True)
        if low == high
    ]
    if sample.outcome in constant:
        raise Refused(
            "constant_outcome",
            "the outcome is the same in every row, so that no effect can be told from none",
            "check the outcome's column, or choose an outcome that varies",
        )
    if constant:
        raise Refused(
            "constant_covariate",
            f"the covariate {', '.join(constant)} is the same in every row",
            "take it out of covariates",
        )


def _require_both_arms(arm: Float) -> None:
    if not set(arm.tolist()) <= {0.0, 1.0}:
        raise Refused(
            "treatment_not_binary",
            "the treatment holds other values than 0 and 1",
            "derive a column that is 1 for the treated and 0 for the comparison group",
        )
    if (arm == 1).all():
        raise Refused(
            "no_comparison",
            "no row with an outcome is in the comparison group",
            "check the treatment's column and data.where",
        )
    if (arm == 0).all():
        raise Refused(
            "no_treated",
            "no row with an outcome is treated",
            "check the treatment's column and data.where",
        )


def _require_two_units(assignment: Assignment) -> None:
    unit = "individual" if assignment.cluster is None else "cluster"
    for arm, name in ((1, "treated"), (0, "comparison")):
        if assignment.units(arm) < FEWEST_UNITS:
            raise Refused(
                "one_unit" if assignment.cluster is None else "one_cluster",
                f"there is a single {name} {unit}, and nothing tells its own fate from the effect",
                f"add {name} units, or follow it over time with a synthetic control",
            )


def _by_arm(cells: Moments, arm: Float) -> Moments:
    cross = np.stack([cells.cross[arm == side].sum(axis=0) for side in (0.0, 1.0)])
    n = np.array([cells.n[arm == side].sum() for side in (0.0, 1.0)])
    return Moments(cells.columns, cells.centre, {"treated": np.array([0.0, 1.0])}, n, cross)


def _numbered(labels: NDArray[np.generic]) -> Integer:
    """Return labels as whole numbers from 0, in their order."""
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int64)
