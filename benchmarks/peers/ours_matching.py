"""Ours: propensity score, nearest neighbours and their variance; entropy balancing."""

from __future__ import annotations

from math import sqrt

from matching_rows import CALIPER, COVARIATES, read
from measure import Answer, arguments, report

from evaluate.inference.comparison import Compared, Groups
from evaluate.inference.entropy_balance import entropy_balance
from evaluate.inference.nearest import Nearest, nearest
from evaluate.inference.propensity import propensity

task, path, warm = arguments()
y, treated, x = read(path)
groups = Groups(y, treated, x, COVARIATES)
SD = (CALIPER, "sd_score")


def answer(found: Compared) -> Answer:
    """Return the effect on the treated, its error, and how many treated are in it."""
    kept = float((found.weights[treated] > 0).sum())
    return {"att": found.value, "error": sqrt(found.variance), "kept": kept}


def again() -> Answer:
    """With replacement, caliper in standard deviations of the score."""
    return answer(nearest(groups, propensity(groups).score, Nearest(distance="score", caliper=SD)))


def once() -> Answer:
    """Without replacement, caliper in standard deviations of the score."""
    asked = Nearest(replace=False, distance="score", caliper=SD)
    return answer(nearest(groups, propensity(groups).score, asked))


def covariates() -> Answer:
    """With replacement, on covariates over their standard deviations."""
    asked = Nearest(distance="mahalanobis", covariance="diagonal")
    found = answer(nearest(groups, None, asked))
    return {"att": found["att"]}


def penalised() -> Answer:
    """With replacement, absolute caliper on the logit of scikit-learn's penalised fit."""
    from sklearn.linear_model import LogisticRegression

    score = LogisticRegression(solver="liblinear").fit(x, treated).predict_proba(x)[:, 1]
    return answer(nearest(groups, score, Nearest(caliper=(CALIPER, "logit"))))


def entropy() -> Answer:
    """Entropy balancing of means, to 1e-10 standard deviations."""
    found = answer(entropy_balance(groups))
    return {"att": found["att"], "error": found["error"]}


TASKS = {
    "again": again,
    "once": once,
    "covariates": covariates,
    "penalised": penalised,
    "entropy": entropy,
}
report(TASKS[task], warm)
