"""Rules of keys: no two lines of an account may share one, and no scenario may be idle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from evaluate.economics.gains import Benefit, Earnings, Transfer
from evaluate.economics.rows import MoneyRow

if TYPE_CHECKING:
    from evaluate.economics.definition import Economics, Scenario

# Rows of the tornado and of the value of information that are no item's.
PARAMETERS = ("all", "schedule")
SCENARIOS = (
    "no_growth",
    "fading",
    "observed_only",
    "no_public_funds",
    "rate_low",
    "rate_high",
    "scope_local",
    "scope_national",
    "optimism",
)


def generated(spec: Economics) -> Iterator[str]:
    """Yield items that have the key of a line that another item gives rise to."""
    items = {row.item for row in spec.rows}
    for row in spec.rows:
        for key in _lines(row):
            if key in items:
                yield (
                    f"item `{key}` has the key of a line that item `{row.item}` gives rise to; "
                    "why: two lines of the account would have one key; give one of the two items "
                    "another key"
                )


def _lines(row: MoneyRow) -> Iterator[str]:
    if isinstance(row, Earnings):
        if row.tax is not None:
            yield from (f"{row.item}_tax", f"{row.item}_tax_equalisation")
        if row.contribution is not None:
            yield f"{row.item}_contribution"
    elif isinstance(row, Transfer) and row.administration:
        yield f"{row.item}_administration"
    elif isinstance(row, Benefit) and row.taxed:
        yield f"{row.item}_equalisation"


def parameters(spec: Economics) -> Iterator[str]:
    """Yield effects that have the key of another row of the tables of uncertainty."""
    for name in spec.valued:
        if name in PARAMETERS:
            yield (
                f"effect `{name}` has a key that the tables of uncertainty use; why: two of their "
                "rows would have one key; list it under `effects` with another key"
            )


def scenarios(spec: Economics) -> Iterator[str]:
    """Yield scenarios that hide one that every account has, or that change nothing."""
    for name, one in spec.scenarios.items():
        if name in SCENARIOS:
            yield (
                f"scenario `{name}` has the key of one that accounts have by themselves; why: it "
                "would stand in its place under its name; give the scenario another key"
            )
        if not _changes(spec, one):
            yield (
                f"scenario `{name}` changes nothing; why: a row equal to the account would read as "
                "a check that was passed; change something in it, or delete it"
            )


def _changes(spec: Economics, one: Scenario) -> bool:
    rows = spec.rows
    funds = spec.public_funds.rate if spec.public_funds else None
    return any(
        (
            one.schedule not in (None, spec.schedule),
            one.public_funds not in (None, funds),
            one.horizon is not None and one.horizon < max(row.years.to for row in rows),
            one.growth is not None and any(row.growth not in (0, one.growth) for row in rows),
            one.fade is not None and any(row.follows and row.fade != one.fade for row in rows),
            one.scope not in (None, spec.scope),
            one.effect not in (None, 1.0) and bool(spec.valued),
            any(factor != 1.0 for factor in one.items.values()),
        )
    )


def correlations(spec: Economics) -> Iterator[str]:
    """Yield pairs of effects whose correlation makes no sense or is given more than once."""
    seen = set()
    for one in spec.correlations:
        first, second = one.between
        pair = frozenset(one.between)
        if first == second:
            yield (
                f"`correlations` pairs `{first}` with itself; why: that is 1 and says nothing; "
                "name two effects, or delete it"
            )
        elif pair in seen:
            yield (
                f"`correlations` gives `{first}` and `{second}` twice; why: only one of the two "
                "values would count; keep one"
            )
        seen.add(pair)
