"""Headings of the tables over time in English, Norwegian and Swedish."""

from __future__ import annotations

LABELS: dict[str, tuple[str, str, str]] = {
    "event_time": ("Periods since start", "Perioder siden start", "Perioder sedan start"),
    "estimate": ("Effect", "Effekt", "Effekt"),
    "std_error": ("Standard error", "Standardfeil", "Medelfel"),
    "conf_low": ("From", "Fra", "Från"),
    "conf_high": ("To", "Til", "Till"),
    "band_low": ("Band from", "Bånd fra", "Band från"),
    "band_high": ("Band to", "Bånd til", "Band till"),
    "reference": ("Reference", "Referanse", "Referens"),
    "n_treated": ("With the programme", "Med tiltaket", "Med insatsen"),
    "n_comparison": ("Comparison", "Sammenlikning", "Jämförelse"),
    "treated": ("With the programme", "Med tiltaket", "Med insatsen"),
    "comparison": ("Comparison", "Sammenlikning", "Jämförelse"),
    "cohort": ("Began", "Begynte", "Började"),
    "period": ("Period", "Periode", "Period"),
    "before": ("Before start", "Før start", "Före start"),
    "n_units": ("Units", "Enheter", "Enheter"),
    "n_clusters": ("Clusters", "Klynger", "Kluster"),
    "type": ("Comparison", "Sammenlikning", "Jämförelse"),
    "weight": ("Weight", "Vekt", "Vikt"),
    "placebo": ("As if", "Som om", "Som om"),
    "p_value": ("p", "p", "p"),
    "left_out": ("Left out", "Utelatt", "Utelämnad"),
    "n_left_out": ("Units left out", "Enheter utelatt", "Enheter utelämnade"),
    "rule": ("Rule", "Regel", "Regel"),
    "chosen": ("Chosen", "Valgt", "Vald"),
    "state": ("Note", "Merknad", "Anmärkning"),
}
