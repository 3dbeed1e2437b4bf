"""causalinference: nearest neighbours on covariates over their variances; it has no caliper."""

from __future__ import annotations

from causalinference import CausalModel
from matching_rows import read
from measure import Answer, arguments, report

task, path, warm = arguments()
y, treated, x = read(path)


def covariates() -> Answer:
    """Return the effect on the treated; it always gives that on all too."""
    model = CausalModel(y, treated.astype(int), x)
    model.est_via_matching(weights="inv", matches=1, bias_adj=False)
    return {"att": float(model.estimates["matching"]["att"])}


report({"covariates": covariates}[task], warm)
