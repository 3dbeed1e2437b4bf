"""Every engine demeans within units as the one in memory does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engines import Data, in_duckdb, in_spark

from evaluate.data.sample import ArraySample, Sample
from evaluate.errors import Refused
from evaluate.inference.absorb import absorbed_covariance, fit_absorbed

TIGHT = 1e-12  # sums of a few hundred terms in another order
COLUMNS = ("far off", "treated", "y")


@pytest.fixture(scope="module")
def data() -> Data:
    """Return 400 rows of 70 units in ten schools, some units alone, some rows unweighted."""
    rng = np.random.default_rng(3)
    n = 400
    unit = rng.integers(0, 70, n)
    unit[:5] = np.arange(100, 105)
    y = rng.normal(size=n) + 2.0 * unit
    y[rng.choice(n, 9, replace=False)] = np.nan
    return {
        "school": np.array([f"skole {one // 7}" for one in unit]),
        "unit": np.array([f"O'Dea {one}" for one in unit]),
        "year": rng.integers(2010, 2015, n) + 0.1,
        "weight": rng.integers(0, 4, n).astype(float),
        "far off": rng.normal(1e6, 1, n) + unit,
        "treated": rng.integers(0, 2, n).astype(float),
        "y": y,
    }


@pytest.fixture(scope="module")
def duck(data: Data) -> Sample:
    """Return the rows in DuckDB."""
    return in_duckdb(data, "y")


@pytest.fixture(scope="module")
def spark(data: Data) -> Sample:
    """Return the rows in Spark, whose every query takes a second."""
    return in_spark(data, "y")


def require_same_moments(data: Data, sample: Sample, *of: Any) -> None:
    """Assert that a sample and one in memory agree on moments within units."""
    ours, theirs = ArraySample(data, "y").within(COLUMNS, *of), sample.within(COLUMNS, *of)
    assert ours.n_singletons >= 2
    assert (ours.n_units, ours.n_singletons) == (theirs.n_units, theirs.n_singletons)
    assert ours.n.tolist() == theirs.n.tolist()
    assert ours.shown.tolist() == theirs.shown.tolist() == ([1, 2, 3, 4] if of[1] else [])
    assert ours.periods.tolist() == theirs.periods.tolist()
    for name in of[2]:
        assert ours.labels[name].tolist() == theirs.labels[name].tolist()
    scale = np.sqrt(np.diag(ours.cross.sum(axis=0)))
    assert np.abs((ours.cross - theirs.cross) / np.outer(scale, scale)).max() < TIGHT
    assert theirs.total == pytest.approx(ours.total, rel=1e-11)


def require_same_scores(data: Data, sample: Sample, *of: Any) -> None:
    """Assert that a sample and one in memory agree on sums of scores."""
    found = []
    for one in (ArraySample(data, "y"), sample):
        fitted = fit_absorbed(one.within(COLUMNS, *of))
        found.append(absorbed_covariance(one, fitted, ("school",), "CR1S"))
    (ours, ours_df), (theirs, theirs_df) = found
    assert ours_df == theirs_df
    assert theirs == pytest.approx(ours, rel=1e-9)


WEIGHTS = [(None, "frequency"), ("weight", "frequency"), ("weight", "probability")]
each_weight = pytest.mark.parametrize(("weights", "kind"), WEIGHTS)
each_period = pytest.mark.parametrize("period", [None, "year"])


@each_weight
@each_period
@pytest.mark.parametrize("by", [(), ("school",), ("unit",), ("school", "unit")])
def test_moments_within_units_agree(
    data: Data,
    duck: Sample,
    by: tuple[str, ...],
    period: str | None,
    weights: str | None,
    kind: str,
) -> None:
    require_same_moments(data, duck, "unit", period, by, weights, kind)


@each_weight
@each_period
def test_sums_of_scores_agree(
    data: Data, duck: Sample, period: str | None, weights: str | None, kind: str
) -> None:
    require_same_scores(data, duck, "unit", period, (), weights, kind)


def test_spark_agrees(data: Data, spark: Sample) -> None:
    require_same_scores(data, spark, "unit", "year", ("school",), "weight", "probability")


def test_units_of_one_row_alone_are_no_rows(data: Data) -> None:
    data = {**data, "row": np.array([f"{i}" for i in range(400)])}
    for one in (ArraySample(data, "y"), in_duckdb(data, "y")):
        for by in ((), ("school",)):
            found = one.within(COLUMNS, "row", "year", by)
            assert (found.n.sum(), found.n_units, found.n_singletons) == (0, 0, 391)


def test_a_unit_in_two_groups_is_refused(data: Data, duck: Sample) -> None:
    for one in (ArraySample(data, "y"), duck):
        with pytest.raises(Refused, match="more than one cluster") as refused:
            one.within(COLUMNS, "unit", by=("treated",))
        assert refused.value.code == "unit_not_nested"
