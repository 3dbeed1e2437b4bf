"""The method on implementation: what its tables say, and checks that fail when they should."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from evaluate.core import Check, Estimate
from evaluate.design import Result
from evaluate.errors import Refused
from evaluate.method import Inquiry
from evaluate.methods.implementation import (
    METHOD,
    Components,
    Effect,
    Implementation,
    Minimum,
    Sites,
)

Rows = dict[str, Any]
PLANNED = {"talk": "Talk", "visit": "Visit"}
SITES: Rows = {
    "site": np.array(["a", "b", "c", "d"], dtype=object),
    "target": np.array([100.0, 100, 100, 100]),
    "reached": np.array([90.0, 92, 88, 94]),
    "contacts": np.array([900.0, 460, 704, 1034]),
    "outcome": np.array([10.0, 7, 8, 12]),
    "effect": np.array([0.1, 3.0, 0.5, -0.2]),
    "std_error": np.array([0.3, 1.0, 3.0, 0.2]),
}
# Site, component, score, adaptation.
SEEN = [(site, one, 1.0, None) for site in "abcd" for one in PLANNED for _ in range(3)]


def run(
    sites: Rows | None = None,
    seen: list[tuple[Any, ...]] | None = None,
    results: dict[str, Result] | None = None,
    **more: Any,
) -> Result:
    given = SITES if sites is None else SITES | sites
    rows = SEEN if seen is None else seen
    observed = {
        name: np.array([one[i] for one in rows], dtype=float if name == "score" else object)
        for i, name in enumerate(("site", "component", "score", "adaptation"))
    }

    def read(block: Any) -> Rows:
        return given if isinstance(block, Sites) else observed

    fields: Rows = {
        "sites": Sites(record="s", **{k: k for k in SITES}),
        "components": Components(
            record="c", site="site", component="component", score="score", adaptation="adaptation"
        ),
        "planned": PLANNED,
        "minimum": Minimum(reach=0.6, fidelity=0.7),
        "effect": Effect(compared=True, smallest_worthwhile=1.0),
    }
    inquiry = Inquiry("i", read, draws=199, results=results or {})
    return METHOD.estimate(Implementation(**{**fields, **more}), inquiry)


def row(result: Result, id_: str, key: str) -> Rows:
    table = next(one for one in result.tables if one.id == id_)
    return dict(next(one for one in table.rows if one[table.columns[0].name] == key))


def check(result: Result, name: str) -> Check:
    return next(one for one in result.checks if one.name == name)


def estimated(**more: Any) -> dict[str, Result]:
    fields: Rows = {
        "estimate": 0.2,
        "std_error": 0.2,
        "conf_low": -0.2,
        "conf_high": 0.6,
        "n_obs": 400,
        "n_treated": 200,
        "method": "m",
        "std_error_method": "s",
        "unit": "points",
        "estimand": "ATT",
    }
    return {"main": Result((Estimate(**{**fields, **more}),))}


def test_dose_reach_and_fidelity_by_hand() -> None:
    found = row(run(), "sites", "b")
    assert (found["n_target"], found["reach"], found["contacts"]) == (100, 0.92, 5.0)
    assert (found["fidelity"], found["never"], found["observed"]) == (1.0, 0, 6)
    # prop.test(92, 100, correct = FALSE)
    assert found["reach_low"] == pytest.approx(0.850018, abs=1e-6)
    assert found["delivery"] == "delivered"


def test_delivered_and_each_reading() -> None:
    result = run()
    assert check(result, "implementation_delivered").result == "passed"
    said = {one: row(result, "reading", one)["reading"] for one in "abcd"}
    assert said == {
        "a": "did_not_work",
        "b": "delivered_and_shown",
        "c": "cannot_be_told",
        "d": "did_not_work",
    }


def test_planted_want_of_delivery_is_never_called_not_working() -> None:
    result = run({"reached": np.array([20.0, 30, 25, 22])})
    assert check(result, "implementation_delivered").result == "failed"
    said = {one: row(result, "reading", one)["reading"] for one in "abcd"}
    assert said["a"] == said["c"] == said["d"] == "not_tried"
    assert said["b"] == "shown_not_delivered"


def test_a_wide_interval_leaves_it_open() -> None:
    few = {"target": np.full(4, 10.0), "reached": np.array([7.0, 6, 8, 7])}
    result = run(few)
    assert row(result, "sites", "a")["delivery"] == "uncertain"
    assert row(result, "reading", "a")["reading"] == "ruled_out_delivery_uncertain"


def test_a_planned_component_that_nobody_saw() -> None:
    assert check(run(), "implementation_observed").result == "passed"
    unseen = [one for one in SEEN if one[:2] != ("c", "visit")]
    result = run(seen=unseen)
    assert check(result, "implementation_observed").result == "failed"
    found = row(result, "sites", "c")
    assert found["state"] == "component_not_observed"
    assert "fidelity" not in found
    assert found["delivery"] == "uncertain"


class TestDose:
    def test_chosen_unless_declared(self) -> None:
        assert check(run(), "dose_assigned").result == "failed"
        assert check(run(doses_were="unknown"), "dose_assigned").result == "uninformative"
        assert check(run(doses_were="randomised"), "dose_assigned").result == "passed"

    def test_line_over_sites(self) -> None:
        found = row(run(), "dose", "contacts")
        dose = SITES["contacts"] / SITES["reached"]
        slope, _ = np.polyfit(dose, SITES["outcome"], 1)
        assert found["slope"] == pytest.approx(slope)
        assert found["sites"] == 4

    def test_few_sites_have_no_line(self) -> None:
        outcome = np.array([1.0, 2, 3, np.nan])
        assert row(run({"outcome": outcome}), "dose", "contacts")["state"] == "too_few_sites"


class TestNamedAnalysis:
    asked = Effect(analysis="main", smallest_worthwhile=1.0)

    def test_its_headline_is_read_beside_all_sites(self) -> None:
        result = run(results=estimated(), effect=self.asked)
        found = row(result, "reading", "all")
        assert (found["word"], found["reading"]) == ("ruled_out", "did_not_work")
        assert check(result, "effect_compared").result == "passed"
        # Columns that compare nobody are not read.
        assert row(result, "reading", "a")["reading"] == "not_estimated"

    def test_a_wanted_decrease_turns_it(self) -> None:
        asked = Effect(analysis="main", smallest_worthwhile=1.0, direction="decrease")
        shown = estimated(estimate=-3.0, conf_low=-3.4, conf_high=-2.6)
        found = row(run(results=shown, effect=asked), "reading", "all")
        assert (found["effect"], found["conf_low"]) == (3.0, 2.6)
        assert found["word"] == "benefit"

    def test_a_change_without_comparison_says_nothing_of_working(self) -> None:
        result = run(results=estimated(estimand="descriptive"), effect=self.asked)
        assert check(result, "effect_compared").result == "failed"
        assert row(result, "reading", "all")["reading"] == "not_estimated"

    def test_an_analysis_that_is_not_there(self) -> None:
        with pytest.raises(Refused) as caught:
            run(effect=self.asked)
        assert caught.value.code == "no_such_analysis"


def test_adaptations_are_counted() -> None:
    seen = [*SEEN, ("a", "talk", 1.0, "shorter"), ("b", "talk", 0.5, "shorter")]
    found = row(run(seen=seen), "adaptations", "talk|shorter")
    assert (found["observations"], found["sites"]) == (2, 2)


@pytest.mark.parametrize(
    ("sites", "code"),
    [
        ({"reached": np.array([101.0, 1, 1, 1])}, "reached_above_target"),
        ({"target": np.zeros(4)}, "no_target"),
        ({"site": np.array(["a", "a", "b", "c"], dtype=object)}, "site_twice"),
        ({"std_error": np.zeros(4)}, "no_std_error"),
    ],
)
def test_bad_sites_are_refused(sites: Rows, code: str) -> None:
    with pytest.raises(Refused) as caught:
        run(sites)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        (("x", "talk", 1.0, None), "unknown_site"),
        (("a", "song", 1.0, None), "unknown_component"),
        (("a", "talk", 1.5, None), "off_scale"),
    ],
)
def test_bad_observations_are_refused(extra: tuple[Any, ...], code: str) -> None:
    with pytest.raises(Refused) as caught:
        run(seen=[*SEEN, extra])
    assert caught.value.code == code


@pytest.mark.parametrize("more", [{"minimum": Minimum()}, {"planned": {}}, {"components": None}])
def test_fields_that_do_not_belong_together(more: Rows) -> None:
    with pytest.raises(ValidationError):
        run(**more)
