"""Headings of the tables on what a plan can find."""

LABELS = {
    "key": {"en": "Key", "nb": "Nøkkel", "sv": "Nyckel"},
    "question": {"en": "Plan", "nb": "Plan", "sv": "Plan"},
    "planned": {
        "en": "People in each group",
        "nb": "Personer i hver gruppe",
        "sv": "Personer i varje grupp",
    },
    "base": {
        "en": "Rate without the programme",
        "nb": "Andel uten tiltaket",
        "sv": "Andel utan insatsen",
    },
    "detectable": {
        "en": "Smallest difference that is found",
        "nb": "Minste forskjell som blir funnet",
        "sv": "Minsta skillnad som upptäcks",
    },
    "detectable_sd": {
        "en": "Smallest change that is found, in standard deviations",
        "nb": "Minste endring som blir funnet, i standardavvik",
        "sv": "Minsta förändring som upptäcks, i standardavvikelser",
    },
    "worthwhile": {
        "en": "Smallest worth having",
        "nb": "Minste verdt å ha",
        "sv": "Minsta värd att ha",
    },
    "enough": {"en": "Enough to tell", "nb": "Nok til å si det", "sv": "Räcker för att säga det"},
    "needed": {"en": "Needed", "nb": "Trengs", "sv": "Behövs"},
    "pairs": {
        "en": "People measured twice",
        "nb": "Personer målt to ganger",
        "sv": "Personer mätta två gånger",
    },
    "correlation": {
        "en": "Correlation of both times",
        "nb": "Korrelasjon mellom tidspunktene",
        "sv": "Korrelation mellan tidpunkterna",
    },
    "size": {
        "en": "People in a cluster",
        "nb": "Personer i en klynge",
        "sv": "Personer i ett kluster",
    },
    "icc": {
        "en": "Intraclass correlation of changes",
        "nb": "Intraklassekorrelasjon for endringer",
        "sv": "Intraklasskorrelation för förändringar",
    },
    "design_effect": {"en": "Design effect", "nb": "Designeffekt", "sv": "Designeffekt"},
    "state": {"en": "Why absent", "nb": "Hvorfor tom", "sv": "Varför tom"},
}

WORDS = {
    "too_few_clusters": {
        "en": "fewer than two clusters",
        "nb": "færre enn to klynger",
        "sv": "färre än två kluster",
    },
    "beyond_all": {
        "en": "not even all or none would be found",
        "nb": "ikke engang alle eller ingen ville bli funnet",
        "sv": "inte ens alla eller ingen skulle upptäckas",
    },
}
