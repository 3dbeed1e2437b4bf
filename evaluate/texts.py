"""The study's own prose: parsed, and held against what its results can carry."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evaluate.errors import Problem, StudyError
from evaluate.study import prose
from evaluate.study.load import Definition
from evaluate.study.public import languages
from evaluate.study.roles import Known, names_with_digits

Json = dict[str, Any]


def refuse_claims(definition: Definition, steps: Mapping[str, int]) -> None:
    """Refuse prose that claims more than the results it points to have reached.

    Parameters
    ----------
    definition : Definition
        The study.
    steps : mapping of str to int
        Step of the claims ladder that each analysis has reached.

    Raises
    ------
    StudyError
        With every such sentence.
    """
    _, problems = parsed(definition, steps)
    if problems:
        raise StudyError(*problems)


def parsed(
    definition: Definition, steps: Mapping[str, int] | None = None
) -> tuple[dict[str, list[Json]], list[Problem]]:
    """Return the prose by language, and everything that is wrong with it.

    Parameters
    ----------
    definition : Definition
        The study.
    steps : mapping of str to int, optional
        Step of the claims ladder that each analysis has reached; by default the highest that
        it could reach.
    """
    study = definition.study
    highest = {name: one.rung for name, (one, _) in definition.methods.items()}
    highest |= {name: one.rung for name, (one, _) in definition.specs.items()}
    known = Known(
        analyses=study.analyses,
        methods=study.methods,
        facts={fact.id for fact in study.facts},
        references=study.references,
        names=names_with_digits(
            (study.title, study.intervention.name, study.programme.owner, *study.programme.partners)
        ),
        economics=study.economics is not None,
        steps=highest if steps is None else steps,
    )
    texts: dict[str, list[Json]] = {}
    problems: list[Problem] = []
    for language, file in text_files(definition).items():
        name = definition.at().rsplit("study.yaml", 1)[0] + file.name
        texts[language], found = prose.read(file, name, known)
        problems += found
    return texts, problems


def text_files(definition: Definition) -> dict[str, Path]:
    """Return the prose files that are there, by language; ``text.md`` is the study's own."""
    own, *others = languages(definition.study)
    files = {own: definition.folder / "text.md"}
    files |= {one: definition.folder / f"text.{one}.md" for one in others}
    return {language: file for language, file in files.items() if file.exists()}
