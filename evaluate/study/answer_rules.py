"""Rules for ``report.answers``: what authors say to the points of a report."""

from __future__ import annotations

from collections.abc import Iterator

from evaluate.evidence.checklists_read import answer_keys
from evaluate.study.design_rules import Broken, Rule, Specs
from evaluate.study.schema import Study
from evaluate.study.words import choose, dotted


def _known_answers(study: Study, _: Specs) -> Iterator[Broken]:
    known = answer_keys() if study.report.answers else ()
    for name in study.report.answers:
        if name not in known:
            key = ("report", "answers", name)
            yield (
                key,
                f"`{dotted(key)}` answers no item of the gate list or of a checklist",
                "an answer that no item asks for would be lost without a word",
                choose(name, known),
            )


ANSWER_RULES: tuple[tuple[tuple[str, ...], Rule], ...] = ((("report",), _known_answers),)
