"""Qualitative comparative analysis: which combinations of conditions go with an outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self

import numpy as np
from pydantic import Field, model_validator

from evaluate.core import Strict, Table, Text
from evaluate.errors import Refused
from evaluate.inference import qca_checks as checks
from evaluate.inference import qca_rows as rows
from evaluate.inference.qca_analysis import Sets, solutions
from evaluate.inference.qca_cases import Cases, calibrated, measured
from evaluate.inference.qca_columns import TABLES, type_of
from evaluate.inference.qca_definition import Calibration, Expected, Robustness
from evaluate.inference.qca_fit import Memberships
from evaluate.inference.qca_random import Chance, Dealer, shuffled
from evaluate.inference.qca_random_rows import bin_rows, random_rows
from evaluate.inference.qca_ranges import ranges, together
from evaluate.inference.qca_robust import Choices, varied
from evaluate.inference.qca_truth_table import Cuts
from evaluate.method import (
    ColumnName,
    Example,
    FromRecord,
    Inquiry,
    Method,
    Result,
    cell,
    column_of,
)
from evaluate.wording.labels_qca import LABELS

Random = dict[str, Chance]


class Rows(FromRecord):
    """One row for each case, or for each case and rater."""

    case: ColumnName = cell(
        "text",
        "Column of the case: a place, project or organisation; never a person, since tables name"
        " cases.",
    )
    outcome: ColumnName = cell(
        "number", "Column of the outcome; cases without it are shown and left out.", missing=True
    )
    conditions: tuple[ColumnName, ...] = cell(
        "number", "Columns of the conditions.", missing=True, min_length=1
    )
    rater: ColumnName | None = cell(
        "text", "Column of the rater; ratings of a case are averaged.", default=None
    )


class Qca(Strict):
    """Conditions, outcome, and what a combination has to show."""

    cases: Rows = Field(description="The cases.")
    outcome_title: Text | None = Field(default=None, description="The outcome, in prose.")
    titles: dict[ColumnName, Text] = Field(
        default_factory=dict, description="What each condition is called, by column."
    )
    calibration: dict[ColumnName, Calibration] = Field(
        default_factory=dict,
        description="How columns become sets; a column that is not named holds memberships in 0..1.",
    )
    consistency_cut: float = Field(
        default=0.8, ge=0.5, le=1, description="Least consistency of a row with the outcome."
    )
    contradiction_cut: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="From here to the consistency cut a row is a contradiction; by default none is.",
    )
    pri_cut: float = Field(default=0.5, ge=0, le=1, description="Least PRI of such a row.")
    frequency_cut: int = Field(default=1, ge=1, description="Least number of cases of a row.")
    expected: dict[ColumnName, Expected] = Field(
        default_factory=dict,
        description="How a condition is expected to help, for intermediate solutions: `present`,"
        " `absent`, or its values.",
    )
    negated: bool = Field(
        default=True, description="Whether the outcome's absence is analysed too."
    )
    random_draws: int = Field(
        default=1000, ge=200, le=20_000, description="Random outcomes that are analysed alike."
    )
    coverage_floor: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="Coverage from which a solution of random outcomes is counted apart.",
    )
    robustness: Robustness = Field(
        default_factory=Robustness, description="Other choices that are tried."
    )

    @model_validator(mode="after")
    def _names_columns(self) -> Self:
        conditions = set(self.cases.conditions)
        if len(conditions) < len(self.cases.conditions):
            raise ValueError("a condition is named twice")
        if self.cases.outcome in conditions:
            raise ValueError("the outcome is among the conditions")
        if set(self.expected) - conditions:
            raise ValueError("`expected` names what is no condition")
        if (set(self.calibration) | set(self.titles)) - conditions - {self.cases.outcome}:
            raise ValueError("`calibration` or `titles` names neither condition nor outcome")
        return self


def _estimate(spec: Qca, inquiry: Inquiry) -> Result:
    read = inquiry.table(spec.cases)
    columns = (spec.cases.outcome, *spec.cases.conditions)
    raw = measured(read, columns)
    cases = calibrated(raw, spec.calibration)
    own = Choices(raw, spec.calibration, _cuts(spec))
    both = list(_directions(spec, cases, own.cuts))
    present = both[0]
    dealer = Dealer(cases.sets.conditions, present.table, own.cuts, cases.sets.fuzzy)
    here = dealer.chance(cases.sets.outcome[None, :])
    chance = _chance(spec, cases.sets.outcome, dealer, inquiry)
    raters = sorted(set(read["rater"])) if "rater" in read else []
    rated = {str(at): measured(read, columns, one) for at, one in enumerate(raters, start=1)}
    settings: list[rows.Row] = list(varied(own, rated, spec.robustness))
    share, every = _together(spec, own, inquiry)
    tables = (
        _table("truth_table", "rows", rows.table_rows(present, (*both, None)[1], cases)),
        _table("necessity", "necessity", rows.necessity_rows(both)),
        _table("solutions", "solutions", rows.solution_rows(both, cases)),
        _table("diversity", "diversity", rows.diversity_rows(both, cases)),
        _table("excluded", "excluded", rows.excluded_rows(present, cases)),
        _table("random", "random", random_rows(here, chance, spec.coverage_floor)),
        _table("random_bins", "random_bins", bin_rows(here, chance["shuffled"])),
        _table("ranges", "ranges", (*ranges(own, spec.robustness), *every)),
        _table("robustness", "robustness", settings),
        _table("points", "points", rows.point_rows(present, cases)),
    )
    found = (
        checks.diversity(present),
        checks.contradictions(both),
        checks.random_data(here, chance),
        checks.robustness(settings, share),
    )
    return Result((), checks=found, tables=tuple(one for one in tables if one.rows))


def _table(identity: str, name: str, found: Iterable[rows.Row]) -> Table:
    whole = tuple({k: v for k, v in row.items() if v is not None} for row in found)
    names = [one for one in TABLES[name].split() if any(one in row for row in whole)]
    columns = tuple(column_of(LABELS, one, type_of(one)) for one in names)
    return Table(identity, f"qca_{name}", columns, whole)


def _cuts(spec: Qca) -> Cuts:
    low = spec.contradiction_cut
    least = spec.consistency_cut if low is None else min(low, spec.consistency_cut)
    return Cuts(spec.consistency_cut, least, spec.pri_cut, spec.frequency_cut)


def _directions(spec: Qca, cases: Cases, cuts: Cuts) -> Iterator[rows.Direction]:
    sets = cases.sets
    expected = {
        sets.names.index(name): frozenset(
            word if isinstance(word, tuple) else {int(word == "present")}
        )
        for name, word in spec.expected.items()
    }
    yield _solved("present", sets, cuts, expected)
    if spec.negated:
        other = {
            place: frozenset(range(sets.levels[place])) - values
            for place, values in expected.items()
        }
        yield _solved("absent", sets.negated(), cuts, other)


def _solved(
    name: str, sets: Sets, cuts: Cuts, expected: Mapping[int, frozenset[int]]
) -> rows.Direction:
    try:
        table = sets.table(cuts)
        found = solutions(table, expected) if len(table.of("present")) else {}
    except ValueError as error:
        raise Refused(
            "too_many_conditions",
            f"{len(sets.names)} conditions: {error}",
            "keep the conditions that theory names, a handful for some dozen cases",
        ) from None
    return rows.Direction(name, sets, table, found)


def _chance(spec: Qca, outcome: Memberships, dealer: Dealer, inquiry: Inquiry) -> Random:
    """Analyse outcomes that are dealt out anew, and outcomes that are drawn."""
    draws, rng = spec.random_draws, inquiry.rng("random")
    dealt = shuffled(outcome, draws, rng)
    drawn = rng.random((draws, len(outcome)))
    if np.isin(outcome, (0, 1)).all():
        drawn = (drawn < outcome.mean()).astype(float)
    return {"shuffled": dealer.chance(dealt), "drawn": dealer.chance(drawn)}


def _together(spec: Qca, own: Choices, inquiry: Inquiry) -> tuple[float | None, list[rows.Row]]:
    """Draw all choices at once."""
    if not spec.robustness.draws:
        return None, []
    share = together(own, spec.robustness, spec.robustness.draws, inquiry.rng("together"))
    return share, [{"key": "together", "choice": "qca.together", "share_same": share}]


def _titles(spec: Qca) -> Mapping[str, Text]:
    return spec.titles


def _example(rng: np.random.Generator) -> Example[Qca]:
    """Return cases whose outcome follows from two of four conditions, or from a third."""
    conditions = rng.beta(0.4, 0.4, size=(40, 4)).round(2)
    first, second, third, _ = conditions.T
    outcome = np.maximum(np.minimum(first, second), third)
    outcome = np.clip(outcome + rng.normal(0, 0.05, 40), 0, 1).round(2)
    outcome[3] = np.nan
    names = ("absence", "relations", "flexible", "agencies")
    columns: dict[str, Any] = {name: conditions[:, at] for at, name in enumerate(names)}
    columns["case"] = np.array([f"project {at:02d}" for at in range(40)], dtype=object)
    columns["reached"] = outcome
    spec = Qca(
        cases=Rows(record="projects", case="case", outcome="reached", conditions=names),
        expected=dict.fromkeys(names, "present"),
        random_draws=200,
    )
    return Example(spec, {"projects": columns})


METHOD = Method(
    name="qca",
    title="Qualitative comparative analysis",
    spec=Qca,
    rung=3,
    estimate=_estimate,
    example=_example,
    needs={3: frozenset({"qca_diversity", "qca_random", "qca_robustness"})},
    titles=_titles,
)
