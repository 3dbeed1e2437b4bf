"""setqca: the smallest covers of a truth table."""

from __future__ import annotations

import numpy as np
import setqca
from measure import Answer, arguments, report
from qca_tables import faults, read

task, path, warm = arguments()
k, shown, absent, free = read(path)
NAMES = tuple(f"x{at}" for at in range(k))


def minimise() -> Answer:
    """Return the number of terms, and how many models were found."""
    found = setqca.minimize(set(shown), dont_cares=set(free), width=k)
    model = np.full((len(found[0].implicants), k), -1)
    for at, one in enumerate(found[0].implicants):
        for word in one.as_expression(NAMES).split("*"):
            model[at, NAMES.index(word.strip("~ "))] = int("~" not in word)
    wrong = faults(k, model, shown, absent)
    return {"terms": len(model), "models": len(found), "faults": wrong}


report({"minimise": minimise}[task], warm)
