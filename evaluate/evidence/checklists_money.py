"""Statements about an account that no single table or text makes: for the items of CHEERS 2022."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evaluate.core import Cell, Finding

Row = Mapping[str, Cell]
_WORTH = ("earnings", "benefits", "transfers")
_VALUED = ("benefit", "transfer")


def account_page(finding: Finding) -> bool:
    """Say whether the study has an account: its page's title names costs and benefits."""
    return any(True for _ in _rows(finding, "accounts"))


def costs_alone(finding: Finding) -> bool:
    """Say whether the account counts costs alone, so that there is nothing to give a value."""
    spec = _spec(finding)
    return bool(spec) and not (spec.get("analysis") or spec.get("effects"))


def summed(finding: Finding) -> bool:
    """Say whether the summary tells the result: a verdict, or that only costs are counted."""
    return bool(finding.verdicts) or costs_alone(finding)


def horizon_said(finding: Finding) -> bool:
    """Say whether the years are told for which an effect was measured, or costs counted."""
    spec = _spec(finding)
    return bool(spec.get("observed") or spec.get("horizon")) or costs_alone(finding)


def horizon_why(finding: Finding) -> bool:
    """Say whether a note on what an effect is worth, or on the account, gives a reason."""
    spec = _spec(finding)
    rows = [row for block in _WORTH for row in spec.get(block, ())]
    return bool(spec.get("note")) or bool(rows and all(row.get("note") for row in rows))


def benefits_named(finding: Finding) -> bool:
    """Say whether what an effect is worth is named, or that nothing of it is counted."""
    return costs_alone(finding) or any(_spec(finding).get(block) for block in _WORTH)


def costs_sourced(finding: Finding) -> bool:
    """Say whether every cost has an amount and says where it comes from."""
    return _all_sourced(finding, ("cost",))


def values_sourced(finding: Finding) -> bool:
    """Say whether everything that an effect is worth has an amount and says where it comes from."""
    return costs_alone(finding) or _all_sourced(finding, _VALUED)


def conversion_said(finding: Finding) -> bool:
    """Say whether each amount is in the account's money, or its conversion is shown."""
    spec = _spec(finding)
    own = (spec.get("currency"), spec.get("price_year"))
    return bool(spec) and all(
        (row.get("currency", own[0]), row.get("price_year", own[1])) == own
        or bool(row.get("conversion"))
        for row in _rows(finding, "inputs")
        if row.get("side") != "parameter"
    )


def input_ranges(finding: Finding) -> bool:
    """Say whether the range of each figure is shown, or of each one that is not certain.

    A figure without a distribution is taken as certain; the account says so beside it. At least
    one has a range, else nothing is known of any.
    """
    rows = list(_rows(finding, "inputs"))
    if rows and all(row.get("low") is not None for row in rows):
        return True
    moved = list(_rows(finding, "tornado"))
    ranged = [one for one in moved if one.get("low_value") is not None]
    return any(row.get("uncertain") for row in rows) and bool(ranged)


def _all_sourced(finding: Finding, sides: tuple[str, ...]) -> bool:
    """Say whether all rows have an amount with a source, or a note that stands for one."""
    rows = [row for row in _rows(finding, "inputs") if row.get("side", sides[0]) in sides]
    return bool(rows) and all(
        row.get("amount") is not None and (row.get("source") or row.get("note")) for row in rows
    )


def _rows(finding: Finding, kind: str) -> Iterator[Row]:
    return (row for one in finding.tables if one.kind == kind for row in one.rows)


def _spec(finding: Finding) -> Mapping[str, Any]:
    spec = finding.study.get("economics")
    return spec if isinstance(spec, Mapping) else {}
