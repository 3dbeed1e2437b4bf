"""Outcomes and probabilities of treatment that a model predicts for units it has not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from evaluate.errors import Refused
from evaluate.inference.comparison import Bools, Groups
from evaluate.inference.inverse_probability import part_of
from evaluate.inference.linear import Float
from evaluate.inference.propensity import logistic, propensity
from evaluate.inference.standardised import standardised

Nuisance = Literal["linear", "forest", "boosting"]
# A leaf of fewer units follows their chance too closely.
_LEAF, _TREES = 10, 100
_THREADS = 50_000


@dataclass(frozen=True, slots=True)
class Predicted:
    """Predictions for some units.

    Attributes
    ----------
    score : ndarray, shape (m,)
        Probability of being treated.
    without, with_it : ndarray, shape (m,)
        Outcome without and with the programme.
    """

    score: Float
    without: Float
    with_it: Float


def predicted(groups: Groups, fitted_to: Bools, for_: Bools, nuisance: Nuisance) -> Predicted:
    """Return what models fitted to some units predict for others.

    Parameters
    ----------
    groups : Groups
        Units, in an order that follows from their values: forests draw rows by place.
    fitted_to, for_ : ndarray of bool, shape (n,)
        Who is fitted to, and for whom predictions are wanted.
    nuisance : {"linear", "forest", "boosting"}
        Least squares for each group and a logistic regression, random forests, or gradient
        boosting on histograms; the latter two from scikit-learn.

    Raises
    ------
    Refused
        ``separation`` and ``more_covariates_than_units`` of the logistic regression.
    """
    train, x = part_of(groups, fitted_to), groups.x[for_]
    if nuisance == "linear":
        coefficients = _score(train, whole=bool(fitted_to.all()))
        score = logistic(coefficients[0] + x @ coefficients[1:])
        return Predicted(score, *(_least_squares(train, on, x) for on in _sides(train)))
    return _learnt(train, x, nuisance)


def _sides(groups: Groups) -> tuple[Bools, Bools]:
    return ~groups.treated, groups.treated


def _score(train: Groups, *, whole: bool) -> Float:
    try:
        return propensity(train).coefficients
    except Refused as refused:
        if whole:
            raise
        raise Refused(
            refused.code,
            f"without one of the folds: {refused.why}",
            f"ask for folds: 1, or {refused.fix}",
        ) from refused


def _least_squares(train: Groups, on: Bools, x: Float) -> Float:
    part = part_of(train, on)
    design = standardised(np.vstack([part.x, x]), part.names)
    z, at = design.z[: len(part.y)], design.z[len(part.y) :]
    root = np.ones(len(z)) if part.weights is None else np.sqrt(part.weights)
    # The shortest of several solutions: a slope that nobody here tells is 0.
    found = np.linalg.lstsq(z * root[:, None], part.y * root, rcond=1e-10)[0]
    predictions: Float = at @ found
    return predictions


def _learnt(train: Groups, x: Float, nuisance: Nuisance) -> Predicted:
    """Return what learners predict, whatever the units of measurement of x and of y."""
    from threadpoolctl import threadpool_limits

    design = standardised(np.vstack([train.x, x]), train.names)
    z, at = design.z[: len(train.y), 1:], design.z[len(train.y) :, 1:]
    centre, scale = float(train.y.mean()), float(train.y.std()) or 1.0
    y = (train.y - centre) / scale
    # A pool of threads costs more than it saves on few rows.
    with threadpool_limits(None if len(y) >= _THREADS else 1):
        classifier, *regressors = _learners(nuisance)
        weight = np.ones(len(y)) if train.weights is None else train.weights
        classifier.fit(z, train.treated, sample_weight=weight)
        score = np.asarray(classifier.predict_proba(at)[:, 1], dtype=np.float64)
        outcomes = [
            one.fit(z[on], y[on], sample_weight=weight[on]).predict(at)
            for one, on in zip(regressors, _sides(train), strict=True)
        ]
    return Predicted(score, *(centre + scale * np.asarray(one, np.float64) for one in outcomes))


def _learners(nuisance: Nuisance) -> tuple[Any, Any, Any]:
    """Return a classifier and two regressors of scikit-learn."""
    from sklearn import ensemble

    if nuisance == "forest":
        trees = {"n_estimators": _TREES, "min_samples_leaf": _LEAF, "random_state": 0}
        kinds = ensemble.RandomForestClassifier, ensemble.RandomForestRegressor
        return kinds[0](**trees), kinds[1](**trees), kinds[1](**trees)
    # Shallow trees and small steps: probabilities near 0 and 1 are what weights suffer from.
    steps = {"random_state": 0, "learning_rate": 0.05, "max_leaf_nodes": 6}
    steps |= {"min_samples_leaf": 2 * _LEAF, "early_stopping": False}
    makers = ensemble.HistGradientBoostingClassifier, ensemble.HistGradientBoostingRegressor
    return makers[0](**steps), makers[1](**steps), makers[1](**steps)
