"""The commands end to end: exit codes, files written, the same again."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time

import pytest
from small_study import ROOT, people

BAD = re.compile(r"Traceback|\bnan\b|\binf\b", re.IGNORECASE)


def replace(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_check_run_and_verify_outside_the_repository(study, evaluate):
    checked = evaluate("check", study)
    assert (checked.returncode, checked.stdout) == (0, f"{study}: in order, 120 rows\n")
    assert not (study / "finding.json").exists()

    ran = evaluate("run", study)
    assert ran.returncode == 0, ran.stderr
    assert "points: shown benefit, step 4 of the claims ladder" in ran.stdout
    finding = json.loads((study / "finding.json").read_text())
    assert finding["outcome"] == "complete"
    assert finding["estimates"][0]["role"] == "headline"

    verified = evaluate("verify", study)
    assert (verified.returncode, verified.stdout) == (
        0,
        f"{study}: the finding is what the study gives\n",
    )


def test_a_second_run_writes_the_same_bytes(study, evaluate):
    evaluate("run", study)
    before = (study / "finding.json").read_bytes()
    evaluate("run", study)
    assert (study / "finding.json").read_bytes() == before


def test_a_study_is_found_in_the_folder_one_stands_in(study, evaluate):
    assert evaluate("check", cwd=study).returncode == 0


def test_nothing_private_is_in_the_public_file(study, evaluate, tmp_path):
    evaluate("run", study)
    text = (study / "finding.json").read_text()
    assert str(tmp_path) not in text
    assert "people.csv" not in text
    private = study / ".evaluate"
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (
            "finding.json",
            '"n_obs": 120',
            '"n_obs": 121',
            "finding.json: changed after it was sealed",
        ),
        ("finding.json", '"n_obs": 120', '"n_obs": 121', ".n_obs: not what the study gives now"),
        ("people.csv", "\n1,", "\n0,", "the data: changed since the finding was made"),
        ("people.csv", "\n1,", "\n0,", ".estimate: not what the study gives now"),
        ("people.csv", "\n1,", "\n7,", "the data: changed since the finding was made"),
        (
            "study.yaml",
            "smallest_worthwhile: 2",
            "smallest_worthwhile: 1.5",
            "study.outcomes.points.smallest_worthwhile: not what the study gives now",
        ),
        (
            "data-dictionary.md",
            "| 15..30 |",
            "| 15..31 |",
            "the data dictionary: changed since the finding was made",
        ),
    ],
)
@pytest.mark.slow
def test_verify_says_what_differs(study, evaluate, file, old, new, says):
    evaluate("run", study)
    replace(study / file, old, new)
    verified = evaluate("verify", study)
    assert verified.returncode == 6, verified.stderr
    assert says in verified.stdout
    assert not BAD.search(verified.stdout + verified.stderr)


def test_verify_names_what_it_could_not_check(study, evaluate):
    evaluate("run", study)
    (study / "people.csv").unlink()
    verified = evaluate("verify", study)
    assert verified.returncode == 0
    assert "not checked: the numbers: the data are not here" in verified.stdout


def test_out_writes_elsewhere_only(study, evaluate, tmp_path):
    assert evaluate("run", study, "--out", tmp_path / "f.json").returncode == 0
    assert (tmp_path / "f.json").exists()
    assert not (study / "finding.json").exists()


def test_dummy_rows_stand_in_for_restricted_ones_and_nothing_is_written(study, evaluate):
    replace(
        study / "study.yaml",
        "kind: public\n  source: people.csv",
        "kind: restricted\n  source: secret.csv\n  dummy: people.csv",
    )
    assert evaluate("run", study).returncode == 3
    ran = evaluate("run", study, "--dummy")
    assert ran.returncode == 0, ran.stderr
    assert "points: shown benefit" in ran.stdout
    assert not (study / "finding.json").exists()


def test_strict_rules_hide_few_people(study, evaluate):
    replace(study / "study.yaml", "kind: public", "kind: restricted")
    lines = (study / "people.csv").read_text().splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("1,")]
    kept += [line for line in lines if line.startswith("1,")][:8]
    (study / "people.csv").write_text("".join(kept))
    ran = evaluate("run", study, "--strict")
    assert ran.returncode == 1
    finding = json.loads((study / "finding.json").read_text())
    assert finding["estimates"] == []
    assert finding["verdicts"][0]["verdict"] == "not estimable"
    assert finding["released"]["profile"] == "nordic_strict"
    assert finding["released"]["hidden"] > 0
    assert "8" not in {str(row.get("n_obs")) for t in finding["tables"] for row in t["rows"]}


def everybody_offered(text):
    return text.replace("\n0,", "\n1,")


def constant(text):
    return re.sub(r",[\d.]+\n", ",5\n", text)


@pytest.mark.parametrize(
    ("spoil", "code"), [(everybody_offered, "no_comparison"), (constant, "constant_outcome")]
)
def test_what_cannot_be_estimated_is_refused_with_a_reason(study, evaluate, spoil, code):
    path = study / "people.csv"
    path.write_text(spoil(path.read_text()))
    ran = evaluate("run", study)
    assert ran.returncode == 0, ran.stderr
    assert evaluate("run", study, "--strict").returncode == 1
    finding = json.loads((study / "finding.json").read_text())
    assert finding["outcome"] == "refused"
    assert [one["code"] for one in finding["refusals"]] == [code]
    assert finding["verdicts"] == [
        {
            "outcome": "points",
            "verdict": "not estimable",
            "rung": 0,
            "because": [finding["refusals"][0]["why"]],
        }
    ]
    assert not BAD.search(ran.stdout + ran.stderr)


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("study.yaml", "version: 1", "version: 2", 2),
        ("people.csv", "offered,age", "offered,aged", 3),
        ("people.csv", "offered,age,points", "offered,age,points,age", 3),
    ],
)
def test_faults_have_their_exit_code_and_no_traceback(study, evaluate, file, old, new, code):
    replace(study / file, old, new)
    for command in ("check", "run"):
        done = evaluate(command, study)
        assert done.returncode == code
        assert "why: " in done.stderr
        assert "fix: " in done.stderr
        assert not BAD.search(done.stdout + done.stderr)
    assert not (study / "finding.json").exists()


def test_problems_can_be_had_as_json(study, evaluate):
    replace(study / "study.yaml", "version: 1", "version: 2")
    problems = json.loads(evaluate("check", study, "--json").stdout)
    assert [sorted(one) for one in problems] == [["fix", "what", "where", "why"]]


def test_all_studies_run_and_the_gravest_code_is_returned(study, evaluate, tmp_path):
    done = evaluate("check", tmp_path / "nothing-here", study)
    assert done.returncode == 2
    assert f"{study}: in order" in done.stdout


def test_no_study_says_what_to_do(evaluate, tmp_path):
    done = evaluate("check")
    assert done.returncode == 2
    assert "name a folder with a study.yaml" in done.stderr


def test_a_new_study_names_its_blanks_and_passes_once_they_are_filled(evaluate, study, tmp_path):
    made = evaluate("new", "night-school")
    assert made.returncode == 0, made.stderr
    path = tmp_path / "night-school" / "study.yaml"
    blanks = evaluate("check", path.parent)
    assert blanks.returncode == 2
    text = path.read_text()
    empty = re.findall(r"^( *)(\w+):  #", text, re.MULTILINE)
    fill = {
        "source": "people.csv",
        "kind": "public",
        "column": "points",
        "treated": "offered",
        "direction": "increase",
        "class": "[preventive]",
        "reach": "universal",
        "levels": "[school]",
    }
    blocks = {"programme", "intervention", "comparison", "data", "outcomes", "outcome", "analyses"}
    for indent, key in empty:
        if key not in blocks | {"main", "design", "randomised"}:
            text = text.replace(f"\n{indent}{key}:  #", f"\n{indent}{key}: {fill.get(key, 'x')}  #")
    path.write_text(text)
    (path.parent / "people.csv").write_text((study / "people.csv").read_text())
    dictionary = (
        (study / "data-dictionary.md").read_text().replace("evening-classes", "night-school")
    )
    (path.parent / "data-dictionary.md").write_text(dictionary)
    checked = evaluate("check", path.parent)
    assert checked.returncode == 0, checked.stderr
    assert evaluate("new", "night-school").returncode == 2
    assert evaluate("new", "Night School").returncode == 2
    assert evaluate("new", "other", "--design", "magic").returncode == 2


def test_json_is_all_that_stands_on_standard_output(study, evaluate):
    for command in ("check", "run", "verify"):
        assert json.loads(evaluate(command, study, "--json").stdout) == []


def test_a_file_that_is_no_finding_is_not_overwritten(study, evaluate, tmp_path):
    before = (study / "study.yaml").read_bytes()
    done = evaluate("run", study, "--out", study / "study.yaml")
    assert done.returncode == 2
    assert "is there already and is not a finding" in done.stderr
    assert (study / "study.yaml").read_bytes() == before
    assert evaluate("run", study, "--out", tmp_path / "nowhere" / "f.json").returncode == 2


def test_the_study_file_itself_may_be_named(study, evaluate):
    assert evaluate("run", study / "study.yaml").returncode == 0
    assert (study / "finding.json").exists()


def test_version(evaluate):
    assert re.fullmatch(r"evaluate \d+\.\d+\.\d+\n", evaluate("--version").stdout)


@pytest.mark.parametrize(("number", "code"), [("SIGTERM", 143), ("SIGINT", 130)])
def test_a_stopped_run_leaves_no_rows_behind(study, tmp_path, number, code):
    (study / "people.csv").write_text(people(400_000))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "evaluate", "run", str(study)]
    with subprocess.Popen(
        command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    ) as process:
        process.stderr.readline()  # it is at work
        while not list((study / ".evaluate").glob("rows-*/source")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(getattr(signal, number))
        words = process.stderr.read()
    assert process.returncode == code
    assert not BAD.search(words)
    assert not list((study / ".evaluate").glob("rows-*"))


def test_rows_of_a_killed_run_are_swept(study, evaluate):
    evaluate("check", study)
    left = study / ".evaluate" / "rows-999999999-x"
    left.mkdir()
    (left / "source").write_text("secret")
    evaluate("check", study)
    assert not left.exists()
    assert (study / ".evaluate" / ".gitignore").read_text() == "*\n"


def test_nothing_of_two_people_is_released(study, evaluate):
    replace(study / "study.yaml", "kind: public", "kind: restricted")
    lines = (study / "people.csv").read_text().splitlines(keepends=True)
    treated = [line for line in lines if line.startswith("1,")]
    kept = [line for line in lines if not line.startswith("1,")] + treated[:2]
    (study / "people.csv").write_text("".join(kept))
    assert evaluate("run", study).returncode == 0
    finding = json.loads((study / "finding.json").read_text())
    assert finding["estimates"] == []
    for table in finding["tables"]:
        if table["kind"] in ("arms", "attrition", "balance"):
            assert all(isinstance(cell, str) for row in table["rows"] for cell in row.values())


@pytest.mark.parametrize("odd", ["/dev/null", "people.csv"])
def test_a_private_folder_that_cannot_be_made_is_the_users_to_mend(study, evaluate, odd):
    done = evaluate("check", study, EVALUATE_WORK=str(study / odd))
    assert done.returncode == 3
    assert "no private folder can be made" in done.stderr


def test_a_tampered_finding_never_crashes_verify(study, evaluate):
    evaluate("run", study)
    path = study / "finding.json"
    text = path.read_text()
    for spoilt in (text.replace("120", "1e999", 1), "[" * 100_000, '{"schema": 1}'):
        path.write_text(spoilt)
        assert evaluate("verify", study).returncode == 2
