"""Rows that no effect over time can be read from: each fault has its code, and no value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import duckdb
import numpy as np
import pytest
from example_folder import CANARY, Make
from numpy.typing import NDArray

from evaluate.core import ColumnRole
from evaluate.data.paths import PanelColumns
from evaluate.data.sample import ArraySample, DuckSample, Sample
from evaluate.errors import Refused

Data = dict[str, NDArray[Any]]
OF_UNITS = PanelColumns("year", "first", "0", unit="id")
OF_CLUSTERS = replace(OF_UNITS, cluster="home")
OF_ROWS = replace(OF_CLUSTERS, unit=None)


def numbered(data: Data, outcome: str = "y") -> DuckSample:
    """Return a sample with units as BIGINT, as the view of an analysis has them."""
    connection = duckdb.connect()
    kinds = {"id": "BIGINT" if data["id"].dtype.kind in "if" else "VARCHAR", "home": "VARCHAR"}
    for name in ("year", "first"):
        kinds[name] = "DOUBLE" if data[name].dtype.kind == "f" else "VARCHAR"
    fields = ", ".join(f"{name} {kinds.get(name, 'DOUBLE')}" for name in data)
    connection.execute(f"CREATE TABLE analysis ({fields})")
    rows = [
        [None if isinstance(one, float) and np.isnan(one) else one for one in values.tolist()]
        for values in data.values()
    ]
    marks = ", ".join("?" * len(data))
    connection.executemany(f"INSERT INTO analysis VALUES ({marks})", list(zip(*rows, strict=True)))
    return DuckSample(connection, "analysis", outcome)


def grouped(data: Data) -> DuckSample:
    """Return a sample whose units are text, which the engine groups."""
    return numbered({**data, "id": np.array([f"{one:.0f}" for one in data["id"]])})


ENGINES: dict[str, Callable[[Data], Sample]] = {
    "array": lambda data: ArraySample(data, "y"),
    "grouped": grouped,
    "numbered": numbered,
}
each_engine = pytest.mark.parametrize("engine", ENGINES.values(), ids=list(ENGINES))


def sound() -> Data:
    """Return 24 units in 4 years and 6 places."""
    rng = np.random.default_rng(5)
    unit = np.repeat(np.arange(24), 4)
    home = unit // 4
    order = rng.permutation(96)
    data = {
        "id": unit.astype(float) + 100,
        "home": np.array([f"place {one}" for one in home]),
        "year": np.tile(np.arange(2001.0, 2005.0), 24),
        "first": np.array([0.0, 2003, 2004, 0, 2003, 2001])[home],
        "y": rng.normal(size=96) + unit,
        "x": rng.normal(size=96),
        "leaves": (unit % 5 == 0).astype(float),
    }
    return {name: values[order] for name, values in data.items()}


def refusal(ask: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        ask()
    assert CANARY not in caught.value.why + caught.value.fix
    return caught.value


def every_refusal(sample: Sample, columns: PanelColumns) -> set[tuple[str, str]]:
    """Return code and reason from all three questions."""
    asks = (
        lambda: sample.paths(columns),
        lambda: sample.paths(columns, "drop"),
        lambda: sample.cluster_paths(columns),
        lambda: sample.panel(columns, ("x",)),
    )
    return {(one.code, one.why) for one in map(refusal, asks)}


@each_engine
@pytest.mark.parametrize("columns", [OF_UNITS, OF_CLUSTERS], ids=["units", "clusters"])
def test_a_unit_twice_in_a_period(engine: Callable[[Data], Sample], columns: PanelColumns) -> None:
    data = sound()
    twice = np.r_[np.arange(96), [3, 3, 50]]
    data = {name: values[twice] for name, values in data.items()}
    assert every_refusal(engine(data), columns) == {
        ("duplicate_unit_time", "2 pairs of a unit and a period stand in several rows")
    }


@each_engine
def test_a_unit_twice_in_place_of_another_row(engine: Callable[[Data], Sample]) -> None:
    data = sound()
    one = data["id"] == 105
    data["year"][one & (data["year"] == 2002)] = 2003  # as many rows as units times periods
    assert every_refusal(engine(data), OF_UNITS) == {
        ("duplicate_unit_time", "1 pairs of a unit and a period stand in several rows")
    }


@each_engine
@pytest.mark.parametrize("columns", [OF_UNITS, OF_CLUSTERS], ids=["units", "clusters"])
def test_a_unit_whose_cohort_changes(
    engine: Callable[[Data], Sample], columns: PanelColumns
) -> None:
    data = sound()
    data["first"][(data["id"] == 105) & (data["year"] == 2004)] = 2004
    data["first"][data["id"] == 109] = [2003.0, 0, 0, 2003]
    assert every_refusal(engine(data), columns) == {
        ("cohort_changes", "the first treated period changes over time in 2 units")
    }


@each_engine
def test_a_unit_in_several_clusters(engine: Callable[[Data], Sample]) -> None:
    data = sound()
    data["home"][(data["id"] == 105) & (data["year"] == 2004)] = "place 4"
    assert every_refusal(engine(data), OF_CLUSTERS) == {
        ("unit_in_several_clusters", "1 units lie in more than one cluster")
    }


@each_engine
@pytest.mark.parametrize("columns", [OF_CLUSTERS, OF_ROWS], ids=["units", "rows"])
def test_a_cluster_of_several_cohorts(
    engine: Callable[[Data], Sample], columns: PanelColumns
) -> None:
    data = sound()
    data["first"][data["id"] == 105] = 2004
    asks = {(one.code, one.why) for one in [refusal(lambda: engine(data).paths(columns))]}
    assert asks == {
        ("cluster_of_several_cohorts", "1 clusters hold units of several first treated periods")
    }


@each_engine
@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("year", 2001.0, "one_period"),
        ("year", np.nan, "missing_time"),
        ("first", np.nan, "missing_start"),
        ("first", f"x{CANARY}", "text_start"),
        ("first", "2003-Q1", "text_start"),
        ("year", CANARY, "text_time"),
    ],
)
def test_times_that_are_none(
    engine: Callable[[Data], Sample], column: str, value: float | str, code: str
) -> None:
    data = sound()
    if code == "one_period":
        data[column] = np.full(96, value)
    else:
        kind = "U16" if isinstance(value, str) else np.float64
        changed = [f"{one:.0f}" if isinstance(value, str) else one for one in data[column]]
        data[column] = np.array(changed, dtype=kind)
        data[column][:3] = value
    sample = engine(data)
    for ask in (sample.paths, sample.cluster_paths, sample.panel):
        assert refusal(lambda ask=ask: ask(OF_UNITS)).code == code  # type: ignore[misc]


def test_no_rows_have_no_periods() -> None:
    data = {**sound(), "y": np.full(96, np.nan)}
    for engine in ENGINES.values():
        assert refusal(lambda engine=engine: engine(data).paths(OF_UNITS)).code == "one_period"


@pytest.mark.parametrize("incomplete", ["pairs", "drop", "levels"])
@pytest.mark.parametrize("gaps", [False, True], ids=["whole", "gaps"])
@pytest.mark.parametrize("leaving", [None, "leaves"])
@pytest.mark.parametrize("starts", [0.0, 2002.0, 40000.0, np.inf], ids=str)
def test_numbered_units_give_the_same_sums_as_grouped_ones(
    incomplete: Any, gaps: bool, leaving: str | None, starts: float
) -> None:
    data = sound()
    data["first"][data["first"] == 0] = starts
    if gaps:
        data["y"][::7] = np.nan
    columns = replace(OF_UNITS, never=str(starts))
    (a, lost), (b, gone) = (
        one(data).paths(columns, incomplete, leaving) for one in (numbered, ENGINES["array"])
    )
    assert lost == gone
    assert a.n.tolist() == b.n.tolist()
    assert a.starts.units.tolist() == b.starts.units.tolist()
    assert a.balanced == b.balanced
    assert a.mean == pytest.approx(b.mean, rel=1e-14)
    assert a.products == pytest.approx(b.products, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("columns", [OF_UNITS, OF_CLUSTERS], ids=["units", "clusters"])
@pytest.mark.parametrize("gaps", [False, True], ids=["whole", "gaps"])
@pytest.mark.parametrize("covariates", [(), ("leaves",), ("leaves", "x")])
def test_numbered_units_give_the_same_panel(
    columns: PanelColumns, gaps: bool, covariates: tuple[str, ...]
) -> None:
    data = sound()
    kept = data["id"] != 107  # a number that no unit has
    if gaps:
        data["y"][::7] = np.nan
        kept &= (data["id"] > 103) | (data["year"] > 2001)
    data = {name: values[kept] for name, values in data.items()}
    (a, lost), (b, gone) = (
        one(data).panel(columns, covariates) for one in (numbered, ENGINES["array"])
    )
    assert lost == gone
    # Both have units in the order of their numbers.
    assert a.cluster.tolist() == b.cluster.tolist()
    for name in ("outcome", "cohort", "covariates"):
        np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    for name in ("units", "clusters", "cohorts", "periods"):
        assert getattr(a.starts, name).tolist() == getattr(b.starts, name).tolist()


@pytest.mark.parametrize("room", [1, 7, 40])
def test_ranges_of_units_add_up(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    data = sound()
    data["y"][::7] = np.nan
    whole, lost = numbered(data).paths(OF_UNITS, "levels")
    monkeypatch.setattr("evaluate.data.path_stream.ROOM", room)
    monkeypatch.setattr("evaluate.data.path_stream._AT_ONCE", 2)
    parts, gone = numbered(data).paths(OF_UNITS, "levels")
    assert lost == gone
    assert parts.n.tolist() == whole.n.tolist()
    assert parts.products == pytest.approx(whole.products, rel=1e-13, abs=1e-13)
    twice = {name: np.r_[values, values[[5, 9, 9]]] for name, values in data.items()}
    assert refusal(lambda: numbered(twice).paths(OF_UNITS)).why.startswith("2 pairs")


def test_numbers_with_wide_gaps_are_grouped() -> None:
    data = sound()
    apart = {**data, "id": data["id"] ** 7}
    a, b = (numbered(one).paths(OF_UNITS)[0] for one in (data, apart))
    assert a.products == pytest.approx(b.products, rel=1e-13, abs=1e-13)


ROLES: dict[str, ColumnRole] = {"k": "unit", "t": "time", "g": "start", "o": "concurrent"}
ROWS = "y,k,t,g,o\n1,7,{0},{1},0\n2,7,{2},{1},0\n3,8,{0},{3},0\n4,8,{2},{3},1\n"


@pytest.mark.parametrize(
    ("t", "g", "cells", "times", "starts"),
    [
        ("integer", "integer", ("2015", "2016", "2016", "0"), [2015.0, 2016.0], [2016.0, 0.0]),
        ("period", "period", ("2015", "2016", "2016", "9999"), [2015.0, 2016.0], [2016.0, 9999.0]),
        (
            "period",
            "text",
            ("2009/10", "2010/11", "2010/11", "never"),
            ["2009/10", "2010/11"],
            ["2010/11", "never"],
        ),
        (
            "period",
            "period",
            ("2014-Q4", "2015-Q1", "2015-Q1", "9999-Q4"),
            ["2014-Q4", "2015-Q1"],
            ["2015-Q1", "9999-Q4"],
        ),
        (
            "period",
            "period",
            ("2014-12", "2015-01", "2015-01", "9999-12"),
            ["2014-12", "2015-01"],
            ["2015-01", "9999-12"],
        ),
        (
            "date",
            "date",
            ("2014-12-31", "2015-01-31", "2015-01-31", "9999-12-31"),
            ["2014-12-31", "2015-01-31"],
            ["2015-01-31", "9999-12-31"],
        ),
        (
            "date",
            "category",
            ("2014-12-31", "2015-01-15", "2015-01-31", "aldri"),
            ["2014-12-31", "2015-01-31"],
            ["2015-01-15", "aldri"],
        ),
    ],
)
def test_times_arrive_as_they_are_written(
    study: Make, t: str, g: str, cells: tuple[str, ...], times: list[Any], starts: list[Any]
) -> None:
    first, began, last, never = cells
    csv = ROWS.format(first, began, last, never)
    folder = study(csv, "y|number", "k|integer", f"t|{t}", f"g|{g}", "o|boolean")
    with folder.open({"y", *ROLES}) as rows:
        view = rows.sample_table("y", ROLES, "error")
        found = rows.connection.execute(f"SELECT t, g, k FROM {view} ORDER BY y").fetchall()
        assert [row[0] for row in found] == times * 2
        assert [row[1] for row in found] == [starts[0]] * 2 + [starts[1]] * 2
        assert [row[2] for row in found] == [7, 7, 8, 8]
        sample = DuckSample(rows.connection, view, "y")
        paths, unusable = sample.paths(PanelColumns("t", "g", never, unit="k"))
    assert paths.starts.cohorts.tolist() == [1, 2]
    assert paths.starts.periods.tolist() == times
    assert paths.mean.tolist() == [[1, 2], [3, 4]]
    assert list(unusable.single) == [1, 2]


@pytest.mark.parametrize(
    ("cells", "types", "what"),
    [
        (
            "1,7,2015,,0\n",
            {},
            "1 of 2 rows have no first treated period",
        ),
        ("1,7,2015,2016,\n", {}, "1 of 2 rows have no word on the other programme"),
        (
            "1,7,2015,2016,4\n",
            {"o": "integer"},
            "the other programme has 2 distinct values; 1 row with neither 0 nor 1",
        ),
        ("1,7,2015,2016,0\n", {"t": "text"}, "the time is text (data-dictionary.md:9)"),
        ("1,,2015,2016,0\n", {}, "1 of 2 rows have no unit"),
        ("1,7,,2016,0\n", {}, "1 of 2 rows have no time"),
    ],
)
def test_faults_of_the_columns_are_errors_of_the_data(
    study: Make, cells: str, types: dict[str, str], what: str
) -> None:
    kinds = {"y": "number", "k": "integer", "t": "integer", "g": "integer", "o": "boolean", **types}
    csv = "y,k,t,g,o\n2,8,2015,2016,0\n" + cells
    folder = study(csv, *(f"{name}|{kind}" for name, kind in kinds.items()))
    with (
        folder.open({"y", *ROLES}) as rows,
        pytest.raises(Exception, match="no|with|is text") as caught,
    ):
        rows.sample_table("y", ROLES, "error")
    (problem,) = caught.value.problems  # type: ignore[attr-defined]
    assert problem.what == what
