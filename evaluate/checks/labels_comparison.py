"""Headings of the tables on a built comparison in English, Norwegian and Swedish."""

from __future__ import annotations

from collections.abc import Mapping

from evaluate.core import CellType, Column

_LABELS: dict[str, tuple[str, str, str]] = {
    "covariate": ("Covariate", "Kjennetegn", "Kovariat"),
    "key": ("Column", "Kolonne", "Kolumn"),
    "mean_treated": ("Mean, treated, before", "Snitt, tiltak, før", "Medel, insats, före"),
    "mean_comparison": (
        "Mean, comparison, before",
        "Snitt, sammenligning, før",
        "Medel, jämförelse, före",
    ),
    "mean_treated_after": ("Mean, treated, after", "Snitt, tiltak, etter", "Medel, insats, efter"),
    "mean_comparison_after": (
        "Mean, comparison, after",
        "Snitt, sammenligning, etter",
        "Medel, jämförelse, efter",
    ),
    "std_dev_treated": (
        "Standard deviation of the treated, before",
        "Standardavvik blant deltakerne, før",
        "Standardavvikelse bland deltagarna, före",
    ),
    "std_dev_pooled": (
        "Standard deviation of both groups, before",
        "Standardavvik i begge gruppene, før",
        "Standardavvikelse i båda grupperna, före",
    ),
    "difference": (
        "Standardised difference, before",
        "Standardisert forskjell, før",
        "Standardiserad skillnad, före",
    ),
    "difference_after": (
        "Standardised difference, after",
        "Standardisert forskjell, etter",
        "Standardiserad skillnad, efter",
    ),
    "variance_ratio": (
        "Variance ratio, before",
        "Forhold mellom varianser, før",
        "Variansernas kvot, före",
    ),
    "variance_ratio_after": (
        "Variance ratio, after",
        "Forhold mellom varianser, etter",
        "Variansernas kvot, efter",
    ),
    "distance": ("KS distance, before", "KS-avstand, før", "KS-avstånd, före"),
    "distance_after": ("KS distance, after", "KS-avstand, etter", "KS-avstånd, efter"),
    "category": ("Category, after", "Kategori, etter", "Kategori, efter"),
    "adjusted": ("In the model", "I modellen", "I modellen"),
    "n_least": (
        "Fewest people behind a number",
        "Færrest personer bak et tall",
        "Minst antal personer bakom ett tal",
    ),
    "bin": ("Range of scores", "Del av sannsynlighetene", "Del av sannolikheterna"),
    "low": ("From", "Fra", "Från"),
    "high": ("To", "Til", "Till"),
    "n_treated": ("Treated", "Med tiltaket", "Med insatsen"),
    "n_comparison": ("Comparison", "Sammenligning", "Jämförelse"),
    "n_treated_kept": ("Treated, kept", "Med tiltaket, beholdt", "Med insatsen, kvar"),
    "n_comparison_kept": (
        "Comparison, kept",
        "Sammenligning, beholdt",
        "Jämförelse, kvar",
    ),
    "share_treated": (
        "Share of the treated, before",
        "Andel av deltakerne, før",
        "Andel av deltagarna, före",
    ),
    "share_comparison": (
        "Share of the comparison, before",
        "Andel av sammenligningen, før",
        "Andel av jämförelsen, före",
    ),
    "share_treated_after": (
        "Share of the treated, after",
        "Andel av deltakerne, etter",
        "Andel av deltagarna, efter",
    ),
    "share_comparison_after": (
        "Share of the comparison, after",
        "Andel av sammenligningen, etter",
        "Andel av jämförelsen, efter",
    ),
    "side": ("Group", "Gruppe", "Grupp"),
    "n_units": ("Units", "Enheter", "Enheter"),
    "n_kept": ("Kept", "Beholdt", "Kvar"),
    "n_dropped": ("Left out", "Utelatt", "Utelämnade"),
    "effective_n": ("Effective size, before", "Effektivt antall, før", "Effektivt antal, före"),
    "effective_n_after": (
        "Effective size, after",
        "Effektivt antall, etter",
        "Effektivt antal, efter",
    ),
    "largest_share": (
        "Heaviest unit's share, after",
        "Tyngste enhets andel, etter",
        "Den tyngsta enhetens andel, efter",
    ),
    "score_low": ("Lowest score", "Laveste sannsynlighet", "Lägsta sannolikhet"),
    "score_high": ("Highest score", "Høyeste sannsynlighet", "Högsta sannolikhet"),
    "mean_kept": ("Mean of those kept", "Snitt, beholdt", "Medel, kvar"),
    "mean_dropped": ("Mean of those left out", "Snitt, utelatt", "Medel, utelämnade"),
    "difference_dropped": (
        "Standardised difference, left out less kept",
        "Standardisert forskjell, utelatt minus beholdt",
        "Standardiserad skillnad, utelämnade minus kvar",
    ),
}
_TYPES: Mapping[str, CellType] = {
    **dict.fromkeys(("covariate", "key", "category", "bin", "side"), "text"),
    "adjusted": "boolean",
    "largest_share": "share",
}


def column(name: str, label: str | None = None) -> Column:
    """Return a column of one of the tables.

    Parameters
    ----------
    name : str
        Its key; what it holds follows from it.
    label : str or None
        Key of its heading, where that is not its own.
    """
    otherwise: CellType = "integer" if name.startswith("n_") else "number"
    kind = "share" if name.startswith("share_") else _TYPES.get(name, otherwise)
    return Column(name, kind, dict(zip(("en", "nb", "sv"), _LABELS[label or name], strict=True)))
