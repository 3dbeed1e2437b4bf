"""The reference page shows what the code does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from exact_effects import exact
from example_accounts import drawn_up, row, small
from page_examples import account_of, drawn, examples
from pydantic import BaseModel

from evaluate.core import Table
from evaluate.economics.costs import Cost
from evaluate.economics.definition import Economics, Participants, ScheduleName
from evaluate.economics.gains import Benefit, Earnings, Transfer
from evaluate.economics.schedules import Parameter, public_funds, rates

PAGE = (Path(__file__).parents[2] / "book" / "reference" / "economics.md").read_text("utf-8")
EXAMPLES = examples(PAGE)


def number(text: str) -> float:
    return float(text.replace(" ", "").replace("−", "-"))


def cells(first: str) -> list[list[str]]:
    """Return the rows of the page's table whose first heading is ``first``."""
    table = PAGE.split(f"| {first} |", 1)[1].split("\n\n", 1)[0]
    lines = [line for line in table.splitlines()[2:] if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@pytest.fixture(scope="module")
def tables() -> dict[str, Table]:
    block = PAGE.split("```yaml\n", 1)[1].split("```", 1)[0]
    return drawn_up(
        yaml.safe_load(block)["economics"] | {"schedule": "NO"}, exact(0.05, 0.02, df=40.0)
    )


def test_the_example_gives_the_table_shown(tables: dict[str, Table]) -> None:
    shown = cells("payer")
    assert [line[0].strip("`") for line in shown] == [
        one["payer"] for one in tables["accounts"].rows
    ]
    for key, cost, benefit, net, interval, positive, ratio, even in shown:
        found = row(tables["accounts"], key.strip("`"))
        got = [found[name] for name in ("cost", "benefit", "net", "net_low", "net_high")]
        written = [number(one) for one in (cost, benefit, net, *interval.split(" to "))]
        assert written == pytest.approx(got, abs=0.5)
        assert float(positive) == pytest.approx(found["prob_positive"], abs=0.005)
        assert ratio == (found["state"] or f"{found['benefit_cost_ratio']:.2f}")
        if even:
            point = row(tables["break_even"], key.strip("`"))
            assert even == (point["state"] or f"{round(point['effect'], 4):g}")


def test_the_numbers_in_its_prose(tables: dict[str, Table]) -> None:
    society = row(tables["accounts"], "society")
    assert "Of society's −2 643 above, 7 500 lies beyond follow-up" in PAGE
    assert society["net_extrapolated"] == pytest.approx(7500, abs=0.5)
    assert "A public deficit of 5 629 at 20 % costs society another 1 126" in PAGE
    public = sum(row(tables["accounts"], name)["net"] for name in ("county", "state"))
    assert public == pytest.approx(-5629, abs=0.5)
    flow = {year: row(tables["cash_flow"], f"pupil|{year}")["value"] for year in (5, 12)}
    # Earnings alone from year 5 on: 0.7 x 2000 x 0.8 and 0.1, discounted.
    assert flow[5] == pytest.approx(1400 * 0.8 * 1.04**-5, rel=1e-12)
    assert flow[12] == pytest.approx(1400 * 0.1 * 1.04**-12, rel=1e-12)


@pytest.mark.parametrize("model", [Economics, Participants, Cost, Benefit, Earnings, Transfer])
def test_it_explains_every_key(model: type[BaseModel]) -> None:
    keys = {info.alias or name for name, info in model.model_fields.items()}
    silent = {key for key in keys - {"payers"} if f"`{key}`" not in PAGE}
    assert silent == set()


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in get_args(annotation):
        yield from models_in(one)


def field(model: type[BaseModel], name: str) -> str:
    """Return ``Model.key``, by the first model that has it: rows of all kinds share theirs."""
    first = next(one for one in reversed(model.__mro__) if name in getattr(one, "model_fields", ()))
    return f"{first.__name__}.{model.model_fields[name].alias or name}"


def fields_of(model: type[BaseModel]) -> set[str]:
    """Return every field that a block of this model can have."""
    waiting, seen = [model], set()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            for info in one.model_fields.values():
                waiting += models_in(info.annotation)
    return {field(one, name) for one in seen for name in one.model_fields}


def given(value: Any) -> Iterator[str]:
    """Yield every field that was written."""
    if isinstance(value, BaseModel):
        for name in value.model_fields_set:
            yield field(type(value), name)
            yield from given(getattr(value, name))
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from given(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from given(one)


def test_every_key_has_an_example() -> None:
    written = {field for n in range(len(EXAMPLES)) for field in given(account_of(PAGE, n))}
    assert fields_of(Economics) - written == set()


@pytest.mark.parametrize("n", range(len(EXAMPLES)))
def test_an_example_gives_the_numbers_beneath_it(n: int) -> None:
    found, cells_ = drawn(PAGE, n), EXAMPLES[n].cells
    assert cells_
    for kind, key, column, value in cells_:
        first = found[kind].columns[0].name
        (line,) = (one for one in found[kind].rows if str(one[first]) == key)
        cell = line[column]
        if isinstance(cell, str):
            assert cell == value
        else:
            # To the last digit that is shown.
            decimals = len(value.partition(".")[2])
            assert number(value) == pytest.approx(cell, abs=0.5001 * 10**-decimals)


def test_every_number_of_an_example_is_read() -> None:
    tables = PAGE.count("| table | row | column | value |")
    assert tables == len(EXAMPLES) == PAGE.count("```yaml") - 1  # the first account has its own
    lines = PAGE.split("(economics-examples)=")[1].split("## How the account")[0]
    values = [one for one in lines.splitlines() if one.startswith("| `")]
    assert sum(len(one.cells) for one in EXAMPLES) == len(values)


def said(parameters: tuple[Parameter, ...]) -> str:
    parts = []
    for one, following in zip(parameters, (*parameters[1:], None), strict=True):
        years = f"{one.from_year}–{one.to_year}" if one.to_year else f"from {one.from_year}"
        part = f"{years}: {100 * one.value:.4g} %"
        last = following is None or following.status != one.status
        parts.append(f"{part} ({one.status})" if last else part)
    return "; ".join(parts)


@pytest.mark.parametrize("name", get_args(ScheduleName))
def test_it_lists_the_shipped_schedules(name: str) -> None:
    spec = Economics.model_validate(small(schedule=name))
    marginal = public_funds(spec)
    assert marginal is not None
    (shown,) = [line for line in cells("`schedule`") if line[0] == f"`{name}`"]
    assert shown[1] == said(rates(spec))
    assert shown[2] == f"{marginal.value:g} ({marginal.status})"


def test_it_lists_nothing_else() -> None:
    assert [line[0].strip("`") for line in cells("`schedule`")] == list(get_args(ScheduleName))
