"""Rates of places over time; across a new definition nothing is compared unless told how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from evaluate.core import Cell
from evaluate.inference.place_rates import difference_of_shares
from evaluate.inference.place_rows import Asked, crude
from evaluate.inference.place_table import Place


def broken(before: Place | None, one: Place, breaks: Mapping[float, float | None]) -> bool:
    """Return whether a period is counted otherwise than the one before it in the data.

    Parameters
    ----------
    before : Place or None
        The period before.
    one : Place
        The period.
    breaks : mapping of float to float or None
        First periods of new definitions.
    """
    if before is None:
        return False
    told = any(before.period < at <= one.period for at in breaks)
    return told or before.definition != one.definition


def series(
    places: Sequence[Place], asked: Asked, breaks: Mapping[float, float | None]
) -> Iterator[dict[str, Cell]]:
    """Yield a row for each place and period.

    Parameters
    ----------
    places : sequence of Place
        Sorted by name and period.
    asked : Asked
        How they are told.
    breaks : mapping of float to float or None
        First periods of new definitions.
    """
    before: Place | None = None
    for one in places:
        if before is not None and before.name != one.name:
            before = None
        row: dict[str, Cell] = {
            "key": f"{one.name}.{one.period:.15g}",
            "place": one.name,
            "period": f"{one.period:.15g}",
            "share": one.rate,
            "broken": broken(before, one, breaks),
        }
        found = crude(one, asked)
        if found is not None:
            row |= {"n": round(one.total[1]), "conf_low": found.conf_low}
            row["conf_high"] = found.conf_high
        if one.definition is not None:
            row["definition"] = one.definition
        yield row
        before = one


def changes(
    places: Sequence[Place], asked: Asked, breaks: Mapping[float, float | None]
) -> Iterator[dict[str, Cell]]:
    """Yield how places changed within each stretch of one definition, and over all of them.

    Parameters
    ----------
    places : sequence of Place
        Sorted by name and period.
    asked : Asked
        How they are told.
    breaks : mapping of float to float or None
        First period of each new definition, with what it adds by itself where that is known.
    """
    by_name: dict[str, list[Place]] = {}
    for one in places:
        by_name.setdefault(one.name, []).append(one)
    for each in by_name.values():
        stretches: list[list[Place]] = [[each[0]]]
        terms: list[float | None] = []
        for before, one in pairwise(each):
            if broken(before, one, breaks):
                stretches.append([])
                terms.append(_term(before, one, breaks))
            stretches[-1].append(one)
        for stretch in stretches:
            if len(stretch) > 1:
                yield _change(stretch[0], stretch[-1], asked, None)
        known = [one for one in terms if one is not None]
        if len(known) < len(terms):
            yield {**_change_key(each[0], each[-1]), "state": "definition_changed"}
        elif terms:
            yield _change(each[0], each[-1], asked, sum(known))


def _term(before: Place, one: Place, breaks: Mapping[float, float | None]) -> float | None:
    """Return what new definitions add; nothing is known of one that nobody declared."""
    here = [term for at, term in breaks.items() if before.period < at <= one.period]
    known = [term for term in here if term is not None]
    return sum(known) if here and len(known) == len(here) else None


def _change_key(first: Place, last: Place) -> dict[str, Cell]:
    return {
        "key": f"{first.name}.{first.period:.15g}.{last.period:.15g}",
        "place": first.name,
        "first": f"{first.period:.15g}",
        "last": f"{last.period:.15g}",
    }


def _change(first: Place, last: Place, asked: Asked, term: float | None) -> dict[str, Cell]:
    row, off = _change_key(first, last), term or 0.0
    row["change"] = last.rate - first.rate - off
    row |= {} if term is None else {"term": term}
    if not (asked.shares and first.counted and last.counted):
        return row | {"state": "no_n"}
    found = difference_of_shares(first.total, last.total, asked.conf_level)
    return row | {"conf_low": found.conf_low - off, "conf_high": found.conf_high - off}
