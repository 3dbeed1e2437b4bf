"""Benefits that follow an amount which changes within the year."""

from __future__ import annotations

from dataclasses import replace

from evaluate.parameters.series import at, weakest
from evaluate.parameters.table import Parameter, parameters


def grunnbelop(year: int) -> Parameter:
    """Return the mean over a year of the Norwegian basic amount, which changes on 1 May.

    Parameters
    ----------
    year : int
        Calendar year.

    Returns
    -------
    Parameter
        Kroner; four months of the year before's amount and eight of the year's own.

    Raises
    ------
    Refused
        If the table lacks the year or the one before.

    References
    ----------
    folketrygdloven § 1-4: the year's mean is (4 old + 8 new) / 12.
    """
    known = {
        one.year: one for one in parameters("benefit_rates") if one.key.startswith("no_grunnbelop_")
    }
    old, new = at(known, year - 1, "the basic amount"), at(known, year, "the basic amount")
    status, provisional = weakest((old, new))
    return replace(
        new,
        key=f"no_grunnbelop_mean_{year}",
        value=(4 * old.value + 8 * new.value) / 12,
        valid_from=str(year),
        valid_to=str(year),
        status="calculated" if status == "verified" else status,
        provisional=provisional,
        note=f"(4 x {old.key} + 8 x {new.key}) / 12.",
    )
