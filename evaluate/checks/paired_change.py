"""What may stand behind a change without a comparison: selection, losses, scale, yardstick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluate.core import Cell, Check, CheckResult

Row = Mapping[str, Cell]

FEW_LOST = 0.05  # of those measured before
MOST_AT_END = 0.15  # Terwee et al. (2007), Journal of Clinical Epidemiology 60(1)
RELIABLE = 0.70  # for comparing groups: Nunnally & Bernstein (1994), Psychometric Theory, ch. 7
_ORDER: tuple[CheckResult, ...] = ("failed", "uninformative", "not_run", "passed")


def _gravest(results: Sequence[CheckResult]) -> CheckResult:
    return next(one for one in _ORDER if one in results)


def _check(name: str, told: Sequence[tuple[CheckResult, str]], table: str) -> Check:
    text = " ".join(sentence for _, sentence in told)
    return Check(name, _gravest([result for result, _ in told]), text, table)


def _number(row: Row, key: str) -> float | None:
    found = row.get(key)
    return float(found) if isinstance(found, int | float) else None


def measured_twice(rows: Sequence[Row]) -> Check:
    """Return whether anybody was measured before and after.

    Parameters
    ----------
    rows : sequence of mapping
        Of ``change_rows.scores``.
    """
    found = [row for row in rows if "change" in row]
    text = f"{len(found)} of {len(rows)} scales have a change with an interval."
    return Check("measured_twice", "passed" if found else "failed", text, "scores")


def measured_by_others(reported: Mapping[str, bool]) -> Check:
    """Return whether scales were filled in by others than those who should change.

    Parameters
    ----------
    reported : mapping of str to bool
        By scale, whether others measured.
    """
    own = [key for key, others in reported.items() if not others]
    text = (
        "Every scale was measured by others than the participants."
        if not own
        else f"{len(own)} of {len(reported)} scales are what participants say of themselves, so"
        " that a rise may be a wish to have changed."
    )
    return Check("measured_by_others", "failed" if own else "passed", text, "scores")


def regression_to_mean(rows: Sequence[Row], scores: Sequence[Row]) -> Check:
    """Return whether the changes are more than selecting people at a low would give.

    Parameters
    ----------
    rows : sequence of mapping
        Of ``change_rows.selection``.
    scores : sequence of mapping
        Of ``change_rows.scores``, in the same order.
    """
    told = [_selected(row, score) for row, score in zip(rows, scores, strict=True)]
    return _check("regression_to_mean", told, "selection")


def _selected(row: Row, score: Row) -> tuple[CheckResult, str]:
    key, change = row["scale"], _number(row, "change")
    low, high = _number(row, "left_low"), _number(row, "left_high")
    if row.get("state") == "no_population":
        return "not_run", (
            f"{key}: the mean of those that participants came from is not known, so that nobody"
            " can say what selecting people at a low would give by itself."
        )
    if change is None or low is None or high is None:
        return "not_run", f"{key}: no change to explain."
    whole = _number(score, "change_low"), _number(score, "change_high")
    text = (
        f"{key}: the mean change is {change:.3g}; with what selection gives taken off"
        f" {_number(row, 'left'):.3g} ({low:.3g} to {high:.3g})."
    )
    if whole[0] is None or whole[1] is None or whole[0] <= 0 <= whole[1]:
        return "uninformative", text
    return ("passed" if (low > 0 if change > 0 else high < 0) else "failed"), text


def lost_before_after(rows: Sequence[Row], scores: Sequence[Row]) -> Check:
    """Return whether those who were measured only once could undo the changes.

    Up to one in twenty are taken as too few; else they would have to differ in change from the
    others' by more than a standard deviation before.

    Parameters
    ----------
    rows : sequence of mapping
        Of ``change_rows.lost``.
    scores : sequence of mapping
        Of ``change_rows.scores``, in the same order.
    """
    told = [_lost(row, score) for row, score in zip(rows, scores, strict=True)]
    return _check("lost_before_after", told, "lost")


def _lost(row: Row, score: Row) -> tuple[CheckResult, str]:
    key, share, tipping = row["scale"], _number(row, "share_lost"), _number(row, "tipping")
    change, sd = _number(score, "change"), _number(score, "sd_before")
    once = int(_number(row, "n_before_only") or 0) + int(_number(row, "n_after_only") or 0)
    if change is None or sd is None or share is None:
        return "not_run", f"{key}: no change that losses could undo."
    both = int(_number(row, "n_pairs") or 0)
    rest = once / (once + both)
    if tipping is None or rest <= FEW_LOST:
        return "passed", f"{key}: {share:.0%} of those measured before were not measured after."
    apart = abs(tipping - change)
    text = (
        f"{key}: {share:.0%} of those measured before were not measured after; were the mean change"
        f" of all who were measured once {tipping:.3g} in place of {change:.3g}, nothing would be"
        f" left of the change."
    )
    return ("passed" if apart > sd else "failed"), text


def ceiling(rows: Sequence[Row]) -> Check:
    """Return whether many stood at the best end of a scale already before.

    Parameters
    ----------
    rows : sequence of mapping
        Of ``change_rows.at_ends``.
    """
    told: list[tuple[CheckResult, str]] = []
    for row in rows:
        best = _number(row, "best")
        if row.get("wave") == "after":
            continue
        if best is None:
            told.append(("not_run", f"{row['scale']}: the ends of the scale are not declared."))
            continue
        result: CheckResult = "failed" if best > MOST_AT_END else "passed"
        text = (
            f"{row['scale']}: {best:.0%} stood at the best end before and could not rise;"
            f" up to {MOST_AT_END:.0%} is usual."
        )
        told.append((result, text))
    return _check("ceiling", told, "ends")


def scale_reliability(known: Mapping[str, float | None]) -> Check:
    """Return whether the scales are precise enough to tell one person's change from error.

    Parameters
    ----------
    known : mapping of str to float or None
        Reliability by scale.
    """
    told: list[tuple[CheckResult, str]] = []
    for key, value in known.items():
        if value is None:
            told.append(("not_run", f"{key}: no reliability is declared and no items are named."))
            continue
        result: CheckResult = "passed" if value >= RELIABLE else "failed"
        told.append((result, f"{key}: reliability {value:.2f}, wanted {RELIABLE:.2f} or more."))
    return _check("scale_reliability", told, "reliable")


def response_shift(rows: Sequence[Row], worthwhile: Mapping[str, float | None]) -> Check:
    """Return whether people judge themselves by another yardstick afterwards.

    Parameters
    ----------
    rows : sequence of mapping
        Of ``change_rows.shift``.
    worthwhile : mapping of str to float or None
        Smallest change worth having by scale.
    """
    told: list[tuple[CheckResult, str]] = []
    observed = {row["scale"]: row for row in rows if row["part"] == "observed"}
    for row in (one for one in rows if one["part"] == "shift"):
        key = str(row["scale"])
        low, high = _number(row, "change_low"), _number(row, "change_high")
        if row.get("state") == "no_variation":
            same = not _number(row, "change")
            moved = "left their view of the start as it was" if same else "moved it alike"
            told.append(("passed" if same else "failed", f"{key}: looking back, all {moved}."))
            continue
        if low is None or high is None:
            told.append(("not_run", f"{key}: too few answered the then-test."))
            continue
        size = worthwhile.get(key) or abs(_number(observed[key], "change") or 0.0) / 2
        narrow = (high - low) / 2 <= size
        inside: CheckResult = "passed" if narrow else "uninformative"
        result = inside if low <= 0 <= high else "failed"
        text = (
            f"{key}: looking back people place their start {_number(row, 'change'):+.3g}"
            f" ({low:+.3g} to {high:+.3g}) from where they placed it then; this cannot be told"
            " from faulty recall."
        )
        told.append((result, text))
    if not told:
        told = [("not_run", "Nobody was asked afterwards how they had been before.")]
    return _check("response_shift", told, "shift" if rows else "scores")
