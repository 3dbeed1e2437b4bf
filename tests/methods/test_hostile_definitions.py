"""Definitions that are allowed by their parts and wrong as a whole: keys, ways, certainties."""

from __future__ import annotations

from itertools import pairwise
from math import isfinite
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from evaluate.core import Table
from evaluate.errors import Refused
from evaluate.inference.made_keys import clashing
from evaluate.inference.output_definition import Outputs
from evaluate.inference.tracing_definition import Tracing
from evaluate.method import FromRecord, Inquiry, Result, all_methods, named_cells
from evaluate.methods.distance import Distances
from evaluate.methods.implementation import Implementation
from evaluate.methods.network import Networks
from evaluate.methods.theory import Theory

Rows = dict[str, dict[str, Any]]


def given(name: str, spec: Any, records: Rows | None = None) -> Result:
    def read(block: FromRecord) -> dict[str, Any]:
        rows = (records or {})[block.record]
        return {
            one.field: np.column_stack([rows[key] for key in one.columns])
            if one.several
            else rows[one.columns[0]]
            for one in named_cells(block)
        }

    return all_methods()[name].estimate(spec, Inquiry("x", read, draws=999))


def texts(*values: str) -> Any:
    return np.array(values, dtype=object)


def table(result: Result, id_: str) -> Table:
    return next(one for one in result.tables if one.id == id_)


def theory(nodes: dict[str, str], pairs: list[tuple[str, str]]) -> Theory:
    return Theory.model_validate(
        {
            "nodes": {key: {"title": key, "kind": kind} for key, kind in nodes.items()},
            "edges": [{"from": a, "to": b, "claim": f"{a} to {b}."} for a, b in pairs],
        }
    )


def test_an_activity_that_leads_nowhere_is_seen_among_very_many_ways() -> None:
    layers = [["start"], *([f"l{i}_{j}" for j in range(4)] for i in range(4)), ["end"]]
    pairs = [(a, b) for one, other in pairwise(layers) for a in one for b in other]
    nodes = {key: "output" for layer in layers for key in layer}
    nodes |= {"start": "activity", "end": "impact"}
    whole = given("theory", theory(nodes, pairs))
    lost = theory(nodes | {"dead": "activity", "left": "output"}, [*pairs, ("dead", "left")])
    found = {c.name: c for c in whole.checks}["leads_to_impact"]
    assert found.result == "passed"
    found = {c.name: c for c in given("theory", lost).checks}["leads_to_impact"]
    assert found.result == "failed"
    assert found.text.startswith("1 of 2 activities lead to one of 1 ends, by 256 ways")


@pytest.mark.parametrize(
    ("nodes", "pairs"),
    [
        (("a", "a_to_b", "c", "b_to_c"), [("a_to_b", "c"), ("a", "b_to_c")]),
        (("a", "b", "a_to_b"), [("a", "b"), ("b", "a_to_b")]),
        (("way_1", "b"), [("way_1", "b")]),
    ],
)
def test_a_step_is_not_called_what_a_link_or_a_way_is(
    nodes: tuple[str, ...], pairs: list[tuple[str, str]]
) -> None:
    with pytest.raises(ValidationError, match="give the step another key"):
        theory(dict.fromkeys(nodes, "output"), pairs)


def piece(true: float, false: float, **more: Any) -> dict[str, Any]:
    said = {"title": "E", "if_true": {"point": true}, "if_false": {"point": false}}
    return {**said, "observed": "yes", **more}


def claim(evidence: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": "C", "prior": {"point": 0.5}, "evidence": evidence, **more}


def tracing(**claims: Any) -> Tracing:
    return Tracing.model_validate({"claims": claims})


@pytest.mark.parametrize(
    "claims",
    [
        {"a": claim({"b_c": piece(0.9, 0.1)}), "a_b": claim({"c": piece(0.9, 0.1)})},
        {
            "a": claim({"e": piece(0.9, 0.1)}, rivals={"r": {"title": "R", "share": 1}}),
            "a_rival_r": claim({"e": piece(0.9, 0.1)}),
        },
        {"a": claim({"e": piece(0.9, 0.1, source="S"), "e_source": piece(0.9, 0.1)})},
    ],
)
def test_a_claim_and_its_evidence_are_told_apart(claims: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="would name two things"):
        tracing(**claims)


@pytest.mark.parametrize(("true", "false"), [(1 - 1e-6, 1e-6), (1e-6, 1 - 1e-6)])
def test_odds_that_have_no_number_are_refused(true: float, false: float) -> None:
    def found(n: int) -> Result:
        return given("tracing", tracing(a=claim({f"e{i}": piece(true, false) for i in range(n)})))

    (row,) = table(found(3), "claims").rows
    assert isfinite(float(row["ratio"] or 0))
    assert row["ratio"] == pytest.approx((true / false) ** 3, rel=1e-9)
    with pytest.raises(Refused) as caught:
        found(60)
    assert caught.value.code == "beyond_numbers"


def test_one_source_written_in_another_order_counts_once() -> None:
    both = [{"en": "Report", "nb": "Rapport"}, {"nb": "Rapport", "en": "Report"}]
    evidence = {f"e{i}": piece(0.9, 0.1, source=one) for i, one in enumerate(both)}
    (row,) = table(given("tracing", tracing(a=claim(evidence))), "claims").rows
    assert row["sources"] == 1
    assert row["ratio"] == pytest.approx(9, rel=1e-12)


def test_an_output_is_not_called_what_a_text_of_another_is() -> None:
    outputs = {"a": {"title": "A", "evidence": "E"}, "a_evidence": {"title": "B"}}
    with pytest.raises(ValidationError, match="`a_evidence` is the key of two things"):
        Outputs.model_validate({"outputs": outputs})
    del outputs["a"]["evidence"]
    assert Outputs.model_validate({"outputs": outputs})


def test_the_first_clash_is_told() -> None:
    assert clashing(["a", "b", "c"]) == ""
    assert clashing(["a", "b", "b", "a"]) == "`a`"


def networks(**more: str) -> Networks:
    return Networks.model_validate(
        {
            "actors_are": "organisations",
            "actors": {"record": "actors", "actor": "actor", "sector": "sector"},
            "ties": {"record": "ties", "sender": "one", "receiver": "other", **more},
        }
    )


ACTORS = {"actor": texts("a", "b", "c", "d"), "sector": texts("s", "s", "t", "t")}


def test_a_type_is_not_called_what_all_types_are() -> None:
    ties = {"one": texts("a", "b", "c"), "other": texts("b", "c", "d")}

    def found(kind: str) -> Result:
        rows = {**ties, "kind": texts(kind, "talk", "talk")}
        return given("network", networks(type="kind"), {"actors": ACTORS, "ties": rows})

    (row,) = table(found("meeting"), "waves").rows
    assert row["ties"] == 3  # all types together
    with pytest.raises(Refused) as caught:
        found("all")
    assert caught.value.code == "name_taken"


@pytest.mark.parametrize(
    ("pairs", "items", "words"),
    [
        ((("x", "y"), ("y", "x")), ("trust",), "a pair stands twice"),
        ((("x", "y"), ("x", "y")), ("trust",), "a pair stands twice"),
        ((), ("all",), "rename that column"),
    ],
)
def test_a_distance_has_one_name(pairs: Any, items: Any, words: str) -> None:
    fields = {
        "ratings": {"record": "r", "case": "c", "by": "by", "of": "of", "items": items},
        "high_means": "close",
        "sides": {"x": "X", "y": "Y"},
        "pairs": pairs,
    }
    with pytest.raises(ValidationError, match=words):
        Distances.model_validate(fields)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("hours", -1.0, "dose_below_zero"),
        ("target", 20.5, "people_not_whole"),
        ("reached", 7.5, "people_not_whole"),
        ("reached", -1.0, "reached_above_target"),
    ],
)
def test_people_and_doses_are_counts(column: str, value: float, code: str) -> None:
    spec = Implementation.model_validate(
        {
            "sites": {
                "record": "sites",
                "site": "site",
                "target": "target",
                "reached": "reached",
                "hours": "hours",
            },
            "minimum": {"hours": 2.0},
        }
    )
    rows: dict[str, Any] = {
        "site": texts("a", "b"),
        "target": np.array([20.0, 30.0]),
        "reached": np.array([10.0, 20.0]),
        "hours": np.array([40.0, np.nan]),
    }
    assert table(given("implementation", spec, {"sites": rows}), "sites").rows
    rows[column] = np.array([value, *rows[column][1:]])
    with pytest.raises(Refused) as caught:
        given("implementation", spec, {"sites": rows})
    assert caught.value.code == code
