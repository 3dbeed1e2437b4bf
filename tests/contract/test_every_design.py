"""What every design owes its users. A new design is tested here without an edit."""

from __future__ import annotations

from dataclasses import asdict
from math import isfinite
from typing import Any

import numpy as np
import pytest
from engines import in_duckdb
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from evaluate.core import Check, Estimand, Estimate, Settings
from evaluate.data.sample import ArraySample, Sample
from evaluate.design import Design, Result, Simulated, all_designs, draw_example, roles

DRAWS, EFFECT = 400, 1.5
# 99.9 % binomial band around 0.95 at 400 draws: 0.95 +- 3.29 sqrt(0.95 x 0.05 / 400).
BAND = (0.914, 0.986)
# Sums in another order, through matrices of moderate condition.
TIGHT = 1e-8

each_design = pytest.mark.parametrize("design", all_designs().values(), ids=list(all_designs()))


def asked(design: Design[Any]) -> Estimand:
    """Return an estimand that the design identifies."""
    return Estimand(min(design.estimands), "outcome", "unit")


def run(design: Design[Any], drawn: Simulated[Any], sample: Sample | None = None) -> Result:
    """Return the design's result on simulated data, with its own defaults."""
    sample = sample or ArraySample(drawn.data, "outcome")
    return design.estimate(drawn.spec, sample, asked(design), Settings())


def headline(design: Design[Any], drawn: Simulated[Any]) -> Estimate:
    """Return the headline alone, which is the same without what stands around it."""
    sample = ArraySample(drawn.data, "outcome")
    settings = Settings(headline_only=True)
    return design.estimate(drawn.spec, sample, asked(design), settings).estimates[0]


def changed(drawn: Simulated[Any], **columns: NDArray[Any]) -> Simulated[Any]:
    """Return the draw with some columns replaced."""
    return Simulated({**drawn.data, **columns}, drawn.spec, drawn.truth)


def same(left: Result, right: Result, scale: float = 1.0) -> None:
    """Assert that two results agree, the second in units ``scale`` times smaller."""
    assert len(left.estimates) == len(right.estimates)
    for a, b in zip(left.estimates, right.estimates, strict=True):
        size = a.std_error * scale
        for name in ("estimate", "std_error", "conf_low", "conf_high"):
            assert getattr(b, name) == pytest.approx(
                getattr(a, name) * scale, rel=TIGHT, abs=TIGHT * size
            ), name
        assert b.df == pytest.approx(a.df, rel=TIGHT)
        assert b.p_value == pytest.approx(a.p_value, rel=1e-6, abs=1e-12)
        assert (a.n_obs, a.n_treated, a.n_clusters) == (b.n_obs, b.n_treated, b.n_clusters)
        assert (a.method, a.std_error_method, a.role) == (b.method, b.std_error_method, b.role)
    assert [check.result for check in left.checks] == [check.result for check in right.checks]


@pytest.mark.slow
@each_design
def test_intervals_cover_the_truth_as_often_as_they_say(design: Design[Any]) -> None:
    rng = np.random.default_rng(20240501)
    hits = []
    for _ in range(DRAWS):
        drawn = draw_example(design, rng, EFFECT)
        row = headline(design, drawn)
        hits.append(row.conf_low <= drawn.truth["outcome"] <= row.conf_high)
    assert BAND[0] <= np.mean(hits) <= BAND[1]


@each_design
def test_the_headline_alone_is_the_same(design: Design[Any]) -> None:
    drawn = draw_example(design, np.random.default_rng(12), EFFECT)
    assert headline(design, drawn) == run(design, drawn).estimates[0]


@each_design
def test_a_large_effect_is_found(design: Design[Any]) -> None:
    rng = np.random.default_rng(3)
    found = [headline(design, draw_example(design, rng, 3.0)).conf_low > 0 for _ in range(20)]
    assert np.mean(found) >= 0.8


@pytest.mark.slow
@each_design
@hypothesis_settings(max_examples=25, deadline=None)
@given(
    scale=st.floats(0.01, 100) | st.floats(-100, -0.01),
    shift=st.floats(-1e3, 1e3),
    seed=st.integers(0, 99),
)
def test_changing_the_unit_of_the_outcome_only_rescales(
    design: Design[Any], scale: float, shift: float, seed: int
) -> None:
    drawn = draw_example(design, np.random.default_rng(seed), 1.0)
    before = run(design, drawn).estimates[0]
    after = run(design, changed(drawn, outcome=drawn.data["outcome"] * scale + shift)).estimates[0]
    limits = sorted((before.conf_low * scale, before.conf_high * scale))
    size = before.std_error * abs(scale)
    assert after.estimate == pytest.approx(before.estimate * scale, abs=TIGHT * size)
    assert after.std_error == pytest.approx(size, rel=TIGHT)
    assert (after.conf_low, after.conf_high) == pytest.approx(limits, abs=TIGHT * size)
    assert after.df == pytest.approx(before.df, rel=TIGHT)


@each_design
def test_rows_may_come_in_any_order_and_are_not_changed(design: Design[Any]) -> None:
    drawn = draw_example(design, np.random.default_rng(1), 1.0)
    copies = {name: values.copy() for name, values in drawn.data.items()}
    turn = np.random.default_rng(2).permutation(len(drawn.data["outcome"]))
    result = run(design, drawn)
    same(result, run(design, changed(drawn, **{n: v[turn] for n, v in drawn.data.items()})))
    for name, values in copies.items():
        np.testing.assert_array_equal(drawn.data[name], values)


@each_design
def test_names_of_clusters_and_strata_do_not_matter(design: Design[Any]) -> None:
    drawn = draw_example(design, np.random.default_rng(4), 1.0)
    named = [c for c, role in roles(drawn.spec).items() if role in {"cluster", "stratum", "unit"}]
    renamed = {}
    for name in named:
        level, code = np.unique(drawn.data[name], return_inverse=True)
        renamed[name] = np.array([f"{len(level) - i:04d}" for i in range(len(level))])[code]
    same(run(design, drawn), run(design, changed(drawn, **renamed)))


@each_design
def test_covariates_may_be_in_any_unit(design: Design[Any]) -> None:
    drawn = draw_example(design, np.random.default_rng(5), 1.0)
    named = [c for c, role in roles(drawn.spec).items() if role == "covariate"]
    rescaled = {name: drawn.data[name] * 1e6 - 3e6 for name in named}
    same(run(design, drawn), run(design, changed(drawn, **rescaled)))


@each_design
def test_every_engine_gives_the_same_result(design: Design[Any]) -> None:
    drawn = draw_example(design, np.random.default_rng(6), 1.0)
    ours, theirs = run(design, drawn), run(design, drawn, in_duckdb(drawn.data, "outcome"))
    same(ours, theirs)
    for a, b in zip(ours.tables, theirs.tables, strict=True):
        assert (a.id, a.kind, a.columns) == (b.id, b.kind, b.columns)
        for left, right in zip(a.rows, b.rows, strict=True):
            assert list(left) == list(right)
            for name, value in left.items():
                expected = pytest.approx(value, rel=1e-9) if isinstance(value, float) else value
                assert right[name] == expected, name


@each_design
def test_rows_are_whole_and_consistent(design: Design[Any]) -> None:
    result = run(design, draw_example(design, np.random.default_rng(7), 1.0))
    assert [row.role for row in result.estimates].count("headline") >= 1
    assert result.estimates[0].role == "headline"
    for row in result.estimates:
        assert numbers_are_finite(row)
        assert row.std_error > 0
        assert row.conf_low <= row.estimate <= row.conf_high
        assert 0 < row.n_treated < row.n_obs
        described = row.role == "beside" and row.estimand == "descriptive"
        assert described or row.estimand in design.estimands
        assert row.unit == "unit"
    headlines = sum(row.role == "headline" for row in result.estimates)
    assert result.covariance.shape == (headlines, headlines)
    assert result.covariance[0, 0] == pytest.approx(result.estimates[0].std_error ** 2)


def numbers_are_finite(row: Estimate) -> bool:
    """Return whether no number of a row is infinite or undefined."""
    return all(isfinite(value) for value in asdict(row).values() if isinstance(value, float))


@each_design
def test_tables_hold_what_their_columns_say(design: Design[Any]) -> None:
    result = run(design, draw_example(design, np.random.default_rng(8), 1.0))
    kinds = {"text": str, "integer": int, "boolean": bool}
    for table in result.tables:
        known = {column.name: column for column in table.columns}
        assert all(column.label.get("en") for column in table.columns)
        for row in table.rows:
            assert set(row) <= set(known)
            for name, value in row.items():
                assert type(value) is kinds.get(known[name].type, float), name
                assert not isinstance(value, float) or isfinite(value)
                assert known[name].type != "share" or 0 <= float(str(value)) <= 1
    ids = [table.id for table in result.tables]
    assert len(ids) == len(set(ids))
    assert {check.table for check in result.checks if check.table} <= set(ids)


@each_design
def test_checks_run_and_are_known_to_the_ladder(design: Design[Any]) -> None:
    checks: tuple[Check, ...] = run(
        design, draw_example(design, np.random.default_rng(9), 1.0)
    ).checks
    names = [check.name for check in checks]
    assert names
    assert len(names) == len(set(names))
    assert all(check.text.endswith(".") for check in checks)
    assert max(design.needs, default=0) <= design.rung


@each_design
def test_every_field_says_what_it_is(design: Design[Any]) -> None:
    assert all(field.description for field in design.spec.model_fields.values())
    assert all_designs()[design.name] is design
    assert design.title[0].isupper()
    assert design.estimands
