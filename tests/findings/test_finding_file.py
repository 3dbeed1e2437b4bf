"""The sealed file: the same bytes, whole or not at all, and no change goes unseen."""

import json
import math
import os
from dataclasses import replace

import pytest

from evaluate.core import Check, Column, Estimate, Finding, Refusal, Table, Verdict
from evaluate.errors import StudyError
from evaluate.findings import read, write
from evaluate.findings.compare import differences
from evaluate.findings.form import from_json, text, to_json
from evaluate.findings.provenance import changed, digest, keyed

ROW = Estimate(
    estimate=1794.342404270251,
    std_error=670.9965463,
    conf_low=475.186,
    conf_high=3113.499,
    n_obs=445,
    n_treated=185,
    method="difference in means",
    std_error_method="HC2",
    unit="USD/year",
    estimand="ATE",
    df=396.42,
    p_value=0.0078,
    analysis="main",
    design="randomised",
    outcome="earnings",
)
TABLE = Table(
    "main.arms",
    "arms",
    (Column("arm", "text", {"en": "Arm"}), Column("mean", "number", {"en": "Mean"}, "USD")),
    ({"arm": "treated", "mean": 6349.14}, {"arm": "comparison", "mean": None}),
    "main",
)
FINDING = Finding(
    id="supported-work",
    study={"title": {"en": "Æøå"}},
    data_kind="public",
    stage="final",
    outcome="complete",
    verdicts=(Verdict("earnings", "shown benefit", 4, ("step 5 needs x: not run",)),),
    estimates=(ROW,),
    checks=(Check("balance", "passed", "All good.", "main.balance", "main"),),
    tables=(TABLE,),
    refusals=(Refusal("late", "weak", "why", "fix"),),
    provenance={"definition": "a", "data": "b"},
    released={"profile": "none", "hidden": 0},
)


def test_numbers_keep_nine_digits_and_absent_ones_are_absent(tmp_path):
    content = to_json(FINDING)
    assert content["estimates"][0]["estimate"] == 1794.3424
    assert "n_clusters" not in content["estimates"][0]
    assert content["tables"][0]["rows"][1] == {"arm": "comparison"}


def test_a_finding_survives_the_disk(tmp_path):
    write(FINDING, tmp_path / "finding.json")
    again = read(tmp_path)
    assert differences(FINDING, again) == []
    assert text(again) == text(from_json(json.loads(text(FINDING))))
    assert [file.name for file in tmp_path.iterdir()] == ["finding.json"]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_never_written(tmp_path, bad):
    with pytest.raises(ValueError, match="only finite numbers"):
        write(replace(FINDING, estimates=(replace(ROW, estimate=bad),)), tmp_path / "f.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("old", "new"), [("1794.3424", "1794.3425"), ('"passed"', '"failed"'), ("Æøå", "Æøa")]
)
def test_one_changed_character_breaks_the_seal(tmp_path, old, new):
    path = tmp_path / "finding.json"
    write(FINDING, path)
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new), encoding="utf-8")
    with pytest.raises(StudyError, match="changed after it was sealed"):
        read(path)


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", '{"schema": 2}', '{"schema": 1}', "{"])
def test_what_is_no_finding_is_said_plainly(tmp_path, content):
    (tmp_path / "finding.json").write_text(content)
    with pytest.raises(StudyError, match="not a finding that this version reads"):
        read(tmp_path)


def test_a_missing_finding_says_what_to_do(tmp_path):
    with pytest.raises(StudyError, match="run the study first"):
        read(tmp_path)


def test_a_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "finding.json"
    write(FINDING, path)
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StudyError, match="No space left"):
        write(replace(FINDING, id="other"), path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["finding.json"]


def test_differences_are_paths_and_hold_no_value():
    other = replace(FINDING, estimates=(replace(ROW, estimate=1794.4, method="x"),))
    assert differences(FINDING, other) == [
        "estimates[main earnings overall difference in means HC2].estimate",
        "estimates[main earnings overall difference in means HC2].method",
    ]


@pytest.mark.parametrize(("factor", "same"), [(1 + 9e-9, True), (1 + 2e-7, False)])
def test_two_runs_agree_to_eight_digits(factor, same):
    other = replace(FINDING, estimates=(replace(ROW, std_error=ROW.std_error * factor),))
    assert (differences(FINDING, other) == []) is same


def test_a_missing_row_is_a_difference():
    assert differences(FINDING, replace(FINDING, checks=())) == ["checks"]


def test_provenance_says_which_part_changed():
    assert changed({"data": "a", "definition": "b"}, {"data": "c", "definition": "b"}) == [
        "the data"
    ]
    assert digest([b"ab", b"c"]) != digest([b"a", b"bc"])


def test_a_keyed_hash_needs_the_private_key(tmp_path):
    one = keyed("plain", tmp_path / "key")
    assert one == keyed("plain", tmp_path / "key") != keyed("plain", tmp_path / "other")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
