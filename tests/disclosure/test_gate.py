"""The gate: unknown kinds are refused, few people are hidden, public data pass."""

from dataclasses import replace

import pytest

from evaluate.core import Check, Column, Estimate, Table
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


def arms(assigned, observed):
    columns = tuple(Column(name, "text", {"en": name}) for name in ("arm", "n_assigned"))
    row = {"arm": "treated", "n_assigned": assigned, "n_obs": observed, "mean": 0.71428571}
    return Table("main.arms", "arms", columns, (row,))


def shown(table, profile=STRICT):
    return release([], [], [table], profile).tables[0].rows[0]


def test_a_kind_without_a_rule_is_refused():
    with pytest.raises(DisclosureError, match="`residuals`.*no rule") as error:
        release([], [], [replace(arms(50, 50), kind="residuals")], NONE)
    assert error.value.exit_code == 4


@pytest.mark.parametrize("kind", sorted(RULES))
def test_public_data_pass_every_rule_unchanged(kind):
    table = replace(arms(3, 2), kind=kind)
    released = release([ROW], [], [table], NONE)
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
    assert row == {"arm": "treated", "n_assigned": 55, "n_obs": 55, "mean": 0.7143}


@pytest.mark.parametrize(
    ("n_obs", "n_treated", "df", "kept"),
    [(203, 98, 150.0, 1), (203, 9, 150.0, 0), (107, 98, 90.0, 0), (203, 98, 9.9, 0)],
)
def test_an_estimate_needs_people_in_both_groups(n_obs, n_treated, df, kept):
    row = replace(ROW, n_obs=n_obs, n_treated=n_treated, df=df)
    released = release([row], [], [], STRICT)
    assert (len(released.estimates), released.hidden) == (kept, 1 - kept)


def test_under_strict_rules_a_check_keeps_its_result_and_loses_its_figures():
    check = Check("attrition", "failed", "3 of 41 left.")
    (kept,) = release([], [check], [], STRICT).checks
    assert kept.result == "failed"
    assert "3" not in kept.text


def test_restricted_data_are_never_released_without_rules():
    assert profile_for("restricted", None) is STRICT
    assert profile_for("public", None) is NONE
    with pytest.raises(DisclosureError, match="`none` with restricted data"):
        profile_for("restricted", "none")
