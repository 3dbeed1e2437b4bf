"""Ours: all shortest models of a truth table, the least number of terms proven."""

from __future__ import annotations

from measure import Answer, arguments, report
from qca_tables import bits, faults, read

from evaluate.inference.qca_solutions import minimised

task, path, warm = arguments()
k, shown, absent, free = read(path)


def minimise() -> Answer:
    """Return the number of terms, and how many models were found."""
    found = minimised(bits(k, shown), bits(k, free), (2,) * k)
    wrong = sum(faults(k, model, shown, absent) for model in found.models[:1])
    return {"terms": len(found.models[0]), "models": len(found.models), "faults": wrong}


report({"minimise": minimise}[task], warm)
