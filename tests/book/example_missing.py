"""Invented tables of the effect under each rule for what is missing, as the check gives them."""

from __future__ import annotations

import numpy as np

from evaluate.checks.missing_outcomes import Asked, missing_rules
from evaluate.core import Estimand, Estimate, Settings, Table
from evaluate.data.sample import ArraySample, Sample
from evaluate.designs.randomised import DESIGN, Randomised


def sample(effect: float = 0.6, scale: float = 1.0, n: int = 400) -> ArraySample:
    """A trial in which the weak are lost more often, most of all among those without an offer."""
    rng = np.random.default_rng(20261123)
    treated = (np.arange(n) % 2).astype(float)
    x = rng.normal(size=n)
    y = scale * (effect * treated + x + rng.normal(size=n))
    lost = rng.random(n) < 1 / (1 + np.exp(1.4 + 0.8 * treated + x))
    y[lost] = np.nan
    return ArraySample({"y": y, "treated": treated, "x": x}, "y")


def missing(effect: float = 0.6, unit: str = "points", scale: float = 1.0) -> tuple[Table, ...]:
    """Return the table, as the analysis ``main`` would have it."""
    rows = sample(effect, scale)
    spec = Randomised(treated="treated", covariates=("x",))
    settings = Settings(headline_only=True, outcome_range=(-6.0 * scale, 7.0 * scale))

    def refit(rows: Sample, covariates: tuple[str, ...], weights: str | None) -> Estimate:
        changed = spec.model_copy(update={"covariates": covariates, "weights": weights})
        return DESIGN.estimate(changed, rows, Estimand("ATE", "y", unit), settings).estimates[0]

    asked = Asked("treated", ("x",), dealt=True, imputations=5)
    _, one = missing_rules(rows, refit(rows, ("x",), None), asked, settings, refit)
    assert one is not None
    return (Table("main.missing_rules", one.kind, one.columns, one.rows, "main"),)
