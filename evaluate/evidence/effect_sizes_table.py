"""The table of effect sizes: each analysis's effect on scales that other studies use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import sqrt

from evaluate.checks.balance import hedges_g, omega
from evaluate.core import Cell, Column, Estimate, Table
from evaluate.errors import Refused
from evaluate.evidence.effect_sizes import (
    cox_of,
    cox_std_error,
    g_std_error_from,
    improvement_index,
    months,
    pooled_std_dev,
)
from evaluate.evidence.facts import Arm, Case
from evaluate.evidence.ratings_rules import EefRules, rules

Arms = tuple[Arm, Arm]

COLUMNS = (
    Column("analysis", "text", {"en": "Analysis", "nb": "Analyse", "sv": "Analys"}),
    Column("outcome", "text", {"en": "Outcome", "nb": "Utfall", "sv": "Utfall"}),
    Column("measure", "text", {"en": "Measure", "nb": "Mål", "sv": "Mått"}),
    Column("value", "number", {"en": "Value", "nb": "Verdi", "sv": "Värde"}),
    Column("std_error", "number", {"en": "Standard error", "nb": "Standardfeil", "sv": "Medelfel"}),
    Column("conf_low", "number", {"en": "From", "nb": "Fra", "sv": "Från"}),
    Column("conf_high", "number", {"en": "To", "nb": "Til", "sv": "Till"}),
    Column(
        "improvement_index",
        "integer",
        {
            "en": "Improvement index, percentile points",
            "nb": "Forbedringsindeks, persentilpoeng",
            "sv": "Förbättringsindex, percentilpunkter",
        },
    ),
    Column(
        "months",
        "integer",
        {"en": "Months of progress", "nb": "Måneder framgang", "sv": "Månaders framsteg"},
    ),
    Column("state", "text", {"en": "Note", "nb": "Merknad", "sv": "Anmärkning"}),
)
NOT_ATTAINMENT = "months_not_applicable"


def effect_sizes(found: Iterable[Case]) -> Table:
    """Return the table: for each effect the difference, and g or the Cox index beside it.

    Values have the outcome's own sign; the improvement index is positive where the change is the
    desired one. The interval is the headline's on another scale, so that both say the same of
    no effect. Its ``state`` says why a number is absent.

    Parameters
    ----------
    found : iterable of Case
        The analyses.
    """
    rows = (row for case in found for row in _rows(case))
    return Table("effect_sizes", "effect_sizes", COLUMNS, tuple(rows))


def _rows(case: Case) -> Iterator[dict[str, Cell]]:
    row = case.headline
    if row is None or row.scale != "difference":
        return
    start: dict[str, Cell] = {"analysis": case.name, "outcome": case.outcome}
    arms = case.arms
    measure = "cox" if arms and all(one.binary for one in arms) else "g"
    found = _unknown(case) if arms is None else _standardised(case, row, arms, measure)
    yield start | {"measure": measure} | found
    yield start | {
        "measure": "difference",
        "value": row.estimate,
        "std_error": row.std_error,
        "conf_low": row.conf_low,
        "conf_high": row.conf_high,
        "state": "",
    }


def _unknown(_: Case) -> dict[str, Cell]:
    return {"state": "groups_not_released"}


def _standardised(case: Case, row: Estimate, arms: Arms, measure: str) -> dict[str, Cell]:
    if measure == "cox" and row.estimand == "LATE":
        return {"state": "shares_of_takers_not_known"}
    try:
        cells = _cox(row, arms) if measure == "cox" else _g(row, arms)
    except Refused as refused:
        return {"state": refused.code}
    value = float(cells["value"] or 0.0)
    desired = value if case.direction == "increase" else -value
    cells["improvement_index"] = _whole(improvement_index(desired))
    domains = rules("eef-2019", EefRules).attainment_domains.value
    attains = str(case.described.get("domain", "")).lower() in domains
    if measure == "g" and attains:
        return cells | {"months": months(desired), "state": cells.get("state", "")}
    return cells | {"state": cells.get("state") or NOT_ATTAINMENT}


def _g(row: Estimate, arms: Arms) -> dict[str, Cell]:
    treated, comparison = ((one.std_dev, one.n) for one in arms)
    spread, n = pooled_std_dev(treated, comparison), arms[0].n + arms[1].n
    if spread <= 0:
        raise Refused("no_spread", "the outcome does not vary within groups", "use the difference")
    g, scale = hedges_g(row.estimate, spread, n), omega(n) / spread
    return {
        "value": g,
        "std_error": g_std_error_from(row.std_error, spread, g, n),
        "conf_low": row.conf_low * scale,
        "conf_high": row.conf_high * scale,
    }


def _cox(row: Estimate, arms: Arms) -> dict[str, Cell]:
    """Return the Cox index of the comparison group's share and that share plus the effect."""
    treated, comparison = arms
    base = treated.mean - row.estimate if row.estimand == "ATT" else comparison.mean
    shares = (base + row.estimate, treated.n), (base, comparison.n)
    value = cox_of(shares[0][0], base)
    # What the headline's standard error has above chance alone: clusters, or covariates.
    alone = sqrt(sum(p * (1 - p) / n for p, n in shares))
    cells: dict[str, Cell] = {
        "value": value,
        "std_error": cox_std_error(*shares) * row.std_error / alone,
    }
    ends = {"conf_low": base + row.conf_low, "conf_high": base + row.conf_high}
    cells |= {name: cox_of(end, base) for name, end in ends.items() if 0 < end < 1}
    return cells if len(cells) == len(ends) + 2 else cells | {"state": "limit_beyond_shares"}


def _whole(value: float) -> int:
    """Return a number rounded to the nearest whole, halves away from zero."""
    return int(abs(value) + 0.5) * (1 if value >= 0 else -1)
