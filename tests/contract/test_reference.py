"""The generated parts of the reference pages agree with the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evaluate.core import Strict
from evaluate.design import all_designs
from evaluate.method import all_methods
from evaluate.reference.keys import study
from evaluate.reference.pages import RENEW, ROOT, main, pages, stale
from evaluate.reference.results import results
from evaluate.study.schema import Study

REFERENCE = ROOT / "book" / "reference"


def test_no_page_is_stale() -> None:
    names = [path.relative_to(ROOT).as_posix() for path in stale()]
    assert not names, f"run `{RENEW}`"


def test_every_part_has_a_page() -> None:
    parts = {"study", "commands", "errors", "parameters", "results"} | {
        f"design:{one}" for one in all_designs()
    }
    parts |= {f"method:{one}" for one in all_methods()}
    found = re.findall(
        r"<!-- begin generated: (\S+) -->", "".join(path.read_text("utf-8") for path in pages())
    )
    assert sorted(found) == sorted(parts)


def test_a_changed_page_is_stale(tmp_path: Path) -> None:
    page = tmp_path / "book" / "reference" / "result-fields.md"
    page.parent.mkdir(parents=True)
    text = (REFERENCE / "result-fields.md").read_text("utf-8")
    page.write_text(text.replace("`std_error`", "`se`"), encoding="utf-8")
    assert stale(tmp_path)[page] == text


def test_check_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in pages()}
    assert main(["--check"]) == 0
    assert capsys.readouterr().out == ""
    assert before == {path: path.stat().st_mtime_ns for path in pages()}


def test_every_key_of_the_study_file_is_explained() -> None:
    rows = [line for line in study() if line.startswith("| `")]
    assert rows
    assert not [row for row in rows if row.rstrip().endswith("|  |")]
    for key, info in Study.model_fields.items():
        assert any(row.startswith(f"| `{info.alias or key}` |") for row in rows), key


def test_every_field_of_a_result_is_explained() -> None:
    rows = [line for line in results() if line.startswith("| `")]
    assert any(row.startswith("| `std_error` |") for row in rows)
    assert not [row for row in rows if row.rstrip().endswith("|  |")]


def test_every_link_within_the_study_page_has_a_target() -> None:
    text = "\n".join(study())
    assert set(re.findall(r"\]\(#([\w-]+)\)", text)) <= set(
        re.findall(r"^\(([\w-]+)\)=$", text, re.MULTILINE)
    )


@pytest.mark.parametrize("name", sorted(all_designs()))
def test_every_field_of_a_design_is_described(name: str) -> None:
    spec: type[Strict] = all_designs()[name].spec
    assert [key for key, info in spec.model_fields.items() if not info.description] == []


def test_every_kind_of_table_is_explained() -> None:
    from evaluate.disclosure.rules import RULES

    pages = (REFERENCE / "result-fields.md", *(REFERENCE.parent / "methods").glob("*.md"))
    text = "\n".join(page.read_text("utf-8") for page in pages)
    assert [kind for kind in RULES if f"| `{kind}` |" not in text] == []


@pytest.mark.parametrize("name", sorted(all_methods()))
def test_every_method_has_a_page(name: str) -> None:
    text = (REFERENCE.parent / "methods" / f"{name}.md").read_text("utf-8")
    assert f"<!-- begin generated: method:{name} -->" in text
    assert "## What it cannot say" in text
