"""Goals: the real self-reports, planted faults, and benefits that nobody owns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from arrays import ask, check_of, rows_of

from evaluate.claims import step_of
from evaluate.inference.wilson import wilson
from evaluate.methods.goals import METHOD, Answers, Attainment, Benefit, GoalsMet

# Goals met of eleven projects as they reported it in 2015 (public pages of the programme).
ELEVEN = ["exceeded"] * 4 + ["partly"] * 7
RUNS = 100


def people(rng: np.random.Generator, n: int = 40) -> dict[str, Any]:
    person = np.repeat(np.arange(n), 3)
    return {
        "person": [f"p{i}" for i in person],
        "level": np.clip(np.round(rng.normal(0, 0.9, 3 * n)), -2, 2),
        "start": -1.0 - rng.integers(0, 2, 3 * n),
        "weight": rng.integers(1, 4, 3 * n).astype(float),
    }


def scaled(**more: Any) -> GoalsMet:
    fields: dict[str, Any] = {
        "record": "goals", "person": "person", "level": "level", "baseline": "start",
        "weight": "weight", "measured_by": "others",
    }  # fmt: skip
    return GoalsMet(attainment=Attainment(**{**fields, **more}))


def answered(**more: Any) -> GoalsMet:
    fields: dict[str, Any] = {
        "record": "reports",
        "questions": ("goals_met",),
        "levels": ("not_met", "partly", "exceeded"),
        "reasons": ("not_measured", "not_answered", "truncated"),
        "measured_by": "staff",
    }
    return GoalsMet(answers={"reports": Answers(**{**fields, **more})})


def share(name: str, result: str, spec: GoalsMet, make: Any) -> float:
    rng = np.random.default_rng(23)
    found = [check_of(ask(METHOD, spec, make(rng)), name).result for _ in range(RUNS)]
    return sum(one == result for one in found) / RUNS


def test_eleven_self_reports() -> None:
    result = ask(METHOD, answered(), {"goals_met": np.array(ELEVEN, dtype=object)})
    rows = rows_of(result, "distribution")
    counts = {key: row["n"] for key, row in rows.items() if not row["missing"]}
    assert counts == {"goals_met.not_met": 0, "goals_met.partly": 7, "goals_met.exceeded": 4}
    best = rows["goals_met.exceeded"]
    assert (best["share_low"], best["share_high"]) == wilson(4, 11)
    # Eleven of eleven said that goals were met at least in part: a scale on which nobody fails.
    assert check_of(result, "goals_spread").result == "failed"
    assert step_of(METHOD.rung, METHOD.needs, result.checks)[0] == 2


def test_an_empty_cell_is_not_an_answer() -> None:
    cells = np.array(["partly", "not_measured", None, "not_answered"], dtype=object)
    rows = rows_of(ask(METHOD, answered(), {"goals_met": cells}), "distribution")
    missing = {key: row["n"] for key, row in rows.items() if row["missing"]}
    assert missing == {
        "goals_met.not_measured": 1,
        "goals_met.not_answered": 1,
        "goals_met.truncated": 0,
        "goals_met.no_entry": 1,
    }
    declared = answered(empty="truncated")
    rows = rows_of(ask(METHOD, declared, {"goals_met": cells}), "distribution")
    assert rows["goals_met.truncated"]["n"] == 1
    assert "goals_met.no_entry" not in rows


def test_scores_and_what_they_rest_on() -> None:
    record = people(np.random.default_rng(1))
    record["level"][:5] = np.nan
    result = ask(METHOD, scaled(), record)
    rows = rows_of(result, "scores")
    assert rows["score"]["n_unmeasured"] == 5
    assert rows["score"]["score_low"] < rows["score"]["score"] < rows["score"]["score_high"]
    tried = rows_of(result, "sensitivity")
    assert tried["rho0.3"]["score"] == rows["score"]["score"]
    assert tried["rho0.3"]["change_low"] == rows["change"]["score_low"]
    assert tried["equal_weights"]["score"] != rows["score"]["score"]
    lowest, highest = (tried[f"unmeasured_{one}"]["score"] for one in ("lowest", "highest"))
    assert lowest < rows["score"]["score"] < highest
    away = [tried[f"rho{rho:g}"]["change"] for rho in (0, 0.3, 1)]
    assert away == sorted(away, reverse=True)  # the more goals go together, the less they add up
    levels = rows_of(result, "levels")
    assert sum(row["n"] for row in levels.values()) == 120
    assert step_of(METHOD.rung, METHOD.needs, result.checks)[0] == 3


def test_missing_goals_fire() -> None:
    def half(rng: np.random.Generator) -> dict[str, Any]:
        record = people(rng)
        gone = rng.random(120) < 0.4
        return record | {"level": np.where(gone, np.nan, record["level"])}

    assert share("goals_measured", "failed", scaled(), half) >= 0.8
    assert share("goals_measured", "failed", scaled(), people) <= 0.07


def test_kind_scores_fire() -> None:
    def kind(rng: np.random.Generator) -> dict[str, Any]:
        record = people(rng)
        return record | {"level": np.clip(record["level"] + 2, -2, 2)}

    assert share("goals_spread", "failed", scaled(), kind) >= 0.8
    assert share("goals_spread", "failed", scaled(), people) <= 0.07


def test_a_goal_that_was_met_from_the_start_fires() -> None:
    record = people(np.random.default_rng(2))
    assert check_of(ask(METHOD, scaled(), record), "goals_baseline").result == "passed"
    record["start"][3] = 0.0
    assert check_of(ask(METHOD, scaled(), record), "goals_baseline").result == "failed"
    without = ask(METHOD, scaled(baseline=None), record)
    assert check_of(without, "goals_baseline").result == "not_run"
    assert step_of(METHOD.rung, METHOD.needs, without.checks)[0] == 2


def test_a_stake_in_the_goals_holds_the_claim_down() -> None:
    record = people(np.random.default_rng(2))
    for by in ("participants", "staff"):
        result = ask(METHOD, scaled(measured_by=by), record)
        assert check_of(result, "goals_independent").result == "failed"
        assert step_of(METHOD.rung, METHOD.needs, result.checks)[0] == 2


def test_benefits_say_what_they_lack() -> None:
    whole = {
        "indicator": "Share", "owner": "Office", "baseline": 40.0, "target": 30.0, "measured": 36.0
    }  # fmt: skip
    lacks = {
        "indicator": "no_indicator",
        "owner": "no_owner",
        "baseline": "no_baseline",
        "target": "no_target",
        "measured": "not_measured",
    }
    benefits = {
        part: Benefit(title=part, **{k: v for k, v in whole.items() if k != part}) for part in lacks
    }
    spec = GoalsMet(benefits={"whole": Benefit(title="Whole", **whole), **benefits})
    result = ask(METHOD, spec)
    rows = rows_of(result, "benefits")
    assert {key: row["state"] for key, row in rows.items() if "state" in row} == lacks
    assert rows["whole"]["reached"] == pytest.approx(0.4)
    assert check_of(result, "benefits_owned").result == "failed"
    assert step_of(METHOD.rung, METHOD.needs, result.checks)[0] == 0
    alone = ask(METHOD, GoalsMet(benefits={"whole": Benefit(title="Whole", **whole)}))
    assert check_of(alone, "benefits_owned").result == "passed"
    bare = rows_of(ask(METHOD, GoalsMet(benefits={"a": Benefit(title="Bare")})), "benefits")["a"]
    assert bare["state"] == "; ".join(lacks.values())
    still = Benefit(title="Still", **{**whole, "target": 40.0})
    assert "reached" not in rows_of(ask(METHOD, GoalsMet(benefits={"a": still})), "benefits")["a"]


def test_one_person_alone_has_a_state() -> None:
    record = {key: one[:3] for key, one in people(np.random.default_rng(2)).items()}
    row = rows_of(ask(METHOD, scaled(), record), "scores")["score"]
    assert row["state"] == "too_few_units"
    assert "score" not in row


def test_fields_that_contradict_each_other() -> None:
    with pytest.raises(ValueError, match="give"):
        GoalsMet()
    with pytest.raises(ValueError, match="twice"):
        answered(reasons=("partly",))
    with pytest.raises(ValueError, match="one of"):
        answered(empty="lost")
    both = answered().answers["reports"]
    with pytest.raises(ValueError, match="twice"):
        GoalsMet(answers={"a": both, "b": both})
