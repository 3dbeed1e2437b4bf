"""Headings of the tables on hidden selection in English, Norwegian and Swedish."""

from __future__ import annotations

LABELS: dict[str, dict[str, str]] = {
    "key": {"en": "Key", "nb": "Nøkkel", "sv": "Nyckel"},
    "measure": {"en": "Measure", "nb": "Mål", "sv": "Mått"},
    "basis": {"en": "Computed from", "nb": "Regnet ut fra", "sv": "Beräknat från"},
    "value": {"en": "For the effect", "nb": "For effekten", "sv": "För effekten"},
    "limit": {"en": "For its interval", "nb": "For intervallet", "sv": "För intervallet"},
    "share": {"en": "Share, effect", "nb": "Andel, effekten", "sv": "Andel, effekten"},
    "share_limit": {
        "en": "Share, interval",
        "nb": "Andel, intervallet",
        "sv": "Andel, intervallet",
    },
    "benchmark": {"en": "As strong as", "nb": "Så sterk som", "sv": "Så stark som"},
    "times": {"en": "Times as strong", "nb": "Ganger så sterk", "sv": "Gånger så stark"},
    "r2_treatment": {
        "en": "Explains of participation",
        "nb": "Forklarer av deltakelsen",
        "sv": "Förklarar av deltagandet",
    },
    "r2_outcome": {
        "en": "Explains of the outcome",
        "nb": "Forklarer av utfallet",
        "sv": "Förklarar av utfallet",
    },
    "estimate": {"en": "Effect left", "nb": "Effekt igjen", "sv": "Effekt kvar"},
    "conf_low": {"en": "From", "nb": "Fra", "sv": "Från"},
    "conf_high": {"en": "To", "nb": "Til", "sv": "Till"},
    "assumed": {"en": "Assumed", "nb": "Forutsatt", "sv": "Antaget"},
    "judged": {"en": "Decides the check", "nb": "Avgjør kontrollen", "sv": "Avgör kontrollen"},
    "n_least": {
        "en": "Fewest people, or degrees of freedom",
        "nb": "Færrest personer, eller frihetsgrader",
        "sv": "Minst personer, eller frihetsgrader",
    },
    "state": {"en": "Why absent", "nb": "Hvorfor tom", "sv": "Varför tom"},
}
