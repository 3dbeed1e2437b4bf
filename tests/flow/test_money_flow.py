"""Money in a whole run: several effects drawn together, costs alone, effects that are assumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_outcomes_together import schools, study_of

from evaluate.core import Finding
from evaluate.flow import run

ACCOUNT = """\
economics:
  effects:
    points: {analysis: of_points}
    grade: {analysis: of_grade}
  currency: EUR
  price_year: 2024
  base_year: 2024
  schedule: {rates: [{rate: 0}], status: illustrative, note: None is discounted.}
  observed: {from: 0, to: 0}
  payers: {pupil: {title: Pupils}}
  costs:
    - {item: lessons, amount: 0, payer: pupil, years: {from: 0, to: 0}, status: illustrative, note: Free.}
  benefits:
    - {item: points, effect: points, amount: 1, payer: pupil, years: {from: 0, to: 0}, status: illustrative, note: One.}
    - {item: grade, effect: grade, amount: 1, payer: pupil, years: {from: 0, to: 0}, status: illustrative, note: One.}
"""
DECLARED = """\
  correlations:
    - {between: [points, grade], value: VALUE, status: illustrative, note: A guess.}
"""


def with_account(folder: Path, rows: dict[str, Any], *, wild: bool, more: str = "") -> Path:
    path = study_of(folder, rows, wild=wild, draws=9999) / "study.yaml"
    path.write_text(path.read_text() + ACCOUNT + more)
    return folder


def society(finding: Finding) -> dict[str, Any]:
    (table,) = [one for one in finding.tables if one.id == "economics.accounts"]
    return dict(table.rows[-1])


def half(row: dict[str, Any]) -> float:
    return (row["net_high"] - row["net_low"]) / 2


def effect(finding: Finding, name: str) -> Any:
    return next(one for one in finding.estimates if one.analysis == name and one.term == "overall")


def test_effects_of_one_bootstrap_are_drawn_together(study: Path) -> None:
    """The range of a sum of outcomes is that of the effect on their sum."""
    rows = schools(40)
    valued = society(run(with_account(study, rows, wild=True)))
    both = {**rows, "points": (rows["points"] + rows["grade"]).round(4)}
    whole = effect(run(study_of(study, both)), "of_points")
    assert valued["net"] == pytest.approx(whole.estimate, rel=1e-8)
    # The correlation is the bootstrap's, under no effect: it is off by Monte Carlo error and by
    # what the null adds to the residuals.
    width = (whole.conf_high - whole.conf_low) / 2
    assert half(valued) == pytest.approx(width, rel=0.05)
    alone = [effect(run(study_of(study, rows)), name) for name in ("of_points", "of_grade")]
    apart = np.hypot(*[(one.conf_high - one.conf_low) / 2 for one in alone])
    assert half(valued) > 1.2 * apart


def test_without_joint_draws_nothing_is_added_up(study: Path) -> None:
    finding = run(with_account(study, schools(40), wild=False))
    (refusal,) = [one for one in finding.refusals if one.analysis == "economics"]
    assert refusal.code == "effects_not_joint"
    assert not [one for one in finding.tables if one.id.startswith("economics.")]


@pytest.mark.parametrize(("value", "factor"), [(-1, 0.0), (0, 2**0.5), (1, 2.0)])
def test_a_declared_correlation_stands_in(study: Path, value: float, factor: float) -> None:
    rows = schools(40)
    rows["grade"] = rows["points"]  # two effects of one size
    more = DECLARED.replace("VALUE", str(value))
    finding = run(with_account(study, rows, wild=False, more=more))
    one = effect(finding, "of_points")
    alone = (one.conf_high - one.conf_low) / 2
    # A sum of two t distributions is not quite t: half a per cent at 38 degrees of freedom.
    assert half(society(finding)) == pytest.approx(factor * alone, rel=0.01, abs=0.02 * alone)


COSTS = """\
economics:
  currency: EUR
  price_year: 2024
  base_year: 2024
  schedule: EU
  participants: {treated: 50}
  payers: {county: {title: The county, public: true}}
  costs:
    - {item: lessons, amount: 1000, per: programme, payer: county, years: {from: 0, to: 0}, status: illustrative, note: All.}
"""


def planned(folder: Path, block: str) -> Finding:
    path = folder / "study.yaml"
    text = path.read_text().replace("status: running", "status: planned")
    assert "status: planned" in text
    path.write_text(text + block)
    return run(folder)


def test_costs_alone_stand_in_a_planned_study(study: Path) -> None:
    finding = planned(study, COSTS)
    assert finding.outcome == "planned"
    kinds = {one.kind for one in finding.tables}
    assert {"accounts", "costs", "cost_summary", "inputs"} <= kinds
    assert kinds.isdisjoint({"break_even", "distribution", "plane", "acceptability", "information"})
    row = society(finding)
    assert row["net"] == -20
    assert "prob_positive" not in row


def test_an_assumed_effect_is_a_what_if(study: Path) -> None:
    assumed = """\
  effects:
    kept: {assumed: {value: 0.1, unit: share, status: illustrative, note: What if.}}
  observed: {from: 0, to: 0}
  benefits:
    - {item: seat, amount: 500, of: share, payer: county, years: {from: 0, to: 0}, status: illustrative, note: One.}
"""
    finding = planned(study, COSTS + assumed)
    row = society(finding)
    assert row["net"] == 30
    assert "prob_positive" not in row
    assert "net_low" not in row
    (table,) = [one for one in finding.tables if one.kind == "break_even"]
    assert table.rows[0]["effect"] == pytest.approx(0.04)
    assert all("prob_reached" not in one for one in table.rows)


def test_a_plan_that_values_an_analysis_has_no_money_yet(study: Path) -> None:
    analysis = COSTS + "  analysis: main\n  observed: {from: 0, to: 0}\n"
    assert not [one for one in planned(study, analysis).tables if one.id.startswith("economics")]


def test_a_withheld_effect_is_not_valued(study: Path) -> None:
    path = study / "study.yaml"
    text = path.read_text().replace("kind: public", "kind: restricted")
    path.write_text(text + COSTS + "  analysis: main\n  observed: {from: 0, to: 0}\n")
    lines = (study / "people.csv").read_text().splitlines(keepends=True)
    few = [line for line in lines if line.startswith("1,")][:8]
    kept = [line for line in lines if not line.startswith("1,")]
    (study / "people.csv").write_text("".join([*kept, *few]))
    finding = run(study)
    (refusal,) = [one for one in finding.refusals if one.analysis == "economics"]
    assert refusal.code == "effect_withheld"
    assert not [one for one in finding.tables if one.id.startswith("economics.")]
