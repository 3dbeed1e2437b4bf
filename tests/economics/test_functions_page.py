"""The page on functions shows what the code does, and names all of it."""

from __future__ import annotations

import doctest
import re
from importlib import import_module
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from evaluate.economics.effectiveness import RatioInterval
from evaluate.economics.fiscal import Mvpf
from evaluate.economics.internal_rates import InternalRates
from evaluate.economics.numbers_needed import BreakEvenNumber
from evaluate.economics.returns import Payback

PAGE = (Path(__file__).parents[2] / "book" / "reference" / "economics-functions.md").read_text(
    "utf-8"
)
NAMED = sorted(set(re.findall(r"^\| `(\w+)\.(\w+)`(?:, `(\w+)`)?", PAGE, re.MULTILINE)))


def test_the_examples_give_what_is_shown() -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    example = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "page", None, None)
    found = doctest.DocTestRunner().run(example)
    assert found.attempted >= 10
    assert found.failed == 0


@pytest.mark.parametrize(("module", "name", "other"), NAMED)
def test_every_function_named_exists(module: str, name: str, other: str) -> None:
    loaded = import_module(f"evaluate.economics.{module}")
    assert callable(getattr(loaded, name))
    assert not other or callable(getattr(loaded, other))


@pytest.mark.parametrize(
    ("function", "result"),
    [
        ("payback", Payback),
        ("irr", InternalRates),
        ("mvpf", Mvpf),
        ("fieller", RatioInterval),
        ("break_even_number", BreakEvenNumber),
    ],
)
def test_every_state_is_explained(function: str, result: type) -> None:
    table = PAGE.split("## States", 1)[1].split("## Choices", 1)[0]
    rows, at = {}, ""
    for name, state in re.findall(r"^\| (?:`(\w+)` )?\| `(\w+)` \|", table, re.MULTILINE):
        at = name or at
        rows.setdefault(at, set()).add(state)
    assert rows[function] == set(get_args(get_type_hints(result)["state"])) - {""}


@pytest.mark.parametrize("module", sorted({module for module, *_ in NAMED}))
def test_no_function_is_left_out(module: str) -> None:
    loaded = import_module(f"evaluate.economics.{module}")
    own = {
        name
        for name, one in vars(loaded).items()
        if callable(one) and getattr(one, "__module__", "") == loaded.__name__
        if not name.startswith("_") and not isinstance(one, type)
    }
    assert own
    assert {name for name in own if f"{name}`" not in PAGE} <= {
        "percentage_points",  # arithmetic
        "pays",
        "worst_grade",
        "shipped_corrections",
        "penalised_twice",
    }
