"""Outcomes that are tested together: p-values adjusted for how many there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from evaluate.core import Cell, Column, Estimate, Table
from evaluate.design import Result
from evaluate.inference.multiple import adjust
from evaluate.study.schema import Study

PRIMARY = "primary"
METHOD = "holm"
_LABELS: tuple[Column, ...] = (
    Column("analysis", "text", {"en": "Analysis", "nb": "Analyse", "sv": "Analys"}),
    Column("outcome", "text", {"en": "Outcome", "nb": "Utfall", "sv": "Utfall"}),
    Column("family", "text", {"en": "Family", "nb": "Familie", "sv": "Familj"}),
    Column("p_value", "number", {"en": "p", "nb": "p", "sv": "p"}),
    Column("p_adjusted", "number", {"en": "p, adjusted", "nb": "p, justert", "sv": "p, justerat"}),
    Column("method", "text", {"en": "Method", "nb": "Metode", "sv": "Metod"}),
)


def adjusted(
    study: Study, results: Mapping[str, Result], leading: Mapping[str, str]
) -> tuple[dict[str, Result], tuple[Table, ...]]:
    """Return the results with adjusted p-values, and the table of families.

    A family is named by ``inference.family``; the leading analyses of primary outcomes are
    one without being named. A family of one is none.

    Parameters
    ----------
    study : Study
        Names families and the place of each outcome.
    results : mapping of str to Result
        By analysis.
    leading : mapping of str to str
        The analysis that stands for each outcome.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6(2); R ``p.adjust(method = "holm")``.
    """
    found: dict[str, Result] = dict(results)
    rows: list[dict[str, Cell]] = []
    for family, members in _families(study, results, leading).items():
        tested = {name: row for name in members if (row := _tested(results[name])) is not None}
        p_values = [row.p_value for row in tested.values() if row.p_value is not None]
        if len(tested) <= 1:
            continue
        for (name, row), p_adjusted in zip(
            tested.items(), adjust(p_values, METHOD).tolist(), strict=True
        ):
            new = replace(row, family=family, p_adjusted=p_adjusted)
            others = tuple(new if one is row else one for one in found[name].estimates)
            found[name] = replace(found[name], estimates=others)
            rows.append(
                {
                    "analysis": name,
                    "outcome": row.outcome,
                    "family": family,
                    "p_value": row.p_value,
                    "p_adjusted": p_adjusted,
                    "method": "Holm",
                }
            )
    return found, (Table("families", "families", _LABELS, tuple(rows)),) if rows else ()


def _families(
    study: Study, results: Mapping[str, Result], leading: Mapping[str, str]
) -> dict[str, list[str]]:
    """Return the analyses of each family, in the order of the plan."""
    families: dict[str, list[str]] = {}
    for name in results:
        analysis = study.analyses[name]
        outcome = analysis.outcome
        family = analysis.inference.family
        if family is None and leading.get(outcome) == name:
            family = PRIMARY if study.outcomes[outcome].role == "primary" else None
        if family is not None:
            families.setdefault(family, []).append(name)
    return families


def _tested(result: Result) -> Estimate | None:
    """Return the row of an analysis that a family counts: the effect as a whole."""
    row = result.estimates[0]
    return row if row.term == "overall" and row.p_value is not None else None
