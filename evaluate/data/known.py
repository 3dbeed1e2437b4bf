"""What the checks of the sources have shown of every column, so that it is not counted again."""

from __future__ import annotations

from collections.abc import Mapping

from evaluate.data.merge import Merged
from evaluate.data.names import shown
from evaluate.data.plan import Plan
from evaluate.data.used import Used
from evaluate.data.variable import NUMERIC, Variable
from evaluate.data.views import Known


def known_columns(
    plan: Plan, merged: Merged, used: Used, variables: Mapping[str, Variable]
) -> dict[str, Known]:
    """Return what the checks have shown of every column of the used rows.

    Parameters
    ----------
    plan : Plan
        What was read and computed.
    merged : Merged
        The typed rows.
    used : Used
        The used rows.
    variables : mapping of str to Variable
        The dictionary.
    """
    known = {
        one.name: Known(f"{merged.label}:{shown(one.name)}", used.n_rows - used.present[one.name])
        for one in plan.computed
    }
    is_whole = not plan.conditions and not merged.joins and merged.entered is None
    for name, (origin, n_rows, counts) in merged.columns.items():
        missing = n_rows - counts.present if is_whole else None
        if counts.present == n_rows and name not in merged.widened:
            missing = 0
        ends = (counts.low, counts.high) if variables[name].type in NUMERIC else (None, None)
        known[name] = Known(f"{origin.label}:{shown(name)}", missing, *ends, reached=is_whole)
    return known
