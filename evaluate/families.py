"""Outcomes that are tested together: p-values adjusted for how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from evaluate.core import Cell, Column, Estimate, Table
from evaluate.design import Result
from evaluate.inference.multiple import adjust, adjust_jointly
from evaluate.study.schema import Study

PRIMARY = "primary"
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
    one without being named. A family of one is none. Its p-values are adjusted by Romano and
    Wolf's method where every member has draws of the wild cluster bootstrap of the same
    clusters, else by Holm's. No adjusted p-value is below the row's own, which may be that of
    another test, such as the larger one of randomisation: the larger of both is taken.

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
    Romano & Wolf (2005), Econometrica 73(4); Clarke, Romano & Wolf (2020), Stata J. 20(4); R
    ``wildrwolf::rwolf``.
    """
    found: dict[str, Result] = dict(results)
    rows: list[dict[str, Cell]] = []
    for family, members in _families(study, results, leading).items():
        tested = {name: row for name in members if (row := _tested(results[name])) is not None}
        if len(tested) <= 1:
            continue
        p_values = [row.p_value for row in tested.values() if row.p_value is not None]
        together, method = _together(p_values, [results[name] for name in tested])
        for (name, row), p_adjusted in zip(tested.items(), together, strict=True):
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
                    "method": method,
                }
            )
    return found, (Table("families", "families", _LABELS, tuple(rows)),) if rows else ()


def family_of(
    study: Study, names: Iterable[str], leading: Mapping[str, str], name: str
) -> str | None:
    """Return the family that an analysis is tested in, ``None`` where it is tested alone.

    Parameters
    ----------
    study : Study
        Names families and the place of each outcome.
    leading : mapping of str to str
        The analysis that stands for each outcome.
    names : iterable of str
        All analyses that are run.
    name : str
        One of them.
    """
    families = _families(study, names, leading)
    return next((one for one, held in families.items() if name in held and len(held) > 1), None)


def _families(
    study: Study, names: Iterable[str], leading: Mapping[str, str]
) -> dict[str, list[str]]:
    """Return the analyses of each family, in the order of the plan."""
    families: dict[str, list[str]] = {}
    for name in names:
        analysis = study.analyses[name]
        outcome = analysis.outcome
        family = analysis.inference.family
        if family is None and leading.get(outcome) == name:
            family = PRIMARY if study.outcomes[outcome].role == "primary" else None
        if family is not None:
            families.setdefault(family, []).append(name)
    return families


def _together(p_values: Sequence[float], members: Sequence[Result]) -> tuple[list[float], str]:
    """Return the adjusted p-values of a family, and by whose method."""
    joint = adjust_jointly([one.draws for one in members])
    if joint is None:
        return adjust(p_values, "holm").tolist(), "Holm"
    return np.maximum(joint, p_values).tolist(), "Romano–Wolf"


def _tested(result: Result) -> Estimate | None:
    """Return the row of an analysis that a family counts: the effect as a whole."""
    row = result.estimates[0]
    return row if row.term == "overall" and row.p_value is not None else None
