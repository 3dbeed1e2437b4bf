"""Detectable effect by formula: a second opinion on the simulated one."""

from __future__ import annotations

from math import sqrt

from evaluate.assumptions.definition import ByGroup
from evaluate.diagnosis.draws import Question
from evaluate.inference.mdes import (
    Layout,
    before_after,
    blocked_clusters,
    blocked_individuals,
    clustered,
    correlation_of_means,
    individuals,
)
from evaluate.inference.power import multiplier
from evaluate.inference.shares import detectable_difference

_TWO_PERIODS = 2


def layout_of(question: Question) -> Layout | None:
    """Return the layout of a randomised trial as it is assumed, or nothing where none is known.

    Covariates that the model holds explain variance within clusters; clusters seen in two
    periods, some treated in the second, are compared by their change.

    Parameters
    ----------
    question : Question
        Design and assumptions.
    """
    scenario, spec = question.scenario, question.spec
    if question.design.kind != "randomised" or _not_known(question):
        return None
    share, kept = scenario.treated_share, 1 - _lost(question)
    r2 = _explained(question)
    if scenario.size is None:
        size = scenario.units * kept / scenario.strata
        if scenario.strata == 1:
            return individuals(size, share=share, r2=r2)
        return blocked_individuals(scenario.strata, size, share=share, r2=r2)
    icc, size, cv = question.assumed.icc, scenario.size.mean * kept, _cv(question)
    if getattr(spec, "period", None) is not None:
        layout = clustered(scenario.units, size, icc, share=share, r2_within=r2, cv=cv)
        again = question.assumed.autocorrelation or 0.0
        r = correlation_of_means(size * (1 + cv**2), icc, of_clusters=again)
        return before_after(layout, r, by="change")
    if scenario.strata == 1:
        return clustered(scenario.units, size, icc, share=share, r2_within=r2, cv=cv)
    each = scenario.units / scenario.strata
    return blocked_clusters(scenario.strata, each, size, icc, share=share, r2_within=r2, cv=cv)


def formula_mde(question: Question) -> float | None:
    """Return the effect that is found with 80 % power by formula, in the outcome's unit.

    Parameters
    ----------
    question : Question
        Design and assumptions.

    Returns
    -------
    float or None
        Size, in the assumed effect's direction; ``None`` where no formula is known, or where a
        share would leave 0..1.
    """
    layout, assumed = layout_of(question), question.assumed
    if layout is None or (layout.df is not None and layout.df <= 0):
        return None
    down, level = assumed.effect < 0, question.settings.conf_level
    if assumed.sd is not None:
        wider = multiplier(layout.df, conf_level=level) ** 2 * _unlike(question)
        size = layout.mdes(conf_level=level) * assumed.sd / question.dilution
        return size / sqrt(1 - wider) if wider < 1 else None
    share = question.scenario.treated_share
    people = 1 / (layout.scale * share * (1 - share))
    n = people * share, people * (1 - share)
    found = detectable_difference(
        assumed.baseline, n, df=layout.df, downwards=down, conf_level=level
    )
    return abs(found) / question.dilution if found else None  # 0: there is no room for any


def formula_std_error(question: Question) -> float | None:
    """Return the standard error by formula, in the outcome's unit, under the assumed effect.

    Parameters
    ----------
    question : Question
        Design and assumptions.
    """
    layout, assumed = layout_of(question), question.assumed
    if layout is None:
        return None
    if assumed.sd is not None:
        wider = _unlike(question) * assumed.effect**2
        return sqrt(layout.scale * assumed.sd**2 + wider) / question.dilution
    share, other = assumed.baseline, assumed.baseline + assumed.effect
    chance = question.scenario.treated_share
    variance = share * (1 - share) * chance + other * (1 - other) * (1 - chance)
    return sqrt(layout.scale * variance) / question.dilution


def _unlike(question: Question) -> float:
    """Return the variance that an offer adds where some take it up, per square of its effect.

    Those who take part have the whole effect and the others none, so that people in a group
    differ by it too. The effect of taking part is free of that.
    """
    by, share = question.scenario.received, question.scenario.treated_share
    if by is None or question.estimand.summary == "LATE" or question.scenario.periods > 1:
        return 0.0
    each = by.treated * (1 - by.treated) / share
    each += by.comparison * (1 - by.comparison) / (1 - share)
    return each / expected_rows(question) / (by.treated - by.comparison) ** 2


def expected_rows(question: Question) -> float:
    """Return how many rows are expected to have an outcome, and the design's covariates.

    Parameters
    ----------
    question : Question
        Design and assumptions.
    """
    scenario = question.scenario
    size = 1.0 if scenario.size is None else scenario.size.mean
    return scenario.units * size * scenario.periods * (1 - _lost(question))


def _not_known(question: Question) -> bool:
    scenario, spec = question.scenario, question.spec
    periods = getattr(spec, "period", None) is not None
    return (
        any(getattr(spec, name, None) is not None for name in ("weights", "arms"))
        or isinstance(question.settings.probability, str)
        or periods != (scenario.periods == _TWO_PERIODS)
        or (periods and scenario.size is None)
    )


def _explained(question: Question) -> float:
    if question.settings.adjustment == "none":
        return 0.0
    used, covariates = getattr(question.spec, "covariates", ()), question.scenario.covariates
    return sum(covariates[name].strength for name in used if name in covariates)


def _lost(question: Question) -> float:
    """Return the share of people without an outcome or without a covariate of the design."""
    missing, share = question.assumed.missing, question.scenario.treated_share
    if isinstance(missing, ByGroup):
        missing = share * missing.treated + (1 - share) * missing.comparison
    kept = 1 - missing
    covariates = question.scenario.covariates
    for name in getattr(question.spec, "covariates", ()):
        kept *= 1 - (covariates[name].missing if name in covariates else 0.0)
    return 1 - kept


def _cv(question: Question) -> float:
    size = question.scenario.size
    return size.sd / size.mean if size is not None else 0.0
