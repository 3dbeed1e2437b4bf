"""Security of a finding in padlocks, after the Education Endowment Foundation's rules of 2019."""

from __future__ import annotations

from evaluate.claims import detectable
from evaluate.evidence.definition import Threat
from evaluate.evidence.eef_threats import (
    ROUNDING,
    TITLES,
    Rated,
    adjustment,
    overall_attrition,
    threats,
)
from evaluate.evidence.effect_sizes import cox_of
from evaluate.evidence.facts import Arm, Case, number
from evaluate.evidence.ratings_row import NO_EFFECT, NO_KIND, Rating, nothing, settled
from evaluate.evidence.ratings_rules import EefRules, rules

_SILENT = (
    "The published rule does not cover this combination of threats. Two padlocks are the most that"
    " threats can cost, which gives {value}: a cautious suggestion that somebody has to judge."
)


def eef(case: Case) -> Rating:
    """Return the padlocks: the least of three columns, less what threats cost.

    Parameters
    ----------
    case : Case
        The analysis.

    References
    ----------
    Education Endowment Foundation (2019), Classification of the security of findings from EEF
    evaluations; what of it was compared with the document stands in ``rules/eef-2019.yaml``.
    """
    rule = rules("eef-2019", EefRules)
    if case.headline is None:
        return nothing("eef", rule, NO_EFFECT)
    if case.kind is None:
        return nothing("eef", rule, NO_KIND)
    columns, open_points, inputs = _columns(case, rule)
    rated = threats(case, rule)
    known = {name: one for name, one in rated.items() if one is not None}
    lost, covered = adjustment((one.level, one.direction) for one in known.values())
    interim = min(columns.values())
    open_points += [
        f"Nobody has judged {TITLES[name]} (evidence.threats.{name})."
        for name, one in rated.items()
        if one is None
    ]
    status, said = settled(open_points)
    value: str | None = str(max(0, interim - lost))
    if not covered:
        # Neither the most nor the least that can be reached: no value stands without a judgement.
        status, said = "needs_judgement", (_SILENT.format(value=value), *open_points)
        value = None
    inputs |= {TITLES[name]: one.level for name, one in known.items()}
    least = sorted(name for name, locks in columns.items() if locks == interim)
    first = f"{interim} of 5 by the least of {_listed(columns)}"
    first += f", held down by {' and '.join(least)}; threats cost {lost}."
    reasons = (
        first,
        *(_sentence(name, one) for name, one in known.items() if one.level != "low"),
        *said,
    )
    return Rating("eef", status, value, inputs, reasons, rule)


def _listed(columns: dict[str, int]) -> str:
    return ", ".join(f"{name} {locks}" for name, locks in columns.items())


def _sentence(name: Threat, one: Rated) -> str:
    text = f"{TITLES[name].capitalize()} is a {one.level} threat: {one.why}"
    if one.direction != "unknown":
        text += f"; it pushes {one.direction.replace('_', ' ')}"
    return f"{text}."


def _columns(case: Case, rule: EefRules) -> tuple[dict[str, int], list[str], dict[str, str]]:
    """Return the padlocks of each column that is known, what is open, and the inputs."""
    columns, open_points = {"design": _design(case, rule)}, []
    inputs = {"design": str(case.kind).replace("_", " ")}
    if case.kind in ("matched", "adjusted") and "confounding" not in case.evidence.threats:
        open_points.append("Whether every relevant confounder is among the covariates is open.")
    found = standardised_mdes(case)
    if found is None:
        open_points.append("The detectable effect in standard deviations is not known.")
    else:
        size, where = found
        columns["detectable effect"] = mdes_locks(size, rule)
        inputs["detectable effect"] = f"{size:.2f} standard deviations, {where}"
    lost = overall_attrition(case)
    if lost is None:
        open_points.append("Loss of individuals is not known.")
    else:
        columns["attrition"] = attrition_locks(100 * lost, rule)
        inputs["overall attrition"] = f"{lost:.1%}"
    return columns, open_points, inputs


def _design(case: Case, rule: EefRules) -> int:
    """Return the padlocks of the design, by how much its comparison deals with."""
    locks = rule.design.value[case.kind] if case.kind else 0
    if case.kind not in ("matched", "adjusted"):
        return locks
    if not case.fields.get("covariates"):
        return rule.no_confounders.value
    return locks if case.checks.get("balance") == "passed" else rule.some_confounders.value


def mdes_locks(size: float, rule: EefRules) -> int:
    """Return the padlocks of a detectable effect.

    Parameters
    ----------
    size : float
        In standard deviations.
    rule : EefRules
        The rule.
    """
    return next((one.locks for one in rule.mdes.value if size < one.below), 0)


def attrition_locks(per_cent: float, rule: EefRules) -> int:
    """Return the padlocks of a loss of individuals.

    Parameters
    ----------
    per_cent : float
        Of those assigned.
    rule : EefRules
        The rule.
    """
    bands = rule.attrition.value
    return next((one.locks for one in bands if per_cent <= one.up_to + ROUNDING), 0)


def standardised_mdes(case: Case) -> tuple[float, str] | None:
    """Return the detectable effect in standard deviations of the comparison group, and its source.

    The plan's comes first, since the rule asks for it at randomisation; else what was achieved.
    That of a yes or no is put on the scale by the Cox index, in the desired direction.

    Parameters
    ----------
    case : Case
        The analysis.
    """
    arms = case.arms
    if case.headline is None or arms is None or arms[1].std_dev <= 0:
        return None
    for kind, key in (("precision", "planned_mde"), ("diagnosis", "mde")):
        for row in case.tables.get(kind, ()):
            found = row.get(key)
            if number(found) and row.get("scenario", "main") == "main":
                return _told(_standardised(case, arms, found), "planned")
    source = "achieved, as no planned one is known"
    return _told(_standardised(case, arms, detectable(case.headline)), source)


def _told(size: float | None, source: str) -> tuple[float, str] | None:
    return None if size is None else (size, source)


def _standardised(case: Case, arms: tuple[Arm, Arm], effect: float) -> float | None:
    """Return an effect in standard deviations; ``None`` where a share would leave 0 to 1."""
    base = arms[1]
    if not all(one.binary for one in arms):
        return effect / base.std_dev
    reached = base.mean + (effect if case.direction == "increase" else -effect)
    return abs(cox_of(reached, base.mean)) if 0 < reached < 1 and 0 < base.mean < 1 else None
