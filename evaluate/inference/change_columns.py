"""Which columns the tables on change have, in order, and how their cells are written."""

from __future__ import annotations

from collections.abc import Mapping

from evaluate.core import CellType

TABLES: Mapping[str, tuple[str, ...]] = {
    "scores": (
        *("scale", "n_units", "n_pairs", "n_clusters", "before", "after", "change"),
        *("change_low", "change_high", "std_error", "df", "standardised", "standardised_low"),
        *("standardised_high", "sd_before", "sd_after", "correlation", "worthwhile", "state"),
    ),
    "groups": (
        *("key", "scale", "group", "n_pairs", "before", "after", "change", "change_low"),
        *("change_high", "state"),
    ),
    "reliable": (
        *("key", "scale", "outcome", "n", "n_pairs", "share", "share_low", "share_high"),
        *("reliability", "sd", "threshold", "cutoff", "state"),
    ),
    "selection": (
        *("scale", "population", "before", "change", "correlation", "expected", "left"),
        *("left_low", "left_high", "p_value", "tipping_mean", "state"),
    ),
    "lost": (
        *("scale", "n_planned", "n_units", "n_pairs", "n_before_only", "n_after_only"),
        *("n_neither", "share_lost", "before_kept", "before_lost", "bound_low", "bound_high"),
        "tipping",
    ),
    "ends": (
        *("key", "scale", "wave", "n_measured", "n_worst", "worst", "worst_low", "worst_high"),
        *("n_best", "best", "best_low", "best_high", "state"),
    ),
    "shift": (
        *("key", "scale", "part", "n_units", "change", "change_low", "change_high", "state"),
    ),
}
_TEXT = ("key", "scale", "group", "outcome", "wave", "part", "state")
_SHARES = (
    *("share", "share_low", "share_high", "share_lost"),
    *("worst", "worst_low", "worst_high", "best", "best_low", "best_high"),
)


def type_of(name: str) -> CellType:
    """Return how a column's cells are written."""
    if name in _TEXT:
        return "text"
    if name == "n" or name.startswith("n_"):
        return "integer"
    return "share" if name in _SHARES else "number"
