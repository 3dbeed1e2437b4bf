"""Pass rates: what is told of few, who counts twice, and when a reference is tested."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evaluate.core import Reference, Table
from evaluate.design import Result
from evaluate.errors import Refused
from evaluate.inference.exact_share import binomial_p, clopper_pearson
from evaluate.method import Inquiry
from evaluate.methods.shares import METHOD, Attempts, Prior, Shares, Standard

PASSED = np.array([1, 1, 0, 1, 0, 1, 1, 1, 0, 1, np.nan])


def run(columns: dict[str, Any], **fields: Any) -> Result:
    cells: dict[str, Any] = {"record": "r", "passed": "passed"}
    cells |= {name: name for name in ("taken", "person") if name in columns}
    if "by" in columns:
        cells["by"] = ("term",)
    spec = Shares(attempts=Attempts(**cells), **fields)
    return METHOD.estimate(spec, Inquiry("a", lambda _: columns))


def against(declared: bool) -> Standard:
    return Standard(value=0.4, title="x", source=Reference(title="x"), declared=declared)


def table(result: Result, name: str) -> Table:
    return next(one for one in result.tables if one.id == name)


def checks(result: Result) -> dict[str, str]:
    return {one.name: one.result for one in result.checks}


def test_one_share_told_in_three_ways() -> None:
    row = table(run({"passed": PASSED}), "rates").rows[0]
    assert (row["n"], row["n_passed"], row["n_missing"]) == (10, 7, 1)
    assert (row["exact_low"], row["exact_high"]) == pytest.approx(clopper_pearson(7, 10))
    assert (row["bound_low"], row["bound_high"]) == pytest.approx((7 / 11, 8 / 11))
    assert row["bayes"] == pytest.approx(7.5 / 11)
    other = run({"passed": PASSED}, prior=Prior(passed=4, failed=6, because="last year"))
    assert table(other, "rates").rows[0]["bayes"] == pytest.approx(11 / 20)


def test_counts_and_rows_agree() -> None:
    counted = run({"passed": np.array([5.0, 2]), "taken": np.array([7.0, 3])})
    one, two = (table(r, "rates").rows[0] for r in (counted, run({"passed": PASSED[:10]})))
    assert {k: v for k, v in one.items() if k != "n_missing"} == {
        k: v for k, v in two.items() if k != "n_missing"
    }


def test_groups_stand_beside_all() -> None:
    term = np.array([["a"] * 5 + ["b"] * 6], dtype=object).T
    rows = {row["key"]: row for row in table(run({"passed": PASSED, "by": term}), "rates").rows}
    assert list(rows) == ["all", "term=a", "term=b"]
    assert (rows["term=a"]["n"], rows["term=b"]["n_missing"]) == (5, 1)
    few = run({"passed": PASSED, "by": term}, least=6)
    assert {row["key"]: row.get("state") for row in table(few, "rates").rows} == {
        "all": None,
        "term=a": "too_few",
        "term=b": "too_few",
    }


def test_a_reference_is_tested_only_where_it_was_declared() -> None:
    told = table(run({"passed": PASSED}, reference=against(True)), "reference").rows[0]
    assert told["p_value"] == pytest.approx(binomial_p(7, 10, 0.4))
    assert told["difference"] == pytest.approx(0.3)
    later = run({"passed": PASSED}, reference=against(False))
    row = table(later, "reference").rows[0]
    assert "p_value" not in row
    assert row["state"] == "not_declared"
    assert checks(later)["reference_declared"] == "failed"
    term = np.array([["a"] * 5 + ["b"] * 6], dtype=object).T
    rows = table(run({"passed": PASSED, "by": term}, reference=against(True)), "reference").rows
    assert [row.get("state") for row in rows] == [None, "only_described", "only_described"]


def test_people_with_several_attempts_widen_the_interval_and_end_the_test() -> None:
    rng = np.random.default_rng(1)
    able = np.repeat(rng.random(30) < 0.6, 4) * 1.0  # the same result four times
    person = np.repeat(np.arange(30.0), 4)
    result = run({"passed": able, "person": person}, reference=against(True))
    row = table(result, "rates").rows[0]
    alone = table(run({"passed": able}), "rates").rows[0]
    assert row["state"] == "repeated_people"
    assert "exact_low" not in row

    def wide(one: Any) -> float:
        return float(one["wilson_high"] - one["wilson_low"])

    # Four equal answers are worth one: twice as wide, and a little more for t.
    assert 1.7 < wide(row) / wide(alone) < 2.3
    assert checks(result)["independent_attempts"] == "failed"
    assert table(result, "reference").rows[0]["state"] == "repeated_people"
    once = run({"passed": PASSED, "person": np.arange(11.0)})
    assert checks(once)["independent_attempts"] == "passed"


def test_checks_fire() -> None:
    assert checks(run({"passed": PASSED}))["results_known"] == "failed"
    assert checks(run({"passed": PASSED[:10]}))["results_known"] == "passed"
    assert checks(run({"passed": PASSED}))["precise_share"] == "failed"
    assert checks(run({"passed": np.tile(PASSED[:10], 20)}))["precise_share"] == "passed"


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"passed": np.array([0.5, 1.0])}, "not_a_share"),
        ({"passed": np.array([2.0])}, "not_a_share"),
        ({"passed": np.array(["yes"], dtype=object)}, "not_a_share"),
        ({"passed": np.array([4.0]), "taken": np.array([3.0])}, "not_a_share"),
        (
            {"passed": np.array([1.0]), "taken": np.array([3.0]), "person": np.array([1.0])},
            "counts_of_people",
        ),
    ],
)
def test_what_is_no_share_is_refused(columns: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as found:
        run(columns)
    assert found.value.code == code


def test_nobody_who_took_part_has_no_share() -> None:
    assert table(run({"passed": np.array([np.nan, np.nan])}), "rates").rows[0]["state"] == "too_few"


def test_equals_r() -> None:
    # binom.test(9, 15)$conf.int; qbeta(c(.025, .975), 9.5, 6.5); 1 - pbeta(.45, 9.5, 6.5)
    passed = {"passed": np.array([1.0] * 9 + [0.0] * 6)}
    given = against(True).model_copy(update={"value": 0.45})
    found = run(passed, reference=given)
    row = table(found, "rates").rows[0]
    limits = (row["exact_low"], row["exact_high"])
    assert limits == pytest.approx((0.322869766206, 0.83663567614), rel=1e-9)
    limits = (row["bayes_low"], row["bayes_high"])
    assert limits == pytest.approx((0.352831165934, 0.812483487599), rel=1e-9)
    above = table(found, "reference").rows[0]["above"]
    assert above == pytest.approx(0.878318103074, rel=1e-9)
