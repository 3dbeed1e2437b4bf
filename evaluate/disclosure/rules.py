"""One rule for each kind of table: what is hidden, what is rounded.

Numbers follow the default profile in ``design.md`` (k = 10): counts below ``smallest`` are
hidden and the others rounded to ``base``; other numbers keep ``significant`` digits. The data
owner decides in the end; these are pre-checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from evaluate.core import Estimate, Table
from evaluate.disclosure.comparison_rules import COMPARISON_RULES
from evaluate.disclosure.method_rules import METHOD_RULES
from evaluate.disclosure.rule import (
    Profile,
    Rule,
    nearest,
    people,
    public,
    shortened,
    stated,
)
from evaluate.disclosure.specification_rules import SPECIFICATION_RULES

__all__ = ["RULES", "Profile", "Rule", "hidden_cells", "strict_number"]

_DF_DIGITS = 2  # degrees of freedom count people: with all digits they give n back


def _clusters(table: Table, profile: Profile) -> Table:
    """Return the clusters without their extremes, which are single schools."""
    if profile.smallest == 0:
        return table
    hidden = ("smallest", "largest", "largest_share")
    rows = tuple({k: None if k in hidden else v for k, v in row.items()} for row in table.rows)
    return replace(table, rows=rows)


RULES: Mapping[str, Rule] = {
    "arms": people({"n_assigned": None, "n_obs": "mean"}),
    "attrition": people({"n_assigned": None, "n_obs": None}),
    "balance": people({"n_treated": "mean_treated", "n_comparison": "mean_comparison"}),
    "subgroups": stated(people({"n_obs": None, "n_treated": None})),
    "clusters": _clusters,
    "inference": stated(public),
    "leave_one_out": public,
    "icc": public,
    "weights": public,
    "families": public,
    "size_and_power": public,
    "few_treated": public,
    "band_coverage": public,
    "speed": public,
    "growth": public,
    "joins": people({"n_left": None, "n_matched": None}),
    "flow": people({"n": None, "lost": None}),
    "precision": public,
    "diagnosis": public,
    "power_curve": public,
    "ratings": stated(public),
    "effect_sizes": public,
    "frequencies": public,
    "deviations": public,
    "checklist": public,
    "gate_list": public,
    "event_study": people({"n_treated": None, "n_comparison": None}),
    "paths": people({"n_treated": "treated", "n_comparison": "comparison"}),
    "group_time": people({"n_treated": None, "n_comparison": None}),
    "rollout": people({"n_units": None}),
    "composition": people({"n_units": None}),
    "bacon": public,
    "honest": stated(public),
    "pretrends": stated(public),
    "placebos": stated(public),
    "leave_one_cohort_out": public,
    "concurrent": stated(public),
    "dilution": stated(public),
    "published": stated(public),
    "accounts": public,
    "cash_flow": public,
    "distribution": public,
    "break_even": public,
    "inputs": public,
    "flows": public,
    "costs": public,
    "cost_summary": public,
    "measures": public,
    "tornado": public,
    "scenarios": public,
    "information": public,
    "acceptability": public,
    "plane": public,
    "effectiveness": public,
    "incentives": public,
    "side_payments": public,
    "wrong_pocket": public,
    "organiser": public,
    "organiser_months": public,
    "cofinancing": public,
    "fund": public,
    "fund_result": public,
    "organiser_inputs": public,
    "cofinancing_inputs": public,
    "fund_inputs": public,
    "schedule": public,
    **COMPARISON_RULES,
    **METHOD_RULES,
    **SPECIFICATION_RULES,
}


def strict_number(row: Estimate, profile: Profile) -> Estimate | None:
    """Return an estimate as it may be shown, or nothing when too few people are behind it."""
    if profile.smallest == 0:
        return row
    if min(row.n_treated, row.n_obs - row.n_treated) < profile.smallest:
        return None
    if row.df is not None and row.df < profile.smallest:
        return None
    return replace(
        row,
        estimate=shortened(row.estimate, profile.significant),
        std_error=shortened(row.std_error, profile.significant),
        conf_low=shortened(row.conf_low, profile.significant),
        conf_high=shortened(row.conf_high, profile.significant),
        p_value=None if row.p_value is None else shortened(row.p_value, profile.significant),
        p_adjusted=None
        if row.p_adjusted is None
        else shortened(row.p_adjusted, profile.significant),
        band_low=None if row.band_low is None else shortened(row.band_low, profile.significant),
        band_high=None if row.band_high is None else shortened(row.band_high, profile.significant),
        df=None if row.df is None else shortened(row.df, _DF_DIGITS),
        n_obs=nearest(row.n_obs, profile),
        n_treated=nearest(row.n_treated, profile),
    )


def hidden_cells(before: Table, after: Table) -> int:
    """Return how many cells a rule has hidden."""
    kept = (*after.rows, *({} for _ in before.rows[len(after.rows) :]))  # rows that are gone
    return sum(
        old.get(key) is not None and new.get(key) is None
        for old, new in zip(before.rows, kept, strict=True)
        for key in old
    )
