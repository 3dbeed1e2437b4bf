"""Text covariates, weights and other bases: every engine answers as arrays do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from engines import Data, in_duckdb, in_spark
from numpy.typing import NDArray

from evaluate.data.levels import MOST_LEVELS, Indicator
from evaluate.data.moments import Moments, RowModel
from evaluate.data.sample import ArraySample, Sample, WeightKind
from evaluate.errors import Refused

TIGHT = 1e-12  # sums of a few hundred terms in another order
KINDS: tuple[WeightKind, ...] = ("frequency", "inverse_variance", "probability")

Engine = Callable[[Data, str], Sample]
ENGINES: dict[str, Engine] = {"array": ArraySample, "duckdb": in_duckdb}
each_engine = pytest.mark.parametrize("engine", ENGINES.values(), ids=list(ENGINES))


@pytest.fixture
def data() -> Data:
    """Return 300 rows, 17 without an outcome; one level stands in such rows only."""
    rng = np.random.default_rng(8)
    n = 300
    y = rng.normal(5, 2, n)
    lost = rng.choice(n, 17, replace=False)
    y[lost] = np.nan
    region = np.array(["nord", "sør", "O'Dea; --", "0301"])[rng.integers(0, 4, n)].astype("<U12")
    region[lost[0]] = "never used"
    return {
        "treated": rng.integers(0, 2, n).astype(float),
        "region": region,
        "region=nord": rng.normal(size=n),
        "x": rng.normal(1e4, 1, n),
        "people": rng.integers(0, 5, n).astype(float),
        "weight": np.where(rng.random(n) < 0.1, 0.0, rng.gamma(2, 3, n)),
        "y": y,
    }


def same_moments(ours: Moments, theirs: Moments) -> None:
    """Assert that moments agree, in units of the columns' spread."""
    assert ours.columns == theirs.columns
    assert list(ours.labels) == list(theirs.labels)
    for name, labels in ours.labels.items():
        assert (labels == theirs.labels[name]).all()
    assert (ours.n == theirs.n).all()
    assert theirs.centre == pytest.approx(ours.centre, rel=1e-14)
    # One ulp of a centre far from 0 moves the sums and no coefficient: take it out again.
    move = np.eye(len(ours.centre) + 1)
    move[1:, 0] = theirs.centre - ours.centre
    scale = np.sqrt(np.einsum("gii->i", ours.cross))
    error = move @ theirs.cross @ move.T - ours.cross
    assert np.abs(error / np.outer(scale, scale)).max() < TIGHT
    assert (ours.powers is None) == (theirs.powers is None)
    if ours.powers is not None and theirs.powers is not None:
        scale = np.sqrt(np.einsum("kgii->ki", ours.powers))
        error = (move @ theirs.powers @ move.T - ours.powers) / np.einsum(
            "ki,kj->kij", scale, scale
        )[:, None]
        assert np.abs(error).max() < TIGHT


@each_engine
def test_text_becomes_indicators_against_its_first_level(data: Data, engine: Engine) -> None:
    sample = engine(data, "y")
    names = sample.expand(("x", "region", "region=nord"))
    assert names == ("x", "region=O'Dea; --", "region=nord'", "region=sør", "region=nord")
    assert sample.expand(names) == names
    present = ~np.isnan(data["y"])
    for name in names[1:4]:
        assert isinstance(name, Indicator)
        hand = (data["region"] == name.level)[present].astype(float)
        assert sorted(sample.columns((name,))[name]) == sorted(hand)
        summary = sample.summary((name,))
        assert (summary.low[0], summary.high[0]) == (0.0, 1.0)
        assert summary.mean[0] == pytest.approx(hand.mean(), rel=1e-14)
    assert sample.incomplete(names) == 0


@each_engine
def test_indicators_give_the_moments_of_columns_made_by_hand(data: Data, engine: Engine) -> None:
    levels = ("O'Dea; --", "nord", "sør")
    hand = {f"is {level}": (data["region"] == level).astype(float) for level in levels}
    sample = engine({**data, **hand}, "y")
    names = sample.expand(("x", "region"))
    ours = sample.moments((*names, "y"), ("treated",))
    theirs = sample.moments(("x", *hand, "y"), ("treated",))
    np.testing.assert_allclose(ours.cross, theirs.cross, rtol=TIGHT, atol=1e-10)
    np.testing.assert_array_equal(ours.centre, theirs.centre)
    model = a_model(sample, names)
    made = RowModel(("x", *hand), model.labels, model.residual, model.influence, model.leverage)
    assert sample.row_moments(model).squares == pytest.approx(
        sample.row_moments(made).squares, rel=TIGHT
    )


@pytest.mark.parametrize("by", [(), ("treated",), ("region", "treated")])
@pytest.mark.parametrize("weights", [None, "people", "weight"])
def test_text_columns_together(data: Data, by: tuple[str, ...], weights: str | None) -> None:
    rng = np.random.default_rng(2)
    town = np.array(["a", "b", "c", "d", "e"])[rng.integers(0, 5, 300)]
    kind: WeightKind = "probability" if weights == "weight" else "frequency"
    ours, theirs = (engine({**data, "town": town}, "y") for engine in (ArraySample, in_duckdb))
    names = ours.expand(("town", "x", "region", "region=nord"))
    assert theirs.expand(names) == names
    columns = (*names, "y")
    same_moments(
        ours.moments(columns, by, weights, kind), theirs.moments(columns, by, weights, kind)
    )
    basis = np.eye(len(columns))
    at = [columns.index("x"), len(columns) - 2, len(columns) - 1]
    basis[np.ix_(at, at)] = [[2.0, -0.5, 0.25], [0.0, 1.0, -1.0], [0.0, 0.0, 1.0]]
    a, b = (one.moments(columns, by, weights, kind, basis=basis) for one in (ours, theirs))
    same_moments(a, b)
    model = a_model(ours, names, by)
    for one in (model, replace(model, basis=basis)):
        c, d = ours.row_moments(one, weights, kind), theirs.row_moments(one, weights, kind)
        assert d.squares == pytest.approx(c.squares, rel=1e-10)  # x is far from 0, and so cancels
        assert d.fourth == pytest.approx(c.fourth, rel=1e-10)
        scale = np.abs(c.weighted).max()
        assert d.weighted == pytest.approx(c.weighted, rel=1e-9, abs=1e-10 * scale)
        assert list(d.labels) == list(c.labels)


def test_a_basis_leaves_indicators_alone(data: Data) -> None:
    sample = in_duckdb(data, "y")
    columns = (*sample.expand(("x", "region")), "y")
    basis = np.eye(5)
    basis[1, 4] = 1.0
    with pytest.raises(ValueError, match="indicators"):
        sample.moments(columns, basis=basis)


@each_engine
def test_rows_without_a_category_are_counted(data: Data, engine: Engine) -> None:
    region = data["region"].astype(object)
    region[np.flatnonzero(np.isnan(data["y"]))[:5]] = None
    sample = engine({**data, "region": region}, "y")
    names = sample.expand(("region",))
    assert sample.incomplete(names) == sample.incomplete(("region",)) == 5
    assert len(names) == 3


@each_engine
def test_names_of_everybody_are_no_covariate(engine: Engine) -> None:
    name = np.array([f"N{i % (MOST_LEVELS + 1):03d}" for i in range(2 * MOST_LEVELS + 2)])
    sample = engine({"name": name, "y": np.arange(len(name), dtype=float)}, "y")
    with pytest.raises(Refused) as refused:
        sample.expand(("name",))
    assert refused.value.code == "too_many_levels"
    assert "N000" not in refused.value.why + refused.value.fix


@each_engine
def test_a_single_level_is_a_constant_column(engine: Engine) -> None:
    sample = engine({"town": np.array(["a"] * 5), "y": np.arange(5.0)}, "y")
    (name,) = sample.expand(("town",))
    summary = sample.summary((name,))
    assert name == "town"
    assert (summary.low[0], summary.high[0]) == (1.0, 1.0)


@each_engine
def test_as_many_levels_as_may_be(engine: Engine) -> None:
    name = np.array([f"N{i % MOST_LEVELS:03d}" for i in range(3 * MOST_LEVELS)])
    sample = engine({"name": name, "y": np.arange(len(name), dtype=float)}, "y")
    assert len(sample.expand(("name",))) == MOST_LEVELS - 1


# Spark takes seconds for each query: one kind of weights stands for all.
KIND_AND_ENGINE = [
    *((in_duckdb, kind) for kind in KINDS),
    (in_spark, "probability"),
]


@pytest.mark.parametrize(("engine", "kind"), KIND_AND_ENGINE)
def test_weighted_moments_agree(data: Data, engine: Engine, kind: WeightKind) -> None:
    ours, theirs = ArraySample(data, "y"), engine(data, "y")
    name = "people" if kind == "frequency" else "weight"
    same_moments(
        ours.moments(("x", "region=nord", "y"), ("region", "treated"), name, kind),
        theirs.moments(("x", "region=nord", "y"), ("region", "treated"), name, kind),
    )
    a, b = ours.weights(name), theirs.weights(name)
    assert (a.n, a.n_zero, a.whole) == (b.n, b.n_zero, b.whole)
    assert [b.total, b.mean, b.largest_share, b.effective_n] == pytest.approx(
        [a.total, a.mean, a.largest_share, a.effective_n], rel=TIGHT
    )


def a_model(
    sample: Sample, columns: tuple[str, ...], by: tuple[str, ...] = ("treated",)
) -> RowModel:
    """Return an arbitrary model whose leverages lie well inside (0, 1)."""
    cells = sample.count(by)
    g, size, rng = len(cells.n), len(columns) + 1, np.random.default_rng(1)
    root = rng.normal(size=(g, size, size)) / 100
    return RowModel(
        columns=columns,
        labels=cells.labels,
        residual=rng.normal(size=(g, size)),
        influence=rng.normal(size=(g, size)),
        leverage=root @ root.transpose(0, 2, 1),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_weighted_sums_over_rows_agree(data: Data, kind: WeightKind) -> None:
    ours, theirs = ArraySample(data, "y"), in_duckdb(data, "y")
    name = "people" if kind == "frequency" else "weight"
    model = a_model(ours, ours.expand(("region=nord", "region")))
    a, b = ours.row_moments(model, name, kind), theirs.row_moments(model, name, kind)
    assert b.squares == pytest.approx(a.squares, rel=TIGHT)
    assert b.fourth == pytest.approx(a.fourth, rel=TIGHT)
    assert b.weighted == pytest.approx(a.weighted, rel=TIGHT, abs=TIGHT * a.weighted.max())


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("frequency", "people"),
        ("inverse_variance", "weight"),
        ("probability", "weight"),
        ("probability", None),
    ],
)
def test_sums_of_squares_of_weights_agree(data: Data, kind: WeightKind, name: str | None) -> None:
    ours, theirs = ArraySample(data, "y"), in_duckdb(data, "y")
    model = a_model(ours, ours.expand(("region=nord", "region")), ("treated",))
    scale = 0.5 + np.arange(len(model.residual)) / 4
    model = replace(model, leverage=model.leverage / 100, square=model.leverage / 10, scale=scale)
    a, b = ours.row_moments(model, name, kind), theirs.row_moments(model, name, kind)
    assert b.squares == pytest.approx(a.squares, rel=1e-9)
    assert b.fourth == pytest.approx(a.fourth, rel=1e-9)
    assert a.powers is not None
    assert b.powers == pytest.approx(a.powers, rel=1e-9, abs=1e-9 * np.abs(a.powers).max())


@each_engine
def test_frequencies_repeat_rows(data: Data, engine: Engine) -> None:
    times = data["people"].astype(int)
    repeated = {name: np.repeat(values, times) for name, values in data.items()}
    ours, theirs = engine(data, "y"), engine(repeated, "y")
    columns = ("x", "region=nord", "y")
    same_moments(
        theirs.moments(columns, ("treated",)), ours.moments(columns, ("treated",), "people")
    )
    model = a_model(ours, ("x",))
    a, b = ours.row_moments(model, "people"), theirs.row_moments(model)
    assert a.squares == pytest.approx(b.squares, rel=1e-9)  # x is far from 0, and so cancels
    assert a.fourth == pytest.approx(b.fourth, rel=1e-9)


@each_engine
def test_weights_of_one_and_powers(data: Data, engine: Engine) -> None:
    sample = engine({**data, "one": np.full(300, 7.0)}, "y")
    plain = sample.moments(("x", "y"), ("treated",))
    for kind in KINDS[1:]:
        found = sample.moments(("x", "y"), ("treated",), "one", kind)
        assert found.cross == pytest.approx(plain.cross, rel=1e-10, abs=1e-8)
        assert (found.n == plain.n).all()
    powers = sample.moments(("y",), (), "weight", "probability")
    for power in range(3):
        np.testing.assert_array_equal(powers.to_power(power).cross, powers.powers[power])  # type: ignore[index]
    assert powers.cross[0, 0, 0] == pytest.approx(powers.n[0], rel=1e-12)
    with pytest.raises(ValueError, match="powers"):
        plain.to_power(2)


@each_engine
@pytest.mark.parametrize("weights", [None, "weight"])
def test_another_basis(data: Data, engine: Engine, weights: str | None) -> None:
    sample = engine(data, "y")
    columns = ("x", "region=nord", "y")
    basis = np.array([[1.0, -0.5, 0.25], [0.0, 2.0, 1e-3], [0.0, 0.0, 1.0]])
    plain = sample.moments(columns, ("treated",), weights, "probability")
    found = sample.moments(columns, ("treated",), weights, "probability", basis=basis)
    turn = np.eye(4)
    turn[1:, 1:] = basis
    assert found.cross == pytest.approx(turn.T @ plain.cross @ turn, rel=1e-10, abs=1e-9)
    assert found.basis is basis
    np.testing.assert_array_equal(found.only(("x",)).cross, found.cross[:, :2, :2])
    with pytest.raises(ValueError, match="basis"):
        found.only(("x", "y"))


@each_engine
def test_a_model_in_another_basis(data: Data, engine: Engine) -> None:
    sample = engine({**data, "x": data["x"] - 1e4}, "y")
    model = a_model(sample, ("x",))
    basis = np.array([[2.0, -0.5], [0.0, 1.0]])  # z = 2x, y - x / 2
    turned = RowModel(
        columns=model.columns,
        labels=model.labels,
        residual=model.residual / [1, 2] - [0, 0.25],
        influence=model.influence / [1, 2],
        leverage=model.leverage / [[1, 2], [2, 4]],
        basis=basis,
    )
    a, b = sample.row_moments(model), sample.row_moments(turned)
    assert b.squares == pytest.approx(a.squares, rel=1e-11)
    assert b.fourth == pytest.approx(a.fourth, rel=1e-11)
    assert b.weighted / [[1, 2], [2, 4]] == pytest.approx(a.weighted, rel=1e-10, abs=1e-10)


def test_counts_are_made_of_finer_ones(data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = in_duckdb(data, "y")
    fresh = in_duckdb(data, "y")
    sample.moments(("x", "y"), ("region", "treated"))
    sample.summary(("y", "x"))
    expected = fresh.count(("treated",)), fresh.levels("region"), fresh.n_obs

    def fail(_: object) -> dict[str, NDArray[Any]]:
        raise AssertionError("the rows were scanned again")

    monkeypatch.setattr(sample, "_run", fail)
    counted = sample.count(("treated",))
    assert (counted.n == expected[0].n).all()
    assert (counted.labels["treated"] == expected[0].labels["treated"]).all()
    assert (sample.levels("region") == expected[1]).all()
    assert sample.n_obs == expected[2]
    assert sample.count().n.tolist() == [expected[2]]
    sample.summary(("x",))
