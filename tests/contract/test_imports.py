"""Start-up is a promise: heavy libraries are loaded by what needs them, when it needs them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import evaluate

HEAVY = {"pandas", "scipy.stats", "statsmodels", "sklearn", "matplotlib", "ibis"}


def loaded(code: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after ``code``."""
    program = f"import sys, json\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_command_line_and_all_designs_load_nothing_heavy() -> None:
    modules = loaded(
        "import evaluate.cli\nfrom evaluate.design import all_designs\nassert all_designs()"
    )
    assert not HEAVY & modules


def test_a_heavy_library_would_be_seen() -> None:
    assert loaded("import scipy.stats") & HEAVY == {"scipy.stats"}


def test_importing_the_package_loads_no_library() -> None:
    extra = loaded("import evaluate") - loaded("import typing, importlib")
    assert {name.partition(".")[0] for name in extra} - set(sys.stdlib_module_names) == {"evaluate"}


def test_public_names_are_few_and_all_there() -> None:
    assert len(evaluate.__all__) <= 10
    assert all(getattr(evaluate, name) is not None for name in evaluate.__all__)


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'no_such_name'"):
        evaluate.no_such_name  # noqa: B018
