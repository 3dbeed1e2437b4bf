"""Findings that answer everything, or nothing, for the lists of items. All of it is invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from evaluate.core import Check, Column, Estimate, Finding, Table, Verdict
from evaluate.evidence.checklists_read import answer_keys

TABLES: Mapping[str, dict[str, Any]] = {
    "flow": {
        "stage": "eligible",
        "arm": "all",
        "n": 9,
        "n_clusters": 4,
        "lost": 1,
        "reason": "moved",
    },
    "arms": {"arm": "treated", "n_assigned": 5, "n_obs": 4, "mean": 0.5},
    "balance": {"mean_treated": 1.0, "n_treated": 4, "difference": 0.1, "category": "small"},
    "attrition": {"n_obs": 4, "attrition": 0.1},
    "clusters": {"n_clusters": 2},
    "icc": {"icc": 0.1},
    "joins": {"n_matched": 9},
    "subgroups": {"p_value": 0.4},
    "precision": {"planned_mde": 0.1, "planned_clusters": 4, "planned_icc": 0.1},
    "diagnosis": {"power": 0.8},
    "deviations": {"element": "outcomes"},
    "ratings": {"reasons": "low attrition"},
    "effect_sizes": {"outcome": "completion", "measure": "cox", "value": 0.2},
    "accounts": {
        "payer": "state",
        "cost": 1.0,
        "benefit": 2.0,
        "net": 1.0,
        "net_low": 0.0,
        "prob_positive": 0.9,
    },
    "cash_flow": {"extrapolated": True},
    "distribution": {"share": 0.1},
    "break_even": {"effect": 0.1},
    "tornado": {"low_value": 0.5, "swing": 1.0},
    "inputs": {"amount": 1.0, "source": "Accounts", "fade": "linear", "low": 0.5},
    "schedule": {"rate": 0.04, "source": "A circular"},
}
SAID = {"en": "Something was said."}
_TEXTS = (
    "name",
    "why",
    "what",
    "provider",
    "how",
    "where",
    "dose",
    "tailoring",
    "changes",
    "fidelity",
)


def table(kind: str, *rows: Mapping[str, Any]) -> Table:
    names = dict.fromkeys(name for row in rows for name in row)
    columns = tuple(Column(name, "text", {"en": name}) for name in names)
    return Table(f"main.{kind}", kind, columns, rows, "main")


def analysis(kind: str, role: str = "primary") -> dict[str, Any]:
    return {
        "outcome": "completion",
        "estimand": "ATE",
        "role": role,
        "design_title": "Some design",
        "design_kind": kind,
        "fields": {"cluster": "school", "strata": "county", "covariates": ["age"]},
        "assignment": {"level": "cluster", "probability": 0.5},
        "missing": {"covariates": "error"},
        "subgroups": [{"column": "sex", "reason": SAID}],
    }


def study(kind: str) -> dict[str, Any]:
    row = {
        "item": "pay",
        "amount": 1.0,
        "years": {"from": 0},
        "note": SAID,
        "source": {"title": SAID},
    }
    return {
        "language": "en",
        "languages": ["en"],
        "title": {"en": "A cluster randomised trial and its costs"},
        "question": {"en": "Did it help?"},
        "programme": {
            "period": {"from": "2020-01-01", "to": "2021-01-01"},
            "funding": [{"funder": SAID}],
            "country": [SAID],
        },
        "intervention": {**dict.fromkeys(_TEXTS, SAID), "levels": ["school"]},
        "comparison": dict.fromkeys(("who", "received", "why_credible"), SAID),
        "outcomes": {
            "completion": {
                "title": SAID,
                "unit": "share",
                "role": "primary",
                "direction": "increase",
                "smallest_worthwhile": 0.02,
                "definition": SAID,
            }
        },
        "analyses": {"main": analysis(kind), "again": analysis(kind, "secondary")},
        "plan": {
            "data_access": "not_accessed",
            "registration": {
                "registry": SAID,
                "id": "1",
                "url": "https://example.org/1",
                "date": "2019-01-01",
            },
        },
        "economics": {
            "payers": {"state": {"title": SAID}},
            "observed": {"from": 0, "to": 1},
            "costs": [row],
            "benefits": [row],
            "currency": "NOK",
            "price_year": 2020,
            "base_year": 2020,
            "schedule": "NO",
            "note": SAID,
        },
        "report": {"answers": {key: {"text": SAID} for key in answer_keys()}},
    }


def estimate(name: str, method: str, scale: str = "difference") -> Estimate:
    return Estimate(
        estimate=0.1,
        std_error=0.02,
        conf_low=0.06,
        conf_high=0.14,
        n_obs=8,
        n_treated=4,
        n_clusters=4,
        method=method,
        std_error_method="CR2",
        unit="share",
        estimand="ATE",
        scale=scale,
        analysis=name,
        outcome="completion",
        role="headline" if name == "main" else "beside",
    )


def full(kind: str = "randomised") -> Finding:
    """A finding that answers every item."""
    return Finding(
        id="example",
        study=study(kind),
        data_kind="public",
        stage="final",
        outcome="complete",
        verdicts=(Verdict("completion", "shown benefit", 4, (), 0.05),),
        estimates=(
            estimate("main", "difference in means"),
            estimate("again", "regression"),
            estimate("again", "logistic regression", "ratio"),
        ),
        checks=tuple(
            Check(name, "passed", "Fine.", analysis=one)
            for one in ("main", "again")
            for name in ("clusters", "sensitivity")
        ),
        tables=tuple(table(kind, row) for kind, row in TABLES.items()),
        provenance=dict.fromkeys(("definition", "source", "data", "dictionary", "lock"), "0" * 64),
        released={"profile": "none", "hidden": 0},
    )


def bare() -> Finding:
    """A finding that answers nothing."""
    return Finding("example", {"language": "en"}, None, "planned", "planned")


def with_study(finding: Finding, **blocks: object) -> Finding:
    return replace(finding, study={**finding.study, **blocks})


def without(finding: Finding, *kinds: str) -> Finding:
    return replace(finding, tables=tuple(one for one in finding.tables if one.kind not in kinds))


def answered(finding: Finding, **answers: Mapping[str, object]) -> Finding:
    return with_study(finding, report={"answers": answers})
