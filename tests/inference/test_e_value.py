"""E-values: what they must do whatever the numbers, and what cannot be one."""

from __future__ import annotations

from math import exp, sqrt

import pytest

from evaluate.errors import Refused
from evaluate.inference.e_value import (
    Ratio,
    e_value,
    hazard_ratio,
    odds_ratio,
    risk_difference,
    risk_ratio,
    standardised_difference,
)
from evaluate.inference.e_value_counts import Counts, e_value_of_counts

EXACT = 1e-12


def bias(strength: float) -> float:
    """The most that a factor tied to both by one risk ratio can move a risk ratio."""
    return strength**2 / (2 * strength - 1)


@pytest.mark.parametrize("ratio", [1.001, 1.3, 3.9, 50.0, 1 / 1.3, 0.02])
def test_a_factor_of_that_strength_just_explains_the_ratio(ratio: float) -> None:
    away = max(ratio, 1 / ratio)
    assert bias(e_value(risk_ratio(ratio)).value) == pytest.approx(away, rel=EXACT)


def test_published_case() -> None:
    """VanderWeele & Ding (2017): a risk ratio of 3.9 (1.8 to 8.7) needs 7.26, its limit 3.0."""
    found = e_value(risk_ratio(3.9, 1.8, 8.7))
    assert found.value == pytest.approx(7.263, abs=5e-4)
    assert found.limit == pytest.approx(3.0, rel=EXACT)


def test_no_effect_needs_nothing() -> None:
    assert e_value(risk_ratio(1.0, 0.8, 1.2)).value == 1.0


def test_turned_round_it_is_the_same() -> None:
    one, other = e_value(Ratio(0.7, 0.6, 0.9)), e_value(Ratio(1 / 0.7, 1 / 0.9, 1 / 0.6))
    assert one.value == pytest.approx(other.value, rel=EXACT)
    assert one.limit == pytest.approx(other.limit, rel=EXACT)


@pytest.mark.parametrize("limits", [(0.9, 2.0), (1.0, 2.0)])
def test_an_interval_that_holds_one_has_nothing_to_explain(limits: tuple[float, float]) -> None:
    assert e_value(Ratio(1.4, *limits)).limit == 1.0


def test_another_true_value_is_a_ratio_to_it() -> None:
    """R ``EValue::evalues.RR(2.5, 1.6, 3.9, true = 1.2)``: that of 2.5 / 1.2 and of 1.6 / 1.2."""
    found = e_value(Ratio(2.5, 1.6, 3.9), true=1.2)
    assert found.value == e_value(Ratio(2.5 / 1.2)).value
    assert found.limit == pytest.approx(e_value(Ratio(1.6 / 1.2)).value, rel=EXACT)
    assert e_value(Ratio(2.5, 1.6, 3.9), true=2.0).limit == 1.0
    below = e_value(Ratio(1.1, 0.9, 1.3), true=2.0)
    assert below.limit == pytest.approx(e_value(Ratio(2.0 / 1.3)).value, rel=EXACT)


def test_odds_of_a_rare_outcome_are_risks_and_of_a_common_one_their_root() -> None:
    assert odds_ratio(4.0, 2.25, 9.0, rare=True) == Ratio(4.0, 2.25, 9.0)
    assert odds_ratio(4.0, 2.25, 9.0, rare=False) == Ratio(2.0, 1.5, 3.0)


def test_hazards_of_one_are_one_and_turn_round() -> None:
    assert hazard_ratio(1.0, rare=False).value == pytest.approx(1.0, rel=EXACT)
    one, other = (hazard_ratio(h, rare=False).value for h in (0.4, 2.5))
    assert one * other == pytest.approx(1.0, rel=EXACT)
    assert hazard_ratio(0.4, rare=True) == Ratio(0.4)


def test_a_difference_in_standard_deviations() -> None:
    found = standardised_difference(-0.42, 0.14)
    assert found.value == pytest.approx(exp(-0.91 * 0.42), rel=EXACT)
    assert found.high == pytest.approx(exp(-0.91 * 0.42 + 1.78 * 0.14), rel=EXACT)
    given = standardised_difference(0.5, limits=(0.1, 0.9))
    assert (given.low, given.high) == pytest.approx((exp(0.091), exp(0.819)), rel=EXACT)


def test_a_risk_difference_is_the_ratio_at_its_baseline() -> None:
    found = e_value(risk_difference(0.1, 0.2, 0.05, 0.15))
    assert found.value == pytest.approx(1.5 + sqrt(1.5 * 0.5), rel=EXACT)
    assert found.limit == pytest.approx(1.25 + sqrt(1.25 * 0.25), rel=EXACT)
    assert risk_difference(-0.1, 0.2, -0.3, 0.1).low == pytest.approx(0.0, abs=1e-10)


@pytest.mark.parametrize(
    ("ratio", "true"),
    [(Ratio(0.0), 1.0), (Ratio(-1.0), 1.0), (Ratio(float("nan")), 1.0), (Ratio(2.0), 0.0),
     (Ratio(2.0, 2.5, 3.0), 1.0), (Ratio(2.0, 1.0, 1.5), 1.0), (Ratio(float("inf")), 1.0)],
)  # fmt: skip
def test_what_is_no_ratio_is_refused(ratio: Ratio, true: float) -> None:
    with pytest.raises(Refused) as refused:
        e_value(ratio, true)
    assert refused.value.code == "impossible_ratio"


@pytest.mark.parametrize(("difference", "baseline"), [(0.5, 0.6), (-0.3, 0.2), (0.1, 0.0)])
def test_what_is_no_risk_is_refused(difference: float, baseline: float) -> None:
    with pytest.raises(Refused) as refused:
        risk_difference(difference, baseline)
    assert refused.value.code == "impossible_risk"


def test_counts_of_smokers() -> None:
    """Hammond & Horn (1958) in R ``EValue::evalues.RD(397, 78557, 51, 108778)``: 20.95, 15.96."""
    found = e_value_of_counts(Counts(397, 78557, 51, 108778))
    assert found.value == pytest.approx(20.947, abs=1e-3)
    assert found.limit == pytest.approx(15.957, abs=1e-3)
    turned = e_value_of_counts(Counts(51, 108778, 397, 78557))
    assert turned.value == pytest.approx(found.value, rel=EXACT)
    assert turned.limit == pytest.approx(found.limit, rel=EXACT)
    risk = 397 / (397 + 78557) / (51 / (51 + 108778))
    assert found.value == pytest.approx(e_value(risk_ratio(risk)).value, rel=1e-9)


def test_counts_need_less_to_move_to_another_difference() -> None:
    whole, part = (e_value_of_counts(Counts(397, 78557, 51, 108778), true) for true in (0, 0.001))
    assert 1 < part.value < whole.value


def test_counts_without_a_difference_need_nothing() -> None:
    found = e_value_of_counts(Counts(20, 80, 20, 80))
    assert (found.value, found.limit) == (1.0, 1.0)


@pytest.mark.parametrize("counts", [(0, 0, 5, 5), (5, 5, 0, 10), (5, 5, 0, 0)])
def test_counts_of_nobody_are_refused(counts: tuple[int, int, int, int]) -> None:
    with pytest.raises(Refused) as refused:
        e_value_of_counts(Counts(*counts))
    assert refused.value.code == "impossible_risk"


@pytest.mark.parametrize(
    ("ratio", "true", "wanted"),
    [
        (Ratio(10.73, 8.02, 14.36), 1.0, (20.947, 15.523)),
        (Ratio(0.8, 0.71, 0.91), 1.2, (2.366, 1.967)),
        (odds_ratio(1.47, 1.12, 1.93, rare=False), 1.0, (1.720, 1.307)),
    ],
)
def test_another_package(ratio: Ratio, true: float, wanted: tuple[float, float]) -> None:
    """What R ``episensr::confounders.evalue`` gives for these, to three decimals."""
    found = e_value(ratio, true)
    assert (found.value, found.limit) == pytest.approx(wanted, abs=1e-3)


def test_a_difference_beyond_numbers_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        standardised_difference(1e4)
    assert refused.value.code == "impossible_ratio"
    with pytest.raises(Refused):
        hazard_ratio(-1.0, rare=False)
