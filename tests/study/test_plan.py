"""The canonical plan: one hash for all ways to write a definition, another for any decision."""

from __future__ import annotations

import copy
import datetime
import json
import re
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from markdown_it import MarkdownIt
from pydantic import BaseModel
from study_mistakes import DESIGNS, GOOD, HERE, PLANNED, SHORT, emit

from evaluate.core import Strict
from evaluate.design import Design
from evaluate.study.design_rules import Specs
from evaluate.study.differences import elements
from evaluate.study.load import Definition
from evaluate.study.plan import canonical, plan_of, sha256
from evaluate.study.plan_document import about, document
from evaluate.study.planned import planned
from evaluate.study.schema import Study

Load = Callable[[str], Definition]
TREES = {"good": GOOD, "short": SHORT, "planned": PLANNED}
TEXT = (HERE / "good.yaml").read_text(encoding="utf-8")


def hashed(definition: Definition) -> str:
    return sha256(plan_of(definition.study, definition.specs))


@pytest.fixture
def plans(load_text: Load) -> dict[str, Definition]:
    """The good definitions, which together have every field."""
    return {name: load_text(emit(tree or {})[0]) for name, tree in TREES.items()}


def backwards(tree: Any) -> Any:
    """Return a tree with the keys of all its mappings in the opposite order."""
    if isinstance(tree, dict):
        return {key: backwards(tree[key]) for key in reversed(tree)}
    return [backwards(one) for one in tree] if isinstance(tree, list) else tree


def test_how_a_definition_is_written_does_not_count(load_text: Load) -> None:
    wanted = hashed(load_text(TEXT))
    commented = "# A comment.\n\n" + TEXT.replace("outcomes:\n", "outcomes:  # another\n")
    one_line = TEXT.replace("[age, age2]", "\n          - age\n          - age2")
    longer = TEXT.replace(
        "question: {en: 'Did evening school raise completion?'",
        'question: {en: "Did evening school\n  raise completion?"',
    )
    for text in (
        commented,
        one_line,
        longer,
        emit(GOOD or {})[0],  # everything in quotes and blocks
        emit(backwards(GOOD))[0],
        json.dumps(GOOD, ensure_ascii=False),
    ):
        assert text != TEXT
        assert hashed(load_text(text)) == wanted


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("smallest_worthwhile: 0.02", "smallest_worthwhile: 2e-2"),
        ("amount: 90000", "amount: 90000.0"),
        ("amount: 90000", "amount: 90000.0000000001"),
        ("definition: {en: Completed of all who started., nb: Fullførte av alle som begynte.}",
         "definition: Completed of all who started."),
        ("nb: Fullførte av alle som begynte.", "nb: Alle som fullførte."),
        ("title: {en: Evening school for young adults", "title: {en: Evening school for adults"),
        ("status: final", "status: running"),
        ("path: data/pupils.csv", "path: data/other.csv"),
        ("encoding: latin-1", "encoding: utf-8"),
        ("dummy: data/dummy.csv", "dummy: data/invented.csv"),
        ("on: pupil,", "on: [pupil],"),
        ("std_error: HC3", "std_error: [HC3]"),
        ("value: 7700", "value: 7701"),
        ("title: A tax table", "title: Another tax table"),
        ("languages: [en, nb]", "languages: [nb, en]"),
    ],
)  # fmt: skip
def test_what_is_no_decision_does_not_count(load_text: Load, old: str, new: str) -> None:
    assert old in TEXT
    assert hashed(load_text(TEXT.replace(old, new))) == hashed(load_text(TEXT))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("smallest_worthwhile: 0.02", "smallest_worthwhile: 0.02000001"),
        ("in: [3, 11]", "in: [11, 3]"),
        ("{column: municipality, is: 0301}\n    - {column: track", "{column: municipality, is: 301}\n    - {column: track"),
        ("consent, missing: false", "consent, missing: true"),
        ("language: en\n", "language: nb\n"),
    ],
)  # fmt: skip
def test_small_decisions_count(load_text: Load, old: str, new: str) -> None:
    assert old in TEXT
    assert hashed(load_text(TEXT.replace(old, new, 1))) != hashed(load_text(TEXT))


# By place in the definition: what is no part of the plan, and may change after it is locked.
OUTSIDE = [
    r"records\b.*",
    r"analyses\.\w+\.title.*",
    r"(version|title|status|references|facts|published|programme|intervention|plan|report)\b.*",
    r"evidence\.(?!boundary$).*",
    r"evidence",  # but for its boundary, which has a case of its own
    r"data\.(source|dummy)",
    r"data\.sources\..*",
    r"outcomes\.\w+\.title",
    r"analyses\.\w+\.design.*",  # as read by the design: see `specs`
    # When a row of a source counts, where no source is named.
    r"data\.cohort\.(include\.\d+|exclude\.[0-4])\.when",
    r"economics\.note",
    r"economics\.(payers|scenarios)\.\w+\.title",
    r"economics\.(organiser|cofinancing|fund)\b.*",  # they follow from no effect
    r"economics\.(costs|earnings|benefits|transfers)\.\d+\.(title|source|status|note)\b.*",
    r"economics\.(correlations|alternatives)\.\w+\.(title|source|status|note)\b.*",
    r"economics\.(schedule|public_funds)\.(source|status|note)\b.*",
    r"economics\.effects\.\w+\.assumed\.(source|status|note)\b.*",
    r"economics\.scenarios\.\w+\.schedule\.(source|status|note)\b.*",
]


def is_outside(path: str) -> bool:
    return any(re.fullmatch(one, path) for one in OUTSIDE)


def changed(value: Any) -> Any:
    """Return a value of the same kind that is another one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return 2 * value + 1
    if isinstance(value, str):
        return value + "x"
    return value + datetime.timedelta(days=1)


def parts(value: Any) -> Iterator[tuple[str, Any, Callable[[Any], Any]]]:
    """Yield each part of a value: its name, itself, and how to put another in its place."""
    if isinstance(value, BaseModel):
        for name, info in type(value).model_fields.items():
            put = partial(lambda held, key, one: held.model_copy(update={key: one}), value, name)
            yield info.alias or name, getattr(value, name), put
    elif isinstance(value, dict):
        for key in value:
            yield key, value[key], partial(lambda held, key, one: {**held, key: one}, value, key)
    elif isinstance(value, tuple | list):
        for number, item in enumerate(value):
            yield str(number), item, partial(_with_item, value, number)


def _with_item(held: Any, number: int, one: Any) -> Any:
    return type(held)((*held[:number], one, *held[number + 1 :]))


def variants(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield a copy of a value for each place in it, changed there alone."""
    if value is None:
        return
    if not isinstance(value, BaseModel | dict | tuple | list):
        yield path, changed(value)
        return
    for name, inner, put in parts(value):
        if name in ("nb", "nn", "sv"):
            continue  # a translation
        here = path if name == "en" else f"{path}.{name}".removeprefix(".")
        for place, one in variants(inner, here):
            yield place, put(one)
    if value and isinstance(value, dict) and "en" not in value:
        yield path, dict(list(value.items())[:-1])
    if value and isinstance(value, tuple | list):
        yield path, value[:-1]


def plan_hash(study: Study, specs: Specs) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a changed word is none that the model knows
        return sha256(plan_of(study, specs))


def test_every_decision_changes_the_hash_and_nothing_else_does(
    plans: dict[str, Definition],
) -> None:
    seen: set[str] = set()
    for definition in plans.values():
        wanted = hashed(definition)
        for place, study in variants(definition.study, ""):
            analyses = set(study.analyses) == set(definition.study.analyses)
            same = analyses and plan_hash(study, definition.specs) == wanted
            assert same == is_outside(place), place
            seen.add(re.sub(r"\.\d+", "", place))
    assert len(seen) > 200


def test_every_field_of_a_design_changes_the_hash(plans: dict[str, Definition]) -> None:
    n_fields = 0
    for definition in plans.values():
        wanted = hashed(definition)
        for name, (design, spec) in definition.specs.items():
            for place, other in variants(spec, ""):
                specs: dict[str, tuple[Design[Any], Strict]] = {
                    **definition.specs, name: (design, other)
                }  # fmt: skip
                assert plan_hash(definition.study, specs) != wanted, place
                n_fields += 1
    assert n_fields >= 20


def test_another_order_counts_only_where_it_changes_which_analysis_leads(load_text: Load) -> None:
    tree = copy.deepcopy(GOOD or {})
    tree["analyses"]["again"] = {**tree["analyses"]["money"]}
    first = load_text(emit(tree)[0])
    tree["analyses"] = backwards(tree["analyses"])
    second = load_text(emit(tree)[0])
    assert hashed(first) != hashed(second)
    assert plan_of(first.study, first.specs)["leading"]["income"] == "money"
    assert plan_of(second.study, second.specs)["leading"]["income"] == "again"


def test_a_default_that_is_written_out_is_the_same_plan(load_text: Load) -> None:
    short = emit(SHORT or {})[0]
    definition = load_text(short)
    (name,) = definition.study.analyses
    (default,) = definition.specs[name][0].std_errors(definition.specs[name][1])[:1]
    tree = copy.deepcopy(SHORT or {})
    tree["analyses"][name]["inference"] = {"std_error": default, "conf_level": 0.95, "draws": 9999}
    tree["analyses"][name]["missing"] = {"covariates": "error"}
    tree["analyses"][name]["role"] = "primary"
    assert hashed(load_text(emit(tree)[0])) == hashed(definition)


@pytest.mark.parametrize("name", list(TREES))
def test_a_plan_is_a_study_again(plans: dict[str, Definition], name: str) -> None:
    definition = plans[name]
    plan = plan_of(definition.study, definition.specs)
    stored = json.loads(canonical(plan))
    assert plan_of(*planned(stored, definition.study, DESIGNS)) == plan


def test_a_number_that_is_not_finite_is_no_plan() -> None:
    from evaluate.study.plan import plain_dump

    with pytest.raises(ValueError, match="finite"):
        plain_dump({"a": float("nan")}, "en")


# -- The document -------------------------------------------------------------------------------

HOSTILE = "a | b `c` <script>x</script> *d* _e_ [f](https://g.example) # 1. $h$ ~i~ \\| &amp;"


def content_of(definition: Definition, **more: object) -> dict[str, Any]:
    plan = plan_of(definition.study, definition.specs)
    return {
        "id": definition.study.id,
        "date": "2026-01-05",
        "data_access": "not_accessed",
        "sha256": sha256(plan),
        "software": {"version": "1", "source": "0"},
        "about": about(definition.study),
        "definition": plan,
        **more,
    }


def tables(text: str) -> Iterator[list[list[str]]]:
    """Yield the cells of each table of a rendered document, row by row."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    rows: list[list[str]] = []
    for one, following in zip(tokens, [*tokens[1:], tokens[-1]], strict=True):
        if one.type == "table_open":
            rows = []
        elif one.type == "tr_open":
            rows.append([])
        elif one.type in ("td_open", "th_open"):
            inner = "".join(piece.content for piece in following.children or ())
            rows[-1].append(inner)
        elif one.type == "table_close":
            yield rows


@pytest.mark.parametrize("name", list(TREES))
def test_every_element_of_the_plan_stands_in_the_document(
    plans: dict[str, Definition], name: str
) -> None:
    content = content_of(plans[name])
    *_, (_, *rows) = tables(document(content, {}))
    assert dict(rows) == {
        element: " ".join(words.split())
        for element, words in elements(content["definition"]).items()
    }


@pytest.mark.parametrize("name", list(TREES))
def test_no_table_of_the_document_is_broken(plans: dict[str, Definition], name: str) -> None:
    text = document(content_of(plans[name]), {"completion": "0.031 (simulated)"})
    found = list(tables(text))
    assert len(found) >= 8
    for rows in found:
        assert len({len(row) for row in rows}) == 1
        assert all(cell for row in rows for cell in row)
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len(lines) == sum(len(rows) + 1 for rows in found)  # each line of a table is in one


def test_the_document_answers_what_the_registries_ask(plans: dict[str, Definition]) -> None:
    text = document(content_of(plans["good"]), {"completion": "0.031 (simulated)"})
    titles = re.findall(r"^## (\d) (.*)$", text, re.MULTILINE)
    assert titles == [
        ("1", "General information"),
        ("2", "Study"),
        ("3", "Research questions"),
        ("4", "Design"),
        ("5", "Sample"),
        ("6", "Outcomes"),
        ("7", "Analysis plan"),
        ("8", "Materials"),
    ]
    assert "| REES | OSF Prereg | EEF analysis plan |" in text
    assert "0.031 (simulated)" in text
    assert "not simulated" in text  # of the other outcome


def test_text_cannot_break_out_of_the_document(load_text: Load) -> None:
    tree = copy.deepcopy(SHORT or {})
    (outcome,) = tree["outcomes"]
    tree["question"] = "1. " + HOSTILE
    tree["title"] = HOSTILE
    tree["comparison"]["who"] = HOSTILE
    tree["outcomes"][outcome] |= {"definition": HOSTILE, "unit": "a|b`<i>"}
    text = document(content_of(load_text(emit(tree)[0])), {})
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)
    assert "<script>" not in html
    assert "<ol>" not in html
    assert "href=" not in html
    assert "<em>" not in html
    shown = [cell for rows in tables(text) for row in rows for cell in row]
    assert shown.count(HOSTILE) >= 3  # as it was typed, in the cells of the tables
    for rows in tables(text):
        assert len({len(row) for row in rows}) == 1


def test_a_plan_locked_too_late_and_one_on_dummy_data_say_so_at_the_top(load_text: Load) -> None:
    tree = copy.deepcopy(SHORT or {})
    tree["data"]["kind"] = "dummy"
    definition = load_text(emit(tree)[0])
    late = document(content_of(definition, data_access="outcomes_seen"), {})
    top = late.partition("## 1")[0]
    assert "**Locked after outcomes had been seen.**" in top
    assert "**Dummy data.**" in top
    early = document(content_of(definition), {}).partition("## 1")[0]
    assert "Locked after outcomes" not in early


def test_an_amendment_names_what_it_amends(plans: dict[str, Definition]) -> None:
    text = document(content_of(plans["short"], amends="abc123"), {})
    assert "Amendment locked on 2026-01-05" in text
    assert "abc123" in text
