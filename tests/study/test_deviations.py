"""Every element that is changed is reported, by its name, and none that is not."""

from __future__ import annotations

import copy
import datetime
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from study_mistakes import DESIGNS, GOOD, HERE, PLANNED, SHORT, emit

from evaluate.study.deviations import Deviation, deviations, registered_names
from evaluate.study.differences import Difference, differences, elements
from evaluate.study.load import Definition
from evaluate.study.lock_file import Lock
from evaluate.study.plan import canonical, plan_of, sha256

Load = Callable[[str], Definition]
TREES = {"good": GOOD, "short": SHORT, "planned": PLANNED}
TEXT = (HERE / "good.yaml").read_text(encoding="utf-8")
# Lists whose items are told apart by a name, and the key that holds it.
NAMED = {"derive": "name", "join": "right", "subgroups": "column", "measured": "column",
         "costs": "item", "benefits": "item", "transfers": "item"}  # fmt: skip


def plan(definition: Definition) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(canonical(plan_of(definition.study, definition.specs)))
    return found


@pytest.fixture
def plans(load_text: Load) -> dict[str, dict[str, Any]]:
    return {name: plan(load_text(emit(tree or {})[0])) for name, tree in TREES.items()}


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of everything in a plan that holds nothing further."""
    if not isinstance(value, dict | list) or not value:
        yield path
        return
    for key, one in value.items() if isinstance(value, dict) else enumerate(value):
        yield from leaves(one, (*path, key))


def element_of(content: Any, path: tuple[str | int, ...]) -> str:
    """Return the name that a reader would give a place: items by name, other lists as a whole."""
    parts: list[str] = []
    for step in path:
        if isinstance(step, int):
            key = NAMED.get(parts[-1]) if parts else None
            if key is None:
                break
            parts.append(content[step][key])
        else:
            parts.append(step)
        content = content[step]
    return ".".join(parts)


def other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}x" if isinstance(value, str) else {"x": 1} if isinstance(value, dict) else ["x"]


def is_name(path: tuple[str | int, ...]) -> bool:
    """Return whether a place holds the name of an item of a named list."""
    if len(path) < 3 or not isinstance(path[-2], int):
        return False
    return NAMED.get(str(path[-3])) == path[-1]


def put(content: Any, path: tuple[str | int, ...], value: Any) -> None:
    for step in path[:-1]:
        content = content[step]
    content[path[-1]] = value


@pytest.mark.parametrize("name", list(TREES))
def test_each_element_that_is_changed_is_reported_alone(
    plans: dict[str, dict[str, Any]], name: str
) -> None:
    first = plans[name]
    places = [path for path in leaves(first) if not is_name(path)]
    assert len(places) > 30
    for path in places:
        now = copy.deepcopy(first)
        value = first
        for step in path:
            value = value[step]  # type: ignore[index]
        put(now, path, other(value))
        found = differences(first, now)
        wanted = element_of(first, path)
        # What stood empty and holds something now is named as far as it has names.
        names = [one.element.removesuffix(".x") for one in found]
        assert names == [wanted], path
        (back,) = differences(now, first)
        assert (back.registered, back.done) == (found[0].done, found[0].registered)


@pytest.mark.parametrize("name", list(TREES))
def test_each_item_that_is_left_out_is_reported_alone(
    plans: dict[str, dict[str, Any]], name: str
) -> None:
    first = plans[name]
    for path in leaves(first):
        if is_name(path) or isinstance(path[-1], int):
            continue
        now = copy.deepcopy(first)
        block = now
        for step in path[:-1]:
            block = block[step]  # type: ignore[index]
        del block[path[-1]]  # type: ignore[arg-type]
        (found,) = differences(first, now)
        assert found.element == element_of(first, path)
        assert found.registered is not None
        whole = found.element.endswith(f".{path[-1]}") or found.element == path[-1]
        assert (found.done is None) == whole  # else a part of a list that has no names


def test_the_same_plan_has_no_differences(plans: dict[str, dict[str, Any]]) -> None:
    for one in plans.values():
        assert differences(one, copy.deepcopy(one)) == []


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("smallest_worthwhile: 0.02", "smallest_worthwhile: 0.01",
         ("outcomes.completion.smallest_worthwhile", "0.02", "0.01")),
        ("    smallest_worthwhile: 0.02\n", "",
         ("outcomes.completion.smallest_worthwhile", "0.02", None)),
        ("covariates: [age, age2]", "covariates: [age]",
         ("analyses.main.design.randomised.covariates", "age, age2", "age")),
        ("subgroups:\n      - {column: sex, reason: Boys leave earlier.}", "subgroups: []",
         ("analyses.main.subgroups.sex", "reason: Boys leave earlier.", None)),
        ("exponent: 2", "exponent: 3", ("data.derive.age2.power.exponent", "2", "3")),
        ("amount: 90000", "amount: 91000",
         ("economics.benefits.earnings.amount", "90000", "91000")),
        ("county: 0.75, state: 0.25", "county: 0.5, state: 0.5", None),
        ("unmatched: keep", "unmatched: drop", ("data.join.register.unmatched", "keep", "drop")),
        ("rate: 0.03}", "rate: 0.02}",
         ("economics.schedule.rates", "(rate: 0.04; to: 40), (rate: 0.03)",
          "(rate: 0.04; to: 40), (rate: 0.02)")),
        ("boundary: optimistic", "boundary: cautious",
         ("evidence.boundary", "optimistic", "cautious")),
        ("A lottery decided.", "Chance decided.",
         ("comparison.why_credible", "A lottery decided.", "Chance decided.")),
        ("{column: age, at_most: 40}", "{column: age, at_most: 30}", None),
    ],
)  # fmt: skip
def test_elements_have_the_names_that_people_write(
    load_text: Load, old: str, new: str, wanted: tuple[str, str, str | None] | None
) -> None:
    assert TEXT.count(old) >= 1
    first, now = plan(load_text(TEXT)), plan(load_text(TEXT.replace(old, new, 1)))
    found = differences(first, now)
    if wanted is not None:
        assert found == [Difference(*wanted)]
        return
    names = {one.element for one in found}
    assert names in (
        {"economics.costs.lessons.payer.county", "economics.costs.lessons.payer.state"},
        {"data.where"},
    )


def test_another_design_is_one_change() -> None:
    first = {"analyses": {"main": {"design": {"randomised": {"treated": "a", "strata": "b"}}}}}
    now = {"analyses": {"main": {"design": {"did": {"treated": "a", "post": "b"}}}}}
    assert differences(first, now) == [
        Difference(
            "analyses.main.design",
            "randomised: (treated: a; strata: b)",
            "did: (treated: a; post: b)",
        )
    ]


def test_another_order_of_named_items_is_a_difference() -> None:
    first = {"data": {"derive": [{"name": "a", "of": "x"}, {"name": "b", "of": "y"}]}}
    now = {"data": {"derive": first["data"]["derive"][::-1]}}
    assert differences(first, now) == [Difference("data.derive", "a, b", "b, a")]


def test_truth_is_not_one() -> None:
    assert differences({"a": [True]}, {"a": [1]}) == [Difference("a", "yes", "1")]


def test_a_long_element_is_cut_in_the_register_and_whole_in_the_plan() -> None:
    long = "word " * 100
    (found,) = differences({"question": long}, {"question": "short"})
    assert len(found.registered or "") == 200
    assert elements({"question": long})["question"] == long


# -- Reasons ------------------------------------------------------------------------------------


def lock_of(content: dict[str, Any], number: int = 1, access: str = "not_accessed") -> Lock:
    return Lock(number, datetime.date(2012, 5, number), access, sha256(content), content, {})  # type: ignore[arg-type]


def declared(*entries: str) -> str:
    """Return the good definition with other reasons."""
    start, _, rest = TEXT.partition("  deviations:\n")
    block = rest[: rest.index("\nevidence:") + 1]
    return start + "  deviations:\n" + "".join(entries) + rest[len(block) :]


def entry(element: str, when: str = "after_outcome") -> str:
    return (
        f"    - {{element: {element}, when: {when}, kind: violated_assumption,"
        " reason: {en: A reason, nb: En grunn}, impact: Small}\n"
    )


CHANGES = (
    ("smallest_worthwhile: 0.02", "smallest_worthwhile: 0.01"),
    ("draws: 1999", "draws: 2999"),
)


def found(load_text: Load, text: str, *later: Lock) -> dict[str, Deviation]:
    first = lock_of(plan(load_text(text)))
    for old, new in CHANGES:
        text = text.replace(old, new)
    rows = deviations(load_text(text), (first, *later), DESIGNS)
    return {one.element: one for one in rows}


def test_a_reason_belongs_to_its_element(load_text: Load) -> None:
    rows = found(load_text, declared(entry("outcomes.completion.smallest_worthwhile")))
    assert rows["outcomes.completion.smallest_worthwhile"] == Deviation(
        element="outcomes.completion.smallest_worthwhile",
        registered="0.02",
        done="0.01",
        when="after_outcome",
        kind="violated_assumption",
        reason="A reason",
        impact="Small",
        explained=True,
    )
    assert rows["analyses.main.inference.draws"] == Deviation(
        element="analyses.main.inference.draws", registered="1999", done="2999"
    )


@pytest.mark.parametrize(
    ("element", "covers"),
    [
        ("analyses.main", True),
        ("analyses.main.inference", True),
        ("analyses.mai", False),
        ("analyses", False),  # a reason for everything is a reason for nothing
    ],
)
def test_one_reason_may_stand_for_a_named_part(load_text: Load, element: str, covers: bool) -> None:
    rows = found(load_text, declared(entry(element)))
    assert rows["analyses.main.inference.draws"].explained is covers


def test_a_reason_is_given_in_the_language_of_the_study(load_text: Load) -> None:
    text = declared(entry("analyses.main")).replace("language: en\n", "language: nb\n")
    assert found(load_text, text)["analyses.main.inference.draws"].reason == "En grunn"


@pytest.mark.parametrize(
    ("access", "when"),
    [
        ("not_created", "before_access"),
        ("not_accessed", "before_access"),
        ("accessed", "before_outcome"),
        ("outcomes_seen", "after_outcome"),
    ],
)
def test_an_amendment_says_when_better_than_its_author(
    load_text: Load, access: str, when: str
) -> None:
    text = declared(entry("analyses.main", "before_access"))
    amended = text.replace(*CHANGES[1])
    rows = found(load_text, text, lock_of(plan(load_text(amended)), 2, access))
    assert rows["analyses.main.inference.draws"].when == when
    assert rows["outcomes.completion.smallest_worthwhile"].when == "unknown"  # in no amendment


def test_the_earliest_amendment_with_a_change_dates_it(load_text: Load) -> None:
    text = declared(entry("analyses.main"))
    one, both = text.replace(*CHANGES[1]), text.replace(*CHANGES[1]).replace(*CHANGES[0])
    rows = found(
        load_text,
        text,
        lock_of(plan(load_text(one)), 2, "not_created"),
        lock_of(plan(load_text(both)), 3, "accessed"),
    )
    assert rows["analyses.main.inference.draws"].when == "before_access"
    assert rows["outcomes.completion.smallest_worthwhile"].when == "before_outcome"


def test_what_is_locked_after_outcomes_were_seen_is_not_registered(load_text: Load) -> None:
    tree = copy.deepcopy(GOOD or {})
    more = copy.deepcopy(tree)
    more["analyses"]["late"] = {**more["analyses"]["money"]}
    first, then = (plan(load_text(emit(one)[0])) for one in (tree, more))
    assert registered_names([lock_of(first), lock_of(then, 2, "accessed")]) == {
        "main", "part", "money", "late"
    }  # fmt: skip
    assert registered_names([lock_of(first), lock_of(then, 2, "outcomes_seen")]) == {
        "main", "part", "money"
    }  # fmt: skip
    assert registered_names([lock_of(first, 1, "outcomes_seen")]) == frozenset()
