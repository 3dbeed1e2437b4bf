"""The rows of the tables on goals; what cannot be told has a state in place of numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from evaluate.core import Cell, CellType
from evaluate.errors import Refused
from evaluate.inference.goal_attainment import (
    HIGHEST,
    LOWEST,
    Goals,
    filled,
    mean_change,
    mean_score,
    require_goals,
)
from evaluate.inference.level_shares import Share, level_shares, share_of
from evaluate.inference.paired_change import Labels, Mean

Row = dict[str, Cell]
SENSITIVITY = (0.0, 0.15, 0.3, 0.5, 0.75, 1.0)  # correlations of goals that are tried
NOT_MEASURED = "not_measured"
_FILLED = {"unmeasured_lowest": LOWEST, "unmeasured_highest": HIGHEST}
TABLES: Mapping[str, tuple[str, ...]] = {
    "scores": (
        *("measure", "n_people", "n_clusters", "n_goals", "n_unmeasured", "score", "score_low"),
        *("score_high", "std_error", "df", "state"),
    ),
    "sensitivity": (
        *("assumption", "correlation", "score", "score_low", "score_high", "change", "change_low"),
        *("change_high", "state"),
    ),
    "levels": ("key", "level", "n", "n_measured", "share", "share_low", "share_high"),
    "distribution": (
        *("key", "question", "level", "missing", "n", "n_measured", "n_all", "share"),
        *("share_low", "share_high", "share_all", "at_least", "at_least_low", "at_least_high"),
        *("bound_low", "bound_high"),
    ),
    "benefits": (
        *("key", "title", "indicator", "owner", "unit", "baseline", "target", "measured"),
        *("due", "reached", "state"),
    ),
}
_TEXT = (
    *("measure", "state", "key", "assumption", "question", "title"),
    *("indicator", "owner", "unit", "due", "level"),
)


def type_of(name: str) -> CellType:
    """Return how a column's cells are written."""
    if name in _TEXT:
        return "text"
    if name == "missing":
        return "boolean"
    if name == "n" or name.startswith("n_"):
        return "integer"
    return "share" if name.startswith(("share", "at_least", "bound", "reached")) else "number"


def _mean(found: Mean, name: str = "score") -> Row:
    return {name: found.value, f"{name}_low": found.conf_low, f"{name}_high": found.conf_high}


def _tried(make: str, goals: Goals, correlation: float, conf_level: float) -> Mean | Refused:
    try:
        which = mean_change if make == "change" else mean_score
        return which(goals, correlation, conf_level)
    except Refused as refused:
        return refused


def scores(goals: Goals, correlation: float, conf_level: float) -> Iterator[Row]:
    """Yield the mean T-score, and its mean change from the baseline.

    Parameters
    ----------
    goals : Goals
        One row for each goal.
    correlation : float
        Assumed of every two goals of a person.
    conf_level : float
        Coverage probability, in (0, 1).
    """
    require_goals(goals)
    for measure in ("score", "change") if goals.baseline is not None else ("score",):
        known = ~np.isnan(goals.level)
        if measure == "change" and goals.baseline is not None:
            known &= ~np.isnan(goals.baseline)
        row: Row = {
            "measure": measure,
            "n_people": len({str(one) for one in goals.person[known]}),
            "n_goals": int(known.sum()),
            "n_unmeasured": int((~known).sum()),
        }
        found = _tried(measure, goals, correlation, conf_level)
        if isinstance(found, Refused):
            yield row | {"state": found.code}
            continue
        yield (
            row
            | _mean(found)
            | {
                "n_clusters": found.n_clusters,
                "std_error": found.std_error,
                "df": found.df,
            }
        )


def sensitivity(goals: Goals, correlation: float, conf_level: float) -> Iterator[Row]:
    """Yield the mean T-score under other correlations, equal weights and filled goals.

    Parameters
    ----------
    goals, correlation, conf_level : object
        As in ``scores``.
    """
    tried = [(f"rho{one:g}", one, goals) for one in sorted({*SENSITIVITY, correlation})]
    if goals.weight is not None:
        tried.append(("equal_weights", correlation, replace(goals, weight=None)))
    if np.isnan(goals.level).any():
        tried += [(key, correlation, filled(goals, level)) for key, level in _FILLED.items()]
    for key, rho, varied in tried:
        row: Row = {"assumption": key, "correlation": rho}
        for measure in ("score", "change") if goals.baseline is not None else ("score",):
            found = _tried(measure, varied, rho, conf_level)
            row |= {"state": found.code} if isinstance(found, Refused) else _mean(found, measure)
        yield row


def levels(goals: Goals, conf_level: float) -> Iterator[Row]:
    """Yield how many goals reached each level; goals of one person are not independent.

    Parameters
    ----------
    goals : Goals
        One row for each goal.
    conf_level : float
        Coverage probability, in (0, 1).
    """
    known = ~np.isnan(goals.level)
    found = goals.level[known]
    cluster = (goals.person if goals.cluster is None else goals.cluster)[known]
    for level in sorted({-2.0, -1.0, 0.0, 1.0, 2.0, *(float(one) for one in found)}):
        row: Row = {"key": f"{level:+g}", "level": f"level{level:+g}"}
        if len(found):
            share = share_of((found == level).astype(np.float64), cluster, conf_level)
            row |= {"n": share.n, "n_measured": share.of, **_share("share", share)}
        yield row
    if not known.all():
        yield {"key": NOT_MEASURED, "level": NOT_MEASURED, "n": int((~known).sum())}


def _share(name: str, share: Share | None) -> Row:
    if share is None:
        return {}
    return {
        name: share.value,
        f"{name}_low": share.conf_low,
        f"{name}_high": share.conf_high,
    }


def distribution(
    question: str,
    answers: Labels,
    ordered: tuple[Sequence[str], Sequence[str]],
    cluster: Labels | None,
    conf_level: float,
) -> Iterator[Row]:
    """Yield how the answers to a question are spread, what is missing by its reason.

    Parameters
    ----------
    question : str
        Its key.
    answers : ndarray of str or None, shape (n,)
        A level, a reason for having none, or ``None``.
    ordered : tuple of two sequences of str
        Levels from the worst to the best; reasons.
    cluster : ndarray, shape (n,), or None
        What each answer belongs to.
    conf_level : float
        Coverage probability, in (0, 1).
    """
    found = level_shares(answers, *ordered, cluster, conf_level)
    for at, one in enumerate(found.levels):
        n = one.share.n if one.share else 0
        # All are at the worst level or better: no share to tell.
        better: Row = _share("at_least", one.at_least) if at else {}
        if at:
            better |= {"bound_low": one.low, "bound_high": one.high}
        yield {
            "key": f"{question}.{one.key}",
            "question": question,
            "level": one.key,
            "missing": False,
            "n": n,
            "n_measured": found.n_measured,
            "n_all": found.n,
            "share_all": n / found.n,
            **_share("share", one.share),
            **better,
        }
    for reason, n in found.missing.items():
        yield {
            "key": f"{question}.{reason}",
            "question": question,
            "level": reason,
            "missing": True,
            "n": n,
            "n_measured": found.n_measured,
            "n_all": found.n,
            "share_all": n / found.n,
        }
