"""The gate: unknown kinds are refused, few people are hidden, public data pass."""

from dataclasses import replace

import pytest

from evaluate.core import Check, Column, Estimate, Refusal, Table
from evaluate.disclosure.gate import PROFILES, profile_for, release
from evaluate.disclosure.rules import RULES
from evaluate.errors import DisclosureError

STRICT, NONE = PROFILES["nordic_strict"], PROFILES["none"]
ROW = Estimate(
    estimate=0.123456789,
    std_error=0.05,
    conf_low=0.02,
    conf_high=0.22,
    n_obs=203,
    n_treated=98,
    method="m",
    std_error_method="HC2",
    unit="share",
    estimand="ATE",
    df=150.0,
)


def arms(assigned, observed, mean=71.428571):
    columns = tuple(Column(name, "text", {"en": name}) for name in ("arm", "n_assigned"))
    row = {"arm": "treated", "n_assigned": assigned, "n_obs": observed, "mean": mean}
    return Table("main.arms", "arms", columns, (row,))


def shown(table, profile=STRICT):
    return release([], [], [table], [], profile).tables[0].rows[0]


def test_a_kind_without_a_rule_is_refused():
    with pytest.raises(DisclosureError, match="`residuals`.*no rule") as error:
        release([], [], [replace(arms(50, 50), kind="residuals")], [], NONE)
    assert error.value.exit_code == 4


@pytest.mark.parametrize("kind", sorted(RULES))
def test_public_data_pass_every_rule_unchanged(kind):
    table = replace(arms(3, 2), kind=kind)
    released = release([ROW], [], [table], [], NONE)
    assert released.tables == (table,)
    assert released.estimates == (ROW,)
    assert released.hidden == 0


@pytest.mark.parametrize(
    ("assigned", "observed", "hidden"),
    [
        (10, 10, False),
        (9, 9, True),
        (50, 41, True),
        (50, 40, False),
        (50, 50, False),
        (50, 9, True),
    ],
)
def test_few_people_are_hidden_also_in_the_difference(assigned, observed, hidden):
    row = shown(arms(assigned, observed))
    assert (row["mean"] is None) is hidden
    assert row["arm"] == "treated"


def test_counts_are_rounded_and_numbers_lose_their_tail():
    row = shown(arms(53, 53))
    assert row == {"arm": "treated", "n_assigned": 55, "n_obs": 55, "mean": 71.43}


@pytest.mark.parametrize(
    ("mean", "hidden"), [(9 / 200, True), (10 / 200, False), (190 / 200, False), (191 / 200, True)]
)
def test_a_share_needs_people_on_both_sides(mean, hidden):
    assert (shown(arms(200, 200, mean))["mean"] is None) is hidden


def test_one_hidden_group_hides_what_would_give_it_back():
    rows = (
        {"arm": "treated", "n_assigned": 200, "n_obs": 196},
        {"arm": "comparison", "n_assigned": 200, "n_obs": 180},
        {"arm": "overall", "n_assigned": 400, "n_obs": 376},
        {"arm": "differential", "attrition": 0.08},
    )
    table = replace(arms(50, 50), kind="attrition", rows=rows)
    released = release([], [], [table], [], STRICT)
    numbers = [v for row in released.tables[0].rows for k, v in row.items() if k != "arm"]
    assert set(numbers) == {None}
    assert released.hidden == 7


def test_balance_hides_rare_characteristics():
    row = {"covariate": "x", "mean_treated": 3 / 200, "n_treated": 200, "difference": 0.2}
    table = replace(arms(50, 50), kind="balance", rows=(row,))
    assert shown(table) == {**dict.fromkeys(row), "covariate": "x"}


def test_degrees_of_freedom_do_not_give_n_back():
    row = replace(ROW, n_obs=376, n_treated=196, df=374.0)
    (kept,) = release([row], [], [], [], STRICT).estimates
    assert (kept.n_obs, kept.n_treated, kept.df) == (375, 195, 370.0)


def test_a_refusal_keeps_its_code_and_loses_its_figures():
    one = Refusal("main", "too_few_rows", "7 rows cannot carry it", "collect more")
    (kept,) = release([], [], [], [one], STRICT).refusals
    assert (kept.code, kept.fix) == (one.code, one.fix)
    assert "7" not in kept.why
    assert release([], [], [], [one], NONE).refusals == (one,)


@pytest.mark.parametrize(
    ("n_obs", "n_treated", "df", "kept"),
    [(203, 98, 150.0, 1), (203, 9, 150.0, 0), (107, 98, 90.0, 0), (203, 98, 9.9, 0)],
)
def test_an_estimate_needs_people_in_both_groups(n_obs, n_treated, df, kept):
    row = replace(ROW, n_obs=n_obs, n_treated=n_treated, df=df)
    released = release([row], [], [], [], STRICT)
    assert (len(released.estimates), released.hidden) == (kept, 1 - kept)


def test_under_strict_rules_a_check_keeps_its_result_and_loses_its_figures():
    check = Check("attrition", "failed", "3 of 41 left.")
    (kept,) = release([], [check], [], [], STRICT).checks
    assert kept.result == "failed"
    assert "3" not in kept.text


def test_restricted_data_are_never_released_without_rules():
    assert profile_for("restricted", None) is STRICT
    assert profile_for("public", None) is NONE
    with pytest.raises(DisclosureError, match="`none` with restricted data"):
        profile_for("restricted", "none")
