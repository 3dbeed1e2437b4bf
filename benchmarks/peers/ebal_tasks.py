"""ebal: entropy balancing of means."""

from __future__ import annotations

import numpy as np
from ebal import ebal_bin
from matching_rows import read
from measure import Answer, arguments, report

task, path, warm = arguments()
y, treated, x = read(path)


def entropy() -> Answer:
    """Return the effect on the treated, with means as equal as ours are."""
    model = ebal_bin(PCA=False, print_level=-1, constraint_tolerance=1e-9)
    found = model.ebalance(treated.astype(int), x.copy(), y)
    weights = np.asarray(found["w"]).ravel()
    others = weights[~treated] if len(weights) == len(y) else weights
    return {"att": float(y[treated].mean() - others @ y[~treated] / others.sum())}


report({"entropy": entropy}[task], warm)
