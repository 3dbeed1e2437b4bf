"""Predictions of the outcome, corrected by weighted residuals: right if either model is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.comparison import Compared, Groups
from evaluate.inference.estimated_mean import (
    Estimands,
    by_cluster,
    reference_df,
    require_all_or_treated,
    require_variance,
)
from evaluate.inference.folds import Keys, order_of, row_keys
from evaluate.inference.folds import folds as made_folds
from evaluate.inference.inverse_probability import part_of
from evaluate.inference.linear import Float
from evaluate.inference.nuisance import Nuisance, Predicted, predicted


@dataclass(frozen=True, slots=True)
class _Fitting:
    nuisance: Nuisance
    folds: int
    clip: float
    seed: tuple[int, ...]


def doubly_robust(
    groups: Groups,
    estimand: Estimands = "ATT",
    *,
    nuisance: Nuisance = "linear",
    folds: int = 5,
    splits: int = 5,
    clip: float = 0.01,
    seed: Sequence[int] = (),
) -> Compared:
    """Return the effect by augmented inverse probability weights, with cross-fitting.

    Parameters
    ----------
    groups : Groups
        Units.
    estimand : {"ATT", "ATE"}
        Whom the effect is averaged over.
    nuisance : {"linear", "forest", "boosting"}
        Which models foretell outcome and treatment.
    folds : int
        Each fold's predictions come from models fitted to the others; 1 fits to all, which
        only linear models may.
    splits : int
        Ways to form the folds, of which the median counts.
    clip : float
        Scores are held within this and one less this.
    seed : sequence of int
        Names the ways to form the folds; rows' values decide the rest, and their order nothing.

    Returns
    -------
    Compared
        ``score`` and ``weights`` (of the residuals) are those of the split whose value is the
        median.

    Raises
    ------
    Refused
        ``not_its_estimand`` for ATO; ``separation`` and ``more_covariates_than_units`` of a logistic regression;
        ``too_few_units``, ``one_cluster``, ``no_variation``; ``folds_needed`` when a
        learner would predict for units it was fitted to.

    References
    ----------
    Robins, Rotnitzky & Zhao (1994), JASA 89(427); Chernozhukov et al. (2018), The Econometrics
    Journal 21(1), equations 5.3 and 5.4 and definition 3.3 (median of splits). Python
    ``doubleml.DoubleMLIRM(score = "ATE" | "ATTE")``; R ``DoubleML``.
    """
    require_all_or_treated(estimand, "augmented weighting")
    if folds == 1 and nuisance != "linear":
        raise Refused(
            "folds_needed",
            "a learner that predicts for the units it was fitted to repeats their chance",
            "ask for two folds or more, or for linear models",
        )
    reference_df(groups)  # refuses a group that lies in a single cluster
    keys = row_keys(groups)
    order = order_of(keys, groups.y)
    held, keys = part_of(groups, order), keys[order]
    how = _Fitting(nuisance, folds, clip, tuple(seed))
    turns = range(splits if folds > 1 else 1)
    found = sorted((_split(held, keys, estimand, how, turn) for turn in turns), key=_value)
    value = float(np.median([one.value for one in found]))
    spread = [one.variance + (one.value - value) ** 2 for one in found]
    middle = found[(len(found) - 1) // 2]
    variance = float(np.median(spread))
    require_variance(variance, groups.y)
    back = np.argsort(order)
    influence = middle.influence[back]
    return Compared(
        value=value,
        variance=variance,
        df=reference_df(groups, by_cluster(groups, influence) if folds > 1 else None),
        weights=_shown(held, middle.score, estimand)[back],
        influence=influence,
        score=middle.score[back],
        method=_described(how, splits),
    )


@dataclass(frozen=True, slots=True)
class _Split:
    value: float
    variance: float
    influence: Float
    score: Float


def _value(split: _Split) -> float:
    return split.value


def _described(how: _Fitting, splits: int) -> str:
    models = {"linear": "linear models", "forest": "random forests", "boosting": "boosted trees"}
    found = f"augmented inverse probability weights, {models[how.nuisance]}"
    if how.folds > 1:
        found += f", {how.folds} folds, median of {splits} splits"
    return f"{found}, scores held within {how.clip:g} and {1 - how.clip:g}"


def _split(groups: Groups, keys: Keys, estimand: str, how: _Fitting, turn: int) -> _Split:
    made = _predictions(groups, keys, how, turn)
    score = np.clip(made.score, how.clip, 1 - how.clip)
    base = np.ones(len(groups.y)) if groups.weights is None else groups.weights
    on = groups.treated
    left = groups.y - np.where(on, made.with_it, made.without)
    if estimand == "ATE":
        terms = made.with_it - made.without + left * np.where(on, 1 / score, -1 / (1 - score))
        aimed = base
    else:
        terms = np.where(on, groups.y - made.without, -left * score / (1 - score))
        aimed = base * on
    value = float(base @ terms / aimed.sum())
    influence = len(terms) * (base * terms - aimed * value) / aimed.sum()
    sums = by_cluster(groups, influence)
    factor = len(sums) / (len(sums) - 1)
    return _Split(value, factor * float(sums @ sums) / len(terms) ** 2, influence, score)


def _predictions(groups: Groups, keys: Keys, how: _Fitting, turn: int) -> Predicted:
    n = len(groups.y)
    if how.folds == 1:
        everyone = np.ones(n, bool)
        return predicted(groups, everyone, everyone, how.nuisance)
    fold = made_folds(groups, keys, how.folds, (*how.seed, turn))
    score, without, with_it = np.empty(n), np.empty(n), np.empty(n)
    for one in range(how.folds):
        part = fold == one
        if part.any():
            made = predicted(groups, ~part, part, how.nuisance)
            score[part], without[part], with_it[part] = made.score, made.without, made.with_it
    return Predicted(score, without, with_it)


def _shown(groups: Groups, score: Float, estimand: str) -> Float:
    """Return the weights of the residuals, on the scale of inverse probability weights."""
    base = np.ones(len(groups.y)) if groups.weights is None else groups.weights
    on = groups.treated
    if estimand == "ATE":
        found, aimed = base / np.where(on, score, 1 - score), base.sum()
    else:
        found, aimed = base * np.where(on, 1.0, score / (1 - score)), (base * on).sum()
    for side in (on, ~on):
        found[side] *= aimed / found[side].sum()
    return found
