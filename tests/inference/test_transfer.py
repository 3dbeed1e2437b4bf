"""Bounds on the share of conditions met: equal to brute force over all that is unknown."""

from __future__ import annotations

import itertools

import pytest

from evaluate.errors import Refused
from evaluate.inference.transfer import Condition, transfer

STATES = ("yes", "no", "unknown")


def shares(conditions: list[Condition]) -> list[float]:
    """Every share that some resolution of the unknown gives."""
    open_ = [
        [(n, d) for n in _may(one.needed) for d in _may(one.destination)] for one in conditions
    ]
    found = []
    for picked in itertools.product(*open_):
        needed = [met for need, met in picked if need]
        if needed:
            found.append(sum(needed) / len(needed))
    return found


def _may(state: str) -> list[bool]:
    return {"yes": [True], "no": [False], "unknown": [True, False]}[state]


KINDS = list(itertools.product(STATES, STATES))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_bounds_equal_brute_force(number: int) -> None:
    for kinds in itertools.combinations_with_replacement(KINDS, number):
        conditions = [Condition(f"c{i}", n, "yes", d) for i, (n, d) in enumerate(kinds)]  # type: ignore[arg-type]
        found, reached = transfer(conditions), shares(conditions)
        if not reached:
            assert (found.low, found.high) == (None, None)
            continue
        assert found.low == pytest.approx(min(reached))
        assert found.high == pytest.approx(max(reached))


def test_conditions_are_named() -> None:
    found = transfer(
        [
            Condition("mandate", "yes", "yes", "yes"),
            Condition("staff", "yes", "no", "unknown"),
            Condition("law", "yes", "yes", "no"),
            Condition("money", "unknown", "unknown", "yes"),
            Condition("colour", "no", "yes", "no"),
        ]
    )
    assert (found.needed, found.met, found.unmet, found.unknown) == (3, 1, 1, 1)
    assert found.uncertain == ("staff", "money")
    assert found.missing == ("law",)
    assert found.doubtful == ("staff",)
    assert (found.low, found.high) == (pytest.approx(1 / 3), pytest.approx(3 / 4))


def test_no_condition_is_no_score() -> None:
    with pytest.raises(Refused) as refused:
        transfer([])
    assert refused.value.code == "no_conditions"
