"""Sourced figures of the models beside the account, and the tables they are shown in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from evaluate.core import Cell, Reference, Table, Text
from evaluate.economics.labels_incentives import columns
from evaluate.economics.rows import Sourced, Status

_MOST = 1e15


def _share(value: float) -> float:
    if not 0.0 <= value <= 1.0:
        raise ValueError(
            "a share lies between 0 and 1, and more than the whole cannot be shared out; "
            "write 47 % as 0.47"
        )
    return value


def _money(value: float) -> float:
    if not 0.0 <= value <= _MOST:
        raise ValueError(
            "an amount is 0 or more, since its sign follows from who pays and who receives; "
            "give the amount without a sign"
        )
    return value


ShareOfOne = Annotated[
    float, AfterValidator(_share), Field(json_schema_extra={"minimum": 0, "maximum": 1})
]
Money = Annotated[float, AfterValidator(_money), Field(json_schema_extra={"minimum": 0})]


class SourcedAmount(Sourced):
    """An amount of money."""

    amount: Money = Field(description="In the account's currency and price year.")


class SourcedShare(Sourced):
    """A share of a whole."""

    share: ShareOfOne = Field(description="Between 0 and 1: 47 % is 0.47.")


def sourced(source: Reference | None, status: Status | None, note: Text | None) -> Sourced:
    """Return provenance whose parts stand apart from a figure that may be absent.

    Parameters
    ----------
    source : Reference or None
        Where it was published.
    status : str or None
        Whether it was read there.
    note : str, mapping or None
        What a reader should know of it.

    Raises
    ------
    ValueError
        With the rule that is broken.
    """
    if status is None:
        raise ValueError(
            "an amount says whether anybody has read it in its source; "
            "give `status`: verified, unverified, calculated or illustrative"
        )
    try:
        return Sourced(source=source, status=status, note=note)
    except ValidationError as error:
        raise ValueError(str(error.errors()[0]["ctx"]["error"])) from None


def figure(key: str, value: float, unit: str, given: Sourced) -> dict[str, Cell]:
    """Return the row of a figure with its source and status.

    Parameters
    ----------
    key : str
        Of the row.
    value : float
        The figure.
    unit : str
        What it is counted in.
    given : Sourced
        Where it comes from.
    """
    source = given.source
    return {
        "key": key,
        "value": value,
        "unit": unit,
        "source": plain(source.title) if source else None,
        "url": source.url if source else None,
        "date": source.date if source else None,
        "page": source.page if source else None,
        "status": given.status,
        "note": plain(given.note) or None,
    }


def plain(text: Text | None) -> str:
    """Return one language of a text, English first: cells of a table have one."""
    if text is None or isinstance(text, str):
        return text or ""
    return text.get("en") or next(iter(text.values()))


def table(
    kind: str, rows: Iterable[Mapping[str, Cell]], *, currency: str, analysis: str, unit: str = ""
) -> Table:
    """Return a table of a kind, without its empty cells; adding 0 makes -0 a plain 0.

    Parameters
    ----------
    kind : str
        Which.
    rows : iterable of mapping
        Cells by column; ``None`` is left out.
    currency : str
        Of its amounts.
    analysis : str
        Whose effect it rests on; empty where it rests on none.
    unit : str
        Of the effect, where a column holds one.
    """
    known = tuple(
        {
            key: cell + 0.0 if isinstance(cell, float) else cell
            for key, cell in row.items()
            if cell is not None
        }
        for row in rows
    )
    heads = columns(kind, money=currency, effect=unit)
    return Table(f"economics.{kind}", kind, heads, known, analysis=analysis)
