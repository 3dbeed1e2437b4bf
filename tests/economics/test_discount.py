"""Discount factors against worked values, and what holds for every schedule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from example_accounts import small
from hypothesis import given
from hypothesis import strategies as st

from evaluate.economics.definition import Economics, ScheduleName, Timing
from evaluate.economics.discount import Step, annuity, discount_factors
from evaluate.economics.schedules import public_funds, rates, steps
from evaluate.parameters.table import parameters

VECTORS = json.loads((Path(__file__).parent / "discount_vectors.json").read_text("utf-8"))
SCHEDULES = get_args(ScheduleName)
CENT = 0.00500001  # the worked values are rounded to cents
SIXTH = 0.00000050001  # and the factors to six decimals


def schedule(name: str) -> tuple[Step, ...]:
    return steps(rates(Economics.model_validate(small(schedule=name))))


def present_value(name: str, money: dict[int, float], timing: str = "start") -> float:
    factors = discount_factors(schedule(name), list(money), timing=timing)
    return float(np.array(list(money.values())) @ factors)


@pytest.mark.parametrize("name", sorted(VECTORS["factors"]))
def test_factors(name: str) -> None:
    known = VECTORS["factors"][name]
    got = discount_factors(schedule(name), [int(year) for year in known])
    assert got == pytest.approx(list(known.values()), abs=SIXTH)


@pytest.mark.parametrize("name", sorted(VECTORS["annuity_30000_years_1_to_40"]))
def test_annuity(name: str) -> None:
    got = present_value(name, dict.fromkeys(range(1, 41), 30_000.0))
    assert got == pytest.approx(VECTORS["annuity_30000_years_1_to_40"][name], abs=CENT)


@pytest.mark.parametrize("name", sorted(VECTORS["annuity_factors_20_years"]))
def test_annuity_factor(name: str) -> None:
    got = present_value(name, dict.fromkeys(range(1, 21), 1.0))
    assert got == pytest.approx(VECTORS["annuity_factors_20_years"][name], abs=SIXTH)


def test_annuity_at_five_per_cent() -> None:
    factors = discount_factors([Step(None, 0.05)], range(1, 41))
    assert 30_000 * factors.sum() == pytest.approx(514_772.59, abs=CENT)
    assert factors[:20].sum() == pytest.approx(12.46221, abs=SIXTH)


def test_annuity_variants_in_norway() -> None:
    level = dict.fromkeys(range(1, 41), 30_000.0)
    growing = {year: 30_000 * 1.01**year for year in level}
    assert present_value("NO", level, "mid") == pytest.approx(582_282.02, abs=CENT)
    assert present_value("NO", growing) == pytest.approx(696_784.86, abs=CENT)
    assert present_value("NO", {0: 30_000.0, **level}) == pytest.approx(623_783.22, abs=CENT)


def test_middle_of_the_year() -> None:
    got = discount_factors(schedule("NO"), [0, 40], timing="mid")
    assert got == pytest.approx([0.980581, 0.205233], abs=SIXTH)


def test_end_of_the_year_is_the_start_of_the_next() -> None:
    steps_ = schedule("UK")
    years = np.arange(0, 350)
    assert np.array_equal(
        discount_factors(steps_, years, timing="end"), discount_factors(steps_, years + 1)
    )


def test_rates_are_forward_not_spot() -> None:
    forward = float(discount_factors(schedule("NO"), [41])[0])
    assert forward == pytest.approx(1.04**-40 / 1.03, rel=1e-14)
    assert forward < 1.03**-41  # the spot reading would rise from year 40 to year 41
    assert discount_factors(schedule("NO"), [60])[0] == pytest.approx(
        1.04**-40 * 1.03**-20, rel=1e-14
    )


def test_a_lower_rate_from_year_40_on() -> None:
    early = [Step(39, 0.04), Step(75, 0.03), Step(None, 0.02)]
    assert discount_factors(early, [40])[0] == pytest.approx(0.210311, abs=SIXTH)


def test_the_other_reading_of_a_boundary() -> None:
    own = discount_factors(schedule("NO"), np.arange(0, 120))
    lower = discount_factors(schedule("NO"), np.arange(0, 120), boundary="first_year_lower")
    assert [own[40], lower[40]] == pytest.approx([0.208289, 0.210311], abs=SIXTH)
    assert own[:40] == pytest.approx(lower[:40], rel=1e-14)
    assert lower[40:75] / own[40:75] == pytest.approx(1.04 / 1.03, rel=1e-12)
    assert lower[75:] / own[75:] == pytest.approx(1.04 / 1.03 * 1.03 / 1.02, rel=1e-12)
    assert (np.diff(lower) < 0).all()
    # What facts about the two readings say of a forty-year annuity: 0.01 % apart.
    pair = [
        annuity(1.0, 1, 40, schedule("NO"), boundary=how) for how in ("own", "first_year_lower")
    ]
    assert pair[1] / pair[0] - 1 == pytest.approx(0.0001, abs=0.00005)


@pytest.mark.parametrize("name", ["SE", "EU", "WSIPP"])
def test_one_rate_has_no_boundary(name: str) -> None:
    years = np.arange(0, 60)
    assert np.array_equal(
        discount_factors(schedule(name), years),
        discount_factors(schedule(name), years, boundary="first_year_lower"),
    )


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("timing", ["start", "mid", "end"])
def test_an_annuity_is_its_years_added_up(name: str, timing: Timing) -> None:
    rows = rates(Economics.model_validate(small(schedule=name)))

    def rate(year: int) -> float:  # of the year that ends at `year`
        return next(one.value for one in rows if one.to_year is None or year <= one.to_year)

    def carried(year: int) -> float:
        whole = np.prod([1 / (1 + rate(s)) for s in range(1, year + 1)])
        beyond = {"start": 0.0, "mid": 0.5, "end": 1.0}[timing]
        return float(whole) * (1 + rate(year + 1)) ** -beyond

    brute = sum(700 * 1.009**t * carried(t) for t in range(2, 131))
    got = annuity(700, 2, 130, steps(rows), growth=0.009, timing=timing)
    assert got == pytest.approx(brute, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NO", 593_783.22),
        ("SE", 640_652.17),
        ("FI", 640_652.17),
        ("WSIPP", 640_652.17),
        ("UK", 642_935.18),
        ("DK", 641_829.06),
        ("EU", 693_443.16),
        ("EU_other_2014", 693_443.16),
        ("EU_cohesion_2014", 514_772.59),
    ],
)
def test_worked_annuities(name: str, value: float) -> None:
    assert annuity(30_000, 1, 40, schedule(name)) == pytest.approx(value, abs=CENT)


def test_worked_annuities_in_norway() -> None:
    norway = schedule("NO")
    assert annuity(30_000, 1, 40, norway, timing="mid") == pytest.approx(582_282.02, abs=CENT)
    assert annuity(30_000, 1, 40, norway, growth=0.01) == pytest.approx(696_784.86, abs=CENT)
    assert annuity(30_000, 0, 40, norway) == pytest.approx(623_783.22, abs=CENT)
    level = 54_867.52  # worth 2.07 m at 1 % over years 0 to 46
    assert annuity(level, 0, 46, [Step(None, 0.01)]) == pytest.approx(2.07e6, abs=0.5)
    assert annuity(level, 0, 46, norway) == pytest.approx(1_202_757.31, abs=0.2)
    assert annuity(level, 0, 46, norway, growth=0.01) == pytest.approx(1_424_602.62, abs=0.2)
    assert annuity(-30_000, 1, 40, norway) == -annuity(30_000, 1, 40, norway)


@pytest.mark.parametrize("years", [[-1], [0, -0.5], [float("nan")], [float("inf")]])
def test_years_before_the_base_year_are_errors(years: list[float]) -> None:
    with pytest.raises(ValueError, match="counted from the base year"):
        discount_factors(schedule("NO"), years)


@pytest.mark.parametrize(
    "table",
    [
        [],
        [Step(40, 0.04)],
        [Step(None, 0.04), Step(None, 0.03)],
        [Step(40, 0.04), Step(30, 0.03), Step(None, 0.02)],
    ],
)
def test_steps_out_of_order_are_errors(table: list[Step]) -> None:
    with pytest.raises(ValueError, match="in order"):
        discount_factors(table, [1])


@pytest.mark.parametrize(
    ("amount", "first", "last", "growth"),
    [
        (float("nan"), 1, 40, 0.0),
        (float("inf"), 1, 40, 0.0),
        (1.0, 2, 1, 0.0),
        (1.0, -1, 1, 0.0),
        (1.0, 1, 40, float("nan")),
        (1.0, 1, 40, -1.0),
    ],
)
def test_what_is_no_annuity_is_an_error(
    amount: float, first: int, last: int, growth: float
) -> None:
    with pytest.raises(ValueError, match="annuity|base year"):
        annuity(amount, first, last, schedule("NO"), growth=growth)


def test_the_study_file_knows_the_schedules_of_the_table() -> None:
    for table in ("discount_rates", "public_funds"):
        assert {one.schedule for one in parameters(table)} == set(SCHEDULES)


@pytest.mark.parametrize("name", SCHEDULES)
def test_factors_fall_from_one(name: str) -> None:
    factors = discount_factors(schedule(name), np.arange(0, 500))
    assert factors[0] == 1.0
    assert (np.diff(factors) < 0).all()


@given(
    st.lists(st.floats(0.001, 0.2), min_size=1, max_size=5),
    st.lists(st.integers(1, 40), min_size=4, max_size=4),
    st.integers(0, 150),
)
def test_one_year_is_carried_at_its_own_rate(
    own: list[float], lengths: list[int], year: int
) -> None:
    ends = [*np.cumsum(lengths[: len(own) - 1]).tolist(), None]
    table = [Step(end, rate) for end, rate in zip(ends, own, strict=True)]
    now, following = discount_factors(table, [year, year + 1])
    rate = next(step.rate for step in table if step.to is None or year + 1 <= step.to)
    assert now / following == pytest.approx(1 + rate, rel=1e-12)


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_shipped_schedule_says_where_it_comes_from(name: str) -> None:
    spec = Economics.model_validate(small(schedule=name))
    table = rates(spec)
    marginal = public_funds(spec)
    assert marginal is not None
    for one in (*table, marginal):
        assert one.source
        assert one.status in ("verified", "unverified")
        assert one.status == "verified" or one.note
        assert one.url is None or one.url.startswith("https://")
    assert table[0].from_year == 0
    assert [one.from_year for one in table[1:]] == [(one.to_year or 0) + 1 for one in table[:-1]]
    assert table[-1].to_year is None


def test_public_funds() -> None:
    found = {
        name: public_funds(Economics.model_validate(small(schedule=name))) for name in SCHEDULES
    }
    values = {name: one.value for name, one in found.items() if one is not None}
    assert values == {
        "NO": 0.2,
        "SE": 0.3,
        "DK": 0.0,
        "FI": 0.0,
        "UK": 0.0,
        "UK_health": 0.0,
        "UK_review_2026": 0.0,
        "EU": 0.0,
        "EU_cohesion_2014": 0.0,
        "EU_other_2014": 0.0,
        "WSIPP": 0.5,
    }


def test_a_study_may_bring_its_own_cost_of_public_funds() -> None:
    assert public_funds(Economics.model_validate(small())) is None
    own = {"rate": 0.25, "status": "verified", "source": {"title": "A circular"}}
    found = public_funds(Economics.model_validate(small(schedule="NO", public_funds=own)))
    assert found is not None
    assert (found.value, found.source) == (0.25, "A circular")


def test_a_study_may_bring_its_own_schedule() -> None:
    own = {
        "rates": [{"to": 5, "rate": 0.07}, {"rate": 0.03}],
        "status": "verified",
        "source": {"title": {"nb": "Et rundskriv"}, "url": "https://example.org", "date": "1992"},
    }
    table = rates(Economics.model_validate(small(schedule=own)))
    assert [(one.from_year, one.to_year, one.value) for one in table] == [
        (0, 5, 0.07),
        (6, None, 0.03),
    ]
    assert {(one.source, one.date) for one in table} == {("Et rundskriv", "1992")}
