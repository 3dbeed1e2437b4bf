"""Rule files hold what they say: sources, dates, what was verified; and the code uses them."""

from __future__ import annotations

from importlib import import_module
from importlib.resources import files
from typing import get_args

import pytest
import yaml
from pydantic import ValidationError

from evaluate.core import LANGUAGES
from evaluate.design import Kind
from evaluate.evidence.definition import Threat
from evaluate.evidence.eef_threats import TITLES
from evaluate.evidence.ratings_rules import (
    FILES,
    CertaintyRules,
    EefRules,
    Magnitude,
    SmsRules,
    WwcRules,
    rules,
)

NAMES = sorted(FILES)
KINDS = set(get_args(Kind))


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_has_a_source_a_date_and_a_state(name: str) -> None:
    rule = rules(name, FILES[name])
    assert rule.items
    for one in rule.items.values():
        assert len(one.citation) >= 10
        assert one.date[:4].isdigit()
    assert rule.verified is all(one.verified for one in rule.items.values())


def test_no_file_is_left_unread() -> None:
    folder = files("evaluate.evidence") / "rules"
    assert sorted(one.name for one in folder.iterdir()) == [f"{name}.yaml" for name in NAMES]


@pytest.mark.parametrize("name", [one for one in NAMES if one not in ("claims-ladder",)])
def test_what_nobody_compared_is_not_called_verified(name: str) -> None:
    assert not rules(name, FILES[name]).verified


def test_the_projects_own_ladder_is_verified() -> None:
    assert rules("claims-ladder", FILES["claims-ladder"]).verified


@pytest.mark.parametrize(
    ("rule", "item", "names"),
    [
        ("wwc-5.0", "attrition_boundary", ("CAUTIOUS", "OPTIMISTIC")),
        ("wwc-5.0", "baseline_equivalence", ("SATISFIED", "WITH_ADJUSTMENT")),
        ("effect-sizes", "cox_scale", ("COX_SCALE",)),
        ("effect-sizes", "cluster_correction", ("corrected_for_clusters",)),
    ],
)
def test_tables_that_stand_beside_their_check(rule: str, item: str, names: tuple[str, ...]) -> None:
    module = import_module(str(rules(rule, FILES[rule]).items[item].value))
    assert all(hasattr(module, name) for name in names)


def test_every_kind_of_design_has_a_place() -> None:
    sms, certainty = rules("sms-wwg", SmsRules), rules("certainty", CertaintyRules)
    assert set(rules("eef-2019", EefRules).design.value) == KINDS
    assert set(sms.maximum.value) == set(sms.checks.value) == KINDS
    assert set(certainty.start.value) == KINDS
    ceiling = rules("wwc-5.0", WwcRules).ceiling.value
    assert KINDS - set(ceiling) == {"instrument", "descriptive"}


def test_threats_are_those_of_the_definition() -> None:
    assert set(rules("eef-2019", EefRules).threats.value) == set(get_args(Threat)) == set(TITLES)


def test_certainty_has_words_in_four_languages_for_every_magnitude() -> None:
    rule = rules("certainty", CertaintyRules)
    assert set(rule.words.value) == set(get_args(Magnitude))
    for levels in rule.words.value.values():
        assert set(levels) == set(rule.levels.value)
        assert all(set(words) == set(LANGUAGES) for words in levels.values())
    texts = [text for one in rule.words.value.values() for w in one.values() for text in w.values()]
    assert not [text for text in texts if "no effect" in text or "ingen effekt" in text]


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("surprise", 1),
        ("least_units", {"value": 2, "citation": "A handbook", "date": "2022"}),
        (
            "least_units",
            {"value": "two", "citation": "A handbook", "date": "2022", "verified": True},
        ),
        ("least_units", {"value": 2, "citation": "", "date": "2022", "verified": True}),
        (
            "least_units",
            {"value": 2, "citation": "A handbook", "date": "last year", "verified": True},
        ),
        ("ceiling", {"value": {"guesswork": "with_reservations"}, "citation": "A handbook"}),
    ],
)
def test_a_rule_without_source_date_or_state_is_refused(item: str, value: object) -> None:
    file = files("evaluate.evidence") / "rules" / "wwc-5.0.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert WwcRules.model_validate(content).rule == "wwc"
    with pytest.raises(ValidationError, match=item):
        WwcRules.model_validate(content | {item: value})


def test_bounds_rise_and_padlocks_fall() -> None:
    eef = rules("eef-2019", EefRules)
    assert [one.locks for one in eef.mdes.value] == [5, 4, 3, 2, 1]
    assert [one.below for one in eef.mdes.value] == sorted(one.below for one in eef.mdes.value)
    assert [one.locks for one in eef.attrition.value] == [5, 4, 3, 2, 1]
    assert [one.up_to for one in eef.attrition.value] == [10, 20, 30, 40, 50]
