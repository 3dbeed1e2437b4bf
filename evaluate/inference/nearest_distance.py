"""What near means: a score, its logit, or Mahalanobis distance; and how wide a caliper is."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Literal

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.comparison import Bools, Groups, Ints
from evaluate.inference.linear import Float
from evaluate.inference.nearest_levels import DIGITS, Levels, in_space, on_a_line
from evaluate.inference.standardised import standardised

Distance = Literal["logit", "score", "mahalanobis"]
Covariance = Literal["pooled", "whole", "comparison", "diagonal"]
SCORE_UNITS = ("sd_logit", "sd_score", "logit", "score")
# Scores nearer to 0 or 1 have a logit that is rounding.
_EDGE = 1e-15


@dataclass(frozen=True, slots=True)
class Space:
    """Units placed where nearness can be measured.

    Attributes
    ----------
    value : ndarray, shape (n,) or (n, p)
        In standard deviations.
    measure : ndarray, shape (n,)
        What the caliper limits.
    width : float
        Caliper in units of ``measure``; infinite for none.
    rows : ndarray, shape (n, q)
        What makes units of one level, where value has several columns.
    """

    value: Float
    measure: Float
    width: float
    rows: Float

    @property
    def is_line(self) -> bool:
        """Whether one number says all, the caliper included."""
        return self.value.ndim == 1

    def levels(self, side: Bools, cell: Ints | None) -> Levels:
        """Return the levels of one group.

        Parameters
        ----------
        side : ndarray of bool, shape (n,)
            Who is in it.
        cell : ndarray of int, shape (n,), or None
            Exact cells.
        """
        cells = None if cell is None else cell[side]
        if self.is_line:
            return on_a_line(self.value[side], self.measure[side], cells)
        return in_space(self.rows[side], self.value[side], self.measure[side], cells)


def space_of(
    groups: Groups,
    score: Float | None,
    distance: Distance,
    caliper: tuple[float, str] | None,
    covariance: Covariance,
) -> Space:
    """Return where each unit lies.

    Parameters
    ----------
    groups : Groups
        Units.
    score : ndarray, shape (n,), or None
        Propensity score.
    distance : {"logit", "score", "mahalanobis"}
        What is near.
    caliper : tuple of float and str, or None
        Width, and its unit: ``sd_logit`` or ``sd_score``, of which the standard deviation is that
        of all units; ``logit`` or ``score``; or the name of a covariate, in its own unit.
    covariance : {"pooled", "whole", "comparison", "diagonal"}
        Of Mahalanobis distance: within the groups, pooled (R ``MatchIt``); of all units (R
        ``Matching``); of the comparison group; or only the variances of all (Stata's
        ``ivariance``).

    Returns
    -------
    Space
        Values, and the caliper.

    Raises
    ------
    Refused
        ``no_score`` where a score is needed and there is none; ``constant_distance`` when all
        units are equally near; ``unknown_caliper`` for a unit that is no covariate.
    """
    measure, width = _caliper(groups, score, caliper)
    if distance == "mahalanobis":
        value = _whitened(groups, covariance)
        return Space(value, measure, width, groups.x)
    plain = _scores(score, "logit" if distance == "logit" else "score")
    spread = _sd(plain)
    if not spread > 1e-12 * max(float(np.abs(plain).max()), 1e-300):
        raise Refused(
            "constant_distance",
            "everybody has the same propensity score, so that all are equally near",
            "name covariates that foretell who was treated",
        )
    value = plain / spread
    if caliper is None or caliper[1] in SCORE_UNITS:
        return Space(value, measure, width, plain[:, None])
    return Space(value[:, None], measure, width, value[:, None].round(DIGITS))


def _caliper(
    groups: Groups, score: Float | None, caliper: tuple[float, str] | None
) -> tuple[Float, float]:
    if caliper is None:
        return np.zeros(len(groups.y)), inf
    width, unit = caliper
    if unit in SCORE_UNITS:
        measure = _scores(score, "logit" if unit.endswith("logit") else "score")
        return measure, width * (_sd(measure) if unit.startswith("sd_") else 1.0)
    if unit not in groups.names:
        raise Refused(
            "unknown_caliper",
            f"`{unit}` is no unit of a caliper and none of the covariates",
            f"write one of {', '.join(SCORE_UNITS)}, or the name of a covariate",
        )
    return groups.x[:, groups.names.index(unit)], width


def _scores(score: Float | None, unit: str) -> Float:
    if score is None:
        raise Refused(
            "no_score",
            "nearness or the caliper is in terms of a propensity score, and there is none",
            "estimate a propensity score, or match on mahalanobis distance",
        )
    if unit == "score":
        return score
    held = np.clip(score, _EDGE, 1 - _EDGE)
    found: Float = np.log(held / (1 - held))
    return found


def _sd(values: Float) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else 0.0


def _whitened(groups: Groups, covariance: Covariance) -> Float:
    """Return covariates of which Euclidean is Mahalanobis distance, shape (n, p)."""
    design = standardised(groups.x, groups.names)
    z = np.ascontiguousarray(design.z[:, 1:])
    # Equal rows lie at the same point only if each is a sum in the same order.
    return _turned(z, _root(_covariance(z, groups.treated, covariance)))


def _covariance(z: Float, treated: Bools, covariance: Covariance) -> Float:
    if covariance == "diagonal":
        return np.diag(np.atleast_1d(z.var(axis=0, ddof=1)))
    if covariance == "whole":
        return np.atleast_2d(np.cov(z, rowvar=False))
    sides = [z[~treated]] if covariance == "comparison" else [z[treated], z[~treated]]
    apart = [side - side.mean(axis=0) for side in sides]
    degrees = sum(len(side) - 1 for side in sides)
    found: Float = sum((one.T @ one for one in apart), np.zeros((z.shape[1],) * 2))
    return found / max(degrees, 1)


def _root(covariance: Float) -> Float:
    values = np.linalg.eigvalsh(covariance)
    if not values[0] > 1e-10 * max(float(values[-1]), 1e-300):
        raise Refused(
            "constant_distance",
            "within the groups a covariate does not vary, or follows from the others, so that"
            " mahalanobis distance is not defined",
            "leave this covariate out, match exactly on it, or take the covariance of all units",
        )
    root: Float = np.linalg.cholesky(np.linalg.inv(covariance))
    return root


def _turned(z: Float, root: Float) -> Float:
    found = np.zeros_like(z)
    for j in range(z.shape[1]):
        found += z[:, j, None] * root[j]
    return found
