"""How nearest neighbours are chosen: options, what they refuse, and how they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.abadie_imbens import Spread
from evaluate.inference.comparison import Groups
from evaluate.inference.matched import Half, Ties
from evaluate.inference.nearest_distance import Covariance, Distance

Order = Literal["largest", "smallest", "closest"]
Outcome = Literal["difference", "bias_corrected", "regression"]
_FEWEST = 2
_UNITS = {
    "sd_logit": "standard deviations of the logit",
    "sd_score": "standard deviations of the score",
    "logit": "on the logit",
    "score": "on the score",
}


@dataclass(frozen=True, slots=True)
class Nearest:
    """How units are matched, and the effect is taken from the matches.

    Attributes
    ----------
    ratio : int
        Comparison units for each treated one.
    replace : bool
        Whether a unit may stand beside several.
    distance : {"logit", "score", "mahalanobis"}
        What is near.
    caliper : tuple of float and str, or None
        Farthest match, and its unit: ``sd_logit`` or ``sd_score``, of which the standard
        deviation is that of all units as in R ``MatchIt``; ``logit``; ``score``; or the name of
        a covariate, in its own unit. A match just as far off counts.
    order : {"largest", "smallest", "closest"}
        Who is matched first where none may be used twice: the highest score, the lowest, or the
        nearest pair. Without a score it is the nearest pair.
    ties : {"share", "first"}
        Equally near units share the place; or one has it: the first in the data of those with
        the treated unit's own score or a higher one, the last of those with a lower one, as R
        ``MatchIt`` 4.7 meets them.
    covariance : {"pooled", "whole", "comparison", "diagonal"}
        Of Mahalanobis distance: within the groups, of all, of the comparison group, or only
        variances.
    outcome : {"difference", "bias_corrected", "regression"}
        The mean difference; that less what a regression foretells of what is left of the
        differences in covariates; or a regression on treatment and covariates among the
        matched, which needs matching without replacement.
    neighbours : int
        Units that tell a unit's variance.
    spread : {"apart", "together"}
        How they tell it: by how far the unit lies from their mean, as in the paper, which is
        right where the outcome rises or falls along the neighbours; or by the variance among
        all of them and the unit, as Stata ``teffects nnmatch, vce(robust)`` has it.
    """

    ratio: int = 1
    replace: bool = True
    distance: Distance = "logit"
    caliper: tuple[float, str] | None = None
    order: Order = "largest"
    ties: Ties = "share"
    covariance: Covariance = "pooled"
    outcome: Outcome = "difference"
    neighbours: int = 2
    spread: Spread = "apart"


def require_enough(groups: Groups, asked: Nearest, estimand: str) -> None:
    """Refuse what cannot be matched.

    Parameters
    ----------
    groups : Groups
        Units.
    asked : Nearest
        How they are to be matched.
    estimand : str
        Whose effect.

    Raises
    ------
    Refused
        ``needs_replacement``, ``reused_in_regression``, ``too_few_treated`` or
        ``too_few_comparison``.
    """
    n_treated = int(groups.treated.sum())
    n_others = len(groups.treated) - n_treated
    if estimand == "ATE" and not asked.replace:
        raise Refused(
            "needs_replacement",
            "the effect on all needs a match for every unit of both groups, and without"
            " replacement the larger group cannot have them",
            "write replace: true, or ask for the effect on the treated",
        )
    if asked.outcome == "regression" and asked.replace:
        raise Refused(
            "reused_in_regression",
            "a regression after matching treats matched sets as independent, and with"
            " replacement they share units",
            "write replace: false, or ask for the bias-corrected difference",
        )
    if n_treated < _FEWEST:
        raise Refused(
            "too_few_treated",
            "fewer than two units were treated",
            "widen the analysis, or report the cases one by one",
        )
    least = max(_FEWEST, asked.ratio if asked.replace else asked.ratio * n_treated)
    if n_others < least:
        raise Refused(
            "too_few_comparison",
            "there are fewer comparison units than matches to be made",
            "match with replacement, lower the ratio, or find more comparison units",
        )


def require_matches(asked: Nearest, one: Half) -> None:
    """Refuse matches that leave nothing to compare.

    Parameters
    ----------
    asked : Nearest
        How units were matched.
    one : Half
        The treated beside their matches.

    Raises
    ------
    Refused
        ``no_match_within_caliper``, ``no_match_within_cells`` or ``too_few_treated``.
    """
    some = int(np.count_nonzero(one.omega))
    if not some and asked.caliper is not None:
        raise Refused(
            "no_match_within_caliper",
            "no treated unit has a comparison unit within the caliper",
            "widen the caliper, check its unit, or look for comparison units more like the treated",
        )
    if not some:
        raise Refused(
            "no_match_within_cells",
            "no treated unit has a comparison unit in its exact cell",
            "match exactly on fewer or coarser columns",
        )
    if min(some, int(np.count_nonzero(one.used))) < _FEWEST:
        raise Refused(
            "too_few_treated",
            "fewer than two units are left in a group once matches are made",
            "widen the caliper, or match exactly on fewer columns",
        )


def told(asked: Nearest, added: str, *, scored: bool) -> str:
    """Return in prose how units were matched.

    Parameters
    ----------
    asked : Nearest
        How.
    added : str
        What came after.
    scored : bool
        Whether there is a propensity score.
    """
    what = {
        "logit": "logit of the propensity score",
        "score": "propensity score",
        "mahalanobis": "Mahalanobis distance",
    }[asked.distance]
    with_or_not = "with" if asked.replace else "without"
    parts = [f"{asked.ratio}:1 nearest {what}", f"{with_or_not} replacement"]
    if asked.caliper is not None:
        parts.append(
            f"within {asked.caliper[0]:g} {_UNITS.get(asked.caliper[1], asked.caliper[1])}"
        )
    if not asked.replace:
        closest = asked.order == "closest" or (asked.distance == "mahalanobis" and not scored)
        parts.append("nearest pair first" if closest else f"{asked.order} score first")
    if asked.outcome == "bias_corrected":
        parts.append("bias-corrected")
    return ", ".join([*parts, added] if added else parts)
