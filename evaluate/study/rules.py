"""Rules that several keys of a definition have to obey together."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from evaluate.study.alternative_rules import ALTERNATIVE_RULES
from evaluate.study.answer_rules import ANSWER_RULES
from evaluate.study.assumption_rules import ASSUMPTION_RULES
from evaluate.study.cohort_rules import COHORT_RULES
from evaluate.study.design_rules import DESIGN_RULES, Broken, Rule, Specs
from evaluate.study.evidence_rules import EVIDENCE_RULES
from evaluate.study.lineage import LINEAGE_RULES, columns_of
from evaluate.study.money_rules import MONEY_RULES
from evaluate.study.published_rules import PUBLISHED_RULES
from evaluate.study.schema import Study
from evaluate.study.shape import fields
from evaluate.study.text_rules import TEXT_RULES
from evaluate.study.timing_rules import TIMING_RULES
from evaluate.study.words import choose, dotted


def broken_rules(study: Study, specs: Specs, unsure: Collection[str] = ()) -> Iterator[Broken]:
    """Yield each rule that a study breaks.

    Parameters
    ----------
    study : Study
        The study, or those of its blocks that are valid by themselves.
    specs : mapping of str to (Design, Strict)
        The designs whose fields are valid, by analysis.
    unsure : collection of str
        Blocks that hold a place whose value is not known.

    Yields
    ------
    tuple
        Place in the file, what, why and fix.
    """
    valid = set(fields(type(study))).difference(unsure)
    for needs, rule in _RULES:
        if valid.issuperset(needs):
            yield from rule(study, specs)


def _outcome_exists(study: Study, _: Specs) -> Iterator[Broken]:
    for name, analysis in study.analyses.items():
        key = ("analyses", name, "outcome")
        outcome = study.outcomes.get(analysis.outcome)
        if outcome is None:
            yield (
                key,
                f"`{dotted(key)}` is `{analysis.outcome}`, which is not under `outcomes`",
                "an analysis estimates the effect on an outcome that the study describes",
                choose(analysis.outcome, study.outcomes),
            )
        elif outcome.column is None:
            yield (
                ("outcomes", analysis.outcome),
                f"`outcomes.{analysis.outcome}` has no column, and `{dotted(key[:-1])}` uses it",
                "the outcome has to be found in the data",
                f"add `column:` under `outcomes.{analysis.outcome}`",
            )


def _one_headline(study: Study, _: Specs) -> Iterator[Broken]:
    first: dict[str, str] = {}
    for name, analysis in study.analyses.items():
        if analysis.role != "primary":
            continue
        other = first.setdefault(analysis.outcome, name)
        if other != name:
            yield (
                ("analyses", name),
                f"`analyses.{other}` and `analyses.{name}` are primary for one outcome",
                "a reader could not know which of them is the headline",
                "give one of them `role: secondary`",
            )


def _primary_outcome(study: Study, _: Specs) -> Iterator[Broken]:
    if study.analyses and all(one.role != "primary" for one in study.outcomes.values()):
        yield (
            ("outcomes",),
            "no outcome is primary",
            "the study is judged by an outcome that was named before the data were seen",
            "give the outcome that answers the question `role: primary`",
        )


def _stage(study: Study, _: Specs) -> Iterator[Broken]:
    if study.status != "planned" and study.analyses and study.data is None:
        yield (
            ("status",),
            f"the study is `{study.status}`, has analyses and no `data`",
            "an analysis computes from rows",
            "add `data:`, or set `status: planned`",
        )
    if study.status == "final" and not (study.analyses or study.methods):
        yield (
            ("status",),
            "the study is `final` and has no analyses",
            "a final study gives an answer",
            "add `analyses:`, or set `status: running`",
        )


def _answered(study: Study, _: Specs) -> Iterator[Broken]:
    if study.status != "final" or not study.analyses:
        return
    planned = {one.outcome for one in study.analyses.values() if one.role != "exploratory"}
    for name, outcome in study.outcomes.items():
        if outcome.role == "primary" and name not in planned:
            yield (
                ("outcomes", name),
                f"the study is `final`, and no analysis answers for its outcome `{name}`",
                "a primary outcome without a result would vanish without a word",
                f"add an analysis of `{name}` that is not exploratory, or set `status: running`",
            )


def _own_name(study: Study, _: Specs) -> Iterator[Broken]:
    if "economics" in study.analyses or "economics" in study.methods:
        yield (
            ("analyses", "economics"),
            "an analysis is called `economics`",
            "its tables would share their names with those of costs and benefits",
            "give the analysis another key",
        )


def _facts(study: Study, _: Specs) -> Iterator[Broken]:
    first: dict[str, int] = {}
    for place, fact in enumerate(study.facts):
        other = first.setdefault(fact.id, place)
        if other != place:
            yield (
                ("facts", place, "id"),
                f"`facts[#{other + 1}]` and `facts[#{place + 1}]` are both called `{fact.id}`",
                "text and funding refer to a fact by its id",
                "give each fact an id of its own; conflicting facts share their `quantity`",
            )


def _funding(study: Study, _: Specs) -> Iterator[Broken]:
    ids = [fact.id for fact in study.facts]
    for place, one in enumerate(study.programme.funding):
        if one.amount is not None and one.amount not in ids:
            key = ("programme", "funding", place, "amount")
            yield (
                key,
                f"`{dotted(key)}` is `{one.amount}`, which is not the id of a fact",
                "a sum stands once, under `facts`, with its source",
                choose(one.amount, ids) if ids else "add it to `facts:`, or delete `amount:`",
            )


def _derived(study: Study, _: Specs) -> Iterator[Broken]:
    rows = study.data.derive if study.data is not None else ()
    names = [one.name for one in rows]
    for place, one in enumerate(rows):
        key = ("data", "derive", place, "name")
        if one.name in names[:place]:
            yield (
                key,
                f"`{one.name}` is derived twice",
                "one of the two columns would be lost without a word",
                "give each derived column a name of its own",
            )
        rule, block = one.rule
        for field, column in columns_of(block):
            where = ("data", "derive", place, rule, field)
            if column == one.name:
                yield (
                    where,
                    f"`{one.name}` is derived from a column of the same name",
                    "the derived column would hide the one that it comes from",
                    "give the derived column another name",
                )
            elif column in names[place:] and column not in names[:place]:
                yield (
                    where,
                    f"`{one.name}` is derived from `{column}`, which is derived later",
                    "columns are computed in the order in which they stand",
                    f"move `{column}` before `{one.name}`",
                )


def _disclosure(study: Study, _: Specs) -> Iterator[Broken]:
    restricted = study.data is not None and study.data.kind == "restricted"
    if restricted and study.disclosure.profile == "none":
        yield (
            ("disclosure", "profile"),
            "`disclosure.profile` is `none` and the data are restricted",
            "numbers about few people would be published",
            "delete `profile:`, so that `nordic_strict` holds",
        )


_RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("analyses", "outcomes"), _outcome_exists),
    (("analyses", "outcomes"), _primary_outcome),
    (("analyses",), _one_headline),
    (("status", "analyses", "data"), _stage),
    (("status", "analyses", "outcomes"), _answered),
    (("analyses",), _own_name),
    (("facts",), _facts),
    (("facts", "programme"), _funding),
    (("data",), _derived),
    (("data", "disclosure"), _disclosure),
    *TEXT_RULES,
    *COHORT_RULES,
    *ANSWER_RULES,
    *PUBLISHED_RULES,
    *MONEY_RULES,
    *((("analyses", "outcomes"), rule) for rule in DESIGN_RULES),
    *((("analyses", "outcomes"), rule) for rule in ALTERNATIVE_RULES),
    *((("analyses", "outcomes", "data"), rule) for rule in (*LINEAGE_RULES, *TIMING_RULES)),
    *((("analyses", "outcomes", "facts", "assumptions"), rule) for rule in ASSUMPTION_RULES),
    *((("outcomes", "evidence"), rule) for rule in EVIDENCE_RULES),
)
