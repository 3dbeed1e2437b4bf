"""Accounts with every kind of row, the findings that hold them, and ways to change one input."""

from __future__ import annotations

import copy
import runpy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluate.core import DataKind, Direction, Estimate, Finding
from evaluate.economics.account import account
from evaluate.economics.definition import Economics
from evaluate.economics.effects import joint_effects
from evaluate.economics.valuation import Valuation, at_estimates
from evaluate.findings.form import from_json, to_json
from evaluate.study.public import _model

_MADE = runpy.run_path(str(Path(__file__).parents[1] / "economics" / "example_accounts.py"))
NORWAY, SMALL, NOTE, effect = (_MADE[name] for name in ("NORWAY", "SMALL", "NOTE", "effect"))

Definition = dict[str, Any]

# The Norwegian example with all that a row can say: wages with tax and contribution, a share kept
# after equalisation, a profile by age, money of the EU, a durable thing, what is caused and saved.
FULL: Definition = copy.deepcopy(NORWAY)
FULL |= {
    "public_funds": {"rate": 0.2, **NOTE},
    "participants": {"treated": 200, "completed": 150, "age": 17},
    "timing": "mid",
    "scope": "local",
}
FULL["payers"] |= {
    "eu": {"title": "The EU", "public": True, "eu": True},
    "municipality": {
        "title": "Municipality",
        "public": True,
        "retention": {"local": 0.1, "national": 1.0, "rest": "state"},
    },
    "county": {
        "title": "County",
        "public": True,
        "retention": {"local": 0.15, "national": 0.9, "rest": "municipality"},
    },
}
FULL["costs"] += [
    {
        "item": "workshop",
        "payer": {"eu": 0.4, "county": 0.6},
        "per": "programme",
        "amount": 120_000,
        "quantity": 3,
        "charged": 0.5,
        "durable": {"years": 5, "salvage": 20_000, "rate": 0.035},
        "type": "equipment",
        "years": {"from": 0, "to": 4},
        **NOTE,
    },
    {
        "item": "hours_given",
        "payer": "pupil",
        "amount": 350,
        "quantity": 4,
        "unit": "hours",
        "in_kind": True,
        "type": "personnel",
        "phase": "start_up",
        "years": {"from": 0, "to": 0},
        **NOTE,
    },
    {
        "item": "usual_care",
        "payer": "municipality",
        "amount": 2_000,
        "saving": True,
        "years": {"from": 0, "to": 1},
        **NOTE,
    },
]
FULL["earnings"] = [
    {
        "item": "wages",
        "earner": "pupil",
        "amount": 25_000,
        "growth": 0.009,
        "survival": 0.9995,
        "causal": {"share": 0.7},
        "displaced": {"share": 0.1},
        "profile": {18: 0.2, 25: 0.8, 40: 1.2, 62: 0.9},
        "years": {"from": 2, "to": 45},
        "tax": {"rate": 0.3, "to": {"state": 0.55, "municipality": 0.35, "county": 0.1}},
        "contribution": {"rate": 0.141, "to": "state"},
        **NOTE,
    }
]
FULL["benefits"] += [
    {
        "item": "follow_up_saved",
        "payer": {"county": 0.5, "municipality": 0.5},
        "per": "decrease",
        "amount": 9_000,
        "times": 1.5,
        "years": {"from": 1, "to": 8},
        "fade": {"rate": 0.2},
        **NOTE,
    },
    {
        "item": "local_tax",
        "payer": {"municipality": 0.7, "state": 0.3},
        "taxed": True,
        "amount": 3_000,
        "years": {"from": 2, "to": 12},
        "fade": "linear",
        **NOTE,
    },
]
FULL["transfers"] += [
    {
        "item": "grant",
        "from": "eu",
        "to": {"county": 0.8, "state": 0.2},
        "per": "participant",
        "amount": 4_000,
        "years": {"from": 0, "to": 1},
        **NOTE,
    },
    {
        "item": "social_assistance",
        "from": "pupil",
        "to": "municipality",
        "amount": 7_000,
        "administration": 0.08,
        "years": {"from": 2, "to": 10},
        **NOTE,
    },
]

COSTS_ALONE: Definition = copy.deepcopy(FULL)
for _key in ("analysis", "observed", "earnings", "transfers"):
    del COSTS_ALONE[_key]
COSTS_ALONE["costs"] = [one for one in COSTS_ALONE["costs"] if one.get("per") != "increase"]
COSTS_ALONE["benefits"] = []
for _payer in ("municipality", "county"):
    COSTS_ALONE["payers"][_payer].pop("retention")

# Two effects, one of them assumed and of an outcome that should fall; money of another year.
TWO: Definition = copy.deepcopy(SMALL)
del TWO["analysis"]
TWO |= {
    "effects": {
        "pay": {"analysis": "main"},
        "absence": {"assumed": {"value": -2.5, "unit": "days", "direction": "decrease", **NOTE}},
    },
    "conversion": {},
    "currency": "NOK",
    "price_year": 2024,
    "base_year": 2024,
    "horizon": 6,
}
TWO["costs"][0] |= {"currency": "SEK", "price_year": 2018}
TWO["benefits"][0]["effect"] = "pay"
TWO["benefits"] += [
    {
        "item": "days",
        "effect": "absence",
        "payer": "funder",
        "per": "decrease",
        "amount": 310,
        "years": {"from": 1, "to": 6},
        **NOTE,
    }
]


@dataclass(frozen=True)
class Example:
    """A definition with the estimate that it values."""

    definition: Definition
    estimates: Mapping[str, Estimate]
    direction: Direction = "increase"

    @property
    def spec(self) -> Economics:
        return Economics.model_validate(self.definition)

    def finding(self, kind: DataKind = "public", title: str = "Example") -> Finding:
        """Return the finding that holds the account, sealed and read again."""
        spec = self.spec
        tables = account(spec, self.estimates, seed=(7,), direction=self.direction)
        study = {
            "language": "en",
            "title": {"en": title},
            "outcomes": {"completed": {"title": {"en": "Completes"}, "direction": self.direction}},
            "analyses": {"main": {"outcome": "completed"}},
            "economics": _model(spec, "en"),
        }
        rows = tuple(self.estimates.values())
        made = Finding("example", study, kind, "final", "complete", (), rows, (), tables)
        return from_json(to_json(made))

    def valuation(self) -> Valuation:
        """Return the account as Python computes it."""
        spec = self.spec
        effects = joint_effects(spec, self.estimates, seed=(7,), direction=self.direction)
        return at_estimates(spec, effects)


FULL_EXAMPLE = Example(FULL, {"main": effect(0.05, 0.02, unit="share")})
SMALL_EXAMPLE = Example(SMALL, {"main": effect(1250.5, 300.0)})
COST_EXAMPLE = Example(COSTS_ALONE, {})
TWO_EXAMPLE = Example(TWO, {"pay": effect(900.0, 250.0)})
EXAMPLES = {
    "full": FULL_EXAMPLE,
    "small": SMALL_EXAMPLE,
    "costs": COST_EXAMPLE,
    "two": TWO_EXAMPLE,
}
