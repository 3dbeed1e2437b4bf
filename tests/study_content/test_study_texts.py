"""What the studies say: sources, languages, disagreeing figures, and nobody's private details."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pydantic import BaseModel

from evaluate.data.dictionary import dictionary_for
from evaluate.findings import read
from evaluate.study.load import load
from evaluate.study.schema import Fact, Reference, Study

STUDIES = Path(__file__).parents[2] / "studies"
FIVE = ("back-to-rule", "fullfoljd-utbildning", "jet-cd", "nav-school-collaboration", "plug-in")
PLANNED = FIVE[:-1]
OVER_TIME = ("absence-limit-2016", "nav-counsellor-pilots", "plug-in")  # on dummy data
COMPARED = ("catholic-schools-and-graduation", "supported-work-survey-comparison")
REGISTER = "back-to-rule-register"  # on dummy data
ALL = (*PLANNED, *OVER_TIME, *COMPARED, REGISTER, "absence-contact-example", "supported-work")
SCHEMA = "# yaml-language-server: $schema=../../book/_static/study.schema.json"
# Figures on which sources disagree, by study. None may be dropped in favour of another.
CONFLICTS = [
    ("plug-in", "municipalities-1-skl municipalities-1-low municipalities-1-plan"),
    ("plug-in", "municipalities-1-high municipalities-2 municipalities-both"),
    ("plug-in", "participants-1-skl participants-1-site participants-2 participants-both"),
    ("plug-in", "cost-skl cost-rune cost-plan"),
    ("plug-in", "cost-head-low cost-head-mid cost-head-high"),
    ("plug-in", "workshops-1 workshops-2 workshops-2-plan"),
    ("plug-in", "end-autumn end-2017 end-turn end-march"),
    ("plug-in", "completion-3 completion-4"),
    ("plug-in", "gain-low gain-high"),
    ("absence-limit-2016", "naive-days naive-hours fafo-percent nber-total nber-first"),
    (
        "nav-school-collaboration",
        "not-completed-2017 not-completed-2012 not-completed-2019",
    ),
    ("nav-school-collaboration", "title-page title-report"),
    (
        "nav-school-collaboration",
        "absence-naive absence-fafo absence-nber absence-nber-first",
    ),
    ("jet-cd", "name-talk name-aer"),
    ("jet-cd", "partners-talk partners-aer partners-range"),
    ("jet-cd", "leavers-no-any leavers-no-formal"),
    ("back-to-rule", "review-treated review-treated-calc"),
    ("fullfoljd-utbildning", "esf-granted esf-rate"),
    ("fullfoljd-utbildning", "participants-planned participants-reached"),
    ("fullfoljd-utbildning", "name-project name-metastudy name-assignment"),
    ("fullfoljd-utbildning", "perdomo-v1 perdomo-v2"),
    ("fullfoljd-utbildning", "absence-all absence-undocumented absence-unauthorised"),
    ("supported-work", "months-mdrc months-causaldata months-crime-solutions"),
    ("supported-work", "sites sites-random sites-interim"),
]
# First 16 digits of the SHA-256 of lower-case names of people who are named only as contacts or
# speakers in the material: the names themselves must not stand here either.
NAMES = frozenset({"a50b5c9420726b0d", "e9014dfe5cb44d0e", "80fdc2bd32131e52"})


@cache
def study(slug: str) -> Study:
    return load(STUDIES / slug).study


def files_of(slug: str) -> list[Path]:
    folder = STUDIES / slug
    return [folder / "study.yaml", *sorted(folder.glob("*.md")), *sorted(folder.glob("data/*.md"))]


@pytest.mark.parametrize("slug", ALL)
def test_the_study_loads_under_its_own_name_and_names_its_schema(slug: str) -> None:
    assert study(slug).id == slug
    first = (STUDIES / slug / "study.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first == SCHEMA


@pytest.mark.parametrize("slug", PLANNED)
def test_a_planned_study_promises_nothing(slug: str) -> None:
    planned = study(slug)
    assert planned.status == "planned"
    assert planned.data is None
    # Costs, and effects that are assumed, may be counted before anything is estimated.
    account = planned.economics
    assert account is None or all(one.analysis is None for one in account.valued.values())
    found = read(STUDIES / slug / "finding.json")
    assert (found.outcome, found.estimates, found.verdicts) == ("planned", (), ())
    if planned.analyses:  # one that is planned says what it could find
        assert planned.assumptions is not None
    for text in (STUDIES / slug).glob("text*.md"):
        told = set(re.findall(r"\{n\}`(\w+)", text.read_text(encoding="utf-8")))
        # A method describes the rows that it reads; what a design would find nobody knows yet.
        assert told <= {"economics", *planned.methods}


@pytest.mark.parametrize(("slug", "ids"), CONFLICTS)
def test_figures_that_disagree_are_all_kept(slug: str, ids: str) -> None:
    by_id = {fact.id: fact for fact in study(slug).facts}
    facts = [by_id[one] for one in ids.split()]
    assert all(fact.quantity == facts[0].quantity for fact in facts)
    told_apart = {(fact.value, str(fact.scope), str(fact.source)) for fact in facts}
    assert len(told_apart) == len(facts)
    # Ten per cent has one value and three meanings: there the scope is what disagrees.
    assert len({(fact.value, str(fact.scope)) for fact in facts}) >= 2


def references(slug: str) -> Iterator[tuple[str, Reference]]:
    loaded = study(slug)
    yield from loaded.references.items()
    yield from ((fact.id, fact.source) for fact in loaded.facts)
    yield from ((one.id, one.source) for one in loaded.published)


@pytest.mark.parametrize("slug", ALL)
def test_everything_quoted_can_be_found(slug: str) -> None:
    without = [key for key, one in references(slug) if not (one.title and (one.url or one.date))]
    assert without == []


@pytest.mark.parametrize("slug", ALL)
def test_a_calculated_fact_says_how(slug: str) -> None:
    calculated: list[Fact] = [one for one in study(slug).facts if one.status == "calculated"]
    assert [one.id for one in calculated if not (one.note or one.scope)] == []


@pytest.mark.parametrize("slug", ALL)
def test_every_outcome_is_defined_and_in_the_dictionary(slug: str) -> None:
    variables = dictionary_for(STUDIES / slug).sections[slug]
    for key, outcome in study(slug).outcomes.items():
        assert outcome.definition, key
        if outcome.column is None:  # nothing is computed of it; somebody else published on it
            assert slug in OVER_TIME, key
        else:
            assert outcome.column in variables, key


def texts(model: BaseModel) -> Iterator[dict[str, str]]:
    """Yield every text that is given by language, at any depth."""
    waiting: list[object] = [model]
    while waiting:
        one = waiting.pop()
        if isinstance(one, BaseModel):
            waiting += [getattr(one, name) for name in type(one).model_fields]
        elif isinstance(one, (list, tuple)):
            waiting += one
        elif isinstance(one, dict):
            if one and set(one) <= {"en", "nb", "nn", "sv"}:
                yield one
            else:
                waiting += one.values()


BILINGUAL = [slug for slug in (*PLANNED, *OVER_TIME, REGISTER) if slug != "jet-cd"]


@pytest.mark.parametrize("slug", BILINGUAL)
def test_a_nordic_study_is_told_in_its_language_and_in_english(slug: str) -> None:
    loaded = study(slug)
    both = {loaded.language, "en"}
    found = list(texts(loaded))
    assert len(found) > 50
    assert [one for one in found if set(one) != both or not all(one.values())] == []
    told = [loaded.title, loaded.question, *vars(loaded.comparison).values()]
    told += [text for one in loaded.facts for text in (one.quantity, one.scope, one.note) if text]
    told += [one.definition for one in loaded.outcomes.values()]
    what = loaded.intervention
    told += [what.why, what.what, what.provider, what.how, what.where, what.dose, what.tailoring]
    told += [what.changes, what.fidelity]
    assert [one for one in told if not isinstance(one, dict)] == []


@pytest.mark.parametrize("slug", BILINGUAL)
def test_both_tellings_rest_on_the_same_facts_and_sources(slug: str) -> None:
    own, english = (
        sorted(re.findall(r"\{(\w+)\}`([^`]+)`", (STUDIES / slug / name).read_text("utf-8")))
        for name in ("text.md", "text.en.md")
    )
    assert own == english
    assert any(role == "fact" for role, _ in own)


def words(text: str) -> Iterator[str]:
    for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text):
        yield hashlib.sha256(word.casefold().encode()).hexdigest()[:16]


@pytest.mark.parametrize("slug", ALL)
def test_nobody_can_be_written_to_called_or_named(slug: str) -> None:
    for file in files_of(slug):
        text = file.read_text(encoding="utf-8")
        assert "@" not in text, file.name
        sums = re.compile(
            r"(value|amount|total): \d+"
        )  # sums of money have as many digits as telephone numbers
        calls = re.findall(
            r"(?:\+|\b00)\d[\d ]{6,}|\b\d{2} \d{2} \d{2} \d{2}\b|\b\d{8}\b", sums.sub("", text)
        )
        assert calls == [], file.name
        assert NAMES.isdisjoint(words(text)), file.name
