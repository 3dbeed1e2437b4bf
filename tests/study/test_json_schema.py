"""The schema for editors accepts what the loader accepts, and knows every key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from study_mistakes import DESIGNS, GOOD, HERE, METHODS, SHORT

from evaluate.study.json_schema import DIALECT, schema, text

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema checks the schema itself")


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    return schema(DESIGNS, METHODS)


def errors(published: dict[str, Any], tree: object) -> list[str]:
    validator = jsonschema.Draft202012Validator(published)
    return [one.json_path for one in validator.iter_errors(tree)]


def test_is_a_schema_of_its_dialect(published: dict[str, Any]) -> None:
    assert published["$schema"] == DIALECT
    jsonschema.Draft202012Validator.check_schema(published)


@pytest.mark.parametrize("tree", [GOOD, SHORT], ids=["good", "short"])
def test_accepts_good_definitions(published: dict[str, Any], tree: object) -> None:
    assert errors(published, tree) == []


@pytest.mark.parametrize(
    ("block", "value", "path"),
    [
        ("status", "runing", "$.status"),
        ("titel", "x", "$"),
        ("title", {"no": "x"}, "$.title"),
        ("title", None, "$.title"),
        ("report", {"languages": ["dk"]}, "$.report.languages[0]"),
        (
            "analyses",
            {"a": {"outcome": "b", "estimand": "ATE", "design": {}}},
            "$.analyses.a.design",
        ),
    ],
)
def test_refuses_mistakes(published: dict[str, Any], block: str, value: object, path: str) -> None:
    assert SHORT is not None
    assert errors(published, SHORT | {block: value}) == [path]


@pytest.mark.parametrize(
    "design", [{"randomized": {"treated": "a"}}, {"randomised": {"treatd": "a"}}]
)
def test_refuses_unknown_designs_and_their_fields(
    published: dict[str, Any], design: dict[str, object]
) -> None:
    assert SHORT is not None
    analysis = {"outcome": "completion", "estimand": "ATE", "design": design}
    assert errors(published, SHORT | {"analyses": {"main": analysis}})


def test_every_key_is_described(published: dict[str, Any]) -> None:
    blocks = {"study": published, **published["$defs"]}
    assert [
        f"{name}.{key}"
        for name, block in blocks.items()
        for key, field in block.get("properties", {}).items()
        if not field.get("description")
    ] == []


def test_designs_offer_their_fields(published: dict[str, Any]) -> None:
    offered = published["$defs"]["design_randomised"]["properties"]
    assert offered.keys() == DESIGNS["randomised"].spec.model_fields.keys()
    assert "evaluate_role" not in text(published)


def test_text_is_the_same_each_time(published: dict[str, Any]) -> None:
    assert text(published) == text(schema(DESIGNS, METHODS))
    assert json.loads(text(published)) == published
    assert text(published).endswith("}\n")


def test_studies_of_the_project_pass() -> None:
    everything = schema()
    folder = Path(HERE).parents[1] / "studies"
    from evaluate.study.yaml import parse

    files = sorted(folder.glob("*/study.yaml"))
    assert files
    for file in files:
        assert errors(everything, parse(file.read_text(encoding="utf-8")).value) == [], file
