"""Coding as a method: counts by hand, checks on planted faults, consent, and bad input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from arrays import ask, check_of, rows_of

from evaluate.errors import Refused
from evaluate.methods.coding import METHOD, Coding

CODES = {
    "mandate": {"title": "Mandate", "kind": "practice"},
    "meetings": {"title": "Meetings", "kind": "practice"},
    "secrecy": {"title": "Secrecy", "kind": "barrier"},
    "distance": {"title": "Distance", "kind": "barrier"},
}
# code, case, role, informant, coder, passage
ROWS = [
    ("mandate", "A", "nav", "i1", "x", "p1"),
    ("mandate", "A", "nav", "i1", "y", "p1"),
    ("secrecy", "A", "nav", "i1", "x", "p1"),
    ("mandate", "A", "school", "i2", "x", "p2"),
    ("secrecy", "B", "nav", "i3", "x", "p3"),
    ("meetings", "B", "nav", "i3", "x", "p4"),
    ("mandate", "C", "school", "i4", "x", "p5"),
]
NAMES = ("code", "case", "role", "informant", "coder", "passage")


def record(rows: list[tuple[Any, ...]]) -> dict[str, Any]:
    return {
        name: np.array([row[at] for row in rows] or [""], dtype=object)[: len(rows)]
        for at, name in enumerate(NAMES)
    }


def run(rows: dict[str, Any] | None = None, left_out: tuple[str, ...] = (), **more: Any) -> Any:
    columns = record(ROWS) if rows is None else rows
    named = {name: name for name in NAMES if name not in left_out}
    extra = more.pop("segments", {})
    spec = {"segments": {"record": "segments", **named, **extra}, "codes": CODES, **more}
    return ask(METHOD, Coding.model_validate(spec), columns)


def test_counts_by_hand() -> None:
    found = run()
    (matrix,) = [one for one in found.tables if one.id == "matrix"]
    a, b, c = (one.name for one in matrix.columns[1:4])
    counts = {row["code"]: (row[a], row[b], row[c], row["n_cases"]) for row in matrix.rows}
    assert counts == {
        "mandate": (2, 0, 1, 2),  # the passage that both coders gave the code counts once
        "meetings": (0, 1, 0, 1),
        "secrecy": (1, 1, 0, 2),
        "distance": (0, 0, 0, 0),
    }
    breadth = rows_of(found, "breadth")["mandate"]
    assert (breadth["n_roles"], breadth["n_informants"], breadth["n_segments"]) == (2, 3, 3)
    assert breadth["share_cases"] == pytest.approx(2 / 3)
    links = rows_of(found, "links")
    assert {key: (row["n_cases"], row["n_passages"]) for key, row in links.items()} == {
        "secrecy|mandate": (1, 1),
        "secrecy|meetings": (1, 0),
    }


def test_cases_that_tell_most_come_first() -> None:
    cases = rows_of(run(), "cases")
    assert list(cases) == ["A", "B", "C"]
    counted = [cases["A"][one] for one in ("codes_told", "codes_alone", "n_segments")]
    assert counted == [2, 0, 3]
    assert cases["B"]["codes_alone"] == 1
    assert cases["B"]["roles_absent"] == "school"
    assert "roles_absent" not in cases["A"]


def test_saturation_and_what_is_left() -> None:
    curve = rows_of(run(), "saturation")
    # mandate in 2 of 3 cases, secrecy in 2, meetings in 1.
    assert curve["1"]["expected"] == pytest.approx(5 / 3)
    assert curve["2"]["expected"] == pytest.approx(1 + 1 + 2 / 3)
    assert (curve["1"]["least"], curve["1"]["most"]) == (1, 2)
    left = rows_of(run(), "unseen")
    assert left["coding.codes_once"]["value"] == 1
    assert left["coding.codes_estimated"]["value"] == pytest.approx(3 + 2 / 3 * 1 / 4)
    alone = [("mandate", "A", "nav", "i", "x", "1"), ("secrecy", "B", "nav", "i", "x", "2"),
             ("distance", "C", "nav", "i", "x", "3")]  # fmt: skip
    row = rows_of(run(record(alone)), "unseen")["coding.coverage"]
    assert row == {"measure": "coding.coverage", "state": "coding.nothing_shared"}


def drawn(rng: np.random.Generator, cases: int, often: float, roles: int = 3) -> dict[str, Any]:
    """Return segments in which each case tells each code with a chance."""
    rows = [
        (code, f"c{case}", f"r{rng.integers(roles)}", f"i{case}", coder, f"p{case}{code}{k}")
        for case in range(cases)
        for code in CODES
        if rng.random() < often or case == 0
        for k in range(3)
        for coder in "xy"
    ]
    return record(rows)


def share(name: str, result: str, **how: Any) -> float:
    rng = np.random.default_rng(11)
    return sum(check_of(run(drawn(rng, **how)), name).result == result for _ in range(60)) / 60


def test_saturation_fires_where_each_case_tells_something_new() -> None:
    def new(rng: np.random.Generator) -> dict[str, Any]:
        order = rng.permutation(list(CODES))
        return record([(str(one), f"c{at}", "r", "i", "x", "p") for at, one in enumerate(order)])

    rng = np.random.default_rng(1)
    assert all(check_of(run(new(rng)), "coding_saturated").result == "failed" for _ in range(20))
    assert share("coding_saturated", "failed", cases=8, often=0.8) <= 0.07
    assert share("coding_saturated", "passed", cases=8, often=0.8) >= 0.8
    assert check_of(run(), "coding_saturated").result == "uninformative"


def test_codes_of_one_role_fire() -> None:
    assert share("coding_roles", "failed", cases=6, often=0.8, roles=1) >= 0.8
    assert share("coding_roles", "failed", cases=6, often=0.8) <= 0.07
    assert check_of(run(left_out=("role",)), "coding_roles").result == "not_run"


def test_one_coder_fires() -> None:
    assert check_of(run(), "coding_two_coders").result == "passed"
    one = [row for row in ROWS if row[4] == "x"]
    assert check_of(run(record(one)), "coding_two_coders").result == "failed"
    assert check_of(run(left_out=("coder",)), "coding_two_coders").result == "failed"


FINDINGS = {
    "clear": {"text": "A clear mandate matters.", "codes": ["mandate", "secrecy"]},
    "far": {"text": "Distance matters.", "codes": ["distance"]},
    "published": {"text": "No model was found.", "sources": ["report"]},
    "both": {"text": "Meetings help.", "codes": ["meetings"], "sources": ["report"]},
}


def test_what_recommendations_rest_on() -> None:
    advice = {
        "write": {"text": "Write it down.", "findings": ["clear"]},
        "search": {"text": "Search on.", "findings": ["published", "both"]},
        "empty": {"text": "Move closer.", "findings": ["far"]},
        "bare": {"text": "Do more."},
    }
    found = run(findings=FINDINGS, recommendations=advice)
    rows = rows_of(found, "recommendations")
    assert {key: row["state"] for key, row in rows.items()} == {
        "write": "coding.coded",
        "search": "coding.published_and_coded",
        "empty": "coding.nothing",
        "bare": "coding.nothing",
    }
    # Counted as in the matrix: two coders of one passage are one segment.
    assert (rows["write"]["n_segments"], rows["write"]["n_cases"]) == (5, 3)
    assert rows_of(found, "findings")["published"]["state"] == "coding.published"
    assert check_of(found, "coding_traced").result == "failed"
    good = run(findings=FINDINGS, recommendations={"write": advice["write"]})
    assert check_of(good, "coding_traced").result == "passed"


def test_published_findings_without_segments() -> None:
    spec = Coding.model_validate({"findings": {"published": FINDINGS["published"]}})
    found = ask(METHOD, spec)
    assert [one.id for one in found.tables] == ["findings"]


def test_words_are_shown_only_with_consent() -> None:
    words = [f"words {at}" for at in range(len(ROWS))]
    agreed = [1.0, 0.0, np.nan, 1.0, 0.0, 0.0, 0.0]
    columns = record(ROWS) | {"words": np.array(words, dtype=object), "ok": np.array(agreed)}
    found = run(columns, segments={"quotation": "words", "consent": "ok"})
    shown = {row["text"] for row in rows_of(found, "quotations").values()}
    assert shown == {"words 0", "words 3"}
    everything = str([table.rows for table in found.tables if table.id != "quotations"])
    assert "words" not in everything
    assert "quotations" not in {one.id for one in run(columns).tables}


def test_informants_and_coders_are_counted_and_never_named() -> None:
    columns = record(ROWS)
    columns["informant"] = np.array([f"name {one}" for one in columns["informant"]], dtype=object)
    columns["coder"] = np.array([f"name {one}" for one in columns["coder"]], dtype=object)
    assert "name " not in str([table.rows for table in run(columns).tables])


def test_renaming_changes_nothing_else() -> None:
    columns = record(ROWS)
    columns["case"] = np.array([{"A": "Z", "B": "Y", "C": "X"}[one] for one in columns["case"]])
    columns["case"] = columns["case"].astype(object)
    one, other = rows_of(run(), "saturation"), rows_of(run(columns), "saturation")
    assert one == other


@pytest.mark.parametrize(
    ("rows", "code"),
    [([], "no_segments"), ([("unknown words", "A", "r", "i", "x", "p")], "unknown_code")],
)
def test_what_is_refused(rows: list[tuple[Any, ...]], code: str) -> None:
    with pytest.raises(Refused) as refused:
        run(record(rows))
    assert refused.value.code == code
    assert "unknown words" not in str(refused.value)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"segments": {"record": "s", "code": "code", "case": "case"}},
        {"segments": {"record": "s", "code": "c", "case": "c", "quotation": "q"}, "codes": CODES},
        {"codes": {"a": {"title": "A", "parent": "b"}}, "findings": {}},
        {"findings": {"f": {"text": "x", "codes": ["nothing"]}}},
        {"findings": FINDINGS["far"]},
        {"recommendations": {"r": {"text": "x", "findings": ["nothing"]}}},
    ],
)
def test_fields_that_contradict_each_other(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Coding.model_validate(fields)


def test_roles_are_called_by_their_titles() -> None:
    fields = {"findings": {"f": {"text": "x"}}, "roles": {"ot": {"en": "Follow-up service"}}}
    assert METHOD.titles(Coding.model_validate(fields))["ot"] == {"en": "Follow-up service"}
