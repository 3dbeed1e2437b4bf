"""Outcomes that regressions predict for the same people with and without the programme."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.comparison import Compared, Groups
from evaluate.inference.estimated_mean import (
    Estimands,
    difference,
    plain_part,
    require_all_or_treated,
)
from evaluate.inference.linear import Float
from evaluate.inference.one_step import Part
from evaluate.inference.standardised import standardised

# Least share of a direction's variance that must be there to tell a slope.
_DIGITS = 1e-10


def regression_adjustment(
    groups: Groups,
    estimand: Estimands = "ATT",
    *,
    interacted: Sequence[str] | None = None,
) -> Compared:
    """Return the mean difference of predictions with and without the programme.

    Parameters
    ----------
    groups : Groups
        Units.
    estimand : {"ATT", "ATE"}
        Over whom predictions are averaged.
    interacted : sequence of str, or None
        Covariates whose slopes may differ between the groups; ``None`` is all, a regression
        for each group.

    Returns
    -------
    Compared
        Its weights are those that the regressions imply; they may be negative. The variance is
        the jackknife's, exact for least squares, and counts that the units averaged over are
        themselves a sample.

    Raises
    ------
    Refused
        ``not_its_estimand`` for ATO; ``collinear`` when a group does not tell all the slopes asked of it; the codes of
        ``difference``.

    References
    ----------
    Hernán & Robins (2020), Causal Inference: What If, section 13.3; Imbens & Wooldridge (2009),
    J. Economic Literature 47(1), section 5.3. R ``marginaleffects::avg_comparisons(lm(y ~
    treated * x), variables = "treated")``; Stata ``teffects ra``.
    """
    require_all_or_treated(estimand, "regression adjustment")
    z = standardised(groups.x, groups.names)
    base = np.ones(len(groups.y)) if groups.weights is None else groups.weights
    aimed = base * groups.treated if estimand == "ATT" else base
    if interacted is None:
        made = [
            plain_part(aimed, groups.y)
            if estimand == "ATT" and on is groups.treated
            else _part(groups, (z.z, z.z), base * on, aimed)
            for on in (groups.treated, ~groups.treated)
        ]
    else:
        slopes = [0, *(1 + z.names.index(name) for name in interacted if name in z.names)]
        own = z.z[:, slopes]
        columns = np.hstack([z.z, own * groups.treated[:, None]])
        made = [
            _part(groups, (columns, np.hstack([z.z, own * with_it])), base, aimed)
            for with_it in (1.0, 0.0)
        ]
    parts = made[0], made[1]
    found = difference(parts, groups)
    sign = np.where(groups.treated, 1.0, -1.0)
    return Compared(
        value=found.value,
        variance=found.variance,
        df=found.df,
        weights=sign * (parts[0].weight - parts[1].weight),
        influence=found.influence,
        method="regression for each group" if interacted is None else "regression",
    )


def _part(groups: Groups, columns: tuple[Float, Float], base: Float, aimed: Float) -> Part:
    """Return the mean prediction over the units aimed at.

    ``columns`` are those of the fit, and those at which it predicts.
    """
    z, at = columns
    information = (z * base[:, None]).T @ z
    values, vectors = np.linalg.eigh(information)
    if values[0] < _DIGITS * values[-1]:
        raise Refused(
            "collinear",
            "in a group some covariates follow from the others, so that it does not tell what"
            " each does",
            "use fewer covariates, merge rare levels, or let fewer slopes differ",
        )
    inverse = (vectors / values) @ vectors.T
    coefficients = inverse @ ((base * groups.y) @ z)
    residual = base * (groups.y - z @ coefficients)
    zero = np.zeros(len(base))
    return Part(
        z=z,
        curvature=base,
        residual=residual,
        above=aimed * (at @ coefficients),
        below=aimed,
        slope_above=aimed,
        slope_below=zero,
        weight=base * (z @ (inverse @ (aimed @ at))),
        along=at,
    )
