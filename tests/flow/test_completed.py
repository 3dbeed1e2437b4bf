"""A design under each rule for missing covariates, on each engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from evaluate.completed import Question, completed, range_of
from evaluate.core import Estimand, Settings, Strict
from evaluate.data.every_row import RECORDED
from evaluate.data.sample import ArraySample, DuckSample
from evaluate.data.variable import Variable, parse_values
from evaluate.design import all_designs, roles
from evaluate.errors import Refused
from evaluate.study.entries import Missing

Data = dict[str, NDArray[Any]]


def trial(n: int = 300, seed: int = 1) -> Data:
    rng = np.random.default_rng(seed)
    treated = (np.arange(n) % 2).astype(float)
    x = rng.normal(size=n)
    place = np.array(["north", "south", "west"], dtype=object)[rng.integers(0, 3, n)]
    y = 0.8 * treated + x + (place == "west") + rng.normal(size=n)
    y[rng.random(n) < 0.1] = np.nan
    x = np.where(rng.random(n) < 1 / (1 + np.exp(1.5 - np.nan_to_num(y))), np.nan, x)
    place[rng.random(n) < 0.08] = None
    return {"y": y, "treated": treated, "x": x, "place": place}


def gone(data: Mapping[str, NDArray[Any]]) -> NDArray[np.bool_]:
    return np.isnan(data["x"]) | np.array([one is None for one in data["place"]])


def in_memory(data: Data) -> ArraySample:
    y = np.where(gone(data), np.nan, data["y"])
    return ArraySample({**data, "y": y, RECORDED: data["y"]}, "y")


def in_duckdb(data: Data) -> DuckSample:
    connection = duckdb.connect()
    connection.execute(
        f'CREATE TABLE a (y DOUBLE, treated DOUBLE, x DOUBLE, place VARCHAR, "{RECORDED}" DOUBLE)'
    )
    lost = gone(data)
    for i in range(len(lost)):
        cells = [data[name][i] for name in ("y", "treated", "x", "place", "y")]
        cells = [None if isinstance(one, float) and np.isnan(one) else one for one in cells]
        cells[0] = None if lost[i] else cells[0]
        connection.execute("INSERT INTO a VALUES (?, ?, ?, ?, ?)", cells)
    return DuckSample(connection, "a", "y")


def asked(rule: str, design: str = "randomised", **more: Any) -> Question:
    found = all_designs()[design]
    spec = found.spec(treated="treated", covariates=("x", "place"))
    estimand = Estimand("ATT" if design == "adjusted" else "ATE", "y", "points")
    number = 4 if rule == "multiple_imputation" else None
    return Question(
        found,
        spec,
        estimand,
        Settings(**more),
        Missing(covariates=rule, imputations=number),  # type: ignore[arg-type]
        roles(spec),
    )


@pytest.mark.parametrize("design", ["randomised", "adjusted"])
@pytest.mark.parametrize("rule", ["complete_case", "indicator", "multiple_imputation"])
def test_engines_agree_and_every_row_is_a_number(rule: str, design: str) -> None:
    data = trial()
    ours, theirs = (completed(asked(rule, design), one(data)) for one in (in_memory, in_duckdb))
    assert [one.name for one in ours.checks] == [one.name for one in theirs.checks]
    for a, b in zip(ours.estimates, theirs.estimates, strict=True):
        assert (a.method, a.n_obs, a.role) == (b.method, b.n_obs, b.role)
        assert (a.estimate, a.std_error) == pytest.approx((b.estimate, b.std_error), rel=1e-8)
    for a, b in zip(ours.tables, theirs.tables, strict=True):
        for row, other in zip(a.rows, b.rows, strict=True):
            assert row.keys() == other.keys()
            for key, value in row.items():
                if isinstance(value, float):
                    assert np.isfinite(value)
                    assert other[key] == pytest.approx(value, rel=1e-7, abs=1e-10), (a.kind, key)
                else:
                    assert other[key] == value
    assert ours.covariance[0, 0] == pytest.approx(ours.estimates[0].std_error ** 2, rel=1e-12)


def test_who_is_used_under_each_rule() -> None:
    data = trial()
    whole, recorded = (
        int((~np.isnan(data["y"]) & ~gone(data)).sum()),
        int((~np.isnan(data["y"])).sum()),
    )
    for rule, n in (
        ("complete_case", whole),
        ("indicator", recorded),
        ("multiple_imputation", recorded),
    ):
        result = completed(asked(rule), in_memory(data))
        assert result.estimates[0].n_obs == n
        table = next(one for one in result.tables if one.kind == "missing_rules")
        (headline,) = [row for row in table.rows if row["headline"]]
        assert headline["estimate"] == result.estimates[0].estimate
        lost = next(one for one in result.checks if one.name == "attrition").text
        assert ("a covariate" in lost) == (rule == "complete_case")
        assert result.checks[-1].name == "missing_outcomes"


def test_the_unadjusted_row_is_as_it_would_be_and_not_pooled() -> None:
    data = trial()
    result = completed(asked("multiple_imputation"), in_memory(data))
    assert result.estimates[0].method.endswith("4 imputations")
    assert result.estimates[0].std_error_method == "HC2 and Rubin's rules"
    plain = result.estimates[1]
    y, treated = data["y"], data["treated"] == 1
    known = ~np.isnan(y)
    gap = y[known & treated].mean() - y[known & ~treated].mean()
    assert (plain.method, plain.estimate) == ("difference in means", pytest.approx(gap, rel=1e-10))


def test_indicators_are_the_regression_with_them() -> None:
    data = trial()
    result = completed(asked("indicator", adjustment="additive"), in_memory(data))
    known = ~np.isnan(data["y"])
    empty = np.isnan(data["x"])
    levels = [data["place"] == one for one in ("south", "west", None)]
    x = np.column_stack(
        [np.ones(300), data["treated"], np.where(empty, 0, data["x"]), empty, *levels]
    ).astype(float)
    slopes = np.linalg.lstsq(x[known], data["y"][known], rcond=None)[0]
    assert result.estimates[0].estimate == pytest.approx(slopes[1], rel=1e-9)


def test_without_gaps_every_rule_is_the_design_itself() -> None:
    rng = np.random.default_rng(0)
    place = np.array(["a", "b", "c"] * 100, dtype=object)
    data = {**trial(), "x": rng.normal(size=300), "place": place}
    found = [
        completed(asked(rule), ArraySample(data, "y"))
        for rule in ("error", "indicator", "multiple_imputation")
    ]
    for one in found[1:]:
        assert one.estimates == found[0].estimates


def test_only_the_headline_where_that_is_all() -> None:
    result = completed(asked("multiple_imputation", headline_only=True), in_memory(trial()))
    assert (len(result.estimates), result.checks, result.tables) == (1, (), ())
    whole = completed(asked("multiple_imputation"), in_memory(trial()))
    assert result.estimates[0].estimate == pytest.approx(whole.estimates[0].estimate, rel=1e-12)


def test_progress_is_told() -> None:
    told: list[str] = []
    completed(asked("multiple_imputation"), in_memory(trial()), progress=told.append)
    assert told[:4] == [f"imputation {i} of 4" for i in (1, 2, 3, 4)]


def test_difference_in_differences_is_imputed_too() -> None:
    rng = np.random.default_rng(3)
    school, post = np.repeat(np.arange(20), 40), np.arange(800) % 2 * 1.0
    treated = (school % 2) * 1.0
    x = rng.normal(size=800)
    y = x + treated * post + rng.normal(0, 0.3, 20)[school] + rng.normal(size=800)
    data: Data = {
        "y": y,
        "treated": treated,
        "post": post,
        "school": np.array([f"s{i}" for i in school], dtype=object),
        "x": np.where(rng.random(800) < 0.2, np.nan, x),
    }
    design = all_designs()["did"]
    spec = design.spec(treated="treated", post="post", cluster="school", covariates=("x",))
    one = Question(
        design,
        spec,
        Estimand("ATT", "y", "points"),
        Settings(),
        Missing(covariates="multiple_imputation", imputations=3),
        roles(spec),
    )
    empty = np.isnan(data["x"])
    sample = ArraySample({**data, "y": np.where(empty, np.nan, y), RECORDED: y}, "y")
    result = completed(one, sample)
    assert result.estimates[0].n_obs == 800
    assert abs(result.estimates[0].estimate - 1) < 4 * result.estimates[0].std_error
    assert "missing_outcomes" not in [check.name for check in result.checks]


def test_a_design_without_covariates_is_refused_to_be_completed() -> None:
    class Bare(Strict):
        """Fields of a design that names no covariates."""

        treated: str = "treated"

    with pytest.raises(Refused) as refused:
        completed(replace(asked("multiple_imputation"), spec=Bare()), in_memory(trial()))
    assert refused.value.code == "no_covariates"


def test_imputations_without_imputing_are_refused() -> None:
    with pytest.raises(ValidationError, match="nothing is imputed"):
        Missing(covariates="indicator", imputations=5)
    assert Missing(covariates="multiple_imputation").number == 20


@pytest.mark.parametrize(
    ("kind", "written", "expected"),
    [
        ("number", "0..100", (0.0, 100.0)),
        ("integer", "1; 2; 5", (1.0, 5.0)),
        ("number", "0..", None),
        ("number", "", None),
        ("boolean", "", (0.0, 1.0)),
        ("period", "2015..2020", None),
        ("category", "a; b", None),
    ],
)
def test_the_range_is_the_dictionarys(
    kind: str, written: str, expected: tuple[float, float] | None
) -> None:
    values = parse_values(written, kind)
    variable = Variable("y", kind, "", values, (), "", "", "Common", "d.md", 1)  # type: ignore[arg-type]
    assert range_of(variable) == expected
