"""The effect of what was received, from the chance that decided what was offered.

The offer is the one instrument, so that everything follows from two regressions of one
design, of the outcome and of what was received: the effect is the ratio of the offer's two
coefficients, and their covariance gives its standard error, the strength of the first stage
and the Anderson-Rubin set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import cast

import numpy as np

from evaluate.data.moments import Float, RowModel
from evaluate.data.sample import Sample
from evaluate.inference.anderson_rubin import ConfidenceSet, robust_anderson_rubin
from evaluate.inference.assignment import Assignment
from evaluate.inference.clustered import ClusterStdError, cluster_spread
from evaluate.inference.design_rows import dependent_terms, treatment_model
from evaluate.inference.individual import IndividualStdError, individual_spread
from evaluate.inference.instruments import InstrumentModel, InstrumentMoments, instrument_moments
from evaluate.inference.linear import Fit, GroupMoments, Spread, fit, spread
from evaluate.inference.tsls import NOTHING_LEFT, no_first_stage, require_instruments
from evaluate.inference.wald import cluster_influence
from evaluate.inference.weak import STRONG_F, first_stage_f


@dataclass(frozen=True, slots=True)
class Late:
    """The effect of receiving on those whom the offer moved.

    Attributes
    ----------
    estimate : float
        In the outcome's unit for each unit of what was received.
    std_error, df : float
        Of the estimate; not to be relied on where ``weak``.
    moved : float
        First stage: how much more the offered received.
    first_stage_f, effective_f : float or None
        Strength under equal variances, and with the standard error asked for; ``None`` where
        the offer alone decides what is received, so that no chance is left.
    weak : bool
        Whether ``effective_f`` is below 10: report ``ar_set`` in place of the t interval.
    ar_p : float
        Anderson-Rubin test of no effect; the p-value of the effect of the offer.
    ar_set : ConfidenceSet
        Effects that it does not reject, at the level asked for.
    """

    estimate: float
    std_error: float
    df: float
    moved: float
    first_stage_f: float | None
    effective_f: float | None
    weak: bool
    ar_p: float
    ar_set: ConfidenceSet

    @property
    def spread(self) -> Spread:
        """Return standard error and degrees of freedom, as ``estimate_row`` takes them."""
        return Spread(self.std_error, self.df)


@dataclass(frozen=True, slots=True)
class _Stages:
    """The offer's coefficients for outcome and receipt, their covariance and its df."""

    moved: Float
    covariance: Float
    df: float


def late(
    sample: Sample,
    assignment: Assignment,
    received: str,
    covariates: Sequence[str] = (),
    *,
    std_error: str | None = None,
    conf_level: float = 0.95,
) -> Late:
    """Return the effect of receiving, with the offer as its instrument.

    Covariates and strata enter additively, whatever the effect of the offer was adjusted by:
    two-stage least squares then weights the strata by how much the offer moves them. Where
    everybody gains alike, or no stratum is moved more than another, that is the average
    effect on those moved. Matched pairs have an intercept each, and uncertainty is over
    pairs; over periods, clusters have one each.

    Parameters
    ----------
    sample : Sample
        The rows behind the assignment, for the third pass that individuals need.
    assignment : Assignment
        Moments by cell, read with ``received`` among ``further``; of one programme.
    received : str
        Column of what was received, such as 1 for those who took part.
    covariates : sequence of str
        Columns to adjust for.
    std_error : str or None
        One of those for clusters where clusters or pairs were assigned, else of those for
        individuals; CR2 or HC2 by default.
    conf_level : float
        Coverage probability of the Anderson-Rubin set, in (0, 1).

    Returns
    -------
    Late
        The same estimate and standard error as R ``estimatr::iv_robust(y ~ d + x | z + x,
        clusters = g, se_type = "CR2")``; without ``clusters``, ``se_type = "HC2"``.

    Raises
    ------
    Refused
        ``received_constant``, ``instrument_collinear``, ``received_collinear``,
        ``no_first_stage``, and the codes of ``fit``, ``cluster_spread`` and
        ``individual_spread``.

    References
    ----------
    Imbens & Angrist (1994), Econometrica 62(2); Angrist & Imbens (1995), JASA 90(430), for
    covariates.
    """
    model, moments = _offer(assignment, received, covariates)
    require_instruments(moments)
    first = first_stage_f(moments)
    if first and first[0].statistic < NOTHING_LEFT:
        raise no_first_stage()
    if assignment.cluster is not None or moments.absorbed:
        stages = _by_cluster(moments, cast(ClusterStdError, std_error or "CR2"))
    else:
        kind = cast(IndividualStdError, std_error or "HC2")
        stages = _by_row(sample, model, moments, kind)
    return _ratio(stages, moments, first[0].statistic if first else None, conf_level)


def _offer(
    assignment: Assignment, received: str, covariates: Sequence[str]
) -> tuple[InstrumentModel, InstrumentMoments]:
    """Return the rows (X, D, Z): blocks and covariates, what was received, the offer."""
    outcome = assignment.cells.columns[-1]
    used = [name for name in covariates if name not in assignment.constant]
    blocks, group = [assignment.stratum], assignment.cluster
    if assignment.period is not None:
        blocks = [assignment.period]
    elif assignment.paired:
        blocks, group = [], assignment.stratum
    absorbed = assignment.period is not None or assignment.paired
    offer = assignment.treated[:, None]
    inner = treatment_model(assignment.cells.only((*used, outcome)), offer, blocks)
    g, k, size = inner.maps.shape
    # The offer moves from the second column to the last, after what was received.
    maps = np.zeros((g, k + 1, size + 1))
    maps[:, : k - 1, :size] = np.delete(inner.maps, 1, axis=1)
    maps[:, k - 1, size] = 1.0
    maps[:, k, :size] = inner.maps[:, 1]
    cells = assignment.cells.only((*used, received, outcome))
    model = InstrumentModel(cells, maps, exogenous=k - 1, endogenous=1, instruments=1)
    moments = instrument_moments(model, np.zeros(g, np.int64) if group is None else group)
    shift, order = int(absorbed), [0, k, *range(1, k - 1)]
    size_ = np.diag(moments.cross.sum(axis=0))[order][shift:]
    if absorbed:
        moments = moments.within()
    inside = [at - shift for at in order[shift:]]
    xx = moments.cross.sum(axis=0)[np.ix_(inside, inside)]
    lost = [inner.others[at][0] - 1 for at in dependent_terms(xx, size_, inner, shift)]
    model = replace(model, maps=np.delete(maps, lost, axis=1), exogenous=k - 1 - len(lost))
    return model, moments.without([at - shift for at in lost])


def _regressions(moments: InstrumentMoments) -> tuple[tuple[GroupMoments, Fit], ...]:
    """Return the regressions of the outcome and of what was received on covariates and offer."""
    on = [*moments.x, *moments.z]
    both = (moments.regression(on, to) for to in (moments.y, *moments.d))
    return tuple((groups, fit(groups)) for groups in both)


def _by_cluster(moments: InstrumentMoments, kind: ClusterStdError) -> _Stages:
    both = _regressions(moments)
    contrast = np.eye(len(both[0][1].coefficients))[-1]
    if moments.absorbed:
        # The constant counts once; effects nested in the groups do not count.
        both = tuple((groups, replace(one, rank=one.rank + 1)) for groups, one in both)
    parts = [cluster_influence(*one, contrast[None], kind) for one in both]
    influence = np.concatenate(parts, axis=1)
    df = cluster_spread(*both[0], contrast, kind).df
    moved = np.array([fitted.coefficients[-1] for _, fitted in both])
    return _Stages(moved, influence.T @ influence, df)


def _by_row(
    sample: Sample, model: InstrumentModel, moments: InstrumentMoments, kind: IndividualStdError
) -> _Stages:
    """Return the stages from three passes: for the outcome, and it less or more receipt.

    The variance of the coefficient for y - b D is a quadratic in b; its values at three b
    give the covariance.
    """
    (pooled, outcome), (_, receipt) = _regressions(moments)
    contrast = np.eye(outcome.rank)[-1]
    e = model.exogenous
    maps = np.delete(model.maps, e, axis=1)
    turned = maps.transpose(0, 2, 1)
    total = moments.cross.sum(axis=0)
    scale = sqrt(total[moments.y, moments.y] / total[e, e])
    found = []
    for b in (0.0, scale, -scale):
        residual = turned @ (outcome.coefficients - b * receipt.coefficients)
        rows = RowModel(
            columns=model.cells.columns[:-1],
            labels=model.cells.labels,
            residual=residual + b * model.maps[:, e],
            influence=turned @ (outcome.bread @ contrast),
            leverage=turned @ outcome.bread @ maps,
        )
        sums = sample.row_moments(rows)
        found.append(individual_spread(pooled, outcome, contrast, sums, maps, std_error=kind))
    alone, less, more = (one.std_error**2 for one in found)
    cross = (more - less) / (4 * scale)
    own = (more + less - 2 * alone) / (2 * scale**2)
    moved = np.array([outcome.coefficients[-1], receipt.coefficients[-1]])
    return _Stages(moved, np.array([[alone, cross], [cross, own]]), found[0].df)


def _ratio(
    stages: _Stages, moments: InstrumentMoments, first_stage: float | None, conf_level: float
) -> Late:
    outcome, received = stages.moved.tolist()
    covariance = stages.covariance
    if first_stage is None:
        # The offer alone decides what is received: what is left is rounding.
        covariance = np.array([[covariance[0, 0], 0.0], [0.0, 0.0]])
    value = outcome / received
    towards = np.array([1.0, -value])
    variance = float(towards @ covariance @ towards)
    known = spread(variance, stages.df, moments.regression([0]))
    chance = float(covariance[1, 1])
    effective = received**2 / chance if first_stage is not None and chance > 0 else None
    robust = robust_anderson_rubin((outcome, received), covariance, stages.df, conf_level)
    return Late(
        estimate=value,
        std_error=known.std_error / abs(received),
        df=known.df,
        moved=received,
        first_stage_f=first_stage,
        effective_f=effective,
        weak=effective is not None and effective < STRONG_F,
        ar_p=robust.p_value,
        ar_set=robust.values,
    )
