"""Rows that a method was not thought for, from the file to the finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType

import pytest
import small_study

from evaluate.core import Cell, Column, Finding, Table
from evaluate.disclosure.gate import PROFILES, release
from evaluate.disclosure.method_rules import FOLLOWS
from evaluate.disclosure.rules import RULES
from evaluate.errors import DataError
from evaluate.flow import run
from evaluate.lock import lock

STUDY = """
version: 1
id: hostile
title: Hostile rows
question: What do the rows say?
status: running
programme: {owner: A county}
intervention:
  {name: T, why: W, what: W, provider: P, how: H, where: W, dose: D, tailoring: T, changes: C,
    fidelity: F, class: [preventive], reach: universal, levels: [school]}
comparison: {who: Nobody, received: Nothing, why_credible: It is not.}
outcomes: {told: {unit: share, role: primary, direction: increase}}
"""
HEAD = "\n| variable | type | unit | values | missing | description | source |\n"
HEAD += "|---|---|---|---|---|---|---|\n"
TYPES: Mapping[str, str] = MappingProxyType(
    {"target": "number", "reached": "number", "hours": "number", "outcome": "number"}
    | dict.fromkeys(
        ("a", "b", "c", "trust", "before", "after", "n", "done", "year", "passed"), "number"
    )
)


def study(tmp_path: Path, method: str, records: Mapping[str, str], kind: str = "public") -> Path:
    place = tmp_path / "hostile"
    (place / "data").mkdir(parents=True, exist_ok=True)
    words = ["# D"]
    lines = [STUDY, "records:"]
    for name, rows in records.items():
        (place / "data" / f"{name}.csv").write_text(rows, "utf-8")
        lines.append(f"  {name}: {{path: data/{name}.csv, kind: {kind}}}")
        described = (
            f"| {one} | {TYPES.get(one, 'text')} | | | | d | s |\n"
            for one in rows.splitlines()[0].split(",")
        )
        words.append(f"\n## hostile/{name}\n{HEAD}{''.join(described)}")
    lines.append(f"analyses:\n  x:\n    title: X\n    method: {method}\n")
    (place / "study.yaml").write_text("\n".join(lines), "utf-8")
    (tmp_path / "data-dictionary.md").write_text("\n".join(words), "utf-8")
    return place


def rows_of(finding: Finding, kind: str) -> tuple[Mapping[str, object], ...]:
    (found,) = [one for one in finding.tables if one.kind == kind]
    return found.rows


def numbers(finding: Finding, kind: str) -> list[object]:
    return [x for row in rows_of(finding, kind) for x in row.values() if isinstance(x, int | float)]


SITES = (
    "{implementation: {sites: {record: sites, site: site, target: target, reached: reached,"
    " hours: hours, outcome: outcome}, minimum: {hours: 2}}}"
)


def sites(first: str) -> dict[str, str]:
    rest = "".join(f"s{i},40,{20 + i},{60 + 7 * i},{50 + i * i}\n" for i in range(1, 8))
    return {"sites": f"site,target,reached,hours,outcome\n{first}\n{rest}"}


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("s0,1e300,20,60,50", "target"),
        ("s0,40,20,1e300,50", "hours"),
        ("s0,40,20,1e-200,50", "hours"),
        ("s0,40,20,60,-1e16", "outcome"),
    ],
)
def test_numbers_beyond_reach_are_named_by_column(tmp_path: Path, row: str, column: str) -> None:
    assert rows_of(run(study(tmp_path, SITES, sites("s0,40,20,60,50"))), "implementation_dose")
    with pytest.raises(DataError) as caught:
        run(study(tmp_path, SITES, sites(row)))
    told = str(caught.value)
    assert f"sites.csv:{column}: 1 row with a number above 1e+15" in told
    assert "e300" not in told


def test_zero_is_not_too_small(tmp_path: Path) -> None:
    assert not run(study(tmp_path, SITES, sites("s0,40,20,0,0"))).refusals


NETWORK = (
    "{network: {actors_are: organisations, actors: {record: actors, actor: who, sector: sector},"
    " ties: {record: ties, sender: one, receiver: other}, directed: true}}"
)


def test_two_rows_of_one_name_are_refused(tmp_path: Path) -> None:
    actors = "who,sector\na|b,s\nc,t\na,s\nb|c,t\n"
    one = run(study(tmp_path, NETWORK, {"actors": actors, "ties": "one,other\na|b,c\n"}))
    assert not one.refusals
    both = run(study(tmp_path, NETWORK, {"actors": actors, "ties": "one,other\na|b,c\na,b|c\n"}))
    assert [refusal.code for refusal in both.refusals] == ["keys_twice"]
    assert not [table for table in both.tables if table.analysis == "x"]


def test_names_in_other_letters_stay_as_they_are(tmp_path: Path) -> None:
    actors = 'who,sector\nÅs <b>,s\n"Bø, nord",t\n'
    finding = run(
        study(tmp_path, NETWORK, {"actors": actors, "ties": 'one,other\nÅs <b>,"Bø, nord"\n'})
    )
    (tie,) = rows_of(finding, "network_ties")
    assert (tie["sender"], tie["receiver"]) == ("Ås <b>", "Bø, nord")


DISTANCE = (
    "{distance: {ratings: {record: ratings, case: case, by: by, of: of, items: [trust]},"
    " high_means: close, sides: {x: X, y: Y}}}"
)


def ratings(each: int, alone: int = 0) -> dict[str, str]:
    rows = [f"c,{by},{of},{1 + i % 5}" for by, of in ("xy", "yx") for i in range(each)]
    rows += [f"d,{by},{of},{1 + i % 5}" for by, of in ("xy", "yx") for i in range(alone)]
    return {"ratings": "case,by,of,trust\n" + "\n".join(rows) + "\n"}


def test_a_single_rater_is_not_told_in_words(tmp_path: Path) -> None:
    finding = run(study(tmp_path, DISTANCE, ratings(20, 1), "restricted"))
    rows = rows_of(finding, "distance_matrix")
    assert "one_rater" not in {row.get("state") for row in rows}
    assert not numbers(finding, "distance_matrix")
    shown = run(study(tmp_path, DISTANCE, ratings(20, 20), "restricted"))
    assert numbers(shown, "distance_matrix")


RELIABILITY = "{reliability: {scales: {skill: {record: staff, items: [a, b, c]}}}}"
PLACES = (
    "{places: {rates: {record: places, place: place, events: done, n: n, period: year},"
    " members: {aa: A, bb: B}}}"
)


def people(n: int) -> dict[str, str]:
    lines = (f"{i % 5},{(i + i % 2) % 5},{(i + i // 5) % 5}" for i in range(n))
    gone = [f"{i % 5},,{i % 5}" for i in range(n // 5)]  # incomplete, enough of them to be told
    return {"staff": "a,b,c\n" + "\n".join([*lines, *gone]) + "\n"}


def rates(n: int) -> dict[str, str]:
    lines = (
        f"{place},{year},{n},{n // 2}\n" for place in ("aa", "bb") for year in (2019, 2020, 2021)
    )
    return {"places": "place,year,n,done\n" + "".join(lines)}


@pytest.mark.parametrize(
    ("method", "rows", "kind"),
    [(RELIABILITY, people, "reliability_items"), (PLACES, rates, "places_change")],
)
def test_what_follows_from_few_people_is_hidden_with_them(
    tmp_path: Path, method: str, rows: Callable[[int], dict[str, str]], kind: str
) -> None:
    assert numbers(run(study(tmp_path, method, rows(60), "restricted")), kind)
    few = run(study(tmp_path, method, rows(6), "restricted"))
    assert not numbers(few, kind)
    assert len(rows_of(few, kind)) == len(rows_of(run(study(tmp_path, method, rows(6))), kind))


def tables(n: int, analysis: str) -> tuple[Table, Table]:
    def one(kind: str, row: dict[str, Cell]) -> Table:
        columns = tuple(Column(name, "number", {"en": name}) for name in row)
        return Table(kind, kind, columns, (row,), analysis)

    return (
        one("change_selection", {"scale": "s", "change": 0.25, "state": "told"}),
        one("change_scores", {"scale": "s", "n_units": n, "n_pairs": n, "df": 5.5}),
    )


def released(*given: Table) -> dict[str, Table]:
    found = release((), (), given, (), PROFILES["nordic_strict"])
    return {f"{one.analysis}.{one.kind}": one for one in found.tables}


def test_a_table_follows_one_of_its_own_analysis() -> None:
    found = released(*tables(40, "many"), *tables(4, "few"))
    assert found["many.change_selection"].rows == ({"scale": "s", "change": 0.25, "state": "told"},)
    (row,) = found["few.change_selection"].rows
    assert row == {"scale": "s", "change": None, "state": "withheld"}


def test_each_table_follows_one_with_a_rule() -> None:
    assert set(FOLLOWS) | set(FOLLOWS.values()) <= set(RULES)


REGISTERED = """
  theory:
    title: Why it should work
    method:
      theory:
        nodes: {a: {title: A, kind: activity}, b: {title: B, kind: impact}}
        edges: [{from: a, to: b, claim: A leads to B.}]
  told:
    title: What is not computed
    inference: {conf_level: 0.95}
    method: {not_computed: {lines: {one: {what: W, needs: N, why: Y}}}}
plan: {data_access: not_accessed}
"""


@pytest.mark.parametrize(
    ("old", "new", "elements"),
    [
        ("claim: A leads", "evidence: rct, claim: A leads", {"methods.theory.method.theory.edges"}),
        ("conf_level: 0.95", "conf_level: 0.9", {"methods.told.inference.conf_level"}),
        ("  told:", "  heard:", {"methods.told", "methods.heard"}),
        ("title: Why it", "title: How it", set()),
    ],
)
def test_a_method_changed_after_the_lock_is_shown(
    tmp_path: Path, old: str, new: str, elements: set[str]
) -> None:
    file = tmp_path / "study.yaml"
    text = small_study.STUDY.replace("kind: public", "kind: dummy") + REGISTERED.lstrip("\n")
    file.write_text(text, "utf-8")
    (tmp_path / "data-dictionary.md").write_text(
        small_study.DICTIONARY.replace("## evening-classes", f"## {tmp_path.name}"), "utf-8"
    )
    (tmp_path / "people.csv").write_text(small_study.people(), "utf-8")
    lock(tmp_path, date=date(2026, 1, 5))
    # With another design too, the study that was registered runs beside the one that was done.
    for extra, more in (("", set()), ("adjustment: additive", {"analyses.main.adjustment"})):
        changed = text.replace(old, new).replace("adjustment: none", extra or "adjustment: none")
        assert text.count(old) == 1
        file.write_text(changed, "utf-8")
        found = [one for one in run(tmp_path).tables if one.kind == "deviations"]
        assert {row["element"] for one in found for row in one.rows} == elements | more


@pytest.mark.parametrize(("n", "gone", "shown"), [(60, 0, True), (60, 3, True), (6, 60, False)])
def test_few_incomplete_answers_do_not_hide_the_others(
    tmp_path: Path, n: int, gone: int, shown: bool
) -> None:
    rows = people(n)["staff"].splitlines()
    lines = [*rows[: n + 1], *["3,,3"] * gone]
    found = run(study(tmp_path, RELIABILITY, {"staff": "\n".join(lines) + "\n"}, "restricted"))
    (row,) = rows_of(found, "reliability_scales")
    assert row.get("n_incomplete") is None
    assert (row.get("alpha") is not None) is shown
    assert row.get("n") == (60 if shown else None)


@pytest.mark.parametrize(
    ("name", "other", "words"),
    [
        ("a\u202eb", "c", "a cell holds a sign that does not show"),
        ("a\x1b[31m", "c", "a cell holds a sign that does not show"),
        ("\u00e5s", "a\u030as", "letters put together in two ways"),
    ],
)
def test_names_in_disguise_are_told(tmp_path: Path, name: str, other: str, words: str) -> None:
    actors = f"who,sector\n{name},s\n{other},t\n"
    with pytest.raises(DataError, match=words) as caught:
        run(study(tmp_path, NETWORK, {"actors": actors, "ties": f"one,other\n{other},{other}\n"}))
    assert "actors.csv:who" in str(caught.value)
    assert name not in str(caught.value)


PASSES = "{shares: {attempts: {record: passes, passed: passed, by: [area]}}}"
BESIDE = (
    "{joint_display: {columns: {share: {title: S, analysis: x, table: rates, key: level,"
    " value: share}, plan: {title: P, rows: {record: plans, case: case, value: plan, people: n}}}}}"
)


def passes(few: int) -> dict[str, str]:
    rows = [f"north,{i % 2}" for i in range(40)] + [f"south,{i % 2}" for i in range(few)]
    rows += [f"{area}," for area in ("north", "south") for _ in range(20)]
    return {
        "passes": "area,passed\n" + "\n".join(rows) + "\n",
        "plans": "case,plan,n\nnorth,clear,40\nsouth,none,40\n",
    }


@pytest.mark.parametrize(("few", "shown"), [(40, True), (6, False)])
def test_a_joint_display_shows_only_what_left_the_gate(
    tmp_path: Path, few: int, shown: bool
) -> None:
    both = f"{PASSES}\n  y:\n    title: Y\n    method: {BESIDE}"
    finding = run(study(tmp_path, both, passes(few), "restricted"))
    rates = [row["share"] for row in rows_of(finding, "shares_rates")]
    assert (None not in rates) == shown
    told = [
        row.get("share") for one in finding.tables if one.kind == "joint_cases" for row in one.rows
    ]
    assert any(one is not None for one in told) == shown


def test_a_joint_display_without_counts_of_people_is_hidden(tmp_path: Path) -> None:
    both = f"{PASSES}\n  y:\n    title: Y\n    method: {BESIDE.replace(', people: n', '')}"
    finding = run(study(tmp_path, both, passes(40), "restricted"))
    assert all(set(row) == {"case"} for row in rows_of(finding, "joint_cases"))
    finding = run(study(tmp_path, both, passes(40)))
    assert rows_of(finding, "joint_cases")[0]["plan"] == "clear"


def test_records_are_read_in_the_folder_that_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALUATE_WORK", str(tmp_path / "work"))
    run(study(tmp_path, PASSES, {"passes": passes(40)["passes"]}))
    assert (tmp_path / "work" / "hostile").is_dir()
    assert not (tmp_path / "hostile" / ".evaluate").exists()
