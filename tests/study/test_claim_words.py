"""No sentence stands higher on the claims ladder than the result it points to."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluate.study.claim_words import claimed
from evaluate.study.prose import parse
from evaluate.study.roles import Known

KNOWN = Known(
    analyses=("main",),
    facts=("pupils",),
    references=(),
    methods=("coding", "networks"),
    steps={"main": 4, "coding": 2, "networks": 1},
)
NUMBER = "{n}`coding.breadth.mandate.n_cases`"
EFFECT = "{n}`main.overall.estimate`"


def told(text: str) -> list[str]:
    _, problems = parse(text, "text.md", KNOWN)
    return [f"{one.where} {one.what}" for one in problems]


@pytest.mark.parametrize(
    "sentence",
    [
        f"The programme reduced dropout in {NUMBER} counties.",
        f"In {NUMBER} counties collaboration led to fewer exits.",
        f"Because of the fixed meetings {NUMBER} counties saw fewer exits.",
        f"The effect of the mandate was seen in {NUMBER} counties.",
        f"Samarbeidet førte til lavere frafall i {NUMBER} fylker.",
        f"I {NUMBER} fylker økte gjennomføringen takket være samarbeidet.",
        f"Prosjektet reduserte frafallet i {NUMBER} fylker.",
        f"Samverkan minskade avbrotten i {NUMBER} län.",
        f"Tack vare projektet stannade fler, i {NUMBER} län.",
        f"Prosjektet auka gjennomføringa i {NUMBER} fylke.",
        f"*The programme* **reduced** dropout in {NUMBER} counties.",
        f"- The method works in {NUMBER} counties.",
        f"> They reduced absence, as {NUMBER} counties tell.",
    ],
)
def test_a_causal_sentence_on_a_description_is_refused(sentence: str) -> None:
    (one,) = told(sentence)
    assert "claims a cause" in one
    assert "`coding` reaches step 2" in one


@pytest.mark.parametrize(
    "sentence",
    [
        f"The mandate was mentioned in {NUMBER} counties.",
        f"It cannot be said whether the programme reduced dropout in {NUMBER} counties.",
        f"Dette viser ikke at samarbeidet reduserte frafallet; {NUMBER} fylker nevner det.",
        f"Det går inte att säga att projektet minskade avbrotten i {NUMBER} län.",
        f"The programme raised completion by {EFFECT}.",
        "The programme is meant to raise completion.",
        "The programme had {fact}`pupils` pupils.",
        f"Informants in {NUMBER} counties ask for fixed meetings.",
    ],
)
def test_what_was_seen_may_be_said(sentence: str) -> None:
    assert told(sentence) == []


def test_a_sentence_without_a_number_is_judged_by_its_paragraph() -> None:
    assert told(f"The mandate stands in {NUMBER} counties. It reduced dropout.")
    assert told(f"The effect is {EFFECT}. The programme reduced dropout.") == []


def test_the_lowest_result_in_a_sentence_decides() -> None:
    (one,) = told(f"The programme raised completion by {EFFECT} as {NUMBER} counties tell.")
    assert "`coding`" in one


def test_each_line_is_named() -> None:
    (one,) = told(f"First.\n\nThe programme reduced dropout in {NUMBER} counties.")
    assert one.startswith("text.md:3 ")


def test_only_step_four_carries_a_cause() -> None:
    for step in range(7):
        known = Known((), (), (), methods=("coding",), steps={"coding": step})
        _, problems = parse(f"The project reduced dropout in {NUMBER} places.", "t", known)
        assert bool(problems) == (step < 4)


@pytest.mark.parametrize("text", ["The ageing of the population.", "A cut in funds.", ""])
def test_other_sentences_claim_nothing(text: str) -> None:
    assert claimed(text) is None


STUDY = """
version: 1
id: talks
title: Talks
question: What do people tell?
status: planned
programme: {owner: A county}
intervention:
  {name: T, why: W, what: W, provider: P, how: H, where: W, dose: D, tailoring: T, changes: C,
    fidelity: F, class: [preventive], reach: universal, levels: [school]}
comparison: {who: Nobody, received: Nothing, why_credible: It is not.}
outcomes: {told: {unit: share, role: primary, direction: increase}}
analyses:
  told:
    method:
      coding:
        findings: {roles: {text: Clear roles help., sources: [report]}}
"""


@pytest.mark.parametrize("sentence", ["The project reduced dropout", "It led to fewer exits"])
def test_the_build_fails_with_the_reason(tmp_path: Path, sentence: str) -> None:
    from evaluate.errors import StudyError
    from evaluate.flow import run

    folder = tmp_path / "talks"
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "data-dictionary.md").write_text("# D\n", encoding="utf-8")
    number = "{n}`told.findings.roles.state`"
    (folder / "text.md").write_text(f"{sentence}: {number}.", encoding="utf-8")
    with pytest.raises(StudyError, match="claims a cause, and `told` reaches step 2"):
        run(folder)
    (folder / "text.md").write_text(f"Roles are told of: {number}.", encoding="utf-8")
    assert run(folder).tables


def test_a_claim_that_the_checks_took_away_fails_the_build(tmp_path: Path) -> None:
    """The method may reach step 4 before it has run; its checks hold it lower."""
    from evaluate.errors import StudyError
    from evaluate.study.load import load
    from evaluate.texts import refuse_claims

    folder = tmp_path / "talks"
    folder.mkdir()
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    text = "The project reduced dropout: {n}`told.findings.roles.state`."
    (folder / "text.md").write_text(text, encoding="utf-8")
    definition = load(folder)
    refuse_claims(definition, {"told": 4})
    with pytest.raises(StudyError, match="`told` reaches step 3"):
        refuse_claims(definition, {"told": 3})
