"""What has to hold before a solution is told as more than a description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evaluate.core import Check, CheckResult
from evaluate.inference.qca_random import Chance
from evaluate.inference.qca_random_rows import own_fit
from evaluate.inference.qca_rows import Direction, Row, both_ways
from evaluate.inference.qca_truth_table import HALF

RARE = 0.05  # share of random outcomes above which a solution may be chance
ROBUST = 0.5  # least share of other choices that give the same solution


def diversity(one: Direction) -> Check:
    """Return whether there are cases enough for the combinations.

    Parameters
    ----------
    one : Direction
        The outcome.

    Returns
    -------
    Check
        Failed with fewer cases than combinations; passed where half of these are seen.
    """
    table, n = one.table, len(one.sets.outcome)
    shown = len(table.rows)
    text = (
        f"{len(one.sets.names)} conditions make {table.possible} combinations for {n} cases; "
        f"{shown} are seen and {table.possible - shown} are not."
    )
    if table.possible > n:
        return Check("qca_diversity", "failed", text, "diversity")
    half = 2 * shown >= table.possible
    return Check("qca_diversity", "passed" if half else "uninformative", text, "diversity")


def contradictions(directions: Sequence[Direction]) -> Check:
    """Return whether every combination goes one way only.

    Parameters
    ----------
    directions : sequence of Direction
        The outcome and perhaps its absence.
    """
    one = directions[0]
    without = one.sets.outcome < HALF
    mixed = sum(
        bool(without[one.table.row_of == at].any())
        for at, out in enumerate(one.table.out)
        if out == "present"
    )
    between, both = len(one.table.of("contradiction")), both_ways(directions)
    text = (
        f"{between} rows are contradictions, {mixed} rows with the outcome hold cases without"
        f" it, and {both} rows count for the outcome and for its absence."
    )
    result: CheckResult = "failed" if mixed or between or both else "passed"
    return Check("qca_contradictions", result, text, "truth_table")


def random_data(own: Chance, chance: Mapping[str, Chance]) -> Check:
    """Return whether random outcomes seldom have a solution as good as the study's.

    Parameters
    ----------
    own : Chance
        The study's own outcome.
    chance : mapping of str to Chance
        Random outcomes; judged by those that are ``shuffled``.
    """
    found, fit = chance["shuffled"], own_fit(own)
    often = f"Of outcomes dealt out at random, {found.share:.1%} have a solution too"
    if fit is None:
        return Check("qca_random", "failed", f"{often}; the study has none.", "random")
    p_value = found.p_value(*fit)
    text = f"{often}; with consistency × coverage as large as the study's it is {p_value:.1%}."
    return Check("qca_random", "passed" if p_value < RARE else "failed", text, "random")


def robustness(settings: Sequence[Row], together: float | None) -> Check:
    """Return whether most other choices give the same solution.

    Parameters
    ----------
    settings : sequence of mapping
        Rows of other choices, with ``same``.
    together : float or None
        Share of draws of all choices at once that give the same solution.
    """
    if not settings:
        text = "No other choice was tried."
        return Check("qca_robustness", "not_run", text, None)
    same = sum(bool(row["same"]) for row in settings)
    text = f"{same} of {len(settings)} other choices give the same solution"
    if together is not None:
        text += f", and {together:.0%} of draws of all choices at once"
    held = same >= ROBUST * len(settings)
    return Check("qca_robustness", "passed" if held else "failed", f"{text}.", "robustness")
