"""Step of the claims ladder, as the verdict has it."""

from __future__ import annotations

from evaluate.evidence.facts import Case
from evaluate.evidence.ratings_row import Rating
from evaluate.evidence.ratings_rules import LadderRules, rules


def ladder(case: Case) -> Rating:
    """Return the step that claims about an outcome may stand on, and what holds them down.

    Parameters
    ----------
    case : Case
        The analysis; only the one that stands for its outcome has a verdict.
    """
    rule = rules("claims-ladder", LadderRules)
    if case.verdict is None:
        why = "This analysis does not stand for its outcome: claims rest on another one."
        return Rating("ladder", "not_applicable", None, {}, (why,), rule)
    word, step, steps = str(case.verdict.verdict), case.verdict.rung, rule.steps.value
    if word == "not estimable":
        why = "No effect is estimable, so that nothing is claimed beyond what was delivered."
        return Rating("ladder", "not_computable", None, {"verdict": word}, (why,), rule)
    reasons = [f"A claim may stand on step {step} ({steps[step]})."]
    if not word.startswith("shown"):
        reasons.append(
            f"The verdict is {word}: the design would carry such a claim, and the result makes none."
        )
    # What else stands behind the verdict, such as that an effect is overstated, is no step.
    reasons += [_sentence(one) for one in case.verdict.because if one.startswith("step ")]
    inputs = {"verdict": word, "steps": f"0 to {len(steps) - 1}"}
    return Rating("ladder", "computed", str(step), inputs, tuple(reasons), rule)


def _sentence(because: str) -> str:
    return f"{because[:1].upper()}{because[1:]}."
