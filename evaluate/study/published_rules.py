"""Rules of ``published:`` and of ``dilution:`` that need the rest of the study."""

from __future__ import annotations

from collections.abc import Iterator

from evaluate.study.design_rules import Broken, Rule, Specs
from evaluate.study.schema import Study
from evaluate.study.words import choose, dotted


def _published_outcome(study: Study, _: Specs) -> Iterator[Broken]:
    for place, one in enumerate(study.published):
        if one.outcome not in study.outcomes:
            key = ("published", place, "outcome")
            yield (
                key,
                f"`{dotted(key)}` is `{one.outcome}`, which is not under `outcomes`",
                "a published result is held against what is worth having of an outcome",
                choose(one.outcome, study.outcomes),
            )


def _published_once(study: Study, _: Specs) -> Iterator[Broken]:
    first: dict[str, int] = {}
    for place, one in enumerate(study.published):
        other = first.setdefault(one.id, place)
        if other != place:
            yield (
                ("published", place, "id"),
                f"`published[#{other + 1}]` and `published[#{place + 1}]` are both `{one.id}`",
                "a reader could not tell two results apart",
                "give each published result an id of its own",
            )


def _share_fact(study: Study, _: Specs) -> Iterator[Broken]:
    ids = [fact.id for fact in study.facts]
    for name, analysis in study.analyses.items():
        given = analysis.dilution.fact if analysis.dilution is not None else None
        if given is not None and given not in ids:
            key = ("analyses", name, "dilution", "fact")
            yield (
                key,
                f"`{dotted(key)}` is `{given}`, which is not the id of a fact",
                "the share who take part stands under `facts`, with its source",
                choose(given, ids) if ids else "add it to `facts:`, or delete `fact:`",
            )


PUBLISHED_RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("outcomes", "published"), _published_outcome),
    (("published",), _published_once),
    (("analyses", "facts"), _share_fact),
)
