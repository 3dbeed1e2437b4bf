"""A plan is locked, the study runs, and whatever was done otherwise is shown."""

import datetime
import json
import os
from pathlib import Path

import pytest
from small_study import DICTIONARY, STUDY, people

from evaluate.errors import StudyError
from evaluate.findings.store import write
from evaluate.flow import run
from evaluate.lock import lock
from evaluate.verify import verify

DAY = datetime.date(2026, 1, 5)
PLAN = "plan: {data_access: not_accessed}\n"
MORE = """\
  second:
    outcome: points
    estimand: ATE
    design: {randomised: {treated: offered}}
    role: secondary
"""


@pytest.fixture
def study(study):
    """The small study with dummy rows, a second source of change, and a plan."""
    text = STUDY.replace("kind: public", "kind: dummy").replace("status: final", "status: running")
    text += PLAN
    (study / "study.yaml").write_text(text)
    return study


def change(study, *pairs):
    file = study / "study.yaml"
    text = file.read_text()
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file.write_text(text)


def line_of(study, word):
    lines = (study / "study.yaml").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if word in line)


def problems(call, *args, **kwargs):
    with pytest.raises(StudyError) as caught:
        call(*args, **kwargs)
    return caught.value.problems


def deviations(finding):
    (table,) = (one for one in finding.tables if one.kind == "deviations")
    return {row["element"]: row for row in table.rows}


def plan_check(finding):
    (check,) = (one for one in finding.checks if one.name == "plan")
    return check


def rows_of(finding, analysis):
    return {(r.role, r.term): r for r in finding.estimates if r.analysis == analysis}


def test_a_plan_is_locked_and_kept(study):
    before = run(study)
    locked = lock(study, date=DAY)
    assert (locked.number, locked.date) == (1, DAY)
    content = json.loads((study / "plan" / "plan.json").read_text())
    assert (content["schema"], content["date"], content["data_access"]) == (
        1,
        "2026-01-05",
        "not_accessed",
    )
    assert content["sha256"] == locked.sha256
    assert sorted(one.name for one in (study / "plan").iterdir()) == ["plan.json", "plan.md"]
    finding = run(study)
    # A study done as registered has the same numbers as one without a plan, and says so.
    assert finding.estimates == before.estimates
    assert plan_check(finding).result == "passed"
    assert plan_check(finding).text == (
        "The plan was locked on 2026-01-05, before anybody had access to the data."
        " Nothing was done otherwise than registered."
    )
    assert finding.study["plan"] == {
        "data_access": "not_accessed",
        "registered": True,
        "date": "2026-01-05",
        "sha256": locked.sha256,
        "n_deviations": 0,
        "amendments": [],
    }
    assert "lock" in finding.provenance
    assert not [one for one in finding.tables if one.kind == "deviations"]


def test_two_planted_deviations_are_shown_with_the_registered_estimate_beside(study):
    lock(study, date=DAY)
    planned = run(study)
    change(
        study,
        ("adjustment: none\n", "adjustment: additive\n" + MORE),
        ("smallest_worthwhile: 2", "smallest_worthwhile: 1"),
        (
            PLAN,
            """\
plan:
  data_access: not_accessed
  registration: {registry: OSF, id: abcde}
  deviations:
    - element: analyses.main.adjustment
      when: before_outcome
      kind: missing_information
      reason: {en: Age turned out to be in the register.}
      impact: More precise.
""",
        ),
    )
    finding = run(study)

    register = deviations(finding)
    assert list(register) == [
        "analyses.main.adjustment",
        "analyses.second",
        "outcomes.points.smallest_worthwhile",
    ]
    assert register["analyses.main.adjustment"] == {
        "element": "analyses.main.adjustment",
        "registered": "none",
        "done": "additive",
        "when": "before_outcome",
        "kind": "missing_information",
        "reason": "Age turned out to be in the register.",
        "impact": "More precise.",
        "explained": True,
    }
    assert register["analyses.second"] == {
        "element": "analyses.second",
        "done": "ATE on points by randomised, secondary",
        "when": "unknown",
        "explained": False,
    }
    assert register["outcomes.points.smallest_worthwhile"]["registered"] == "2"
    assert register["outcomes.points.smallest_worthwhile"]["done"] == "1"

    check = plan_check(finding)
    assert (check.result, check.table) == ("failed", "deviations")
    assert "3 elements, 2 without a reason" in check.text

    # What was not registered is exploratory everywhere: in rows and in the public definition.
    assert {role for role, _ in rows_of(finding, "second")} == {"exploratory"}
    assert finding.study["analyses"]["second"]["role"] == "exploratory"
    assert [one.outcome for one in finding.verdicts] == ["points"]

    # The registered estimate stands beside the deviating one, to the last digit.
    main = rows_of(finding, "main")
    then = rows_of(planned, "main")["headline", "overall"]
    assert main["registered", "overall"].estimate == then.estimate
    assert main["registered", "overall"].conf_low == then.conf_low
    assert main["headline", "overall"].estimate != then.estimate

    assert finding.study["plan"]["n_deviations"] == 3
    assert finding.study["plan"]["registry"] == "OSF"


def test_a_change_of_words_or_judgement_alone_gives_no_second_estimate(study):
    lock(study, date=DAY)
    change(study, ("smallest_worthwhile: 2", "smallest_worthwhile: 1"))
    assert {role for role, _ in rows_of(run(study), "main")} == {"headline"}


def test_other_rows_give_the_registered_estimate_on_all_rows(study):
    planned = run(study)
    lock(study, date=DAY)
    change(
        study,
        ("  source: people.csv\n", "  source: people.csv\n  where: [{column: age, below: 20}]\n"),
    )
    finding = run(study)
    assert list(deviations(finding)) == ["data.where"]
    assert deviations(finding)["data.where"]["done"] == "age below 20"
    rows = rows_of(finding, "main")
    assert rows["registered", "overall"].n_obs == 120 > rows["headline", "overall"].n_obs
    assert (
        rows["registered", "overall"].estimate
        == rows_of(planned, "main")["headline", "overall"].estimate
    )


def test_a_derived_column_that_nothing_rests_on_moves_nothing(study):
    lock(study, date=DAY)
    derive = "  derive: [{name: age2, power: {of: age, exponent: 2}, unit: year²}]\n"
    change(study, ("  source: people.csv\n", "  source: people.csv\n" + derive))
    dictionary = study / "data-dictionary.md"
    dictionary.write_text(dictionary.read_text() + "| age2 | number | year² | | | x | y |\n")
    finding = run(study)
    assert list(deviations(finding)) == ["data.derive.age2"]
    assert {role for role, _ in rows_of(finding, "main")} == {"headline"}


def test_a_registered_column_that_is_gone_is_a_refusal(study):
    lock(study, date=DAY)
    change(study, ("column: points", "column: score"))
    for name in ("people.csv", "data-dictionary.md"):
        file = study / name
        file.write_text(file.read_text().replace("points", "score", 1))
    finding = run(study)
    (refusal,) = finding.refusals
    assert (refusal.analysis, refusal.code) == ("main", "registered_not_estimable")
    assert "people.csv" not in refusal.why
    assert finding.outcome == "partly_refused"
    assert {role for role, _ in rows_of(finding, "main")} == {"headline"}


def test_a_registered_analysis_that_is_left_out_still_stands_as_registered(study):
    change(study, ("adjustment: none\n", "adjustment: none\n" + MORE))
    lock(study, date=DAY)
    change(study, (MORE, ""))
    finding = run(study)
    assert deviations(finding)["analyses.second"]["registered"] == (
        "ATE on points by randomised, secondary"
    )
    assert set(rows_of(finding, "second")) == {("registered", "overall")}


def test_each_registered_analysis_of_one_outcome_stands_beside_its_own(study):
    change(study, ("adjustment: none\n", "adjustment: none\n" + MORE))
    planned = run(study)
    lock(study, date=DAY)
    where = "  source: people.csv\n  where: [{column: age, below: 20}]\n"
    change(study, ("  source: people.csv\n", where))
    finding = run(study)
    for name, role in (("main", "headline"), ("second", "beside")):
        wanted = rows_of(planned, name)[role, "overall"].estimate
        assert rows_of(finding, name)["registered", "overall"].estimate == wanted
        assert rows_of(finding, name)[role, "overall"].estimate != wanted


def test_what_is_gone_takes_nothing_else_with_it(study):
    more = MORE.replace("outcome: points", "outcome: age").replace("second:", "other:")
    outcome = "  age: {column: age, unit: years, role: secondary, direction: increase}\nanalyses:\n"
    change(study, ("adjustment: none\n", "adjustment: none\n" + more), ("analyses:\n", outcome))
    lock(study, date=DAY)
    change(
        study, (outcome, "analyses:\n"), (more, ""), ("adjustment: none", "adjustment: additive")
    )
    finding = run(study)
    (refusal,) = finding.refusals
    assert (refusal.analysis, refusal.code) == ("other", "registered_not_estimable")
    assert "the outcome `age` is no longer defined" in refusal.why
    assert ("registered", "overall") in rows_of(finding, "main")


def test_money_is_valued_at_the_effect_of_today_only(study):
    economics = """\
economics:
  analysis: main
  currency: NOK
  price_year: 2020
  base_year: 2020
  schedule: {rates: [{rate: 0.0}], status: illustrative, note: n}
  observed: {from: 0, to: 0}
  payers: {town: {title: Town}}
  costs: [{item: work, amount: 0, years: {from: 0, to: 0}, payer: town, status: illustrative, note: n}]
  benefits:
    - {item: gain, amount: 1, years: {from: 0, to: 0}, payer: town, status: illustrative, note: n}
"""
    change(study, (PLAN, PLAN + economics))
    lock(study, date=DAY)
    change(study, ("adjustment: none", "adjustment: additive"))
    finding = run(study)
    (accounts,) = (one for one in finding.tables if one.kind == "accounts")
    society = next(row for row in accounts.rows if row["payer"] == "society")
    headline = rows_of(finding, "main")["headline", "overall"]
    assert society["net"] == pytest.approx(headline.estimate, rel=1e-8)


def test_a_plan_locked_after_outcomes_were_seen_protects_nothing(study):
    change(study, ("not_accessed", "outcomes_seen"))
    lock(study, date=DAY)
    text = (study / "plan" / "plan.md").read_text()
    assert "Locked after outcomes had been seen" in text
    finding = run(study)
    assert {one.role for one in finding.estimates} == {"exploratory"}
    assert finding.verdicts == ()
    assert plan_check(finding).result == "failed"
    assert "after outcomes had been seen, so every analysis is exploratory" in (
        plan_check(finding).text
    )
    assert finding.study["plan"]["data_access"] == "outcomes_seen"


def test_an_amendment_is_a_further_version_and_dates_the_change(study):
    lock(study, date=DAY)
    first = (study / "plan" / "plan.json").read_bytes()
    change(
        study,
        ("adjustment: none\n", "adjustment: additive\n" + MORE),
        ("not_accessed", "accessed"),
    )
    (problem,) = problems(lock, study, date=DAY)
    assert "another plan is locked already, on 2026-01-05" in problem.what
    assert "--amend" in problem.fix

    amended = lock(study, date=datetime.date(2026, 2, 1), amend=True)
    assert amended.path.name == "plan-2.json"
    assert (study / "plan" / "plan.json").read_bytes() == first
    finding = run(study)
    register = deviations(finding)
    # The first version stays the reference; the second says when.
    assert set(register) == {"analyses.main.adjustment", "analyses.second"}
    assert {one["when"] for one in register.values()} == {"before_outcome"}
    assert not any(one["explained"] for one in register.values())
    # Registered before outcomes were seen: not exploratory.
    assert {role for role, _ in rows_of(finding, "second")} == {"beside"}
    assert finding.study["plan"]["amendments"] == [
        {"date": "2026-02-01", "sha256": amended.sha256, "data_access": "accessed"}
    ]
    assert "registered" in {role for role, _ in rows_of(finding, "main")}


def test_what_is_locked_is_not_overwritten_and_not_locked_twice(study):
    lock(study, date=DAY)
    for amend in (False, True):
        (problem,) = problems(lock, study, date=DAY, amend=amend)
        assert problem.what == "this plan is locked already, on 2026-01-05"


def test_an_amendment_needs_a_plan_and_a_later_day(study):
    (problem,) = problems(lock, study, date=DAY, amend=True)
    assert problem.what == "no plan is locked that could be amended"
    lock(study, date=DAY)
    change(study, ("adjustment: none", "adjustment: additive"))
    (problem,) = problems(lock, study, date=datetime.date(2025, 1, 1), amend=True)
    assert problem.what == "the version before was locked later, on 2026-01-05"


def test_a_plan_is_not_locked_on_a_day_to_come(study):
    (problem,) = problems(lock, study, date=datetime.date(9999, 1, 1))
    assert problem.what == "the date of locking has not come yet"
    assert not (study / "plan").exists()


def test_what_has_been_seen_cannot_be_unseen(study):
    change(study, ("not_accessed", "accessed"))
    lock(study, date=DAY)
    change(study, ("data_access: accessed", "data_access: not_created"))
    (problem,) = problems(run, study)
    assert "the plan was locked with `accessed`" in problem.what
    assert problem.where.endswith(f"study.yaml:{line_of(study, 'data_access')}")
    (problem,) = problems(lock, study, date=DAY, amend=True)
    assert problem.why == "what has been seen cannot be unseen"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (PLAN, "", "`plan.data_access` is missing"),
        (
            "adjustment: none\n",
            "adjustment: none\n    role: exploratory\n",
            "no analysis is primary or secondary",
        ),
        ("role: primary", "role: secondary", "no outcome is primary"),
        (
            "analyses:\n",
            "  grade: {column: grade, unit: points, role: primary, direction: increase}\nanalyses:\n",
            "no planned analysis answers for the primary outcome `grade`",
        ),
        ("title: Evening", "titel: Evening", "`titel` is not a known key"),
    ],
)
def test_what_is_not_a_plan_is_not_locked(study, old, new, says):
    change(study, (old, new))
    assert says in " ".join(one.what for one in problems(lock, study, date=DAY))
    assert not (study / "plan").exists()


def test_a_registered_primary_outcome_cannot_vanish(study):
    lock(study, date=DAY)
    change(
        study,
        ("  points: {column", "  marks: {column"),
        ("outcome: points", "outcome: marks"),
    )
    (problem,) = problems(run, study)
    assert "the registered primary outcome `points` has no registered analysis" in problem.what
    assert "restore `outcomes.points` and `analyses.main`" in problem.fix


def test_a_registered_primary_outcome_cannot_be_explored_away(study):
    lock(study, date=DAY)
    other = MORE.replace("role: secondary", "role: primary")
    change(study, ("adjustment: none\n", "adjustment: none\n    role: exploratory\n" + other))
    (problem,) = problems(run, study)
    assert "`points` has no registered analysis" in problem.what


def test_reasons_without_a_deviation_are_faults_with_the_near_miss(study):
    lock(study, date=DAY)
    entry = "{when: after_outcome, kind: unforeseen_event, reason: r, element: "
    change(
        study,
        ("adjustment: none", "adjustment: additive"),
        (
            PLAN,
            "\n".join(
                (
                    "plan:",
                    "  data_access: not_accessed",
                    "  deviations:",
                    f"    - {entry}analyses.main.adjustement}}",
                    f"    - {entry}analyses.main.adjustment}}",
                    f"    - {entry}analyses.main.adjustment}}\n",
                )
            ),
        ),
    )
    near, twice = problems(run, study)
    assert near.fix == "did you mean `analyses.main.adjustment`?"
    assert near.where.endswith(f"study.yaml:{line_of(study, 'adjustement')}")
    assert "as in an entry before" in twice.what


def test_reasons_and_the_status_registered_need_a_lock(study):
    change(
        study,
        ("status: running", "status: registered"),
        (
            PLAN,
            """\
plan:
  data_access: not_created
  deviations:
    - {element: question, when: before_access, kind: unforeseen_event, reason: r}
""",
        ),
    )
    registered, reasons = problems(run, study)
    assert registered.what == "the study is `registered` and no plan is locked"
    assert "evaluate lock" in registered.fix
    assert reasons.what == "deviations are explained and no plan is locked"


def test_a_planned_study_can_be_locked_and_has_no_numbers(study):
    change(study, ("status: running", "status: planned"))
    lock(study, date=DAY)
    finding = run(study)
    assert (finding.outcome, finding.study["plan"]["registered"]) == ("planned", True)


def test_verify_notices_a_lock_that_was_changed_or_added(study):
    write(run(study), study / "finding.json")
    lock(study, date=DAY)
    assert "study.plan.registered: not what the study gives now" in verify(study).different
    write(run(study), study / "finding.json")
    assert verify(study).different == ()
    change(study, ("adjustment: none", "adjustment: additive"))
    lock(study, date=DAY, amend=True)
    assert "the locked plan: changed since the finding was made" in verify(study).different


def test_a_run_on_dummy_rows_compares_with_the_restricted_plan(study):
    change(
        study,
        ("kind: dummy", "kind: restricted"),
        ("  source: people.csv", "  source: real.csv\n  dummy: people.csv"),
    )
    lock(study, date=DAY)
    assert plan_check(run(study, dummy=True)).result == "passed"
    change(study, ("adjustment: none", "adjustment: additive"))
    finding = run(study, dummy=True)
    assert list(deviations(finding)) == ["analyses.main.adjustment"]
    assert ("registered", "overall") in rows_of(finding, "main")


def test_the_sentence_about_the_plan_is_shown_with_restricted_data(study):
    change(study, ("kind: dummy", "kind: restricted"))
    lock(study, date=DAY)
    change(study, ("adjustment: none", "adjustment: additive"))
    finding = run(study)
    assert "1 element," in plan_check(finding).text
    assert deviations(finding)["analyses.main.adjustment"]["done"] == "additive"


def test_the_command(study, evaluate):
    done = evaluate("lock", study, "--date", "2026-01-05")
    assert done.returncode == 0, done.stderr
    assert f"{study}: the plan is locked in {study / 'plan' / 'plan.json'}" in done.stdout
    again = evaluate("lock", study, "--json")
    assert again.returncode == 2
    assert json.loads(again.stdout)[0]["what"] == "this plan is locked already, on 2026-01-05"
    assert evaluate("run", study).returncode == 0
    assert evaluate("verify", study).returncode == 0
    change(study, ("smallest_worthwhile: 2", "smallest_worthwhile: 1"))
    said = evaluate("run", study, "--out", study / "again.json").stdout
    assert "  failed: plan. The plan was locked on 2026-01-05" in said
    assert (
        "  otherwise than registered: outcomes.points.smallest_worthwhile: 2 → 1"
        " (no reason is given)\n"
    ) in said


def reseal(path, change_it):
    """Change a lock and give it a seal that fits: what somebody who reads the code could do."""
    from evaluate.study.lock_file import lock_text

    content = json.loads(path.read_text())
    change_it(content)
    path.write_text(lock_text(content))


def edit(old, new):
    def change_it(path):
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return change_it


def to_a_link(path):
    path.rename(path.with_name("real.txt"))
    path.symlink_to("real.txt")


def to_a_folder(path):
    path.unlink()
    path.mkdir()


def deeper(path):
    path.write_text('{"a":' * 100_000 + "1" + "}" * 100_000)


HOSTILE = {
    "edited-plan": (edit('"adjustment": "none"', '"adjustment": "additive"'), "was changed after"),
    "edited-date": (edit("2026-01-05", "2025-01-05"), "was changed after the plan was locked"),
    "a-key-twice": (edit('"date": ', '"date": "2001-01-01", "date": '), "is not the JSON that"),
    "edited-access": (edit('"not_accessed"', '"not_created"'), "was changed after"),
    "edited-hash": (edit('"sha256": "', '"sha256": "0'), "was changed after"),
    "truncated": (lambda p: p.write_bytes(p.read_bytes()[:500]), "is not the JSON"),
    "empty": (lambda p: p.write_text(""), "is not the JSON"),
    "not-an-object": (lambda p: p.write_text("[1, 2]"), "is not a locked plan"),
    "other-object": (lambda p: p.write_text("{}"), "does not say which format"),
    "nan": (lambda p: p.write_text('{"schema": NaN}'), "is not the JSON"),
    "not-text": (lambda p: p.write_bytes(b"\xff\xfe\x00"), "is not the JSON"),
    "lone-surrogate": (lambda p: p.write_text('{"schema": 1, "a": "\\ud800"}'), "is not the JSON"),
    "deep": (deeper, "is not the JSON"),
    "huge": (lambda p: p.write_bytes(b" " * 5_000_001), "is larger than 5 MB"),
    "link": (to_a_link, "is a link"),
    "folder": (to_a_folder, "is not a file"),
    "newer": (edit('"schema": 1', '"schema": 2'), "has a newer format (2; this version reads 1)"),
    "older": (edit('"schema": 1', '"schema": 0'), "does not say which format"),
    "boolean": (edit('"schema": 1', '"schema": true'), "does not say which format"),
    "other-study": (
        lambda p: reseal(p, lambda c: c.update(id="another")),
        "is the plan of `another`, and the study is `evening-classes`",
    ),
    "part-missing": (lambda p: reseal(p, lambda c: c.pop("date")), "lacks a part"),
    "hash-of-another": (
        lambda p: reseal(p, lambda c: c["definition"].update(question="another")),
        "its own hash does not fit",
    ),
    "unknown-access": (
        lambda p: reseal(p, lambda c: c.update(data_access="never")),
        "its own hash does not fit",
    ),
    "no-date": (lambda p: reseal(p, lambda c: c.update(date="soon")), "holds no date"),
    "gap": (lambda p: p.with_name("plan-3.json").write_text("{}"), "is missing, and a later"),
    "stranger": (
        lambda p: p.with_name("plan-2.json").write_bytes(p.read_bytes()),
        "does not amend the version before it",
    ),
}


@pytest.mark.parametrize(("spoil", "says"), HOSTILE.values(), ids=list(HOSTILE))
def test_a_lock_that_somebody_touched_stops_the_study(study, spoil, says):
    lock(study, date=DAY)
    spoil(study / "plan" / "plan.json")
    for call in (run, lambda path: lock(path, date=DAY, amend=True)):
        (problem,) = problems(call, study)
        assert says in problem.what
        assert Path(problem.where).parent.name == "plan"
        assert "plan" in Path(problem.where).name


def test_a_lock_whose_plan_this_version_cannot_read(study):
    from evaluate.study.plan import sha256

    def drop(content):
        content["definition"]["outcomes"]["points"]["colour"] = "red"
        content["sha256"] = sha256(content["definition"])

    lock(study, date=DAY)
    reseal(study / "plan" / "plan.json", drop)
    (problem,) = problems(run, study)
    assert "has no place for a part of the locked plan" in problem.what
    assert "the version of Evaluate that locked it" in problem.fix


def test_a_lock_from_before_a_field_existed_has_its_default(study):
    """A field that the format gained since is no deviation while it stands at its default."""
    from evaluate.study.plan import sha256

    def older(content):
        del content["definition"]["analyses"]["main"]["missing"]
        content["sha256"] = sha256(content["definition"])

    lock(study, date=DAY)
    reseal(study / "plan" / "plan.json", older)
    assert plan_check(run(study)).result == "passed"


def test_a_rendered_plan_that_was_edited_misleads_nobody(study):
    lock(study, date=DAY)
    document = study / "plan" / "plan.md"
    document.write_bytes(document.read_bytes().replace(b"\n", b"\r\n"))  # as some systems do
    run(study)
    document.write_text(document.read_text().replace("2026-01-05", "2024-01-05"))
    (problem,) = problems(run, study)
    assert problem.what == "is not the plan that was locked: it was changed by hand"
    assert problem.where.endswith("plan.md")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_a_problem(study):
    study.chmod(0o500)
    try:
        (problem,) = problems(lock, study, date=DAY)
    finally:
        study.chmod(0o700)
    assert problem.what.startswith("cannot be written")


def test_a_linked_folder_is_not_written_to(study, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (study / "plan").symlink_to(tmp_path / "elsewhere")
    (problem,) = problems(lock, study, date=DAY)
    assert problem.what == "its folder is a link"
    assert not list((tmp_path / "elsewhere").iterdir())


def test_the_same_plan_gives_the_same_files(study, tmp_path):
    other = tmp_path / "other" / "evening-classes"
    other.mkdir(parents=True)
    (other / "study.yaml").write_text((study / "study.yaml").read_text())
    (other / "data-dictionary.md").write_text(DICTIONARY)
    (other / "people.csv").write_text(people())
    lock(study, date=DAY)
    lock(other, date=DAY)
    for name in ("plan.json", "plan.md"):
        assert (study / "plan" / name).read_bytes() == (other / "plan" / name).read_bytes()


def test_the_plan_quotes_the_simulated_precision_and_says_where_there_is_none(study):
    from evaluate.power import power

    assumed = """\
assumptions:
  people: 120
  outcomes: {points: {baseline: 30, effect: 3, sd: 3}}
"""
    change(study, (PLAN, PLAN + assumed))
    lock(study, date=DAY)
    assert "not simulated |" in (study / "plan" / "plan.md").read_text()
    diagnosis = power(study, draws=100, workers=1)["main"]
    change(study, ("smallest_worthwhile: 2", "smallest_worthwhile: 1"))
    lock(study, date=DAY, amend=True)
    text = (study / "plan" / "plan-2.md").read_text()
    assert f"{diagnosis.scenarios['main']['mde']:.3g}, of 100 simulated studies" in text
    change(study, ("effect: 3", "effect: 4"))
    lock(study, date=DAY, amend=True)
    assert "| out of date |" in (study / "plan" / "plan-3.md").read_text()


@pytest.mark.parametrize(
    ("element", "moves"),
    [
        ("analyses.main", True),
        ("analyses.main.design.randomised.covariates", True),
        ("analyses.main.estimand", True),
        ("analyses.main.inference.conf_level", True),
        ("analyses.main.assignment", True),
        ("analyses.main.assignment.probability", True),
        ("analyses.main.assignment.unit", False),
        ("analyses.main.inference.family", False),
        ("analyses.main.role", False),
        ("analyses.main.subgroups.age", False),
        ("analyses.main.alternatives", False),
        ("analyses.main.alternatives.older.where", False),
        ("analyses.main.negative_controls", False),
        ("analyses.mainly.estimand", False),
        ("outcomes.points", True),
        ("outcomes.points.column", True),
        ("outcomes.points.direction", False),
        ("outcomes.other.column", False),
        ("data.cohort.include", True),
        ("data.derive.unused", False),
        ("data.derive.root", True),
        ("data.derive.root.power.exponent", True),
        ("data.join.register.unmatched", True),
        ("data.kind", False),
        ("data.timing", False),
        ("data.timing.after", False),
        ("data.where", True),
        ("disclosure.profile", False),
        ("economics.draws", False),
        ("question", False),
    ],
)
def test_which_deviations_can_move_a_registered_number(element, moves):
    from evaluate.registered import _moves

    plan = {
        "analyses": {
            "main": {"outcome": "points", "design": {"randomised": {"covariates": ["leaf"]}}}
        },
        "outcomes": {"points": {"column": "points"}},
        "data": {
            "derive": [
                {"name": "root", "power": {"of": "age"}},
                {"name": "leaf", "log": {"of": "root"}},
                {"name": "unused", "log": {"of": "root"}},
            ]
        },
    }
    assert _moves(element, "main", plan, plan) is moves


def test_a_lock_older_than_the_format_is_told_apart_from_a_damaged_one(study, monkeypatch):
    from evaluate.study import lock_file

    lock(study, date=DAY)
    monkeypatch.setattr(lock_file, "SCHEMA", 2)
    (problem,) = problems(run, study)
    assert problem.what == "has an older format (1; this version reads 2)"
    assert problem.fix == "run the study with the version of Evaluate that locked it"


def test_what_invented_people_contradict_is_not_locked(study: Path) -> None:
    (study / "expect.yaml").write_text(
        "version: 1\npeople:\n  - id: somebody\n    rows: {main: [{agee: 17}]}\n    included: true\n"
    )
    with pytest.raises(StudyError, match="agee"):
        lock(study)
    assert not (study / "plan").exists()


def simulated(finding):
    """Return the rows of what was simulated."""
    return [row for one in finding.tables if one.kind == "diagnosis" for row in one.rows]


def test_false_alarms_are_quoted_of_no_analysis_but_the_one_that_was_simulated(study: Path) -> None:
    from evaluate.power import power

    assumed = """\
assumptions:
  people: 120
  outcomes: {points: {baseline: 30, effect: 3, sd: 3}}
"""
    change(study, (PLAN, PLAN + assumed))
    power(study, draws=100, workers=1)
    lock(study, date=DAY)
    (planned,) = simulated(run(study))
    assert {"power", "false_positive", "false_positive_high"} <= set(planned)
    change(study, ("adjustment: none", "adjustment: additive"))
    (kept,) = simulated(run(study))
    assert not any(key.startswith("false_positive") for key in kept)
    assert kept["power"] == planned["power"]
