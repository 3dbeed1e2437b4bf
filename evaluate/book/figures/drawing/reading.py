"""What figures read from a finding: outcomes, headline rows, tables, payers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaluate.core import Cell, Estimate, Finding, Table, Verdict

Row = Mapping[str, Cell]
CAUSAL = 4  # rung of the claims ladder from which a difference may be laid to the programme


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome as a figure needs it, with its headline row if there is one.

    Attributes
    ----------
    worthwhile : float or None
        Smallest effect worth having with the sign of the desired direction.
    """

    key: str
    title: str
    unit: str
    primary: bool
    worthwhile: float | None
    verdict: Verdict
    row: Estimate | None

    @property
    def held(self) -> tuple[float, ...]:
        """What an axis must hold besides the interval: the smallest effect worth having."""
        return () if self.worthwhile is None else (self.worthwhile,)

    @property
    def shown(self) -> bool:
        """Whether an effect was shown, either way."""
        return self.verdict.verdict in ("shown benefit", "shown harm")


def localised(text: object, language: str) -> str:
    """Return a study's text in a language, else in English, else in any."""
    if not isinstance(text, Mapping):
        return str(text or "")
    near = ("nn", "nb") if language == "nn" else (language,)
    found = next((text[one] for one in (*near, "en") if one in text), None)
    return str(found if found is not None else next(iter(text.values()), ""))


def outcomes(finding: Finding, language: str) -> list[Outcome]:
    """Return the outcomes that have a verdict, in the finding's order."""
    return [_outcome(finding, one, language) for one in finding.verdicts]


def primary(finding: Finding, language: str) -> Outcome | None:
    """Return the first primary outcome with a headline row, else the first with one."""
    found = [one for one in outcomes(finding, language) if one.row is not None]
    return next((one for one in found if one.primary), found[0] if found else None)


def _outcome(finding: Finding, verdict: Verdict, language: str) -> Outcome:
    about: Mapping[str, Any] = _mapping(
        _mapping(finding.study.get("outcomes")).get(verdict.outcome)
    )
    row = next(
        (
            one
            for one in finding.estimates
            if one.outcome == verdict.outcome
            and one.role == "headline"
            and one.scale == "difference"
        ),
        None,
    )
    size = about.get("smallest_worthwhile")
    way = -1.0 if about.get("direction") == "decrease" else 1.0
    return Outcome(
        key=verdict.outcome,
        title=localised(about.get("title") or verdict.outcome, language),
        unit=row.unit if row else str(about.get("unit") or ""),
        primary=about.get("role") == "primary",
        worthwhile=None if size is None else way * float(size),
        verdict=verdict,
        row=row,
    )


def table(finding: Finding, id_: str) -> Table | None:
    """Return a table by its id, if it has rows."""
    return next((one for one in finding.tables if one.id == id_ and one.rows), None)


def means(finding: Finding, row: Estimate) -> tuple[float, float] | None:
    """Return the means of the treated and the comparison arm of a headline row."""
    arms = table(finding, f"{row.analysis}.arms")
    if arms is None:
        return None
    found = {str(one.get("arm")): value(one, "mean") for one in arms.rows}
    treated, comparison = found.get("treated"), found.get("comparison")
    return None if treated is None or comparison is None else (treated, comparison)


def value(row: Row, column: str) -> float | None:
    """Return a number of a row, or nothing where it is absent or hidden."""
    cell = row.get(column)
    return float(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else None


def main_table(finding: Finding, kind: str, language: str) -> Table | None:
    """Return the table of a kind that belongs to the primary outcome's analysis, else the first."""
    first = primary(finding, language)
    own = table(finding, f"{first.row.analysis}.{kind}") if first and first.row else None
    return own or next((one for one in finding.tables if one.kind == kind and one.rows), None)


def money(finding: Finding) -> tuple[str, str]:
    """Return currency and price year of a finding's accounts."""
    about = _mapping(finding.study.get("economics"))
    return str(about.get("currency", "")), str(about.get("price_year", ""))


def payer(finding: Finding, key: str, language: str) -> str | None:
    """Return a payer's title, or nothing for those that the method adds."""
    payers = _mapping(_mapping(finding.study.get("economics")).get("payers"))
    about = _mapping(payers.get(key))
    return localised(about["title"], language) if "title" in about else None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
