"""Rules that an analysis has to obey together with its design."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from evaluate.core import Strict
from evaluate.design import Design, named_columns, roles
from evaluate.study.document import Key
from evaluate.study.schema import Study
from evaluate.study.words import dotted

Specs = Mapping[str, tuple[Design[Any], Strict]]
Broken = tuple[Key, str, str, str]
Rule = Callable[[Study, Specs], Iterator[Broken]]


def _identified(study: Study, specs: Specs) -> Iterator[Broken]:
    for name, (design, _) in specs.items():
        asked = study.analyses[name].estimand
        if asked not in design.estimands:
            allowed = " or ".join(f"`{one}`" for one in sorted(design.estimands))
            yield (
                ("analyses", name, "estimand"),
                f"`analyses.{name}.estimand` is `{asked}` with the design `{design.name}`",
                f"the design “{design.title}” identifies {allowed}",
                f"ask for {allowed}, or choose a design that identifies `{asked}`",
            )


def _assignment(study: Study, specs: Specs) -> Iterator[Broken]:
    for name, (_, spec) in specs.items():
        assignment = study.analyses[name].assignment
        if assignment is None:
            continue
        key = ("analyses", name, "assignment", "level")
        # A unit that is seen again and again may itself be what was assigned.
        clustered, followed = "cluster" in _roles(spec), "unit" in _roles(spec)
        if assignment.level == "cluster" and not (clustered or followed):
            yield (
                key,
                f"`{dotted(key)}` is `cluster` and the design names no cluster column",
                "uncertainty rests on the units that were assigned",
                f"add the column of the assigned unit under `{_design_place(study, name)}`",
            )
        if assignment.level == "individual" and clustered:
            yield (
                key,
                f"`{dotted(key)}` is `individual` and the design names a cluster column",
                "the unit of assignment is the cluster; an individual is a cluster of one",
                "write `level: cluster`, or delete the cluster column from the design",
            )


def _assigned_unit(study: Study, specs: Specs) -> Iterator[Broken]:
    for name, (_, spec) in specs.items():
        assignment = study.analyses[name].assignment
        if assignment is None or assignment.unit is None:
            continue
        clusters = [column for column, role in roles(spec).items() if role == "cluster"]
        if clusters and assignment.unit not in clusters:
            key = ("analyses", name, "assignment", "unit")
            yield (
                key,
                f"`{dotted(key)}` is `{assignment.unit}` and the design's cluster is another column",
                "the unit of assignment is the cluster; there is one of it",
                f"name one column in both, or delete `{dotted(key)}`",
            )


def _received(study: Study, specs: Specs) -> Iterator[Broken]:
    """Hold the effect of taking part against the column that says who did."""
    for name, (design, spec) in specs.items():
        fields = type(spec).model_fields
        if "received" not in fields or "LATE" not in design.estimands:
            continue
        late, named = study.analyses[name].estimand == "LATE", "received" in _roles(spec)
        key = ("analyses", name, "estimand")
        place = _design_place(study, name)
        asked = study.analyses[name].estimand
        if late and not named:
            yield (
                key,
                f"`{dotted(key)}` is `LATE` and the design does not say who took part",
                "the effect on those who take part because of the offer needs to know who did",
                f"add the column under `{place}.received`, or ask for `ITT`",
            )
        if named and not late:
            yield (
                key,
                f"`{dotted(key)}` is `{asked}` and the design names who took part",
                "with `received` the effect of taking part is estimated, the offer's beside it",
                f"write `LATE`, or delete `{place}.received`",
            )


def _subgroups(study: Study, specs: Specs) -> Iterator[Broken]:
    for name, (_, spec) in specs.items():
        analysis = study.analyses[name]
        outcome = study.outcomes.get(analysis.outcome)
        taken = {column: role for _, column, role in named_columns(spec)}
        seen: set[str] = set()
        for place, one in enumerate(analysis.subgroups):
            key = ("analyses", name, "subgroups", place, "column")
            role = taken.get(one.column)
            if one.column in seen:
                yield (key, f"`{dotted(key)}` names `{one.column}` again",
                       "each subgroup is one more chance to find something by accident",
                       "delete one of the two")  # fmt: skip
            elif role in ("treatment", "arm", "received") or (
                outcome is not None and one.column == outcome.column
            ):
                word = "outcome" if role is None else role
                yield (key, f"`{dotted(key)}` names `{one.column}`, the column of the {word}",
                       "a subgroup is what people were before the programme",
                       "name a column that was known before")  # fmt: skip
            seen.add(one.column)


def _adjustment(study: Study, specs: Specs) -> Iterator[Broken]:
    for name, (_, spec) in specs.items():
        asked = study.analyses[name].adjustment
        held = {"covariate", "stratum"} & _roles(spec)
        if asked in ("additive", "interacted") and not held:
            yield (
                ("analyses", name, "adjustment"),
                f"`analyses.{name}.adjustment` is `{asked}` and the design names no covariates",
                "there is nothing to adjust for",
                f"add `covariates:` under `{_design_place(study, name)}`, or delete `adjustment:`",
            )


def _columns_once(study: Study, specs: Specs) -> Iterator[Broken]:
    for name, (_, spec) in specs.items():
        analysis = study.analyses[name]
        outcome = study.outcomes.get(analysis.outcome)
        uses = list(named_columns(spec))
        treatment = {column for _, column, role in uses if role == "treatment"}
        groups = {c for _, c, role in uses if role in ("arm", "cluster", "stratum", "unit")}
        for field, column, role in uses:
            key = ("analyses", name, "design", analysis.method, field)
            if outcome is not None and column == outcome.column:
                yield (
                    key,
                    f"`{dotted(key)}` names `{column}`, the column of the outcome",
                    "an outcome that stands on both sides explains itself",
                    "name another column",
                )
            elif role != "treatment" and column in treatment:
                yield (
                    key,
                    f"`{dotted(key)}` names `{column}`, the column of the treatment",
                    "the treatment cannot also be held constant",
                    "name another column",
                )
            elif role == "covariate" and column in groups:
                yield (
                    key,
                    f"`{dotted(key)}` names `{column}`, a column that groups the units",
                    "the labels of groups are not amounts that can be held constant",
                    "leave it out of the covariates",
                )


def _std_errors(study: Study, specs: Specs) -> Iterator[Broken]:
    for name, (design, spec) in specs.items():
        clustered = "cluster" in _roles(spec)
        known = design.std_errors(spec)
        inference = study.analyses[name].inference
        for place, one in enumerate(inference.std_errors):
            key: Key = ("analyses", name, "inference", "std_error")
            if not isinstance(inference.std_error, str):
                key = (*key, place)
            if one not in known:
                unit = "clusters" if clustered else "individuals"
                yield (
                    key,
                    f"`{dotted(key)}` is `{one}`, which is not offered for assigned {unit}",
                    "the standard error rests on the units that were assigned",
                    f"choose one of {', '.join(f'`{other}`' for other in known)}",
                )


def _roles(spec: Strict) -> set[str]:
    return set(roles(spec).values())


def _design_place(study: Study, name: str) -> str:
    return f"analyses.{name}.design.{study.analyses[name].method}"


DESIGN_RULES: tuple[Rule, ...] = (
    _identified,
    _assignment,
    _assigned_unit,
    _received,
    _subgroups,
    _adjustment,
    _columns_once,
    _std_errors,
)
