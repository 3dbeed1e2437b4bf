"""The table of subgroups: first whether the effect differs, then the effect in each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from evaluate.core import Cell, Check, Column, Estimate, Settings, Table
from evaluate.errors import Refused
from evaluate.inference.assignment import read_assignment
from evaluate.inference.joint import joint_test
from evaluate.inference.multiple import adjust
from evaluate.inference.segments import Segments, segments
from evaluate.inference.treatment import TreatmentFit
from evaluate.inference.trial import Trial
from evaluate.inference.trial_rows import names_for, shown_name


@dataclass(frozen=True, slots=True)
class Interaction:
    """The test that an effect is the same in all levels of a column.

    Attributes
    ----------
    statistic : float or None
        t of a difference between two levels, F of several.
    df : float or None
        Degrees of freedom, of F those below.
    p_value : float or None
        In [0, 1].
    p_adjusted : float or None
        Adjusted for the number of columns that are tested.
    state : str or None
        Why there is no test.
    """

    statistic: float | None = None
    df: float | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    state: str | None = None


def not_by_subgroup(settings: Settings) -> tuple[Check, ...]:
    """Return what a design says that makes no effects by subgroup, where they are asked for.

    Parameters
    ----------
    settings : Settings
        The subgroups that are asked for.
    """
    text = "How the effect differs between subgroups is not estimated by this design."
    return (Check("subgroups", "not_run", text),) if settings.subgroups else ()


def subgroups(trial: Trial, fitted: TreatmentFit) -> tuple[list[Estimate], Table | None]:
    """Return, for each column, whether the effect differs, and the effect in each level.

    Interactions are tested first, and their p-values adjusted for the number of columns by
    Holm's method; a level's own p-value is not a test of a difference.

    Parameters
    ----------
    trial : Trial
        The trial.
    fitted : TreatmentFit
        The headline's model: it tells which covariates stand in it.
    """
    if not trial.settings.subgroups:
        return [], None
    found: dict[str, Segments] = {}
    tests: dict[str, Interaction] = {}
    rows: dict[str, Estimate] = {}
    (name,) = names_for(fitted, trial.std_errors[:1]).values()
    for column in trial.settings.subgroups:
        by = replace(trial.columns, segment=column)
        assignment = read_assignment(trial.sample, by, trial.covariates)
        one = segments(trial.sample, assignment, column, fitted.covariates, name)
        found[column], tests[column] = one, _interaction(trial, one, name)
        rows |= _rows(trial, column, one, name)
    tested = [column for column, test in tests.items() if test.p_value is not None]
    adjusted = adjust([p for one in tested if (p := tests[one].p_value) is not None], "holm")
    for column, p_adjusted in zip(tested, adjusted.tolist(), strict=True):
        term = f"subgroup={column}"
        tests[column] = replace(tests[column], p_adjusted=p_adjusted)
        if term in rows:
            rows[term] = replace(rows[term], family="subgroups", p_adjusted=p_adjusted)
    return list(rows.values()), subgroups_table(found, tests, rows, trial.estimand.unit)


def _interaction(trial: Trial, found: Segments, name: str) -> Interaction:
    if found.state is not None or found.fitted is None:
        return Interaction(state=found.state)
    if found.spread is not None and found.difference is not None:
        row = trial.row(found.difference, found.spread, method="", std_error_method=name)
        return Interaction(row.estimate / row.std_error, row.df, row.p_value)
    try:
        test = joint_test(trial.sample, found.fitted, found.contrasts)
    except Refused as refused:
        return Interaction(state=refused.why)
    return Interaction(test.f, test.df_denom, test.p_value)


def _rows(trial: Trial, column: str, found: Segments, name: str) -> dict[str, Estimate]:
    rows: dict[str, Estimate] = {}
    fitted = found.fitted
    if fitted is None:
        return rows
    covariates = ", covariates additive" if fitted.covariates else ""
    known = {
        "std_error_method": shown_name(trial, fitted, name),
        "role": "beside",
        "method": f"joint model of the levels{covariates}",
    }
    term = f"subgroup={column}"
    if found.difference is not None and found.spread is not None:
        method = f"difference between two levels, {known['method']}"
        rows[term] = trial.row(
            found.difference, found.spread, term=term, **(known | {"method": method})
        )
    for level in found.levels:
        if level.effect is None or level.spread is None:
            continue
        own = f"{term}:{level.level}"
        rows[own] = trial.row(
            level.effect,
            level.spread,
            term=own,
            n_obs=level.n_obs,
            n_treated=level.n_treated,
            n_clusters=level.n_clusters,
            **known,
        )
    return rows


def subgroups_table(
    found: Mapping[str, Segments],
    tests: Mapping[str, Interaction],
    rows: Mapping[str, Estimate],
    unit: str,
) -> Table:
    """Return the table: for each column its interaction, then its levels.

    Parameters
    ----------
    found : mapping of str to Segments
        By column.
    tests : mapping of str to Interaction
        By column.
    rows : mapping of str to Estimate
        Rows that hold a number, by term.
    unit : str
        Unit of the outcome.
    """
    cells: list[dict[str, Cell]] = []
    for column, one in found.items():
        test = tests[column]
        row: dict[str, Cell] = {
            "column": column,
            "statistic": test.statistic,
            "df": test.df,
            "p_value": test.p_value,
            "p_adjusted": test.p_adjusted,
            "state": test.state,
        }
        cells.append(row | _numbers(rows.get(f"subgroup={column}")))
        for level in one.levels:
            own: dict[str, Cell] = {
                "column": column,
                "level": level.level,
                "n_obs": level.n_obs,
                "n_treated": level.n_treated,
                "state": level.state,
            }
            cells.append(own | _numbers(rows.get(f"subgroup={column}:{level.level}"), p=True))
    present = tuple({k: v for k, v in row.items() if v is not None} for row in cells)
    return Table("subgroups", "subgroups", _columns(unit), present)


def _columns(unit: str) -> tuple[Column, ...]:
    return (
        Column("column", "text", {"en": "Subgroup by", "nb": "Delt etter", "sv": "Delat efter"}),
        Column("level", "text", {"en": "Group", "nb": "Gruppe", "sv": "Grupp"}),
        Column("n_obs", "integer", {"en": "Number", "nb": "Antall", "sv": "Antal"}),
        Column("n_treated", "integer", {"en": "Treated", "nb": "Tiltak", "sv": "Insats"}),
        Column("estimate", "number", {"en": "Effect", "nb": "Effekt", "sv": "Effekt"}, unit),
        Column(
            "std_error",
            "number",
            {"en": "Standard error", "nb": "Standardfeil", "sv": "Standardfel"},
            unit,
        ),
        Column("conf_low", "number", {"en": "From", "nb": "Fra", "sv": "Från"}, unit),
        Column("conf_high", "number", {"en": "To", "nb": "Til", "sv": "Till"}, unit),
        Column("statistic", "number", {"en": "Statistic", "nb": "Observator", "sv": "Statistika"}),
        Column("df", "number", {"en": "df", "nb": "Frihetsgrader", "sv": "Frihetsgrader"}),
        Column("p_value", "number", {"en": "p", "nb": "p", "sv": "p"}),
        Column(
            "p_adjusted",
            "number",
            {"en": "p, adjusted", "nb": "p, justert", "sv": "p, justerat"},
        ),
        Column("state", "text", {"en": "Note", "nb": "Merknad", "sv": "Anmärkning"}),
    )


def _numbers(row: Estimate | None, *, p: bool = False) -> dict[str, Cell]:
    if row is None:
        return {}
    numbers: dict[str, Cell] = {
        "estimate": row.estimate,
        "std_error": row.std_error,
        "conf_low": row.conf_low,
        "conf_high": row.conf_high,
    }
    return numbers | {"p_value": row.p_value, "df": row.df} if p else numbers
