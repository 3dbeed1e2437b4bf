"""How unequal trends may be before the conclusion breaks."""

from __future__ import annotations

from collections.abc import Iterator

from evaluate.core import Cell, Check, Column, Estimate, Table
from evaluate.errors import Refused
from evaluate.inference.honest import Honest, honest
from evaluate.inference.honest_coefficients import EventCoefficients

NAME, KIND = "sensitivity", "honest"

# The conclusion must hold when trends part as fast after the start as they did at most before.
HOLDS_AT = 1.0


def sensitivity_check(
    events: EventCoefficients | Refused, headline: Estimate
) -> tuple[Check, Table | None]:
    """Return whether the conclusion holds when trends are as unequal as they were before.

    Parameters
    ----------
    events : EventCoefficients or Refused
        Effects by event time from one reference period, or why there are none, such as an
        analytic covariance that is withheld with few clusters.
    headline : Estimate
        The overall effect, with its interval, unit and confidence level.

    Returns
    -------
    check : Check
        Passed when an effect that differs from zero under equal trends still does when they
        part after the start by as much per period as they did at most before (relative
        magnitudes, M = 1); failed when not. Uninformative when the effect does not differ
        from zero even under equal trends: there is no conclusion to break. Not run without
        periods or covariance.
    table : Table or None
        Of kind ``honest``: both restrictions, each row with its restriction's breakdown.

    References
    ----------
    Rambachan & Roth (2023), Review of Economic Studies 90(5), 2555-2591.
    """
    try:
        if isinstance(events, Refused):
            raise events
        level = headline.conf_level
        relative = honest(events, "relative_magnitudes", conf_level=level)
        smooth = honest(events, "smoothness", conf_level=level)
    except Refused as refused:
        text = f"How unequal trends may be is not known: {refused.why}."
        return Check(NAME, "not_run", text), None
    rows = (*_rows(relative), *_rows(smooth))
    table = Table(KIND, KIND, _columns(headline.unit), rows)
    at = next(row for row in relative.rows if row.m == HOLDS_AT)
    limits = f"from {at.conf_low:.3g} to {at.conf_high:.3g}"
    much = "as much from period to period as they did at most before"
    shown = headline.conf_low > 0 or headline.conf_high < 0
    if not shown or relative.breakdown is None:
        text = "The effect cannot be told from zero even if trends are equal, so that there is no"
        text += f" conclusion to break. If they part by {much}, it lies {limits}."
        return Check(NAME, "uninformative", text, table.id), table
    text = "The effect differs from zero as long as trends part by less than"
    text += f" {relative.breakdown:.2f} times {much}"
    text += _bend(smooth)
    if relative.breakdown > HOLDS_AT and at.excludes_zero:
        text += f". At one time as much it lies {limits}."
        return Check(NAME, "passed", text, table.id), table
    text += f". At one time as much it lies {limits}, which holds zero."
    return Check(NAME, "failed", text, table.id), table


def _bend(smooth: Honest) -> str:
    if smooth.breakdown is None:
        return "; a straight difference in trends alone would be enough to hide it"
    return f", or as their difference bends by less than {smooth.breakdown:.3g} per period"


def _rows(found: Honest) -> Iterator[dict[str, Cell]]:
    for one in found.rows:
        row: dict[str, Cell] = {
            "restriction": found.restriction,
            "m": one.m,
            "conf_low": one.conf_low,
            "conf_high": one.conf_high,
            "excludes_zero": one.excludes_zero,
        }
        yield row if found.breakdown is None else {**row, "breakdown": found.breakdown}


def _columns(unit: str) -> tuple[Column, ...]:
    return (
        Column(
            "restriction", "text", {"en": "Restriction", "nb": "Begrensning", "sv": "Begränsning"}
        ),
        Column("m", "number", {"en": "M", "nb": "M", "sv": "M"}),
        Column("conf_low", "number", {"en": "From", "nb": "Fra", "sv": "Från"}, unit),
        Column("conf_high", "number", {"en": "To", "nb": "Til", "sv": "Till"}, unit),
        Column(
            "excludes_zero",
            "boolean",
            {"en": "Differs from zero", "nb": "Ulik null", "sv": "Skild från noll"},
        ),
        Column(
            "breakdown",
            "number",
            {"en": "Breaks at M", "nb": "Brister ved M", "sv": "Brister vid M"},
        ),
    )
