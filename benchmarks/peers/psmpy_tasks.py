"""psmpy: nearest neighbours; its caliper is absolute, on the logit of a penalised fit."""

from __future__ import annotations

import warnings

import matplotlib as mpl
import pandas as pd
from matching_rows import CALIPER, COVARIATES, read
from measure import Answer, arguments, report

mpl.use("Agg")
from psmpy import PsmPy

task, path, warm = arguments()
y, treated, x = read(path)
frame = pd.DataFrame(x, columns=list(COVARIATES))
frame["t"], frame["id"] = treated.astype(int), range(len(y))
warnings.simplefilter("ignore")


def penalised() -> Answer:
    """Return the effect on the treated, and how many treated are in it."""
    model = PsmPy(frame.copy(), treatment="t", indx="id", exclude=[], seed=1)
    model.logistic_ps(balance=False)
    model.kdtree_matched(matcher="propensity_logit", replacement=True, caliper=CALIPER)
    pairs = model.matched_ids
    own, other = (pairs[name].to_numpy().astype(int) for name in ("id", "matched_ID"))
    return {"att": float((y[own] - y[other]).mean()), "kept": float(len(pairs))}


report({"penalised": penalised}[task], warm)
