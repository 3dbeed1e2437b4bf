"""Rows of a table by calendar year, and what holds for several of them together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from evaluate.errors import Refused
from evaluate.parameters.table import Parameter, Status, parameters


@cache
def series(table: str, of: str) -> Mapping[int | None, Parameter]:
    """Return the rows of one country, or of one currency's rate, by year."""
    return {
        one.year: one
        for one in parameters(table)
        if of == (one.currency if table == "exchange_rates" else one.country)
    }


def at(known: Mapping[int | None, Parameter], year: int, what: str) -> Parameter:
    """Return the row of a year.

    Parameters
    ----------
    known : mapping of int to Parameter
        Rows by year.
    year : int
        Calendar year.
    what : str
        Name of the series, for the message.

    Returns
    -------
    Parameter
        The row.

    Raises
    ------
    Refused
        If the series lacks the year; nothing is extrapolated.
    """
    if year in known:
        return known[year]
    years = sorted(one for one in known if one is not None)
    has = f"the table has {ranges(years)}" if years else "the table has no year of it"
    raise Refused(
        "year_outside_table",
        f"There is no figure for {what} in {year}; {has}.",
        "Choose price years that the table has, or give the amount in the account's own money; "
        "nothing is extrapolated.",
    )


def weakest(used: tuple[Parameter, ...]) -> tuple[Status, bool]:
    """Return the weakest status among rows, and whether any of them is provisional."""
    order: tuple[Status, ...] = ("verified", "calculated", "illustrative", "unverified")
    status = max((one.status for one in used), key=order.index)
    return status, any(one.provisional for one in used)


def ranges(years: list[int]) -> str:
    """Return years as runs: 2010 to 2015, 2017."""
    starts = [one for one in years if one - 1 not in years]
    ends = [one for one in years if one + 1 not in years]
    return ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in zip(starts, ends, strict=True))
