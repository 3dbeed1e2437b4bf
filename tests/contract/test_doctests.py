"""The examples in docstrings run."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import evaluate

PACKAGE = Path(evaluate.__file__).parent
MODULES = sorted(
    ".".join(("evaluate", *path.relative_to(PACKAGE).with_suffix("").parts))
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name):
    failed, tried = doctest.testmod(import_module(name))
    assert tried
    assert not failed
