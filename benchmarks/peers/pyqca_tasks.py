"""pyqca: a crisp analysis of one case for each row, with its exact set cover."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import qca
from measure import Answer, arguments, report
from qca_tables import bits, faults, read

task, path, warm = arguments()
k, shown, absent, free = read(path)
NAMES = [f"x{at}" for at in range(k)]
frame = pd.DataFrame(bits(k, shown + absent).astype(float), columns=NAMES)
frame["y"] = [1.0] * len(shown) + [0.0] * len(absent)
frame["case"] = [f"c{at}" for at in range(len(frame))]
warnings.simplefilter("ignore")


def minimise() -> Answer:
    """Return the number of terms of its parsimonious solution."""
    engine = qca.FSQCA(frame, "y", NAMES, case_id="case")
    found = engine.fit(consistency_cutoff=0.8, minimizer="exact_set_cover").qm_solution
    terms = found.parsimonious_solution
    model = np.full((len(terms), k), -1)
    for at, one in enumerate(terms):
        for word in one.label(NAMES).split("*"):
            model[at, NAMES.index(word.strip("~ "))] = int("~" not in word)
    return {"terms": len(model), "models": 1, "faults": faults(k, model, shown, absent)}


report({"minimise": minimise}[task], warm)
