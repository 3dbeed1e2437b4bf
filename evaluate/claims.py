"""What may be said: the verdict on a headline row, and the rung of the claims ladder."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from evaluate.core import Check, Direction, Estimate, Word
from evaluate.inference.t import t_quantile

POWER = 0.80
DESCRIBED = 3  # an indicator moved; whether more than in a comparison is not known
# Checks that run only where a study asks for them: one that failed stands in the way all the same.
STANDS_IN_THE_WAY: Mapping[int, tuple[str, ...]] = {4: ("negative_controls",)}
NO_COMPARISON = "no comparison: a change, not an effect"


def detectable(row: Estimate) -> float:
    """Return the effect that this row finds with 80 % power, in the outcome's unit.

    References
    ----------
    Bloom (1995), Evaluation Review 19(5): (t at 1 - alpha/2 + t at power) x standard error.
    """
    upper = (1 + row.conf_level) / 2
    return (t_quantile(upper, row.df) + t_quantile(POWER, row.df)) * row.std_error


def verdict(
    row: Estimate, direction: Direction, smallest_worthwhile: float | None
) -> tuple[Word, tuple[str, ...]]:
    """Return what a headline row shows, and what weakens it.

    Parameters
    ----------
    row : Estimate
        The headline row of an outcome.
    direction : {"increase", "decrease"}
        The desired direction.
    smallest_worthwhile : float or None
        Smallest effect worth having, above 0, in the outcome's unit.

    Returns
    -------
    word : str
        The first that holds of: shown benefit, shown harm, ruled out, not detectable,
        inconclusive. Without ``smallest_worthwhile`` only shown or inconclusive. Of a row that
        only describes, always inconclusive: of an effect it says nothing.
    because : tuple of str
        ``"likely overstated"`` when an effect is shown by a study whose detectable effect is
        larger than ``smallest_worthwhile``; that there is no comparison.
    """
    if row.estimand == "descriptive":
        return "inconclusive", (NO_COMPARISON,)
    low, high = row.conf_low, row.conf_high
    if direction == "decrease":
        low, high = -high, -low
    weak = smallest_worthwhile is not None and detectable(row) > smallest_worthwhile
    if low > 0 or high < 0:
        word: Word = "shown benefit" if low > 0 else "shown harm"
        return word, ("likely overstated",) if weak else ()
    if smallest_worthwhile is not None and high < smallest_worthwhile:
        return "ruled out", ()
    return ("not detectable" if weak else "inconclusive"), ()


def rung(
    highest: int, needs: Mapping[int, Collection[str]], checks: Sequence[Check]
) -> tuple[int, tuple[str, ...]]:
    """Return how far up the claims ladder the checks let a claim stand, and why not further.

    Parameters
    ----------
    highest : int
        The design's own ceiling.
    needs : mapping of int to collection of str
        For each rung above description, the checks that must have passed.
    checks : sequence of Check
        What the analysis ran.
    """
    return _climbed(min(highest, DESCRIBED), highest, needs, checks)


def step_of(
    highest: int, needs: Mapping[int, Collection[str]], checks: Sequence[Check]
) -> tuple[int, tuple[str, ...]]:
    """Return how far up the ladder a method without a comparison got, and why not further.

    Parameters
    ----------
    highest : int
        The method's own ceiling.
    needs : mapping of int to collection of str
        For each step, the checks that must have passed; a step that needs none is reached.
    checks : sequence of Check
        What the method ran.
    """
    return _climbed(0, highest, needs, checks)


def _climbed(
    reached: int, highest: int, needs: Mapping[int, Collection[str]], checks: Sequence[Check]
) -> tuple[int, tuple[str, ...]]:
    results = {check.name: check.result for check in checks}
    for step in range(reached + 1, highest + 1):
        wanting = {name for name in needs.get(step, ()) if results.get(name) != "passed"}
        wanting |= {
            name for name in STANDS_IN_THE_WAY.get(step, ()) if results.get(name) == "failed"
        }
        short = sorted(
            f"{name}: {results.get(name, 'not_run').replace('_', ' ')}" for name in wanting
        )
        if short:
            return reached, tuple(f"step {step} needs {one}" for one in short)
        reached = step
    return reached, ()
