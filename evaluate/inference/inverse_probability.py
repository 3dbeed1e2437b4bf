"""Weighting by the inverse of the probability of the treatment that each unit had."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.comparison import Bools, Compared, Groups, Ints
from evaluate.inference.estimated_mean import (
    Estimands,
    difference,
    difference_at_fixed_weights,
)
from evaluate.inference.linear import Float
from evaluate.inference.one_step import Part
from evaluate.inference.propensity import Propensity, propensity

Form = Literal["hajek", "horvitz_thompson"]
Scores = Literal["estimated", "fixed"]


@dataclass(frozen=True, slots=True)
class Trim:
    """Who is left out for a score near 0 or 1.

    Attributes
    ----------
    low, high : float
        Scores from ``low`` to ``high`` stay, such as 0.1 to 0.9.
    share : float
        This share of all units with the lowest scores goes too, and as many with the highest;
        under ATT only the highest of scores of the treated and whoever is beyond them.
    """

    low: float = 0.0
    high: float = 1.0
    share: float = 0.0


def inverse_probability(
    groups: Groups,
    estimand: Estimands = "ATT",
    *,
    form: Form = "hajek",
    trim: Trim | None = None,
    std_error: Scores = "estimated",
) -> Compared:
    """Return the difference of means under weights that make the groups alike.

    ATT: the treated as they are, the comparison group at e / (1 - e). ATE: 1 / e and
    1 / (1 - e). ATO: 1 - e and e, which stress those who could as well have been in the other
    group, and never exceed 1.

    Parameters
    ----------
    groups : Groups
        Units.
    estimand : {"ATT", "ATE", "ATO"}
        Whom the effect is averaged over.
    form : {"hajek", "horvitz_thompson"}
        Whether sums are divided by the sum of weights, or by the number of units that the
        weights ought to sum to; ATO is always divided by the sum of weights.
    trim : Trim or None
        Who is left out beforehand; the score is then fitted once more to the others.
    std_error : {"estimated", "fixed"}
        Whether the variance counts that the score was estimated; ``"fixed"`` is HC0 of a
        weighted regression on treatment.

    Returns
    -------
    Compared
        Under ATT the treated keep their weights and the comparison group's sum to the same;
        under ATE each group's sum to all units'; under ATO they are as above.

    Raises
    ------
    Refused
        The codes of ``propensity`` and ``difference``; ``trimmed_away`` when fewer than two
        of a group are left.

    References
    ----------
    Lunceford & Davidian (2004), Statistics in Medicine 23(19), sections 3 and 4; Hirano, Imbens
    & Ridder (2003), Econometrica 71(4); Li, Morgan & Zaslavsky (2018), JASA 113(521), for ATO;
    Crump et al. (2009), Biometrika 96(1), for trimming. R ``WeightIt::weightit(method = "glm")``
    then ``lm_weightit``, whose ``vcov = "asympt"`` is the sum of squares of the influence.
    """
    model = propensity(groups)
    kept = np.ones(len(groups.y), bool) if trim is None else _kept(groups, model, trim, estimand)
    if not kept.all():
        _require_two(groups.treated[kept])
        inner = inverse_probability(part_of(groups, kept), estimand, form=form, std_error=std_error)
        return spread_out(inner, kept, model.score, " of those whose scores are within limits")
    parts = _parts(groups, model, estimand, form)
    found = (
        difference_at_fixed_weights(parts, groups)
        if std_error == "fixed"
        else difference(parts, groups)
    )
    return Compared(
        value=found.value,
        variance=found.variance,
        df=found.df,
        weights=_shown(groups, parts, estimand),
        influence=found.influence,
        score=model.score,
        method=_METHODS[estimand],
    )


def overlap_weights(groups: Groups, *, std_error: Scores = "estimated") -> Compared:
    """Return the difference of means under overlap weights.

    Parameters
    ----------
    groups : Groups
        Units.
    std_error : {"estimated", "fixed"}
        As in ``inverse_probability``.

    Returns
    -------
    Compared
        Weights 1 - e of the treated, and e of the comparison group.

    Raises
    ------
    Refused
        The codes of ``inverse_probability``.

    References
    ----------
    Li, Morgan & Zaslavsky (2018), JASA 113(521), theorem 3: means of all covariates in the
    score are exactly equal. R ``PSweight::PSweight(weight = "overlap")``.
    """
    return inverse_probability(groups, "ATO", std_error=std_error)


def stabilised(groups: Groups, model: Propensity) -> Float:
    """Return inverse probability weights times the share of units with that treatment.

    Parameters
    ----------
    groups : Groups
        Units.
    model : Propensity
        Their scores.

    Returns
    -------
    ndarray, shape (n,)
        Weights with a mean near 1; far from it the score is badly fitted.

    References
    ----------
    Hernán & Robins (2020), Causal Inference: What If, program 12.3.
    """
    share = float(np.average(groups.treated, weights=groups.weights))
    on = groups.treated
    found: Float = np.where(on, share, 1 - share) / np.where(on, model.score, 1 - model.score)
    return found


def part_of(groups: Groups, kept: Bools | Ints) -> Groups:
    """Return some of the units.

    Parameters
    ----------
    groups : Groups
        Units.
    kept : ndarray of bool, shape (n,), or of int
        Which, or their places in the order wanted.
    """
    return replace(
        groups,
        y=groups.y[kept],
        treated=groups.treated[kept],
        x=groups.x[kept],
        cluster=None if groups.cluster is None else groups.cluster[kept],
        weights=None if groups.weights is None else groups.weights[kept],
        exact=None if groups.exact is None else groups.exact[kept],
    )


def spread_out(inner: Compared, kept: Bools, score: Float | None, whom: str) -> Compared:
    """Return what some of the units gave as the result of all, the others with weight 0.

    Parameters
    ----------
    inner : Compared
        Of those kept.
    kept : ndarray of bool, shape (n,)
        Who they are.
    score : ndarray, shape (n,), or None
        Scores of all.
    whom : str
        Added to the method.
    """
    weights, influence = np.zeros(len(kept)), np.zeros(len(kept))
    weights[kept] = inner.weights
    if inner.influence is not None:
        influence[kept] = inner.influence * (len(kept) / int(kept.sum()))
    return replace(
        inner, weights=weights, influence=influence, score=score, method=inner.method + whom
    )


_METHODS = {
    "ATT": "inverse probability weights for the treated",
    "ATE": "inverse probability weights for all",
    "ATO": "overlap weights",
}
_FEWEST = 2


def _factors(model: Propensity, estimand: Estimands) -> tuple[tuple[Float, Float], ...]:
    """Return weights of the treated and of the others, each with its slope in the logit."""
    one, odds = np.ones(len(model.score)), np.exp(np.minimum(model.linear, _FARTHEST))
    if estimand == "ATT":
        return (one, 0 * one), (odds, odds)
    if estimand == "ATE":
        under = np.exp(np.minimum(-model.linear, _FARTHEST))
        return (1 + under, -under), (1 + odds, odds)
    slope = model.score * (1 - model.score)
    return (1 - model.score, -slope), (model.score, slope)


# Odds beyond e^60 are all the same: this unit decides alone.
_FARTHEST = 60.0


def _parts(groups: Groups, model: Propensity, estimand: Estimands, form: Form) -> tuple[Part, Part]:
    base = np.ones(len(groups.y)) if groups.weights is None else groups.weights
    aimed = base * groups.treated if estimand == "ATT" else base
    is_shared = form == "hajek" or estimand == "ATO"
    z, curvature, residual = model.design.z, model.curvature(groups), model.residual(groups)
    zero = np.zeros(len(base))
    made = []
    for on, (weight, slope) in zip(
        (groups.treated, ~groups.treated), _factors(model, estimand), strict=True
    ):
        own, steep = base * weight * on, base * slope * on
        below, slope_below = (own, steep) if is_shared else (aimed, zero)
        made.append(
            Part(z, curvature, residual, own * groups.y, below, steep * groups.y, slope_below, own)
        )
    return made[0], made[1]


def _shown(groups: Groups, parts: tuple[Part, Part], estimand: Estimands) -> Float:
    """Return weights on the scale on which readers are shown them."""
    base = np.ones(len(groups.y)) if groups.weights is None else groups.weights
    found = np.zeros(len(base))
    aimed = float(base[groups.treated].sum() if estimand == "ATT" else base.sum())
    for on, part in zip((groups.treated, ~groups.treated), parts, strict=True):
        own = part.weight[on]
        found[on] = own if estimand == "ATO" else own * (aimed / own.sum())
    return found


def _kept(groups: Groups, model: Propensity, trim: Trim, estimand: Estimands) -> Bools:
    """Return whose score is within the limits, by value, so that equal scores share a fate."""
    score = model.score
    kept: Bools = (score >= trim.low) & (score <= trim.high)
    if trim.share > 0:
        whose = score[groups.treated] if estimand == "ATT" else score
        kept &= score <= np.quantile(whose, 1 - trim.share, method="inverted_cdf")
        if estimand != "ATT":
            kept &= score >= np.quantile(whose, trim.share, method="inverted_cdf")
    return kept


def _require_two(treated: Bools) -> None:
    if min(int(treated.sum()), int((~treated).sum())) < _FEWEST:
        raise Refused(
            "trimmed_away",
            "within the limits of the score a group has fewer than two units",
            "widen `trim`, or look for comparison units more like the treated",
        )
