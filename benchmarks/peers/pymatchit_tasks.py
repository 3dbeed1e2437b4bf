"""pymatchit-causal: nearest neighbours; its caliper is in standard deviations of the score."""

from __future__ import annotations

import warnings

import pandas as pd
from matching_rows import CALIPER, COVARIATES, read
from measure import Answer, arguments, report
from pymatchit import MatchIt

task, path, warm = arguments()
y, treated, x = read(path)
frame = pd.DataFrame(x, columns=list(COVARIATES))
frame["t"], frame["y"] = treated.astype(int), y
warnings.simplefilter("ignore")


def matched(*, replace: bool) -> Answer:
    """Return the effect on the treated, and how many treated are in it."""
    model = MatchIt(
        frame, method="nearest", distance="glm", replace=replace, caliper=CALIPER, ratio=1,
        m_order="largest",
    )  # fmt: skip
    model.fit(f"t ~ {' + '.join(COVARIATES)}")
    kept = model.matched_data
    on = kept["t"] == 1
    weight = kept["weights"]
    means = [(kept["y"] * weight)[side].sum() / weight[side].sum() for side in (on, ~on)]
    return {"att": means[0] - means[1], "kept": float(on.sum())}


report({"again": lambda: matched(replace=True), "once": lambda: matched(replace=False)}[task], warm)
