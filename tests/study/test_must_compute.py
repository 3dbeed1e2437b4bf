"""Each founding study computes what its programme asks for, or says which data are missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from evaluate.core import Finding
from evaluate.findings.store import read

HERE = Path(__file__).parent
STUDIES = HERE.parents[1] / "studies"
LINES: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "must_compute.yaml").read_text("utf-8"))
CASES = [(study, line) for study, lines in LINES.items() for line in lines]


def finding(study: str) -> Finding:
    return read(STUDIES / study / "finding.json")


def test_all_five_programmes_are_asked() -> None:
    assert sorted(LINES) == [
        *("back-to-rule", "fullfoljd-utbildning", "jet-cd"),
        *("nav-school-collaboration", "plug-in"),
    ]
    assert all(len(lines) >= 8 for lines in LINES.values())


@pytest.mark.parametrize(("study", "line"), CASES)
def test_the_line_is_answered(study: str, line: str) -> None:
    found, answer = finding(study), LINES[study][line]
    if isinstance(answer, dict):
        (table,) = [one for one in found.tables if one.id == f"{answer['not_computed']}.lines"]
        assert answer["line"] in {row["key"] for row in table.rows}
        methods: Any = found.study["methods"]
        needs = methods[answer["not_computed"]]["titles"][f"{answer['line']}.needs"]
        assert all(len(text) > 20 for text in needs.values())
        return
    analysis = answer.partition(".")[0]
    refused = [one for one in found.refusals if one.analysis == analysis]
    tables = [one for one in found.tables if one.id == answer]
    assert tables or refused, answer
    assert all(one.rows for one in tables), answer


@pytest.mark.parametrize("study", sorted(LINES))
def test_the_chapter_states_its_step(study: str) -> None:
    found = finding(study)
    (ladder,) = [one for one in found.tables if one.kind == "ladder"]
    methods: Any = found.study["methods"]
    refused = {one.analysis for one in found.refusals}
    assert {str(row["analysis"]) for row in ladder.rows} | refused >= set(methods)
    assert all(0 <= int(row["rung"] or 0) <= 4 for row in ladder.rows)


@pytest.mark.parametrize("study", sorted(LINES))
def test_invented_rows_are_marked_and_real_ones_are_not(study: str) -> None:
    methods: Any = finding(study).study["methods"]
    kinds = {one["data_kind"] for one in methods.values()}
    assert "dummy" in kinds
    assert kinds - {"dummy"}
