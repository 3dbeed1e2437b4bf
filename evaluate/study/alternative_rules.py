"""Rules on declared alternatives and negative controls: each is held to those of its analysis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from evaluate.checks.specifications import DECLARED
from evaluate.design import Design, named_columns
from evaluate.study.design_rules import DESIGN_RULES, Broken, Rule, Specs
from evaluate.study.document import Document, Key
from evaluate.study.faults import faults
from evaluate.study.lineage import LINEAGE_RULES, sources
from evaluate.study.schema import Study
from evaluate.study.syntax import Fault, shorten
from evaluate.study.timing_rules import TIMING_RULES
from evaluate.study.variants import Variant, alternative, merged
from evaluate.study.words import choose, dotted

Designs = Mapping[str, Design[Any]]
_RULES = (*DESIGN_RULES, *LINEAGE_RULES, *TIMING_RULES)


def wrong_alternatives(
    document: Document, study: Study, specs: Specs, designs: Designs
) -> tuple[list[Variant], list[Fault]]:
    """Return the alternatives that hold together by themselves, and what is wrong with others.

    Parameters
    ----------
    document : Document
        The file.
    study : Study
        What it says.
    specs : mapping of str to (Design, Strict)
        By analysis.
    designs : mapping of str to Design
        Those that alternatives may name.
    """
    found: list[Variant] = []
    wrong: list[Fault] = []
    for of, analysis in study.analyses.items():
        for name, one in analysis.alternatives.items() if of in specs else ():
            chosen, content = merged(one, specs[of], designs)
            key: Key = ("analyses", of, "alternatives", name, "design", chosen)
            if chosen not in designs:
                what = f"`{dotted(key[:-1])}` is `{shorten(chosen)}`, which is not a design here"
                why = "the design decides how a comparison group gives an effect"
                wrong.append(Fault(document.line(key), what, why, choose(chosen, designs)))
                continue
            try:
                found.append(alternative(analysis, name, of, specs[of], designs))
            except ValidationError as error:
                whole = _as_if_written(document, key, content)
                wrong += faults(error, whole, designs[chosen].spec, key)
    return found, wrong


def _as_if_written(document: Document, key: Key, content: dict[str, Any]) -> Document:
    """Return the document in which an alternative has all fields of its design."""
    value: dict[str, Any] = content
    for part in reversed(key):
        value = {str(part): value}
    return Document(value, document.lines, document.written, document.broken, document.faults)


def broken_alternatives(study: Study, specs: Specs, found: list[Variant]) -> Iterator[Broken]:
    """Yield the rules that an alternative breaks and its analysis does not.

    Parameters
    ----------
    study : Study
        The study.
    specs : mapping of str to (Design, Strict)
        By analysis.
    found : list of Variant
        The alternatives that hold together by themselves.
    """
    for one in found:
        own = study.with_analyses({one.of: study.analyses[one.of]})
        other = study.with_analyses({one.of: one.analysis})
        known = {one.of: specs[one.of]}
        for rule in _RULES:
            echoes = set(rule(own, known))
            for broken in rule(other, {one.of: (one.design, one.spec)}):
                if broken not in echoes:
                    yield _moved(broken, one)
        yield from _selected_by_the_answer(study, one)


def _moved(broken: Broken, one: Variant) -> Broken:
    """Return a broken rule at the place of the alternative."""
    key, *words = broken
    before, after = f"analyses.{one.of}", f"analyses.{one.of}.alternatives.{one.name}"
    what, why, fix = (text.replace(before, after) for text in words)
    if key[:2] == ("analyses", one.of):
        return ("analyses", one.of, "alternatives", one.name, *key[2:]), what, why, fix
    return ("analyses", one.of, "alternatives", one.name), what, why, fix


def _selected_by_the_answer(study: Study, one: Variant) -> Iterator[Broken]:
    """Find conditions of an alternative that test its outcome or treatment."""
    found = sources(study.data)
    held = {c: "treatment" for _, c, role in named_columns(one.spec) if role == "treatment"}
    outcome = study.outcomes.get(one.analysis.outcome)
    if outcome is not None and outcome.column is not None:
        held[outcome.column] = "outcome"
    for place, condition in enumerate(one.where):
        roots = found.get(condition.column, frozenset({condition.column}))
        for column, word in held.items():
            if roots & found.get(column, frozenset({column})):
                key = ("analyses", one.of, "alternatives", one.name, "where", place, "column")
                own = condition.column == column
                origin = f"the {word}" if own else f"which shares a source with the {word}"
                yield (
                    key,
                    f"`{dotted(key)}` selects rows by `{condition.column}`, {origin}",
                    f"rows chosen by the {word} no longer compare the groups as they were formed",
                    "select by a column known before the programme",
                )
                break


def _negative_controls(study: Study, specs: Specs) -> Iterator[Broken]:
    for name, (_, spec) in specs.items():
        analysis = study.analyses[name]
        treatment = {c for _, c, role in named_columns(spec) if role in ("treatment", "received")}
        for place, one in enumerate(analysis.negative_controls):
            key = ("analyses", name, "negative_controls", place)
            outcome = study.outcomes.get(one)
            if outcome is None:
                yield (
                    key,
                    f"`{dotted(key)}` is `{one}`, which is not under `outcomes`",
                    "a negative control is an outcome that the study describes",
                    choose(one, study.outcomes),
                )
            elif outcome.column is None:
                yield (
                    ("outcomes", one),
                    f"`outcomes.{one}` has no column, and `{dotted(key)}` uses it",
                    "the outcome has to be found in the data",
                    f"add `column:` under `outcomes.{one}`",
                )
            elif one == analysis.outcome:
                yield (
                    key,
                    f"`{dotted(key)}` is `{one}`, the outcome of the analysis itself",
                    "a negative control is what the programme cannot have changed",
                    "name another outcome",
                )
            elif outcome.column in treatment:
                yield (
                    key,
                    f"`{dotted(key)}` is measured by `{outcome.column}`, the treatment",
                    "who was treated cannot tell whether the groups were alike",
                    "name another outcome",
                )


def _called_declared(study: Study, _specs: Specs) -> Iterator[Broken]:
    for name, analysis in study.analyses.items():
        if DECLARED in analysis.alternatives:
            key = ("analyses", name, "alternatives", DECLARED)
            yield (
                key,
                f"`{dotted(key)}` has the name of the analysis itself",
                "tables call the declared choices so, and two rows of one name cannot be told apart",
                "give the alternative a name of its own",
            )


ALTERNATIVE_RULES: tuple[Rule, ...] = (_negative_controls, _called_declared)
