"""Small findings as the gate would release them, to be rated."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from evaluate.claims import detectable, verdict
from evaluate.core import Cell, Check, Estimate, Finding, Table, Verdict
from evaluate.evidence.facts import Case, cases
from evaluate.evidence.ratings import rate

Row = dict[str, Cell]

PASSED = {"balance": "passed", "attrition": "passed", "clusters": "passed"}
# Every question that only people can answer, answered well.
ANSWERED: dict[str, Any] = {
    "compromised": {"holds": False, "reason": {"en": "The draw was kept."}},
    "joiners": {"holds": False, "reason": {"en": "Lists were closed."}},
    "confound": {"holds": False, "reason": {"en": "Nothing else began."}},
    "weak_measure": {"holds": False, "reason": {"en": "A register."}},
    "threats": {
        name: {"level": "low", "direction": "unknown", "reason": {"en": "Judged."}}
        for name in (
            "confounding",
            "concurrent",
            "experimental_effects",
            "fidelity",
            "missing_data",
            "measurement",
            "selective_reporting",
        )
    },
    "certainty": {"indirectness": {"steps": 0, "reason": {"en": "The very pupils."}}},
}
SHARES = ((1000, 0.72), (1000, 0.68))
SCORES = ((1000, 2.2, 1.0), (1000, 2.0, 1.0))


def judged(**changes: Any) -> dict[str, Any]:
    """Return all judgements, some of them changed; ``None`` leaves one out."""
    block = json.loads(json.dumps(ANSWERED)) | changes
    return {name: one for name, one in block.items() if one is not None}


def threat(level: str, direction: str = "unknown") -> dict[str, Any]:
    return {"level": level, "direction": direction, "reason": {"en": "Judged."}}


def arms(groups: Sequence[Sequence[float]]) -> Table:
    """Return the table of groups: (n, share), or (n, mean, standard deviation)."""
    rows = []
    for name, (n, mean, *spread) in zip(("treated", "comparison"), groups, strict=True):
        sd = spread[0] if spread else (mean * (1 - mean) * n / (n - 1)) ** 0.5
        cells: Row = {"arm": name, "n_assigned": n, "n_obs": n, "mean": mean, "std_dev": sd}
        rows.append(cells)
    return Table("main.arms", "arms", (), tuple(rows), "main")


def attrition(overall: float, differential: float) -> Table:
    rows: tuple[Row, ...] = (
        {"arm": "overall", "attrition": overall},
        {"arm": "differential", "attrition": differential, "boundary_cautious": 0.063},
    )
    return Table("main.attrition", "attrition", (), rows, "main")


def balance(*rows: tuple[float, str, str, bool], n: tuple[int, int] = (1000, 1000)) -> Table:
    """Return the table of baseline covariates: difference, measure, category, in the model."""
    cells = tuple(
        {
            "covariate": f"x{at}",
            "difference": difference,
            "measure": which,
            "category": category,
            "adjusted": inside,
            "n_treated": n[0],
            "n_comparison": n[1],
        }
        for at, (difference, which, category, inside) in enumerate(rows)
    )
    return Table("main.balance", "balance", (), cells, "main")


def flow(treated: tuple[int, int], comparison: tuple[int, int]) -> Table:
    """Return clusters that were assigned and analysed, by group."""
    rows = tuple(
        {"stage": stage, "arm": arm, "n_clusters": n}
        for arm, counts in (("treated", treated), ("comparison", comparison))
        for stage, n in zip(("assigned", "analysed"), counts, strict=True)
    )
    return Table("main.flow", "flow", (), rows, "main")


def clusters(treated: int, comparison: int) -> Table:
    rows: tuple[Row, ...] = (
        {"arm": "treated", "n_clusters": treated},
        {"arm": "comparison", "n_clusters": comparison},
    )
    return Table("main.clusters", "clusters", (), rows, "main")


def finding(
    *,
    kind: str | None = "randomised",
    effect: float = 0.04,
    std_error: float = 0.01,
    groups: Sequence[Sequence[float]] = SHARES,
    checks: Mapping[str, str] = PASSED,
    evidence: Mapping[str, Any] = ANSWERED,
    plan: Mapping[str, Any] | None = None,
    fields: Mapping[str, Any] | None = None,
    tables: Sequence[Table] = (),
    estimand: str = "ATE",
    **outcome: Any,
) -> Finding:
    """Return a finding of one analysis, called ``main``."""
    described = {
        "unit": "share",
        "role": "primary",
        "direction": "increase",
        "smallest_worthwhile": 0.02,
        "domain": "completing school",
    }
    described |= outcome
    row = Estimate(
        estimate=effect,
        std_error=std_error,
        conf_low=effect - 1.96 * std_error,
        conf_high=effect + 1.96 * std_error,
        n_obs=int(groups[0][0] + groups[1][0]),
        n_treated=int(groups[0][0]),
        method="difference in means",
        std_error_method="HC2",
        unit=str(described["unit"]),
        estimand=estimand,
        analysis="main",
        design="randomised",
        outcome="completion",
    )
    worth = described["smallest_worthwhile"]
    word, weak = verdict(row, described["direction"], worth)  # type: ignore[arg-type]
    fields = {"treated": "offered"} | dict(fields or {})
    analysis = {"outcome": "completion", "role": "primary", "fields": fields}
    study = {
        "outcomes": {"completion": {k: v for k, v in described.items() if v is not None}},
        "analyses": {"main": analysis | ({"design_kind": kind} if kind else {})},
        "evidence": evidence,
    } | ({"plan": plan} if plan else {})
    return Finding(
        id="evening-school",
        study=study,
        data_kind="dummy",
        stage="final",
        outcome="complete",
        verdicts=(Verdict("completion", word, 4, weak, detectable(row)),),
        estimates=(row,),
        checks=tuple(Check(name, result, "", analysis="main") for name, result in checks.items()),  # type: ignore[arg-type]
        tables=(arms(groups), *tables),
    )


def silent(found: Finding) -> Finding:
    """Return a finding whose only effect was withheld."""
    return replace(found, estimates=(), verdicts=(Verdict("completion", "not estimable", 0),))


def case(**changes: Any) -> Case:
    (one,) = cases(finding(**changes))
    return one


def rating(found: Finding, scale: str) -> Mapping[str, Cell]:
    """Return the row of one scale."""
    (row,) = [one for one in rows(found, "ratings") if one["scale"] == scale]
    return row


def rows(found: Finding, kind: str) -> tuple[Mapping[str, Cell], ...]:
    """Return the rows of one of the tables."""
    return next((table.rows for table in rate(found) if table.kind == kind), ())
