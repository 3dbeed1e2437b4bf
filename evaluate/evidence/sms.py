"""Level on the Maryland Scientific Methods Scale, as What Works Growth applies it."""

from __future__ import annotations

from evaluate.evidence.facts import Case
from evaluate.evidence.ratings_row import NO_EFFECT, NO_KIND, Rating, Step, nothing, settled
from evaluate.evidence.ratings_rules import SmsRules, rules


def sms(case: Case) -> Rating:
    """Return the level: the method's maximum, one less where its conditions are not shown.

    Parameters
    ----------
    case : Case
        The analysis.

    References
    ----------
    What Works Centre for Local Economic Growth (2016), Guide to scoring evidence using the
    Maryland Scientific Methods Scale; what of it was compared stands in ``rules/sms-wwg.yaml``.
    """
    rule = rules("sms-wwg", SmsRules)
    if case.headline is None:
        return nothing("sms", rule, NO_EFFECT)
    if case.kind is None:
        return nothing("sms", rule, NO_KIND)
    highest = rule.maximum.value[case.kind]
    steps = [*_checks(case, rule), *_judgements(case)]
    failed = [one.text for one in steps if one.holds is False]
    open_points = [one.text for one in steps if one.holds is None]
    if len(failed) > 1:
        open_points.append("The guide leaves open how far several failures together lower it.")
    level = max(1, highest - bool(failed))
    status, said = settled(open_points)
    kind = case.kind.replace("_", " ")
    least = rule.worthwhile_level.value
    reach = "at or above" if level >= least else "below"
    reasons = (
        f"{highest} of 5 is the most that the design ({kind}) can reach.",
        *failed,
        f"Level {level} is {reach} {least}, the lowest that reviews take.",
        *said,
    )
    inputs = {"design": kind, "maximum": str(highest)}
    inputs |= {
        name: case.checks[name] for name in rule.checks.value[case.kind] if name in case.checks
    }
    return Rating("sms", status, str(level), inputs, reasons, rule)


def _checks(case: Case, rule: SmsRules) -> list[Step]:
    """Return what the method's own checks found."""
    found = []
    names = rule.checks.value[case.kind] if case.kind else ()
    for name in names:
        result = case.checks.get(name, "not_run")
        words = name.replace("_", " ")
        if result == "failed":
            found.append(Step(False, f"The check of {words} failed."))
        elif result != "passed":
            how = "had too little to go by" if result == "uninformative" else "was not run"
            found.append(Step(None, f"The check of {words} {how}."))
    return found


def _judgements(case: Case) -> list[Step]:
    """Return what only people can say of the method's conditions."""
    if case.kind == "instrument":
        doubted = case.judged("exclusion_doubted")
        if doubted is None:
            text = "Nobody has judged the exclusion of other paths (evidence.exclusion_doubted)."
            return [Step(None, text)]
        return [Step(False, "The instrument may act on the outcome in other ways.")] * doubted
    if case.kind not in ("randomised", "over_time"):
        return []
    threat = case.evidence.threats.get("experimental_effects")
    what = "contamination" if case.kind == "randomised" else "spillovers"
    if threat is None:
        text = f"Nobody has judged {what} (evidence.threats.experimental_effects)."
        return [Step(None, text)]
    return [Step(False, f"{what.capitalize()} was judged a high threat.")] * (
        threat.level == "high"
    )
