"""What was delivered and seen, and whether it can carry what is read from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from evaluate.core import Check, CheckResult, Table

_DOSES: Mapping[str, CheckResult] = {
    "chosen": "failed",
    "unknown": "uninformative",
    "randomised": "passed",
}
_SAID = {
    "chosen": "Doses were chosen, not assigned: sites with more may differ in other ways, so that"
    " what goes with the dose is not its effect.",
    "unknown": "It is not known how doses came about, so that what goes with the dose cannot be"
    " called its effect.",
    "randomised": "Doses were given to sites by lot, as the study declares.",
}
_RESULTS: Mapping[str, CheckResult] = {
    "delivered": "passed",
    "not_delivered": "failed",
    "uncertain": "uninformative",
}


def was_delivered(table: Table) -> Check:
    """Return whether the declared least was reached over all sites together.

    Parameters
    ----------
    table : Table
        Sites with a column ``delivery``; the last row is all together.
    """
    *each, together = (str(row["delivery"]) for row in table.rows)
    return Check(
        "implementation_delivered",
        _RESULTS[together],
        f"The least that was declared was reached at {each.count('delivered')} of {len(each)}"
        f" sites, not at {each.count('not_delivered')}, and at {each.count('uncertain')} the"
        " interval leaves it open.",
        table.id,
    )


def was_observed(table: Table) -> Check:
    """Return whether every planned component was observed at every site.

    Parameters
    ----------
    table : Table
        As in ``was_delivered``.
    """
    sites = table.rows[:-1]
    whole = sum("fidelity" in row for row in sites)
    return Check(
        "implementation_observed",
        "passed" if whole == len(sites) else "failed",
        f"Every planned component was observed at {whole} of {len(sites)} sites; elsewhere it is"
        " not known what was delivered.",
        table.id,
    )


def dose_assigned(how: Literal["chosen", "randomised", "unknown"], table: str) -> Check:
    """Return whether what goes with the dose may be called its effect.

    Parameters
    ----------
    how : {"chosen", "randomised", "unknown"}
        How sites came by their dose.
    table : str
        Id of the table of doses.
    """
    return Check("dose_assigned", _DOSES[how], _SAID[how], table)


def effect_compared(compared: bool, table: str | None) -> Check:
    """Return whether the effect beside delivery has a comparison.

    Parameters
    ----------
    compared : bool
        Whether it has.
    table : str or None
        Id of the table of readings.
    """
    return Check(
        "effect_compared",
        "passed" if compared else "failed",
        "The effect that delivery is read with comes from a comparison."
        if compared
        else "No effect with a comparison stands beside delivery, so that nothing is said of"
        " whether the programme worked.",
        table,
    )
