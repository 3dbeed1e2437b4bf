"""The pieces that simulated rows are put together from."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from evaluate.assumptions.bounds import bounded
from evaluate.assumptions.definition import AssumedCovariate, AssumedOutcome, ByGroup, ClusterSize
from evaluate.assumptions.fitted import fit_numbers
from evaluate.assumptions.missing import thin
from evaluate.assumptions.normal import correlation_for, covariance_above
from evaluate.assumptions.pools import limits, pool
from evaluate.assumptions.scenario import Scenario
from evaluate.assumptions.statuses import after
from evaluate.assumptions.units import assign, draw_sizes
from evaluate.data.rules import Condition
from evaluate.data.variable import Variable, parse_values
from evaluate.designs.randomised import DESIGN, Randomised
from evaluate.errors import Refused


@given(
    first=st.floats(-2.5, 2.5),
    second=st.floats(-2.5, 2.5),
    correlation=st.floats(0.001, 0.98),
)
def test_indicators_covary_as_the_normal_distribution_says(
    first: float, second: float, correlation: float
) -> None:
    both = multivariate_normal([0, 0], [[1, correlation], [correlation, 1]])
    expected = both.cdf([-first, -second]) - norm.cdf(-first) * norm.cdf(-second)
    found = covariance_above(first, second, correlation)
    assert found == pytest.approx(expected, abs=2e-6)  # SciPy integrates to 1e-5 relative
    back = correlation_for(first, second, found)
    # Far in the tails the covariance hardly moves, and any correlation near enough will do.
    assert back is not None
    assert covariance_above(first, second, back) == pytest.approx(found, abs=1e-12)


def test_two_halves_covary_by_the_arc_sine() -> None:
    # Sheppard (1899): P(both) = 1/4 + asin(r) / (2 pi).
    assert covariance_above(0, 0, 0.5) == pytest.approx(np.arcsin(0.5) / (2 * np.pi), rel=1e-12)
    assert correlation_for(0.0, 2.0, 0.2) is None


@given(share=st.floats(0.01, 0.99), strata=st.integers(1, 6), each=st.integers(2, 9))
def test_every_stratum_has_both_groups(share: float, strata: int, each: int) -> None:
    stratum = np.repeat(np.arange(strata), each)
    treated = assign(stratum, share, np.random.default_rng(strata))
    counts = np.bincount(stratum, treated)
    assert counts.min() >= 1
    assert (each - counts).min() >= 1
    wanted = np.clip(share * each, 1, each - 1)
    assert np.abs(counts - wanted).max() <= 1


@pytest.mark.parametrize(("mean", "sd"), [(20.0, 0.0), (20.4, 0.0), (12.0, 9.0), (1.0, 0.0)])
def test_sizes_have_their_mean_and_are_never_empty(mean: float, sd: float) -> None:
    sizes = draw_sizes(ClusterSize(mean=mean, sd=sd), 20_000, np.random.default_rng(1))
    assert sizes.min() >= 1
    assert sizes.mean() == pytest.approx(mean, abs=3 * max(sd, 0.5) / np.sqrt(20_000))
    if sd:
        assert sizes.std() == pytest.approx(sd, rel=0.03)


def test_two_of_each_group_always_keep_their_values() -> None:
    treated = np.array([1.0, 1, 1, 0, 0, 0, 0])
    lost = ByGroup(treated=1, comparison=1)
    kept = thin(np.arange(7.0), lost, treated, np.random.default_rng(0))
    assert (~np.isnan(kept[:3])).sum() == (~np.isnan(kept[3:])).sum() == 2


@pytest.mark.parametrize(
    ("mean", "sd", "allowed"),
    [(4.5, 1.2, "1..6"), (0.5, 1.0, "0.."), (2.0, 1.5, "0..9"), (3.0, 0.6, "-40..40")],
)
def test_whole_numbers_keep_mean_and_spread(mean: float, sd: float, allowed: str) -> None:
    rng = np.random.default_rng(5)
    whole = parse_values(allowed, "integer")
    variable = Variable("x", "integer", "", whole, (), "", "", "s", "d.md", 1)
    values = rng.normal(mean, sd, 40_000)
    values[0] = np.nan
    cells = fit_numbers(values, (np.full(40_000, mean), sd), variable)
    assert cells[0] is None
    here = np.array(cells[1:], dtype=float)
    assert (here == np.round(here)).all()
    low, high = limits(variable)
    assert here.min() >= (-np.inf if low is None else low)
    assert here.max() <= (np.inf if high is None else high)
    # Rounding alone adds a twelfth: 3 % of a standard deviation of 1.2, a tenth of one of 0.6.
    assert here.mean() == pytest.approx(mean, abs=3 * sd / 200)
    assert here.std() == pytest.approx(sd, rel=0.015)


@pytest.mark.parametrize(
    ("mean", "sd", "ends"),
    [(5.0, 4.0, (0.0, None)), (5.0, 4.0, (0.0, 20.0)), (-2.0, 3.0, (None, 0.0))],
)
def test_bounded_numbers_keep_mean_and_spread(
    mean: float, sd: float, ends: tuple[float | None, float | None]
) -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(mean, sd, 40_000)
    values[0] = np.nan
    found = bounded(values, np.full(40_000, mean), sd, *ends)
    assert found is not None
    here = found[1:]
    assert np.isnan(found[0])
    assert (here >= (ends[0] if ends[0] is not None else -np.inf)).all()
    assert (here <= (ends[1] if ends[1] is not None else np.inf)).all()
    assert here.mean() == pytest.approx(mean, abs=3 * sd / 200)
    assert here.std() == pytest.approx(sd, rel=0.03)
    assert (np.argsort(here)[:100] == np.argsort(values[1:])[:100]).all()  # ranks stay
    assert bounded(values, np.full(40_000, mean), sd, -100.0, 100.0) is values
    assert bounded(values, np.full(40_000, mean), 50.0, mean - 1, mean + 1) is None


def variable(kind: str, values: str = "") -> Variable:
    """Return a row of a dictionary."""
    allowed = parse_values(values, kind)
    return Variable("x", kind, "", allowed, (), "", "", "s", "d.md", 1)  # type: ignore[arg-type]


def condition(**test: object) -> Condition:
    """Return a test of a column."""
    return Condition.model_validate({"column": "x", **test})


def test_pools_hold_what_dictionary_and_conditions_allow() -> None:
    codes = variable("category", "1 = girl; 2 = boy; 3 = other")
    assert pool(codes, [(condition(**{"in": [1, 3]}), True)]) == ["1", "3"]
    assert pool(codes, [(condition(is_not="2"), True)]) == ["1", "3"]
    assert pool(codes, [(condition(is_not="2"), False)]) == ["2"]
    age = variable("integer", "15..40")
    between = condition(between=[18.0, 20.0])
    assert pool(age, [(between, True)]) == [18, 19, 20]
    others = [one for one in pool(age, [(between, False)]) if isinstance(one, float)]
    assert min(others) >= 15
    assert max(others) <= 40
    assert not {18.0, 19.0, 20.0} & set(others)
    assert pool(variable("boolean"), [(condition(missing=True), True)]) == [None]
    assert pool(variable("text"), [(condition(**{"is": "0301"}), True)]) == ["0301"]
    term = variable("period", "2014/15..2018/19")
    assert pool(term, [(condition(above="2016/17"), True)]) == [2017, 2018]
    day = variable("date", "2015-01-01..2015-12-31")
    assert limits(day, [(condition(at_least="2015-03-01"), True)]) == (
        date(2015, 3, 1).toordinal(),
        date(2015, 12, 31).toordinal(),
    )


def test_the_same_day_of_the_calendar_some_time_later() -> None:
    assert after(date(2016, 2, 29), (1, "year")) == date(2017, 2, 28)
    assert after(date(2015, 8, 31), (6, "month")) == date(2016, 2, 29)
    assert after(date(2015, 8, 17), (5, "year")) == date(2020, 8, 17)
    assert after(date(2015, 12, 30), (3, "day")) == date(2016, 1, 2)


ONE = AssumedOutcome(baseline=0.5, effect=0.1)
IMPOSSIBLE = {
    "clusters of a design without": Scenario(
        units=20, size=ClusterSize(mean=5), outcomes={"y": ONE}
    ),
    "one unit": Scenario(units=3, size=None, outcomes={"y": ONE}),
    "more strata than units": Scenario(units=12, size=None, outcomes={"y": ONE}, strata=9),
    "beyond all": Scenario(
        units=20, size=None, outcomes={"y": ONE.model_copy(update={"effect": 0.6})}
    ),
    "too strong": Scenario(
        units=20,
        size=None,
        outcomes={"y": AssumedOutcome(baseline=0.02, effect=0)},
        covariates={"x": AssumedCovariate(sd=1, strength=0.5)},
    ),
    "all explained": Scenario(
        units=20,
        size=None,
        outcomes={"y": ONE},
        covariates={"x": AssumedCovariate(sd=1, strength=0.5), "z": AssumedCovariate(sd=1, strength=0.5)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_a_generator_refuses_the_impossible(name: str) -> None:
    with pytest.raises(Refused) as caught:
        DESIGN.simulate(Randomised(treated="t"), IMPOSSIBLE[name], np.random.default_rng(0))
    assert caught.value.code == "impossible_assumptions"
    assert caught.value.fix


def test_matched_pairs_and_certain_answers_are_possible() -> None:
    rng = np.random.default_rng(0)
    pairs = Scenario(
        units=20, size=ClusterSize(mean=6), strata=10, outcomes={"y": AssumedOutcome(baseline=0, effect=1)}
    )  # fmt: skip
    drawn = DESIGN.simulate(Randomised(treated="t", cluster="c", strata="pair"), pairs, rng)
    assert set(drawn.data["y"][drawn.data["t"] == 1]) == {1.0}
    assert set(drawn.data["y"][drawn.data["t"] == 0]) == {0.0}
    for pair in np.unique(drawn.data["pair"]):
        assert set(drawn.data["t"][drawn.data["pair"] == pair]) == {0.0, 1.0}


def test_every_column_that_a_design_names_is_drawn() -> None:
    spec = Randomised(
        treated="t", arms="arm", cluster="c", strata="s", period="year", covariates=("x", "z"),
        weights="w", weights_kind="frequency", received="in",
    )  # fmt: skip
    scenario = Scenario(
        units=16,
        size=ClusterSize(mean=4, sd=1),
        strata=2,
        periods=4,
        outcomes={"y": AssumedOutcome(baseline=0, effect=1, sd=2), "v": ONE},
        covariates={"x": AssumedCovariate(mean=0.4, strength=0.1)},
        received=ByGroup(treated=0.8, comparison=0.1),
    )
    data = DESIGN.simulate(spec, scenario, np.random.default_rng(2)).data
    assert set(data) == {"t", "arm", "c", "s", "year", "x", "z", "w", "in", "y", "v"}
    assert len({len(values) for values in data.values()}) == 1
    assert set(data["arm"][data["t"] == 0]) == {"none"}
    assert set(data["arm"][data["t"] == 1]) == {"programme 1", "programme 2"}
    assert data["t"][data["year"] == 1].sum() == 0
    assert set(data["w"]) <= {1.0, 2.0, 3.0}
    begin = {c: data["year"][(data["c"] == c) & (data["t"] == 1)].min(initial=9) for c in data["c"]}
    assert len(set(begin.values())) == 4  # three starts, and never
