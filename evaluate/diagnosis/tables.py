"""The tables of a diagnosis, as a finding holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from evaluate.core import Cell, CellType, Column, Table
from evaluate.diagnosis.diagnose import Diagnosis
from evaluate.diagnosis.labels import LANGUAGES, LIMITS, WORDS

KIND, CURVE = "diagnosis", "power_curve"
_SHARES = {"power", "false_positive", "coverage", "type_s", "refused"}
_IN_UNIT = {"effect", "bias", "mean_std_error", "true_std_error", "mde", "mde_formula"}
_TEXT = {"scenario", "outcome", "axis"}
_BOTH = ("", "_low", "_high")
_DIAGNOSIS_NAMES = (
    "scenario",
    "outcome",
    "draws",
    "effect",
    *(f"{name}{end}" for name in ("power", "false_positive", "coverage", "bias") for end in _BOTH),
    "mean_std_error",
    "true_std_error",
    "type_s",
    "type_m",
    *(f"mde{end}" for end in _BOTH),
    "mde_formula",
    "refused",
)
_CURVE_NAMES = ("outcome", "axis", "value", "power", "power_low", "power_high", "mde")
_NAMES = {KIND: _DIAGNOSIS_NAMES, CURVE: _CURVE_NAMES}


def tables(found: Diagnosis, analysis: str, outcome: str, unit: str) -> tuple[Table, ...]:
    """Return the tables ``diagnosis`` and ``power_curve`` of one analysis.

    Parameters
    ----------
    found : Diagnosis
        What was simulated.
    analysis, outcome : str
        Keys in the study.
    unit : str
        The outcome's.
    """
    scenarios = ({"scenario": key, **row} for key, row in found.scenarios.items())
    rows = {KIND: scenarios, CURVE: found.curve}
    return tuple(
        table_of(kind, ({"outcome": outcome, **row} for row in each), analysis, unit)
        for kind, each in rows.items()
    )


def table_of(kind: str, rows: Iterable[Mapping[str, Cell]], analysis: str, unit: str) -> Table:
    """Return the table of a kind with its headings.

    Parameters
    ----------
    kind : {"diagnosis", "power_curve"}
        Which table.
    rows : iterable of mapping
        Its rows; cells that the kind has no column for are left out.
    analysis, unit : str
        The analysis, and its outcome's unit.
    """
    names = _NAMES[kind]
    ordered = tuple({name: row[name] for name in names if name in row} for row in rows)
    columns = tuple(_column(name, unit) for name in names)
    return Table(f"{analysis}.{kind}", kind, columns, ordered, analysis)


def _column(name: str, unit: str) -> Column:
    base, end = name, ""
    for limit in LIMITS:
        if name.endswith(limit):
            base, end = name.removesuffix(limit), limit
    words = zip(WORDS[base], LIMITS.get(end, ("",) * len(LANGUAGES)), strict=True)
    label = {
        language: f"{first}, {last}" if last else first
        for language, (first, last) in zip(LANGUAGES, words, strict=True)
    }
    return Column(name, _type(base), label, unit if base in _IN_UNIT else None)


def _type(base: str) -> CellType:
    if base in _TEXT:
        return "text"
    if base in _SHARES:
        return "share"
    return "integer" if base == "draws" else "number"
