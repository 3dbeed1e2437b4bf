"""Whatever the file says, loading it gives a definition or a ``StudyError``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from study_mistakes import DESIGNS, HERE

from evaluate.errors import Problem, StudyError
from evaluate.study.load import load

SHORT = (HERE / "good-short.yaml").read_text(encoding="utf-8")
SIGNS = ":-?[]{},#&*!|>'\"%@`~ \n\tab01.\\"
KEYS = st.sampled_from(
    ["version", "id", "title", "data", "outcomes", "analyses", "economics", "from", "en", "x"]
)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
several = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(autouse=True)
def _in_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)


def loads(content: bytes) -> bool:
    """Return whether a file loads; every other end than a ``StudyError`` fails the test."""
    Path("study.yaml").write_bytes(content)
    problems: Sequence[Problem] = ()
    try:
        load(Path(), DESIGNS)
    except StudyError as error:
        problems = error.problems or [Problem("", "", "", "")]
    assert all(one.where.startswith("study.yaml:") for one in problems)
    return not problems


@several
@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    assert not loads(content)


@several
@given(st.text(alphabet=st.sampled_from(SIGNS), max_size=80))
def test_any_signs(text: str) -> None:
    assert not loads(text.encode())


@several
@given(st.integers(0, len(SHORT)), st.text(alphabet=st.sampled_from(SIGNS), max_size=4))
def test_signs_within_a_good_definition(place: int, signs: str) -> None:
    loads((SHORT[:place] + signs + SHORT[place:]).encode())


@several
@given(KEYS, TREES)
def test_any_values_within_a_good_definition(key: str, tree: object) -> None:
    lines = [line for line in SHORT.splitlines() if not line.startswith(f"{key}:")]
    loads("\n".join([*lines, f"{key}: {json.dumps(tree)}"]).encode())
