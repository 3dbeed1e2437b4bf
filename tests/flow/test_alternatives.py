"""Alternatives, negative controls and the timing of columns, from the definition to the finding."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_study import DICTIONARY, STUDY

from evaluate.core import Check, Estimate, Finding, Table
from evaluate.errors import DataError
from evaluate.findings.compare import differences
from evaluate.flow import run
from evaluate.lock import lock

Columns = Mapping[str, Any]
MORE = """\
| before | number | points | | | points the year before | register |
| mark | number | marks | | | average mark | register |
"""
OUTCOMES = STUDY.replace(
    "analyses:\n",
    "  before: {column: before, unit: points, role: secondary, direction: increase}\nanalyses:\n",
)


def drawn(n: int = 400, *, chosen: float = 0.0, gap: float = 0.0, seed: int = 5) -> dict[str, Any]:
    """Rows of a lottery; ``chosen`` lets age decide who is offered, ``gap`` differs before."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(16, 25, n)
    offered = (rng.random(n) < 1 / (1 + np.exp(-chosen * (age - 20.5)))).astype(int)
    before = 15 + gap * offered + rng.normal(0, 2, n)
    points = 20 + 3 * offered + 0.8 * age + 0.2 * before + rng.normal(0, 2, n)
    mark = np.where(rng.random(n) < 0.2, np.nan, rng.normal(4, 1, n))
    return {"offered": offered, "age": age, "points": points, "before": before, "mark": mark}


def wrote(folder: Path, columns: Columns, *entries: str, text: str = OUTCOMES) -> Path:
    """Write the study with further keys of its analysis."""
    folder = folder / "evening-classes"
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text(text + "".join(f"    {one}\n" for one in entries))
    (folder / "data-dictionary.md").write_text(DICTIONARY + MORE)
    lines = [",".join(columns)]
    for row in zip(*columns.values(), strict=True):
        lines.append(",".join("" if np.isnan(one) else f"{one:.6g}" for one in row))
    (folder / "people.csv").write_text("\n".join(lines) + "\n")
    return folder


def row_of(finding: Finding, alternative: str | None) -> Estimate:
    """Return an alternative's row; the headline without a name."""
    return next(
        one
        for one in finding.estimates
        if one.alternative == alternative and (alternative or one.role == "headline")
    )


def table_of(finding: Finding, kind: str) -> Table:
    return next(one for one in finding.tables if one.kind == kind)


def rows_of(finding: Finding, kind: str) -> dict[Any, Any]:
    """Return the rows of a table by their first cell."""
    table = table_of(finding, kind)
    return {row[table.columns[0].name]: row for row in table.rows}


def check_of(finding: Finding, name: str) -> Check:
    return next(one for one in finding.checks if one.name == name)


def gap_of(columns: Columns, keep: Any) -> float:
    treated = columns["offered"].astype(bool)
    points = np.array([float(f"{one:.6g}") for one in columns["points"]])
    return float(points[keep & treated].mean() - points[keep & ~treated].mean())


ADDITIVE = "alternatives: {additive: {adjustment: additive}}"
SEVERAL = (
    "alternatives:",
    "  additive: {title: {en: With age, nb: Med alder}, adjustment: additive}",
    "  older: {where: [{column: age, at_least: 19}]}",
    "  marks: {design: {randomised: {covariates: [age, mark]}}, adjustment: additive,",
    "          missing: {covariates: complete_case}}",
)


def test_an_alternative_is_what_the_same_choices_would_give_as_an_analysis(tmp_path: Path) -> None:
    data = drawn()
    finding = run(wrote(tmp_path / "one", data, *SEVERAL))
    text = OUTCOMES.replace("adjustment: none", "adjustment: additive")
    own = row_of(run(wrote(tmp_path / "other", data, text=text)), None)
    row = row_of(finding, "additive")
    assert (row.role, row.term, row.design, row.analysis) == (
        "beside",
        "overall",
        "randomised",
        "main",
    )
    assert (row.estimate, row.std_error, row.n_obs) == (own.estimate, own.std_error, own.n_obs)
    older = row_of(finding, "older")
    keep = np.array([float(f"{one:.6g}") for one in data["age"]]) >= 19
    assert older.n_obs == keep.sum()
    assert older.estimate == pytest.approx(gap_of(data, keep), rel=1e-9)


def test_differences_are_attributed_to_rows_and_method_and_add_up(tmp_path: Path) -> None:
    data = drawn()
    finding = run(wrote(tmp_path, data, *SEVERAL))
    rows = rows_of(finding, "agreement_of_estimators")
    whole = np.ones(400, dtype=bool)
    keep = {
        "additive": whole,
        "older": np.array([float(f"{one:.6g}") for one in data["age"]]) >= 19,
        "marks": ~np.isnan(data["mark"]),
    }
    for name, used in keep.items():
        row = rows[name]
        by_hand = gap_of(data, used) - gap_of(data, whole)
        assert row["of_sample"] == pytest.approx(by_hand, abs=1e-9), name
        assert row["of_weights"] == 0
        parts = row["of_sample"] + row["of_weights"] + row["of_method"]
        assert row["difference"] == pytest.approx(parts, abs=1e-12)
        assert row["std_errors"] == pytest.approx(
            row["difference"] / row_of(finding, None).std_error
        )
    assert rows["older"]["of_method"] == pytest.approx(0, abs=1e-12)
    assert rows["additive"]["of_method"] == pytest.approx(
        row_of(finding, "additive").estimate - row_of(finding, None).estimate
    )


def test_whom_an_estimate_is_about_is_apart_from_how_it_is_computed(tmp_path: Path) -> None:
    data = drawn(chosen=0.3)
    data["points"] = data["points"] + data["offered"] * (data["age"] - 20)  # the effect differs
    text = OUTCOMES.replace("estimand: ATE", "estimand: ATT").replace("randomised", "adjusted")
    text = text.replace("adjustment: none", "adjustment: interacted")
    entry = "alternatives: {all: {estimand: ATE, design: {matching: {method: ipw}}}}"
    finding = run(wrote(tmp_path / "one", data, entry, text=text))
    other = text.replace("estimand: ATT", "estimand: ATE")
    about_all = row_of(run(wrote(tmp_path / "two", data, text=other)), None).estimate
    row, own = rows_of(finding, "agreement_of_estimators")["all"], row_of(finding, None).estimate
    assert row["of_sample"] == 0
    assert row["of_weights"] == pytest.approx(about_all - own, rel=1e-9)
    assert row["of_method"] == pytest.approx(row["estimate"] - about_all, rel=1e-9)
    assert abs(row["of_weights"]) > 0.3


def test_what_cannot_be_attributed_is_said(tmp_path: Path) -> None:
    entry = "alternatives: {treated: {estimand: ATT, design: {adjusted: {}}}}"
    finding = run(wrote(tmp_path, drawn(), entry))
    row = rows_of(finding, "agreement_of_estimators")["treated"]
    assert "of_weights" not in row
    assert "of_method" not in row
    assert row["of_sample"] + row["of_rest"] == pytest.approx(row["difference"])


def test_the_curve_is_sorted_and_shows_choices(tmp_path: Path) -> None:
    finding = run(wrote(tmp_path, drawn(), *SEVERAL))
    table = table_of(finding, "specifications")
    sizes = [row["estimate"] for row in table.rows]
    assert sizes == sorted(sizes)
    rows = rows_of(finding, "specifications")
    assert [name for name, row in rows.items() if row["declared"]] == ["declared"]
    assert rows["older"]["choice_where"] == "age at least 19"
    assert rows["declared"]["choice_where"] == "all rows"
    assert rows["marks"]["choice_covariates"] == "age, mark"
    assert {row["choice_adjustment"] for row in rows.values()} == {"none", "additive"}
    names = {one.name for one in table.columns}
    assert "choice_design" not in names  # it is the same throughout
    assert set().union(*rows.values()) <= names


def test_a_refused_alternative_is_a_refusal_of_its_own_name(tmp_path: Path) -> None:
    entry = "alternatives: {nobody: {where: [{column: age, at_least: 29}]}, hc3: {inference: {std_error: HC3}}}"
    finding = run(wrote(tmp_path, drawn(), entry))
    (refusal,) = finding.refusals
    assert refusal.analysis == "main/nobody"
    assert finding.outcome == "partly_refused"
    assert rows_of(finding, "specifications")["nobody"]["state"] == refusal.code
    check = check_of(finding, "alternatives_agree")
    assert check.result == "uninformative"
    assert "1 could not be computed" in check.text
    assert row_of(finding, "hc3").std_error_method == "HC3"


def test_alternatives_of_a_refused_analysis_are_refused_too(tmp_path: Path) -> None:
    data = drawn(60)
    data["offered"] = np.ones(60, dtype=int)
    finding = run(wrote(tmp_path, data, ADDITIVE))
    assert [one.analysis for one in finding.refusals] == ["main", "main/additive"]


@pytest.mark.parametrize(("chosen", "result"), [(0.0, "passed"), (0.6, "failed")])
def test_agreement_fails_where_age_decided_who_was_offered(
    tmp_path: Path, chosen: float, result: str
) -> None:
    finding = run(wrote(tmp_path, drawn(800, chosen=chosen, seed=6), ADDITIVE))
    check = check_of(finding, "alternatives_agree")
    assert check.result == result
    assert "Of 2 specifications with the declared one 2 lie on its side of zero" in check.text


@pytest.mark.parametrize(
    ("n", "gap", "result"), [(400, 0.0, "passed"), (400, 1.5, "failed"), (14, 0.0, "uninformative")]
)
def test_a_negative_control_sees_a_planted_difference(
    tmp_path: Path, n: int, gap: float, result: str
) -> None:
    data = drawn(n, gap=gap, seed=8)
    data["points"] = data["points"] - 2.5 * data["offered"] * (n < 20)  # hardly an effect
    finding = run(wrote(tmp_path, data, "negative_controls: [before]"))
    assert check_of(finding, "negative_controls").result == result
    row = rows_of(finding, "negative_controls")["before"]
    assert row["n_obs"] == n
    assert row["visible"] == pytest.approx(max(abs(row_of(finding, None).estimate), 2))
    assert all(one.outcome == "points" for one in finding.estimates)


def test_a_covariate_is_not_its_own_negative_control(tmp_path: Path) -> None:
    text = OUTCOMES.replace("covariates: [age]", "covariates: [age, before]")
    text = text.replace("adjustment: none", "adjustment: additive")
    finding = run(wrote(tmp_path, drawn(gap=1.5), "negative_controls: [before]", text=text))
    row = rows_of(finding, "negative_controls")["before"]
    assert row["dropped"] == "before"
    assert row["estimate"] == pytest.approx(1.5, abs=4 * row["std_error"])
    check = check_of(finding, "negative_controls")
    assert check.result == "failed"
    assert "Left out of the covariates: before for before." in check.text


def test_a_control_that_is_the_only_covariate_is_refused_where_one_is_needed(
    tmp_path: Path,
) -> None:
    text = OUTCOMES.replace("randomised", "adjusted").replace("    adjustment: none\n", "")
    text = text.replace("covariates: [age]", "covariates: [before]")
    finding = run(wrote(tmp_path, drawn(), "negative_controls: [before]", text=text))
    assert [(one.analysis, one.code) for one in finding.refusals] == [
        ("main/before", "nothing_left_to_adjust_for")
    ]
    assert check_of(finding, "negative_controls").result == "uninformative"


@pytest.mark.parametrize(
    ("timing", "result"),
    [
        ("", "not_run"),
        ("  timing: {before: [before]}\n", "not_run"),
        ("  timing: {before: [age], after: [mark]}\n", "passed"),
    ],
)
def test_covariates_are_known_to_be_early(tmp_path: Path, timing: str, result: str) -> None:
    text = OUTCOMES.replace("  source: people.csv\n", f"  source: people.csv\n{timing}")
    finding = run(wrote(tmp_path, drawn(100), text=text))
    assert check_of(finding, "covariates_before").result == result


def test_a_column_whose_timing_is_declared_is_in_the_dictionary(tmp_path: Path) -> None:
    text = OUTCOMES.replace(
        "  source: people.csv\n", "  source: people.csv\n  timing: {before: [agee]}\n"
    )
    with pytest.raises(Exception, match=r"column `agee` is not in the dictionary"):
        run(wrote(tmp_path, drawn(100), text=text))


def test_a_condition_that_does_not_fit_its_column_is_told_with_its_line(tmp_path: Path) -> None:
    entry = "alternatives: {older: {where: [{column: age, is: old}]}}"
    folder = wrote(tmp_path, drawn(100), entry)
    n_lines = len((folder / "study.yaml").read_text().splitlines())
    with pytest.raises(Exception, match=rf"study.yaml:{n_lines}: `old` cannot be a value of `age`"):
        run(folder)


def test_cells_that_an_alternative_misses_are_told_with_its_line(tmp_path: Path) -> None:
    entry = (
        "alternatives: {more: {design: {randomised: {covariates: [mark]}}, adjustment: additive}}"
    )
    with pytest.raises(DataError) as caught:
        run(wrote(tmp_path, drawn(), entry))
    (problem,) = caught.value.problems
    assert "`analyses.main.alternatives.more` (" in problem.what
    assert re.search(r"study.yaml:\d+\)$", problem.what)
    assert "missing" in problem.fix


def test_the_order_of_rows_changes_nothing(tmp_path: Path) -> None:
    data, order = drawn(200), np.random.default_rng(1).permutation(200)
    keys = (*SEVERAL, "negative_controls: [before]")
    one = run(wrote(tmp_path / "one", data, *keys))
    mixed = {name: cells[order] for name, cells in data.items()}
    other = run(wrote(tmp_path / "other", mixed, *keys))
    assert differences(one, other) == []


def test_changed_alternatives_are_deviations_and_new_ones_exploratory(tmp_path: Path) -> None:
    text = OUTCOMES.replace("kind: public", "kind: dummy")
    text = text.replace("outcomes:", "plan: {data_access: not_accessed}\noutcomes:")
    folder = wrote(tmp_path, drawn(200), *SEVERAL, text=text)
    lock(folder, date=datetime.date(2026, 1, 5))
    planned = run(folder)
    rows = rows_of(planned, "specifications")
    assert all(row["planned"] for row in rows.values())
    assert not [one for one in planned.tables if one.kind == "deviations"]
    file = folder / "study.yaml"
    changed = file.read_text().replace("at_least: 19", "at_least: 20")
    file.write_text(changed + "      late: {inference: {std_error: HC3}}\n")
    finding = run(folder)
    (table,) = (one for one in finding.tables if one.kind == "deviations")
    assert {str(row["element"]) for row in table.rows} == {
        "analyses.main.alternatives.late",
        "analyses.main.alternatives.older.where",
    }
    rows = rows_of(finding, "specifications")
    for name in ("late", "older"):  # a new one, and one of the same name with other choices
        assert row_of(finding, name).role == "exploratory"
        assert rows[name]["planned"] is False
    assert rows["declared"]["planned"] is True


def test_a_changed_analysis_is_not_the_planned_one_and_a_title_changes_nothing(
    tmp_path: Path,
) -> None:
    text = OUTCOMES.replace("kind: public", "kind: dummy")
    text = text.replace("outcomes:", "plan: {data_access: not_accessed}\noutcomes:")
    entry = "alternatives: {own: {design: {randomised: {covariates: [before]}}, adjustment: additive}, ett: {estimand: ITT}}"
    folder = wrote(tmp_path, drawn(200), entry, text=text)
    lock(folder, date=datetime.date(2026, 1, 5))
    file = folder / "study.yaml"
    file.write_text(file.read_text().replace("ett: {", "ett: {title: As offered, "))
    assert {row["planned"] for row in rows_of(run(folder), "specifications").values()} == {True}
    file.write_text(file.read_text().replace("adjustment: none", "adjustment: additive"))
    rows = rows_of(run(folder), "specifications")
    # The second takes its adjustment from the analysis, the first has its own.
    assert {name: row["planned"] for name, row in rows.items()} == {
        "declared": False,
        "own": True,
        "ett": False,
    }


def test_few_people_do_not_follow_from_two_specifications(tmp_path: Path) -> None:
    data = drawn()
    limit = float(np.sort(data["age"])[5])  # leaves out five people
    far = float(np.sort(data["age"])[150])
    entry = (
        "alternatives: {hc3: {inference: {std_error: HC3}},"
        f" near: {{where: [{{column: age, at_least: {limit:.4f}}}]}},"
        f" far: {{where: [{{column: age, at_least: {far:.4f}}}]}}}}"
    )
    text = OUTCOMES.replace("kind: public", "kind: restricted")
    finding = run(wrote(tmp_path, data, entry, text=text))
    shown = {one.alternative for one in finding.estimates}
    assert shown == {None, "hc3", "far"}
    for kind in ("specifications", "agreement_of_estimators"):
        rows = rows_of(finding, kind)
        assert rows["near"]["state"] == "withheld"
        assert not any(isinstance(one, float) for one in rows["near"].values())
        assert "estimate" in rows["far"]
    assert rows_of(finding, "specifications")["far"]["n_obs"] % 5 == 0


def test_one_person_does_not_follow_from_equal_counts_of_others(tmp_path: Path) -> None:
    data = drawn()
    ages, offered = np.sort(data["age"]), np.asarray(data["offered"])[np.argsort(data["age"])]
    # A window moved by one place, where who leaves it and who enters are of one group.
    first = next(i for i in range(50, 150) if offered[i] == offered[i + 200])
    entry = f"alternatives: {{one: {{where: {window(ages, first, 200)}}}, two: {{where: {window(ages, first + 1, 200)}}}}}"
    open_, strict = OUTCOMES, OUTCOMES.replace("kind: public", "kind: restricted")
    finding = run(wrote(tmp_path / "a", data, entry, text=open_))
    rows = rows_of(finding, "specifications")
    counts = [(rows[name]["n_obs"], rows[name]["n_treated"]) for name in ("one", "two")]
    assert counts[0] == counts[1]
    treated = offered.astype(bool)
    outside = np.r_[0:first, first + 200 : 400]
    apart = min(int(treated[outside].sum()), int((~treated)[outside].sum()))
    assert rows["one"]["n_apart"] == apart
    finding = run(wrote(tmp_path / "b", data, entry, text=strict))
    assert {one.alternative for one in finding.estimates} == {None, "one"}


def window(ages: Any, first: int, n: int) -> str:
    """Return conditions that hold for n people from a place in the order of age."""
    low, high = ((ages[i - 1] + ages[i]) / 2 for i in (first, first + n))
    return f"[{{column: age, at_least: {low:.5f}}}, {{column: age, at_most: {high:.5f}}}]"


def test_other_covariates_leave_out_other_people(tmp_path: Path) -> None:
    data = drawn()
    lost = {"age": [0, 2, 4], "before": [6]}
    for name, places in lost.items():
        data[name] = np.where(np.isin(np.arange(400), places), np.nan, data[name])
    entry = (
        "alternatives: {other: {adjustment: additive,"
        " design: {randomised: {treated: offered, covariates: [before]}}}}"
    )
    text = OUTCOMES.replace(
        "adjustment: none", "adjustment: none\n    missing: {covariates: complete_case}"
    )
    finding = run(wrote(tmp_path, data, entry, text=text))
    treated = np.asarray(data["offered"]).astype(bool)
    split = [int(treated[places].sum()) for places in ([6],)] + [
        int((~treated)[places].sum()) for places in ([6],)
    ]
    assert rows_of(finding, "specifications")["other"]["n_apart"] == min(n for n in split if n)


def test_groups_over_time_have_alternatives_too(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    town = np.repeat(np.arange(40), 2)
    data = {
        "offered": (town < 20).astype(int),
        "after": np.tile([0, 1], 40),
        "town": town,
        "age": np.repeat(rng.uniform(16, 25, 40), 2),
    }
    data["points"] = 20 + 3 * data["offered"] * data["after"] + rng.normal(0, 1, 80)
    text = STUDY.replace("estimand: ATE", "estimand: ATT").replace("    adjustment: none\n", "")
    text = text.replace(
        "{randomised: {treated: offered, covariates: [age]}}",
        "{did: {treated: offered, post: after, unit: town}}",
    )
    entry = "alternatives: {cr1: {inference: {std_error: CR1}}, older: {where: [{column: age, at_least: 19}]}}"
    folder = wrote(tmp_path, data, entry, text=text)
    (folder / "data-dictionary.md").write_text(DICTIONARY)
    with (folder / "data-dictionary.md").open("a") as file:
        file.write("| after | boolean | | | | after the start | register |\n")
        file.write("| town | text | | | | town | register |\n")
    finding = run(folder)
    assert row_of(finding, "cr1").estimate == row_of(finding, None).estimate
    assert row_of(finding, "older").n_obs < row_of(finding, None).n_obs
    assert rows_of(finding, "agreement_of_estimators")["older"]["of_method"] == pytest.approx(0)
