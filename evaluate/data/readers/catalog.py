"""Which table of a database a source means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluate.data import sql
from evaluate.data.names import closest, plural, shown
from evaluate.errors import DataError, Problem

_WHY = "a source is one table or view"
_MOST = 5


@dataclass(frozen=True, slots=True)
class TableName:
    """A table or view of a database.

    Attributes
    ----------
    schema, name : str
        As the database lists them.
    at_hand : bool
        Whether its name alone means it.
    """

    schema: str
    name: str
    at_hand: bool = True

    @property
    def said(self) -> str:
        """Return the name that a study writes."""
        return self.name if self.at_hand else f"{self.schema}.{self.name}"

    @property
    def quoted(self) -> str:
        """Return SQL that can mean nothing but this table."""
        return f"{sql.identifier(self.schema)}.{sql.identifier(self.name)}"


def the_table(tables: Sequence[TableName], wanted: str | None, where: str) -> TableName:
    """Return the table that a study names; it need not name the only one.

    Parameters
    ----------
    tables : sequence of TableName
        Every table and view that can be read.
    wanted : str or None
        As the study writes it: ``table`` or ``schema.table``.
    where : str
        Place of the source in messages.

    Raises
    ------
    DataError
        If there is no such table, or several and none is named.
    """
    if wanted is None and len(tables) == 1:
        return tables[0]
    full = {f"{one.schema}.{one.name}": one for one in tables}
    known = {one.said: one for one in tables}
    found = known.get(wanted or "") or full.get(wanted or "")
    if found is not None:
        return found
    if wanted is None:
        what = f"the database holds {plural(len(tables), 'table')}, and `table` names none"
    else:
        what = f"the database holds no table or view `{shown(wanted)}` that you may read"
    near = closest(wanted, [*known, *full]) if wanted is not None else None
    fix = f"did you mean `{shown(near)}`?" if near else _choice(sorted(known))
    raise DataError(Problem(where, what, _WHY, fix))


def _choice(names: Sequence[str]) -> str:
    if not names:
        return "create the table, or ask for the right to read it"
    some = ", ".join(f"`{shown(name)}`" for name in names[:_MOST])
    return (
        f"set `table` to {'one of ' if len(names) > 1 else ''}{some}{', …' * (len(names) > _MOST)}"
    )
