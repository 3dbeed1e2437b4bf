"""Estimates whose published interval is that of their standard error, and no wider."""

from __future__ import annotations

from typing import Any

from example_accounts import effect
from scipy import stats

from evaluate.core import Estimate


def exact(estimate: float, std_error: float, *, df: float | None = None, **more: Any) -> Estimate:
    """Return an estimate with a 95 % interval of the t or normal distribution."""
    half = std_error * (stats.norm.ppf(0.975) if df is None else stats.t.ppf(0.975, df))
    ends = {"conf_low": estimate - half, "conf_high": estimate + half}
    return effect(estimate, std_error, df=df, **ends, **more)
