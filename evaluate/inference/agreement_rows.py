"""Rows of coders read: what each said of each unit, or which codes each gave it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluate.errors import Refused
from evaluate.inference.agreement import Metric
from evaluate.inference.agreement_panel import Int, Panel, panel_of_rows

Columns = Mapping[str, NDArray[Any]]


def spoken(columns: Columns) -> Columns:
    """Return the rows in which somebody said something.

    Parameters
    ----------
    columns : mapping of str to ndarray, each shape (n,)
        ``unit``, ``coder``, and ``value`` or ``code``.

    Raises
    ------
    Refused
        ``no_ratings`` where there is none.
    """
    said = "code" if "code" in columns else "value"
    kept = np.array(
        [
            _there(who) and _there(what)
            for who, what in zip(columns["coder"], columns[said], strict=True)
        ],
        dtype=bool,
    )
    if not kept.any():
        raise Refused(
            "no_ratings", "no row has both a coder and what was said", "check the columns"
        )
    return {name: one[kept] for name, one in columns.items()}


def _there(one: object) -> bool:
    return one not in {None, ""} and not (isinstance(one, float) and isnan(one))


def given_codes(columns: Columns) -> tuple[tuple[str, ...], Int, list[str]]:
    """Return which coder gave which unit which code; a coder saw a unit that got any code.

    Parameters
    ----------
    columns : mapping of str to ndarray, each shape (n,)
        ``unit``, ``coder`` and ``code``.

    Returns
    -------
    labels : tuple of str
        The codes.
    given : ndarray of int, shape (units, labels, coders)
        1 where a coder gave the label, 0 where not, -1 where the coder did not see the unit.
    coders : list of str
        Their names.
    """
    axes = [
        np.unique(columns[n].astype(str), return_inverse=True) for n in ("unit", "code", "coder")
    ]
    places = tuple(place for _, place in axes)
    given = np.full([len(names) for names, _ in axes], -1, dtype=np.int64)
    seen = np.zeros((given.shape[0], given.shape[2]), dtype=bool)
    seen[places[0], places[2]] = True
    given = np.where(seen[:, None, :], 0, given)
    given[places] = 1
    labels, coders = (tuple(map(str, axes[at][0])) for at in (1, 2))
    return labels, given, list(coders)


def panel_of_values(columns: Columns, scale: Metric, order: Sequence[str] = ()) -> Panel:
    """Return a panel of the values that coders chose.

    Parameters
    ----------
    columns : mapping of str to ndarray, each shape (n,)
        ``unit``, ``coder`` and ``value``.
    scale : {"nominal", "ordinal", "interval", "ratio"}
        How values differ.
    order : sequence of str
        Values of an ordinal scale, lowest first; as numbers by default.

    Raises
    ------
    Refused
        ``off_scale`` where a value is not in ``order``; ``not_numbers`` where a value has to be
        one; ``coded_twice``, ``one_rater`` and ``no_shared_units``.
    """
    said = columns["value"]
    if scale in {"interval", "ratio"} or (scale == "ordinal" and not order):
        values, code = np.unique(_numbers(said), return_inverse=True)
        return panel_of_rows(columns["unit"], columns["coder"], code, values.tolist())
    texts = [f"{v:g}" if isinstance(v, float) else str(v) for v in said.tolist()]
    names = list(order) or sorted(set(texts))
    if set(texts) - set(names):
        raise Refused(
            "off_scale",
            "a value is not on the scale that the study declares",
            "add the value to `order`, or correct the row",
        )
    code = np.array([names.index(text) for text in texts], dtype=np.int64)
    found = panel_of_rows(columns["unit"], columns["coder"], code, range(len(names)))
    return Panel(found.codes, found.values, tuple(names), found.coders)


def _numbers(said: NDArray[Any]) -> NDArray[np.float64]:
    try:
        found = said.astype(np.float64)
    except ValueError:
        found = np.array([np.inf])
    if np.isinf(found).any():
        raise Refused(
            "not_numbers",
            "a value on this scale is not a number",
            "use `scale: nominal`, or `ordinal` with `order`, or correct the row",
        )
    return found
