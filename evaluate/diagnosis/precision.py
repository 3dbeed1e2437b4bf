"""What precision was planned, and what was achieved, side by side and without a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evaluate.claims import detectable
from evaluate.core import Cell, CellType, Column, Estimate, Table
from evaluate.diagnosis.draws import Question
from evaluate.diagnosis.formula import expected_rows, formula_mde, formula_std_error
from evaluate.diagnosis.labels import LANGUAGES, OUTCOME, PLANNED_BY, PRECISION, STATES

KIND = "precision"
_TYPES: Mapping[str, CellType] = {"n": "integer", "clusters": "integer"}


@dataclass(frozen=True, slots=True)
class Both:
    """What is known of one outcome's precision.

    Attributes
    ----------
    outcome : str
        Its key.
    question : Question or None
        The study as assumed; ``None`` where nothing is assumed of the outcome.
    simulated : mapping or None
        Row ``"main"`` of the table ``diagnosis``, where it is quoted.
    headline : Estimate or None
        The row that stands for the outcome, as the gate released it.
    icc : Table or None
        The analysis's table ``icc``, as the gate released it.
    """

    outcome: str
    question: Question | None = None
    simulated: Mapping[str, Cell] | None = None
    headline: Estimate | None = None
    icc: Table | None = None


def precision(known: Iterable[Both]) -> Table | None:
    """Return the table of planned and achieved precision, a row for each headline outcome.

    Planned is the simulated value where it is quoted, else that of the formula: the detectable
    effect at 80 % power, the spread of estimates, and rows with an outcome. Achieved follows
    from the headline row by the same definitions.

    Parameters
    ----------
    known : iterable of Both
        By outcome. Give released rows only: this table's numbers are theirs.

    Returns
    -------
    Table or None
        ``None`` where nothing was planned.
    """
    rows = tuple(_row(one) for one in known if one.question is not None)
    if not rows:
        return None
    names = [f"{state}_{what}" for what in PRECISION for state in STATES]
    columns = (
        Column("outcome", "text", OUTCOME),
        *map(_column, names),
        Column("planned_by", "text", PLANNED_BY),
    )
    return Table(KIND, KIND, columns, rows)


def _row(one: Both) -> dict[str, Cell]:
    row: dict[str, Cell] = {"outcome": one.outcome}
    row |= _planned(one) | _achieved(one)
    return {key: value for key, value in row.items() if value is not None}


def _planned(one: Both) -> dict[str, Cell]:
    question, simulated = one.question, one.simulated
    if question is None:
        return {}
    clustered = question.scenario.size is not None
    known: dict[str, Cell] = {
        "planned_n": round(expected_rows(question)),
        "planned_clusters": question.scenario.units if clustered else None,
        "planned_icc": question.assumed.icc if clustered else None,
    }
    if simulated is not None:
        return known | {
            "planned_mde": simulated.get("mde"),
            "planned_std_error": simulated.get("true_std_error"),
            "planned_by": "simulation",
        }
    return known | {
        "planned_mde": formula_mde(question),
        "planned_std_error": formula_std_error(question),
        "planned_by": "formula",
    }


def _achieved(one: Both) -> dict[str, Cell]:
    found = one.headline
    if found is None:
        return {}
    return {
        "achieved_mde": detectable(found),
        "achieved_std_error": found.std_error,
        "achieved_n": found.n_obs,
        "achieved_clusters": found.n_clusters,
        "achieved_icc": next((row.get("icc") for row in one.icc.rows), None) if one.icc else None,
    }


def _column(name: str) -> Column:
    state, _, what = name.partition("_")
    words = zip(LANGUAGES, STATES[state], PRECISION[what], strict=True)
    label = {language: f"{first}: {last}" for language, first, last in words}
    return Column(name, _TYPES.get(what, "number"), label)
