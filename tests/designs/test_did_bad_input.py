"""Bad inputs of two groups over time: a coded refusal or a check that says so."""

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
from evaluate.data.sample import ArraySample
from evaluate.design import Result, roles
from evaluate.designs.did import DESIGN, Did
from evaluate.errors import Refused

Data = dict[str, NDArray[Any]]
CASES = yaml.safe_load((Path(__file__).parent / "bad_inputs_did.yaml").read_text("utf-8"))
CLUSTERS, YEARS, PUPILS = 24, 4, 4


def clean() -> Data:
    """Return two groups without a fault: columns t, post, time, c, u, r, x, z, y and numbers."""
    rng = np.random.default_rng(61)
    c = np.repeat(np.arange(CLUSTERS), YEARS * PUPILS)
    year = np.tile(np.repeat(np.arange(YEARS), PUPILS), CLUSTERS)
    u = c * PUPILS + np.tile(np.arange(PUPILS), CLUSTERS * YEARS)
    t, post = (c % 2).astype(float), (year >= 2).astype(float)
    x, z = rng.normal(size=len(c)), rng.normal(size=len(c))
    level = rng.normal(size=CLUSTERS)[c] + 0.3 * rng.normal(size=(CLUSTERS, YEARS))[c, year]
    return {
        "t": t,
        "post": post,
        "time": 2015.0 + year,
        "c": np.array([f"c{one:02d}" for one in c]),
        "u": np.array([f"u{one:03d}" for one in u]),
        "r": np.array([f"r{one:04d}" for one in range(len(c))]),
        "x": x,
        "z": z,
        "y": level + 0.2 * year + 0.5 * x + 1.0 * t * post + rng.normal(size=len(c)),
        "cluster": c.astype(float),
        "pupil": u.astype(float),
        "row": np.arange(len(c), dtype=float),
    }


def words(values: NDArray[Any], *names: str) -> NDArray[Any]:
    """Return whole numbers from 0 as words."""
    return np.array(names)[values.astype(int)]


CHANGES: dict[str, Callable[[Data], NDArray[Any]]] = {
    "t none": lambda d: 0 * d["t"],
    "t all": lambda d: 0 * d["t"] + 1,
    "t thirds": lambda d: d["cluster"] % 3,
    "t words": lambda d: words(d["t"], "no", "yes"),
    "t product": lambda d: d["t"] * d["post"],
    "t moves": lambda d: np.where(d["pupil"] == 3, d["post"], d["t"]),
    "t one": lambda d: (d["cluster"] == 0) * 1.0,
    "t all but one": lambda d: (d["cluster"] != 0) * 1.0,
    "t one row": lambda d: (d["row"] == 0) * 1.0,
    "t within": lambda d: d["pupil"] % 2,
    "post none": lambda d: 0 * d["post"],
    "post all": lambda d: 0 * d["post"] + 1,
    "post thirds": lambda d: d["time"] % 3,
    "post words": lambda d: words(d["post"], "before", "after"),
    "post mixed": lambda d: np.where(d["row"] == 7, 1 - d["post"], d["post"]),
    "post ends": lambda d: (d["time"] == 2016) * 1.0,
    "time words": lambda d: words(d["time"] - 2015, "first", "second", "third", "fourth"),
    "time twice": lambda d: np.where((d["pupil"] == 3) & (d["time"] == 2016), 2015, d["time"]),
    "u cluster": lambda d: d["c"],
    "c moves": lambda d: np.where(d["row"] == 30, "c23", d["c"]),
    "u sides": lambda d: np.char.add(d["u"], words(d["post"], "before", "after")),
    "x product": lambda d: 3 * d["t"] * d["post"] + 1,
    "x near product": lambda d: d["t"] * d["post"] + 1e-9 * d["z"],
    "x group": lambda d: 2 * d["t"] - 5,
    "x constant": lambda d: 0 * d["x"] + 0.1,
    "x billions": lambda d: 1e9 * d["x"],
    "x infinite": lambda d: np.where(d["row"] == 3, np.inf, d["x"]),
    "x moved": lambda d: d["x"] + d["t"] * d["post"],
    "y diverging": lambda d: d["y"] + 1.5 * d["t"] * (d["time"] - 2015),
    "y lost": lambda d: np.where((d["t"] == 1) & (d["row"] % 3 == 0), np.nan, d["y"]),
    "y infinite": lambda d: np.where(d["row"] == 3, np.inf, d["y"]),
    "y constant": lambda d: 0 * d["y"] + 0.1,
    "y product": lambda d: 2 * d["t"] * d["post"],
    "y missing": lambda d: d["y"] * np.nan,
    "y enormous": lambda d: 1e300 * d["y"],
    "w negative": lambda d: d["z"],
    "w some": lambda d: 1 + d["row"] % 3,
    "w one large": lambda d: np.where(d["row"] == 3, 60.0, 1.0),
    "keep no comparison before": lambda d: (d["t"] == 1) | (d["post"] == 1),
    "keep three years": lambda d: d["time"] > 2015,
    "keep treated lost later": lambda d: (
        (d["t"] == 0) | (d["post"] == 0) | (d["pupil"] % 4 < 1 + d["cluster"] % 3)
    ),
    "keep four clusters": lambda d: d["cluster"] < 4,
    "keep eight clusters": lambda d: d["cluster"] < 8,
    "keep some once": lambda d: (d["pupil"] % 4 > 0) | (d["time"] == 2015),
}
SCHOOLS = {"cluster": "c"}


def faulty(case: dict[str, Any]) -> Data:
    """Return the case's data."""
    data = clean()
    changes = dict(case.get("change", {}))
    keep = changes.pop("keep", None)
    made = {name: CHANGES[f"{name} {what}"](data) for name, what in changes.items()}
    data |= made
    if keep is not None:
        kept = CHANGES[f"keep {keep}"](data)
        data = {name: values[kept] for name, values in data.items()}
    return data


def run(case: dict[str, Any], data: Data, engine: str, fields: dict[str, Any]) -> Result:
    """Return the result of a case in one engine."""
    settings = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in case.get("settings", {}).items()
    }
    spec = Did(treated="t", post="post", **fields)
    used = {name: data[name] for name in dict.fromkeys((*roles(spec), "y"))}
    sample = ArraySample(used, "y") if engine == "array" else both_engines(used, "y")["duckdb"]
    return DESIGN.estimate(spec, sample, Estimand("ATT", "y", "points"), Settings(**settings))


def numbers_hold(result: Result) -> None:
    """Assert what every number that leaves a design must be."""
    for row in result.estimates:
        assert all(isfinite(one) for one in asdict(row).values() if isinstance(one, float))
        assert row.std_error > 0
        assert row.conf_low <= row.estimate <= row.conf_high
    for table in result.tables:
        cells = [one for row in table.rows for one in row.values()]
        assert all(isfinite(one) for one in cells if isinstance(one, float))


def check_of(case: dict[str, Any], result: Result) -> None:
    """Assert what a case says of a result that was given."""
    numbers_hold(result)
    checks = {one.name: one.result for one in result.checks}
    for name, expected in case.get("check", {}).items():
        assert checks.get(name) == expected, name
    headline = result.estimates[0]
    if case.get("p_value") is False:
        assert headline.p_value is None
    if case.get("hull"):
        assert headline.interval_method is not None


@pytest.mark.parametrize("engine", ["array", "duckdb"])
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_bad_input(case: dict[str, Any], engine: str) -> None:
    data, fields = faulty(case), case.get("fields", SCHOOLS)
    if "refused" in case:
        with pytest.raises(Refused) as refused:
            run(case, data, engine, fields)
        assert refused.value.code == case["refused"]
        return
    result = run(case, data, engine, fields)
    check_of(case, result)
    other = None
    if "same_as" in case:
        other = run(case, data, engine, case["same_as"])
    elif case.get("same_as_unchanged"):
        other = run(case, clean(), engine, fields)
    if other is not None:
        left, right = result.estimates[0], other.estimates[0]
        for name in ("estimate", "std_error", "conf_low", "conf_high"):
            assert getattr(left, name) == pytest.approx(getattr(right, name), rel=1e-8), name


@pytest.mark.parametrize(
    "fields",
    [
        {"cluster": "c"},
        {"cluster": "c", "time": "time", "covariates": ["x"]},
        {"unit": "u"},
        {"unit": "u", "cluster": "c", "time": "time", "covariates": ["x"]},
        {"unit": "r", "covariates": ["x"]},
    ],
    ids=str,
)
def test_the_clean_groups_have_no_fault(fields: dict[str, Any]) -> None:
    result = run({}, clean(), "array", fields)
    numbers_hold(result)
    # Whether an effect of this size would outlive unequal trends is up to chance.
    failed = {one.name for one in result.checks if one.result == "failed"}
    assert failed <= {"sensitivity"}
