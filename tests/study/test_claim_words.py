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


def test_the_build_fails_with_the_reason(tmp_path: Path) -> None:
    from evaluate.errors import StudyError
    from evaluate.flow import run

    source = Path(__file__).parents[2] / "studies" / "nav-school-collaboration"
    study = (source / "study.yaml").read_text("utf-8")
    folder = tmp_path / "nav-school-collaboration"
    folder.mkdir()
    lines = "lines: {a: {what: A, needs: B, why: C}}"
    head = study.split("\nrecords:")[0].split("\nanalyses:")[0]
    entry = f"\nanalyses:\n  open:\n    method: {{not_computed: {{{lines}}}}}\n"
    (folder / "study.yaml").write_text(head + entry, encoding="utf-8")
    dictionary = "# D\n\n## nav-school-collaboration\n"
    (tmp_path / "data-dictionary.md").write_text(dictionary, encoding="utf-8")
    for text, is_refused in (
        ("The project reduced dropout: {n}`open.lines.a.what`.", True),
        ("One line is open: {n}`open.lines.a.what`.", False),
    ):
        (folder / "text.md").write_text(text, encoding="utf-8")
        if is_refused:
            with pytest.raises(StudyError, match="claims a cause, and `open` reaches step 0"):
                run(folder)
        else:
            assert run(folder).tables
