"""What may stand behind goals that were met: who set and scored them, and where they started."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from evaluate.core import Cell, Check, CheckResult
from evaluate.inference.goal_attainment import Goals

Row = Mapping[str, Cell]

MOST_UNMEASURED = 0.2  # of goals, or of answers to a question
MOST_AT_BEST = 0.5  # of those measured
ENOUGH = 10  # answers from which nobody at the worst level is worth a remark
_HIGHEST_START = -1.0  # a goal that is met from the start cannot be attained


def goals_reported(goals: Goals | None, distribution: Sequence[Row]) -> Check:
    """Return whether anything was reported of any goal.

    Parameters
    ----------
    goals : Goals or None
        Scaled goals.
    distribution : sequence of mapping
        Of ``goal_rows.distribution``.
    """
    scaled = 0 if goals is None else int((~np.isnan(goals.level)).sum())
    answered = sum(_count(row, "n") for row in distribution if not row["missing"])
    text = f"{scaled} scaled goals and {answered} answers have a level."
    result: CheckResult = "passed" if scaled + answered else "not_run"
    return Check("goals_reported", result, text)


def goals_measured(goals: Goals | None, distribution: Sequence[Row]) -> Check:
    """Return whether so many goals were measured that the others could not turn the picture.

    Parameters
    ----------
    goals, distribution : object
        As in ``goals_reported``.
    """
    shares: dict[str, float] = {}
    if goals is not None:
        shares["goals"] = float(np.isnan(goals.level).mean())
    for row in distribution:
        shares[str(row["question"])] = 1 - _count(row, "n_measured") / _count(row, "n_all")
    if not shares:
        return Check("goals_measured", "not_run", "There are no goals with levels.")
    many = {key: one for key, one in shares.items() if one > MOST_UNMEASURED + 1e-9}
    worst = max(shares.values())
    text = (
        f"Of {len(shares)} sets of goals or questions {len(many)} have more than"
        f" {MOST_UNMEASURED:.0%} without a level; the most is {worst:.0%}."
    )
    return Check("goals_measured", "failed" if many else "passed", text)


def goals_independent(measured_by: Sequence[str]) -> Check:
    """Return whether goals were scored by somebody without a stake in them.

    Parameters
    ----------
    measured_by : sequence of str
        ``participants``, ``staff`` or ``others``, of each set.
    """
    if not measured_by:
        return Check("goals_independent", "not_run", "Nobody has scored a goal.")
    own = sorted({one for one in measured_by if one != "others"})
    text = (
        f"Goals were scored by {' and '.join(own)}, who have a stake in their being met."
        if own
        else "Goals were scored by others than participants and staff."
    )
    return Check("goals_independent", "failed" if own else "passed", text)


def goals_baseline(goals: Goals | None) -> Check:
    """Return whether every goal started below what was expected.

    Parameters
    ----------
    goals : Goals or None
        Scaled goals.
    """
    if goals is None or goals.baseline is None:
        text = "No level at the start is known, so that nobody can say that a goal was moved to."
        return Check("goals_baseline", "not_run", text)
    unknown = int(np.isnan(goals.baseline).sum())
    high = int((goals.baseline > _HIGHEST_START).sum())
    text = (
        f"Of {len(goals.baseline)} goals {unknown} have no level at the start and {high} started"
        " at or near what was expected."
    )
    return Check("goals_baseline", "failed" if unknown or high else "passed", text, "scores")


def goals_spread(goals: Goals | None, distribution: Sequence[Row]) -> Check:
    """Return whether levels are spread: where all do well, the scale tells little.

    Parameters
    ----------
    goals, distribution : object
        As in ``goals_reported``.
    """
    told: list[tuple[CheckResult, str]] = []
    sets = [(key, *_ends(rows)) for key, rows in _by_question(distribution).items()]
    if goals is not None:
        known = goals.level[~np.isnan(goals.level)]
        top, bottom = int((known >= 2).sum()), int((known < 0).sum())  # noqa: PLR2004 - the ends
        sets.append(("goals", len(known), top, bottom))
    for key, n, best, worst in sets:
        if not n:
            continue
        full = best / n > MOST_AT_BEST
        alike = not worst and n >= ENOUGH
        said = f"{key}: of {n} {best} reached the best level and {worst} the worst."
        told.append(("failed" if full or alike else "passed", said))
    if not told:
        return Check("goals_spread", "not_run", "There are no goals with levels.")
    result: CheckResult = "failed" if any(one == "failed" for one, _ in told) else "passed"
    text = " ".join(said for one, said in told if one == result)
    if result == "failed":
        text += " Where nearly all do well, goals were easy or scores kind."
    return Check("goals_spread", result, text)


def _by_question(distribution: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in distribution:
        if not row["missing"]:
            found.setdefault(str(row["question"]), []).append(row)
    return found


def _ends(rows: Sequence[Row]) -> tuple[int, int, int]:
    counts = [_count(row, "n") for row in rows]
    return sum(counts), counts[-1], counts[0]


def benefits_owned(rows: Sequence[Row]) -> Check:
    """Return whether every benefit has an indicator's baseline, an owner and a measurement.

    Parameters
    ----------
    rows : sequence of mapping
        Of the register.
    """
    if not rows:
        return Check("benefits_owned", "not_run", "There is no register of benefits.")
    open_ = [row for row in rows if row.get("state")]
    text = (
        f"{len(open_)} of {len(rows)} benefits lack an indicator, an owner, a baseline, a"
        " target or a measurement."
    )
    return Check("benefits_owned", "failed" if open_ else "passed", text, "benefits")


def _count(row: Row, key: str) -> int:
    found = row.get(key)
    return int(found) if isinstance(found, int) else 0
