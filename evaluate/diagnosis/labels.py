"""Headings of the tables of diagnosis and precision: English, Norwegian, Swedish."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "nb", "sv")
WORDS: Mapping[str, tuple[str, str, str]] = {
    "scenario": ("Scenario", "Scenario", "Scenario"),
    "outcome": ("Outcome", "Utfall", "Utfall"),
    "draws": ("Simulated studies", "Simulerte studier", "Simulerade studier"),
    "effect": ("Assumed effect", "Antatt effekt", "Antagen effekt"),
    "power": ("Power", "Styrke", "Styrka"),
    "false_positive": ("False alarms", "Falske alarmer", "Falska larm"),
    "coverage": ("Coverage", "Dekning", "Täckning"),
    "bias": ("Bias", "Skjevhet", "Systematiskt fel"),
    "mean_std_error": ("Mean standard error", "Snitt av standardfeil", "Snitt av medelfel"),
    "true_std_error": ("True standard error", "Sann standardfeil", "Sant medelfel"),
    "type_s": ("Wrong sign", "Feil fortegn", "Fel tecken"),
    "type_m": ("Overstated by", "Overdrevet med", "Överdriven med"),
    "mde": ("Detectable effect", "Påviselig effekt", "Påvisbar effekt"),
    "mde_formula": ("By formula", "Etter formel", "Enligt formel"),
    "refused": ("No result", "Uten resultat", "Utan resultat"),
    "axis": ("What is changed", "Hva som endres", "Vad som ändras"),
    "value": ("To", "Til", "Till"),
}
LIMITS = {"_low": ("from", "fra", "från"), "_high": ("to", "til", "till")}
PRECISION: Mapping[str, tuple[str, str, str]] = {
    "mde": ("detectable effect", "påviselig effekt", "påvisbar effekt"),
    "std_error": ("standard error", "standardfeil", "medelfel"),
    "n": ("people", "personer", "personer"),
    "clusters": ("clusters", "klynger", "kluster"),
    "icc": ("intraclass correlation", "intraklassekorrelasjon", "intraklasskorrelation"),
}
STATES = {
    "planned": ("Planned", "Planlagt", "Planerat"),
    "achieved": ("Achieved", "Oppnådd", "Uppnått"),
}
PLANNED_BY = {"en": "Planned by", "nb": "Planlagt ved", "sv": "Planerat genom"}
OUTCOME = {"en": "Outcome", "nb": "Utfall", "sv": "Utfall"}
