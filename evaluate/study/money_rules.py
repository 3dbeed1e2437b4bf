"""Rules of ``economics:`` that need the rest of the study, or the parameter tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from evaluate.economics.amounts import amount, of_parameter
from evaluate.economics.costs import Cost
from evaluate.economics.definition import Assumed, Economics
from evaluate.economics.rows import MoneyRow
from evaluate.errors import Refused
from evaluate.study.design_rules import Broken, Rule, Specs
from evaluate.study.schema import Outcome, Study
from evaluate.study.words import choose, rule_words

Place = tuple[str | int, ...]
_BLOCKS = ("costs", "earnings", "benefits", "transfers")
_MONEY = re.compile(r"^([A-Z]{3})\b")


def _analyses_exist(study: Study, _: Specs) -> Iterator[Broken]:
    spec = study.economics
    for key, one in spec.valued.items() if spec else ():
        if one.analysis is None or one.analysis in study.analyses:
            continue
        own = spec is not None and spec.analysis is not None
        place = ("economics", "analysis") if own else ("economics", "effects", key, "analysis")
        yield (
            place,
            f"`{'.'.join(place)}` is `{one.analysis}`, which is not under `analyses`",
            "money follows from the effect that an analysis finds",
            choose(one.analysis, study.analyses)
            if study.analyses
            else f"add `analyses:`, or delete `{place[-1]}` and count costs alone",
        )


def _following(study: Study) -> Iterator[tuple[Place, MoneyRow, Outcome | Assumed]]:
    """Yield each row that follows an effect: where it stands, and whose unit and direction."""
    spec = study.economics
    for block in _BLOCKS if spec and spec.valued else ():
        for place, row in enumerate(getattr(spec, block)):
            one = _followed(study, row) if row.follows else None
            if one is not None:
                yield ("economics", block, place), row, one


def _followed(study: Study, row: MoneyRow) -> Outcome | Assumed | None:
    valued = study.economics.valued if study.economics else {}
    one = valued.get(row.effect or next(iter(valued)))
    if one is None or one.assumed is not None:
        return one.assumed if one else None
    analysis = study.analyses.get(one.analysis or "")
    return study.outcomes.get(analysis.outcome) if analysis else None


def _direction(study: Study, _: Specs) -> Iterator[Broken]:
    for where, row, outcome in _following(study):
        if outcome.direction == "decrease" and "per" not in row.model_fields_set:
            yield (
                where,
                f"`{row.item}` does not say `per:`, and the outcome is meant to decrease",
                "without it the money counts for each unit that the outcome goes up",
                "write `per: decrease`, or `per: increase` where that is meant",
            )


def _units(study: Study, _: Specs) -> Iterator[Broken]:
    spec = study.economics
    for where, row, outcome in _following(study):
        if row.of is not None and row.of != outcome.unit:
            yield (
                (*where, "of"),
                f"`{row.item}` counts for each `{row.of}`, and the outcome is in `{outcome.unit}`",
                "an amount for another unit would be wrong by the ratio of the units",
                f"convert the amount to one `{outcome.unit}` and write `of: {outcome.unit}`",
            )
        money = _MONEY.match(outcome.unit)
        if money and spec is not None and money[1] != spec.currency:
            own = spec.currency
            yield (
                where,
                f"`{row.item}` follows an outcome in {outcome.unit}, the account is in {own}",
                "money of two currencies would be added up",
                f"keep the account in {money[1]}, or derive the outcome in {own}",
            )


def _convertible(study: Study, _: Specs) -> Iterator[Broken]:
    spec = study.economics
    if spec is None:
        return
    for block in _BLOCKS:
        for place, row in enumerate(getattr(spec, block)):
            yield from _resolved(spec, ("economics", block, place), row)
    programmes = spec.organiser.programmes if spec.organiser else {}
    for name, one in programmes.items():
        if one.parameter is None:
            continue
        try:
            of_parameter(spec, one.parameter)
        except Refused as refused:
            where = ("economics", "organiser", "programmes", name)
            yield (where, *_refused(name, refused))


def _resolved(spec: Economics, where: Place, row: MoneyRow) -> Iterator[Broken]:
    """Yield why a row's amount cannot be had in the account's money."""
    try:
        found = amount(spec, row)
    except Refused as refused:
        yield (where, *_refused(row.item, refused))
        return
    if found.factors and spec.conversion is None:
        given = f"{found.currency} of {found.price_year}"
        wanted = f"{spec.currency} of {spec.price_year}"
        yield (
            where,
            f"`{row.item}` takes an amount in {given}, the account is in {wanted}",
            "money of two years or currencies cannot be added up",
            "set `conversion:`, so that it is converted by the price tables",
        )
    durable = row.durable if isinstance(row, Cost) else None
    if durable is not None and row.parameter and durable.salvage > found.given:
        yield (
            (*where, "durable", "salvage"),
            f"`{row.item}`: `salvage` is above the parameter's price",
            "a durable thing does not gain value",
            "give it in the parameter's own money, below its price",
        )
    fault = row.uncertain and row.parameter and row.uncertain.faults(found.given)
    if fault:
        what, why, _ = rule_words(fault, "", "a distribution must fit its figure")
        yield (where, f"`{row.item}`: {what}", why, "give it in the parameter's own money")


def _refused(name: str, refused: Refused) -> tuple[str, str, str]:
    why, fix = refused.why.rstrip("."), refused.fix.rstrip(".")
    advice = fix[:1].lower() + fix[1:]
    return f"`{name}`: {why[:1].lower()}{why[1:]}", "no amount is guessed", advice


MONEY_RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("analyses", "economics"), _analyses_exist),
    (("outcomes", "analyses", "economics"), _direction),
    (("outcomes", "analyses", "economics"), _units),
    (("economics",), _convertible),
)
