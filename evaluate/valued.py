"""Money from released effects: whose effect, how effects go together, and the account."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from evaluate.core import Direction, Estimate, Refusal, Table
from evaluate.design import Result
from evaluate.economics.account import account
from evaluate.economics.definition import Economics, Valued
from evaluate.errors import Refused
from evaluate.inference.multiple import correlation
from evaluate.inference.stream import stream
from evaluate.study.schema import Study


def valued(
    study: Study, estimates: tuple[Estimate, ...], results: Mapping[str, Result]
) -> tuple[tuple[Table, ...], tuple[Refusal, ...]]:
    """Return the account of a study as tables, and what could not be had.

    Parameters
    ----------
    study : Study
        The definition.
    estimates : tuple of Estimate
        As the gate released them: only those are valued.
    results : mapping of str to Result
        By analysis; how effects go together follows from their covariance and joint draws.
    """
    spec = study.economics
    if spec is None or (study.status == "planned" and _estimated(spec)):
        return (), ()
    try:
        rows = {
            key: _row(one, estimates, results)
            for key, one in spec.valued.items()
            if one.assumed is None
        }
        tables = account(
            spec,
            rows,
            seed=stream(study.id, "economics"),
            direction=_direction(study, spec),
            correlation=_correlations(spec, rows, results),
        )
    except Refused as refused:
        return (), (Refusal("economics", refused.code, refused.why, refused.fix),)
    return tables, ()


def _estimated(spec: Economics) -> bool:
    return any(one.analysis is not None for one in spec.valued.values())


def _row(one: Valued, estimates: tuple[Estimate, ...], results: Mapping[str, Result]) -> Estimate:
    for row in estimates:
        if (row.analysis, row.term) == (one.analysis, one.term) and row.role != "registered":
            return row
    made = results.get(one.analysis or "")
    if made is not None and any(row.term == one.term for row in made.estimates):
        raise Refused(
            "effect_withheld",
            f"the estimate `{one.term}` of `{one.analysis}` was withheld, and its value would tell it",
            "value an analysis with more people",
        )
    raise Refused(
        "no_effect",
        f"`{one.analysis}` gives no estimate called `{one.term}`, so nothing can be valued",
        "value a term of an analysis that is estimable, such as overall",
    )


def _direction(study: Study, spec: Economics) -> Direction:
    first = next(iter(spec.valued.values()), None)
    if first is None or first.analysis is None:
        return "increase"
    return study.outcomes[study.analyses[first.analysis].outcome].direction


def _correlations(
    spec: Economics, rows: Mapping[str, Estimate], results: Mapping[str, Result]
) -> dict[tuple[str, str], float]:
    """Return how pairs of effects go together in repeated samples, where that is known."""
    found = {}
    for first, second in combinations(rows, 2):
        one, other = (results.get(rows[key].analysis) for key in (first, second))
        if one is None or other is None:
            continue
        if one is other:
            known = _within(one, rows[first].term, rows[second].term)
        else:
            known = correlation(one.draws, other.draws) if _whole(spec, first, second) else None
        if known is not None:
            found[first, second] = known
    return found


def _whole(spec: Economics, *names: str) -> bool:
    """Return whether effects are those that the bootstrap drew: of everybody."""
    return all(spec.valued[name].term == "overall" for name in names)


def _within(result: Result, first: str, second: str) -> float | None:
    """Return the correlation of two terms of one analysis from its covariance."""
    if not {first, second} <= set(result.terms):
        return None
    i, j = result.terms.index(first), result.terms.index(second)
    spread = float(result.together[i, i] * result.together[j, j])
    return float(result.together[i, j]) / spread**0.5 if spread > 0 else None
