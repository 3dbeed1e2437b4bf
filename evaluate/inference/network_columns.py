"""Which columns the tables on networks have, in order, and how their cells are written."""

from __future__ import annotations

from collections.abc import Mapping

from evaluate.core import CellType

TABLES: Mapping[str, tuple[str, ...]] = {
    "waves": (
        "key",
        "group",
        "wave",
        "actors",
        "silent",
        "ties",
        "pairs",
        "density",
        "density_low",
        "density_high",
        "reciprocity",
        "components",
        "largest",
        "isolates",
        "centralisation",
        "centralisation_in",
        "state",
    ),
    "crossing": (
        "key",
        "group",
        "wave",
        "across",
        "within",
        "share_across",
        "ei",
        "ei_expected",
        "ei_low",
        "ei_high",
        "p_value",
        "exact",
        "state",
    ),
    "sectors": ("key", "wave", "sector", "other", "ties", "pairs", "density"),
    "types": ("key", "wave", "type", "ties", "density", "share_across", "reciprocity"),
    "change": (
        "key",
        "group",
        "wave",
        "later",
        "kept",
        "lost",
        "created",
        "unknown",
        "jaccard",
        "by_chance",
        "p_kept",
        "change",
        "conf_low",
        "conf_high",
        "state",
    ),
    "permanence": (
        "key",
        "horizon",
        "which",
        "later",
        "months",
        "followed",
        "kept",
        "lost",
        "unknown",
        "survived",
        "conf_low",
        "conf_high",
        "design_effect",
        "at_least",
        "at_most",
        "state",
    ),
    "actors": (
        "key",
        "group",
        "wave",
        "actor",
        "sector",
        "answered",
        "sent",
        "received",
        "betweenness",
        "coordinator",
        "itinerant",
        "gatekeeper",
        "representative",
        "liaison",
        "core",
        "in_core",
    ),
    "ties": ("key", "group", "wave", "sender", "receiver", "types"),
}

_NAMES: Mapping[CellType, str] = {
    "text": "actor group key later other receiver sector sender state type wave which",
    "number": "betweenness by_chance change conf_high conf_low design_effect ei ei_expected ei_high"
    " ei_low p_kept p_value",
    "share": "at_least at_most centralisation centralisation_in density density_high density_low"
    " jaccard reciprocity share_across survived",
    "boolean": "answered exact in_core",
}
# A name that is not among them is a count.
TYPES: Mapping[str, CellType] = {
    name: kind for kind, names in _NAMES.items() for name in names.split()
}


def type_of(table: str, name: str) -> CellType:
    """Return how a column's cells are written.

    Parameters
    ----------
    table, name : str
        Id of the table, and its column.
    """
    if table == "permanence" and name in {"conf_low", "conf_high"}:
        return "share"  # limits of a share there, of a difference elsewhere
    return TYPES.get(name, "integer")
