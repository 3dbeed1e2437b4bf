"""The seven threats of a padlock rating: declared, suggested, and what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evaluate.evidence.definition import Level, Threat, ThreatJudged, Towards
from evaluate.evidence.facts import Case, number
from evaluate.evidence.ratings_rules import EefRules

_ORDER: tuple[Level, ...] = ("low", "moderate", "high")
TITLES: dict[Threat, str] = {
    "confounding": "confounding",
    "concurrent": "concurrent interventions",
    "experimental_effects": "experimental effects and contamination",
    "fidelity": "implementation fidelity",
    "missing_data": "missing data",
    "measurement": "measurement of outcomes",
    "selective_reporting": "selective reporting",
}
_LATE = ("after_outcome", "unknown")
_SEVERAL = 2  # one high threat beside as many moderate ones, or as many high ones
ROUNDING = 1e-9  # of per cent: 1 - 19 / 20 in floating point is above 0.05
_MANY = 4  # more moderate threats than these the published rule does not cover


@dataclass(frozen=True, slots=True)
class Rated:
    """How large one threat is.

    Attributes
    ----------
    level : {"low", "moderate", "high"}
        Its size.
    direction : str
        Where it would push the estimate.
    why : str
        A clause.
    """

    level: Level
    direction: Towards
    why: str


def adjustment(threats: Iterable[tuple[Level, Towards]]) -> tuple[int, bool]:
    """Return how many padlocks threats cost, and whether the published rule covers them.

    Parameters
    ----------
    threats : iterable of (level, direction)
        All that were rated.

    Returns
    -------
    int
        0, 1 or 2. Where the rule is silent, 2: the most that it can cost.
    bool
        Whether the rule covers the combination.

    References
    ----------
    Education Endowment Foundation (2019), Classification of the security of findings, step 3,
    as the Oxford Education Deanery teaches it.
    """
    rated = list(threats)
    high = sum(level == "high" for level, _ in rated)
    pushes = [direction for level, direction in rated if level == "moderate"]
    same = bool(pushes) and len(set(pushes)) == 1 and pushes[0] != "unknown"
    if high:
        # One high with one moderate is the gap: above it the loss is 2, without it 1.
        return (1, True) if high == 1 and not pushes else (2, high > 1 or len(pushes) >= _SEVERAL)
    if len(pushes) <= _SEVERAL:
        return int(same), True
    return (1, True) if len(pushes) <= _MANY and not same else (2, False)


def threats(case: Case, rules: EefRules) -> dict[Threat, Rated | None]:
    """Return every threat, as declared but never below what the finding shows.

    Parameters
    ----------
    case : Case
        The analysis.
    rules : EefRules
        The rule.

    Returns
    -------
    dict
        ``None`` where nobody judged a threat and nothing can be computed of it.
    """
    shown, suggested = _shown(case, rules), _suggested(case)
    found: dict[Threat, Rated | None] = {}
    for name in rules.threats.value:
        declared, floor = case.evidence.threats.get(name), shown.get(name)
        if declared is None:
            found[name] = floor or suggested.get(name)
        elif floor is not None and _ORDER.index(floor.level) > _ORDER.index(declared.level):
            found[name] = Rated(floor.level, declared.direction, floor.why)
        else:
            found[name] = _declared(declared)
    return found


def _declared(one: ThreatJudged) -> Rated:
    return Rated(one.level, one.direction, "as judged")


def _shown(case: Case, rules: EefRules) -> dict[Threat, Rated]:
    """Return what the finding itself shows: no judgement may stand below it."""
    found: dict[Threat, Rated] = {}
    lost = overall_attrition(case)
    if lost is not None and 100 * lost > rules.missing_moderate.value + ROUNDING:
        why = f"more than {rules.missing_moderate.value:g} % of those assigned lack an outcome"
        found["missing_data"] = Rated("moderate", "unknown", why)
    elif case.checks.get("joins") == "failed":
        why = "many rows found no partner in another source"
        found["missing_data"] = Rated("moderate", "unknown", why)
    rows = case.tables.get("deviations", ())
    if any(row.get("when") in _LATE for row in rows):
        why = "the plan was left after outcomes were seen, or nobody says when"
        found["selective_reporting"] = Rated("moderate", "unknown", why)
    elif any(row.get("explained") is False for row in rows):
        why = "the plan was left without an explanation"
        found["selective_reporting"] = Rated("moderate", "unknown", why)
    return found


def _suggested(case: Case) -> Mapping[Threat, Rated]:
    """Return what can be suggested where nobody has judged."""
    found: dict[Threat, Rated] = {}
    balance = case.checks.get("balance", "not_run")
    if balance == "passed" and case.kind == "randomised":
        found["confounding"] = Rated("low", "unknown", "chance decided, and the groups are alike")
    elif balance != "passed":
        why = f"the check of balance {'failed' if balance == 'failed' else 'shows no likeness'}"
        found["confounding"] = Rated("moderate", "unknown", why)
    if overall_attrition(case) is not None:
        found["missing_data"] = Rated("low", "unknown", "few of those assigned lack an outcome")
    found["selective_reporting"] = _of_plan(case)
    if not case.fields.get("received"):
        why = "no data tell who took part"
        found["fidelity"] = Rated("moderate", "unknown", why)
    return found


def _of_plan(case: Case) -> Rated:
    if case.plan.get("registered") is not True:
        return Rated("moderate", "unknown", "no locked plan stands beside the results")
    if case.plan.get("data_access") == "outcomes_seen":
        return Rated("moderate", "unknown", "the plan was locked after outcomes were seen")
    return Rated("low", "unknown", "the plan was locked before outcomes were seen")


def overall_attrition(case: Case) -> float | None:
    """Return the share of those assigned who lack an outcome, where it was released.

    Parameters
    ----------
    case : Case
        The analysis.
    """
    for row in case.tables.get("attrition", ()):
        share = row.get("attrition")
        if row.get("arm") == "overall" and number(share):
            return float(share)
    return None
