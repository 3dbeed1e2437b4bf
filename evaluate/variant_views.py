"""The rows of alternatives and of negative controls: one view for each that is run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from evaluate.core import ColumnRole, Strict
from evaluate.data.conditions import Unfit
from evaluate.data.engines import SampleOf
from evaluate.data.rows import Rows
from evaluate.design import Design, named_columns
from evaluate.errors import DataError, EvaluateError, Problem, Refused, StudyError
from evaluate.study.columns import analysis_roles
from evaluate.study.load import Definition
from evaluate.study.negative_control import negative_control
from evaluate.study.schema import Study
from evaluate.study.variants import Variant, alternatives

_WHY = "the rows of an alternative are chosen by what the dictionary says of a column"


@dataclass(frozen=True, slots=True)
class Views:
    """The rows of one variant of an analysis.

    Attributes
    ----------
    variant : Variant
        What is run on them.
    own : str
        View of its rows.
    joint : str or None
        View of the rows that both it and the analysis can use; ``None`` of a negative control,
        and where there are none.
    """

    variant: Variant
    own: str
    joint: str | None = None


def variant_columns(definition: Definition) -> frozenset[str]:
    """Return every column that an alternative or a negative control needs."""
    study = definition.study
    found: set[str] = set()
    for one in (*alternatives(study, definition.specs), *_controls(definition)):
        found.update(analysis_roles(one.analysis, one.spec))
        found.update(each.column for each in one.where)
        found.add(study.outcomes[one.analysis.outcome].column or "")
    return frozenset(found - {""})


def variant_views(definition: Definition, rows: Rows) -> dict[str, tuple[Views, ...]]:
    """Return the views of all alternatives and negative controls, by analysis.

    Parameters
    ----------
    definition : Definition
        The study.
    rows : Rows
        Its used rows.

    Raises
    ------
    StudyError
        If a condition does not fit its column.
    DataError
        If the rows lack what one needs; the faults of all at once.
    """
    asked = definition.study.analyses
    found: dict[str, list[Views]] = {
        of: [] for of in definition.specs if asked[of].alternatives or asked[of].negative_controls
    }
    problems: dict[Problem, Variant] = {}
    unfit: list[Problem] = []
    for one in alternatives(definition.study, definition.specs):
        try:
            own = _view(definition.study, rows, one)
        except Unfit as error:
            at = definition.at("analyses", one.of, "alternatives", one.name, "where")
            unfit.append(Problem(at, error.what, _WHY, error.fix))
        except EvaluateError as error:
            problems.update({each: one for each in error.problems if each not in problems})
        else:
            joint = _joint(definition.study, rows, one, definition.specs[one.of])
            found[one.of].append(Views(one, own, joint))
    for one in _controls(definition):
        try:
            found[one.of].append(Views(one, _view(definition.study, rows, one)))
        except EvaluateError as error:
            problems.update({each: one for each in error.problems if each not in problems})
    if unfit:
        raise StudyError(*unfit)
    if problems:
        raise DataError(*(_needed(definition, *one) for one in problems.items()))
    return {of: tuple(each) for of, each in found.items()}


def _needed(definition: Definition, problem: Problem, one: Variant) -> Problem:
    """Return a problem with the place of the first that needs the rows."""
    kind = "negative_controls" if one.control else "alternatives"
    key = ("analyses", one.of, kind) if one.control else ("analyses", one.of, kind, one.name)
    what = f"{problem.what}, for `{'.'.join(key)}` ({definition.at(*key)})"
    return replace(problem, what=what)


def _controls(definition: Definition) -> Iterator[Variant]:
    """Yield the negative controls; those that cannot be run are refused when they are run."""
    study = definition.study
    for of in definition.specs:
        for outcome in study.analyses[of].negative_controls:
            try:
                yield negative_control(study, definition.specs, of, outcome)
            except Refused:
                continue


def _view(study: Study, rows: Rows, one: Variant) -> str:
    outcome = study.outcomes[one.analysis.outcome].column or ""
    used = analysis_roles(one.analysis, one.spec)
    return rows.sample_table(outcome, used, one.analysis.missing.covariates, one.where)


def _joint(
    study: Study, rows: Rows, one: Variant, declared: tuple[Design[Strict], Strict]
) -> str | None:
    """Return the rows that hold all columns of an analysis and of its alternative."""
    analysis = study.analyses[one.of]
    outcome = study.outcomes[analysis.outcome].column or ""
    used: dict[str, ColumnRole] = dict(analysis_roles(analysis, declared[1]))
    for column, role in analysis_roles(one.analysis, one.spec).items():
        used.setdefault(column, role)
    kept = {analysis.missing.covariates, one.analysis.missing.covariates}
    # Where cells are completed no row is lost by them: then a row is joint as it is.
    policy = next(iter(kept)) if len(kept) == 1 else "complete_case"
    try:
        return rows.sample_table(outcome, used, policy, one.where)
    except EvaluateError:
        return None


def n_apart(
    declared: Variant, own: str, other: Views, column: str, sample_of: SampleOf
) -> int | None:
    """Return by how few people of a group the rows of two analyses differ.

    Parameters
    ----------
    declared : Variant
        The analysis as it was declared.
    own : str
        View of its rows.
    other : Views
        Its alternative.
    column : str
        Of the outcome.
    sample_of : callable
        Gives the sample behind a view.

    Returns
    -------
    int or None
        The smallest number, of those above 0, of people of one group who stand in one of the two
        and not in both; 0 where the rows are the same; ``None`` where it cannot be told, as with
        covariates that are completed later.
    """
    one = other.variant
    policies = {each.analysis.missing.covariates for each in (declared, one)}
    used = [set(analysis_roles(each.analysis, each.spec)) for each in (declared, one)]
    if not one.where and used[0] == used[1] and len(policies) == 1:
        return 0
    treated = {
        tuple(name for _, name, role in named_columns(each.spec) if role == "treatment")
        for each in (declared, one)
    }
    if other.joint is None or len(treated) > 1 or not policies <= {"error", "complete_case"}:
        return None
    (by,) = treated
    joint = _counted(sample_of, other.joint, column, by)
    gaps = [
        n - joint.get(group, 0)
        for view in (own, other.own)
        for group, n in _counted(sample_of, view, column, by).items()
    ]
    return min((gap for gap in gaps if gap), default=0)


def _counted(
    sample_of: SampleOf, view: str, column: str, by: tuple[str, ...]
) -> dict[tuple[object, ...], int]:
    """Return the rows with an outcome of a view, by group."""
    cells = sample_of(view, column).count(by)
    groups = (
        zip(*(cells.labels[name].tolist() for name in by), strict=True)
        if by
        else [()] * len(cells.n)
    )
    return dict(zip(groups, cells.n.tolist(), strict=True))
