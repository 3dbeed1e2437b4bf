"""Certainty of one estimate and the words for it, after GRADE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from evaluate.core import Localised
from evaluate.evidence.eef import eef
from evaluate.evidence.eef_threats import adjustment, threats
from evaluate.evidence.facts import Case
from evaluate.evidence.ratings_row import NO_EFFECT, NO_KIND, Rating, nothing, settled
from evaluate.evidence.ratings_rules import (
    Certainty,
    CertaintyRules,
    EefRules,
    Magnitude,
    Standing,
    rules,
)
from evaluate.evidence.wwc import wwc

Loss = tuple[int, str]


def certainty(case: Case) -> Rating:
    """Return how certain an estimate is, and what lowered it.

    A trial begins high, other comparisons low. Imprecision counts against the smallest
    worthwhile effect, risk of bias by the greater of what the standing and the threats cost.

    Parameters
    ----------
    case : Case
        The analysis.

    References
    ----------
    After GRADE guidelines 26 (2020), Journal of Clinical Epidemiology 119: a rule for bodies of
    evidence, used here for one estimate.
    """
    rule = rules("certainty", CertaintyRules)
    if case.headline is None:
        return nothing("certainty", rule, NO_EFFECT)
    if case.kind is None:
        return nothing("certainty", rule, NO_KIND)
    start = rule.start.value[case.kind]
    losses, open_points = [_imprecision(case), _risk_of_bias(case, rule)], []
    losses += _judged(case)
    if "needs_judgement" in (wwc(case).status, eef(case).status):
        open_points.append(
            "Points that the standing or the padlocks leave open could lower it further."
        )
    if "indirectness" not in case.evidence.certainty:
        open_points.append(
            "Nobody has judged whether people, programme and outcome are those that the question"
            " is about (evidence.certainty.indirectness)."
        )
    lost = sum(min(steps, rule.most_lost.value) for steps, _ in losses)
    levels = rule.levels.value
    level = levels[max(0, levels.index(start) - lost)]
    status, said = settled(open_points)
    reasons = (
        f"Begins {_words(start)}, as the design is {_words(case.kind)}.",
        *(_sentence(one) for one in losses),
        *said,
    )
    inputs = {"start": _words(start), "magnitude": _words(magnitude(case))}
    return Rating("certainty", status, level, inputs, reasons, rule)


def _words(key: str) -> str:
    return key.replace("_", " ")


def _sentence(loss: Loss) -> str:
    steps, why = loss
    return f"{why}: {f'{steps} lower' if steps else 'nothing lost'}."


def limits(case: Case) -> tuple[float, float, float]:
    """Return lower limit, estimate and upper limit in the desired direction.

    Parameters
    ----------
    case : Case
        An analysis with a headline.

    Raises
    ------
    ValueError
        If it has none.
    """
    row = case.headline
    if row is None:
        raise ValueError("an analysis without a headline has no limits")
    if case.direction == "decrease":
        return -row.conf_high, -row.estimate, -row.conf_low
    return row.conf_low, row.estimate, row.conf_high


def _imprecision(case: Case) -> Loss:
    low, _, high = limits(case)
    worth = case.worthwhile
    if worth is None:
        crosses = low <= 0 <= high
        text = "Imprecision, against no effect alone, as no smallest worthwhile effect is stated"
        return int(crosses), text
    if -worth < low and high < worth:
        return 0, "Imprecision: effects worth having, and harms as large, are excluded"
    if low <= -worth and high >= worth:
        return 2, "Imprecision: benefits and harms worth noting are both possible"
    crossed = [
        name
        for name, bound in (("no effect", 0.0), ("the smallest worthwhile effect", worth))
        if low <= bound <= high
    ]
    if crossed:
        return 1, f"Imprecision: the interval holds {' and '.join(crossed)}"
    return 0, "Imprecision: the interval lies on one side of what would be worth having"


def _risk_of_bias(case: Case, rule: CertaintyRules) -> Loss:
    """Return the greater of what the standing and the rated threats cost."""
    table = rule.risk_trial if case.kind == "randomised" else rule.risk_other
    standing = wwc(case).value
    by_standing = 0 if standing is None else table.value[cast(Standing, standing)]
    rated = threats(case, rules("eef-2019", EefRules)).values()
    by_threats, _ = adjustment((one.level, one.direction) for one in rated if one is not None)
    why = "by the What Works Clearinghouse's standards"
    if by_threats > by_standing:
        why = "by the threats that were judged or computed"
    return max(by_standing, by_threats), f"Risk of bias, {why}"


def _judged(case: Case) -> list[Loss]:
    judged = case.evidence.certainty.items()
    return [(one.steps, f"{_words(name).capitalize()}, as judged") for name, one in judged]


def magnitude(case: Case) -> Magnitude:
    """Return what may be said of the size of an effect, never from a p-value.

    Parameters
    ----------
    case : Case
        An analysis with a headline.

    Returns
    -------
    str
        ``"cannot_tell"`` where the interval holds effects worth having on both sides, or no
        effect and nothing smaller than half of one; without a smallest worthwhile effect where
        it holds no effect.
    """
    low, estimate, high = limits(case)
    worth = case.worthwhile
    if worth is not None:
        if -worth < low and high < worth:
            return "no_meaningful_difference"
        if low <= -worth and high >= worth:
            return "cannot_tell"
        if abs(estimate) < rules("certainty", CertaintyRules).little.value * worth:
            return "little_or_no_difference"
    if low <= 0 <= high:
        return "cannot_tell"
    grows = (estimate > 0) == (case.direction == "increase")
    return "increase" if grows else "decrease"


def words(level: Certainty, size: Magnitude) -> Localised:
    """Return how a sentence with this certainty begins, by language.

    Parameters
    ----------
    level : str
        Certainty.
    size : str
        What may be said of the effect's size.
    """
    table: Mapping[Magnitude, Mapping[Certainty, Localised]]
    table = rules("certainty", CertaintyRules).words.value
    return table[size][level]
