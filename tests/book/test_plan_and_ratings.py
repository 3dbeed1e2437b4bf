"""What a chapter says of plan, power, ratings and checklists, from tables alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import example_chapters as example
import example_tables as made
import pytest
from docutils import nodes
from lxml import html
from test_chapter_text import ACTIVE, ALL, HOSTILE

from evaluate.book import figures
from evaluate.book.chapter import chapter
from evaluate.book.view import View
from evaluate.book.words import words
from evaluate.core import Finding
from evaluate.evidence.checklists_read import LISTS
from evaluate.evidence.ratings_row import Scale, Status
from evaluate.evidence.ratings_rules import Standing
from evaluate.study.plan_definition import Access, Explained, When

LANGUAGES = ("en", "nb", "sv")
FREE = {"reasons", "inputs", "citation", "rule", "version", "value", "element", "registered"}
FREE |= {"done", "reason", "impact", "title", "where", "note", "item", "source", "status", "list"}
FREE |= {"state", "measure", "when", "kind", "scenario"}


def said(finding: Finding, language: str = "en") -> str:
    return "\n".join(example.lines(finding, language))


def without(finding: Finding, *kinds: str) -> Finding:
    return replace(finding, tables=tuple(t for t in finding.tables if t.kind not in kinds))


def with_tables(finding: Finding, *tables: Any) -> Finding:
    kinds = {one.kind for one in tables}
    return replace(without(finding, *kinds), tables=(*without(finding, *kinds).tables, *tables))


def page(finding: Finding) -> nodes.section:
    return chapter(View(finding, "en"))


def test_the_first_screen_counts_the_changes_and_leads_to_them() -> None:
    found = page(example.LOCKED)
    (line,) = (one for one in found.findall(nodes.paragraph) if "ev-plan" in one["classes"])
    assert "Changes from the plan: 2 (after outcomes were seen: 1, without a reason: 1)." in (
        line.astext()
    )
    (link,) = line.findall(nodes.reference)
    assert link["refid"] in {one for node in found.findall(nodes.section) for one in node["ids"]}


def test_a_locked_plan_that_was_kept_says_so() -> None:
    kept = without(example.LOCKED, "deviations")
    assert "Changes from the plan: 0." in said(kept)
    assert words("en")("plan.none") in said(kept)


def test_a_plan_that_was_never_locked_is_called_that() -> None:
    study = {**example.LOCKED.study, "plan": {"data_access": "accessed"}}
    text = said(replace(without(example.LOCKED, "deviations"), study=study))
    assert words("en")("plan.unlocked") in text
    assert words("en")("plan.none") not in text


def test_a_study_without_a_plan_says_nothing_of_one() -> None:
    assert "the plan" not in said(example.BENEFIT).replace("in the order of the plan", "")


def test_the_registered_estimate_stands_under_the_deviating_one() -> None:
    lines = example.lines(example.LOCKED, "en")
    at = next(i for i, one in enumerate(lines) if one.startswith("Test score | 50.0"))
    assert lines[at + 1].startswith("Test score, as registered | – | – | +3.10 points/test")


def test_what_nobody_planned_stands_apart_and_hollow() -> None:
    text = said(example.LOCKED)
    apart = text.index(words("en")("plan.exploratory"))
    assert text.index("(girls)") > apart
    assert "(girls)" not in text[:apart]
    figure = figures.draw("forest", example.LOCKED)
    assert figure is not None
    assert [row[-1] for row in figure.rows].count("exploratory") == 1
    assert "exploratory" in figure.note
    assert figure.title == "Benefit was shown for 1 of 2 outcomes"


def test_a_reason_stands_in_the_language_of_the_page_and_its_absence_is_marked() -> None:
    text = said(example.LOCKED, "nb")
    assert "Karakterene kom senere enn avtalt." in text
    assert text.count(words("nb")("plan.no_reason")) == 1


def test_a_plan_says_on_its_first_screen_what_it_could_detect() -> None:
    lead = example.lines(example.POWERED, "en")[2]
    assert "finds effects of 2.40 points/test or more four times in five" in lead
    unsimulated = with_tables(without(example.POWERED, "precision"), made.made("diagnosis", [
        {"scenario": "main", "outcome": "score", "effect": 2.0, "power": 0.34}
    ]))  # fmt: skip
    assert "If the effect is 2.00 points/test, 34% of such studies find it." in said(unsimulated)


def test_false_alarms_are_quoted_from_this_study_or_not_at_all() -> None:
    assert "In 1\u202f000 simulated studies" in "\n".join(
        one.astext() for one in page(example.LOCKED).findall(nodes.paragraph)
    )
    assert words("en")("power.not_simulated") in said(without(example.LOCKED, "diagnosis"))
    other = replace(made.diagnosis("score"), analysis="another")
    assert words("en")("power.not_simulated") in said(with_tables(example.LOCKED, other))


def test_precision_stands_planned_beside_achieved() -> None:
    assert "Detectable effect | 2.40 points/test | 2.80 points/test" in said(example.LOCKED)
    assert "Detectable effect | 2.40 points/test\n" in said(example.POWERED)


def test_counts_of_a_hundred_come_from_their_table() -> None:
    table = replace(made.frequencies("score", people=(81, 70, 11, 3, 19)))
    lead = example.lines(with_tables(example.SHARE, table), "en")[1]
    assert "Of 100 people, 81 with the programme and 70 without it: 11 more" in lead
    assert "between 3 more and 19 more" in lead


@pytest.mark.parametrize(("status", "word"), [("computed", ""), ("needs_judgement", "at most ")])
@pytest.mark.parametrize("level", ["high", "moderate", "low"])
def test_certainty_is_the_ratings_and_no_more(status: str, word: str, level: str) -> None:
    row = {"analysis": "main", "scale": "certainty", "status": status, "value": level}
    text = said(with_tables(example.LOCKED, made.made("ratings", [row], "main")))
    line = next(one for one in text.splitlines() if " certainty" in one and one.endswith("."))
    assert line.lower().startswith(f"{word}{level} certainty")


@pytest.mark.parametrize(("level", "drawn"), [("low", True), ("very_low", False)])
def test_people_are_drawn_only_where_certainty_is_not_very_low(level: str, drawn: bool) -> None:
    row = {"analysis": "main", "scale": "certainty", "status": "computed", "value": level}
    rated = with_tables(example.SHARE, made.made("ratings", [row], "main"))
    figure = figures.draw("answer", rated)
    assert figure is not None
    assert ("grids of 100 dots" in figure.alt) is drawn


@pytest.mark.parametrize("status", ["not_applicable", "not_computable"])
def test_without_a_rating_there_is_no_word_of_certainty(status: str) -> None:
    row = {"analysis": "main", "scale": "certainty", "status": status, "reasons": "Nothing here."}
    lead = said(with_tables(example.LOCKED, made.made("ratings", [row], "main")))
    assert "probably" not in lead
    assert words("en")(f"rating.status.{status}") in lead


def test_every_rule_that_nobody_checked_is_marked_and_the_panel_is_called_our_own() -> None:
    text = said(example.LOCKED)
    panel = text[text.index("[table] Self-assessment") : text.index("[table] Inputs, rules")]
    unverified = sum(row["verified"] is False for row in made.ratings().rows)
    assert panel.count(f"{words('en')('rating.unverified')} |") == unverified
    assert "not a review" in panel


def test_what_was_not_done_is_printed_with_its_reason() -> None:
    lines = example.lines(example.LOCKED, "en")
    assert "17 Fidelity | – not done | nobody measured it" in lines
    report = {
        "answers": {"implementation": {"not_done": {"nb": "Ingen målte.", "en": "Unmeasured."}}}
    }
    own = replace(example.LOCKED, study={**example.LOCKED.study, "report": report})
    assert "17 Fidelity | – ikke gjort | Ingen målte." in example.lines(own, "nb")


def test_checklists_lead_to_places_of_the_chapter_and_to_no_others() -> None:
    found = page(example.LOCKED)
    ids = {one for node in found.findall(nodes.Element) for one in node["ids"]}
    links = [one for one in found.findall(nodes.reference) if "refid" in one]
    assert {one["refid"] for one in links} <= ids
    assert {"What was done", "Results", "top of the page"} <= {one.astext() for one in links}
    (gate,) = (row for row in made.checklists()[1].rows if row["key"] == "registration")
    assert gate["where"] == "#plan"  # which no chapter has
    assert "1 Registration | ✓ answered | plan" in example.lines(example.LOCKED, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_that_others_write_has_a_word(language: str) -> None:
    w = words(language)
    kinds = get_args(Explained.model_fields["kind"].annotation)
    keys = [f"rating.{one}" for one in get_args(Scale)]
    keys += [f"rating.status.{one}" for one in get_args(Status)]
    keys += [f"rating.value.{one}" for one in get_args(Standing)]
    keys += [f"plan.access.{one}" for one in get_args(Access)]
    keys += [f"plan.when.{one}" for one in (*get_args(When), "unknown")]
    keys += [f"plan.kind.{one}" for one in kinds]
    keys += [f"lists.{one}" for one in LISTS]
    assert [one for one in keys if one not in w] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["flow", "power_curve"])
def test_new_figures_have_title_and_words_in_every_language(kind: str, language: str) -> None:
    figure = figures.draw(kind, example.LOCKED, language=language)
    assert figure is not None
    assert all((figure.title, figure.subtitle, figure.alt, figure.rows))


def test_the_title_of_a_flow_counts_what_is_in_the_analysis() -> None:
    whole, hidden = (
        figures.draw("flow", with_tables(example.LOCKED, one))
        for one in (made.flow(), made.flow_of_people("left"))
    )
    assert whole is not None
    assert hidden is not None
    assert whole.title.replace("\u202f", "") == "1913 of 2100 people (91%) are in the analysis"
    assert not any(letter.isdigit() for letter in hidden.title)  # one group's number is withheld
    assert "number withheld" in hidden.alt


def test_a_curve_marks_where_the_study_stands() -> None:
    figure = figures.draw("power_curve", example.POWERED)
    bare = figures.draw("power_curve", without(example.POWERED, "precision", "diagnosis"))
    assert figure is not None
    assert bare is not None
    assert "76%" in figure.title
    assert "%" not in bare.title


def planted(finding: Finding) -> Finding:
    """A finding whose every free cell of the new tables holds hostile text."""
    kinds = {"ratings", "effect_sizes", "deviations", "checklist", "gate_list", "diagnosis", "flow"}
    tables = tuple(
        replace(one, rows=tuple({k: ALL if k in FREE and isinstance(v, str) else v
                                 for k, v in row.items()} for row in one.rows))
        if one.kind in kinds else one
        for one in finding.tables
    )  # fmt: skip
    plan = json.loads(json.dumps(finding.study["plan"]))
    plan["registration"] = {"registry": {"en": ALL}, "id": ALL, "url": "javascript:alert(1)"}
    return replace(finding, tables=tables, study={**finding.study, "plan": plan})


@pytest.mark.slow
def test_hostile_cells_stay_text(
    tmp_path: Path, small_book: Callable[..., Path], build_quietly: Callable[..., Path]
) -> None:
    dirty = {"clean": example.LOCKED, "dirty": planted(example.LOCKED)}
    first = build_quietly(small_book(tmp_path, dirty))
    clean, bad = (html.parse(first.parent / f"studies/{one}.html").getroot() for one in dirty)
    assert len(bad.xpath(ACTIVE)) == len(clean.xpath(ACTIVE))
    assert bad.xpath("//@*[starts-with(name(), 'on')]") == []
    assert bad.xpath("//*[@id='planted']") == []
    assert [one for one in bad.xpath("//a/@href") if one.startswith(("javascript:", "data:"))] == []
    shown = " ".join(bad.text_content().split())
    assert HOSTILE[0] in shown


@pytest.mark.slow
def test_the_catalogue_shows_locked_plans_and_what_planned_studies_find(
    tmp_path: Path, small_book: Callable[..., Path], build_quietly: Callable[..., Path]
) -> None:
    book = small_book(tmp_path, {"locked": example.LOCKED, "powered": example.POWERED})
    with (book / "index.md").open("a", encoding="utf-8") as file:
        file.write("\n```{planned-studies}\n```\n")
    text = " ".join(html.parse(build_quietly(book)).getroot().text_content().split())
    assert "finished, public data, locked plan" in text
    assert "Finds four times in five" in text
    assert "2.40 points/test" in text
