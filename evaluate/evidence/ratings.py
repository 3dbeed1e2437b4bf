"""How strong the evidence of a finding is, on five scales that are never added up.

Everything is a function of what the gate released: no row of data is seen. It is the project's
own assessment by published rules, and no review by those who made them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evaluate.core import Column, Finding, Table
from evaluate.evidence.certainty import certainty
from evaluate.evidence.eef import eef
from evaluate.evidence.effect_sizes_table import effect_sizes
from evaluate.evidence.facts import Case, cases
from evaluate.evidence.frequencies import frequencies
from evaluate.evidence.ratings_ladder import ladder
from evaluate.evidence.ratings_row import Rating
from evaluate.evidence.sms import sms
from evaluate.evidence.wwc import wwc

SCALES: tuple[Callable[[Case], Rating], ...] = (wwc, eef, sms, certainty, ladder)
COLUMNS = (
    Column("analysis", "text", {"en": "Analysis", "nb": "Analyse", "sv": "Analys"}),
    Column("scale", "text", {"en": "Scale", "nb": "Skala", "sv": "Skala"}),
    Column("status", "text", {"en": "Status", "nb": "Status", "sv": "Status"}),
    Column("value", "text", {"en": "Value", "nb": "Verdi", "sv": "Värde"}),
    Column("inputs", "text", {"en": "Computed from", "nb": "Regnet ut fra", "sv": "Beräknat från"}),
    Column("reasons", "text", {"en": "Why", "nb": "Hvorfor", "sv": "Varför"}),
    Column("rule", "text", {"en": "Rule", "nb": "Regel", "sv": "Regel"}),
    Column("version", "text", {"en": "Version", "nb": "Versjon", "sv": "Version"}),
    Column(
        "verified",
        "boolean",
        {
            "en": "Compared with the document",
            "nb": "Sammenlignet med dokumentet",
            "sv": "Jämförd med dokumentet",
        },
    ),
    Column("citation", "text", {"en": "Source", "nb": "Kilde", "sv": "Källa"}),
)


def rate(finding: Finding) -> tuple[Table, ...]:
    """Return the tables ``ratings``, ``effect_sizes`` and ``frequencies``, without empty ones.

    Parameters
    ----------
    finding : Finding
        Released results, with verdicts.
    """
    found = tuple(cases(finding))
    tables = (_ratings(found), effect_sizes(found), frequencies(found))
    return tuple(table for table in tables if table.rows)


def _ratings(found: Sequence[Case]) -> Table:
    rows = tuple(scale(case).row(case.name) for case in found for scale in SCALES)
    return Table("ratings", "ratings", COLUMNS, rows)
