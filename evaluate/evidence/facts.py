"""What a released finding tells about one analysis, gathered for the scales."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard, cast, get_args

from evaluate.core import Cell, CheckResult, Direction, Estimate, Finding, Verdict
from evaluate.design import Kind
from evaluate.evidence.definition import Evidence

Row = Mapping[str, Cell]
PLACES = ("primary", "secondary")
_SD_ROUNDING = 5e-3  # under strict rules a table keeps four digits


@dataclass(frozen=True, slots=True)
class Arm:
    """One group of an analysis as it was released.

    Attributes
    ----------
    n : int
        Individuals with an outcome.
    mean, std_dev : float
        Of the outcome, in its unit.
    """

    n: int
    mean: float
    std_dev: float

    @property
    def binary(self) -> bool:
        """Return whether the spread is that of a yes or no with this mean."""
        if not 0 <= self.mean <= 1 or self.n <= 1:
            return False
        expected = self.mean * (1 - self.mean) * self.n / (self.n - 1)
        return abs(self.std_dev**2 - expected) <= _SD_ROUNDING * max(expected, _SD_ROUNDING)


@dataclass(frozen=True, slots=True)
class Case:
    """One analysis: what the study says of it, what was found, and what people judged.

    Attributes
    ----------
    name, outcome : str
        The analysis, and the outcome that it answers for.
    kind : str or None
        How its design identifies an effect; ``None`` where the finding does not say.
    fields : mapping
        The design's own fields.
    described : mapping
        The outcome's block of the study.
    clustered : bool
        Whether clusters were assigned.
    headline : Estimate or None
        Its first row for everybody; ``None`` where it was refused or withheld.
    verdict : Verdict or None
        On its outcome, where it stands for that.
    checks : mapping of str to str
        Result by name.
    tables : mapping of str to tuple
        Rows by kind of table.
    evidence : Evidence
        Judgements.
    plan : mapping
        The plan's block of the study; empty without one.
    """

    name: str
    outcome: str
    kind: Kind | None
    fields: Mapping[str, Any]
    described: Mapping[str, Any]
    clustered: bool
    headline: Estimate | None
    verdict: Verdict | None
    checks: Mapping[str, CheckResult]
    tables: Mapping[str, tuple[Row, ...]]
    evidence: Evidence
    plan: Mapping[str, Any] = field(default_factory=dict)

    @property
    def direction(self) -> Direction:
        """Return the desired direction."""
        return cast(Direction, self.described["direction"])

    @property
    def worthwhile(self) -> float | None:
        """Return the smallest worthwhile effect, in the outcome's unit."""
        value = self.described.get("smallest_worthwhile")
        return float(value) if number(value) else None

    @property
    def arms(self) -> tuple[Arm, Arm] | None:
        """Return the treated and the comparison group; ``None`` where a number is not known."""
        rows = {row.get("arm"): row for row in self.tables.get("arms", ())}
        found = tuple(_arm(rows.get(name, {})) for name in ("treated", "comparison"))
        treated, comparison = found
        return (treated, comparison) if treated and comparison else None

    def judged(self, name: str) -> bool | None:
        """Return what people said to a question of the block ``evidence``, if anything."""
        answer = getattr(self.evidence, name)
        return None if answer is None else bool(answer.holds)


def number(value: object) -> TypeGuard[float]:
    """Return whether a cell holds a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def cases(finding: Finding) -> Iterator[Case]:
    """Yield every analysis that a finding has an answer to, or a reason for none.

    Parameters
    ----------
    finding : Finding
        Released results.
    """
    study = cast(Mapping[str, Any], finding.study)
    leads = set(_leading(study.get("analyses", {})).values())
    answered = {one.outcome: one for one in finding.verdicts}
    silent = {one.analysis for one in finding.refusals}
    for name, analysis in study.get("analyses", {}).items():
        headline = _headline(finding, name)
        if headline is None and name not in silent and not (name in leads and answered):
            continue
        outcome = analysis["outcome"]
        yield Case(
            name=name,
            outcome=outcome,
            kind=_kind(analysis.get("design_kind")),
            fields=analysis.get("fields", {}),
            described=study["outcomes"][outcome],
            clustered="cluster" in analysis.get("fields", {}),
            headline=headline,
            verdict=answered.get(outcome) if name in leads else None,
            checks={one.name: one.result for one in finding.checks if one.analysis == name},
            tables=_tables(finding, name, outcome),
            evidence=Evidence.model_validate(study.get("evidence", {})),
            plan=study.get("plan", {}),
        )


def _leading(analyses: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the analysis that stands for each outcome: the first by place in the plan."""
    found: dict[str, str] = {}
    for place in PLACES:
        for name, one in analyses.items():
            if one.get("role", "primary") == place:
                found.setdefault(one["outcome"], name)
    return found


def _headline(finding: Finding, name: str) -> Estimate | None:
    rows = [one for one in finding.estimates if (one.analysis, one.term) == (name, "overall")]
    return rows[0] if rows else None


def _kind(value: object) -> Kind | None:
    return cast(Kind, value) if value in get_args(Kind) else None


def _tables(finding: Finding, name: str, outcome: str) -> dict[str, tuple[Row, ...]]:
    """Return the rows of the analysis's tables, and those of the whole study that concern it."""
    found: dict[str, tuple[Row, ...]] = {}
    for table in finding.tables:
        if table.analysis == name or not table.analysis:
            kept = (row for row in table.rows if row.get("outcome", outcome) == outcome)
            found[table.kind] = found.get(table.kind, ()) + tuple(kept)
    return found


def _arm(row: Row) -> Arm | None:
    n, mean, std_dev = (row.get(key) for key in ("n_obs", "mean", "std_dev"))
    if number(n) and number(mean) and number(std_dev):
        return Arm(int(n), float(mean), float(std_dev))
    return None
