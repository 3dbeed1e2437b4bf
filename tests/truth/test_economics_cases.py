"""Present values, rates of return and acceptability as R and its package BCEA have them."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from evaluate.economics.acceptability import acceptability, switches
from evaluate.economics.discount import Step, discount_factors
from evaluate.economics.effectiveness import icer
from evaluate.economics.information import evpi
from evaluate.economics.internal_rates import irr
from evaluate.economics.returns import benefit_cost_ratio, present_value

FLOWS = [-1000, 300, 400, 500, 200]
THRESHOLDS = (10_000, 20_000, 25_000, 30_000)
CASES = ("cba_npv", "bcea_vaccine")


def worth(flows: list[float], rate: float) -> float:
    return present_value(flows, discount_factors([Step(None, rate)], range(len(flows))))


def cba_npv() -> dict[str, float]:
    (rate,) = irr(FLOWS).rates
    ratio, _ = benefit_cost_ratio(worth([0, *FLOWS[1:]], 0.05), 1000)
    return {
        "npv5": worth(FLOWS, 0.05),
        "npv3": worth(FLOWS, 0.03),
        "irr": rate,
        "bcr5": ratio or 0.0,
    }


def bcea_vaccine() -> dict[str, float]:
    """Return what the 1 000 draws of BCEA's example give, over its grid of 501 thresholds."""
    path = Path(os.environ["EVALUATE_TRUTH"]) / "data" / "bcea_vaccine.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    effects, costs = (
        np.array([[float(row[f"{what}_{arm}"]) for arm in ("sq", "vac")] for row in rows])
        for what in ("eff", "cost")
    )
    more_effect, more_cost = (draws.mean(axis=0) @ [-1, 1] for draws in (effects, costs))
    curves = acceptability(effects, costs, np.arange(0, 50_001, 100))
    (kstar,) = curves.kstar
    ratio = icer(more_cost, more_effect).value or 0.0
    ((exact, best),) = switches(effects.mean(axis=0), costs.mean(axis=0))
    assert (exact, best) == (pytest.approx(ratio, rel=1e-12), 1)
    found = {"icer": ratio, "mean_de": more_effect, "mean_dc": more_cost, "kstar": kstar}
    for threshold in THRESHOLDS:
        at = threshold // 100
        found[f"k{threshold}_eib"] = curves.incremental_benefit()[at, 1]
        found[f"k{threshold}_ceac"] = curves.ceac[at, 1]
        found[f"k{threshold}_evpi"] = curves.evpi[at]
        assert curves.evpi[at] == pytest.approx(evpi(threshold * effects - costs), rel=1e-12)
    return found


def test_cba_npv() -> None:
    # From R, in closed form: sum(flows / 1.05^(0:4)), uniroot for the rate.
    values = {
        "npv5": 244.98537132162,
        "npv3": 303.568738835549,
        "irr": 0.1532213787718,
        "bcr5": 1.244985371322,
    }
    assert cba_npv() == pytest.approx(values, rel=1e-11)


@pytest.mark.truth
@pytest.mark.parametrize("case", CASES)
def test_every_key_of_the_truth_folder(case: str) -> None:
    text = (Path(os.environ["EVALUATE_TRUTH"]) / "cases.yaml").read_text("utf-8")
    listed: list[dict[str, Any]] = yaml.safe_load(text)["cases"]
    (expected,) = (one["expected"] for one in listed if one["id"] == case)
    found = {"cba_npv": cba_npv, "bcea_vaccine": bcea_vaccine}[case]()
    assert set(found) == set(expected)
    for name, one in expected.items():
        assert found[name] == pytest.approx(one["value"], rel=one["tol"]["rel"]), name
