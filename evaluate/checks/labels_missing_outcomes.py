"""Headings of the table on what is missing in English, Norwegian and Swedish."""

from __future__ import annotations

LABELS: dict[str, dict[str, str]] = {
    "rule": {"en": "Rule", "nb": "Regel", "sv": "Regel"},
    "headline": {"en": "The study's rule", "nb": "Studiens regel", "sv": "Studiens regel"},
    "estimate": {"en": "Effect", "nb": "Effekt", "sv": "Effekt"},
    "low": {"en": "Lower bound", "nb": "Nedre grense", "sv": "Nedre gräns"},
    "high": {"en": "Upper bound", "nb": "Øvre grense", "sv": "Övre gräns"},
    "conf_low": {"en": "Interval from", "nb": "Intervall fra", "sv": "Intervall från"},
    "conf_high": {"en": "Interval to", "nb": "Intervall til", "sv": "Intervall till"},
    "df": {"en": "Degrees of freedom", "nb": "Frihetsgrader", "sv": "Frihetsgrader"},
    "n_obs": {"en": "Rows", "nb": "Rader", "sv": "Rader"},
    "n_treated": {
        "en": "Of them with the programme",
        "nb": "Av dem med tiltaket",
        "sv": "Varav med insatsen",
    },
    "holds": {"en": "Same answer", "nb": "Samme svar", "sv": "Samma svar"},
    "state": {"en": "Why absent", "nb": "Hvorfor tom", "sv": "Varför tom"},
}
