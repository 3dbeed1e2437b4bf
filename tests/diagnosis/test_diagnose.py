"""A diagnosis: the same whoever draws it, the study's own inference, refusals counted."""

from dataclasses import replace
from time import process_time

import numpy as np
import pytest
from simulated_trials import NUMBER, SHARE, people, question, schools

from evaluate.assumptions.definition import AssumedCovariate, AssumedOutcome, ByGroup, ClusterSize
from evaluate.core import Estimand, Settings
from evaluate.data.array_sample import ArraySample
from evaluate.designs.randomised import DESIGN, Randomised
from evaluate.diagnosis.diagnose import diagnose
from evaluate.diagnosis.draws import Task, draw_block, simulate_all
from evaluate.diagnosis.formula import formula_mde
from evaluate.diagnosis.measures import detectable, power_at
from evaluate.diagnosis.scenarios import points, refusal
from evaluate.diagnosis.tables import CURVE, KIND, tables
from evaluate.errors import Refused

GRADE = {"grade": AssumedCovariate(sd=1, strength=0.3, missing=0.05)}
FEW = NUMBER.model_copy(update={"icc": 0.1})
TRIALS = {
    "people": people(),
    "few people": people(14),
    "schools": schools(sd=5),
    "few schools": schools(12),
    "few schools, covariate": question(
        Randomised(treated="t", cluster="school", strata="block", covariates=("grade",)),
        FEW, units=12, size=ClusterSize(mean=10), strata=2, covariates=GRADE,
    ),
    "taking part, few": question(
        Randomised(treated="t", cluster="school", received="came"),
        FEW, units=14, size=ClusterSize(mean=10), estimand="LATE",
        received=ByGroup(treated=0.7, comparison=0.0),
    ),
    "roll-out": schools(12, period="year", periods=4),
    "weights": replace(people(), spec=Randomised(treated="t", weights="w")),
    "CR1 and both tests": replace(
        schools(12), settings=Settings(std_errors=("CR1", "wild", "randomisation"), draws=199)
    ),
    "HC2 and randomisation": replace(
        people(60), settings=Settings(std_errors=("HC2", "HC1", "randomisation"), draws=199)
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TRIALS)
@pytest.mark.parametrize("seed", range(3))
def test_the_headline_alone_is_the_headline(name, seed):
    asked = TRIALS[name]
    data = DESIGN.simulate(asked.spec, asked.scenario, np.random.default_rng(seed)).data
    y = np.array(data["y"])
    for column in asked.spec.covariates:
        y[np.isnan(data[column])] = np.nan
    sample = ArraySample({**data, "y": y}, "y")
    settings = replace(asked.settings, seed=(seed,))
    whole = DESIGN.estimate(asked.spec, sample, asked.estimand, settings)
    alone = DESIGN.estimate(
        asked.spec, sample, asked.estimand, replace(settings, headline_only=True)
    )
    assert alone.estimates == whole.estimates[:1]
    assert alone.covariance == whole.covariance
    assert len(whole.estimates) + len(whole.checks) > 3


def test_few_schools_are_judged_by_the_larger_of_both_tests():
    asked = TRIALS["few schools"]
    assert asked.settings.draws == 199
    data = DESIGN.simulate(asked.spec, asked.scenario, np.random.default_rng((3, 1, 5))).data
    settings = replace(asked.settings, seed=(3, 1, 5))
    row = DESIGN.estimate(asked.spec, ArraySample(data, "y"), asked.estimand, settings).estimates[0]
    assert "randomisation" in row.interval_method
    (drawn,), codes = draw_block(asked, (3, 1), range(5, 6))
    assert drawn.tolist() == [row.estimate, row.std_error, row.conf_low, row.conf_high]
    assert codes == ()


def same(one, other):
    return one.scenarios == other.scenarios and one.curve == other.curve


def test_neither_workers_nor_other_scenarios_change_a_number():
    asked = schools(12, mean=6)
    alone = diagnose({"main": asked}, (5,), draws=20, workers=1)
    both = diagnose({"main": asked, "more": schools(20, mean=6)}, (5,), draws=20, workers=2)
    assert alone.scenarios["main"] == both.scenarios["main"]
    assert alone.curve == both.curve
    other = diagnose({"main": asked}, (6,), draws=20, workers=1)
    assert not same(alone, other)
    assert alone.randomisation_draws == 199


def test_progress_tells_how_many_are_done():
    seen = []
    tasks = [Task(people(20), (1,), 30), Task(people(24), (2,), 25)]
    drawn = simulate_all(tasks, workers=1, progress=lambda done, total: seen.append((done, total)))
    assert [one.draws for one in drawn] == [30, 25]
    assert seen[-1] == (55, 55)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_a_thousand_studies_of_forty_schools_take_less_than_twenty_seconds_of_two_cores():
    asked = schools(40, mean=50)
    draw_block(asked, (1,), range(5))
    before = process_time()
    draw_block(asked, (1,), range(50))
    assert process_time() - before < 2 * 20 * 50 / 1000


def test_refused_studies_are_counted_and_find_nothing():
    def moody(spec, sample, estimand, settings):
        if settings.seed[-1] % 4 == 0:
            raise Refused("moody", "it does not want to", "ask again")
        return DESIGN.estimate(spec, sample, estimand, settings)

    asked = replace(people(400), design=replace(DESIGN, estimate=moody)).with_truth(40.0)
    found = diagnose({"main": asked}, (1,), draws=100, workers=1)
    row = found.scenarios["main"]
    assert row["refused"] == 0.25
    assert row["power"] == 0.75
    assert found.refused == {"moody": 50}
    assert row["coverage"] > 0.8


def test_a_refusal_to_simulate_is_no_result():
    impossible = people(outcome=AssumedOutcome(baseline=0.9, effect=0.2))
    assert refusal(impossible) is not None
    assert refusal(people()) is None
    with pytest.raises(Refused) as refused:
        diagnose({"main": impossible}, (1,), draws=10, workers=1)
    assert refused.value.code == "impossible_assumptions"


def test_false_alarms_and_coverage_are_the_promised_ones():
    row = diagnose({"main": people(100)}, (8,), draws=400, workers=1).scenarios["main"]
    assert row["false_positive_low"] < 0.05 < row["false_positive_high"]
    assert row["coverage_low"] < 0.95 < row["coverage_high"]
    assert row["bias_low"] < 0 < row["bias_high"]
    assert row["mean_std_error"] == pytest.approx(row["true_std_error"], rel=0.1)
    assert row["mde_low"] < row["mde_formula"] < row["mde_high"]
    assert row["type_m"] > 1


def test_moving_an_estimate_is_drawing_the_study_with_another_effect():
    asked = schools(12, mean=6)  # 924 assignments, so that each test is exact
    asked = replace(asked, settings=Settings(draws=999))
    here, there = simulate_all(
        [Task(asked, (4,), 40), Task(asked.with_truth(3.0), (4,), 40)], workers=1
    )
    assert power_at(here, asked.truth, 3.0) == power_at(there, 3.0, 3.0)
    assert detectable(here, asked.truth)["mde"] == pytest.approx(
        detectable(there, 3.0)["mde"], rel=1e-9
    )


@pytest.mark.slow
def test_the_detectable_share_is_drawn_where_it_lies():
    asked = people(120, SHARE.model_copy(update={"effect": 0.02}))  # far below what is found
    row = diagnose({"main": asked}, (2,), draws=200, workers=1).scenarios["main"]
    assert row["mde_low"] < row["mde_formula"] < row["mde_high"]
    (at,) = simulate_all([Task(asked.with_truth(row["mde"]), (77,), 200)], workers=1)
    assert at.found.mean() == pytest.approx(0.8, abs=3.29 * np.sqrt(0.16 / 200) * np.sqrt(2))


@pytest.mark.slow
def test_the_detectable_effect_of_an_offer_is_drawn_where_it_lies():
    # A larger effect on the three in ten who take part spreads the treated further apart, so
    # that the limits of studies with a small effect, moved, find too much.
    assumed = NUMBER.model_copy(update={"effect": 0.1})
    asked = question(
        Randomised(treated="t", received="came"),
        assumed,
        estimand="ITT",
        units=80,
        size=None,
        received=ByGroup(treated=0.3, comparison=0.0),
    )
    assert not asked.moves
    found = diagnose({"main": asked}, (2,), draws=400, workers=1)
    size = found.scenarios["main"]["mde"]
    (at,) = simulate_all([Task(asked.with_truth(size), (77,), 800)], workers=1)
    errors = np.hypot(np.sqrt(0.16 / 800), np.sqrt(0.16 / 400))
    assert at.found.mean() == pytest.approx(0.8, abs=3.29 * errors)
    (small,) = simulate_all([Task(asked, (78,), 2000)], workers=1)
    assert detectable(small, asked.truth)["mde"] < 0.97 * formula_mde(asked)


def test_no_share_above_one_is_promised():
    asked = people(24, SHARE.model_copy(update={"baseline": 0.9, "effect": 0.05}))
    row = diagnose({"main": asked}, (2,), draws=30, workers=1).scenarios["main"]
    assert "mde" not in row
    assert "mde_formula" not in row


def test_a_share_may_be_lowered():
    asked = people(200, SHARE.model_copy(update={"effect": -0.15}))
    found = diagnose({"main": asked}, (2,), draws=40, workers=1)
    row = found.scenarios["main"]
    assert row["effect"] == -0.15
    assert row["mde_low"] < row["mde_formula"] < row["mde_high"]
    values = [row["value"] for row in found.curve if row["axis"] == "effect"]
    assert min(values) < -0.15
    assert max(values) == 0


def test_curves_rise_where_they_must():
    found = diagnose({"main": schools(40, mean=10, icc=0.2)}, (3,), draws=100, workers=1)
    by = {axis: [row for row in found.curve if row["axis"] == axis] for axis in
          ("clusters", "cluster_size", "icc", "effect")}  # fmt: skip
    for axis, rows in by.items():
        values = [row["value"] for row in rows]
        assert values == sorted(set(values)), axis
        ends = rows[0]["power"], rows[-1]["power"]
        assert (ends[0] > ends[1]) if axis == "icc" else (ends[0] < ends[1])
        assert all(row["power_low"] <= row["power"] <= row["power_high"] for row in rows)
    assert [row["value"] for row in by["clusters"]] == [20, 30, 40, 60, 80]
    assert by["clusters"][2]["power"] == found.scenarios["main"]["power"]
    assert by["icc"][0]["mde"] < by["icc"][-1]["mde"]
    assert found.curve_draws == 100


def test_points_keep_how_sizes_vary():
    sized = [one for one in points(schools(mean=20, sd=5)) if one.axis == "cluster_size"]
    assert [(one.question.scenario.size.mean, one.question.scenario.size.sd) for one in sized] == [
        (10, 2.5),
        (40, 10),
    ]
    assert {one.axis for one in points(people())} == {"people"}


def test_each_alternative_is_a_row_and_every_cell_has_a_column():
    found = diagnose({"main": people(40), "larger": people(160)}, (1,), draws=50, workers=1)
    assert found.scenarios["larger"]["power"] > found.scenarios["main"]["power"]
    both = tables(found, "first", "points", "points")
    assert [one.kind for one in both] == [KIND, CURVE]
    assert [row["scenario"] for row in both[0].rows] == ["main", "larger"]
    for table, rows in zip(both, (found.scenarios.values(), found.curve), strict=True):
        names = {column.name for column in table.columns}
        assert all(set(row) <= names for row in rows)
        assert all(set(one.label) == {"en", "nb", "sv"} for one in table.columns)
        assert table.id == f"first.{table.kind}"


def test_a_column_of_chances_is_drawn_as_the_assumed_share():
    asked = people(120, treated_share=0.5)
    settings = Settings(draws=199, probability="chance")
    by_column = replace(asked, settings=settings, estimand=Estimand("ATE", "y", "unit"))
    (drawn,) = simulate_all([Task(by_column, (1,), 20)], workers=1)
    assert not drawn.refused
    assert np.isfinite(drawn.estimate).all()
