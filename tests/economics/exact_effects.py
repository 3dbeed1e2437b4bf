"""Estimates whose published interval is that of their standard error, and quick accounts."""

from __future__ import annotations

from typing import Any

from example_accounts import effect
from scipy import stats

from evaluate.core import Direction, Estimate, Table
from evaluate.economics.definition import Economics
from evaluate.economics.effects import joint_effects
from evaluate.economics.tables import accounts, break_even, distribution
from evaluate.economics.valuation import value


def exact(estimate: float, std_error: float, *, df: float | None = None, **more: Any) -> Estimate:
    """Return an estimate with a 95 % interval of the t or normal distribution."""
    half = std_error * float(stats.norm.ppf(0.975) if df is None else stats.t.ppf(0.975, df))
    ends = {"conf_low": estimate - half, "conf_high": estimate + half}
    return effect(estimate, std_error, df=df, **ends, **more)


def basics(
    definition: dict[str, Any], estimate: Estimate, *, direction: Direction = "increase"
) -> dict[str, Table]:
    """Return the account itself, its distribution and its break-even effects, and no more."""
    spec = Economics.model_validate(definition)
    rows = {next(iter(spec.valued)): estimate}
    done = value(spec, joint_effects(spec, rows, seed=(7,), direction=direction), seed=(7,))
    return {one.kind: one for one in (accounts(done), distribution(done), break_even(done))}
