"""From a whole unit's effect to that on those who took part, and back.

Where only a share of a unit's people take part and the others are left as they were, the unit's
effect is the participants' times that share; Bloom (1984), Evaluation Review 8(2). It does not
hold where others gain or lose by it.
"""

from __future__ import annotations

from dataclasses import replace

from evaluate.claims import detectable, verdict
from evaluate.core import Cell, Column, Direction, Estimate, Table
from evaluate.errors import Refused
from evaluate.evidence.dilution_definition import Dilution

COLUMNS = (
    Column(
        "share",
        "share",
        {"en": "Share taking part", "nb": "Andel som deltar", "sv": "Andel som deltar"},
    ),
    Column(
        "effect",
        "number",
        {
            "en": "Effect on a participant",
            "nb": "Effekt på en deltaker",
            "sv": "Effekt på en deltagare",
        },
    ),
    Column("conf_low", "number", {"en": "From", "nb": "Fra", "sv": "Från"}),
    Column("conf_high", "number", {"en": "To", "nb": "Til", "sv": "Till"}),
    Column(
        "detectable",
        "number",
        {
            "en": "Smallest effect on a participant that is found",
            "nb": "Minste effekt på en deltaker som oppdages",
            "sv": "Minsta effekt på en deltagare som upptäcks",
        },
    ),
    Column(
        "worthwhile",
        "number",
        {
            "en": "Smallest effect worth having",
            "nb": "Minste effekt verdt å ha",
            "sv": "Minsta effekt värd att ha",
        },
    ),
    Column("state", "text", {"en": "What it says", "nb": "Hva det sier", "sv": "Vad det säger"}),
)


def per_participant(row: Estimate, share: float) -> Estimate:
    """Return a unit's effect as that on each who takes part: everything divided by the share.

    Parameters
    ----------
    row : Estimate
        A difference, with its interval.
    share : float
        Of the unit's people who take part, above 0 and at most 1; taken as known.

    Raises
    ------
    Refused
        ``not_a_difference``.
    """
    if row.scale != "difference":
        why = "a ratio of units cannot be divided by the share who take part"
        raise Refused("not_a_difference", why, "estimate a difference, or delete `dilution:`")
    return replace(
        row,
        estimate=row.estimate / share,
        std_error=row.std_error / share,
        conf_low=row.conf_low / share,
        conf_high=row.conf_high / share,
        band_low=None,
        band_high=None,
    )


def per_unit(effect: float, share: float) -> float:
    """Return what an effect on each who takes part does to the whole unit's mean.

    Parameters
    ----------
    effect : float
        On one who takes part.
    share : float
        Of the unit's people who take part.
    """
    return effect * share


def dilution_table(
    spec: Dilution, row: Estimate, direction: Direction, smallest_worthwhile: float | None
) -> Table:
    """Return the effect on those who took part, one row for each share.

    Parameters
    ----------
    spec : Dilution
        The block of the analysis.
    row : Estimate
        The headline row of the analysis.
    direction : {"increase", "decrease"}
        The desired direction.
    smallest_worthwhile : float or None
        Smallest effect worth having on the whole unit; ``spec``'s own goes before it.

    Returns
    -------
    Table
        Of the kind ``dilution``; ``state`` is a verdict's word.

    Raises
    ------
    Refused
        ``not_a_difference``.
    """
    rows = tuple(_row(spec, row, share, direction, smallest_worthwhile) for share in spec.shares)
    columns = tuple(one if one.type != "number" else replace(one, unit=row.unit) for one in COLUMNS)
    return Table("dilution", "dilution", columns, rows)


def _row(
    spec: Dilution, row: Estimate, share: float, direction: Direction, of_unit: float | None
) -> dict[str, Cell]:
    one = per_participant(row, share)
    worthwhile = spec.smallest_worthwhile
    if worthwhile is None and of_unit is not None:
        worthwhile = of_unit / share
    word, _ = verdict(one, direction, worthwhile)
    cells: dict[str, Cell] = {
        "share": share,
        "effect": one.estimate,
        "conf_low": one.conf_low,
        "conf_high": one.conf_high,
        "detectable": detectable(one),
        "worthwhile": worthwhile,
        "state": word,
    }
    return {key: value for key, value in cells.items() if value is not None}
