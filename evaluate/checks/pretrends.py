"""Whether trends differed before the start, with what such a test could have seen."""

from __future__ import annotations

from evaluate.core import Cell, Check, Column, Estimate, Table
from evaluate.errors import Refused
from evaluate.inference.honest_coefficients import EventCoefficients
from evaluate.inference.pretrends import LEVEL, PreTrends, TrendTest, pretrends

NAME, KIND = "pretrends", "pretrends"


def pretrends_check(
    events: EventCoefficients | Refused,
    headline: Estimate,
    *,
    smallest_worthwhile: float | None = None,
) -> tuple[Check, Table | None]:
    """Return whether trends were equal before the start as far as could be seen.

    A difference in trends matters when, going on, it would move the overall effect by the
    smallest worthwhile effect or, where the study names none, by half the width of the
    headline's interval: more than its uncertainty owns to.

    Parameters
    ----------
    events : EventCoefficients or Refused
        Effects by event time from one reference period, or why there are none.
    headline : Estimate
        The overall effect, with its interval and unit.
    smallest_worthwhile : float or None
        Smallest effect worth having, above 0.

    Returns
    -------
    check : Check
        Failed when the joint test rejects at 5 %. Passed when neither it nor the slope does
        and one of them finds with 80 % power a straight difference in trends small enough not
        to matter. Uninformative otherwise; not run without periods or covariance.
    table : Table or None
        Of kind ``pretrends``.

    References
    ----------
    Roth (2022), American Economic Review: Insights 4(3), 305-322.
    """
    try:
        if isinstance(events, Refused):
            raise events
        found = pretrends(events)
    except Refused as refused:
        text = f"Trends before the start are untested: {refused.why}."
        return Check(NAME, "not_run", text), None
    matters = smallest_worthwhile or (headline.conf_high - headline.conf_low) / 2
    worth = "the smallest worthwhile effect" if smallest_worthwhile else "half the interval's width"
    table = Table(KIND, KIND, _columns(headline.unit), tuple(map(_row, _tests(found))))
    tested = _tested(found)
    if found.joint.p_value < LEVEL:
        text = f"The groups' trends differed before the start: {tested}. They parted by"
        text += f" {abs(found.trend):.3g} per period, which going on would move the effect by"
        text += f" {abs(found.trend * found.reach):.3g}."
        return Check(NAME, "failed", text, table.id), table
    test = found.strongest
    could = f"a steady difference of {test.detectable:.3g} per period would have been found four"
    could += f" times in five; going on, it would move the effect by {test.bias:.3g}"
    if found.slope.p_value < LEVEL:
        text = f"The periods before the start do not differ together, {tested}, but a straight"
        text += f" line through them does, p = {found.slope.p_value:.2g}."
        return Check(NAME, "uninformative", text, table.id), table
    if test.bias <= matters:
        text = f"No difference in trends before the start, {tested}, and {could}, no more than"
        return Check(NAME, "passed", f"{text} {worth} ({matters:.3g}).", table.id), table
    text = f"No difference in trends was found before the start, {tested}, which says little:"
    text += f" {could}, more than {worth} ({matters:.3g}), of which the chance of finding it was"
    text += f" {100 * found.power_against(matters):.0f} %."
    return Check(NAME, "uninformative", text, table.id), table


def _tests(found: PreTrends) -> tuple[TrendTest, ...]:
    """Return the tests that differ: with one period the slope is the joint test."""
    return (found.joint,) if found.n_used == 1 else (found.joint, found.slope)


def _tested(found: PreTrends) -> str:
    periods = f"{found.n_used} period{'s' if found.n_used > 1 else ''}"
    if found.n_used < found.n_pre:
        periods = f"the last {found.n_used} of {found.n_pre} periods, as clusters are few"
    return f"joint test of {periods}, p = {max(found.joint.p_value, 1e-4):.2g}"


def _row(test: TrendTest) -> dict[str, Cell]:
    return {
        "test": test.name,
        "statistic": test.statistic,
        "df": test.df,
        "p_value": test.p_value,
        "detectable": test.detectable,
        "bias": test.bias,
        "state": test.distribution,
    }


def _columns(unit: str) -> tuple[Column, ...]:
    return (
        Column("test", "text", {"en": "Test", "nb": "Test", "sv": "Test"}),
        Column(
            "statistic", "number", {"en": "Statistic", "nb": "Testobservator", "sv": "Testvariabel"}
        ),
        Column(
            "df",
            "integer",
            {"en": "Restrictions", "nb": "Restriksjoner", "sv": "Restriktioner"},
        ),
        Column("p_value", "number", {"en": "p-value", "nb": "p-verdi", "sv": "p-värde"}),
        Column(
            "detectable",
            "number",
            {
                "en": "Trend per period found with 80 % power",
                "nb": "Trend per periode som oppdages med 80 % styrke",
                "sv": "Trend per period som upptäcks med 80 % styrka",
            },
            unit,
        ),
        Column(
            "bias",
            "number",
            {
                "en": "What it would add to the effect",
                "nb": "Det den ville lagt til effekten",
                "sv": "Vad den skulle lägga till effekten",
            },
            unit,
        ),
        Column("state", "text", {"en": "Compared with", "nb": "Holdt mot", "sv": "Jämförd med"}),
    )
