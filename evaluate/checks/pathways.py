"""Whether people were followed well enough for what became of them to be known."""

from __future__ import annotations

import numpy as np

from evaluate.core import Check, CheckResult
from evaluate.inference.discrete_hazard import Pathways
from evaluate.inference.pathway_rows import Spells

FEW_LOST = 0.05  # Schulz & Grimes (2002), The Lancet 359(9308)
_ROUNDING = 1e-9


def status_known(some: Spells, unknown: str) -> Check:
    """Return whether it is known what became of those who left.

    Parameters
    ----------
    some : Spells
        People.
    unknown : str
        The way out of those of whom nobody knows.
    """
    n = len(some.last)
    lost = sum(one == unknown for one in some.outcome)
    result: CheckResult = "passed" if lost <= FEW_LOST * n else "failed"
    text = (
        f"What became of {lost} of {n} is not known; they are shown as a way out of their own, and"
        " are not spread over the others."
    )
    return Check("status_known", result, text, "flow")


def followed_to_end(some: Spells) -> Check:
    """Return whether people stop being seen only because the data end.

    Parameters
    ----------
    some : Spells
        People.
    """
    name = "followed_to_end"
    if not some.dated:
        text = (
            "Without days nobody sees whether people were last seen because the data end; the"
            " curves suppose that those who are not seen any longer fare as the others."
        )
        return Check(name, "not_run", text, "flow")
    early, n = int(some.ends_early.sum()), len(some.last)
    result: CheckResult = "passed" if early <= FEW_LOST * n else "failed"
    text = (
        f"{early} of {n} were still in when last seen, more than a period before the data end; the"
        " curves suppose that they fare as those who were followed."
    )
    return Check(name, result, text, "flow")


def enough_at_risk(found: Pathways, least: int) -> Check:
    """Return whether enough people are followed up to the end.

    Parameters
    ----------
    found : Pathways
        Of all.
    least : int
        Fewest people.
    """
    last, periods = int(found.at_risk[-1]), len(found.at_risk)
    result: CheckResult = "passed" if last >= least else "failed"
    text = f"In period {periods}, the last, {last} people are followed; {least} are wanted."
    return Check("enough_at_risk", result, text, "incidence")


def adds_up(found: Pathways) -> Check:
    """Return whether being still in and all ways out make up one.

    Parameters
    ----------
    found : Pathways
        Of all.
    """
    gap = float(np.abs(found.survival + found.incidence.sum(axis=1) - 1).max())
    result: CheckResult = "passed" if gap < _ROUNDING else "failed"
    text = "In every period those still in and those who left in each way make up all who entered."
    return Check("adds_up", result, text, "incidence")


def late_entry(some: Spells) -> Check:
    """Return whether people came under observation only after their entry.

    Parameters
    ----------
    some : Spells
        People.
    """
    late, n = int((some.first > 1).sum()), len(some.last)
    text = f"{late} of {n} are followed only from some time after entry"
    if not late:
        return Check("late_entry", "passed", "All are followed from their entry.", "flow")
    text += (
        "; they count from then on, and those who left before they could be seen are not in the"
        " data at all."
    )
    return Check("late_entry", "failed" if late > FEW_LOST * n else "passed", text, "flow")
