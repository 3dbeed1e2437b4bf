"""Attacks on released tables of a built comparison: no few people can be worked out of them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evaluate.book import figures
from evaluate.checks.comparison import Asked, diagnose
from evaluate.core import Finding, Table
from evaluate.data.levels import Indicator
from evaluate.disclosure.comparison_rules import COMPARISON_RULES
from evaluate.disclosure.gate import PROFILES, release
from evaluate.inference.comparison import Compared, Groups

STRICT, NONE = PROFILES["nordic_strict"], PROFILES["none"]
K = STRICT.smallest
Bools = NDArray[np.bool_]
WORDS = {"covariate", "key", "side", "bin"}


def released(groups: Groups, weights: Any, score: Any = None) -> dict[str, Table]:
    found = Compared(1.0, 0.1, 100.0, weights, "made", score=score)
    _, tables = diagnose(groups, found, Asked("ATT", first={"region": "0"}))
    return {one.kind: one for one in release([], [], tables, [], STRICT).tables}


def numbers(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in WORDS and value is not None}


def sample(n_gone: int = 0, n: int = 600, n_treated: int = 200) -> tuple[Groups, Any, Bools]:
    """Treated of whom the first are left out; age, sex, a text column of three levels."""
    rng = np.random.default_rng(11)
    treated = np.arange(n) < n_treated
    gone = np.arange(n) < n_gone
    region = np.arange(n) % 3
    names = ("age", "girl", *(Indicator(f"region={i}", "region", str(i)) for i in (1, 2)))
    x = np.column_stack(
        [rng.normal(17, 1, n), np.arange(n) % 2, (region == 1) * 1.0, (region == 2) * 1.0]
    )
    return Groups(rng.normal(size=n), treated, x, names), np.where(gone, 0.0, 1.0), gone


@pytest.mark.parametrize("n_gone", [1, 3, 9])
def test_the_mean_of_a_few_left_out_cannot_be_had_from_the_others(n_gone: int) -> None:
    """All and kept would give it: n m = n_kept m_kept + n_dropped m_dropped."""
    groups, weights, _ = sample(n_gone)
    found = released(groups, weights)
    for kind in ("comparison_balance", "comparison_dropped", "comparison_samples"):
        assert [numbers(row) for row in found[kind].rows] == [{}] * len(found[kind].rows), kind


def test_as_many_as_the_rules_ask_for_are_shown() -> None:
    groups, weights, gone = sample(60)
    found = released(groups, weights)
    age = groups.x[gone, 0].mean()
    row = found["comparison_dropped"].rows[0]
    assert row["mean_dropped"] == pytest.approx(age, rel=1e-3)
    assert (row["n_kept"], row["n_dropped"]) == (140, 60)
    assert all(numbers(row) for row in found["comparison_balance"].rows)
    assert numbers(found["comparison_samples"].rows[0])["n_units"] == 200


def test_a_trait_of_a_few_of_those_left_out_hides_its_row_alone() -> None:
    """Thirty are left out, of whom two are boys: before less after would count them."""
    groups, _, gone = sample(30)
    x = groups.x.copy()
    x[gone, 1] = np.arange(30) >= 2
    found = released(replace(groups, x=x), np.where(gone, 0.0, 1.0))
    for kind in ("comparison_balance", "comparison_dropped"):
        shown = {str(row["covariate"]): numbers(row) for row in found[kind].rows}
        assert shown["girl"] == {}
        assert shown["age"]
        assert shown["region=1"]


def test_one_rare_level_hides_all_levels_of_its_column() -> None:
    groups, weights, _ = sample()
    x = groups.x.copy()
    rare = np.flatnonzero(groups.treated)[:4]
    x[groups.treated, 3], x[groups.treated, 2] = 0.0, 1.0
    x[rare, 3], x[rare, 2] = 1.0, 0.0
    x[np.flatnonzero(groups.treated)[50:100], 2] = 0.0
    rows = released(replace(groups, x=x), weights)["comparison_balance"].rows
    shown = {str(row["covariate"]): bool(numbers(row)) for row in rows}
    assert shown == {
        "age": True, "girl": True, "region=0": False, "region=1": False, "region=2": False
    }  # fmt: skip


def test_a_covariate_of_three_values_cannot_be_solved_for_its_rarest() -> None:
    groups, weights, _ = sample()
    x = groups.x.copy()
    x[:, 0] = np.where(np.arange(600) % 100 == 0, 2.0, np.arange(600) % 2)
    rows = released(replace(groups, x=x), weights)["comparison_balance"].rows
    assert numbers(rows[0]) == {}


def test_a_row_that_does_not_say_how_many_are_behind_it_is_hidden() -> None:
    for kind in ("comparison_balance", "comparison_dropped"):
        row = {"covariate": "x", "mean_treated": 0.4, "mean_kept": 0.4, "key": "x"}
        (kept,) = COMPARISON_RULES[kind](Table(kind, kind, (), (row,)), STRICT).rows
        assert numbers(kept) == {}


def test_nothing_of_a_single_person_is_shown() -> None:
    """The ends of the scores, the heaviest weight, and n as 1 / share or to the last person."""
    rng = np.random.default_rng(12)
    groups, _, _ = sample(n=603, n_treated=203)
    score = rng.uniform(0.0123, 0.9876, 603)
    found = released(groups, np.ones(603), score)
    for row in found["comparison_samples"].rows:
        assert not {"largest_share", "score_low", "score_high"} & set(numbers(row))
        assert all(value % STRICT.base == 0 for value in numbers(row).values())
    bins = found["comparison_overlap"].rows
    assert (bins[0]["low"], bins[-1]["high"]) == (0.0, 1.0)
    for row in found["comparison_balance"].rows:
        for key in ("distance", "distance_after", "variance_ratio"):
            assert row[key] == pytest.approx(round(float(row[key] or 0.0), 2), abs=1e-12)
        assert "n_least" not in numbers(row)


def bins_of(found: dict[str, Table]) -> list[dict[str, Any]]:
    return [numbers(row) for row in found["comparison_overlap"].rows]


@pytest.mark.parametrize("apart", [0.0, 1.0, 2.0, 4.0])
def test_no_bin_of_scores_is_thin(apart: float) -> None:
    rng = np.random.default_rng(13)
    groups, weights, _ = sample()
    logit = rng.normal(size=600) + apart * groups.treated
    score = 1 / (1 + np.exp(-logit))
    shown = bins_of(released(groups, weights, score))
    for low, high in ((one["low"], one["high"]) for one in shown if one):
        inside = (score > low - 0.005) & (score <= high + 0.005)
        assert min(int((inside & side).sum()) for side in (groups.treated, ~groups.treated)) >= K
    if any(shown):
        assert sum(one["n_treated"] for one in shown) == pytest.approx(200, abs=5 * len(shown))
        for one in shown:
            assert one["n_treated"] % STRICT.base == 0
            whole = sum(each["n_treated"] for each in shown)
            # Shares are of rounded counts: they give no more than these.
            assert one["share_treated"] == pytest.approx(one["n_treated"] / whole, rel=1e-3)


def test_where_no_two_bins_hold_enough_nothing_is_shown() -> None:
    groups, weights, _ = sample(n=600, n_treated=9)
    score = np.where(groups.treated, 0.7, np.linspace(0.1, 0.6, 600))
    assert bins_of(released(groups, weights, score)) == [{}] * len(
        released(groups, weights, score)["comparison_overlap"].rows
    )


@pytest.mark.parametrize("n_gone", [0, 4, 100])
def test_who_was_left_out_of_a_bin_is_not_counted_where_they_are_few(n_gone: int) -> None:
    """Shares before and after, times the groups' sizes, would count them."""
    rng = np.random.default_rng(14)
    groups, weights, _ = sample(n_gone)
    score = rng.uniform(0.1, 0.9, 600)
    shown = bins_of(released(groups, weights, score))
    after = [key for one in shown for key in one if key.endswith(("_after", "_kept"))]
    assert bool(after) is (n_gone == 0)  # of a hundred, some bins lose fewer than ten


def test_public_data_keep_every_digit() -> None:
    groups, weights, _ = sample(3)
    score = np.random.default_rng(15).uniform(0.1, 0.9, 600)
    found = Compared(1.0, 0.1, 100.0, weights, "made", score=score)
    _, tables = diagnose(groups, found, Asked("ATT"))
    assert release([], [], tables, [], NONE).tables == tables


@pytest.mark.parametrize("seed", range(20))
def test_every_number_shown_is_about_enough_people(seed: int) -> None:
    """Whatever was drawn: of each trait shown, who has it, kept or not, counts K or nobody else."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(40, 400))
    treated = rng.random(n) < rng.uniform(0.2, 0.6)
    x = (rng.random((n, 6)) < rng.uniform(0.02, 0.5, 6)) * 1.0
    weights = np.where(rng.random(n) < rng.choice([0.0, 0.02, 0.3]), 0.0, 1.0)
    groups = Groups(rng.normal(size=n), treated, x, tuple("abcdef"))
    found = released(groups, weights)
    kept = weights > 0
    sides = (treated, ~treated)
    for kind in ("comparison_balance", "comparison_dropped"):
        for at, row in enumerate(found[kind].rows if kind in found else ()):
            if not numbers(row):
                continue
            about = sides if kind == "comparison_balance" else (treated,)
            for side, there, has in itertools.product(about, (kept, ~kept), (0.0, 1.0)):
                if (side & there).any():
                    assert (side & there & (x[:, at] == has)).sum() >= K


def test_figures_are_drawn_of_what_is_left() -> None:
    groups, weights, gone = sample(30)
    x = groups.x.copy()
    x[gone, 1] = np.arange(30) >= 2
    score = np.random.default_rng(16).uniform(0.1, 0.9, 600)
    found = released(replace(groups, x=x), weights, score)
    study = {"title": {"en": "A"}, "language": "en"}
    whole = Finding("a", study, "restricted", "final", "complete", tables=tuple(found.values()))
    love = figures.draw("comparison_balance", whole)
    assert love is not None
    assert "girl" not in {row[0] for row in love.rows}
    scores = figures.draw("comparison_overlap", whole)
    assert scores is not None
    assert "after" not in scores.title
    few = replace(whole, tables=tuple(released(*sample(3)[:2], score).values()))
    assert figures.draw("comparison_balance", few) is None


def test_shares_cannot_be_had_from_their_ratio_and_difference() -> None:
    rows = tuple(
        {"measure": one, "value": 2.711, "limit": 1.5, "n_least": 200}
        for one in ("e_value_risk_ratio", "robustness_value")
    )
    table = Table("hidden_selection", "hidden_selection", (), rows)
    ratio, other = COMPARISON_RULES["hidden_selection"](table, STRICT).rows
    assert (ratio["value"], ratio["limit"], ratio["state"]) == (None, None, "withheld")
    assert other["value"] == 2.711
    assert COMPARISON_RULES["hidden_selection"](table, NONE) == table
