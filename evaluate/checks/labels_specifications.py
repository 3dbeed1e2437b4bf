"""Headings of the tables on alternatives and negative controls: English, Norwegian, Swedish."""

from __future__ import annotations

from collections.abc import Mapping

from evaluate.core import CellType, Column

_LABELS: dict[str, tuple[str, str, str]] = {
    "specification": ("Specification", "Spesifikasjon", "Specifikation"),
    "declared": ("As declared", "Som angitt", "Som angivet"),
    "planned": ("In the locked plan", "I den låste planen", "I den låsta planen"),
    "estimate": ("Effect", "Effekt", "Effekt"),
    "conf_low": ("Interval, low", "Intervall, nedre", "Intervall, undre"),
    "conf_high": ("Interval, high", "Intervall, øvre", "Intervall, övre"),
    "std_error": ("Standard error", "Standardfeil", "Standardfel"),
    "df": ("Degrees of freedom", "Frihetsgrader", "Frihetsgrader"),
    "estimand": ("Estimand", "Estimand", "Estimand"),
    "n_obs": ("Rows", "Rader", "Rader"),
    "n_treated": ("Treated", "Med tiltak", "Med insats"),
    "n_apart": (
        "Fewest by whom the rows differ",
        "Færrest som radene skiller seg med",
        "Minsta antal som raderna skiljer sig med",
    ),
    "difference": ("Difference to the declared", "Avvik fra den angitte", "Skillnad mot angiven"),
    "of_sample": (
        "Through the rows used",
        "Gjennom radene som brukes",
        "Genom raderna som används",
    ),
    "of_weights": (
        "Through whom it is about",
        "Gjennom hvem det gjelder",
        "Genom vilka det gäller",
    ),
    "of_method": ("Through the method", "Gjennom metoden", "Genom metoden"),
    "of_rest": ("Not attributed", "Ikke fordelt", "Inte fördelad"),
    "std_errors": (
        "Difference in the declared standard error",
        "Avvik i den angittes standardfeil",
        "Skillnad i den angivnas standardfel",
    ),
    "outcome": ("Negative control", "Negativ kontroll", "Negativ kontroll"),
    "visible": (
        "Smallest difference it had to be able to see",
        "Minste forskjell den måtte kunne se",
        "Minsta skillnad den måste kunna se",
    ),
    "p_value": ("p", "p", "p"),
    "p_adjusted": ("p, adjusted", "p, justert", "p, justerat"),
    "dropped": ("Covariates left out", "Kovariater utelatt", "Kovariater utelämnade"),
    "state": ("State", "Status", "Status"),
    "design": ("Design", "Design", "Design"),
    "adjustment": ("Adjustment", "Justering", "Justering"),
    "missing": ("Missing covariates", "Manglende kovariater", "Saknade kovariater"),
    "where": ("Rows that are used", "Rader som brukes", "Rader som används"),
    "covariates": ("Covariates", "Kovariater", "Kovariater"),
    "method": ("Method", "Metode", "Metod"),
    "weights": ("Weights", "Vekter", "Vikter"),
    "cluster": ("Cluster", "Klynge", "Kluster"),
    "strata": ("Strata", "Strata", "Strata"),
    "replace": ("Used more than once", "Brukes flere ganger", "Används flera gånger"),
    "ratio": ("Neighbours for each", "Naboer for hver", "Grannar för var och en"),
    "caliper": ("Farthest match", "Fjerneste match", "Längsta avstånd"),
    "distance": ("Distance", "Avstand", "Avstånd"),
    "order": ("Matched first", "Matches først", "Matchas först"),
    "bias_corrected": ("Bias corrected", "Skjevhet korrigert", "Skevhet korrigerad"),
    "exact": ("Equal in", "Like i", "Lika i"),
    "bins": ("Bins", "Intervaller", "Intervall"),
    "subclasses": ("Classes of the score", "Klasser av skåren", "Klasser av poängen"),
    "trim": ("Scores that are kept", "Skårer som beholdes", "Poäng som behålls"),
    "squares": ("Squares balanced too", "Også kvadrater", "Även kvadrater"),
    "nuisance": ("Foretold by", "Forutsies ved", "Förutsägs med"),
    "folds": ("Parts of the data", "Deler av dataene", "Delar av data"),
}
_TYPES: Mapping[str, CellType] = {
    "specification": "text",
    "declared": "boolean",
    "planned": "boolean",
    "estimand": "text",
    "n_obs": "integer",
    "n_treated": "integer",
    "n_apart": "integer",
    "outcome": "text",
    "dropped": "text",
    "state": "text",
}
CHOICE = "choice_"


def column(name: str, unit: str | None = None) -> Column:
    """Return a column of a table on alternatives or negative controls.

    Parameters
    ----------
    name : str
        Its name.
    unit : str or None
        Of its numbers.
    """
    return Column(name, _TYPES.get(name, "number"), _label(name), unit)


def choice(name: str) -> Column:
    """Return the column of a choice that differs between specifications.

    Parameters
    ----------
    name : str
        Of the choice: a key of the analysis, or a field of its design.
    """
    return Column(f"{CHOICE}{name}", "text", _label(name))


def _label(name: str) -> Mapping[str, str]:
    words = _LABELS.get(name, (name.replace("_", " "),) * 3)
    return dict(zip(("en", "nb", "sv"), words, strict=True))
