"""What must hold between the parts of an account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from evaluate.economics import keys
from evaluate.economics.payers import RESERVED
from evaluate.economics.rows import shares

if TYPE_CHECKING:
    from evaluate.economics.definition import Economics


def _effects(spec: Economics) -> Iterator[str]:
    if spec.analysis is not None and spec.effects:
        yield (
            "`analysis` and `effects` are both given; why: each names what is valued, and one "
            "effect would stand twice; name every effect under `effects`"
        )
    for row in (one for one in spec.rows if one.follows):
        if not spec.valued:
            yield (
                f"item `{row.item}` follows an effect, and the account values none; why: an "
                "account without an effect holds costs alone, no benefit is invented; delete the "
                "item, or name `analysis`"
            )
        elif row.effect is not None and row.effect not in spec.valued:
            known = ", ".join(spec.valued)
            yield (
                f"item `{row.item}` follows `{row.effect}`, which is no effect of the account; "
                f"why: money follows from an effect that is valued; use one of {known}"
            )
        elif row.effect is None and len(spec.valued) > 1:
            known = ", ".join(spec.valued)
            yield (
                f"item `{row.item}` does not say which effect it follows; why: the account values "
                f"more than one; give `effect`: one of {known}"
            )
    if spec.valued and spec.observed is None:
        yield (
            "`observed` is missing; why: the account says how much of each net lies beyond "
            "follow-up; say in which years the effect was measured"
        )


def _correlations(spec: Economics) -> Iterator[str]:
    for one in spec.correlations:
        for name in one.between:
            if name not in spec.valued:
                known = ", ".join(spec.valued) or "the keys under `effects`"
                yield (
                    f"`correlations` names `{name}`, which is no effect of the account; why: it "
                    f"says how two effects that are valued go together; use {known}"
                )


def _payers(spec: Economics) -> Iterator[str]:
    for name in RESERVED:
        if name in spec.payers:
            yield (
                f"payer `{name}` is a row of every account; why: two rows would have one key; give "
                "that payer another key"
            )
    for name, payer in spec.payers.items():
        rest = payer.retention and payer.retention.rest
        if rest and (rest == name or rest not in spec.payers):
            yield (
                f"payer `{name}` leaves the rest to `{rest}`; why: what it does not keep of a tax "
                "goes to somebody else; name another payer of the account"
            )
    known = ", ".join(spec.payers)
    for row in spec.rows:
        for one in row.gains:
            if one not in spec.payers:
                yield (
                    f"item `{row.item}` names payer `{one}`, which `payers` does not have; why: "
                    f"what nobody pays or gains would be lost; use one of {known}, or add it there"
                )
    repaying = spec.fund.saving.payer if spec.fund else None
    if repaying is not None and repaying not in spec.payers:
        yield (
            f"`fund.saving` names payer `{repaying}`, which `payers` does not have; why: its saving "
            f"is read off the account; use one of {known}, or give an `amount`"
        )


def _repeated(spec: Economics) -> Iterator[str]:
    items = [row.item for row in spec.rows]
    for item in dict.fromkeys(items):
        if items.count(item) > 1:
            yield (
                f"item `{item}` stands more than once; why: the same money as two rows would count "
                "twice; delete all but one, or give each its own key where they are not the same"
            )
    gains: dict[tuple[str, str], str] = {}
    for row in (*spec.earnings, *spec.benefits, *spec.transfers):
        if row.parameter is None:
            continue
        key = (row.parameter, row.effect or "")
        other = gains.setdefault(key, row.item)
        if other != row.item:
            yield (
                f"item `{row.item}` takes the parameter of `{other}`, for the same effect; why: "
                "one gain would count twice; keep one of them: a gain that only changes hands is a "
                "transfer, and no benefit"
            )


def _other_money(spec: Economics) -> Iterator[str]:
    if spec.conversion is not None:
        return
    fix = "convert the amount, or set `conversion`, so that it is converted by the price tables"
    for row in spec.rows:
        if row.currency not in (None, spec.currency):
            yield (
                f"item `{row.item}` is in {row.currency}, the account in {spec.currency}; why: "
                f"money of two currencies cannot be added up; {fix}"
            )
        if row.price_year not in (None, spec.price_year):
            yield (
                f"item `{row.item}` is in prices of {row.price_year}, the account in prices of "
                f"{spec.price_year}; why: money of two years cannot be added up; {fix}"
            )


def _years(spec: Economics) -> Iterator[str]:
    for row in spec.rows:
        if spec.horizon is not None and row.years.to > spec.horizon:
            yield (
                f"item `{row.item}` runs to year {row.years.to}, the horizon is {spec.horizon}; "
                "why: its last years would be left out unseen; lengthen `horizon`, or end the item "
                "there and say in its note what is left out"
            )
        if row.profile and spec.participants is not None and spec.participants.age is None:
            # Without an age the keys are years from year 0.
            first = min(row.profile)
            if first > row.years.to:
                yield (
                    f"item `{row.item}` has a profile by age; why: without the age in year 0 its "
                    "keys are years; give `participants.age`"
                )


def _people(spec: Economics) -> Iterator[str]:
    for row in spec.rows:
        if row.per == "programme" and spec.participants is None:
            yield (
                f"item `{row.item}` is for the whole programme; why: the account is per "
                "participant; give `participants.treated`, so that it can be divided by them"
            )
    people = spec.participants
    if people and people.completed is not None and people.completed > people.treated:
        yield (
            "`participants.completed` is above `treated`; why: who completed also took part; mend "
            "`participants`"
        )


def _optimism(spec: Economics) -> Iterator[str]:
    for row in spec.rows:
        drawn = [one.uncertain for one in (row.causal, row.displaced) if one]
        if spec.optimism is not None and any((row.uncertain, *drawn)):
            yield (
                f"item `{row.item}` has a distribution, and the account has `optimism`; why: one "
                "doubt would count twice; keep one of the two"
            )


def _scenarios(spec: Economics) -> Iterator[str]:
    items = {row.item for row in spec.rows}
    for name, one in spec.scenarios.items():
        if name == "base":
            yield (
                "scenario `base` is the account as it stands; why: the table of scenarios has it "
                "already; give the scenario another key"
            )
        for item, factor in one.items.items():
            if item not in items:
                yield (
                    f"scenario `{name}` changes `{item}`, which is no item of the account; why: "
                    "nothing would change; name an item"
                )
            if factor < 0:
                yield (
                    f"scenario `{name}` turns the sign of `{item}`; why: who pays would gain; give "
                    "a factor of 0 or more, or swap payer and receiver in a study of its own"
                )


def _alternatives(spec: Economics) -> Iterator[str]:
    for name in ("usual", "programme"):
        if name in spec.alternatives:
            yield (
                f"alternative `{name}` stands beside every account; why: two options would have "
                "one key; give it another key"
            )


def _taxes(spec: Economics) -> Iterator[str]:
    """Tax that is retained in part must come from rows that say it is tax."""
    retaining = [name for name, one in spec.payers.items() if one.retention is not None]
    gaining = {payer for row in spec.benefits if row.taxed for payer in row.gains}
    gaining |= {payer for row in spec.earnings if row.tax for payer in shares(row.tax.to)}
    for name in retaining:
        if name not in gaining:
            yield (
                f"payer `{name}` has `retention` and receives no tax; why: equalisation takes a "
                "part of tax revenue alone; mark the benefit `taxed: true`, or delete `retention`"
            )


RULES: tuple[Callable[[Economics], Iterator[str]], ...] = (
    _effects,
    _correlations,
    _payers,
    _repeated,
    _other_money,
    _years,
    _people,
    _optimism,
    _scenarios,
    _alternatives,
    _taxes,
    keys.generated,
    keys.parameters,
    keys.scenarios,
    keys.correlations,
)
