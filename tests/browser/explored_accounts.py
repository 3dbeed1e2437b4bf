"""Accounts that the explorer is tried on, their findings, and the same account changed in Python."""

from __future__ import annotations

import copy
import runpy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from evaluate.core import Estimate, Finding, Verdict
from evaluate.economics.account import account
from evaluate.economics.definition import Economics
from evaluate.economics.effects import Effects
from evaluate.economics.ledger import ledger
from evaluate.economics.schedules import public_funds
from evaluate.economics.valuation import Valuation, value

MADE = runpy.run_path(str(Path(__file__).parents[1] / "economics" / "example_accounts.py"))
NOTE = MADE["NOTE"]
Settings = dict[str, Any]


def extended() -> dict[str, Any]:
    """Return the worked example with taxed wages, retention, an EU grant and own rates."""
    made = MADE["norway"]()
    payers = made["payers"]
    payers["municipality"]["retention"] = {"local": 0.1, "national": 0.8, "rest": "state"}
    payers["county"]["retention"] = {"local": 0.125, "national": 0.5, "rest": "municipality"}
    payers["union"] = {"title": "The EU <fund>", "public": True, "eu": True}
    taxes = {"state": 0.55, "municipality": 0.35, "county": 0.1}
    wages = {
        "item": "wages",
        "earner": "pupil",
        "amount": 40_000,
        "growth": 0.009,
        "survival": 0.999,
        "years": {"from": 3, "to": 45},
        "fade": {"rate": 0.01},
        "tax": {"rate": 0.3, "to": taxes},
        "contribution": {"rate": 0.141, "to": "state"},
        **NOTE,
    }
    grant = {
        "item": "grant",
        "from": "union",
        "to": "county",
        "amount": 4000,
        "per": "participant",
        "years": {"from": 0, "to": 1},
        **NOTE,
    }
    seats = {
        "item": "usual_help",
        "payer": {"municipality": 0.6, "union": 0.4},
        "saving": True,
        "amount": 3000,
        "years": {"from": 0, "to": 0},
        **NOTE,
    }
    return {
        **made,
        "schedule": {"rates": [{"to": 12, "rate": 0.0535}, {"rate": 0.02}], **NOTE},
        "public_funds": {"rate": 0.2, **NOTE},
        "timing": "mid",
        "scope": "local",
        "costs": [*made["costs"], seats],
        "earnings": [wages],
        "benefits": [{**made["benefits"][1], "item": "less_crime", "payer": "state"}],
        "transfers": [*made["transfers"], grant],
    }


def two_effects() -> dict[str, Any]:
    """Return an account of two effects, of which the first is wanted to fall."""
    made = MADE["norway"]()
    made.pop("analysis")
    costs = [made["costs"][0], {**made["costs"][1], "effect": "months"}]
    drop = {**made["benefits"][0], "item": "less_absence", "payer": "state", "per": "decrease"}
    return {
        **made,
        "effects": {
            "absence": {"analysis": "main"},
            "months": {"assumed": {"value": 0.75, "unit": "months", **NOTE}},
        },
        "timing": "end",
        "costs": costs,
        "benefits": [
            {**drop, "amount": 900, "effect": "absence"},
            {**made["benefits"][1], "amount": 700, "effect": "months", "per": "increase"},
        ],
        "transfers": [{**made["transfers"][0], "amount": 300, "effect": "months"}],
    }


def without_effect() -> dict[str, Any]:
    """Return costs alone."""
    made = MADE["norway"]()
    made.pop("analysis")
    return {**made, "costs": made["costs"][:1], "benefits": [], "transfers": []}


@dataclass(frozen=True)
class Explored:
    """An account, its one estimate, and the desired direction of its outcome."""

    definition: dict[str, Any]
    estimate: Estimate
    direction: str = "increase"

    @property
    def spec(self) -> Economics:
        return Economics.model_validate(self.definition)

    def finding(self) -> Finding:
        spec = self.spec
        rows = {key: self.estimate for key, one in spec.valued.items() if one.analysis is not None}
        tables = account(spec, rows, seed=(7,), direction=self.direction)
        outcome = {"title": {"en": "Completed <school> & more"}, "unit": self.estimate.unit}
        study = {
            "title": {"en": "A made-up account"},
            "question": {"en": "What would it take to pay?"},
            "language": "en",
            "languages": ["en"],
            "outcomes": {"done": {**outcome, "role": "primary", "direction": self.direction}},
            "analyses": {"main": {"outcome": "done", "design": "randomised"}},
            "economics": shown(spec, self.definition),
        }
        return Finding(
            id="made-up",
            study=study,
            data_kind="public",
            stage="final",
            outcome="complete",
            verdicts=(Verdict("done", "shown benefit", 4, ()),),
            estimates=(replace(self.estimate, outcome="done"),),
            checks=(),
            tables=tables,
            provenance={"definition": "0" * 64},
            released={"profile": "none", "hidden": 0},
        )


def shown(spec: Economics, definition: dict[str, Any]) -> dict[str, Any]:
    """Return a definition as a finding carries it: texts by language, defaults filled in."""
    titles = {key: {"en": one["title"]} for key, one in definition["payers"].items()}
    payers = {key: {**definition["payers"][key], "title": titles[key]} for key in titles}
    terms = {key: {"term": "overall", **one} for key, one in definition.get("effects", {}).items()}
    filled = {"scope": spec.scope, "timing": spec.timing, "term": spec.term, "effects": terms}
    return {**copy.deepcopy(definition), **filled, "payers": payers}


ACCOUNTS = {
    "extended": Explored(
        extended(), MADE["effect"](0.0512345678912, 0.02, unit="share", outcome="done")
    ),
    "two-effects": Explored(
        two_effects(),
        MADE["effect"](-3.3333333333, 1.9, unit="days/year", outcome="done"),
        "decrease",
    ),
    "no-effect": Explored(without_effect(), MADE["effect"](0.1)),
}


def settings(explored: Explored, count: int) -> list[Settings]:
    """Return random settings, each a full state of the controls; the first is the published."""
    spec, rng = explored.spec, np.random.default_rng(20_261_122)
    keepers = [one.retention for one in spec.payers.values() if one.retention is not None]
    at = [one.assumed.value if one.assumed else explored.estimate.estimate
          for one in spec.valued.values()]  # fmt: skip
    first = {
        "effects": at,
        "cost": 1.0,
        "rate": None,
        "horizon": spec.last,
        "kept": [one.kept(spec.scope) for one in keepers],
    }
    others = [
        {
            "effects": [float(one * rng.uniform(-2, 3)) for one in at],
            "cost": float(rng.uniform(0.01, 3)),
            "rate": None if rng.random() < 0.3 else float(rng.uniform(0, 0.1)),
            "horizon": int(rng.integers(0, spec.last + 1)),
            "kept": [float(rng.choice([0.0, 1.0, rng.uniform()])) for _ in keepers],
        }
        for _ in range(count - 1)
    ]
    return [first, *others]


def changed(explored: Explored, at: Settings) -> Valuation:
    """Return the account as the package draws it up when its definition says so."""
    made = copy.deepcopy(explored.definition)
    for cost in made["costs"]:
        cost["times"] = cost.get("times", 1.0) * at["cost"]
    if at["rate"] is not None:
        made["schedule"] = {"rates": [{"rate": at["rate"]}], **NOTE}
        funds = public_funds(explored.spec)
        made.setdefault("public_funds", {"rate": funds.value if funds else 0.0, **NOTE})
    keepers = [one for one in made["payers"].values() if "retention" in one]
    for payer, share in zip(keepers, at["kept"], strict=True):
        payer["retention"][explored.spec.scope] = share
    spec = Economics.model_validate(made)
    names = tuple(spec.valued)
    effects = Effects(
        names=names,
        units=("",) * len(names),
        estimates=np.array(at["effects"]),
        draws=np.zeros((spec.draws, len(names))),
        drawn=False,
        assumed=(False,) * len(names),
        direction=explored.direction,
        rows=(None,) * len(names),
    )
    return cut(value(spec, effects, seed=(7,)), at["horizon"])


def cut(done: Valuation, horizon: int) -> Valuation:
    """Return an account in which nothing after a year counts."""
    amounts = done.flows.amounts.copy()
    amounts[:, :, horizon + 1 :] = 0.0
    money = replace(done.flows, amounts=amounts)
    marginal = public_funds(done.spec)
    book = ledger(done.spec, money, done.factors, marginal.value if marginal else 0.0)
    return replace(done, flows=money, ledger=book)
