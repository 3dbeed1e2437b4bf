"""Every engine answers as the one in memory does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import pytest
from engines import Data, in_duckdb, in_spark
from numpy.typing import NDArray

from evaluate.data.sample import ArraySample, DuckSample, RowModel, Sample

TIGHT = 1e-12  # sums of a few hundred terms in another order


Engine = Callable[[Data, str], Sample]
ENGINES: dict[str, Engine] = {"array": ArraySample, "duckdb": in_duckdb, "spark": in_spark}
each_engine = pytest.mark.parametrize("engine", ENGINES.values(), ids=list(ENGINES))
each_sql_engine = pytest.mark.parametrize("sql", [in_duckdb, in_spark], ids=["duckdb", "spark"])


@pytest.fixture
def data() -> Data:
    """Return 300 rows: a far-off covariate, text groups, and 17 rows without an outcome."""
    rng = np.random.default_rng(7)
    n = 300
    y = rng.normal(5, 2, n)
    y[rng.choice(n, 17, replace=False)] = np.nan
    return {
        "treated": rng.integers(0, 2, n).astype(float),
        "school": np.array([f"skole {i:02d} å" for i in rng.integers(0, 12, n)]),
        "kommune nr": np.array([("0301", "O'Dea; --", "301")[i] for i in rng.integers(0, 3, n)]),
        "a big one": rng.normal(1e6, 1, n),
        "0/1": rng.integers(0, 2, n).astype(float),
        "y": y,
    }


CROSSED = ("kommune nr", "treated")
COVARIATES = ("a big one", "0/1", "y")


def a_model(sample: Sample, by: tuple[str, ...], columns: tuple[str, ...]) -> RowModel:
    """Return an arbitrary model whose leverages lie well inside (0, 1)."""
    labels = sample.count(by).labels
    g, size = len(sample.count(by).n), len(columns) + 1
    rng = np.random.default_rng(1)
    root = rng.normal(size=(g, size, size)) / 50
    return RowModel(
        columns=columns,
        labels=labels,
        residual=rng.normal(size=(g, size)),
        influence=rng.normal(size=(g, size)),
        leverage=root @ root.transpose(0, 2, 1),
    )


def same(left: Mapping[str, NDArray[Any]], right: Mapping[str, NDArray[Any]]) -> bool:
    """Return whether two sets of labels are equal, in order and kind."""
    return list(left) == list(right) and all(
        left[name].dtype.kind == right[name].dtype.kind and (left[name] == right[name]).all()
        for name in left
    )


@pytest.mark.parametrize(
    ("sql", "by"),
    [
        *(
            (in_duckdb, by)
            for by in ((), ("treated",), ("school",), CROSSED, ("school", "treated"))
        ),
        *((in_spark, by) for by in ((), CROSSED)),  # a query of Spark takes half a second
    ],
)
def test_counts_and_moments_agree(data: Data, sql: Engine, by: tuple[str, ...]) -> None:
    ours, theirs = ArraySample(data, "y"), sql(data, "y")
    for a, b in (
        (ours.count(by), theirs.count(by)),
        (ours.assigned(by), theirs.assigned(by)),
    ):
        assert same(a.labels, b.labels)
        assert (a.n == b.n).all()
    a, b = ours.moments(COVARIATES, by), theirs.moments(COVARIATES, by)
    assert same(a.labels, b.labels)
    assert (a.n == b.n).all()
    # The centre is a mean of numbers near 1e6 with spread 1: one ulp of it moves the sums
    # by 1e-10 of the spread and no coefficient, so the sums are moved to the same centre.
    assert b.centre == pytest.approx(a.centre, rel=1e-14)
    moved = np.eye(len(COVARIATES) + 1)[None].repeat(len(a.n), 0)
    moved[:, 1:, 0] = b.centre - a.centre
    scale = np.sqrt(np.einsum("gii->gi", a.cross))
    error = (moved @ b.cross @ moved.transpose(0, 2, 1) - a.cross) / (
        scale[:, :, None] * scale[:, None, :]
    )
    assert np.abs(error).max() < TIGHT


@pytest.mark.parametrize(
    ("sql", "by", "columns"),
    [
        *(
            (in_duckdb, by, columns)
            for by in ((), ("treated",), CROSSED)
            for columns in ((), ("0/1",), ("a big one", "0/1"))
        ),
        (in_spark, (), ()),
        (in_spark, CROSSED, ("a big one", "0/1")),
    ],
)
def test_sums_over_rows_agree(
    data: Data, sql: Engine, by: tuple[str, ...], columns: tuple[str, ...]
) -> None:
    data = {**data, "a big one": data["a big one"] - 1e6}
    ours, theirs = ArraySample(data, "y"), sql(data, "y")
    model = a_model(ours, by, columns)
    a, b = ours.row_moments(model), theirs.row_moments(model)
    assert b.squares == pytest.approx(a.squares, rel=TIGHT)
    assert b.fourth == pytest.approx(a.fourth, rel=TIGHT)
    assert a.alone == b.alone == 0
    assert b.weighted == pytest.approx(a.weighted, rel=TIGHT, abs=TIGHT * a.weighted.max())


@each_sql_engine
def test_rows_without_a_residual_are_set_apart_alike(data: Data, sql: Engine) -> None:
    ours, theirs = ArraySample(data, "y"), sql(data, "y")
    model = a_model(ours, ("treated",), ("0/1",))
    steep = replace(model, leverage=np.array([[[0.8, 0.4], [0.4, 0.0]]] * 2))  # about 1.2 or 0.4
    a, b = ours.row_moments(steep), theirs.row_moments(steep)
    assert a.alone > 0
    assert np.isfinite(a.squares).all()
    for name in ("squares", "fourth", "alone"):
        assert getattr(b, name) == pytest.approx(getattr(a, name), rel=TIGHT)
    assert b.weighted == pytest.approx(a.weighted, rel=TIGHT, abs=TIGHT * a.weighted.max())


@each_engine
def test_rows_that_lack_a_covariate_are_counted(data: Data, engine: Engine) -> None:
    sample = engine(data, "y")
    assert sample.incomplete(()) == 0
    assert sample.incomplete(("treated", "school", "0/1")) == 0
    assert sample.incomplete(("treated", "y")) == 17


@each_engine
def test_rows_without_an_outcome_are_counted_but_not_used(data: Data, engine: Engine) -> None:
    sample = engine(data, "y")
    assert sample.n_obs == 283
    assert sample.outcome == "y"
    assert sample.assigned().n.tolist() == [300]
    assert sample.count(("treated",)).n.sum() == 283
    assert len(sample.columns(("school",))["school"]) == 283


@each_engine
def test_numbers_are_those_of_numpy(data: Data, engine: Engine) -> None:
    sample = engine(data, "y")
    keep = ~np.isnan(data["y"]) & (data["treated"] == 1)
    moments = sample.moments(("0/1", "y"), ("treated",))
    x = np.column_stack([data["0/1"], data["y"]])[keep]
    z = np.column_stack([np.ones(len(x)), x - moments.centre])
    assert moments.labels["treated"].tolist() == [0.0, 1.0]
    assert moments.cross[1] == pytest.approx(z.T @ z, rel=1e-11, abs=1e-11)
    summary = sample.summary(("a big one",))
    present = data["a big one"][~np.isnan(data["y"])]
    assert summary.low[0] == present.min()
    assert summary.high[0] == present.max()
    assert summary.mean[0] == pytest.approx(present.mean(), rel=1e-14)


@each_engine
def test_levels_are_sorted_and_leading_zeros_stay(data: Data, engine: Engine) -> None:
    sample = engine(data, "y")
    assert sample.levels("kommune nr").tolist() == ["0301", "301", "O'Dea; --"]
    assert sample.levels("treated").tolist() == [0.0, 1.0]


@each_engine
def test_whole_columns_keep_their_rows_together(data: Data, engine: Engine) -> None:
    found = engine(data, "y").columns(("school", "y", "school"))
    present = ~np.isnan(data["y"])
    ours = sorted(zip(found["school"].tolist(), found["y"].tolist(), strict=True))
    assert ours == sorted(
        zip(data["school"][present].tolist(), data["y"][present].tolist(), strict=True)
    )


@each_engine
def test_no_rows_give_no_groups(engine: Engine) -> None:
    sample = engine({"t": np.zeros(2), "y": np.full(2, np.nan)}, "y")
    assert sample.n_obs == 0
    assert len(sample.count(("t",)).n) == 0
    assert sample.assigned(("t",)).n.tolist() == [2]
    assert sample.summary(("t",)).mean.tolist() == [0.0]


def test_the_callers_arrays_are_not_changed(data: Data) -> None:
    before = {name: values.copy() for name, values in data.items()}
    sample = ArraySample(data, "y")
    sample.columns(("y",))["y"][:] = 0
    sample.moments(COVARIATES, ("school",))
    for name, values in before.items():
        np.testing.assert_array_equal(data[name], values)
    assert sample.summary(("y",)).high[0] > 5


def test_integers_and_booleans_are_numbers_too() -> None:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE rows AS SELECT i % 2 = 0 AS t, i % 3 AS k, i::INTEGER AS y FROM range(30) r(i)"
    )
    i = np.arange(30)
    theirs = DuckSample(connection, "rows", "y")
    ours = ArraySample({"t": i % 2 == 0, "k": i % 3, "y": i}, "y")
    a, b = ours.moments(("k", "y"), ("t",)), theirs.moments(("k", "y"), ("t",))
    assert same(a.labels, b.labels)
    assert b.cross == pytest.approx(a.cross, rel=TIGHT, abs=TIGHT)
    assert theirs.levels("t").tolist() == [0.0, 1.0]
    model = a_model(ours, ("t",), ("k",))
    assert theirs.row_moments(model).squares == pytest.approx(ours.row_moments(model).squares)


def test_duckdb_needs_neither_pandas_nor_scipy_stats() -> None:
    code = """
import sys, duckdb
from evaluate.core import Estimand, Settings
from evaluate.data.sample import DuckSample
from evaluate.design import all_designs
connection = duckdb.connect()
connection.execute("CREATE TABLE rows AS SELECT (i % 2)::DOUBLE AS t, (i % 7)::DOUBLE AS x,"
    " 's' || i % 3 AS s, (i * i % 31)::DOUBLE AS y FROM range(300) r(i)")
design = all_designs()["randomised"]
spec = design.spec(treated="t", covariates=("x",), strata="s")
sample = DuckSample(connection, "rows", "y")
design.estimate(spec, sample, Estimand("ATE", "y", "points"), Settings())
print(*{"pandas", "scipy.stats", "statsmodels"} & set(sys.modules), "done")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["done"]
