"""What each measure of hidden selection says of one effect, as rows of tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from evaluate.checks.hidden_selection_evidence import Evidence
from evaluate.checks.hidden_selection_pairs import Matched
from evaluate.core import Cell, Estimate
from evaluate.errors import Refused
from evaluate.inference.e_value import (
    EValue,
    Ratio,
    e_value,
    risk_difference,
    standardised_difference,
)
from evaluate.inference.exposure import Benchmark
from evaluate.inference.oster import delta_for, effect_at, largest_r2
from evaluate.inference.partial_r2 import (
    Adjusted,
    adjusted,
    benchmark_strength,
    extreme_limit,
    partial_r2,
    robustness_limit,
    robustness_value,
)

MANY_LEVELS = 10
Row = dict[str, Cell]


@dataclass(frozen=True, slots=True)
class Bound:
    """What a factor so many times as strong as a covariate would leave.

    Attributes
    ----------
    benchmark : Benchmark
        The covariate.
    times : float
        How many times as strong.
    left : Adjusted, Refused
        The effect, or why no factor can be so strong.
    judged : bool
        Whether the check goes by it: not where a text has more levels than ten, which explain
        much by their number alone.
    """

    benchmark: Benchmark
    times: float
    left: Adjusted | Refused
    judged: bool


def bounds(evidence: Evidence, multiples: Sequence[float], named: Sequence[str]) -> list[Bound]:
    """Return what factors as strong as covariates would leave, the strongest covariate first.

    Parameters
    ----------
    evidence : Evidence
        The effect.
    multiples : sequence of float
        How many times as strong, 1 first.
    named : sequence of str
        Covariates to measure by; all where empty.
    """
    found = []
    for one in evidence.benchmarks:
        if named and one.name not in named:
            continue
        judged = one.n_columns <= MANY_LEVELS
        found.append([Bound(one, k, _left(evidence, one, k), judged) for k in multiples])
    sign = 1 if evidence.headline.estimate >= 0 else -1
    found.sort(key=lambda row: _order(row[0], sign))
    return [each for row in found for each in row]


def _order(bound: Bound, sign: int) -> tuple[bool, float, str]:
    if isinstance(bound.left, Refused):
        return True, 0.0, bound.benchmark.name
    return False, sign * bound.left.value, bound.benchmark.name


def _left(evidence: Evidence, one: Benchmark, times: float) -> Adjusted | Refused:
    try:
        strength = benchmark_strength(one, times)
        return adjusted(evidence.effect, *strength, alpha=evidence.alpha)
    except Refused as refused:
        return refused


def holds(evidence: Evidence, left: Adjusted) -> bool:
    """Return whether an interval lies on the effect's side of zero."""
    return left.low > 0 if evidence.headline.estimate > 0 else left.high < 0


def bound_rows(found: Sequence[Bound]) -> Iterator[Row]:
    """Yield the rows of the table of benchmarks."""
    for one in found:
        row: Row = {
            "key": f"{one.benchmark.name}, {one.times:g}",
            "benchmark": one.benchmark.name,
            "times": one.times,
            "judged": one.judged,
        }
        yield row | _left_cells(one.left)


def _left_cells(left: Adjusted | Refused) -> Row:
    if isinstance(left, Refused):
        return {"state": left.code}
    return {
        "r2_treatment": left.r2_treatment,
        "r2_outcome": left.r2_outcome,
        "estimate": left.value,
        "conf_low": left.low,
        "conf_high": left.high,
    }


def measure_rows(
    evidence: Evidence, judged: Sequence[Bound], r_max_times: float, gamma: float
) -> Iterator[Row]:
    """Yield one row for each measure.

    Parameters
    ----------
    evidence : Evidence
        The effect.
    judged : sequence of Bound
        Factors once as strong as covariates, the one that would take most of it first.
    r_max_times : float
        Largest R-squared, in units of what covariates and treatment explain.
    gamma : float
        Odds for which the range of effects of matched units is given.
    """
    yield from _e_value(evidence)
    yield from _shares(evidence)
    yield from _as_strong(judged)
    yield from _proportional(evidence, r_max_times)
    if evidence.matched is not None:
        yield _of_pairs(evidence.matched, gamma)


def _as_strong(judged: Sequence[Bound]) -> Iterator[Row]:
    """Yield the strongest covariate that a factor can match, and those that none can."""
    for one in judged:
        if not isinstance(one.left, Refused):
            row: Row = {"measure": "as_strong", "benchmark": one.benchmark.name}
            yield row | _left_cells(one.left)
            break
    beyond = [one.benchmark.name for one in judged if isinstance(one.left, Refused)]
    if beyond:
        names = ", ".join(beyond)
        yield {"measure": "beyond", "benchmark": names, "state": "impossible_strength"}


def _e_value(evidence: Evidence) -> Iterator[Row]:
    basis = "risk_ratio" if evidence.compared.binary else "standardised_difference"
    row: Row = {"measure": f"e_value_{basis}"}
    try:
        found = needed(evidence)
    except Refused as refused:
        yield row | {"state": refused.code}
        return
    yield row | {"value": found.value} | ({} if found.limit is None else {"limit": found.limit})


def needed(evidence: Evidence) -> EValue:
    """Return the E-value of an effect.

    For a 0/1 outcome it is that of the risk ratio of the treated: their risk, over that risk less
    the effect. Else it is that of the effect in standard deviations of the outcome within groups.

    Raises
    ------
    Refused
        The codes of ``evaluate.inference.e_value``; ``no_variation``.
    """
    row, compared = evidence.headline, evidence.compared
    if compared.binary:
        return e_value(_of_risks(row, compared.means))
    if not compared.within > 0:
        raise Refused(
            "no_variation",
            "the outcome does not vary within the groups",
            "check the outcome's column",
        )
    size = compared.within**0.5
    limits = row.conf_low / size, row.conf_high / size
    return e_value(standardised_difference(row.estimate / size, limits=limits))


def _of_risks(row: Estimate, means: tuple[float, float]) -> Ratio:
    without = means[1] - row.estimate
    baseline = without if 0 < without < 1 else means[0]
    return risk_difference(row.estimate, baseline, row.conf_low, row.conf_high)


def _shares(evidence: Evidence) -> Iterator[Row]:
    effect, alpha = evidence.effect, evidence.alpha
    try:
        values = robustness_value(effect), robustness_limit(effect, alpha=alpha)
        extremes = partial_r2(effect), extreme_limit(effect, alpha=alpha)
    except Refused as refused:
        yield {"measure": "robustness_value", "state": refused.code}
        return
    for name, (share, limit) in (("robustness_value", values), ("extreme_scenario", extremes)):
        yield {"measure": name, "share": share, "share_limit": limit}


def _proportional(evidence: Evidence, times: float) -> Iterator[Row]:
    row: Row = {"measure": "proportional_selection"}
    found = evidence.before
    try:
        r_max = largest_r2(found, times)
        delta = delta_for(found, r_max)
        left = effect_at(found, r_max).value
    except Refused as refused:
        yield row | {"state": refused.code}
        return
    row |= {"assumed": r_max, "estimate": left}
    yield row | ({"state": "no_selection_enough"} if delta is None else {"value": delta})


def _of_pairs(matched: Matched | Refused, gamma: float) -> Row:
    row: Row = {"measure": "matched_odds"}
    if isinstance(matched, Refused):
        return row | {"state": matched.code}
    row |= {"basis": matched.test}
    if matched.gamma is None:
        return row | {"state": "not_rejected"}
    row |= {"limit": matched.gamma}
    if matched.effect is not None:
        row |= {"assumed": gamma, "conf_low": matched.effect.low, "conf_high": matched.effect.high}
    return row
