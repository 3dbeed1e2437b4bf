"""Supported work, and giving up smoking, weighted: what R gives, and exact solutions."""

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

from evaluate.inference.coarsened import exact_cells
from evaluate.inference.comparison import Compared, Groups
from evaluate.inference.entropy_balance import entropy_balance
from evaluate.inference.inverse_probability import inverse_probability, stabilised
from evaluate.inference.propensity import propensity
from evaluate.inference.regression_adjustment import regression_adjustment

pytestmark = pytest.mark.truth
FOLDER = Path(os.environ.get("EVALUATE_TRUTH", ""))
SQUARED = ("age", "educ", "re74", "re75")


@cache
def case(name: str) -> dict[str, Any]:
    found = yaml.safe_load((FOLDER / "cases.yaml").read_text("utf-8"))
    return next(one for one in found["cases"] if one["id"] == name)


def expected(name: str, value: str) -> Any:
    one = case(name)["expected"][value]
    return pytest.approx(one["value"], **{key: float(tol) for key, tol in one["tol"].items()})


@cache
def rows(file: str) -> list[dict[str, str]]:
    with (FOLDER / "data" / file).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def column(file: str, name: str) -> NDArray[np.float64]:
    return np.array([float(row[name]) for row in rows(file)])


def is_level(file: str, name: str, level: float | str) -> NDArray[np.float64]:
    values = [row[name] for row in rows(file)]
    same = [one == level if isinstance(level, str) else float(one) == level for one in values]
    return np.array(same, dtype=np.float64)


def lalonde() -> Groups:
    file = "lalonde_matchit.csv"
    x = {name: column(file, name) for name in ("age", "educ", "hispan")}
    x["white"] = is_level(file, "race", "white")
    x |= {name: column(file, name) for name in ("married", "nodegree", "re74", "re75")}
    treated = column(file, "treat") == 1
    return Groups(column(file, "re78"), treated, np.column_stack([*x.values()]), tuple(x))


def nhefs() -> Groups:
    file = "nhefs_complete.csv"
    x = {name: column(file, name) for name in ("sex", "race", "age")}
    x["age²"] = x["age"] ** 2
    for name in ("education", "exercise", "active"):
        levels = np.unique(column(file, name))[1:]
        x |= {f"{name} {level:g}": is_level(file, name, float(level)) for level in levels}
    for name in ("smokeintensity", "smokeyrs", "wt71"):
        x[name] = column(file, name)
        x[f"{name}²"] = x[name] ** 2
    treated = column(file, "qsmk") == 1
    return Groups(column(file, "wt82_71"), treated, np.column_stack([*x.values()]), tuple(x))


def effective(weights: NDArray[np.float64]) -> float:
    return float(weights.sum() ** 2 / (weights @ weights))


def spread(found: Compared) -> float:
    return float(np.sqrt(found.variance))


def test_propensity_scores_of_supported_work() -> None:
    groups = lalonde()
    found = propensity(groups)
    assert list(found.coefficients) == expected("lalonde_ps", "coef")
    assert found.score[groups.treated].mean() == expected("lalonde_ps", "mean_ps_t")
    assert found.score[~groups.treated].mean() == expected("lalonde_ps", "mean_ps_c")


def test_inverse_probability_weights_of_supported_work() -> None:
    name, groups = "lalonde_ipw", lalonde()
    treated = inverse_probability(groups, "ATT", std_error="fixed")
    everyone = inverse_probability(groups, "ATE", std_error="fixed")
    plain = inverse_probability(groups, "ATE", form="horvitz_thompson")
    assert treated.value == expected(name, "att_hajek")
    assert everyone.value == expected(name, "ate_hajek")
    assert plain.value == expected(name, "ate_ht")
    assert spread(treated) == expected(name, "att_se_hc0_fixedw")
    assert spread(everyone) == expected(name, "ate_se_hc0_fixedw")
    assert effective(treated.weights[~groups.treated]) == expected(name, "ess_c_att")
    assert effective(everyone.weights[groups.treated]) == expected(name, "ess_t_ate")
    assert effective(everyone.weights[~groups.treated]) == expected(name, "ess_c_ate")


def test_exact_cells_of_supported_work() -> None:
    groups = lalonde()
    places = [groups.names.index(name) for name in ("hispan", "white", "married", "nodegree")]
    found = exact_cells(
        Groups(
            groups.y,
            groups.treated,
            groups.x[:, places],
            tuple(groups.names[place] for place in places),
        )
    )
    assert found.value == expected("lalonde_exact", "att")
    assert (found.weights[groups.treated] > 0).sum() == expected("lalonde_exact", "n_t")
    assert (found.weights[~groups.treated] > 0).sum() == expected("lalonde_exact", "n_c")


def test_regression_adjustment_of_supported_work() -> None:
    groups = lalonde()
    assert regression_adjustment(groups, "ATE").value == expected("lalonde_regadj", "ate_gcomp")
    assert regression_adjustment(groups, "ATT").value == expected("lalonde_regadj", "att_gcomp")


def test_entropy_balancing_of_supported_work() -> None:
    name, groups = "lalonde_ebal", lalonde()
    means = entropy_balance(groups, std_error="fixed")
    others = means.weights[~groups.treated]
    assert means.value == expected(name, "m1_att")
    assert effective(others) == expected(name, "m1_ess_control")
    assert others.max() / others.mean() == expected(name, "m1_max_w_over_mean")
    assert spread(means) == expected(name, "se_hc0")
    squares = entropy_balance(groups, squares=SQUARED)
    assert squares.value == expected(name, "m2_att")
    assert effective(squares.weights[~groups.treated]) == expected(name, "m2_ess_control")
    everyone = entropy_balance(groups, "ATE")
    assert everyone.value == expected(name, "ate_exact")
    assert effective(everyone.weights[groups.treated]) == expected(name, "ate_ess_t")
    assert effective(everyone.weights[~groups.treated]) == expected(name, "ate_ess_c")


def test_survey_respondents_beside_supported_work() -> None:
    file = "nsw_cps.csv"
    names = ("age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75")
    x = np.column_stack([column(file, name) for name in names])
    groups = Groups(column(file, "re78"), column(file, "treat") == 1, x, names)
    found = entropy_balance(groups)
    assert found.value == expected("nsw_cps", "ebal_att")
    assert effective(found.weights[~groups.treated]) == expected("nsw_cps", "ebal_ess")
    naive = groups.y[groups.treated].mean() - groups.y[~groups.treated].mean()
    assert naive == expected("nsw_cps", "naive")


def test_giving_up_smoking() -> None:
    name, groups = "nhefs_ipw", nhefs()
    assert len(groups.y) == expected(name, "n")
    found = inverse_probability(groups, "ATE", std_error="fixed")
    assert found.value == expected(name, "ipw")
    assert spread(found) == expected(name, "se_hc0")
    weights = stabilised(groups, propensity(groups))
    assert weights.mean() == expected(name, "sw_mean")
    assert weights.min() == expected(name, "sw_min")
    assert weights.max() == expected(name, "sw_max")
    share = np.where(groups.treated, groups.treated.mean(), (~groups.treated).mean())
    assert (weights / share).mean() == expected(name, "w_mean")
    assert found.weights.sum() == pytest.approx(2 * len(groups.y), rel=1e-12)
    one = regression_adjustment(groups, "ATE", interacted=("smokeintensity",))
    assert one.value == expected(name, "gformula")
    common = regression_adjustment(groups, "ATE", interacted=())
    assert common.value == expected(name, "reg_coef_noint")
