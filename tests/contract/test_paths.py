"""Sums over time, paths of clusters and panels are the same in every engine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import duckdb
import numpy as np
import pytest
from engines import Data, in_duckdb, in_spark, the_spark
from numpy.typing import NDArray

from evaluate.data.paths import Incomplete, PanelColumns, Paths
from evaluate.data.sample import ArraySample, DuckSample, Sample
from evaluate.data.spark_rows import read_rows, write_rows
from evaluate.data.spark_sample import SparkSample

Engine = Callable[[Data, str], Sample]
OF_UNITS = PanelColumns("year", "first", "0", unit="person")
OF_CLUSTERS = replace(OF_UNITS, cluster="kommune nr")
OF_ROWS = replace(OF_CLUSTERS, unit=None)
each_sql_engine = pytest.mark.parametrize("sql", [in_duckdb, in_spark], ids=["duckdb", "spark"])
each_panel = pytest.mark.parametrize(
    "columns", [OF_UNITS, OF_CLUSTERS, OF_ROWS], ids=["units", "clusters", "rows"]
)
TIGHT = 1e-11  # sums of some hundred terms in another order


def long(seed: int = 3, *, gaps: bool = False, clusters: int = 12) -> dict[str, NDArray]:
    """Return 60 units in 5 years, 12 clusters of 5 units; some clusters always treated."""
    rng = np.random.default_rng(seed)
    home = np.repeat(np.arange(clusters), 60 // clusters)
    began = np.array([0, 2003, 2004, 2001, 0, 2011])[np.arange(clusters) % 6][home]
    level = rng.normal(100, 5, 60)
    unit, time = np.repeat(np.arange(60), 5), np.tile(np.arange(5), 60)
    data = {
        "person": np.array([f"p{i * 7 % 60} å" for i in unit]),
        "kommune nr": np.array([f"{i:04d}" for i in home[unit]]),
        "year": 2002.0 + time,
        "first": began[unit].astype(float),
        "age": rng.integers(20, 60, 60).astype(float)[unit],
        "x": rng.normal(size=300),
        "other": (home[unit] == 1).astype(float),
        "y": level[unit] + 2 * time + rng.normal(size=300),
    }
    if gaps:
        data["y"][rng.choice(300, 25, replace=False)] = np.nan
    order = rng.permutation(300)
    return {name: values[order] for name, values in data.items()}


def same_paths(ours: Paths, theirs: Paths) -> None:
    """Assert that two sums over time are the same to rounding."""
    for name in ("periods", "cohorts", "units", "clusters"):
        assert getattr(ours.starts, name).tolist() == getattr(theirs.starts, name).tolist()
    assert (ours.balanced, ours.incomplete) == (theirs.balanced, theirs.incomplete)
    assert ours.n.tolist() == theirs.n.tolist()
    assert theirs.mean == pytest.approx(ours.mean, rel=1e-14, abs=1e-14)
    scale = np.abs(ours.products).max()
    assert theirs.products == pytest.approx(ours.products, rel=TIGHT, abs=TIGHT * scale)


@each_panel
@each_sql_engine
@pytest.mark.parametrize("incomplete", ["pairs", "drop"])
def test_engines_agree(sql: Engine, columns: PanelColumns, incomplete: Incomplete) -> None:
    data = long(gaps=True)
    ours, theirs = ArraySample(data, "y"), sql(data, "y")
    a, b = ours.paths(columns, incomplete), theirs.paths(columns, incomplete)
    same_paths(a[0], b[0])
    assert a[1] == b[1]
    p, q = ours.cluster_paths(columns, incomplete), theirs.cluster_paths(columns, incomplete)
    assert p.n.tolist() == q.n.tolist()
    assert p.cohort.tolist() == q.cohort.tolist()
    assert q.mean == pytest.approx(p.mean, rel=1e-13)


@each_sql_engine
@pytest.mark.parametrize("covariates", [(), ("age",), ("age", "x")])
@pytest.mark.parametrize("columns", [OF_UNITS, OF_CLUSTERS], ids=["units", "clusters"])
def test_panels_agree(sql: Engine, columns: PanelColumns, covariates: tuple[str, ...]) -> None:
    data = long(gaps=True)
    (a, lost), (b, gone) = (
        one.panel(columns, covariates, "other") for one in (ArraySample(data, "y"), sql(data, "y"))
    )
    assert lost == gone
    assert a.starts.units.tolist() == b.starts.units.tolist()
    assert a.starts.clusters.tolist() == b.starts.clusters.tolist()
    assert a.covariates.shape == b.covariates.shape
    assert a.covariates.ndim == (3 if "x" in covariates else 2)
    i, j = (np.lexsort(np.nan_to_num(one.outcome).T) for one in (a, b))
    for name in ("outcome", "cohort", "covariates"):
        np.testing.assert_array_equal(getattr(a, name)[i], getattr(b, name)[j])
    pairs = set(zip(a.cluster[i].tolist(), b.cluster[j].tolist(), strict=True))
    assert len(pairs) == len(set(a.cluster.tolist())) == len(set(b.cluster.tolist()))


@each_sql_engine
def test_panels_of_rows_agree(sql: Engine) -> None:
    data = long(gaps=True)
    a, b = (one.panel(OF_ROWS, ("x",))[0] for one in (ArraySample(data, "y"), sql(data, "y")))
    i, j = (np.argsort(np.nansum(one.outcome, axis=1)) for one in (a, b))
    np.testing.assert_array_equal(a.outcome[i], b.outcome[j])
    np.testing.assert_array_equal(a.covariates[i], b.covariates[j])
    assert a.starts.clusters.tolist() == b.starts.clusters.tolist()


def brute(data: Data, columns: PanelColumns, cohort: NDArray[np.bool_]) -> tuple[NDArray, ...]:
    """Return n, means and products of some rows, from loops."""
    years = np.unique(data["year"])
    cluster = data[columns.cluster or columns.unit or ""]
    y, year = data["y"], data["year"]
    cells = [cohort & (year == one) for one in years]
    mean = np.array([y[at].mean() for at in cells])
    products = np.zeros((2 * len(years), 2 * len(years)))
    for one in np.unique(cluster[cohort]):
        at = [cell & (cluster == one) for cell in cells]
        c = [a.sum() for a in at] + [(y[a] - m).sum() for a, m in zip(at, mean, strict=True)]
        products += np.outer(c, c)
    return np.array([at.sum() for at in cells]), mean, products


@each_panel
@pytest.mark.parametrize("engine", [ArraySample, in_duckdb], ids=["array", "duckdb"])
def test_sums_are_what_they_are_said_to_be(engine: Engine, columns: PanelColumns) -> None:
    data = long(gaps=True)
    present = {name: values[~np.isnan(data["y"])] for name, values in data.items()}
    paths, unusable = engine(data, "y").paths(columns, "levels")
    assert paths.starts.periods.tolist() == [2002, 2003, 2004, 2005, 2006]
    assert paths.starts.cohorts.tolist() == [1, 2, 5]
    first = present["first"]
    for h, cohort in enumerate((first == 2003, first == 2004, np.isin(first, [0, 2011]))):
        n, mean, products = brute(present, columns, cohort)
        assert paths.n[h].tolist() == n.tolist()
        assert paths.mean[h] == pytest.approx(mean, rel=1e-13)
        assert paths.products[h] == pytest.approx(
            products, rel=TIGHT, abs=TIGHT * np.abs(products).max()
        )
    always = first == 2001
    expected = always.sum() if columns.unit is None else len(np.unique(present["person"][always]))
    assert unusable.always_treated == expected
    assert not paths.balanced


@each_panel
@pytest.mark.parametrize("engine", [ArraySample, in_duckdb], ids=["array", "duckdb"])
def test_rows_may_stand_in_any_order_under_any_name(engine: Engine, columns: PanelColumns) -> None:
    data = long(gaps=True)
    order = np.random.default_rng(1).permutation(300)
    other = {name: values[order] for name, values in data.items()}
    for name in ("person", "kommune nr"):
        other[name] = np.array([text[::-1] for text in other[name]])
    same_paths(engine(data, "y").paths(columns)[0], engine(other, "y").paths(columns)[0])
    a, b = (engine(one, "y").cluster_paths(columns) for one in (data, other))
    assert a.n.tolist() == b.n.tolist()
    assert b.mean == pytest.approx(a.mean, rel=1e-13)


FORMS = {
    "school year": ([f"20{i:02d}/{i + 1:02d}" for i in range(2, 7)], "2003/04", "2004/05"),
    "quarter": (["2002-Q3", "2002-Q4", "2003-Q1", "2003-Q2", "2003-Q3"], "2002-Q4", "2003-Q1"),
    "month": (["2002-11", "2002-12", "2003-01", "2003-02", "2003-03"], "2002-12", "2003-01"),
    "date": (
        ["2002-11-30", "2002-12-01", "2003-01-01", "2003-02-01", "2003-03-01"],
        "2002-12-01",
        "2002-12-24",
    ),
    "year": (["2002", "2003", "2004", "2005", "2006"], "2003", "2004"),
}


@pytest.mark.parametrize("engine", [ArraySample, in_duckdb], ids=["array", "duckdb"])
@pytest.mark.parametrize("form", FORMS)
def test_periods_may_be_text(engine: Engine, form: str) -> None:
    data = long()
    times, second, third = FORMS[form]
    text = dict(data)
    text["year"] = np.array([times[int(one) - 2002] for one in data["year"]])
    starts = {0.0: "never", 2003.0: second, 2004.0: third, 2001.0: times[0], 2011.0: "never"}
    text["first"] = np.array([starts[one] for one in data["first"]])
    found, _ = engine(text, "y").paths(replace(OF_UNITS, never="never"))
    assert found.starts.periods.tolist() == times
    plain, _ = engine(data, "y").paths(OF_UNITS)
    same_paths(replace(plain, starts=replace(plain.starts, periods=np.array(times))), found)


@pytest.mark.parametrize(
    ("starts", "never"),
    [
        ({0: 9999.0}, "9999"),
        ({0: np.inf}, "0"),
        ({0: 2007.0}, "-1"),  # after the last period
        ({0: 0.0, 2003: 2002.5}, "0.0"),  # begins with the next period there is
        ({0: "never", 2003: "2003", 2004: "2004", 2001: "2001", 2011: "2011"}, "never"),
    ],
)
def test_the_first_treated_period_may_be_written_in_several_ways(
    starts: dict[int, float | str], never: str
) -> None:
    data = long()
    other = {**data, "first": np.array([starts.get(int(one), one) for one in data["first"]])}
    ours, theirs = (
        ArraySample(one, "y").paths(replace(OF_UNITS, never=code))[0]
        for one, code in ((data, "0"), (other, never))
    )
    same_paths(ours, theirs)


@pytest.mark.parametrize("engine", [ArraySample, in_duckdb], ids=["array", "duckdb"])
def test_a_period_that_nobody_has_is_skipped(engine: Engine) -> None:
    data = long()
    kept = data["year"] != 2003
    found, _ = engine({name: values[kept] for name, values in data.items()}, "y").paths(OF_UNITS)
    assert found.starts.periods.tolist() == [2002, 2004, 2005, 2006]
    assert found.starts.cohorts.tolist() == [1, 4]  # those of 2003 are seen first in 2004
    assert found.balanced


@pytest.mark.parametrize("engine", [ArraySample, in_duckdb, in_spark])
def test_rows_leave_and_periods_stay(engine: Engine) -> None:
    data = long()
    data["other"] = np.where(data["first"] == 2003, 1.0, (data["year"] == 2002).astype(float))
    found, unusable = engine(data, "y").paths(OF_UNITS, leaving="other")
    assert found.starts.periods.tolist() == [2002, 2003, 2004, 2005, 2006]
    assert found.starts.cohorts.tolist() == [2, 5]
    assert found.n[:, 0].tolist() == [0, 0]
    assert found.mean[:, 0].tolist() == [0, 0]
    assert unusable.incomplete == 40
    assert not found.balanced


@pytest.mark.parametrize("engine", [ArraySample, in_duckdb], ids=["array", "duckdb"])
def test_far_off_outcomes_lose_no_digits(engine: Engine) -> None:
    data = long()
    data["y"] = np.round(data["y"] * 1024) / 1024  # so that a shift by 2^30 is exact
    near, _ = engine(data, "y").paths(OF_UNITS)
    # Cohorts that lie far apart, too.
    away = 2.0**30 * (1 + (data["first"] == 2003))
    far, _ = engine({**data, "y": data["y"] + away}, "y").paths(OF_UNITS)
    assert far.products == pytest.approx(near.products, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("engine", [ArraySample, in_duckdb], ids=["array", "duckdb"])
def test_a_cohort_of_one_cluster_is_named(engine: Engine) -> None:
    data = long(clusters=6)
    _, unusable = engine(data, "y").paths(OF_CLUSTERS)
    assert list(unusable.single) == [1, 2]
    assert list(engine(data, "y").panel(OF_CLUSTERS)[1].single) == [1, 2]


@pytest.mark.parametrize("engine", [ArraySample, in_duckdb], ids=["array", "duckdb"])
@each_panel
def test_numbers_may_name_units(engine: Engine, columns: PanelColumns) -> None:
    data = long(gaps=True)
    numbers = {**data, "person": np.array([float(text[1:-2]) for text in data["person"]])}
    numbers["kommune nr"] = data["kommune nr"].astype(float)
    a, b = (engine(one, "y").paths(columns)[0] for one in (data, numbers))
    same_paths(a, b)
    p, q = (engine(one, "y").panel(columns, ("x",))[0] for one in (data, numbers))
    assert p.starts.clusters.tolist() == q.starts.clusters.tolist()


@each_sql_engine
def test_units_may_be_grouped_in_parts(sql: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    data = long(gaps=True)
    ours, lost = ArraySample(data, "y").paths(OF_UNITS, "levels")
    monkeypatch.setattr("evaluate.data.path_engine.AT_ONCE", 100)
    theirs, gone = sql(data, "y").paths(OF_UNITS, "levels")
    same_paths(ours, theirs)
    assert lost == gone


def test_spark_keeps_the_digits_of_long_numbers() -> None:
    session, above = the_spark()
    connection = duckdb.connect()
    connection.execute(  # a DOUBLE cannot tell these units apart
        "CREATE TABLE long AS SELECT 9007199254740992 + i // 4 AS u, (i % 4)::DOUBLE AS t,"
        " (i // 4 % 3)::DOUBLE AS g, (i * i % 31)::DOUBLE AS y FROM range(96) r(i)"
    )
    kinds, n_rows = write_rows(connection, "long", above / "long_numbers")
    assert read_rows(session, "long_numbers", above / "long_numbers", kinds) == n_rows
    columns = PanelColumns("t", "g", "0", unit="u")
    ours, _ = DuckSample(connection, "long", "y").paths(columns)
    same_paths(ours, SparkSample(session, "long_numbers", "y").paths(columns)[0])


def test_duckdb_follows_units_without_pandas() -> None:
    code = """
import sys, duckdb
from evaluate.data.paths import PanelColumns
from evaluate.data.sample import DuckSample
connection = duckdb.connect()
connection.execute("CREATE TABLE rows AS SELECT i // 4 AS u, 's' || i // 40 AS s,"
    " (i % 4)::DOUBLE AS t, (i // 40 % 3)::DOUBLE AS g, (i * i % 31)::DOUBLE AS y"
    " FROM range(400) r(i)")
sample = DuckSample(connection, "rows", "y")
for cluster in (None, "s"):
    columns = PanelColumns("t", "g", "0", unit="u", cluster=cluster)
    print(sample.paths(columns)[0].n.sum(), len(sample.panel(columns, ("y",))[0].cohort))
print(*{"pandas", "scipy.stats", "statsmodels"} & set(sys.modules), "done")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "done"
