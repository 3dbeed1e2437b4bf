"""Bad inputs give a coded refusal or a check that says so, never a wrong number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from engines_of_designs import both_engines
from numpy.typing import NDArray

from evaluate.core import Estimand, Settings
from evaluate.design import Result
from evaluate.designs.randomised import DESIGN, Randomised
from evaluate.errors import Refused

Column = NDArray[Any]
Data = dict[str, Column]
CASES = yaml.safe_load((Path(__file__).parent / "bad_inputs.yaml").read_text("utf-8"))


def clean(unit: str) -> Data:
    """Return a trial without a fault: columns t, c, s, x, z, v, y and number."""
    n = {"pupils": 24, "schools": 60, "many": 400}[unit]
    rng = np.random.default_rng(31)
    school = np.arange(n) // 5 if unit == "schools" else np.arange(n)
    t = (school % 2).astype(float)
    x = rng.normal(10, 2, n)
    return {
        "t": t,
        "c": np.array([f"c{one:03d}" for one in school]),
        "s": np.where(np.arange(n) < n // 2, "a", "b"),
        "x": x,
        "z": rng.normal(size=n),
        "v": rng.normal(size=n),
        "y": 0.5 * t + 0.3 * x + rng.normal(size=n) + 0.3 * rng.normal(size=n)[school],
        "number": school.astype(float),
    }


def rows(data: Data) -> NDArray[np.int64]:
    """Return the number of each row."""
    return np.arange(len(data["t"]))


CHANGES: dict[str, Callable[[Data], Column]] = {
    "t none": lambda d: 0 * d["t"],
    "t all": lambda d: 0 * d["t"] + 1,
    "t thirds": lambda d: rows(d) % 3.0,
    "t one": lambda d: (d["c"] == "c000") * 1.0,
    "t all but one": lambda d: (d["c"] != "c000") * 1.0,
    "t alternate": lambda d: rows(d) % 2.0,
    "t ends": lambda d: ((rows(d) % 2 == 0) & (d["number"] % 2 == 0)) * 1.0,
    "t together": lambda d: (rows(d) % 5 >= 3) * 1.0,
    "t staggered": lambda d: (rows(d) % 5 >= 1 + d["number"] % 4) * 1.0,
    "c one": lambda d: np.full(len(d["t"]), "c"),
    "x treatment": lambda d: 3 * d["t"] + 1,
    "x near treatment": lambda d: d["t"] + 1e-9 * d["z"],
    "x strata": lambda d: (d["s"] == "a") * 2.0,
    "x constant": lambda d: 0 * d["x"] + 0.1,
    "x billions": lambda d: 1e9 * d["x"],
    "x billionths": lambda d: 1e-9 * d["x"],
    "x far": lambda d: 1e9 + d["x"],
    "x infinite": lambda d: np.where(rows(d) == 3, np.inf, d["x"]),
    "x single": lambda d: (rows(d) == 3) * 1.0,
    "x single in both": lambda d: (rows(d) < 2) * 1.0,
    "x school number": lambda d: d["number"],
    "z from x": lambda d: 2 * d["x"] - 7,
    "z near x": lambda d: d["x"] + 1e-9 * d["z"],
    "s treatment": lambda d: np.where(d["t"] == 1, "a", "b"),
    "y infinite": lambda d: np.where(rows(d) == 3, np.inf, d["y"]),
    "y constant": lambda d: 0 * d["y"] + 0.1,
    "y rounding": lambda d: 1 + 1e-15 * rows(d),
    "y treatment": lambda d: 2 * d["t"],
    "y covariate": lambda d: 3 * d["x"] + d["t"],
    "y missing": lambda d: d["y"] * np.nan,
    "y flat treated": lambda d: np.where(d["t"] == 1, 4.0, d["y"]),
    "y certain": lambda d: np.where(d["t"] == 1, 1.0, rows(d) // 2 % 2),
    "y billions": lambda d: 1e9 * d["y"],
    "y enormous": lambda d: 1e300 * d["y"],
    "y minute": lambda d: 1e-200 * d["y"],
    "x rounding": lambda d: 1 + 1e-15 * rows(d),
    "y huge effect": lambda d: 500 * d["t"] + d["z"],
    "r constant": lambda d: 0 * d["t"] + 1,
    "r balanced": lambda d: rows(d) // 2 % 2.0,
    "w negative": lambda d: d["z"],
    "w zero": lambda d: 0 * d["t"],
    "w fractions": lambda d: 0 * d["t"] + 1.5,
    "w one large": lambda d: np.where(rows(d) == 3, 40.0, 1.0),
    "p one": lambda d: np.where(d["t"] == 1, 1.0, 0.5),
    "p varies": lambda d: 0.3 + 0.2 * (rows(d) % 3 == 0),
    "arm both": lambda d: np.where(rows(d) % 4 < 2, "a", "b"),
    "arm two comparisons": lambda d: np.where(
        d["t"] == 1, "a", np.where(rows(d) % 4 == 0, "b", "c")
    ),
    "arm one": lambda d: np.where(d["t"] == 0, "none", np.where(rows(d) == 1, "a", "b")),
    "q even": lambda d: rows(d) % 5.0,
    "q constant": lambda d: 0 * d["t"],
    "g one": lambda d: np.where(rows(d) == 3, "rare", np.where(rows(d) // 2 % 2, "p", "q")),
    "g treatment": lambda d: np.where(d["t"] == 1, "p", "q"),
}


def faulty(case: dict[str, Any]) -> Data:
    """Return the case's data."""
    data = clean(case["unit"])
    changes = dict(case.get("change", {}))
    keep = changes.pop("keep", None)
    made = {name: CHANGES[f"{name} {what}"] for name, what in changes.items()}
    for name in sorted(made, key="tqrxzswypcarmg".find):
        data[name] = made[name](data)
    if keep is not None:
        kept = np.isin(data["c"], np.unique(data["c"])[:keep])
        data = {name: values[kept] for name, values in data.items()}
    return data


def spec_of(case: dict[str, Any], fields: dict[str, Any] | None = None) -> Randomised:
    """Return the design of a case; covariate x unless the case says otherwise."""
    given = case.get("spec", {"covariates": ["x"]}) if fields is None else fields
    cluster = "c" if case["unit"] == "schools" else None
    return Randomised(treated="t", cluster=cluster, **given)


def run(case: dict[str, Any], data: Data, engine: str, spec: Randomised | None = None) -> Result:
    """Return the result of a case in one engine."""
    settings = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in case.get("settings", {}).items()
    }
    estimand = Estimand(case.get("estimand", "ATE"), "y", "points")
    sample = both_engines(data, "y")[engine]
    return DESIGN.estimate(spec or spec_of(case), sample, estimand, Settings(**settings))


def numbers_hold(result: Result) -> None:
    """Assert what every number that leaves a design must be."""
    for row in result.estimates:
        assert all(isfinite(one) for one in asdict(row).values() if isinstance(one, float))
        assert row.std_error > 0
        assert row.conf_low <= row.estimate <= row.conf_high
        assert row.p_value is None or 0 < row.p_value <= 1
        assert row.df is None or row.df > 0
    for table in result.tables:
        for one in table.rows:
            assert all(isfinite(cell) for cell in one.values() if isinstance(cell, float))


@pytest.mark.parametrize("engine", ["array", "duckdb"])
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_bad_input_never_gives_a_wrong_number(case: dict[str, Any], engine: str) -> None:
    data = faulty(case)
    codes = case.get("refused_one_of", [case.get("refused")])
    if codes != [None]:
        with pytest.raises(Refused) as caught:
            run(case, data, engine)
        assert caught.value.code in codes
        assert caught.value.why
        assert caught.value.fix
        return
    result = run(case, data, engine)
    numbers_hold(result)
    headline = result.estimates[0]
    found = {one.name: one.result for one in result.checks}
    for name, expected in case.get("check", {}).items():
        assert found.get(name) == expected, name
    assert (headline.p_value is not None) == case.get("p_value", True)
    if case.get("hull"):
        assert headline.interval_method is not None
    if case.get("tiny_p"):
        assert headline.p_value is not None
        assert headline.p_value < 1e-250
    for column, text in case.get("state", {}).items():
        (table,) = [one for one in result.tables if one.kind == "subgroups"]
        states = [str(one.get("state", "")) for one in table.rows if one["column"] == column]
        assert any(text in one for one in states)
    expected = None
    if "same_as" in case:
        expected = run(case, data, engine, spec_of(case, case["same_as"])).estimates[0]
    if case.get("same_as_unchanged"):
        expected = run(case, clean(case["unit"]), engine).estimates[0]
    if expected is not None:
        for name in ("estimate", "std_error", "df", "conf_low", "p_value"):
            value = getattr(expected, name)
            assert getattr(headline, name) == pytest.approx(value, rel=case.get("rel", 1e-8)), name


def test_the_clean_trials_have_no_fault() -> None:
    for unit in ("pupils", "schools", "many"):
        result = run({"unit": unit}, clean(unit), "array")
        numbers_hold(result)
        bad = {one.name for one in result.checks if one.result == "failed"}
        assert bad <= {"balance", "leave_one_cluster_out"}
