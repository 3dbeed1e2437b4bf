"""Overlap of a built comparison: whether there is somebody to compare with."""

from __future__ import annotations

import numpy as np

from evaluate.checks.labels_comparison import column
from evaluate.core import Cell, Check, CheckResult, Summary, Table
from evaluate.inference.comparison import Compared, Groups
from evaluate.inference.comparison_overlap import REACH, Bin, Side, out_of_reach, score_bins
from evaluate.inference.linear import Float

KIND = "comparison_overlap"
# Share of those whom the effect is about that may lack somebody to be compared with.
WITHOUT = 0.05
# A side's heaviest unit may weigh so much of it, and so many times an equal share of it.
HEAVIEST, TIMES_EQUAL = 0.1, 5
_DIGITS = 3
_COLUMNS = (
    *("bin", "low", "high", "n_treated", "n_comparison", "n_treated_kept", "n_comparison_kept"),
    *("share_treated", "share_comparison", "share_treated_after", "share_comparison_after"),
)


def overlap(
    groups: Groups, found: Compared, estimand: Summary, sides: tuple[Side, ...]
) -> tuple[Check, Table | None]:
    """Return whether those whom the effect is about have somebody like them, and the table.

    Parameters
    ----------
    groups : Groups
        All units.
    found : Compared
        With scores, or without.
    estimand : {"ATT", "ATE", "ATO"}
        Whose effect it is: of ATT the treated must have somebody, else all.
    sides : tuple of Side
        The treated, and the comparison.

    Returns
    -------
    check : Check
        ``overlap``: failed when more than 5 % have nobody of the other group within 0.2 standard
        deviations of the logit of the score, or were left out, or when one unit weighs more than
        10 % of its side and five times an equal share.
    table : Table or None
        Of kind ``comparison_overlap``; ``None`` without scores.
    """
    everybody = _target(groups, found, estimand)
    gone = _part(everybody, found.weights == 0)
    who = "the treated" if estimand == "ATT" else "the units"
    parts, bad = [], gone > WITHOUT
    if found.score is not None:
        alone = _part(everybody, out_of_reach(found.score, groups.treated))
        outside = _part(everybody, _outside(groups, found.score))
        bad = bad or alone > WITHOUT
        parts.append(
            f"{alone:.1%} of {who} have nobody of the other group within {REACH} standard"
            f" deviations of the logit of the score, and {outside:.1%} score outside the other"
            " group's range"
        )
    if gone:
        parts.append(f"{gone:.1%} of {who} were left out")
    if not parts:
        parts.append(f"None of {who} were left out")
    parts.append(f"at most {WITHOUT:.0%} may lack somebody to be compared with")
    if exploded := _exploded(sides):
        parts.append(exploded)
    table = None if found.score is None else _table(score_bins(groups, found.weights, found.score))
    result: CheckResult = "failed" if bad or exploded else "passed"
    where = None if table is None else KIND
    return Check("overlap", result, "; ".join(parts) + ".", where), table


def _target(groups: Groups, found: Compared, estimand: Summary) -> Float:
    """Return how much each unit counts among those whom the effect is about."""
    if estimand == "ATO":
        return np.abs(found.weights)
    start = np.ones(len(groups.y)) if groups.weights is None else groups.weights
    return np.where(groups.treated, start, 0.0) if estimand == "ATT" else start


def _part(weights: Float, inside: np.ndarray) -> float:
    return float(weights[inside].sum() / weights.sum())


def _outside(groups: Groups, score: Float) -> np.ndarray:
    found = np.zeros(len(score), dtype=bool)
    for one in (groups.treated, ~groups.treated):
        other = score[~one]
        found[one] = (score[one] < other.min()) | (score[one] > other.max())
    return found


def _exploded(sides: tuple[Side, ...]) -> str:
    worst = max(sides, key=lambda one: one.largest_share)
    if worst.largest_share <= max(HEAVIEST, TIMES_EQUAL / worst.n_kept):
        return ""
    return f"one unit weighs {worst.largest_share:.1%} of its side: weights explode"


def _table(bins: tuple[Bin, ...]) -> Table:
    columns = tuple(column(one) for one in _COLUMNS)
    return Table(KIND, KIND, columns, tuple(_row(i + 1, one) for i, one in enumerate(bins)))


def _row(at: int, one: Bin) -> dict[str, Cell]:
    return {
        "bin": str(at),
        "low": round(one.low, _DIGITS),
        "high": round(one.high, _DIGITS),
        "n_treated": one.n_treated,
        "n_comparison": one.n_comparison,
        "n_treated_kept": one.kept_treated,
        "n_comparison_kept": one.kept_comparison,
        "share_treated": one.share_treated,
        "share_comparison": one.share_comparison,
        "share_treated_after": one.after_treated,
        "share_comparison_after": one.after_comparison,
    }
