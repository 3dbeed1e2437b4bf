"""Theory of change as a method: faults of a definition, weakest links, planted gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from evaluate.design import Result
from evaluate.method import Inquiry
from evaluate.methods.theory import METHOD, SUPPORTS, Theory

NODES = {
    "meet": {"title": {"nb": "Møter", "en": "Meetings"}, "kind": "activity", "actors": ["NAV"]},
    "plan": {"title": "A plan", "kind": "output"},
    "know": {"title": "Shared understanding", "kind": "outcome"},
    "stay": {"title": "Fewer leave", "kind": "impact", "level": "individual"},
}


def edge(start: str, end: str, evidence: str = "assumed", **more: Any) -> dict[str, Any]:
    return {"from": start, "to": end, "claim": f"{start}, {end}", "evidence": evidence, **more}


CHAIN = [
    edge("meet", "plan", "monitoring"),
    edge("plan", "know", "pre_post"),
    edge("know", "stay", "rct"),
]


def theory(edges: list[dict[str, Any]], nodes: Any = None) -> Theory:
    return Theory.model_validate({"nodes": nodes or NODES, "edges": edges})


def run(spec: Theory) -> Result:
    return METHOD.estimate(spec, Inquiry("theory", lambda block: {}))


def rows(result: Result, name: str) -> list[Any]:
    return [row for table in result.tables if table.id == name for row in table.rows]


def check(result: Result, name: str) -> str:
    return next(one.result for one in result.checks if one.name == name)


@pytest.mark.parametrize(
    ("edges", "nodes", "said"),
    [
        ([*CHAIN, edge("know", "gone")], None, "`gone`, which is not under `nodes`"),
        ([*CHAIN, edge("meet", "plan")], None, "two links lead from `meet` to `plan`"),
        ([*CHAIN, edge("stay", "plan")], None, "is a circle"),
        ([*CHAIN, edge("plan", "plan")], None, "`plan` to `plan` is a circle"),
        (CHAIN, NODES | {"law": {"title": "L", "kind": "condition"}}, "no link joins `law`"),
        ([*CHAIN, edge("meet", "stay", "proven")], None, "Input should be"),
    ],
    ids=["unknown", "twice", "circle", "self", "alone", "grade"],
)
def test_a_theory_that_contradicts_itself_is_a_fault(edges: Any, nodes: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        theory(edges, nodes)


def test_a_way_supports_no_more_than_its_weakest_link() -> None:
    (way,) = rows(run(theory(CHAIN)), "paths")
    assert (way["weakest"], way["evidence"], way["rung"]) == ("meet_to_plan", "monitoring", 1)
    assert way["steps"] == 3
    assert way["route"] == "plan; know"


@pytest.mark.parametrize("grade", ["refuted", "assumed", *SUPPORTS])
def test_each_grade_supports_its_step(grade: str) -> None:
    (way,) = rows(
        run(theory([edge("meet", "stay", grade)], {k: NODES[k] for k in ("meet", "stay")})), "paths"
    )
    assert way["rung"] == SUPPORTS.get(grade)


def test_a_marked_circle_is_allowed_and_on_no_way() -> None:
    result = run(theory([*CHAIN, edge("stay", "meet", feedback=True)]))
    assert len(rows(result, "paths")) == 1
    assert rows(result, "edges")[-1]["feedback"] is True


def test_links_that_rest_on_nothing_are_counted() -> None:
    tested = run(theory(CHAIN))
    assert check(tested, "tested_links") == "passed"
    planted = [*CHAIN[:2], edge("know", "stay", "described")]
    assert check(run(theory(planted)), "tested_links") == "failed"
    shares = {row["evidence"]: row["share"] for row in rows(run(theory(planted)), "evidence")}
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["described"] == pytest.approx(1 / 3)


def test_an_activity_that_leads_nowhere_is_found() -> None:
    nodes = NODES | {"fair": {"title": "A fair", "kind": "activity"}}
    assert check(run(theory(CHAIN)), "leads_to_impact") == "passed"
    planted = theory([edge("meet", "plan"), edge("know", "stay"), edge("fair", "plan")], nodes)
    assert check(run(planted), "leads_to_impact") == "failed"


def test_grades_need_a_source() -> None:
    named = [{**one, "sources": ["report"]} for one in CHAIN]
    assert check(run(theory(named)), "link_sources") == "passed"
    assert check(run(theory(CHAIN)), "link_sources") == "failed"
    bare = [{**one, "evidence": "assumed"} for one in CHAIN]
    assert check(run(theory(bare)), "link_sources") == "not_run"


def test_order_of_the_definition_does_not_matter() -> None:
    one = run(theory(CHAIN))
    other = run(theory(CHAIN[::-1], dict(reversed(NODES.items()))))
    for name, drop in (("edges", "number"), ("nodes", ""), ("paths", "")):
        first, second = (
            sorted(str({k: v for k, v in row.items() if k != drop}) for row in rows(r, name))
            for r in (one, other)
        )
        assert first == second


def test_titles_are_in_the_languages_given() -> None:
    titles = METHOD.titles(METHOD.example(np.random.default_rng(0)).spec)
    assert titles["step_1"] == "Step 1"
    assert METHOD.titles(theory(CHAIN))["meet"] == {"nb": "Møter", "en": "Meetings"}
    assert METHOD.titles(theory(CHAIN))["meet_actor_1"] == "NAV"
    assert METHOD.rung == 0
