"""The gate list: a final report may say why not, and may not be silent."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from example_reports import SAID, TABLES, answered, bare, full, table, with_study, without

from evaluate.core import Estimate, Finding, Refusal
from evaluate.errors import StudyError
from evaluate.evidence.checklists_read import GATE, LISTS, answer_keys, item_list
from evaluate.evidence.gate_list import gate_faults, gate_list, missing
from evaluate.flow import run

STUDIES = Path(__file__).resolve().parents[2] / "studies"
AUTHORS = ["harms", "limitations", "conflicts", "ethics", "citation"]


def at(*key: str) -> str:
    return f"study.yaml:{'.'.join(key)}"


def row(finding: Finding, key: str) -> tuple[str, str, str]:
    (found,) = (one for one in gate_list(finding).rows if one["key"] == key)
    return str(found["status"]), str(found["where"]), str(found["note"])


def test_twenty_eight_items_with_stable_keys() -> None:
    items = item_list(GATE).items
    assert [one.item for one in items] == [str(number) for number in range(1, 29)]
    keys = [one.answer for one in items]
    assert len(set(keys)) == 28
    assert {"registration", "theory_of_change", *AUTHORS} <= set(keys)
    assert answer_keys()[:28] == tuple(keys)


def test_every_answer_of_a_checklist_is_known() -> None:
    asked = {key for name in LISTS for one in item_list(name).items for key in one.keys}
    assert asked <= set(answer_keys())


def test_a_finding_that_says_everything_passes() -> None:
    assert {one["status"] for one in gate_list(full()).rows} == {"filled"}
    assert missing(full()) == []
    assert gate_faults(full(), at) == []


def test_a_finding_that_says_nothing_fails_on_every_item_at_once() -> None:
    silent = replace(bare(), stage="final")
    assert {one["status"] for one in gate_list(silent).rows} == {"missing"}
    assert len(gate_faults(silent, at)) == 28


def test_software_fills_all_but_what_authors_alone_know() -> None:
    assert [one.answer for one in missing(answered(full()))] == AUTHORS


@pytest.mark.parametrize("stage", ["planned", "registered", "running"])
def test_before_the_end_gaps_are_shown_and_nothing_fails(stage: str) -> None:
    finding = replace(bare(), stage=stage)  # type: ignore[arg-type]
    assert row(finding, "harms")[0] == "missing"
    assert gate_faults(finding, at) == []


@pytest.mark.parametrize("key", [one.answer or "" for one in item_list(GATE).items])
def test_every_item_may_be_answered_or_declined(key: str) -> None:
    silent = replace(bare(), stage="final")
    told = row(answered(silent, **{key: {"text": {"en": "It was so."}}}), key)
    assert (told[0], told[2]) == ("filled", "It was so.")
    declined = row(answered(silent, **{key: {"not_done": {"en": "It could not be."}}}), key)
    assert (declined[0], declined[2]) == ("not_done", "It could not be.")
    assert row(silent, key)[0] == "missing"
    assert len(gate_faults(answered(silent, **{key: {"not_done": SAID}}), at)) == 27


def test_an_answer_adds_to_what_is_computed() -> None:
    finding = answered(full(), baseline={"text": {"en": "Boys are older."}})
    assert row(finding, "baseline") == ("filled", "#results; #checklists", "Boys are older.")
    assert row(answered(full()), "baseline") == ("filled", "#results", "")


def test_who_paid_is_not_enough_for_interests() -> None:
    declined = answered(full(), conflicts={"not_done": {"en": "Nobody told."}})
    assert row(declined, "conflicts")[0] == "not_done"
    assert row(declined, "conflicts")[2] == "Nobody told."
    assert row(answered(full()), "conflicts") == ("missing", "report.answers.conflicts", "")


def test_the_fault_names_the_item_its_line_and_the_way_out() -> None:
    (fault,) = gate_faults(answered(full(), **{k: {"text": SAID} for k in AUTHORS[1:]}), at)
    assert fault.where == "study.yaml:report.answers"
    assert "Harms" in fault.what
    assert "(harms)" in fault.what
    assert "`report.answers.harms: {text: …}`" in fault.fix
    assert "{not_done: …}" in fault.fix


def test_the_fault_points_at_the_block_that_lacks() -> None:
    bland = {"completion": {"unit": "share", "role": "primary", "definition": SAID}}
    answers = {key: {"text": SAID} for key in AUTHORS}
    (fault,) = gate_faults(with_study(answered(full(), **answers), outcomes=bland), at)
    assert fault.where == "study.yaml:outcomes"
    assert "`outcomes.*.smallest_worthwhile`" in fault.fix


@pytest.mark.parametrize(
    ("kinds", "key"),
    [
        (("flow", "arms"), "flow"),
        (("balance",), "baseline"),
        (("attrition", "joins"), "attrition"),
        (("effect_sizes",), "outcomes"),
        (("precision",), "precision"),
        (("icc",), "clustering"),
        (("subgroups",), "subgroups"),
        (("accounts",), "costs"),
        (("ratings",), "ratings"),
        (("deviations",), "deviations"),
    ],
)
def test_a_table_that_is_not_there_is_missed(kinds: tuple[str, ...], key: str) -> None:
    assert key in [one.answer for one in missing(without(answered(full()), *kinds))]


def _of_people(row: Estimate) -> Estimate:
    return replace(row, n_clusters=None)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda one: replace(one, provenance={}), "reproducibility"),
        (lambda one: replace(one, checks=()), "diagnostics"),
        (lambda one: replace(one, checks=one.checks[:1]), "sensitivity"),
        (lambda one: replace(one, verdicts=()), "worthwhile"),
        (lambda one: replace(one, estimates=(_of_people(one.estimates[0]),)), "clustering"),
        (lambda one: with_study(one, plan={}), "registration"),
    ],
)
def test_what_is_not_there_is_missed(change: Callable[[Finding], Finding], key: str) -> None:
    assert key in [one.answer for one in missing(change(answered(full())))]


def test_no_deviation_is_an_answer_and_no_lock_is_none() -> None:
    none = (*without(full(), "deviations").tables, table("deviations"))
    assert row(replace(answered(full()), tables=none), "deviations")[0] == "filled"
    assert row(without(answered(full()), "deviations"), "deviations")[0] == "missing"


def test_a_text_that_only_says_that_nothing_is_known_is_no_silence() -> None:
    texts = {**full().study["intervention"], "fidelity": {"en": "Not documented."}}  # type: ignore[dict-item]
    finding = with_study(answered(full()), intervention=texts)
    assert row(finding, "implementation") == ("not_done", "#done", "Not documented.")
    assert row(finding, "intervention") == ("filled", "#done", "")


def test_a_refusal_is_a_result_and_no_silence() -> None:
    refused = Refusal("main", "no_comparison", "nobody is compared", "find somebody")
    finding = replace(
        answered(full()),
        outcome="refused",
        refusals=(refused,),
        estimates=(),
        tables=(),
        verdicts=(),
    )
    assert row(finding, "baseline") == ("not_done", "#refused", "nobody is compared")
    assert set(AUTHORS) <= {one.answer for one in missing(finding)}
    assert "outcomes" not in [one.answer for one in missing(finding)]


def test_what_the_gate_withholds_is_no_silence() -> None:
    hidden = table("balance", dict.fromkeys(TABLES["balance"]))
    tables = (*without(full(), "balance").tables, hidden)
    finding = replace(answered(full()), tables=tables, released={"profile": "x", "hidden": 4})
    expected = ("not_done", "#results", "withheld by the rules of disclosure")
    assert row(finding, "baseline") == expected


def test_a_final_study_that_is_silent_is_not_run(tmp_path: Path) -> None:
    private = shutil.ignore_patterns(".evaluate")
    shutil.copytree(STUDIES / "supported-work", tmp_path / "supported-work", ignore=private)
    shutil.copy(STUDIES.parent / "data-dictionary.md", tmp_path)
    file = tmp_path / "supported-work" / "study.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    for key in ("harms", "ethics"):
        place = lines.index(f"    {key}:")
        del lines[place : place + 2]
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        run(file.parent)
    assert caught.value.exit_code == 2
    at_answers = lines.index("  answers:") + 1
    assert [one.where.rpartition(":")[2] for one in caught.value.problems] == [str(at_answers)] * 2
    assert [one.what.rpartition("(")[2] for one in caught.value.problems] == ["harms)", "ethics)"]


def test_only_what_authors_know_is_asked_before_anything_is_computed() -> None:
    silent = replace(bare(), stage="final")
    faults = gate_faults(silent, at, authors_only=True)
    assert [one.what.rpartition("(")[2].rstrip(")") for one in faults] == AUTHORS
