"""Whether the answer stays the same under each rule for what is missing."""

from __future__ import annotations

from collections.abc import Sequence

from evaluate.checks.labels_missing_outcomes import LABELS
from evaluate.checks.missing_rows import Asked, Refit, rows_of
from evaluate.checks.missing_rules import Row, every_rule
from evaluate.core import CellType, Check, Column, Estimate, Settings, Table
from evaluate.data.sample import Sample

__all__ = ["Asked", "Refit", "missing_rules"]

NAME, KIND = "missing_outcomes", "missing_rules"
MOST_CELLS = 50_000_000  # rows times columns that are brought into memory for this check
# Worst cases are shown and do not decide: few effects stay above 0 under them.
_WORST = "manski"
_COLUMNS: tuple[tuple[str, CellType], ...] = (
    ("rule", "text"),
    ("headline", "boolean"),
    ("estimate", "number"),
    ("low", "number"),
    ("high", "number"),
    ("conf_low", "number"),
    ("conf_high", "number"),
    ("df", "number"),
    ("n_obs", "integer"),
    ("n_treated", "integer"),
    ("holds", "boolean"),
    ("state", "text"),
)
_IN_UNIT = ("estimate", "low", "high", "conf_low", "conf_high")
_WORDS = {
    "complete_cases": "complete cases",
    "indicator": "indicators of what is missing",
    "multiple_imputation": "multiple imputation",
    "observed_weights": "weights of being observed",
    "lee": "Lee's bounds",
}


def missing_rules(
    sample: Sample, headline: Estimate, asked: Asked, settings: Settings, refit: Refit
) -> tuple[Check, Table | None]:
    """Return whether the headline's answer holds under each rule, and the effect under each.

    The rules: complete cases; missing covariates by indicators; covariates and outcomes imputed
    several times; complete rows weighted by one over their chance of being complete; Lee's bounds
    of those whose outcome is known in either arm; and worst cases within the outcome's range.

    Parameters
    ----------
    sample : Sample
        The analysis's rows, those without outcome too.
    headline : Estimate
        What the design found.
    asked : Asked
        What the columns are.
    settings : Settings
        Level of confidence, range of the outcome and seed.
    refit : callable
        ``(sample, covariates, weights) -> Estimate``: the design's own headline on other rows.

    Returns
    -------
    check : Check
        ``missing_outcomes``: passed when the interval lies on the same side of 0, or on neither,
        under all rules that can be computed but the worst cases; failed when it does not; not run
        when there is no other rule to hold it against.
    table : Table or None
        Of kind ``missing_rules``; ``None`` where nothing is missing.
    """
    n = int(sample.assigned().n.sum())
    if n == sample.n_obs and not sample.incomplete(asked.covariates) and asked.rule in _PLAIN:
        text = "Nothing is missing: no rule for what is missing can change the answer."
        return Check(NAME, "passed", text), None
    if n * (2 + len(asked.covariates) + len(asked.others)) > MOST_CELLS:
        text = "There are too many rows to hold them against other rules for what is missing."
        return Check(NAME, "not_run", text), None
    rows = rows_of(sample, headline, asked, settings, refit)
    found = [_judged(one, headline) for one in every_rule(rows)]
    columns = tuple(
        Column(name, kind, LABELS[name], headline.unit if name in _IN_UNIT else None)
        for name, kind in _COLUMNS
    )
    return _check(found), Table(KIND, KIND, columns, tuple(found))


_PLAIN = ("error", "complete_case")


def _side(low: float, high: float) -> int:
    """Return on which side of 0 an interval lies, 0 for neither."""
    return 1 if low > 0 else -1 if high < 0 else 0


def _judged(row: Row, headline: Estimate) -> Row:
    low, high = row.get("conf_low"), row.get("conf_high")
    if row["headline"] or not isinstance(low, float) or not isinstance(high, float):
        return row
    same = _side(low, high) == _side(headline.conf_low, headline.conf_high)
    return {**row, "holds": same}


def _check(rows: Sequence[Row]) -> Check:
    judged = [row for row in rows if "holds" in row and row["rule"] != _WORST]
    if not judged:
        text = "No other rule for what is missing can be computed."
        return Check(NAME, "not_run", text, KIND)
    fail = [_WORDS[str(row["rule"])] for row in judged if not row["holds"]]
    if fail:
        text = f"The answer changes with the rule for what is missing: {', '.join(fail)}."
        return Check(NAME, "failed", text, KIND)
    names = ", ".join(_WORDS[str(row["rule"])] for row in judged)
    text = f"The answer is the same under each other rule for what is missing: {names}."
    return Check(NAME, "passed", text, KIND)
