"""Headings and words of the table on pass rates."""

LABELS = {
    "group": {"en": "Group", "nb": "Gruppe", "sv": "Grupp"},
    "n": {"en": "Tried", "nb": "Forsøkte", "sv": "Försökte"},
    "n_passed": {"en": "Passed", "nb": "Bestod", "sv": "Klarade"},
    "n_unknown": {"en": "Not known", "nb": "Ikke kjent", "sv": "Inte känt"},
    "share": {"en": "Share passed", "nb": "Andel bestått", "sv": "Andel som klarat"},
    "conf_low": {"en": "Exact lower limit", "nb": "Eksakt nedre grense", "sv": "Exakt nedre gräns"},
    "conf_high": {"en": "Exact upper limit", "nb": "Eksakt øvre grense", "sv": "Exakt övre gräns"},
    "bound_low": {
        "en": "Share, were all unknown failed",
        "nb": "Andel, om alle ukjente strøk",
        "sv": "Andel, om alla okända underkändes",
    },
    "bound_high": {
        "en": "Share, were all unknown passed",
        "nb": "Andel, om alle ukjente bestod",
        "sv": "Andel, om alla okända klarade",
    },
    "posterior": {
        "en": "Share with the prior",
        "nb": "Andel med forhåndsantakelsen",
        "sv": "Andel med förhandsantagandet",
    },
    "credible_low": {
        "en": "Lower limit with it",
        "nb": "Nedre grense med den",
        "sv": "Nedre gräns med det",
    },
    "credible_high": {
        "en": "Upper limit with it",
        "nb": "Øvre grense med den",
        "sv": "Övre gräns med det",
    },
    "reference": {"en": "Held against", "nb": "Holdt mot", "sv": "Jämfört med"},
    "above": {
        "en": "Probability of being above it",
        "nb": "Sannsynlighet for å ligge over",
        "sv": "Sannolikhet att ligga över",
    },
    "state": {"en": "Why absent", "nb": "Hvorfor tom", "sv": "Varför tom"},
}

WORDS = {
    "all": {"en": "all together", "nb": "alle samlet", "sv": "alla tillsammans"},
    "nobody": {"en": "nobody", "nb": "ingen", "sv": "ingen"},
}
