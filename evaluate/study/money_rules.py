"""Rules of ``economics:`` that need the rest of the study, or the parameter tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evaluate.economics.amounts import amount, of_parameter
from evaluate.economics.definition import Economics
from evaluate.economics.rows import MoneyRow
from evaluate.errors import Refused
from evaluate.study.design_rules import Broken, Rule, Specs
from evaluate.study.schema import Outcome, Study
from evaluate.study.words import choose

_MONEY = re.compile(r"^([A-Z]{3})\b")


def _analyses_exist(study: Study, _: Specs) -> Iterator[Broken]:
    spec = study.economics
    for key, one in spec.valued.items() if spec else ():
        if one.analysis is None or one.analysis in study.analyses:
            continue
        place = (
            ("economics", "analysis") if spec and spec.analysis else ("economics", "effects", key)
        )
        yield (
            place,
            f"`economics` values `{one.analysis}`, which is not under `analyses`",
            "money follows from the effect that an analysis finds",
            choose(one.analysis, study.analyses)
            if study.analyses
            else "add `analyses:`, or keep costs alone until there is an effect to value",
        )


def _following(study: Study) -> Iterator[tuple[str, int, MoneyRow, Outcome]]:
    """Yield each row that follows an analysis's effect, with where it stands and the outcome."""
    spec = study.economics
    if spec is None or not spec.valued:
        return
    first = next(iter(spec.valued))
    for block in ("costs", "earnings", "benefits", "transfers"):
        for place, row in enumerate(getattr(spec, block)):
            one = spec.valued.get(row.effect or first)
            analysis = study.analyses.get(one.analysis or "") if one else None
            outcome = study.outcomes.get(analysis.outcome) if analysis else None
            if row.follows and outcome is not None:
                yield block, place, row, outcome


def _direction(study: Study, _: Specs) -> Iterator[Broken]:
    for block, place, row, outcome in _following(study):
        if outcome.direction == "decrease" and "per" not in row.model_fields_set:
            yield (
                ("economics", block, place),
                f"`{row.item}` does not say `per:`, and the outcome is meant to decrease",
                "without it the money counts for each unit that the outcome goes up",
                "write `per: decrease`, or `per: increase` where that is meant",
            )


def _units(study: Study, _: Specs) -> Iterator[Broken]:
    spec = study.economics
    for block, place, row, outcome in _following(study):
        if row.of is not None and row.of != outcome.unit:
            yield (
                ("economics", block, place, "of"),
                f"`{row.item}` counts for each {row.of}, and the outcome is in {outcome.unit}",
                "an amount for another unit would be wrong by the ratio of the units",
                f"convert the amount to one {outcome.unit} and write `of: {outcome.unit}`",
            )
        money = _MONEY.match(outcome.unit)
        if money and spec is not None and money[1] != spec.currency:
            yield (
                ("economics", block, place),
                f"`{row.item}` follows an outcome in {outcome.unit}, the account is in "
                f"{spec.currency}",
                "money of two currencies would be added up",
                f"keep the account in {money[1]}, or derive the outcome in {spec.currency}",
            )


def _convertible(study: Study, _: Specs) -> Iterator[Broken]:
    spec = study.economics
    if spec is None:
        return
    for block in ("costs", "earnings", "benefits", "transfers"):
        for place, row in enumerate(getattr(spec, block)):
            yield from _resolved(spec, block, place, row)
    programmes = spec.organiser.programmes if spec.organiser else {}
    for name, one in programmes.items():
        if one.parameter is None:
            continue
        try:
            of_parameter(spec, one.parameter)
        except Refused as refused:
            where = ("economics", "organiser", "programmes", name)
            yield (where, f"`{name}`: {refused.why}", "no amount is guessed", refused.fix)


def _resolved(spec: Economics, block: str, place: int, row: MoneyRow) -> Iterator[Broken]:
    """Yield why a row's amount cannot be had in the account's money."""
    where = ("economics", block, place)
    try:
        found = amount(spec, row)
    except Refused as refused:
        yield (where, f"`{row.item}`: {refused.why}", "no amount is guessed", refused.fix)
        return
    if found.factors and spec.conversion is None:
        yield (
            where,
            f"`{row.item}` takes an amount in {found.currency} of {found.price_year}, the account "
            f"is in {spec.currency} of {spec.price_year}",
            "money of two years or currencies cannot be added up",
            "set `conversion:`, so that it is converted by the price tables",
        )
    fault = row.uncertain and row.parameter and row.uncertain.faults(found.given)
    if fault:
        yield (
            where,
            f"`{row.item}`: {fault}",
            "a distribution that does not hold its own figure says nothing",
            "give the distribution in the parameter's own money",
        )


MONEY_RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("analyses", "economics"), _analyses_exist),
    (("outcomes", "analyses", "economics"), _direction),
    (("outcomes", "analyses", "economics"), _units),
    (("economics",), _convertible),
)
