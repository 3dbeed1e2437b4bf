"""The pages of these methods: the example that each shows is one that runs."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from evaluate.method import blocks
from evaluate.study.yaml import parse

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("theory", "tracing", "practices", "outputs", "joint_display")


def shown(name: str) -> Any:
    """Return the fields in the example of a page, read as a study's file is."""
    text = (ROOT / "book" / "methods" / f"{name}.md").read_text("utf-8")
    found = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    document = parse(found[1])
    assert not document.faults
    (entry,) = document.value["analyses"].values()
    return entry["method"][name]


@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_a_page_is_valid(name: str) -> None:
    method = import_module(f"evaluate.methods.{name}").METHOD
    spec = method.spec.model_validate(shown(name))
    assert spec is not None
    assert len(list(blocks(spec))) == (name in ("practices", "joint_display"))


@pytest.mark.parametrize("name", NAMES)
def test_a_page_tells_every_check(name: str) -> None:
    text = (ROOT / "book" / "methods" / f"{name}.md").read_text("utf-8")
    code = (ROOT / "evaluate" / "methods" / f"{name}.py").read_text("utf-8")
    checks = set(re.findall(r'Check\(\s*"(\w+)"', code))
    assert checks
    assert {one for one in checks if f"| `{one}` |" not in text} == set()
