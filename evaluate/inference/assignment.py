"""Who was assigned to what, as moments by cell of treatment, cluster and stratum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from evaluate.data.moments import Float, Integer, Moments
from evaluate.data.sample import Sample
from evaluate.data.weights import WeightKind
from evaluate.errors import Refused
from evaluate.inference.arms import RowWeights, inverse_probability, read_arms, scaled
from evaluate.inference.precision import refining_basis
from evaluate.inference.preconditions import require_both_arms, require_variation, treatment_of

FEWEST_UNITS = 2


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns say how units were assigned.

    Attributes
    ----------
    treated : str
        1 for the treated and 0 for the comparison group.
    cluster, strata : str or None
        The assigned unit, and the blocks of assignment.
    arm, period, segment : str or None
        Label of the programme that was offered, the period of the row, and the subgroup.
    probability : str or None
        Probability of being treated.
    weights : str or None
        Weights of the rows.
    kind : {"frequency", "inverse_variance", "probability"}
        What they mean.
    """

    treated: str
    cluster: str | None = None
    strata: str | None = None
    arm: str | None = None
    period: str | None = None
    segment: str | None = None
    probability: str | None = None
    weights: str | None = None
    kind: WeightKind = "probability"

    @property
    def by(self) -> tuple[str, ...]:
        """Return the columns that cells are formed by."""
        first = (self.treated, self.cluster, self.strata)
        names = (*first, self.arm, self.period, self.segment, self.probability)
        return tuple(dict.fromkeys(name for name in names if name))


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
    arm : ndarray, shape (g,)
        0 for comparison cells, 1, 2, ... for each programme, in the order of ``labels``.
    labels : tuple of str
        Names of the programmes; empty where there is one.
    period : ndarray, shape (g,), or None
        Period of each cell, 0, 1, ...; ``None`` where treatment is fixed.
    constant : tuple of str
        Covariates that are the same in every row; no moments are kept of them.
    weights : RowWeights
        Of the rows, in ``cells`` already.
    refined : Moments or None
        ``cells`` in a basis that keeps more digits, where they would lose many.
    """

    cells: Moments
    arms: Moments
    treated: Float
    cluster: Integer | None
    stratum: Integer
    arm: Integer
    labels: tuple[str, ...] = ()
    period: Integer | None = None
    constant: tuple[str, ...] = ()
    weights: RowWeights = field(default_factory=RowWeights)
    refined: Moments | None = None

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

    def weighed(self, arm: int) -> Float:
        """Return what an arm's individuals in each cluster weigh, shape (n_clusters,)."""
        inside = np.where(self.treated == arm, self.cells.cross[:, 0, 0], 0.0)
        group = np.zeros(len(inside), np.int64) if self.cluster is None else self.cluster
        return np.bincount(group, inside).astype(np.float64)

    def units(self, arm: int) -> int:
        """Return the number of assigned units, clusters or individuals, of an arm."""
        if self.cluster is None:
            return int(self.arms.n[arm])
        return int(np.count_nonzero(self.sizes(arm)))

    @property
    def whole(self) -> Assignment:
        """Return the same with all programmes as one."""
        return replace(self, arm=self.treated.astype(np.int64), labels=())

    @property
    def mixed(self) -> int:
        """Return the number of clusters in which both arms are found."""
        if self.cluster is None:
            return 0
        return int(((self.sizes(1) > 0) & (self.sizes(0) > 0)).sum())

    def units_by(self, arm: Integer) -> Integer:
        """Return the assigned units of each stratum and arm, shape (strata, arms)."""
        strata, arms = int(self.stratum.max()) + 1, int(arm.max()) + 1
        place = arms * self.stratum + arm
        if self.cluster is None:
            units = np.bincount(place, self.cells.n, minlength=strata * arms)
        else:
            number = int(self.cluster.max()) + 1
            whole = np.unique(place * number + self.cluster) // number
            units = np.bincount(whole, minlength=strata * arms)
        return units.astype(np.int64).reshape(strata, arms)

    @property
    def fewest_units(self) -> int:
        """Return the smallest number of assigned units that an arm has in a stratum."""
        return int(self.units_by(self.arm).min())

    @property
    def both_arms_everywhere(self) -> bool:
        """Return whether each stratum holds every arm."""
        return self.fewest_units > 0

    @property
    def paired(self) -> bool:
        """Return whether each stratum is a pair: one treated and one comparison unit.

        A unit whose partner was lost adds nothing and does no harm.
        """
        units = self.units_by(self.treated.astype(np.int64))
        whole = int((units.min(axis=1) > 0).sum())
        return whole >= FEWEST_UNITS and int(units.max()) == 1


def read_assignment(
    sample: Sample,
    columns: Columns,
    covariates: Sequence[str] = (),
    further: Sequence[str] = (),
) -> Assignment:
    """Return the moments of a comparison of two groups, or refuse what cannot be compared.

    Parameters
    ----------
    sample : Sample
        The analysis's rows.
    columns : Columns
        How units were assigned.
    covariates : sequence of str
        Columns measured before.
    further : sequence of str
        Other columns whose moments are needed, such as what was received.

    Raises
    ------
    Refused
        ``no_rows``, ``not_finite``, ``not_a_number``, ``treatment_not_binary``, ``no_treated``,
        ``no_comparison``, ``constant_outcome``, with fewer than two assigned units on a
        side ``one_cluster`` or ``one_unit``, and the codes of ``read_arms``,
        ``inverse_probability`` and ``Sample.weights``.
    """
    constant = require_variation(sample, covariates, columns.weights)
    names = (*(name for name in covariates if name not in constant), *further, sample.outcome)
    moments = partial(sample.moments, names, columns.by, columns.weights, columns.kind)
    cells = moments()
    treated = treatment_of(cells.labels[columns.treated])
    require_both_arms(treated)
    arm, labels = read_arms(treated, cells.labels[columns.arm] if columns.arm else None)
    cluster, strata, period = (
        numbered(cells.labels[name]) if name else None
        for name in (columns.cluster, columns.strata, columns.period)
    )
    stratum = np.zeros(len(treated), np.int64) if strata is None else strata
    basis = None if further else refining_basis(cells)
    refined = None if basis is None else moments(basis=basis)
    scale = None
    if columns.probability:
        chance = cells.labels[columns.probability].astype(np.float64)
        scale = inverse_probability(cells, treated, chance, stratum)
    found = Assignment(
        cells=scaled(cells, scale),
        arms=_by_arm(scaled(cells, scale), treated),
        treated=treated,
        cluster=cluster,
        stratum=stratum,
        arm=arm,
        labels=labels,
        period=period,
        constant=constant,
        weights=RowWeights(columns.weights, columns.kind, scale),
        refined=None if refined is None else scaled(refined, scale),
    )
    _require_two_units(found)
    return found


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


def numbered(labels: NDArray[np.generic]) -> Integer:
    """Return labels as whole numbers from 0, in their order.

    Parameters
    ----------
    labels : ndarray, shape (g,)
        Floats or text.
    """
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int64)
