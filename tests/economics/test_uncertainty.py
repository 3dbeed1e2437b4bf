"""Draws: distributions, streams by name, joint effects, and intervals against closed forms."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from exact_effects import exact
from example_accounts import NOTE, drawn_up, norway, row, small
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evaluate.core import Estimate
from evaluate.economics.definition import Economics
from evaluate.economics.draws import joint_slices, slices
from evaluate.economics.effects import joint_effects
from evaluate.economics.quantile_grid import from_grid, quantiles
from evaluate.economics.ranges import Uncertain
from evaluate.economics.valuation import Valuation, value
from evaluate.errors import Refused

N = 10_000
SHARES = (np.arange(999) + 0.5) / 999


def beta(mean: float, error: float) -> Any:
    total = mean * (1 - mean) / error**2 - 1
    return stats.beta(mean * total, (1 - mean) * total)


def pert(low: float, mode: float, high: float) -> Any:
    wide = high - low
    first, second = 1 + 4 * (mode - low) / wide, 1 + 4 * (high - mode) / wide
    return stats.beta(first, second, low, wide)


def lognormal(mean: float, error: float) -> Any:
    variance = np.log1p((error / mean) ** 2)
    return stats.lognorm(np.sqrt(variance), scale=mean * np.exp(-variance / 2))


DISTRIBUTIONS: dict[str, tuple[dict[str, Any], float, Any]] = {
    "gamma": ({"gamma": {"std_error": 30.0}}, 100.0, stats.gamma(100 / 9, scale=9.0)),
    "wide gamma": ({"gamma": {"std_error": 300.0}}, 100.0, stats.gamma(1 / 9, scale=900.0)),
    "lognormal": ({"lognormal": {"std_error": 80.0}}, 100.0, lognormal(100.0, 80.0)),
    "beta": ({"beta": {"std_error": 0.1}}, 0.4, beta(0.4, 0.1)),
    "triangular": (
        {"triangular": {"low": 1.0, "high": 9.0}},
        3.0,
        stats.triang(0.25, loc=1.0, scale=8.0),
    ),
    "triangular at its end": (
        {"triangular": {"low": 1.0, "high": 9.0}},
        9.0,
        stats.triang(1.0, loc=1.0, scale=8.0),
    ),
    "pert": ({"pert": {"low": 1.0, "high": 9.0}}, 3.0, pert(1.0, 3.0, 9.0)),
    "uniform": ({"uniform": {"low": 2.0, "high": 6.0}}, 3.0, stats.uniform(2.0, 4.0)),
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_quantiles(name: str) -> None:
    declared, figure, reference = DISTRIBUTIONS[name]
    found = Uncertain.model_validate(declared).quantiles(figure, SHARES)
    # Quantiles of the widest gamma go down to 1e-27: both solve for them to their own precision.
    assert found == pytest.approx(reference.ppf(SHARES), rel=1e-9, abs=1e-12 * figure)


@pytest.mark.parametrize("name", ["gamma", "lognormal", "beta"])
def test_the_figure_is_the_mean(name: str) -> None:
    declared, figure, reference = DISTRIBUTIONS[name]
    ((_, given_),) = declared.items()
    assert reference.mean() == pytest.approx(figure, rel=1e-12)
    assert reference.std() == pytest.approx(given_["std_error"], rel=1e-12)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
@pytest.mark.parametrize("n", [N, 100_000])
def test_many_quantiles_are_the_exact_ones(name: str, n: int) -> None:
    declared, figure, reference = DISTRIBUTIONS[name]
    at = slices(n, (3,))
    found = quantiles(Uncertain.model_validate(declared), figure, at)
    assert np.abs(found - reference.ppf(at)).max() < 1e-9 * reference.std()


def test_a_grid_is_not_used_for_few_quantiles() -> None:
    at = np.linspace(0.01, 0.99, 500)
    assert np.array_equal(from_grid(np.sqrt, at), np.sqrt(at))


# Joint effects

TWO = {"completes": {"analysis": "main"}, "works": {"analysis": "work"}}


def two(correlation: float | None = 0.6, **changed: Any) -> dict[str, Any]:
    """Return the small account with two effects: each unit of the second is worth 10."""
    definition = small(effects=TWO, **changed)
    del definition["analysis"]
    definition["benefits"][0]["effect"] = "completes"
    definition["benefits"].append(
        {
            "item": "work",
            "payer": "person",
            "amount": 10,
            "effect": "works",
            "years": {"from": 1, "to": 1},
            **NOTE,
        }
    )
    if correlation is not None:
        definition["correlations"] = [
            {"between": ["completes", "works"], "value": correlation, **NOTE}
        ]
    return definition


ROWS: Mapping[str, Estimate] = {
    "completes": exact(2000.0, 500.0, df=12.0),
    "works": exact(30.0, 40.0, analysis="work"),
}


def joint(definition: dict[str, Any], rows: Mapping[str, Estimate] = ROWS, **known: Any) -> Any:
    spec = Economics.model_validate(definition)
    return joint_effects(spec, rows, seed=(7,), **known)


@pytest.mark.parametrize("correlation", [-0.95, -0.3, 0.0, 0.6, 1.0])
def test_joint_draws_keep_their_correlation(correlation: float) -> None:
    draws = joint(two(correlation)).draws
    scores = [
        stats.norm.ppf(stats.t.cdf((draws[:, 0] - 2000) / 500, 12)),
        (draws[:, 1] - 30) / 40,
    ]
    found = float(np.corrcoef(scores)[0, 1])
    # 3.29 standard errors of a correlation, plus what ranks of a slice lose at the tails.
    assert found == pytest.approx(correlation, abs=3.29 * (1 - correlation**2) / np.sqrt(N) + 2e-3)


@pytest.mark.parametrize("correlation", [-0.95, 0.0, 0.6])
def test_joint_draws_have_exact_margins(correlation: float) -> None:
    draws = joint(two(correlation)).draws
    shares = [stats.t.cdf((draws[:, 0] - 2000) / 500, 12), stats.norm.cdf((draws[:, 1] - 30) / 40)]
    for one in shares:
        counts = np.bincount(np.floor(one * N).astype(int), minlength=N)
        assert counts.tolist() == [1] * N


def test_the_analyses_own_correlation_goes_before_the_declared() -> None:
    draws = joint(two(0.6), correlation={("works", "completes"): -0.8}).draws
    assert np.corrcoef(draws.T)[0, 1] == pytest.approx(-0.8, abs=0.02)


def test_without_a_correlation_money_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        joint(two(None))
    assert refused.value.code == "effects_not_joint"


@pytest.mark.parametrize("correlation", [0.0, 0.6, 1.0])
def test_another_effect_moves_no_other_draw(correlation: float) -> None:
    alone = joint(small(analysis="completes"), {"completes": ROWS["completes"]}).draws[:, 0]
    assert np.array_equal(joint(two(correlation)).draws[:, 0], alone)


def test_an_effect_that_goes_with_no_other_keeps_its_draws_wherever_it_stands() -> None:
    alone = joint(small(analysis="works"), {"works": ROWS["works"]}).draws[:, 0]
    assert np.array_equal(joint(two(0.0)).draws[:, 1], alone)


def test_three_effects_that_follow_from_each_other() -> None:
    # The third is the first with its sign turned: the matrix of correlations is singular.
    matrix = np.array([[1.0, 0.5, -1.0], [0.5, 1.0, -0.5], [-1.0, -0.5, 1.0]])
    found = stats.norm.ppf(joint_slices(["a", "b", "c"], matrix, N, (7,)))
    assert np.corrcoef(found.T) == pytest.approx(matrix, abs=0.03)
    assert np.corrcoef(found[:, 0], found[:, 2])[0, 1] == pytest.approx(-1.0, abs=1e-4)


# Figures


def uncertain(definition: dict[str, Any]) -> dict[str, Any]:
    definition["costs"][0]["uncertain"] = {"gamma": {"std_error": 100.0}}
    definition["benefits"][0]["causal"] = {
        "share": 0.5,
        "uncertain": {"beta": {"std_error": 0.1}},
    }
    return definition


def valued(definition: dict[str, Any], estimate: Estimate | None = None) -> Valuation:
    spec = Economics.model_validate(definition)
    rows = {next(iter(spec.valued)): estimate or exact(2000.0, 500.0)}
    return value(spec, joint_effects(spec, rows, seed=(7,)), seed=(7,))


def test_another_item_moves_no_other_draw() -> None:
    before = valued(uncertain(small()))
    more = uncertain(small())
    more["costs"].insert(
        0,
        {
            "item": "another",
            "payer": "person",
            "amount": 5,
            "years": {"from": 0, "to": 0},
            "uncertain": {"gamma": {"std_error": 1.0}},
            **NOTE,
        },
    )
    after = valued(more)
    assert np.array_equal(before.effects.draws, after.effects.draws)
    assert before.figures.keys() < after.figures.keys()
    for name, draws in before.figures.items():
        assert np.array_equal(draws, after.figures[name])


def test_an_item_named_like_the_effect_is_independent_of_it() -> None:
    definition = uncertain(small())
    definition["costs"][0]["item"] = "main"
    done = valued(definition)
    found = np.corrcoef(done.figures["main"], done.effects.draws[:, 0])[0, 1]
    assert abs(found) < 3.29 / np.sqrt(N)


def test_all_payers_share_each_draw() -> None:
    done = valued(uncertain(norway()), exact(0.05, 0.02))
    each = done.drawn_multipliers()
    total = sum(done.draws(place, each) for place in range(len(done.names) - 1))
    apart = np.abs(done.draws(done.society, each) - total)
    assert apart.max() <= 1e-12 * np.abs(total).max()


def test_interval_of_two_normals_is_that_of_their_sum() -> None:
    # 0.8 x (first + 10 x second) - 1000: a normal sum, whatever the correlation.
    rows = {"completes": exact(2000.0, 500.0), "works": exact(30.0, 40.0, analysis="work")}
    for correlation in (-0.5, 0.0, 0.9):
        spec = Economics.model_validate(two(correlation))
        done = value(spec, joint_effects(spec, rows, seed=(7,)), seed=(7,))
        draws = done.draws(done.society)
        error = 0.8 * np.sqrt(500**2 + 400**2 + 2 * correlation * 500 * 400)
        mean = 0.8 * 2300 - 1000
        for share in (0.025, 0.5, 0.975):
            at = mean + error * stats.norm.ppf(share)
            # 99.9 % band of an empirical share of independent draws; slices do better.
            band = 3.29 * np.sqrt(share * (1 - share) / N)
            assert np.mean(draws <= at) == pytest.approx(share, abs=band)


def test_interval_of_a_product_of_a_gamma_and_a_normal() -> None:
    definition = small()
    definition["benefits"][0]["uncertain"] = {"gamma": {"std_error": 0.5}}
    draws = valued(definition).draws(valued(definition).society)
    grid = stats.gamma(4.0, scale=0.25).ppf((np.arange(4000) + 0.5) / 4000)
    for at in (-500.0, 0.0, 600.0, 3000.0):
        below = stats.norm.cdf(((at + 1000) / (0.8 * grid) - 2000) / 500).mean()
        band = 3.29 * np.sqrt(below * (1 - below) / N)
        assert np.mean(draws <= at) == pytest.approx(below, abs=band)


def test_mean_of_a_figure_with_three_uncertain_parts() -> None:
    definition = uncertain(small())
    definition["benefits"][0] |= {
        "amount": 2.0,
        "uncertain": {"lognormal": {"std_error": 0.4}},
        "displaced": {"share": 0.3, "uncertain": {"triangular": {"low": 0.0, "high": 0.6}}},
    }
    draws = valued(definition).figures["earnings"]
    assert draws.mean() == pytest.approx(
        2.0 * 0.5 * 0.7, rel=3.29 * draws.std() / draws.mean() / 100
    )


# Invariants


@given(st.floats(0.01, 100.0), st.floats(-0.2, 0.2), st.sampled_from([None, 6.0]))
@settings(max_examples=10)
def test_currency_scales_draws(factor: float, estimate: float, df: float | None) -> None:
    before = uncertain(norway())
    after = uncertain(norway())
    for side in ("costs", "benefits", "transfers"):
        for one in after[side]:
            one["amount"] *= factor
    after["costs"][0]["uncertain"]["gamma"]["std_error"] *= factor
    effect = exact(estimate, 0.02, df=df)
    old, new = (valued(one, effect) for one in (before, after))
    for place in range(len(old.names)):
        apart = np.abs(new.draws(place) - factor * old.draws(place))
        assert apart.max() <= 1e-9 * factor * np.abs(old.draws(place)).max()


def test_order_of_rows_and_names_of_payers_do_not_matter() -> None:
    before = uncertain(norway())
    after = uncertain(norway())
    after["payers"] = dict(reversed(after["payers"].items()))
    after["benefits"].reverse()
    after["costs"].reverse()
    renamed = str(after).replace("'county'", "'region'")
    effect = exact(0.05, 0.02)
    old, new = (drawn_up(one, effect) for one in (before, ast.literal_eval(renamed)))
    for kind, key in (("accounts", "payer"), ("measures", "key")):
        others = {str(one[key]).replace("region", "county"): one for one in new[kind].rows}
        assert len(others) == len(old[kind].rows)
        for one in old[kind].rows:
            other = others[str(one[key])]
            for name, cell in one.items():
                if isinstance(cell, float):
                    assert other[name] == pytest.approx(cell, rel=1e-8, abs=1e-6), (kind, one, name)


def test_twice_the_participants_halve_what_is_for_the_whole_programme_alone() -> None:
    def costs(people: int) -> tuple[float, float]:
        definition = small(participants={"treated": people})
        definition["costs"].append(
            {
                "item": "office",
                "payer": "funder",
                "per": "programme",
                "amount": 6_000,
                "years": {"from": 0, "to": 0},
                **NOTE,
            }
        )
        table = drawn_up(definition, exact(2000.0, 500.0))["costs"]
        return tuple(row(table, name)["per_participant"] for name in ("course", "office"))

    (course, office), (same, half) = costs(20), costs(40)
    assert (course, office) == (1000.0, 300.0)
    assert (same, half) == (1000.0, 150.0)


def test_no_effect_gives_benefits_of_exactly_zero_with_uncertain_figures() -> None:
    tables = drawn_up(uncertain(small()), exact(0.0, 500.0))
    accounts = tables["accounts"]
    assert {one["benefit"] for one in accounts.rows} == {0.0}
    assert row(accounts, "society")["cost"] == 1000.0


# Coverage


def covered(truth: float, shrunk: float, draws: int) -> float:
    """Return how often the interval of society's net holds the true net.

    Means of 8 observations with standard deviation 500 are estimates of the truth; the standard
    error that the account is given is ``shrunk`` of theirs.
    """
    rng = np.random.default_rng(20261122)
    n, held = 8, 0
    spec = Economics.model_validate(small())
    true = 0.8 * truth - 1000
    for _ in range(draws):
        sample = rng.normal(truth, 500.0, n)
        error = shrunk * sample.std(ddof=1) / np.sqrt(n)
        estimate = exact(float(sample.mean()), float(error), df=n - 1.0)
        effects = joint_effects(spec, {"main": estimate}, seed=(7,))
        done = value(spec, effects, seed=(7,))
        low, high = np.quantile(done.draws(done.society), [0.025, 0.975])
        held += bool(low <= true <= high)
    return held / draws


@pytest.mark.slow
@pytest.mark.parametrize("truth", [0.0, 1250.0, 3000.0])
def test_the_interval_covers_the_true_net(truth: float) -> None:
    draws = 1000
    band = 3.29 * np.sqrt(0.95 * 0.05 / draws)
    assert covered(truth, 1.0, draws) == pytest.approx(0.95, abs=band)


@pytest.mark.slow
def test_half_the_standard_error_covers_too_seldom() -> None:
    # A t interval of half the width: 2 x P(T7 < 2.365 / 2) - 1 = 0.72.
    expected = 2 * stats.t.cdf(stats.t.ppf(0.975, 7) / 2, 7) - 1
    found = covered(1250.0, 0.5, 500)
    assert found == pytest.approx(expected, abs=3.29 * np.sqrt(0.72 * 0.28 / 500))
    assert found < 0.9
