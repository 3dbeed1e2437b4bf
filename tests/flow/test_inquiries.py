"""Methods from the file to the finding: records are checked, refused, released and verified."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluate.core import Finding
from evaluate.errors import DataError, DisclosureError, StudyError
from evaluate.findings.compare import differences
from evaluate.flow import run

STUDY = """
version: 1
id: talks
title: Talks
question: What do people tell?
status: {status}
programme: {{owner: A county}}
intervention:
  {{name: T, why: W, what: W, provider: P, how: H, where: W, dose: D, tailoring: T, changes: C,
    fidelity: F, class: [preventive], reach: universal, levels: [school]}}
comparison: {{who: Nobody, received: Nothing, why_credible: It is not.}}
outcomes: {{told: {{unit: share, role: primary, direction: increase}}}}
records:
  segments: {{path: data/segments.csv, kind: {kind}{more}}}
analyses:
  coded:
    title: What is told
    method:
      coding:
        segments: {{record: segments, code: code, case: county, role: role, informant: who{last}}}
        codes:
          mandate: {{title: Mandate, kind: practice}}
          secrecy: {{title: Secrecy, kind: barrier}}
"""
DICTIONARY = """# D

## talks/segments

| variable | type | unit | values | missing | description | source |
|---|---|---|---|---|---|---|
| code | text | | | | Code | s |
| county | text | | | | County | s |
| role | category | | adviser; teacher | | Role | s |
| who | integer | | 1..99 | | Who | s |
| said | text | | | | Words | s |
| agreed | boolean | | 0 = no; 1 = yes | | Consent | s |
"""
HEAD = "code,county,role,who,said,agreed\n"
ROWS = [f"mandate,c{i % 3},adviser,{i + 1},word{i},1" for i in range(12)]
ROWS += [f"secrecy,c{i % 3},teacher,{20 + i},word{i},0" for i in range(12)]


def folder(
    tmp_path: Path,
    rows: list[str] | None = None,
    *,
    kind: str = "public",
    more: str = "",
    last: str = "",
    status: str = "running",
    dictionary: str = DICTIONARY,
) -> Path:
    place = tmp_path / "talks"
    (place / "data").mkdir(parents=True, exist_ok=True)
    (tmp_path / "data-dictionary.md").write_text(dictionary, "utf-8")
    text = STUDY.format(kind=kind, more=more, last=last, status=status)
    (place / "study.yaml").write_text(text, "utf-8")
    content = HEAD + "\n".join(ROWS if rows is None else rows) + "\n"
    (place / "data" / "segments.csv").write_text(content, "utf-8")
    return place


def kinds(finding: Finding) -> set[str]:
    return {one.kind for one in finding.tables}


@pytest.mark.parametrize("status", ["planned", "running"])
def test_a_study_may_have_methods_alone(tmp_path: Path, status: str) -> None:
    finding = run(folder(tmp_path, status=status))
    assert finding.data_kind == "public"
    assert {"coding_matrix", "coding_breadth", "ladder"} <= kinds(finding)
    assert finding.outcome == ("planned" if status == "planned" else "complete")
    assert "records" in finding.provenance
    assert "segments" not in str(finding.study.get("records", ""))


def test_dummy_rows_are_said_to_be(tmp_path: Path) -> None:
    finding = run(folder(tmp_path, kind="dummy"))
    assert finding.data_kind == "dummy"
    methods = finding.study["methods"]
    assert isinstance(methods, dict)
    assert methods["coded"]["data_kind"] == "dummy"


def test_rows_in_another_order_give_the_same_finding(tmp_path: Path) -> None:
    one = run(folder(tmp_path))
    other = run(folder(tmp_path, rows=ROWS[::-1]))
    assert one.tables == other.tables
    assert one.checks == other.checks


def test_another_cell_gives_another_finding(tmp_path: Path) -> None:
    one = run(folder(tmp_path))
    other = run(folder(tmp_path, rows=[*ROWS[:-1], ROWS[-1].replace("secrecy", "mandate")]))
    assert one.tables != other.tables
    assert one.provenance["records"] != other.provenance["records"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",c1,adviser,40,w,1", ("segments.csv:code", "1 row without a value")),
        ("mandate,,adviser,40,w,1", ("segments.csv:county", "1 row without a value")),
        ("mandate,c1,pupil,40,w,1", ("segments.csv:role",)),
        ("mandate,c1,adviser,many,w,1", ("segments.csv:who",)),
        ("mandate,c1,adviser,400,w,1", ("segments.csv:who",)),
    ],
)
def test_a_cell_at_fault_is_named_by_column(
    tmp_path: Path, row: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(DataError) as caught:
        run(folder(tmp_path, rows=[*ROWS, row]))
    told = str(caught.value)
    assert all(word in told for word in words), told
    assert "pupil" not in told
    assert "many" not in told


def test_all_faults_of_all_columns_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        run(folder(tmp_path, rows=[*ROWS, "mandate,c1,pupil,many,w,1"]))
    assert len(caught.value.problems) == 2


def test_a_code_outside_the_codebook_is_refused_with_its_count(tmp_path: Path) -> None:
    finding = run(folder(tmp_path, rows=[*ROWS, "money,c1,adviser,41,w,1"]))
    (one,) = finding.refusals
    assert one.code == "unknown_code"
    assert "1 of 25 segments" in one.why
    assert "money" not in one.why
    assert "coding_matrix" not in kinds(finding)


def test_a_column_that_the_dictionary_lacks(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="column `county` is not in the dictionary"):
        run(folder(tmp_path, dictionary=DICTIONARY.replace("| county", "| county_x")))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    place = folder(tmp_path)
    (place / "data" / "segments.csv").unlink()
    with pytest.raises(DataError, match="segments"):
        run(place)


def test_restricted_records_pass_the_strict_gate(tmp_path: Path) -> None:
    place = folder(tmp_path, kind="restricted", last=", quotation: said, consent: agreed")
    finding = run(place)
    assert finding.released["profile"] == "nordic_strict"
    (quoted,) = [one for one in finding.tables if one.kind == "coding_quotations"]
    assert quoted.rows == ()
    assert all("stay with the data owner" in one.text for one in finding.checks)


def test_few_informants_hide_the_whole_table(tmp_path: Path) -> None:
    rows = [f"mandate,c{i % 3},adviser,{i % 4 + 1},w,1" for i in range(12)]
    finding = run(folder(tmp_path, rows=rows, kind="restricted"))
    (breadth,) = [one for one in finding.tables if one.kind == "coding_breadth"]
    assert all(row.get("n_informants") is None for row in breadth.rows)


def test_restricted_records_are_not_released_without_rules(tmp_path: Path) -> None:
    place = folder(tmp_path, kind="restricted")
    file = place / "study.yaml"
    file.write_text(file.read_text("utf-8") + "disclosure: {profile: none}\n", "utf-8")
    with pytest.raises((StudyError, DisclosureError), match="restricted"):
        run(place)


def test_dummy_rows_stand_in_for_restricted_ones(tmp_path: Path) -> None:
    place = folder(tmp_path, kind="restricted", more=", dummy: data/dummy.csv")
    content = (place / "data" / "segments.csv").read_text("utf-8")
    (place / "data" / "dummy.csv").write_text(content, "utf-8")
    assert run(place, dummy=True).data_kind == "dummy"


def test_quotations_are_shown_only_with_consent(tmp_path: Path) -> None:
    finding = run(folder(tmp_path, last=", quotation: said, consent: agreed"))
    (quoted,) = [one for one in finding.tables if one.kind == "coding_quotations"]
    assert len(quoted.rows) == 12
    assert {row["code"] for row in quoted.rows} == {"mandate"}


def test_quotations_without_a_column_of_consent_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="`consent`"):
        run(folder(tmp_path, last=", quotation: said"))


def test_a_record_that_nothing_reads(tmp_path: Path) -> None:
    place = folder(tmp_path, more="}\n  ties: {path: data/segments.csv, kind: public")
    with pytest.raises(StudyError, match="no method reads the record `ties`"):
        run(place)


def test_a_method_names_a_record_that_is_there(tmp_path: Path) -> None:
    place = folder(tmp_path)
    file = place / "study.yaml"
    text = file.read_text("utf-8").replace("{record: segments", "{record: segmets")
    file.write_text(text, "utf-8")
    with pytest.raises(StudyError, match="did you mean `segments`"):
        run(place)


def test_two_runs_agree(tmp_path: Path) -> None:
    place = folder(tmp_path)
    assert not list(differences(run(place), run(place)))


def test_cells_that_may_point_to_one_informant_stay_inside(tmp_path: Path) -> None:
    finding = run(folder(tmp_path, kind="restricted"))
    held = {one.kind: one.rows for one in finding.tables}
    assert held["coding_matrix"] == ()
    assert held["coding_saturation"]
    assert run(folder(tmp_path / "other", kind="public")).tables[0].rows
