"""Rows on delivery as they come: put in order, and told in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Cell
from evaluate.errors import Refused
from evaluate.inference.dose_response import dose_response
from evaluate.inference.network import Float, Integer

Row = dict[str, Cell]
Columns = Mapping[str, NDArray[Any]]


def in_order(rows: Columns) -> Columns:
    """Return the rows of sites sorted by name.

    Parameters
    ----------
    rows : mapping of str to ndarray, each shape (s,)
        ``site`` and others.

    Raises
    ------
    Refused
        ``site_twice``.
    """
    names = [str(one) for one in rows["site"]]
    if len(set(names)) < len(names):
        raise Refused("site_twice", "a site has two rows", "keep one row for each site")
    order = np.argsort(names)
    return {key: values[order] for key, values in rows.items()}


def placed(values: Sequence[object] | NDArray[Any], names: Sequence[str], what: str) -> Integer:
    """Return where each value stands among the names.

    Parameters
    ----------
    values : sequence
        Such as the site of each observation.
    names : sequence of str
        Those that there are.
    what : str
        Such as ``"site"``, for the code of the refusal.

    Raises
    ------
    Refused
        ``unknown_site``, or as ``what`` says, when a value is not among them.
    """
    place = {name: i for i, name in enumerate(names)}
    found = [str(one) for one in values]
    if any(one not in place for one in found):
        raise Refused(
            f"unknown_{what}",
            f"a row names a {what} that is not declared",
            f"declare every {what}, or correct the rows",
        )
    return np.array([place[one] for one in found], dtype=np.int64)


def per_person(total: Float, reached: Float) -> Float:
    """Return a dose for each person reached; NaN where nobody was.

    Parameters
    ----------
    total, reached : ndarray, shape (s,)
        What a site gave, and to how many.
    """
    some = np.where(reached > 0, reached, 1.0)
    return np.where(reached > 0, total / some, np.nan)


def adaptations(observed: Columns) -> Iterator[Row]:
    """Yield how often each component was adapted, and how.

    Parameters
    ----------
    observed : mapping of str to ndarray, each shape (n,)
        ``site``, ``component`` and, where it is known, ``adaptation``.
    """
    if "adaptation" not in observed:
        return
    rows = zip(observed["component"], observed["adaptation"], observed["site"], strict=True)
    sites: dict[tuple[str, str], list[str]] = {}
    for component, how, site in rows:
        sites.setdefault((str(component), "none" if how is None else str(how)), []).append(site)
    for (component, how), where in sorted(sites.items()):
        row: Row = {"key": f"{component}|{how}", "component": component, "adaptation": how}
        yield row | {"observations": len(where), "sites": len(set(where))}


def doses(
    given: Mapping[str, Float],
    outcome: Float | None,
    rng: Callable[[str], np.random.Generator],
    *,
    draws: int = 9999,
    conf_level: float = 0.95,
) -> Iterator[Row]:
    """Yield how the outcome goes with each dose over sites.

    Parameters
    ----------
    given : mapping of str to ndarray, shape (s,)
        Doses by name.
    outcome : ndarray, shape (s,), or None
        Mean outcome of each site; ``None`` yields nothing.
    rng : callable
        ``(name) -> Generator``.
    draws : int
        Shuffles of doses over sites.
    conf_level : float
        Coverage probability, in (0, 1).
    """
    if outcome is None:
        return
    for name, dose in given.items():
        there = int((~(np.isnan(dose) | np.isnan(outcome))).sum())
        row: Row = {"dose": name, "sites": there}
        try:
            found = dose_response(dose, outcome, rng(name), draws=draws, conf_level=conf_level)
        except Refused as refused:
            yield row | {"state": refused.code}
            continue
        row |= {"slope": found.slope, "conf_low": found.conf_low, "conf_high": found.conf_high}
        row |= {"p_value": found.p_value, "df": found.df, "correlation": found.correlation}
        yield row | {"p_ranks": found.p_ranks, "lowest": found.lowest, "highest": found.highest}
