"""Rules that assumptions have to obey together with the study that they are about."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from evaluate.assumptions.definition import Assumptions
from evaluate.assumptions.possible import impossible
from evaluate.assumptions.scenario import Scenario, alternative_of, scenario_of
from evaluate.assumptions.trial import ARMS
from evaluate.design import named_columns
from evaluate.study.design_rules import Broken, Rule, Specs
from evaluate.study.document import Key
from evaluate.study.schema import Study
from evaluate.study.words import choose, dotted

SHARE = "share"  # unit of a yes or no, and of a rate
ROUNDING = 1e-9  # of a share
NEARLY_BINARY = 0.9  # of the largest standard deviation that a share can have


def _assumed_outcomes(study: Study, _: Specs) -> Iterator[Broken]:
    assumed = study.assumptions
    for name in assumed.outcomes if assumed else ():
        if name not in study.outcomes:
            key = ("assumptions", "outcomes", name)
            yield (
                key,
                f"`{dotted(key)}` is not under `outcomes`",
                "what is assumed is assumed of an outcome that the study describes",
                choose(name, study.outcomes),
            )


def _assumed_covariates(study: Study, specs: Specs) -> Iterator[Broken]:
    assumed = study.assumptions
    if assumed is None or set(specs) != set(study.analyses) or not specs:
        return
    known = {column for _, spec in specs.values() for _, column, role in named_columns(spec)
             if role == "covariate"}  # fmt: skip
    known |= {one.column for a in study.analyses.values() for one in a.subgroups}
    for column in assumed.covariates:
        near = get_close_matches(column, known, n=1)  # one that was dropped stays as planned
        if column not in known and near:
            yield (
                ("assumptions", "covariates", column),
                f"no design names the covariate `{column}`, and it is assumed to explain something",
                "a column that no analysis uses makes no estimate more precise",
                choose(column, known),
            )


def _apart(study: Study, specs: Specs) -> Iterator[Broken]:
    """Hold groups that differ beforehand against designs in which chance decides."""
    assumed = study.assumptions
    if assumed is None or set(specs) != set(study.analyses) or not specs:
        return
    if any(design.kind in {"adjusted", "matched"} for design, _ in specs.values()):
        return
    for column, one in assumed.covariates.items():
        if one.apart:
            key = ("assumptions", "covariates", column, "apart")
            yield (
                key,
                f"`{dotted(key)}` is given, and no design compares groups that nobody drew lots for",
                "in the other designs the groups are drawn alike, so that it would change nothing",
                "delete it",
            )


def _assumed_units(study: Study, specs: Specs) -> Iterator[Broken]:
    """Hold clusters or people against what the designs assign."""
    assumed = study.assumptions
    if assumed is None or not specs:
        return
    clustered = any(_names(specs, name, "cluster") for name in specs)
    if clustered != (assumed.clusters is not None):
        here, there = ("people", "clusters") if clustered else ("clusters", "people")
        yield (
            ("assumptions", here),
            (
                f"`assumptions.{here}` is given and "
                f"{'a' if clustered else 'no'} design names a column of the cluster"
            ),
            "the units that are assumed are those that are assigned",
            (
                f"write `{there}`{' and `cluster_size`' if clustered else ''}, or "
                f"{'delete' if clustered else 'add'} `cluster` in the design"
            ),
        )


def _alternative_units(study: Study, _: Specs) -> Iterator[Broken]:
    assumed = study.assumptions
    for name, other in assumed.alternatives.items() if assumed else ():
        here = "people" if assumed and assumed.clusters is not None else "clusters"
        wrong = ["people"] if here == "people" else ["clusters", "cluster_size", "icc"]
        for field in wrong:
            if getattr(other, field) is not None:
                key = ("assumptions", "alternatives", name, field)
                yield (
                    key,
                    (
                        f"`{dotted(key)}` is given and the study assigns "
                        f"{'clusters' if here == 'people' else 'individuals'}"
                    ),
                    "an alternative is the same study with other numbers",
                    f"delete `{field}`",
                )


def _assumed_blocks(study: Study, specs: Specs) -> Iterator[Broken]:
    """Hold strata and periods against the columns that the designs name."""
    assumed = study.assumptions
    if assumed is None or not specs:
        return
    for field, role, number in (
        ("strata", "stratum", assumed.strata),
        ("periods", "time", assumed.periods),
    ):
        named = any(_names(specs, name, role) for name in specs)
        if named != (number > 1):
            column = {"strata": "strata", "periods": "period"}[field]
            yield (
                ("assumptions", field),
                (
                    f"`assumptions.{field}` is {number} and "
                    f"{'a' if named else 'no'} design names a column of {field}"
                ),
                "rows are drawn with as many as are assumed",
                f"write how many {field} there are"
                if named
                else f"add `{column}` to the design, or delete `{field}`",
            )


def _assumed_arms(study: Study, specs: Specs) -> Iterator[Broken]:
    assumed = study.assumptions
    if assumed is None or not any(_names(specs, name, "arm") for name in specs):
        return
    units = assumed.clusters or assumed.people or 0
    if units * assumed.treated_share < 2 * ARMS:
        key = ("assumptions", "clusters" if assumed.clusters else "people")
        yield (
            key,
            f"`{dotted(key)}` is {units}, too few for several programmes",
            "each programme must be offered to two units, or chance and effect are one",
            "assume more units or a larger `treated_share`, or delete `arms` from the design",
        )


def _assumed_kinds(study: Study, _: Specs) -> Iterator[Broken]:
    """Find numbers without a standard deviation, and a yes or no with one."""
    assumed = study.assumptions
    for name, one in assumed.outcomes.items() if assumed else ():
        outcome = study.outcomes.get(name)
        key = ("assumptions", "outcomes", name)
        if outcome is None:
            continue
        if one.sd is None and outcome.unit != SHARE:
            yield (
                key,
                f"`{dotted(key)}` has no `sd`, and its unit is `{outcome.unit}`",
                "without `sd` an outcome is a yes or no, whose unit is `share`",
                "add `sd`, or correct the outcome's unit",
            )
        largest = max(one.baseline * (1 - one.baseline), 0.0) ** 0.5
        if one.sd is not None and outcome.unit == SHARE and one.sd > NEARLY_BINARY * largest:
            yield (
                (*key, "sd"),
                f"`{dotted(key)}.sd` is {one.sd:g} with the mean {one.baseline:g} of a share",
                "a share in 0..1 varies so much only where each is 0 or 1, a yes or no",
                "delete `sd` if the outcome is a yes or no, else lower it",
            )


def _assumed_rollout(study: Study, _: Specs) -> Iterator[Broken]:
    """Hold the share that is treated against the units that begin."""
    assumed = study.assumptions
    if (
        assumed is None
        or assumed.rollout is None
        or "treated_share" not in assumed.model_fields_set
    ):
        return
    units = assumed.clusters or assumed.people or 0
    begin = sum(one.units for one in assumed.rollout.starts)
    if abs(begin - assumed.treated_share * units) > ROUNDING * units:
        yield (
            ("assumptions", "treated_share"),
            f"`treated_share` is {assumed.treated_share:g}, and {begin} of {units} units begin",
            "units that begin are those that are treated",
            "delete `treated_share`: it follows from `rollout`",
        )


def _assumed_share(study: Study, specs: Specs) -> Iterator[Broken]:
    """Hold the share that is treated against the probability that an analysis weighs by."""
    assumed = study.assumptions
    for name in specs if assumed else ():
        assignment = study.analyses[name].assignment
        stated = assignment.probability if assignment else None
        if assumed and isinstance(stated, float) and abs(stated - assumed.treated_share) > ROUNDING:
            yield (
                ("assumptions", "treated_share"),
                (
                    f"`treated_share` is {assumed.treated_share:g} and"
                    f" `analyses.{name}.assignment.probability` is {stated:g}"
                ),
                "both say how probable it is to be treated",
                "write the same number in both",
            )


def _assumed_missing(study: Study, specs: Specs) -> Iterator[Broken]:
    """Find missing covariates that an analysis would stop at."""
    assumed = study.assumptions
    for name, (_, spec) in specs.items() if assumed else ():
        if study.analyses[name].missing.covariates != "error":
            continue
        held = {column for _, column, role in named_columns(spec) if role == "covariate"}
        for column, one in assumed.covariates.items() if assumed else ():
            if column in held and one.missing:
                yield (
                    ("assumptions", "covariates", column, "missing"),
                    (
                        f"`{column}` is assumed to be missing in part, and `analyses.{name}`"
                        " stops at a missing covariate"
                    ),
                    "such rows could not be analysed",
                    (
                        f"write `missing: {{covariates: complete_case}}` under `analyses.{name}`,"
                        " or assume that none is missing"
                    ),
                )


def _assumed_facts(study: Study, _: Specs) -> Iterator[Broken]:
    assumed = study.assumptions
    ids = [fact.id for fact in study.facts]
    for name, one in assumed.outcomes.items() if assumed else ():
        if one.fact is not None and one.fact not in ids:
            key = ("assumptions", "outcomes", name, "fact")
            yield (
                key,
                f"`{dotted(key)}` is `{one.fact}`, which is not the id of a fact",
                "where a baseline comes from stands once, under `facts`, with its source",
                choose(one.fact, ids) if ids else "add it to `facts:`, or delete `fact:`",
            )


def _possible(study: Study, _: Specs) -> Iterator[Broken]:
    """Find what no data could meet, in the assumptions and in each alternative."""
    assumed = study.assumptions
    if assumed is None:
        return
    scenario = _scenario(study, assumed)
    seen = set()
    for one in impossible(scenario, clustered=scenario.size is not None):
        seen.add((one.key, one.what))
        yield ("assumptions", *one.key), f"`assumptions`: {one.what}", one.why, one.fix
    primary = next((name for name, one in study.outcomes.items() if one.role == "primary"), "")
    for name, other in assumed.alternatives.items():
        changed = alternative_of(scenario, other, primary)
        for one in impossible(changed, clustered=changed.size is not None):
            key: Key = ("assumptions", "alternatives", name)
            if (one.key, one.what) not in seen:
                yield (key, f"`{dotted(key)}`: {one.what}", one.why, one.fix)


def _scenario(study: Study, assumed: Assumptions) -> Scenario:
    """Return the scenario with outcomes by their keys, where messages look for them."""
    return scenario_of(assumed, {name: name for name in study.outcomes})


def _names(specs: Specs, analysis: str, role: str) -> bool:
    return any(one == role for _, _, one in named_columns(specs[analysis][1]))


ASSUMPTION_RULES: tuple[Rule, ...] = (
    _assumed_outcomes,
    _assumed_covariates,
    _apart,
    _assumed_units,
    _alternative_units,
    _assumed_blocks,
    _assumed_arms,
    _assumed_kinds,
    _assumed_rollout,
    _assumed_share,
    _assumed_missing,
    _assumed_facts,
    _possible,
)
