"""Randomisation inference where whole groups of clusters might have been the other way round.

Clusters keep their outcomes before and after; which of them make the programme's group changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from evaluate.data.moments import Float
from evaluate.errors import Refused
from evaluate.inference.did import Did
from evaluate.inference.did_base import Base
from evaluate.inference.did_fit import with_covariates
from evaluate.inference.inversion import Inversion, Ratios, joined, stream
from evaluate.inference.linear import CONDITION_LIMIT, NOTHING_LEFT
from evaluate.inference.randomisation import (
    Randomisation,
    clean_ratios,
    require_assignments,
    tested,
)
from evaluate.inference.shuffle import Flags, assignment_blocks, assignments, mirrored
from evaluate.inference.treatment import TreatmentFit

# Numbers held at once, by kind of array: 32 MB.
_AT_ONCE = 4_000_000
_LEAST_REST = 1e-8
# Digits by which clusters are told apart; sums over rows differ in the sixteenth.
_DIGITS = 9


def permute_groups(
    base: Base,
    *,
    covariates: bool,
    seed: Sequence[int],
    draws: int = 9999,
    conf_level: float = 0.95,
) -> Randomisation:
    """Return the studentised randomisation test of a difference in differences.

    t is the effect over the root of the sum of clusters' squared influences, each divided by
    one less the cluster's share in the leverage of its group: where clusters are of one size
    and no covariate is held constant, CR2.

    Parameters
    ----------
    base : Base
        Moments by cluster.
    covariates : bool
        Whether the model holds covariates constant.
    seed : sequence of int
        Entropy of the random stream.
    draws : int
        Random assignments; every assignment is taken where there are no more.
    conf_level : float
        Coverage probability of the interval, in (0, 1).

    Raises
    ------
    Refused
        ``mixed_clusters`` when a cluster lies in both groups, ``too_few_assignments``,
        ``collinear`` and ``no_variation`` as in ``randomisation_test``.

    References
    ----------
    Wu & Ding (2021), J. American Statistical Association 116(536), for studentising; Conley &
    Taber (2011), Review of Economics and Statistics 93(1), and MacKinnon & Webb (2020),
    J. Econometrics 218(2), for few treated groups over time.
    """
    if base.mixed:
        raise Refused(
            "mixed_clusters",
            "a cluster holds units of both groups, so that it was not assigned as a whole",
            "name the unit that was assigned as the cluster",
        )
    refits = _Refits(base, covariates=covariates)
    block = np.zeros(len(refits.treated), np.int64)
    number = assignments(block, refits.treated)
    require_assignments(number, symmetric=mirrored(block, refits.treated))
    effect, std_error = refits.observed()
    rng = stream(seed, "groups")
    ratios = joined(refits.ratios(assignment_blocks(block, refits.treated, draws, rng)))
    return tested(Inversion(effect, std_error, ratios, number <= draws), number, conf_level)


def exchange_groups(did: Did, fitted: TreatmentFit) -> Randomisation | Refused:
    """Return the randomisation test of a fitted effect, or why there is none.

    Parameters
    ----------
    did : Did
        Two groups.
    fitted : TreatmentFit
        Their model.
    """
    settings = did.trial.settings
    if did.base is None:
        return Refused(
            "rows_not_exchanged",
            "rows that are each seen once are not exchanged between groups",
            "name the cluster that was assigned",
        )
    try:
        return permute_groups(
            with_covariates(did, did.base, fitted),
            covariates=bool(fitted.covariates),
            seed=settings.seed,
            draws=settings.draws,
            conf_level=settings.conf_level,
        )
    except Refused as refused:
        return refused


class _Refits:
    """Refits of one model; outcomes are what the observed effect leaves, and treatment itself."""

    def __init__(self, base: Base, *, covariates: bool) -> None:
        own, shared = base.own(base.only(base.post)), base.shared(covariates=covariates)
        of, self._m = base.moments, own.shape[1]
        columns = np.hstack([own, shared])
        scale = np.sqrt(np.maximum(np.diag(columns.T @ of.xx.sum(axis=0) @ columns), 1e-300))
        columns = columns / scale
        keys = np.round(of.xy[:, base.post] / max(float(np.abs(of.xy).max()), 1e-300), _DIGITS)
        squares = np.round(of.yy / max(float(of.yy.max()), 1e-300), _DIGITS)
        order = np.lexsort((keys, squares, of.n))
        self.treated: Flags = base.treated[order] == 1
        self._xx = (columns.T @ of.xx @ columns)[order]
        spread = float(np.sqrt(of.yy.sum() / of.n.sum()))
        self._least = NOTHING_LEFT * spread / np.sqrt(float(of.n.sum())) * scale[0]
        self._scale = scale[0]
        took = scale[0] * self._xx[:, :, 0] * self.treated[:, None]
        self._xu = np.stack([(of.xy @ columns)[order], took])

    def observed(self) -> tuple[float, float]:
        """Return the effect and the standard error of the groups as they were.

        Raises
        ------
        Refused
            ``collinear`` and ``no_variation``.
        """
        effects, _, unfit = self.fit(self.treated[None])
        if unfit[0]:
            raise Refused(
                "collinear",
                "the effect follows from groups, periods and covariates",
                "check the columns of the treatment and of the time",
            )
        effect = float(effects[0, 0]) / self._scale
        self._xu[0] -= effect * self._xu[1]
        _, squares, _ = self.fit(self.treated[None])
        std_error = float(np.sqrt(squares[0, 0, 0]))
        if not std_error > self._least:
            raise Refused(
                "no_variation",
                "the outcome does not vary beyond groups and periods",
                "check the outcome's column, or ask for an outcome that varies",
            )
        return effect, std_error / self._scale

    def ratios(self, blocks: Iterator[Flags]) -> Iterator[Ratios]:
        g, k = self._xx.shape[:2]
        rows = max(_AT_ONCE // max(k * k, 2 * g), 1)
        for block in blocks:
            for start in range(0, len(block), rows):
                yield clean_ratios(*self.fit(block[start : start + rows]))

    def fit(self, treated: Flags) -> tuple[Float, Float, Flags]:
        """Return effects, sums of squared influences, and what could not be fitted."""
        t, m = treated.astype(np.float64), self._m
        g, k = self._xx.shape[:2]
        whole, part = self._xx.sum(axis=0), np.zeros((g, k, k))
        part[:, :m] = self._xx[:, :m]
        part[:, m:, :m] = self._xx[:, m:, :m]
        # [T O, S]'[T O, S]: what only S makes stays, all else counts for treated clusters.
        xx = (t @ part.reshape(g, k * k)).reshape(-1, k, k)
        xx[:, m:, m:] += whole[m:, m:]
        values = np.linalg.eigvalsh(xx)
        unfit = values[:, 0] * CONDITION_LIMIT < values[:, -1]
        xx[unfit] = np.eye(k)
        first = np.broadcast_to(np.eye(k)[:, :1], (len(t), k, 1))
        towards: Float = np.linalg.solve(xx, first)[:, :, 0].astype(np.float64, copy=False)
        leverage = self._forms(towards, towards, t)
        both = (
            np.where(treated, leverage, 0.0).sum(axis=1),
            np.where(treated, 0.0, leverage).sum(axis=1),
        )
        side = np.where(treated, both[0][:, None], both[1][:, None])
        rest = np.maximum(1 - leverage / np.maximum(side, 1e-300), _LEAST_REST)
        effects, scaled = np.zeros((2, len(t))), []
        for j in (0, 1):
            by_unit = self._xu[j]
            scores = np.concatenate(
                [t @ by_unit[:, :m], np.tile(by_unit[:, m:].sum(axis=0), (len(t), 1))], axis=1
            )
            beta: Float = np.linalg.solve(xx, scores[:, :, None])[:, :, 0].astype(
                np.float64, copy=False
            )
            effects[j] = beta[:, 0]
            own = t * (towards[:, :m] @ by_unit[:, :m].T) + towards[:, m:] @ by_unit[:, m:].T
            scaled.append((own - self._forms(towards, beta, t)) / np.sqrt(rest))
        found = np.stack(scaled)
        return effects, np.einsum("ibg,jbg->ijb", found, found), unfit

    def _forms(self, left: Float, right: Float, t: Float) -> Float:
        """Return left'X_c'X_c right of each assignment and cluster, shape (b, g)."""
        m, (g, k) = self._m, self._xx.shape[:2]
        products = left[:, :, None] * right[:, None, :]
        shared = products[:, m:, m:].reshape(len(left), -1)
        fixed = shared @ self._xx[:, m:, m:].reshape(g, -1).T
        products[:, m:, m:] = 0.0
        found: Float = fixed + t * (
            products.reshape(len(left), k * k) @ self._xx.reshape(g, k * k).T
        )
        return found
