"""Standing by the group-design standards of the What Works Clearinghouse, version 5.0."""

from __future__ import annotations

from evaluate.evidence import wwc_steps as steps
from evaluate.evidence.facts import Case
from evaluate.evidence.ratings_row import NO_EFFECT, NO_KIND, Rating, Step, nothing, settled
from evaluate.evidence.ratings_rules import Standing, WwcRules, rules

_BY_CLUSTER = (
    "Steps 5 to 7, which judge a claim about the clusters alone, are not computed: somebody would"
    " have to say whether those measured stand for their clusters."
)


def wwc(case: Case) -> Rating:
    """Return the standing, each step with its reason.

    A trial with little loss, kept as it was assigned, meets the standards without reservations;
    any other trial, and every comparison without chance, meets them with reservations where
    the groups were alike at the start, and else does not. Points that only people can judge are
    open until somebody does: the value is then the most that can be reached.

    Parameters
    ----------
    case : Case
        The analysis.

    References
    ----------
    What Works Clearinghouse (2022), Procedures and Standards Handbook 5.0, WWC 2022008; what of
    it was compared with the document stands in ``rules/wwc-5.0.yaml``.
    """
    standards = rules("wwc-5.0", WwcRules)
    if case.headline is None:
        return nothing("wwc", standards, NO_EFFECT)
    if case.kind is None:
        return nothing("wwc", standards, NO_KIND)
    inputs = dict(steps.described(case))
    if case.kind not in standards.ceiling.value:
        why = "without a comparison group" if case.kind == "descriptive" else "of this kind"
        text = f"The standards for group designs do not cover a study {why}."
        return Rating("wwc", "not_applicable", "not_eligible", inputs, (text,), standards)
    if case.kind == "discontinuity":
        text = (
            "A discontinuity has standards of its own: integrity of the running variable,"
            " attrition, continuity, functional form and bandwidth have to be judged."
        )
        return Rating("wwc", "needs_judgement", None, inputs, (text,), standards)
    value, used = _standing(case, standards)
    fails = [one for one in used if one.holds is False]
    # Where the standards are not met, no open point could raise the value.
    pending = [one.text for one in used if one.holds is None and value != "does_not_meet"]
    status, said = settled(pending)
    if value == "does_not_meet" and case.clustered and case.kind == "randomised":
        said = (_BY_CLUSTER,)
    kept = [one.text for one in used if one.holds]
    reasons = (*(one.text for one in fails), *said, *kept)
    return Rating("wwc", status, value, inputs, reasons, standards)


def _standing(case: Case, standards: WwcRules) -> tuple[Standing, list[Step]]:
    """Return the standing, and the steps that were gone through."""
    first = [steps.confound(case, standards), steps.measure(case)]
    if case.headline is not None and case.headline.estimand == "LATE":
        first.append(steps.first_stage(case, standards))
    if any(one.holds is False for one in first):
        return "does_not_meet", first
    if case.kind == "randomised":
        kept = _trial(case)
        if all(one.holds is not False for one in kept):
            return "without_reservations", [*first, *kept]
        # Once chance is lost, what nobody has judged of it can do no further harm.
        first += [one for one in kept if one.holds is not None]
    alike = steps.baseline(case)
    return ("does_not_meet" if alike.holds is False else "with_reservations"), [*first, alike]


def _trial(case: Case) -> list[Step]:
    """Return what a trial has to show to meet the standards without reservations."""
    found = [steps.intact(case)]
    if case.clustered:
        found += [steps.lost_clusters(case), steps.joiners(case)]
    found.append(steps.lost_individuals(case))
    return found
