"""Models of two groups before and after, with and without units that are followed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evaluate.data.moments import Float
from evaluate.data.within import Within
from evaluate.inference.assignment import Assignment
from evaluate.inference.design_rows import TreatmentModel, dependent_terms, treatment_model
from evaluate.inference.did import Did
from evaluate.inference.did_base import Base, fit_base
from evaluate.inference.did_columns import DidColumns
from evaluate.inference.treatment import TreatmentFit, fit_terms


def fit_did(did: Did, *, covariates: bool = True) -> TreatmentFit:
    """Return the fitted effect: the groups' change from before to after, less one another.

    Parameters
    ----------
    did : Did
        Two groups.
    covariates : bool
        Whether what the headline adjusts for is held constant.

    Raises
    ------
    Refused
        With the codes of ``fit_terms`` and ``fit_base``.

    References
    ----------
    R ``lm(y ~ treated * post + x)``; ``fixest::feols(y ~ I(treated * post) + x | unit +
    time)``; Stata ``regress y i.treated##i.post x``, ``xtreg y c.treated#c.post i.time x, fe``.
    """
    used = did.trial.adjusted if covariates else ()
    if did.base is None or did.within is None:
        return _fit_cells(did.trial.assignment, did.columns, used)
    return _fit_within(did, did.base, did.within, used)


def _fit_cells(
    assignment: Assignment, columns: DidColumns, covariates: tuple[str, ...]
) -> TreatmentFit:
    """Return the fit to repeated cross-sections."""
    names = (*covariates, assignment.cells.columns[-1])
    refined = assignment.refined
    whole = assignment.cells if refined is None or refined.columns != names else refined
    cells = whole.only(names)
    post = cells.labels[columns.post].astype(np.float64)
    held = [assignment.arm, assignment.period if assignment.period is not None else assignment.arm]
    effect = (assignment.treated * post)[:, None]
    model = treatment_model(cells, effect, held)
    fitted = fit_terms(cells, model, assignment.cluster)
    return replace(fitted, weights=assignment.weights)


def _fit_within(did: Did, base: Base, within: Within, covariates: tuple[str, ...]) -> TreatmentFit:
    """Return the fit to units that are followed."""
    used = replace(base, covariates=base.covariates if covariates else ())
    own, shared = used.own(used.only(used.post)), used.shared(covariates=False)
    gone = _dependent(used, within, own, shared)
    used = replace(used, covariates=tuple(at for at in used.covariates if at not in gone))
    groups, fitted = fit_base(used, own, used.shared())
    names = did.corners.columns
    contrast = np.eye(fitted.rank)[:1]
    return TreatmentFit(
        effects=contrast @ fitted.coefficients,
        contrasts=contrast,
        cells=did.corners if covariates else did.corners.only(names[-1:]),
        maps=np.zeros((4, 0, 0)),
        groups=groups,
        fit=fitted,
        clustered=True,
        absorbed=True,
        dropped=tuple(names[at - 1] for at in sorted(gone)),
        weights=did.trial.assignment.weights,
    )


def _dependent(base: Base, within: Within, own: Float, shared: Float) -> set[int]:
    """Return the covariates that follow from units, periods and covariates before them."""
    if not base.covariates:
        return set()
    columns = np.hstack([own, shared, base.only(*base.covariates)])
    pooled = base.moments.xx.sum(axis=0)
    xx = columns.T @ pooled @ columns
    size, first = np.diag(xx).copy(), 1 + shared.shape[1]
    size[first:] = within.total[list(base.covariates)]
    others = tuple((at + 1,) for at in range(1, len(xx)))
    lost = dependent_terms(xx, size, TreatmentModel(np.zeros((0, 0, 0)), 1, others), 1)
    return {base.covariates[at + 1 - first] for at in lost if at + 1 >= first}


def with_covariates(did: Did, base: Base, fitted: TreatmentFit) -> Base:
    """Return moments whose covariates are those of a fitted model.

    Parameters
    ----------
    did : Did
        Two groups.
    base : Base
        Their moments by cluster.
    fitted : TreatmentFit
        The model.
    """
    names = did.corners.columns[:-1]
    every = zip(base.covariates, names, strict=True)
    return replace(base, covariates=tuple(at for at, name in every if name in fitted.covariates))
