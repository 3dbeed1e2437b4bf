"""Evaluate on an account: net of every payer and of society in every draw, and what it shows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from measure import Answer, arguments, report

from benchmarks.accounts import EFFECT
from evaluate.core import Estimate
from evaluate.economics.definition import Economics
from evaluate.economics.effects import joint_effects
from evaluate.economics.measures import paid_back
from evaluate.economics.valuation import value

_, path, warm = arguments()
definition = json.loads(Path(path).read_text(encoding="utf-8"))
effect = Estimate(
    **EFFECT,
    conf_low=0.0,
    conf_high=0.12,
    n_obs=400,
    n_treated=200,
    method="difference in means",
    std_error_method="CR2",
    unit="share",
    estimand="ATE",
    analysis="main",
)


def net() -> Answer:
    """Return quantiles, share above 0 and share paid back, by payer and for society."""
    spec = Economics.model_validate(definition)
    done = value(spec, joint_effects(spec, {"main": effect}, seed=(7,)), seed=(7,))
    each = done.drawn_multipliers()
    answer = {}
    for place, name in enumerate(done.names):
        draws = done.draws(place, each)
        low, high = np.quantile(draws, [0.025, 0.975])
        answer |= {
            f"{name} mean": float(draws.mean()),
            f"{name} low": float(low),
            f"{name} high": float(high),
            f"{name} share": float(np.mean(draws > 0)),
            f"{name} paid_back": float(paid_back(done.ledger.net[place], each).mean()),
        }
    return answer


report(net, warm)
