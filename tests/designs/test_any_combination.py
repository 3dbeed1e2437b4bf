"""Every combination of a trial's fields gives whole numbers or a coded refusal."""

from __future__ import annotations

from dataclasses import asdict
from math import isfinite
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.core import Estimand, Settings, Table
from evaluate.data.sample import ArraySample
from evaluate.design import Result
from evaluate.designs.randomised import DESIGN, Randomised
from evaluate.errors import Refused

TYPES: dict[str, type] = {"text": str, "integer": int, "boolean": bool}


def labels(prefix: str, values: NDArray[Any]) -> NDArray[Any]:
    """Return whole numbers as labels."""
    return np.array([f"{prefix}{value}" for value in values])


def data_of(rng: np.random.Generator) -> dict[str, Any]:
    """Return a small trial of any kind: by school, by pupil, in pairs, or rolled out."""
    clusters = int(rng.integers(2, 26))
    c = np.repeat(np.arange(clusters), rng.integers(1, rng.integers(2, 9), clusters))
    n, period = len(c), rng.integers(0, 4, len(c))
    t = [
        (rng.permutation(clusters) % 2)[c],
        rng.integers(0, 2, n),
        (c % 2) ^ rng.integers(0, 2, clusters)[c // 2],
        period >= 1 + c % 3,
    ][rng.integers(0, 4)].astype(float)
    x = rng.normal(size=n) * 10.0 ** rng.integers(-3, 4)
    y = rng.normal(size=clusters)[c] + rng.normal(size=n) + x * (rng.random() < 0.3)
    if rng.random() < 0.2:
        y = (y > 0).astype(float)
    y[rng.random(n) < 0.1 * (rng.random() < 0.4)] = np.nan
    return {
        "t": t,
        "c": labels("c", c),
        "s": labels("s", c // int(rng.integers(2, 9))),
        "q": period.astype(float),
        "arm": np.where(t == 0, "none", labels("a", c // 2 % 3)),
        "g": labels("g", rng.integers(0, rng.integers(1, 4), n)),
        "x": x,
        "z": rng.integers(0, 2, n).astype(float),
        "k": labels("k", rng.integers(0, 3, n)),
        "w": rng.integers(0, 4, n).astype(float),
        "p": np.where(c // 2 % 2 == 0, 0.3, 0.6),
        "r": (rng.random(n) < 0.2 + rng.random() * 0.7 * t).astype(float),
        "y": y,
    }


def asked_of(rng: np.random.Generator) -> tuple[Randomised, Settings, Estimand]:
    """Return fields, settings and estimand, each left out as often as not."""

    def some(share: float, value: Any, otherwise: Any = None) -> Any:
        return value if rng.random() < share else otherwise

    kinds = ("frequency", "inverse_variance", "probability")
    late = rng.random() < 0.2
    spec = Randomised(
        treated="t",
        cluster=some(0.6, "c"),
        strata=some(0.4, "s"),
        period=some(0.2, "q"),
        arms=some(0.3, "arm"),
        covariates=tuple(name for name in "xzk" if rng.random() < 0.3),
        weights=some(0.2, "w"),
        weights_kind=kinds[rng.integers(0, 3)],
        received="r" if late else None,
    )
    settings = Settings(
        adjustment=some(0.3, ("none", "additive", "interacted")[rng.integers(0, 3)]),
        std_errors=some(0.2, ("randomisation",), ()),
        subgroups=some(0.3, ("g", "z"), ()),
        probability=some(0.2, "p"),
        draws=199,
    )
    return spec, settings, Estimand("LATE" if late else "ITT", "y", "points")


def whole(result: Result) -> None:
    """Assert that rows, tables and checks hold what they promise."""
    assert result.estimates[0].role == "headline"
    for row in result.estimates:
        numbers = [one for one in asdict(row).values() if isinstance(one, float)]
        assert all(map(isfinite, numbers))
        assert row.std_error > 0
        assert row.conf_low <= row.estimate <= row.conf_high
        assert row.p_value is None or 0 < row.p_value <= 1
        assert row.p_adjusted is None or row.p_adjusted >= (row.p_value or 0)
    for one in result.tables:
        cells_hold(one)
    names = [one.name for one in result.checks]
    assert len(names) == len(set(names))
    terms = [(row.term, row.method, row.std_error_method, row.role) for row in result.estimates]
    assert len(terms) == len(set(terms))


def cells_hold(table: Table) -> None:
    """Assert that each cell is of its column's type, and finite."""
    types = {column.name: column.type for column in table.columns}
    for row in table.rows:
        for name, value in row.items():
            assert type(value) is TYPES.get(types[name], float), (table.kind, name)
            assert not isinstance(value, float) or isfinite(value), (table.kind, name)
            assert types[name] != "share" or 0 <= float(str(value)) <= 1, (table.kind, name)


@pytest.mark.parametrize("block", range(6))
def test_any_combination_gives_whole_numbers_or_a_coded_refusal(block: int) -> None:
    found, refused = 0, set()
    for seed in range(20 * block, 20 * block + 20):
        rng = np.random.default_rng(seed)
        data = data_of(rng)
        spec, settings, estimand = asked_of(rng)
        try:
            result = DESIGN.estimate(spec, ArraySample(data, "y"), estimand, settings)
        except Refused as caught:
            refused.add(caught.code if caught.fix else "without a fix")
            continue
        whole(result)
        found += 1
    assert found >= 5
    assert refused
    assert "without a fix" not in refused
