"""Rows of the tables of a qualitative comparative analysis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from evaluate.core import Cell
from evaluate.inference.qca_analysis import Fitted, Sets, first, fitted
from evaluate.inference.qca_cases import Cases
from evaluate.inference.qca_fit import Memberships
from evaluate.inference.qca_implicants import covering
from evaluate.inference.qca_necessity import single, unions
from evaluate.inference.qca_solutions import Solution, Terms
from evaluate.inference.qca_truth_table import HALF, TruthTable

SHOWN = 5  # models of a kind that are shown
Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Direction:
    """The outcome, or its absence.

    Attributes
    ----------
    name : {"present", "absent"}
        Which of the two.
    sets : Sets
        The cases.
    table : TruthTable
        Their truth table.
    found : mapping of str to Solution
        Solutions by kind; empty where no row passes the cuts.
    """

    name: str
    sets: Sets
    table: TruthTable
    found: Mapping[str, Solution]


def table_rows(one: Direction, other: Direction | None, cases: Cases) -> Iterator[Row]:
    """Yield the truth table, the most consistent rows first.

    Parameters
    ----------
    one, other : Direction
        The outcome, and its absence where it is analysed too.
    cases : Cases
        Names of the cases.
    """
    words = [one.sets.words(term) for term in one.table.rows]
    fits = one.table.fits
    for at in sorted(range(len(words)), key=lambda at: (-(fits[at].consistency or 0), words[at])):
        held = one.table.row_of == at
        row: dict[str, Cell] = {
            "row": words[at],
            "n_cases": int(one.table.n_cases[at]),
            "cases": ", ".join(cases.names[held]),
            "deviant": ", ".join(cases.names[held & (one.sets.outcome < HALF)]) or None,
            "consistency": fits[at].consistency,
            "pri": fits[at].pri,
            "out": f"qca.{one.table.out[at]}",
        }
        if other is not None:
            fit = other.table.fits[at]
            row |= {
                "consistency_absent": fit.consistency,
                "pri_absent": fit.pri,
                "out_absent": f"qca.{other.table.out[at]}",
            }
        yield row


def necessity_rows(directions: Sequence[Direction]) -> Iterator[Row]:
    """Yield every condition and its absence as necessary, then unions that are.

    Parameters
    ----------
    directions : sequence of Direction
        The outcome and perhaps its absence.
    """
    for one in directions:
        for needed in (*single(one.sets), *unions(one.sets)):
            state = "qca.necessary" if needed.is_relevant else "qca.trivial"
            yield {
                "key": f"{one.name}|{needed.words}",
                "outcome": f"qca.{one.name}",
                "condition": needed.words,
                "consistency": needed.fit.consistency,
                "coverage": needed.fit.coverage,
                "relevance": needed.fit.relevance,
                "state": state if needed.is_necessary else None,
            }


def solution_rows(directions: Sequence[Direction], cases: Cases) -> Iterator[Row]:
    """Yield each model as a whole and by its terms; a few models of each kind.

    Parameters
    ----------
    directions : sequence of Direction
        The outcome and perhaps its absence.
    cases : Cases
        Names of the cases.
    """
    for one in directions:
        if not one.found:
            yield {
                "key": f"{one.name}|none",
                "outcome": f"qca.{one.name}",
                "term": "–",
                "state": "qca.no_row",
            }
        for kind, solution in one.found.items():
            models = sorted(solution.models, key=one.sets.sentence)
            for fit in fitted(one.sets, models[:SHOWN]):
                yield _solution_row(one, kind, fit, models[fit.model - 1], cases)


def _solution_row(one: Direction, kind: str, fit: Fitted, model: Terms, cases: Cases) -> Row:
    solution = one.found[kind]
    row: dict[str, Cell] = {
        "key": f"{one.name}|{kind}|{fit.model}|{'all' if fit.is_whole else fit.term}",
        "outcome": f"qca.{one.name}",
        "kind": f"qca.{kind}",
        "model": fit.model,
        "term": f"= {fit.term}" if fit.is_whole else fit.term,
        "consistency": fit.fit.consistency,
        "pri": fit.fit.pri,
        "coverage": fit.fit.coverage,
        "unique": fit.fit.unique,
        "state": "qca.always" if fit.term == "1" else None,
    }
    if fit.is_whole:
        assumed = covering(model, one.table.remainders()).any(axis=0)
        row |= {"n_models": len(solution.models), "n_assumed": int(assumed.sum())}
        if not solution.is_complete:
            row["state"] = row["state"] or "qca.more_models"
    else:
        term = next(term for term in model if one.sets.words(term) == fit.term)
        row["cases"] = ", ".join(cases.names[one.sets.of(term) > HALF]) or None
    return row


def diversity_rows(directions: Sequence[Direction], cases: Cases) -> Iterator[Row]:
    """Yield how much the cases can say.

    Parameters
    ----------
    directions : sequence of Direction
        The outcome and perhaps its absence.
    cases : Cases
        Those analysed, and those left out.
    """
    one = directions[0]
    table, shown = one.table, len(one.table.rows)
    values = {
        "n_cases": len(cases.names),
        "n_without_outcome": len(cases.without_outcome),
        "n_without_condition": len(cases.without_condition),
        "n_at_half": int((table.row_of < 0).sum()),
        "possible": table.possible,
        "observed": shown,
        "remainders": len(table.remainders()),
        "share_observed": shown / table.possible,
        "cases_per_row": len(cases.names) / table.possible,
        "present": len(table.of("present")),
        "contradictions": len(table.of("contradiction")),
    }
    if len(directions) > 1:
        values["both_ways"] = both_ways(directions)
    for measure, value in values.items():
        yield {"measure": f"qca.{measure}", "value": float(value)}


def both_ways(directions: Sequence[Direction]) -> int:
    """Return the number of rows that go with the outcome and with its absence.

    Parameters
    ----------
    directions : sequence of Direction
        The outcome and perhaps its absence.
    """
    outs = zip(*(one.table.out for one in directions), strict=True)
    return sum(len(row) > 1 and set(row) == {"present"} for row in outs)


def excluded_rows(one: Direction, cases: Cases) -> Iterator[Row]:
    """Yield the cases that are not in the analysis, or in no row of it, with the reason.

    Parameters
    ----------
    one : Direction
        The outcome.
    cases : Cases
        Those analysed, and those left out.
    """
    at_half = tuple(cases.names[one.table.row_of < 0])
    reasons = {
        "without_outcome": cases.without_outcome,
        "without_condition": cases.without_condition,
        "at_half": at_half,
    }
    for reason, names in reasons.items():
        for name in names:
            yield {"case": name, "reason": f"qca.{reason}"}


def point_rows(one: Direction, cases: Cases) -> Iterator[Row]:
    """Yield each case's membership in the conservative solution and in the outcome.

    Parameters
    ----------
    one : Direction
        The outcome.
    cases : Cases
        Names of the cases.
    """
    if one.found:
        solved = one.sets.union(first(one.sets, one.found["conservative"]))
        kinds = _kinds(solved, one.sets.outcome)
        rows = zip(cases.names, solved, one.sets.outcome, kinds, strict=True)
        for name, inside, outcome, kind in rows:
            yield {
                "case": name,
                "membership": float(inside),
                "in_outcome": float(outcome),
                "type": f"qca.{kind}",
            }


def _kinds(solved: Memberships, outcome: Memberships) -> Iterator[str]:
    for inside, shown in zip(solved, outcome, strict=True):
        if HALF in {inside, shown}:
            yield "undecided"
        elif inside > HALF:
            yield "typical" if shown > HALF else "deviant_consistency"
        else:
            yield "deviant_coverage" if shown > HALF else "irrelevant"
