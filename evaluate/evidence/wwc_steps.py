"""The conditions of the What Works Clearinghouse, one function for each."""

from __future__ import annotations

from collections.abc import Iterator

from evaluate.checks.attrition import CAUTIOUS, OPTIMISTIC, boundary
from evaluate.checks.balance import SATISFIED, WITH_ADJUSTMENT, omega
from evaluate.evidence.facts import Case, Row, number
from evaluate.evidence.ratings_row import Step
from evaluate.evidence.ratings_rules import WwcRules

_ROUNDING = 1e-8
_STRENGTH = "first stage, effective F"


def _judged(doubt: bool | None, held: str, unknown: str, dispelled: str) -> Step:
    """Return a step by a doubt that only people can dispel, with the sentence for each answer."""
    if doubt is None:
        return Step(None, unknown)
    return Step(not doubt, held if doubt else dispelled)


def confound(case: Case, rules: WwcRules) -> Step:
    """Return whether the contrast is free of a factor that came with one group alone.

    Parameters
    ----------
    case : Case
        The analysis.
    rules : WwcRules
        The standards.
    """
    units = [row.get("n_clusters") for row in case.tables.get("clusters", ())]
    single = [one for one in units if isinstance(one, int) and one < rules.least_units.value]
    if single:
        return Step(
            False,
            "A group consists of a single unit, whose own traits cannot be told"
            " from the programme.",
        )
    return _judged(
        case.judged("confound"),
        "Something else came to one group alone.",
        "Nobody has judged whether something else came to one group alone (evidence.confound).",
        "No other factor is aligned with one group.",
    )


def measure(case: Case) -> Step:
    """Return whether the outcome may be used.

    Parameters
    ----------
    case : Case
        The analysis.
    """
    return _judged(
        case.judged("weak_measure"),
        "The outcome measure was judged not to meet the standards.",
        "Nobody has judged the outcome's validity, reliability and collection"
        " (evidence.weak_measure).",
        "The outcome measure was judged valid, reliable and collected alike.",
    )


def intact(case: Case) -> Step:
    """Return whether what chance assigned was kept.

    Parameters
    ----------
    case : Case
        The analysis.
    """
    text = "Nobody has judged whether assignment was compromised (evidence.compromised)."
    if case.checks.get("assignment_probability") == "failed":
        text += " The number treated does not fit the declared probability."
    return _judged(
        case.judged("compromised"),
        "Random assignment was compromised.",
        text,
        "Random assignment was kept.",
    )


def first_stage(case: Case, rules: WwcRules) -> Step:
    """Return whether the offer moved taking part strongly enough for an effect of taking part.

    Parameters
    ----------
    case : Case
        The analysis.
    rules : WwcRules
        The standards.
    """
    rows = case.tables.get("inference", ())
    strength = next((one.get("statistic") for one in rows if one.get("method") == _STRENGTH), None)
    least = rules.first_stage_f.value
    if not number(strength):
        return Step(None, f"Whether the F of the first stage reaches {least:g} is not known.")
    word = "reaches" if strength >= least else "does not reach"
    return Step(strength >= least, f"The F of the first stage {word} {least:g}.")


def joiners(case: Case) -> Step:
    """Return whether those who came to clusters later can be left out of account.

    Parameters
    ----------
    case : Case
        An analysis of clusters.
    """
    return _judged(
        case.judged("joiners"),
        "Step 2: people who joined after assignment could differ by group.",
        "Step 2: nobody has judged whether people joined clusters after"
        " assignment (evidence.joiners).",
        "Step 2: no risk from people who joined after assignment.",
    )


def lost_individuals(case: Case) -> Step:
    """Return whether few enough individuals lack an outcome, of those assigned.

    Parameters
    ----------
    case : Case
        The analysis.
    """
    which = case.evidence.boundary
    found = case.checks.get("attrition")
    start = "Step 3: loss" if case.clustered else "Loss"
    if found is None or found == "not_run":
        return Step(None, f"{start} of individuals is not known.")
    low = found == "passed" or (found == "uninformative" and which == "optimistic")
    word = "low" if low else "high"
    why = (
        f", for the reasons {', '.join(case.evidence.attrition)}" if case.evidence.attrition else ""
    )
    return Step(low, f"{start} of individuals is {word} by the {which} boundary{why}.")


def lost_clusters(case: Case) -> Step:
    """Return whether few enough of the assigned clusters are gone.

    Parameters
    ----------
    case : Case
        An analysis of clusters.
    """
    counts = [_clusters(case, arm) for arm in ("treated", "comparison")]
    known = [one for one in counts if one is not None]
    if len(known) < len(counts):
        return Step(
            None,
            "Step 1: loss of clusters is not known, as the finding does not tell"
            " how many were assigned.",
        )
    assigned, kept = (sum(one[at] for one in known) for at in (0, 1))
    gap = abs(known[0][1] / known[0][0] - known[1][1] / known[1][0])
    limits = CAUTIOUS if case.evidence.boundary == "cautious" else OPTIMISTIC
    limit = boundary(assigned - kept, assigned, limits)
    low = limit is not None and gap <= limit + _ROUNDING
    return Step(low, f"Step 1: loss of clusters is {'low' if low else 'high'}.")


def _clusters(case: Case, arm: str) -> tuple[int, int] | None:
    """Return the clusters of an arm that were assigned, and those that were analysed."""
    found = {
        row.get("stage"): row.get("n_clusters")
        for row in case.tables.get("flow", ())
        if row.get("arm") == arm
    }
    first, last = found.get("assigned"), found.get("analysed")
    if isinstance(first, int) and isinstance(last, int) and first > 0:
        return first, last
    return None


def baseline(case: Case) -> Step:
    """Return whether the groups that were analysed were alike before the programme.

    Parameters
    ----------
    case : Case
        The analysis.
    """
    rows, found = case.tables.get("balance", ()), case.checks.get("balance")
    start = "Step 4: baseline" if case.clustered else "Baseline"
    if found is None or found == "not_run":
        return Step(
            False,
            f"{start}: no covariate from before the programme shows that the groups were alike.",
        )
    if found == "passed" or not rows:
        good = found == "passed"
        held = "equivalence holds" if good else "equivalence does not hold"
        return Step(good, f"{start}: {held} for every covariate.")
    bad = [row for row in rows if _fails(row)]
    if bad and all(_hangs_on_omega(row) for row in bad):
        return Step(
            None,
            f"{start}: {len(bad)} of {len(rows)} covariates hold with the Cox"
            " index's correction for small samples and not without it.",
        )
    return Step(False, f"{start}: {_counted(rows)}.")


def _fails(row: Row) -> bool:
    category = row.get("category")
    return category == "not satisfied" or (
        category == "needs adjustment" and row.get("adjusted") is not True
    )


def _hangs_on_omega(row: Row) -> bool:
    """Return whether a covariate would hold were its Cox index corrected for small samples."""
    counts = [row.get("n_treated"), row.get("n_comparison")]
    n = [one for one in counts if isinstance(one, int)]
    size = row.get("difference")
    if row.get("measure") != "cox" or not number(size) or len(n) < len(counts):
        return False
    corrected = abs(size) * omega(sum(n))
    limit = WITH_ADJUSTMENT if row.get("adjusted") is True else SATISFIED
    return corrected <= limit


def _counted(rows: tuple[Row, ...]) -> str:
    far = sum(row.get("category") == "not satisfied" for row in rows)
    loose = sum(_fails(row) for row in rows) - far
    text = f"{far} of {len(rows)} covariates differ by more than {WITH_ADJUSTMENT:.2f} standard"
    text += " deviations"
    if loose:
        text += f", and {loose} by more than {SATISFIED:.2f} without standing in the model"
    return text


def described(case: Case) -> Iterator[tuple[str, str]]:
    """Yield what the rating is computed from, by name.

    Parameters
    ----------
    case : Case
        The analysis.
    """
    yield "design", str(case.kind).replace("_", " ")
    yield "assigned", "clusters" if case.clustered else "individuals"
    yield "boundary", case.evidence.boundary
    rows = {row.get("arm"): row for row in case.tables.get("attrition", ())}
    for arm in ("overall", "differential"):
        share = rows.get(arm, {}).get("attrition")
        if number(share):
            yield f"{arm} attrition", f"{share:.1%}"
    limit = rows.get("differential", {}).get(f"boundary_{case.evidence.boundary}")
    if number(limit):
        yield "highest differential attrition", f"{limit:.1%}"
    sizes = [
        abs(one) for row in case.tables.get("balance", ()) if number(one := row.get("difference"))
    ]
    if sizes:
        yield "largest baseline difference", f"{max(sizes):.2f}"
