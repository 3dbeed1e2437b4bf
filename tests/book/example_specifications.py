"""Invented tables of one question under several choices, as the checks give them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evaluate.checks.specifications import Parts, Specified, agreement, specifications
from evaluate.core import Estimate, Table

ROW = Estimate(
    estimate=0.0,
    std_error=1.0,
    conf_low=0.0,
    conf_high=0.0,
    n_obs=400,
    n_treated=180,
    method="m",
    std_error_method="HC2",
    unit="kr",
    estimand="ATE",
)


def specified(
    effects: Sequence[float], std_error: float = 300.0, names: Sequence[str] = ()
) -> tuple[Table, ...]:
    """Return the tables of an analysis ``main``; the first effect is the declared one's."""
    found = []
    for i, effect in enumerate(effects):
        spread = std_error * (1 + i % 3 / 4)
        row = replace(
            ROW,
            estimate=effect,
            std_error=spread,
            conf_low=effect - 1.96 * spread,
            conf_high=effect + 1.96 * spread,
        )
        choices = {
            "design": ("matching", "adjusted")[i % 2],
            "covariates": ("none", "age, earnings the year before, years of school")[i % 3 > 0],
            "where": names[i] if i < len(names) else "all rows",
        }
        name = f"other_{i}" if i else "declared"
        found.append(Specified(name, row, choices, parts=Parts(0.0, 0.0, effect - effects[0])))
    gone = Specified("gone", None, {"design": "matching"}, "no_rows")
    tables = (
        specifications(found[0], [*found[1:], gone]),
        agreement(found[0], [*found[1:], gone])[1],
    )
    return tuple(Table(f"main.{one.id}", one.kind, one.columns, one.rows, "main") for one in tables)
