"""The programme's group after the start less before: a change, and no effect."""

from __future__ import annotations

from typing import Any

import numpy as np

from evaluate.core import Estimand, Estimate
from evaluate.data.moments import Moments
from evaluate.errors import Refused
from evaluate.inference.assignment import numbered
from evaluate.inference.clustered import ClusterStdError, cluster_spread
from evaluate.inference.design_rows import treatment_model
from evaluate.inference.did import Did
from evaluate.inference.did_base import Base
from evaluate.inference.individual import constant_rows, individual_spread, row_model
from evaluate.inference.linear import GroupMoments, Spread, fit
from evaluate.inference.treatment import fit_terms

ALONE = "change in the treated group alone, no comparison"


def change_alone(did: Did) -> Estimate | None:
    """Return the programme's group after the start less before, or nothing where it has none.

    Parameters
    ----------
    did : Did
        Two groups.
    """
    try:
        value, one, name, clusters = _alone(did)
        estimand = Estimand("descriptive", did.trial.estimand.outcome, did.trial.estimand.unit)
        known: dict[str, Any] = {
            "n_obs": int(did.corners.n[2:].sum()),
            "n_treated": did.n_treated,
            "n_clusters": clusters,
        }
        return did.trial.row(
            value,
            one,
            estimand=estimand,
            method=ALONE,
            std_error_method=name,
            role="beside",
            **known,
        )
    except Refused:
        return None


def _alone(did: Did) -> tuple[float, Spread, str, int | None]:
    base = did.base
    if base is None:
        return _alone_of_rows(did)
    kept = base.treated == 1
    of = base.moments
    inside = GroupMoments(of.n[kept], of.xx[kept], of.xy[kept], of.yy[kept])
    part = Base(
        inside,
        np.ones(int(kept.sum())),
        numbered(base.cluster[kept]),
        base.constant,
        base.post,
        (),
        None,
    )
    columns = part.shared()
    turned = GroupMoments(inside.n, columns.T @ inside.xx @ columns, inside.xy @ columns, inside.yy)
    fitted = fit(turned)
    contrast = np.eye(fitted.rank)[-1]
    sampled = did.columns.weights and did.columns.kind == "probability"
    kind: ClusterStdError = "CR1" if sampled else "CR2"
    found = cluster_spread(turned, fitted, contrast, kind)
    return float(fitted.coefficients[-1]), found, kind, len(inside.n)


def _alone_of_rows(did: Did) -> tuple[float, Spread, str, int | None]:
    if did.columns.weights and did.columns.kind != "frequency":
        raise Refused("weighted_rows", "rows are weighted", "read the headline")
    cells = did.corners.only(did.corners.columns[-1:])
    labels = {name: values[2:] for name, values in cells.labels.items()}
    part = Moments(cells.columns, cells.centre, labels, cells.n[2:], cells.cross[2:])
    model = treatment_model(part, np.array([[0.0], [1.0]]), ())
    fitted = fit_terms(part, model, None)
    rows = constant_rows(row_model((), labels, fitted.maps, fitted.fit, fitted.contrast), part)
    found = individual_spread(
        fitted.groups, fitted.fit, fitted.contrast, rows, fitted.maps, std_error="HC2"
    )
    return fitted.effect, found, "HC2", None
