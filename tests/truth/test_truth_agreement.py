"""Agreement as R ``irr`` and ``irrCAC`` have it: Krippendorff's example, and anxiety ratings."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from evaluate.inference import agreement as of
from evaluate.inference.agreement_pair import cohen
from evaluate.inference.agreement_panel import Panel, panel_of_numbers
from evaluate.inference.intraclass import concordance, intraclass
from evaluate.inference.reliability import alpha as cronbach
from evaluate.inference.reliability import correlations

NAN = float("nan")
METRICS: tuple[of.Metric, ...] = ("nominal", "ordinal", "interval", "ratio")
# Krippendorff (2011), section C: four observers, twelve units.
EXAMPLE = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, NAN],
        [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 3],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
    ]
).T
# R: irr 0.84.1 and irrCAC 1.0.
SHIPPED = {
    "nominal": 0.7434210526316,
    "ordinal": 0.8153875037549,
    "interval": 0.8491071428571,
    "ratio": 0.7974027747116,
    "gwet_ac1": 0.77544,
    "fleiss_irrCAC": 0.76117,
    "bp": 0.77273,
    "conger": 0.76282,
}


def case(name: str) -> dict[str, Any]:
    folder = Path(os.environ["EVALUATE_TRUTH"])
    every = yaml.safe_load((folder / "cases.yaml").read_text("utf-8"))
    every = every["cases"] if isinstance(every, dict) else every
    return next(one for one in every if one["id"] == name)


def ratings(name: str) -> np.ndarray[Any, Any]:
    folder = Path(os.environ["EVALUATE_TRUTH"])
    with (folder / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return np.array([[NAN if one == "NA" else float(one) for one in row] for row in rows])


def found(panel: Panel) -> dict[str, float]:
    values = {one: of.alpha(panel, one)[0] for one in METRICS}
    values["gwet_ac1"] = of.gwet(panel)[0]
    values["fleiss_irrCAC"] = of.fleiss(panel)[0]
    values["bp"] = of.brennan_prediger(panel)[0]
    values["conger"] = of.conger(panel)[0]
    return {key: float(one) for key, one in values.items()}


def test_krippendorffs_example() -> None:
    got = found(panel_of_numbers(EXAMPLE))
    assert set(got) == set(SHIPPED)
    for name, value in got.items():
        # irrCAC prints five decimals, irr all of them.
        printed = 1e-12 if name in METRICS else 6e-6
        assert value == pytest.approx(SHIPPED[name], rel=0, abs=printed), name


@pytest.mark.truth
def test_kripp() -> None:
    one = case("kripp")
    got = found(panel_of_numbers(ratings(one["dataset"]).T))
    check(one, got)


@pytest.mark.truth
def test_irr_anxiety() -> None:
    one = case("irr_anxiety")
    x = ratings(one["dataset"])
    pair = panel_of_numbers(x[:, :2])
    plain = cohen(pair)
    got = {
        "cohen_unw": plain.value,
        "z": plain.z,
        "cohen_squared": cohen(pair, "squared").value,
        "cohen_equal": cohen(pair, "linear").value,
        "kendallW": concordance(x, correct=False),
        "kendallW_ties": concordance(x),
        "cronbach_raw": cronbach(np.cov(x, rowvar=False)),
        "cronbach_std": cronbach(correlations(np.cov(x, rowvar=False))),
    }
    for model, kind in (
        ("oneway", "consistency"),
        ("twoway", "consistency"),
        ("twoway", "agreement"),
    ):
        for unit in ("single", "average"):
            icc = intraclass(x, model, kind, unit=unit)
            name = f"icc_{model}_{kind}_{unit}_"
            got |= {name: icc.value, f"{name}lb": icc.low, f"{name}ub": icc.high}
    check(one, got)


def check(one: dict[str, Any], got: dict[str, Any]) -> None:
    assert set(got) == set(one["expected"])
    for name, expected in one["expected"].items():
        tolerance = {"rel": 0.0, "abs": 0.0} | expected["tol"]
        assert got[name] == pytest.approx(expected["value"], **tolerance), name
