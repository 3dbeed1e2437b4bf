"""Natural frequencies: of 100 people, how many with the programme and how many without."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor

from evaluate.core import Cell, Column, Table
from evaluate.evidence.facts import Case

OF = 100
_ROUNDING = 1e-9
COLUMNS = (
    Column("analysis", "text", {"en": "Analysis", "nb": "Analyse", "sv": "Analys"}),
    Column("outcome", "text", {"en": "Outcome", "nb": "Utfall", "sv": "Utfall"}),
    Column("of", "integer", {"en": "Of", "nb": "Av", "sv": "Av"}),
    Column(
        "with_programme",
        "integer",
        {"en": "With the programme", "nb": "Med tiltaket", "sv": "Med insatsen"},
    ),
    Column(
        "without",
        "integer",
        {"en": "Without the programme", "nb": "Uten tiltaket", "sv": "Utan insatsen"},
    ),
    Column("difference", "integer", {"en": "Difference", "nb": "Forskjell", "sv": "Skillnad"}),
    Column("low", "integer", {"en": "From", "nb": "Fra", "sv": "Från"}),
    Column("high", "integer", {"en": "To", "nb": "Til", "sv": "Till"}),
)


def frequencies(found: Iterable[Case]) -> Table:
    """Return the table, a row for each yes-or-no outcome that has a headline.

    The difference is rounded by itself, so that it never leaves its interval, and so is the number
    without the programme; the number with it is their sum, within one of its own share.

    Parameters
    ----------
    found : iterable of Case
        The analyses.
    """
    rows = (_row(case) for case in found)
    kept = tuple(row for row in rows if row is not None)
    return Table("frequencies", "frequencies", COLUMNS, kept)


def _row(case: Case) -> dict[str, Cell] | None:
    row, arms = case.headline, case.arms
    if row is None or arms is None or case.verdict is None or row.scale != "difference":
        return None
    # Of those who took part because of the offer, no group shows how many would have anyway.
    known = case.described.get("unit") == "share" and row.estimand != "LATE"
    if row.role != "headline" or not known or not all(one.binary for one in arms):
        return None
    treated, comparison = arms
    base = treated.mean - row.estimate if row.estimand == "ATT" else comparison.mean
    if not all(-_ROUNDING <= share <= 1 + _ROUNDING for share in (base, base + row.estimate)):
        return None
    difference = whole(OF * row.estimate)
    # Both counts stay within the hundred, whichever way halves were rounded.
    least, most = max(0, -difference), min(OF, OF - difference)
    without = min(max(whole(OF * base), least), most)
    return {
        "analysis": case.name,
        "outcome": case.outcome,
        "of": OF,
        "with_programme": without + difference,
        "without": without,
        "difference": difference,
        "low": whole(OF * row.conf_low),
        "high": whole(OF * row.conf_high),
    }


def whole(value: float) -> int:
    """Return a number rounded to the nearest whole, halves away from zero.

    So that an effect and its opposite are rounded alike.
    """
    size = floor(abs(value) + 0.5 + _ROUNDING)  # 100 x 0.285 is below 28.5 in floating point
    return size if value >= 0 else -size
