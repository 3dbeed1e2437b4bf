"""What published results rule out, and what they could have found: no null without its reach.

A result without an interval says what its authors could have seen, never that there was nothing
to see: a null whose reach is not known is a null about which nothing can be said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import sqrt

from evaluate.claims import POWER
from evaluate.core import Cell, Column, Direction, Language, Table, Text
from evaluate.evidence.published_definition import FEWEST, Published
from evaluate.inference.t import t_quantile

LEVEL = 0.95
CANNOT_BE_SAID = "cannot be said"
ANOTHER_UNIT = "another unit"
COULD_DETECT = "could have found it"

COLUMNS = (
    Column("id", "text", {"en": "Key", "nb": "Nøkkel", "sv": "Nyckel"}),
    Column("title", "text", {"en": "Study", "nb": "Studie", "sv": "Studie"}),
    Column("result", "text", {"en": "As published", "nb": "Som publisert", "sv": "Som publicerat"}),
    Column("estimate", "number", {"en": "Effect", "nb": "Effekt", "sv": "Effekt"}),
    Column("conf_low", "number", {"en": "From", "nb": "Fra", "sv": "Från"}),
    Column("conf_high", "number", {"en": "To", "nb": "Til", "sv": "Till"}),
    Column(
        "n_treated",
        "integer",
        {"en": "Units with it", "nb": "Enheter med", "sv": "Enheter med"},
    ),
    Column(
        "n_comparison",
        "integer",
        {"en": "Units without it", "nb": "Enheter uten", "sv": "Enheter utan"},
    ),
    Column(
        "sd",
        "number",
        {
            "en": "Spread between units",
            "nb": "Spredning mellom enheter",
            "sv": "Spridning mellan enheter",
        },
    ),
    Column(
        "detectable",
        "number",
        {
            "en": "Smallest effect it could find",
            "nb": "Minste effekt den kunne finne",
            "sv": "Minsta effekt den kunde finna",
        },
    ),
    Column("reading", "text", {"en": "What it says", "nb": "Hva det sier", "sv": "Vad det säger"}),
    Column("source", "text", {"en": "Source", "nb": "Kilde", "sv": "Källa"}),
    Column("date", "text", {"en": "Date", "nb": "Dato", "sv": "Datum"}),
    Column("status", "text", {"en": "Status", "nb": "Status", "sv": "Status"}),
)


def smallest_found(treated: int, comparison: int, sd: float) -> float:
    """Return the difference of two means that is found with 80 % power at the 5 % level.

    Parameters
    ----------
    treated, comparison : int
        Units on either side; three at least together.
    sd : float
        Standard deviation between units of what is compared.

    Returns
    -------
    float
        In the unit of ``sd``.

    References
    ----------
    Bloom (1995), Evaluation Review 19(5): (t at 1 - alpha/2 + t at power) x standard error, on
    n1 + n0 - 2 degrees of freedom. R:
    ``(qt(.975, n1 + n0 - 2) + qt(.8, n1 + n0 - 2)) * sd * sqrt(1/n1 + 1/n0)``.
    """
    return _multiplier(treated + comparison - 2) * sd * sqrt(1 / treated + 1 / comparison)


def published_table(
    published: Iterable[Published],
    outcomes: Mapping[str, tuple[Direction, float | None]],
    language: Language = "en",
) -> Table | None:
    """Return what each published result can be read as, one row for each spread assumed.

    ``reading`` is, for the desired direction and the smallest effect worth having: *shown
    benefit*, *shown harm*, *ruled out*, *not detectable* or *inconclusive* where an interval was
    published; *not detectable* or *could have found it* where only sizes were; *another unit*
    where the numbers are not in the outcome's; else *cannot be said*.

    Parameters
    ----------
    published : iterable of Published
        The block of the study.
    outcomes : mapping of str to (direction, float or None)
        Desired direction and smallest effect worth having, by outcome's key.
    language : {"en", "nb", "nn", "sv"}
        Language of plain strings, in which texts are given.

    Returns
    -------
    Table or None
        Of the kind ``published``; nothing where nothing has been published.
    """
    rows = tuple(row for one in published for row in _rows(one, outcomes[one.outcome], language))
    return Table("published", "published", COLUMNS, rows) if rows else None


def _rows(
    one: Published, wanted: tuple[Direction, float | None], language: Language
) -> Iterator[dict[str, Cell]]:
    cells: dict[str, Cell] = {
        "id": one.id,
        "title": _text(one.title, language),
        "result": _text(one.result, language),
        "estimate": one.estimate,
        "conf_low": one.conf_low,
        "conf_high": one.conf_high,
        "n_treated": one.treated,
        "n_comparison": one.comparison,
    }
    source: dict[str, Cell] = {
        "source": _cited(one, language),
        "date": one.source.date,
        "status": one.status,
    }
    for sd in one.spreads or (None,):
        detectable = _detectable(one, sd)
        known = {"sd": sd, "detectable": detectable, "reading": reading(one, detectable, *wanted)}
        row = cells | known | source
        yield {key: value for key, value in row.items() if value is not None}


def _detectable(one: Published, sd: float | None) -> float | None:
    """Return what the result could have found; by its own standard error, where it gives one."""
    n = (one.treated or 0) + (one.comparison or 0)
    if one.std_error is not None:
        return _multiplier(n - 2 if n >= FEWEST else None) * one.std_error
    if sd is not None and one.treated is not None and one.comparison is not None:
        return smallest_found(one.treated, one.comparison, sd)
    return None


def _multiplier(df: int | None) -> float:
    return t_quantile((1 + LEVEL) / 2, df) + t_quantile(POWER, df)


def reading(
    one: Published, detectable: float | None, direction: Direction, worthwhile: float | None
) -> str:
    """Return how a published result may be read.

    Parameters
    ----------
    one : Published
        The result.
    detectable : float or None
        Effect that it finds with 80 % power.
    direction : {"increase", "decrease"}
        The desired direction.
    worthwhile : float or None
        Smallest effect worth having, above 0.
    """
    if one.unit is not None:
        return ANOTHER_UNIT
    low, high = one.conf_low, one.conf_high
    if direction == "decrease":
        low, high = (None if high is None else -high), (None if low is None else -low)
    if low is not None and low > 0:
        return "shown benefit"
    if high is not None and high < 0:
        return "shown harm"
    if worthwhile is None:
        return CANNOT_BE_SAID if low is None and high is None else "inconclusive"
    if high is not None and high < worthwhile:
        return "ruled out"
    if detectable is not None and detectable > worthwhile:
        return "not detectable"
    if low is not None or high is not None:
        return "inconclusive"
    return CANNOT_BE_SAID if detectable is None else COULD_DETECT


def _text(text: Text, language: Language) -> str:
    return text if isinstance(text, str) else text.get(language) or next(iter(text.values()))


def _cited(one: Published, language: Language) -> str:
    title = _text(one.source.title, language)
    return f"{one.source.author}: {title}" if one.source.author else title
