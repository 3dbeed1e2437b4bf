"""Balance of the LaLonde sample before and after matching, as R ``MatchIt`` and cobalt give it."""

from __future__ import annotations

import csv
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from evaluate.data.levels import Indicator
from evaluate.inference.comparison import Groups
from evaluate.inference.comparison_balance import Likeness, likeness

pytestmark = pytest.mark.truth
FOLDER = Path(os.environ.get("EVALUATE_TRUTH", ""))
NUMBERS = ("age", "educ", "married", "nodegree", "re74", "re75")
DUMMIES = ("age", "educ", "black", "hispan", "married", "nodegree", "re74", "re75")
RACES = ("raceblack", "racehispan", "racewhite")


@cache
def case(name: str) -> dict[str, Any]:
    found = yaml.safe_load((FOLDER / "cases.yaml").read_text("utf-8"))
    rows = found if isinstance(found, list) else found["cases"]
    return next(one for one in rows if one["id"] == name)["expected"]


def expected(name: str, value: str) -> Any:
    one = case(name)[value]
    return pytest.approx(one["value"], **{key: float(tol) for key, tol in one["tol"].items()})


@cache
def rows() -> tuple[dict[str, str], ...]:
    with (FOLDER / "data" / "lalonde_matchit.csv").open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


def column(name: str) -> NDArray[np.float64]:
    return np.array([float(row[name]) for row in rows()])


def groups() -> Groups:
    """Race as text: an indicator for each level but the first."""
    race = np.array([row["race"] for row in rows()])
    levels = [Indicator(f"race={one}", "race", one) for one in ("hispan", "white")]
    x = np.column_stack(
        [*(column(one) for one in NUMBERS), *((race == one.level) * 1.0 for one in levels)]
    )
    return Groups(column("re78"), column("treat") == 1, x, (*NUMBERS, *levels))


def named(given: Groups, weights: NDArray[np.float64], *, pooled: bool) -> dict[str, Likeness]:
    found = likeness(given, weights, pooled=pooled, first={"race": "black"})
    return {one.covariate.replace("race=", "race"): one for one in found}


def every() -> NDArray[np.float64]:
    return np.ones(len(rows()))


@pytest.mark.parametrize("name", DUMMIES)
def test_balance_before_is_what_r_gives(name: str) -> None:
    own, both = (
        named(groups(), every(), pooled=one)[f"race{name}" if name in ("black", "hispan") else name]
        for one in (False, True)
    )
    gap = own.before.mean_treated - own.before.mean_comparison
    assert gap == expected("lalonde_balance", f"rawdiff_{name}")
    assert own.before.variance_ratio == expected("lalonde_balance", f"vr_{name}")
    assert own.before.distance == expected("lalonde_balance", f"ks_{name}")
    assert gap / spread(name, own, pooled=False) == expected(
        "lalonde_balance", f"smd_sdtreated_{name}"
    )
    assert gap / spread(name, both, pooled=True) == expected(
        "lalonde_balance", f"smd_pooled_{name}"
    )


def spread(name: str, one: Likeness, *, pooled: bool) -> float:
    """Return what the case divides by: the sample's standard deviation, of 0/1 too."""
    if not one.binary:
        assert one.std_dev is not None
        return one.std_dev
    x, treated = column(name), column("treat") == 1
    own, other = x[treated].var(ddof=1), x[~treated].var(ddof=1)
    return float(np.sqrt((own + other) / 2 if pooled else own))


@cache
def matched() -> NDArray[np.float64]:
    """Weights of 1:1 nearest scores, the highest first and ties by place, as the case has it."""
    score, treated = propensity(), column("treat") == 1
    weights = treated * 1.0
    free = np.flatnonzero(~treated)
    for one in sorted(np.flatnonzero(treated), key=lambda at: (-score[at], at)):
        gaps = np.abs(score[free] - score[one])
        best = int(np.flatnonzero(gaps <= gaps.min() + 1e-12)[0])
        weights[free[best]] = 1.0
        free = np.delete(free, best)
    return weights


@cache
def propensity() -> NDArray[np.float64]:
    given = groups()
    x = np.column_stack([np.ones(len(given.y)), (given.x - given.x.mean(0)) / given.x.std(0)])
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ beta))
        beta += np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x, x.T @ (given.treated - p))
    found: NDArray[np.float64] = 1 / (1 + np.exp(-x @ beta))
    return found


@pytest.mark.parametrize("name", [*NUMBERS, *RACES])
def test_balance_after_matching_is_what_matchit_gives(name: str) -> None:
    one = named(groups(), matched(), pooled=False)[name]
    assert one.before.difference == expected("lalonde_nn", f"smd_all_{name}")
    assert one.after.difference == expected("lalonde_nn", f"smd_matched_{name}")
    assert one.after.mean_treated == expected("lalonde_nn", f"mean_t_{name}")
    assert one.after.mean_comparison == expected("lalonde_nn", f"mean_c_{name}")


def test_the_score_is_judged_like_a_covariate() -> None:
    given = groups()
    alone = Groups(given.y, given.treated, propensity()[:, None], ("distance",))
    (one,) = likeness(alone, matched(), pooled=False)
    assert one.before.difference == expected("lalonde_nn", "smd_all_distance")
    assert one.after.difference == expected("lalonde_nn", "smd_matched_distance")
    assert one.after.mean_comparison == expected("lalonde_nn", "mean_c_distance")
