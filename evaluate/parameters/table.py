"""The tables of published figures: one row each, with its provenance."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from evaluate.errors import Refused

Status = Literal["verified", "unverified", "illustrative", "calculated"]

# One table per theme, in the order in which the reference page shows them.
TABLES = (
    "discount_rates",
    "public_funds",
    "price_indices",
    "exchange_rates",
    "purchasing_power",
    "wage_growth",
    "real_wage_growth",
    "tax_shares",
    "unit_costs",
    "benefit_rates",
    "published_values",
    "optimism_bias",
    "wellbeing",
    "retention",
    "cofinancing",
)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number with its provenance.

    Attributes
    ----------
    key : str
        Stable name, unique over all tables.
    value : float
        In ``unit``; a share is 0.035, never 3.5.
    unit : str
        What the value counts.
    currency : str or None
        ISO 4217 code, where the value is money.
    price_year : int or None
        Year whose prices the money is in.
    valid_from, valid_to : str or None
        First and last day, month or year in force; a ``valid_to`` of ``None`` is still in force
        as far as is known.
    source, url, date : str or None
        Where it was published, and when.
    status : {"verified", "unverified", "illustrative", "calculated"}
        Whether it was read there; ``calculated`` is from figures that ``note`` names.
    note : str or None
        What a reader should know of it.
    use : str or None
        What it may and may not be used for.
    country, schedule : str or None
        What it is of.
    year : int or None
        Calendar year of a series.
    from_year, to_year : int, int or None
        First and last year after the base year for which a rate holds; a ``to_year`` of ``None``
        is for ever.
    provisional : bool
        Whether the issuer, or this table, expects to revise it.
    """

    key: str
    value: float
    unit: str
    source: str | None
    url: str | None
    date: str | None
    status: Status
    note: str | None = None
    currency: str | None = None
    price_year: int | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    use: str | None = None
    country: str | None = None
    schedule: str | None = None
    year: int | None = None
    from_year: int = 0
    to_year: int | None = None
    provisional: bool = False


@cache
def parameters(table: str) -> tuple[Parameter, ...]:
    """Return the rows of a table, in order.

    Parameters
    ----------
    table : str
        One of ``TABLES``.

    Returns
    -------
    tuple of Parameter
        One per row of the file.

    Raises
    ------
    Refused
        If there is no such table.
    """
    if table not in TABLES:
        raise Refused(
            "unknown_parameter_table",
            f"There is no table of parameters {table!r}.",
            f"Choose one of: {', '.join(TABLES)}.",
        )
    with (files("evaluate.parameters") / f"{table}.csv").open(encoding="utf-8") as lines:
        return tuple(_parameter(row) for row in csv.DictReader(lines))


def parameter(key: str) -> Parameter:
    """Return one row of the tables.

    Parameters
    ----------
    key : str
        Its name.

    Returns
    -------
    Parameter
        The row.

    Raises
    ------
    Refused
        If no table has the key; the advice names those that look like it.
    """
    known = _by_key()
    if key in known:
        return known[key][1]
    near = difflib.get_close_matches(key, known, n=3, cutoff=0.6)
    if not near:
        near = sorted(one for one in known if len(key) > 1 and key in one)[:3]
    advice = f"Write {' or '.join(near)}" if near else "Take a key from the page of parameters"
    raise Refused(
        "unknown_parameter",
        f"No table of parameters has the key {key!r}.",
        f"{advice}, or give the amount with its own source.",
    )


def table_of(key: str) -> str:
    """Return the name of the table that has a key.

    Parameters
    ----------
    key : str
        Of a row.

    Returns
    -------
    str
        One of ``TABLES``.

    Raises
    ------
    Refused
        If no table has the key.
    """
    return _by_key()[parameter(key).key][0]


def expired(one: Parameter, year: int) -> bool:
    """Return whether a parameter was no longer in force in a year.

    Parameters
    ----------
    one : Parameter
        With the last day, month or year of its validity; without one it does not expire.
    year : int
        Calendar year.

    Returns
    -------
    bool
        True from the year after the last one in which it held on any day.
    """
    return one.valid_to is not None and int(one.valid_to[:4]) < year


@cache
def _by_key() -> Mapping[str, tuple[str, Parameter]]:
    return {one.key: (table, one) for table in TABLES for one in parameters(table)}


def _parameter(row: Mapping[str, str]) -> Parameter:
    def text(name: str) -> str | None:
        return row.get(name) or None

    def whole(name: str) -> int | None:
        given = row.get(name)
        return int(given) if given else None

    return Parameter(
        key=row["key"],
        value=float(row["value"]),
        unit=row["unit"],
        source=text("source"),
        url=text("url"),
        date=text("date"),
        status=cast(Status, row["status"]),
        note=text("note"),
        currency=text("currency"),
        price_year=whole("price_year"),
        valid_from=text("valid_from"),
        valid_to=text("valid_to"),
        use=text("use"),
        country=text("country"),
        schedule=text("schedule"),
        year=whole("year"),
        from_year=whole("from_year") or 0,
        to_year=whole("to_year"),
        provisional=row.get("provisional") == "yes",
    )
