"""The gate: one function releases, hides or refuses each number that leaves the data zone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from evaluate.core import Check, DataKind, Estimate, Refusal, Table
from evaluate.disclosure.method_rules import FOLLOWS
from evaluate.disclosure.rule import Row
from evaluate.disclosure.rules import RULES, Profile, hidden_cells, strict_number
from evaluate.disclosure.specification_rules import (
    apart,
    beside_shown,
    on_other_rows,
    without,
)
from evaluate.errors import DisclosureError, Problem

PROFILES = {
    "none": Profile("none", smallest=0, significant=9, base=1),
    "nordic_strict": Profile("nordic_strict", smallest=10, significant=4, base=5),
}
_DEFAULT: dict[DataKind, str] = {"public": "none", "dummy": "none", "restricted": "nordic_strict"}


@dataclass(frozen=True, slots=True)
class Released:
    """What may leave the data zone.

    Attributes
    ----------
    estimates, checks, tables, refusals : tuple
        Released results; hidden cells are absent.
    profile : str
        The rules that were applied.
    hidden : int
        How many numbers were hidden.
    """

    estimates: tuple[Estimate, ...]
    checks: tuple[Check, ...]
    tables: tuple[Table, ...]
    refusals: tuple[Refusal, ...]
    profile: str
    hidden: int


def profile_for(kind: DataKind, asked: str | None) -> Profile:
    """Return the profile of a study's data.

    Parameters
    ----------
    kind : {"public", "dummy", "restricted"}
        What the rows are.
    asked : str or None
        ``disclosure.profile`` of the study.

    Raises
    ------
    DisclosureError
        If restricted data are asked to be released without rules.
    """
    name = asked or _DEFAULT[kind]
    if kind == "restricted" and name == "none":
        raise DisclosureError(
            Problem(
                "study.yaml: `disclosure.profile`",
                "`none` with restricted data",
                "single people could be read from what is published",
                "remove `profile`, or use nordic_strict",
            )
        )
    return PROFILES[name]


def release(
    estimates: Sequence[Estimate],
    checks: Sequence[Check],
    tables: Sequence[Table],
    refusals: Sequence[Refusal],
    profile: Profile,
) -> Released:
    """Apply the rule of each kind of output; refuse what has none.

    Parameters
    ----------
    estimates, checks, tables, refusals : sequence
        Candidates from the data zone.
    profile : Profile
        The rules' numbers.

    Raises
    ------
    DisclosureError
        If a table is of a kind that no rule covers: unknown means not released.
    """
    unknown = sorted({table.kind for table in tables} - set(RULES))
    if unknown:
        raise DisclosureError(*(_no_rule(kind) for kind in unknown))
    others = on_other_rows(estimates, tables, profile)
    left = without(tables, others)
    shown = _followed(tables, [RULES[table.kind](table, profile) for table in left])
    each = [strict_number(row, profile) for row in estimates]
    close = apart(estimates, profile, others) | beside_shown(estimates, each)
    rows = tuple(None if place in close else row for place, row in enumerate(each))
    kept = tuple(row for row in rows if row is not None)
    texts = tuple(_check(check, profile) for check in checks)
    reasons = tuple(_refusal(one, profile) for one in refusals)
    hidden = len(rows) - len(kept) + sum(map(hidden_cells, tables, shown))
    return Released(kept, texts, shown, reasons, profile.name, hidden)


def _followed(tables: Sequence[Table], shown: Sequence[Table]) -> tuple[Table, ...]:
    """Return the tables, those empty of numbers that follow one of which a row is hidden."""
    hidden = {
        (table.analysis, table.kind)
        for table, one in zip(tables, shown, strict=True)
        if any(map(_all_hidden, table.rows, one.rows))
    }
    return tuple(
        replace(one, rows=tuple(map(_without_numbers, one.rows)))
        if (one.analysis, FOLLOWS.get(one.kind)) in hidden
        else one
        for one in shown
    )


def _all_hidden(row: Row, shown: Row) -> bool:
    """Return whether a row had numbers and has none left."""
    had, left = (any(isinstance(x, int | float) for x in one.values()) for one in (row, shown))
    return had and not left


def _without_numbers(row: Row) -> Row:
    return {
        key: "withheld" if key == "state" and x is not None else x if isinstance(x, str) else None
        for key, x in row.items()
    }


def _check(check: Check, profile: Profile) -> Check:
    """Return the check, under strict rules without the figures in its sentence."""
    if profile.smallest == 0:
        return check
    return replace(check, text="The figures behind this check stay with the data owner.")


def _refusal(refusal: Refusal, profile: Profile) -> Refusal:
    """Return the refusal, under strict rules without figures in its reason."""
    if profile.smallest == 0 or not re.search(r"\d", refusal.why):
        return refusal
    return replace(refusal, why="the data cannot carry it; the figures stay with the data owner")


def _no_rule(kind: str) -> Problem:
    return Problem(
        f"table of kind `{kind}`",
        "no rule of the gate covers it",
        "what no rule has judged could identify somebody",
        "add a rule for this kind in evaluate/disclosure/rules.py, with its test",
    )
