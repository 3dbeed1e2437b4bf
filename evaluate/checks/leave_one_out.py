"""Whether the result hangs on a single cluster."""

from __future__ import annotations

import numpy as np

from evaluate.core import Cell, Check, Column, Estimate, Table
from evaluate.data.moments import Float

_EFFECT = Column("estimate", "number", {"en": "Effect", "nb": "Effekt", "sv": "Effekt"})
_OF_THE_OFFER = Column(
    "estimate",
    "number",
    {"en": "Effect of the offer", "nb": "Effekt av tilbudet", "sv": "Effekt av erbjudandet"},
)
_COLUMNS = (
    Column("lowest", "number", {"en": "Lowest", "nb": "Laveste", "sv": "Lägsta"}),
    Column("highest", "number", {"en": "Highest", "nb": "Høyeste", "sv": "Högsta"}),
    Column("n_clusters", "integer", {"en": "Clusters", "nb": "Klynger", "sv": "Kluster"}),
)


def leave_one_out_check(
    headline: Estimate, without: Float, unit: str = "cluster", *, offered: bool = False
) -> tuple[Check, Table | None]:
    """Return whether sign or significance changes without one of the clusters.

    Which cluster it is is never said. Significance is judged with the headline's own
    half-widths, which one cluster of several hardly moves.

    Parameters
    ----------
    headline : Estimate
        The estimate with all clusters.
    without : ndarray, shape (g,)
        The estimate without each cluster in turn; NaN where it has no value.
    unit : str
        What is left out: ``"cluster"``, or ``"pair"``.
    offered : bool
        Whether the estimate is the effect of the offer beside one of taking part.
    """
    effect = "the effect of the offer" if offered else "the effect"
    if np.isnan(without).any():
        text = f"Without one of the {unit}s {effect} cannot be estimated at all."
        return Check("leave_one_cluster_out", "failed", text), None
    lowest, highest = float(without.min()), float(without.max())
    row: dict[str, Cell] = {
        "estimate": headline.estimate,
        "lowest": lowest,
        "highest": highest,
        "n_clusters": len(without),
    }
    columns = tuple(
        Column(one.name, one.type, one.label, headline.unit if one.type == "number" else None)
        for one in (_OF_THE_OFFER if offered else _EFFECT, *_COLUMNS)
    )
    table = Table("leave_one_out", "leave_one_out", columns, (row,))
    below = headline.estimate - headline.conf_low
    above = headline.conf_high - headline.estimate
    shown = headline.conf_low > 0 or headline.conf_high < 0
    still = (without - below > 0) | (without + above < 0)
    changed = (np.sign(without) != np.sign(headline.estimate)).any()
    text = f"Without one {unit} at a time {effect} lies between {lowest:.4g} and {highest:.4g}"
    if not changed and (still == shown).all():
        text += ": neither its sign nor whether it differs from zero hangs on one of them."
        return Check("leave_one_cluster_out", "passed", text, table.id), table
    what = "its sign" if changed else "whether it differs from zero"
    return Check(
        "leave_one_cluster_out", "failed", f"{text}: {what} hangs on one of them.", table.id
    ), table
