"""The headline of a trial with few units is the more cautious of two answers."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pytest

from evaluate.data.sample import ArraySample
from evaluate.errors import Refused
from evaluate.inference.assignment import Assignment, Columns, read_assignment
from evaluate.inference.headline import bootstrap, headline, needs_resampling, randomise
from evaluate.inference.linear import Spread
from evaluate.inference.randomisation import Randomisation
from evaluate.inference.t import t_quantile, two_sided_p
from evaluate.inference.treatment import fit_treatment, treatment_spreads

SEED = (20, 26)


def trial(sizes: list[int], treated: list[int]) -> ArraySample:
    """Return clusters of given sizes, of which some are treated."""
    rng = np.random.default_rng(3)
    cluster = np.repeat(np.arange(len(sizes)), sizes)
    level = rng.normal(size=len(sizes))[cluster]
    data: dict[str, Any] = {
        "t": np.isin(cluster, treated).astype(float),
        "c": cluster.astype(float),
        "y": level + rng.normal(size=len(cluster)),
    }
    return ArraySample(data, "y")


def read(sizes: list[int], treated: list[int], cluster: str | None = "c") -> Assignment:
    return read_assignment(trial(sizes, treated), Columns("t", cluster))


@pytest.mark.parametrize(
    ("sizes", "treated", "df", "expected"),
    [
        ([5] * 20, 10, 12.0, False),
        ([5] * 20, 9, 12.0, True),
        ([5] * 19, 10, 12.0, True),
        ([5] * 20, 10, 9.9, True),
        ([15] + [5] * 19, 10, 12.0, False),
        ([16] + [5] * 19, 10, 12.0, True),
        ([5] * 19 + [16], 10, 12.0, True),
    ],
)
def test_few_units_small_df_or_a_large_unit(
    sizes: list[int], treated: int, df: float, expected: bool
) -> None:
    assert needs_resampling(read(sizes, list(range(treated))), df) is expected


@pytest.mark.parametrize(("rows", "expected"), [([10, 10], False), ([9, 10], True)])
def test_individuals_are_units_too(rows: list[int], expected: bool) -> None:
    assert needs_resampling(read(rows, [0], None), 15.0) is expected


TEST = Randomisation(2.0, 0.08, -0.5, 4.0, 126, True, np.zeros(126))


def test_with_many_units_t_stands_alone() -> None:
    found = headline(2.0, Spread(0.8, 20.0), 0.9)
    half = t_quantile(0.95, 20.0) * 0.8
    assert (found.conf_low, found.conf_high) == (2.0 - half, 2.0 + half)
    assert found.p_value == two_sided_p(2.5, 20.0)
    assert found.interval_method is None
    assert found.because is None


def test_with_few_units_the_larger_p_value_and_the_hull() -> None:
    t_is_wider = headline(2.0, Spread(2.0, 5.0), 0.95, TEST)
    half = t_quantile(0.975, 5.0) * 2.0
    assert (t_is_wider.conf_low, t_is_wider.conf_high) == (2.0 - half, 2.0 + half)
    assert t_is_wider.p_value == two_sided_p(1.0, 5.0)
    narrower = headline(2.0, Spread(0.5, 5.0), 0.95, TEST)
    assert (narrower.conf_low, narrower.conf_high, narrower.p_value) == (-0.5, 4.0, 0.08)
    assert narrower.interval_method == "larger of t and randomisation; hull of both intervals"


def test_without_a_test_there_is_no_p_value() -> None:
    refused = Refused("too_few_assignments", "only 10 sets", "add units")
    found = headline(2.0, Spread(0.5, 5.0), 0.95, refused)
    assert found.p_value is None
    assert found.because == "only 10 sets"
    assert found.conf_high == 2.0 + t_quantile(0.975, 5.0) * 0.5


@pytest.mark.parametrize(("low", "high"), [(-inf, 4.0), (-0.5, inf)])
def test_an_interval_without_end_is_refused(low: float, high: float) -> None:
    test = Randomisation(2.0, 0.08, low, high, 126, True, np.zeros(126))
    with pytest.raises(Refused) as found:
        headline(2.0, Spread(0.5, 5.0), 0.95, test)
    assert found.value.code == "unbounded_interval"


def test_nine_clusters_with_four_treated() -> None:
    sample = trial([6, 3, 8, 5, 7, 4, 9, 5, 6], [0, 1, 2, 3])
    assignment = read_assignment(sample, Columns("t", "c"))
    fitted = fit_treatment(assignment, (), "none")
    ((_, spread),) = treatment_spreads(sample, fitted, ("CR2",))
    test = randomise(fitted, assignment, interacted=False, seed=SEED)
    wild = bootstrap(fitted, seed=SEED)
    assert not isinstance(test, Refused)
    assert not isinstance(wild, Refused)
    assert (test.n_assignments, wild.weights) == (126, "webb")
    found = headline(fitted.effect, spread, 0.95, test)
    assert found.p_value == max(
        test.p_value, two_sided_p(fitted.effect / spread.std_error, spread.df)
    )
    assert found.conf_low <= min(test.conf_low, fitted.effect)
    # At 99 % none of 126 assignments, that which took place but one, can be left out.
    strict = randomise(fitted, assignment, interacted=False, seed=SEED, conf_level=0.995)
    with pytest.raises(Refused, match="126 assignments"):
        headline(fitted.effect, spread, 0.995, strict)


def test_six_clusters_with_two_treated_have_no_p_value() -> None:
    sample = trial([6, 3, 8, 5, 7, 4], [0, 1])
    assignment = read_assignment(sample, Columns("t", "c"))
    fitted = fit_treatment(assignment, (), "none")
    test = randomise(fitted, assignment, interacted=False, seed=SEED)
    wild = bootstrap(fitted, seed=SEED)
    assert isinstance(test, Refused)
    assert test.code == "too_few_assignments"
    assert not isinstance(wild, Refused)


def test_over_periods_sequences_change_hands() -> None:
    rng = np.random.default_rng(7)
    cluster, period = (one.ravel() for one in np.meshgrid(np.arange(6.0), np.arange(4.0)))
    treated = (period >= cluster % 3 + 1).astype(float)
    data = {"t": treated, "c": cluster, "p": period, "y": treated + rng.normal(size=24)}
    columns = Columns("t", "c", None, None, "p")
    assignment = read_assignment(ArraySample(data, "y"), columns)
    fitted = fit_treatment(assignment, (), "none")
    test = randomise(fitted, assignment, interacted=False, seed=SEED)
    wild = bootstrap(fitted, seed=SEED)
    assert not isinstance(test, Refused)
    assert not isinstance(wild, Refused)
    assert test.n_assignments == 90
