"""The answer under each rule for what is missing, and when the check fires."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.checks.missing_outcomes import Asked, missing_rules
from evaluate.checks.missing_rows import pooled
from evaluate.core import Check, Estimand, Estimate, Settings, Table
from evaluate.data.every_row import RECORDED
from evaluate.data.sample import ArraySample, Sample
from evaluate.designs.randomised import DESIGN, Randomised
from evaluate.inference.bounded import Lost
from evaluate.inference.lee_bounds import lee_bounds
from evaluate.inference.manski_bounds import manski_bounds

Data = dict[str, NDArray[Any]]
RULES = ["complete_cases", "indicator", "multiple_imputation", "observed_weights", "lee", "manski"]


def trial(seed: int = 0, n: int = 400, *, lost: float = 0.15, gaps: float = 0.1) -> Data:
    rng = np.random.default_rng([11, seed])
    treated = (rng.permutation(n) % 2).astype(float)
    x, z = rng.normal(size=n), rng.normal(size=n)
    y = 0.6 * treated + x + rng.normal(size=n)
    y[rng.random(n) < 2 * lost / (1 + np.exp(x))] = np.nan
    z[rng.random(n) < gaps] = np.nan
    return {"y": y, "treated": treated, "x": x, "z": z}


def as_sample(data: Data) -> ArraySample:
    """Return the rows as the data step leaves them."""
    gone = np.isnan(data["z"]) if "z" in data else np.zeros(len(data["y"]), bool)
    if not gone.any():
        return ArraySample(data, "y")
    return ArraySample({**data, "y": np.where(gone, np.nan, data["y"]), RECORDED: data["y"]}, "y")


def judged(
    data: Data, covariates: tuple[str, ...] = ("x", "z"), **more: Any
) -> tuple[Check, Table | None]:
    cluster, strata = more.pop("cluster", None), more.pop("strata", None)
    possible = more.pop("possible", (-9.0, 9.0))
    spec = Randomised(treated="treated", covariates=covariates, cluster=cluster, strata=strata)
    settings = Settings(headline_only=True, outcome_range=possible)

    def refit(rows: Sample, names: tuple[str, ...], weights: str | None) -> Estimate:
        changed = spec.model_copy(update={"covariates": names, "weights": weights})
        return DESIGN.estimate(changed, rows, Estimand("ATE", "y", "points"), settings).estimates[0]

    known = {"dealt": True, "imputations": 5, "cluster": cluster, "strata": strata}
    asked = Asked("treated", covariates, **(known | more))
    rows = as_sample(data)
    return missing_rules(rows, refit(rows, covariates, None), asked, settings, refit)


def rows_of(found: tuple[Check, Table | None]) -> dict[str, dict[str, Any]]:
    assert found[1] is not None
    return {str(row["rule"]): dict(row) for row in found[1].rows}


def test_nothing_missing_is_passed_without_a_table() -> None:
    check, table = judged(trial(lost=0.0, gaps=0.0))
    assert (check.name, check.result, table) == ("missing_outcomes", "passed", None)


def test_every_rule_has_a_row_and_every_cell_is_a_number() -> None:
    found = rows_of(judged(trial()))
    assert list(found) == RULES
    for name, row in found.items():
        assert "state" not in row
        assert row["conf_low"] < row["conf_high"]
        assert all(np.isfinite(one) for one in row.values() if isinstance(one, float))
        assert ("estimate" in row) == (name not in ("lee", "manski"))
    whole = np.isfinite(trial()["y"]) & np.isfinite(trial()["z"])
    with_outcome = int(np.isfinite(trial()["y"]).sum())
    assert [found[name]["n_obs"] for name in RULES] == [
        *(int(whole.sum()), with_outcome, 400, int(whole.sum()), with_outcome, 400)
    ]
    assert [name for name in RULES if found[name]["headline"]] == ["complete_cases"]


def test_without_covariates_bounds_are_those_of_the_formulas() -> None:
    data = {k: v for k, v in trial().items() if k in ("y", "treated")}
    found = rows_of(judged(data, ()))
    lost = Lost(data["y"], data["treated"] == 1)
    lee = lee_bounds(lost)
    for end in ("low", "high", "conf_low", "conf_high"):
        assert found["lee"][end] == pytest.approx(getattr(lee, end), rel=1e-12)
    worst = manski_bounds(lost, (-9.0, 9.0))
    for end in ("low", "high"):
        assert found["manski"][end] == pytest.approx(getattr(worst, end), rel=1e-9)
    # The headline has degrees of freedom, the formula is normal: within 1 % of the width.
    wide = worst.conf_high - worst.conf_low
    assert found["manski"]["conf_high"] == pytest.approx(worst.conf_high, abs=0.01 * wide)
    assert found["observed_weights"]["estimate"] == pytest.approx(
        found["complete_cases"]["estimate"], rel=1e-9
    )


@pytest.mark.parametrize(
    ("rule", "state", "changes"),
    [
        ("indicator", "no_covariate_missing", {"gaps": 0.0}),
        ("lee", "no_outcome_missing", {"lost": 0.0}),
        ("manski", "no_outcome_missing", {"lost": 0.0}),
        ("manski", "no_range", {"possible": None}),
        ("manski", "outside_range", {"possible": (0.0, 1.0)}),
        ("lee", "not_dealt_by_chance", {"dealt": False}),
        ("lee", "of_taking_part", {"offer": False}),
        ("manski", "of_taking_part", {"offer": False}),
        ("observed_weights", "weights_of_another_kind", {"weights": "x", "kind": "frequency"}),
    ],
)
def test_states(rule: str, state: str, changes: dict[str, Any]) -> None:
    drawn = {key: changes.pop(key) for key in ("gaps", "lost") if key in changes}
    row = rows_of(judged(trial(**drawn), **changes))[rule]
    assert row == {"rule": rule, "headline": False, "state": state}
    changes.update(drawn)  # parameters are shared between runs


def test_too_many_rows_are_not_imputed_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluate.checks.missing_rules.MOST_CELLS", 1000)
    assert rows_of(judged(trial()))["multiple_imputation"]["state"] == "too_many_rows"


def test_a_row_that_stands_for_very_many_is_not_used() -> None:
    data = trial(n=200, lost=0.0, gaps=0.0)
    data["x"][:40] = 4.0
    data["y"][1:40] = np.nan
    found = rows_of(judged({**data, "z": data["x"] ** 2}, ("x",)))
    assert found["observed_weights"]["state"] in ("one_weight_dominates", "separation")


def test_without_another_rule_the_check_has_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    data = {**trial(gaps=0.0), "w": np.ones(400)}
    more: dict[str, Any] = {"dealt": False, "weights": "w", "kind": "frequency"}
    check, table = judged(data, **more)
    assert check.result == "passed"
    assert table is not None
    judged_by = [row["rule"] for row in table.rows if "holds" in row]
    assert judged_by == ["multiple_imputation", "manski"]
    monkeypatch.setattr("evaluate.checks.missing_rules.MOST_CELLS", 1000)
    check, _ = judged(data, **more)
    assert check.result == "not_run"  # worst cases alone decide nothing


def test_order_of_rows_units_and_names_change_nothing() -> None:
    data = trial(n=300)
    data["school"] = np.array([f"s{i % 30}" for i in range(300)], dtype=object)
    data["treated"] = (np.arange(300) % 30 % 2).astype(float)
    whole = rows_of(judged(data, cluster="school"))
    order = np.random.default_rng(0).permutation(300)
    moved = {name: values[order] for name, values in data.items()}
    moved["school"] = np.array([f"x{one[::-1]}" for one in moved["school"]], dtype=object)
    other = rows_of(judged(moved, cluster="school"))
    wide = {**data, "y": 50 * data["y"], "z": 10 * data["z"] + 3}
    scaled = rows_of(judged(wide, cluster="school", possible=(-450.0, 450.0)))
    for rule in RULES:
        for key, value in whole[rule].items():
            if not isinstance(value, float):
                assert other[rule][key] == value
                continue
            assert other[rule][key] == pytest.approx(value, rel=1e-7, abs=1e-9), (rule, key)
            times = 1 if key == "df" else 50
            assert scaled[rule][key] == pytest.approx(times * value, rel=1e-5, abs=1e-5), rule


def test_strata_are_cells_of_lees_bounds() -> None:
    data = trial(n=600)
    data["block"] = np.array([f"b{i % 3}" for i in range(600)], dtype=object)
    found = rows_of(judged(data, strata="block"))["lee"]
    cells = np.arange(600) % 3
    expected = lee_bounds(Lost(data["y"], data["treated"] == 1), cells=cells)
    assert found["low"] == pytest.approx(expected.low, rel=1e-12)


def test_limits_that_are_a_hull_reach_as_far_as_any() -> None:
    row = Estimate(1.0, 1.0, -1.0, 3.0, 10, 5, "m", "s", "u", "ATE", df=8.0, p_value=0.3)
    others = [replace(row, estimate=1.1), replace(row, interval_method="hull", conf_high=9.0)]
    found = pooled([row, *others])
    assert found.conf_high == 9.0
    assert found.p_value >= 0.3
    assert pooled([row, row]) == row


def planted(seed: int) -> Data:
    """No effect; of the treated the weakest 30 % are lost: complete cases show a benefit."""
    data = trial(seed, 300, lost=0.0, gaps=0.0)
    rng = np.random.default_rng([12, seed])
    y = 10 + rng.normal(size=300) + data["x"]
    treated = data["treated"] == 1
    lost = treated & (y < np.quantile(y, 0.3)) & (rng.random(300) < 0.97)
    return {"y": np.where(lost, np.nan, y) - 10, "treated": data["treated"], "x": data["x"]}


@pytest.mark.slow
def test_it_fires_on_planted_loss_and_seldom_on_fair_loss() -> None:
    """Lost for being weak: in at least 80 % of draws; 4 % lost at random: in at most 7 %."""
    fires = [judged(planted(seed), ("x",))[0].result == "failed" for seed in range(40)]
    assert np.mean(fires) >= 0.8
    clean = []
    for seed in range(60):
        data = trial(seed, 300, lost=0.0, gaps=0.0)
        data["y"][np.random.default_rng([13, seed]).random(300) < 0.04] = np.nan
        data["y"] += 0.6 * data["treated"]
        clean.append(judged(data, ("x",))[0].result == "failed")
    assert np.mean(clean) <= 0.07
