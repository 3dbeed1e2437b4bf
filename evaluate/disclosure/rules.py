"""One rule for each kind of table: what is hidden, what is rounded.

Numbers follow the default profile in ``design.md`` (k = 10): counts below ``smallest`` are
hidden and the others rounded to ``base``; other numbers keep ``significant`` digits. The data
owner decides in the end; these are pre-checks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from evaluate.core import Cell, Estimate, Table


@dataclass(frozen=True, slots=True)
class Profile:
    """How strict the gate is.

    Attributes
    ----------
    name : str
        Its name under ``disclosure: profile:``.
    smallest : int
        Smallest count that is shown, in persons; 0 shows all.
    significant : int
        Digits that other numbers keep.
    base : int
        Counts are rounded to its multiples.
    """

    name: str
    smallest: int
    significant: int
    base: int


Row = Mapping[str, Cell]
Rule = Callable[[Table, Profile], Table]


_DF_DIGITS = 2  # degrees of freedom count people: with all digits they give n back


def _shortened(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")


def _digits(value: Cell, profile: Profile) -> Cell:
    return _shortened(value, profile.significant) if isinstance(value, float) else value


def _nearest(count: int, profile: Profile) -> int:
    """Return a count rounded half up to the base."""
    return math.floor(count / profile.base + 0.5) * profile.base


def _count(value: Cell, profile: Profile) -> Cell:
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return _nearest(int(value), profile) if is_count and value is not None else value


def _people(groups: Mapping[str, str | None]) -> Rule:
    """Return the rule of a table whose rows describe groups of people.

    Where one row has too few people, counts that differ by too few, or a share whose people
    are too few, the whole table is hidden: its other rows would give the hidden one back.

    Parameters
    ----------
    groups : mapping of str to str or None
        Columns that count people, each with the column of their mean.
    """

    def rule(table: Table, profile: Profile) -> Table:
        if profile.smallest == 0:
            return table
        if any(_too_few(row, groups, profile) for row in table.rows):
            return replace(table, rows=tuple(map(_words, table.rows)))
        return replace(table, rows=tuple(_rounded(row, groups, profile) for row in table.rows))

    return rule


def _too_few(row: Row, groups: Mapping[str, str | None], profile: Profile) -> bool:
    counts = [value for key in groups if isinstance(value := row.get(key), int)]
    gaps = [abs(one - other) for one in counts for other in counts if one != other]
    shares = [
        n * min(mean, 1 - mean)
        for key, column in groups.items()
        if isinstance(n := row.get(key), int)
        and isinstance(mean := row.get(column or ""), float)
        and 0 <= mean <= 1
    ]
    return any(n < profile.smallest for n in (*counts, *gaps, *shares))


def _words(row: Row) -> Row:
    return {key: value if isinstance(value, str) else None for key, value in row.items()}


def _rounded(row: Row, groups: Mapping[str, str | None], profile: Profile) -> Row:
    return {
        key: _count(value, profile) if key in groups else _digits(value, profile)
        for key, value in row.items()
    }


def _public(table: Table, profile: Profile) -> Table:
    """Return a table that holds no counts of people: numbers lose their last digits."""
    if profile.smallest == 0:
        return table
    rows = tuple({k: _digits(v, profile) for k, v in row.items()} for row in table.rows)
    return replace(table, rows=rows)


def _stated(rule: Rule) -> Rule:
    """Return a rule that also hides counts in words: a state is then given without its reason."""

    def stated(table: Table, profile: Profile) -> Table:
        shown = rule(table, profile)
        if profile.smallest == 0:
            return shown
        rows = tuple({k: _wordless(k, v) for k, v in row.items()} for row in shown.rows)
        return replace(shown, rows=rows)

    return stated


def _wordless(key: str, value: Cell) -> Cell:
    with_figures = key == "state" and isinstance(value, str) and re.search(r"\d", value)
    return "withheld" if with_figures else value


def _clusters(table: Table, profile: Profile) -> Table:
    """Return the clusters without their extremes, which are single schools."""
    if profile.smallest == 0:
        return table
    hidden = ("smallest", "largest", "largest_share")
    rows = tuple({k: None if k in hidden else v for k, v in row.items()} for row in table.rows)
    return replace(table, rows=rows)


RULES: Mapping[str, Rule] = {
    "arms": _people({"n_assigned": None, "n_obs": "mean"}),
    "attrition": _people({"n_assigned": None, "n_obs": None}),
    "balance": _people({"n_treated": "mean_treated", "n_comparison": "mean_comparison"}),
    "subgroups": _stated(_people({"n_obs": None, "n_treated": None})),
    "clusters": _clusters,
    "inference": _stated(_public),
    "leave_one_out": _public,
    "icc": _public,
    "weights": _public,
    "families": _public,
    "size_and_power": _public,
    "few_treated": _public,
    "band_coverage": _public,
    "speed": _public,
    "growth": _public,
    "joins": _people({"n_left": None, "n_matched": None}),
    "flow": _people({"n": None, "lost": None}),
    "precision": _public,
    "diagnosis": _public,
    "power_curve": _public,
    "ratings": _stated(_public),
    "effect_sizes": _public,
    "frequencies": _public,
    "deviations": _public,
    "checklist": _public,
    "gate_list": _public,
    "event_study": _people({"n_treated": None, "n_comparison": None}),
    "paths": _people({"n_treated": "treated", "n_comparison": "comparison"}),
    "group_time": _people({"n_treated": None, "n_comparison": None}),
    "rollout": _people({"n_units": None}),
    "composition": _people({"n_units": None}),
    "bacon": _public,
    "honest": _stated(_public),
    "pretrends": _stated(_public),
    "placebos": _stated(_public),
    "leave_one_cohort_out": _public,
    "concurrent": _stated(_public),
    "dilution": _stated(_public),
    "published": _stated(_public),
    "accounts": _public,
    "cash_flow": _public,
    "distribution": _public,
    "break_even": _public,
    "inputs": _public,
    "flows": _public,
    "costs": _public,
    "cost_summary": _public,
    "measures": _public,
    "tornado": _public,
    "scenarios": _public,
    "information": _public,
    "acceptability": _public,
    "plane": _public,
    "effectiveness": _public,
    "incentives": _public,
    "side_payments": _public,
    "wrong_pocket": _public,
    "organiser": _public,
    "organiser_months": _public,
    "cofinancing": _public,
    "fund": _public,
    "fund_result": _public,
    "organiser_inputs": _public,
    "cofinancing_inputs": _public,
    "fund_inputs": _public,
    "schedule": _public,
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
        estimate=_shortened(row.estimate, profile.significant),
        std_error=_shortened(row.std_error, profile.significant),
        conf_low=_shortened(row.conf_low, profile.significant),
        conf_high=_shortened(row.conf_high, profile.significant),
        p_value=None if row.p_value is None else _shortened(row.p_value, profile.significant),
        p_adjusted=None
        if row.p_adjusted is None
        else _shortened(row.p_adjusted, profile.significant),
        band_low=None if row.band_low is None else _shortened(row.band_low, profile.significant),
        band_high=None if row.band_high is None else _shortened(row.band_high, profile.significant),
        df=None if row.df is None else _shortened(row.df, _DF_DIGITS),
        n_obs=_nearest(row.n_obs, profile),
        n_treated=_nearest(row.n_treated, profile),
    )


def hidden_cells(before: Table, after: Table) -> int:
    """Return how many cells a rule has hidden."""
    return sum(
        old.get(key) is not None and new.get(key) is None
        for old, new in zip(before.rows, after.rows, strict=True)
        for key in old
    )
