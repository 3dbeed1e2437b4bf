"""LaLonde's data as R ``MatchIt`` 4.7.1 matches them, ties included."""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from evaluate.inference.comparison import Compared, Groups
from evaluate.inference.linear import Float
from evaluate.inference.nearest import Nearest, nearest
from evaluate.inference.nearest_options import Outcome
from evaluate.inference.propensity import propensity

pytestmark = pytest.mark.truth
FOLDER = Path(os.environ.get("EVALUATE_TRUTH", ""))
NAMES = ("age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75")
AS_R = Nearest(replace=False, distance="score", ties="first")


@cache
def case() -> dict[str, Any]:
    read = yaml.safe_load((FOLDER / "cases.yaml").read_text("utf-8"))
    rows = read if isinstance(read, list) else read["cases"]
    found = next(one["expected"] for one in rows if one["id"] == "lalonde_nn")
    return dict(found)


def expected(value: str) -> Any:
    one = case()[value]
    tol = one["tol"]
    return pytest.approx(one["value"], rel=tol.get("rel"), abs=tol.get("abs"))


@cache
def lalonde() -> tuple[Groups, Float]:
    with (FOLDER / "data" / "lalonde_matchit.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    x = np.array([[float(row[name]) for name in NAMES] for row in rows])
    treated = np.array([row["treat"] == "1" for row in rows])
    groups = Groups(np.array([float(row["re78"]) for row in rows]), treated, x, NAMES)
    return groups, propensity(groups).score


@cache
def matched(outcome: Outcome) -> Compared:
    groups, score = lalonde()
    return nearest(groups, score, replace(AS_R, outcome=outcome))


def standardised_difference(values: Float, weights: Float) -> float:
    groups, _ = lalonde()
    sides = [
        np.average(values[on], weights=weights[on]) for on in (groups.treated, ~groups.treated)
    ]
    treated = values[groups.treated]
    share = float(treated.mean())
    is_indicator = set(np.unique(values).tolist()) <= {0.0, 1.0}
    sd = np.sqrt(share * (1 - share)) if is_indicator else treated.std(ddof=1)
    return float((sides[0] - sides[1]) / sd)


def test_the_difference_and_who_is_in_it() -> None:
    groups, _ = lalonde()
    found = matched("difference")
    assert found.value == expected("att_diff")
    assert np.count_nonzero(found.weights[~groups.treated]) == expected("n_matched_control")
    assert set(found.weights.tolist()) == {0.0, 1.0}


def test_the_regression_and_its_error_over_matched_sets() -> None:
    found = matched("regression")
    assert found.value == expected("att_reg")
    assert np.sqrt(found.variance) == expected("se_cluster_subclass_hc1")
    assert found.df == 184


COLUMNS = {
    "distance": None, "age": "age", "educ": "educ", "raceblack": "black", "racehispan": "hispan",
    "married": "married", "nodegree": "nodegree", "re74": "re74", "re75": "re75",
}  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_means_and_balance(name: str) -> None:
    groups, score = lalonde()
    column = COLUMNS[name]
    values = score if column is None else groups.x[:, NAMES.index(column)]
    weights = matched("difference").weights
    assert standardised_difference(values, np.ones(len(values))) == expected(f"smd_all_{name}")
    assert standardised_difference(values, weights) == expected(f"smd_matched_{name}")
    for side, on in (("t", groups.treated), ("c", ~groups.treated)):
        mean = np.average(values[on], weights=weights[on])
        assert mean == expected(f"mean_{side}_{name}")


def test_the_last_of_ties_gives_the_other_value_of_the_notes() -> None:
    """In data in reverse order the first is the last; among the treated that changes nothing."""
    groups, score = lalonde()
    turned = replace(
        groups, y=groups.y[::-1], treated=groups.treated[::-1], x=groups.x[::-1].copy()
    )
    found = nearest(turned, score[::-1], AS_R)
    assert found.value == pytest.approx(908.2022, abs=5e-5)


def test_sharing_ties_lies_between_and_knows_no_order() -> None:
    groups, score = lalonde()
    shared = replace(AS_R, ties="share")
    found = nearest(groups, score, shared)
    assert 894.3675 < found.value < 908.2022
    turned = replace(
        groups, y=groups.y[::-1], treated=groups.treated[::-1], x=groups.x[::-1].copy()
    )
    other = nearest(turned, score[::-1], shared)
    assert other.value == pytest.approx(found.value, rel=1e-12)
    assert other.variance == pytest.approx(found.variance, rel=1e-12)
    np.testing.assert_allclose(other.weights[::-1], found.weights, atol=1e-12)
