"""The parameter tables that the package ships: discount rates, and the cost of public funds."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from evaluate.core import Text
from evaluate.economics.definition import Economics
from evaluate.economics.discount import Step
from evaluate.economics.rows import Sourced, Status


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number with its provenance.

    Attributes
    ----------
    value : float
        A share.
    from_year, to_year : int or None
        First and last year after the base year for which it holds; a ``to_year`` of ``None`` is
        for ever.
    source, url, date : str or None
        Where it was published.
    status : {"verified", "unverified", "illustrative"}
        Whether it was read there.
    note : str or None
        What a reader should know of it.
    """

    value: float
    source: str | None
    url: str | None
    date: str | None
    status: Status
    note: str | None = None
    from_year: int = 0
    to_year: int | None = None


def rates(spec: Economics) -> tuple[Parameter, ...]:
    """Return the forward rates of an account, in order."""
    own = spec.schedule
    if isinstance(own, str):
        return tuple(_parameter(row) for row in _table("discount_rates") if row["schedule"] == own)
    starts = [0, *(step.to + 1 for step in own.rates if step.to is not None)]
    return tuple(
        _own(step.rate, own, from_year=start, to_year=step.to)
        for start, step in zip(starts, own.rates, strict=True)
    )


def steps(parameters: tuple[Parameter, ...]) -> tuple[Step, ...]:
    """Return rates in the form that discounting takes."""
    return tuple(Step(row.to_year, row.value) for row in parameters)


def public_funds(spec: Economics) -> Parameter | None:
    """Return the marginal cost of public funds; ``None`` where nothing is said about it."""
    if spec.public_funds is not None:
        return _own(spec.public_funds.rate, spec.public_funds)
    found = [row for row in _table("public_funds") if row["schedule"] == spec.schedule]
    return _parameter(found[0]) if found else None


def _own(
    value: float, own: Sourced, *, from_year: int = 0, to_year: int | None = None
) -> Parameter:
    return Parameter(
        value=value,
        source=plain(own.source.title) if own.source else None,
        url=own.source.url if own.source else None,
        date=own.source.date if own.source else None,
        status=own.status,
        note=plain(own.note) or None,
        from_year=from_year,
        to_year=to_year,
    )


def plain(text: Text | None) -> str:
    """Return one language of a text, English first: cells of a table have one."""
    if text is None or isinstance(text, str):
        return text or ""
    return text.get("en") or next(iter(text.values()))


def _parameter(row: Mapping[str, str]) -> Parameter:
    status: Status = "verified" if row["status"] == "verified" else "unverified"
    return Parameter(
        value=float(row["value"]),
        source=row["source"],
        url=row["url"] or None,
        date=row["date"] or None,
        status=status,
        note=row["note"] or None,
        from_year=int(row.get("from_year") or 0),
        to_year=int(row["to_year"]) if row.get("to_year") else None,
    )


@cache
def _table(name: str) -> tuple[Mapping[str, str], ...]:
    file = files("evaluate.economics") / "parameters" / f"{name}.csv"
    with file.open(encoding="utf-8") as lines:
        return tuple(csv.DictReader(lines))
