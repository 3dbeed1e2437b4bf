"""Columns of the tables of a qualitative comparative analysis, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping

from evaluate.core import CellType

TABLES: Mapping[str, str] = {
    "rows": "row n_cases cases deviant consistency pri out consistency_absent pri_absent"
    " out_absent",
    "solutions": "key outcome kind model term consistency pri coverage unique cases n_models"
    " n_assumed state",
    "necessity": "key outcome condition consistency coverage relevance state",
    "diversity": "measure value",
    "excluded": "case reason",
    "random": "null share_found share_floor share_as_good p_value own_consistency own_coverage"
    " draws",
    "random_bins": "bin low high share own",
    "ranges": "key choice column value stays_from stays_to tried_from tried_to share_same",
    "robustness": "key choice column to solution models same consistency coverage",
    "points": "case membership in_outcome type",
}
_COUNTS = {"n_cases", "n_models", "n_assumed", "model", "models", "draws"}
_SHARES = {"share", "share_found", "share_floor", "share_as_good", "share_same"}
_NUMBERS = {"consistency", "pri", "consistency_absent", "pri_absent", "coverage", "unique"}
_NUMBERS |= {
    "relevance",
    "value",
    "to",
    "own_consistency",
    "own_coverage",
    "p_value",
    "low",
    "high",
}
_NUMBERS |= {"stays_from", "stays_to", "tried_from", "tried_to", "membership", "in_outcome"}


def type_of(name: str) -> CellType:
    """Return how the cells of a column are written.

    Parameters
    ----------
    name : str
        The column.
    """
    if name in _COUNTS:
        return "integer"
    if name in _SHARES:
        return "share"
    if name in _NUMBERS:
        return "number"
    return "boolean" if name in {"same", "own"} else "text"
