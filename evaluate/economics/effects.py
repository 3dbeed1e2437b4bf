"""The effects that an account values, and their joint draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evaluate.core import Direction, Estimate
from evaluate.economics.definition import Economics, Valued
from evaluate.economics.draws import draw_effect, joint_slices, spread
from evaluate.errors import Refused

Floats = NDArray[np.float64]
_ROUNDING = 1e-8


@dataclass(frozen=True, slots=True)
class Effects:
    """Effects in the order in which the account names them.

    Attributes
    ----------
    names, units : tuple of str, length k
        Keys, and units of the outcomes.
    estimates : ndarray, shape (k,)
        In their units.
    draws : ndarray, shape (n, k)
        Joint draws: the same for every payer; constant where nothing is uncertain.
    drawn : bool
        Whether they vary.
    assumed : tuple of bool, length k
        Whether nobody estimated it.
    direction : {"increase", "decrease"}
        Desired direction of the first.
    rows : tuple of Estimate or None, length k
        The estimates themselves.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    estimates: Floats
    draws: Floats
    drawn: bool
    assumed: tuple[bool, ...]
    direction: Direction
    rows: tuple[Estimate | None, ...]


def joint_effects(
    spec: Economics,
    rows: Mapping[str, Estimate],
    *,
    seed: tuple[int, ...],
    direction: Direction = "increase",
    correlation: Mapping[tuple[str, str], float] | None = None,
) -> Effects:
    """Return the effects of an account with joint draws.

    Parameters
    ----------
    spec : Economics
        Names the effects.
    rows : mapping of str to Estimate
        Estimates by the key of the effect; assumed ones are not there.
    seed : tuple of int
        Names the study's random streams.
    direction : {"increase", "decrease"}
        Desired direction of the first effect's outcome.
    correlation : mapping, optional
        Of the sampling errors of pairs of effects, as the analyses' own covariance or joint
        bootstrap gives it; what the study declares counts where there is none.

    Raises
    ------
    Refused
        If an effect is not a difference, has no standard error or too few degrees of freedom, or
        if nothing says how two effects go together.
    """
    names = tuple(spec.valued)
    for row in rows.values():
        _check(row)
    estimates = np.array([_estimate(one, rows.get(key)) for key, one in spec.valued.items()])
    drawn = [key for key in names if key in rows]
    draws = np.tile(estimates, (spec.draws, 1)) if names else np.zeros((spec.draws, 0))
    if drawn:
        matrix = _correlations(spec, drawn, correlation or {})
        shares = joint_slices(drawn, matrix, spec.draws, seed)
        for column, key in enumerate(drawn):
            row = rows[key]
            values = draw_effect(row.estimate, spread(row), row.df, shares[:, column])
            draws[:, names.index(key)] = values
    if not np.isfinite(draws).all():
        raise Refused(
            "too_few_df",
            "an effect has too few degrees of freedom to draw from",
            "value an analysis with more independent units",
        )
    first = spec.valued[names[0]].assumed if names else None
    return Effects(
        names=names,
        units=tuple(_unit(one, rows.get(key)) for key, one in spec.valued.items()),
        estimates=estimates,
        draws=draws,
        drawn=bool(drawn),
        assumed=tuple(key not in rows for key in names),
        direction=first.direction if first else direction,
        rows=tuple(rows.get(key) for key in names),
    )


def _estimate(one: Valued, row: Estimate | None) -> float:
    if row is not None:
        return row.estimate
    return one.assumed.value if one.assumed else 0.0


def _unit(one: Valued, row: Estimate | None) -> str:
    if row is not None:
        return row.unit
    return one.assumed.unit if one.assumed else ""


def _correlations(
    spec: Economics, names: list[str], known: Mapping[tuple[str, str], float]
) -> Floats:
    matrix = np.eye(len(names))
    declared = {frozenset(one.between): one.value for one in spec.correlations}
    for i, first in enumerate(names):
        for j, second in enumerate(names[:i]):
            value = known.get((second, first), known.get((first, second)))
            value = declared.get(frozenset((first, second))) if value is None else value
            if value is None:
                raise Refused(
                    "effects_not_joint",
                    f"nothing says how the effects `{second}` and `{first}` go together, so no "
                    "range of their sum is known",
                    "put both analyses in one family with the wild bootstrap, or declare "
                    "`correlations`",
                )
            matrix[i, j] = matrix[j, i] = value
    if np.linalg.eigvalsh(matrix)[0] < -_ROUNDING:
        raise Refused(
            "impossible_correlations",
            "the correlations between effects cannot all hold at once",
            "mend `correlations`, so that they are those of one joint distribution",
        )
    return matrix


def _check(estimate: Estimate) -> None:
    if estimate.scale != "difference":
        raise Refused(
            "not_a_difference",
            f"the effect of `{estimate.analysis}` is a {estimate.scale}: money counts units",
            "value an analysis whose effect is a difference in the outcome's unit",
        )
    if not (np.isfinite(estimate.estimate) and np.isfinite(estimate.std_error)):
        raise Refused(
            "no_std_error",
            f"the effect of `{estimate.analysis}` has no standard error, so its value has no range",
            "value an analysis whose effect has a standard error",
        )
