"""Headings of the tables on pathways, and words for what stands in their cells."""

_LOW = {"en": "Lower limit", "nb": "Nedre grense", "sv": "Undre gräns"}
_HIGH = {"en": "Upper limit", "nb": "Øvre grense", "sv": "Övre gräns"}

LABELS = {
    "key": {"en": "Key", "nb": "Nøkkel", "sv": "Nyckel"},
    "group": {"en": "Group", "nb": "Gruppe", "sv": "Grupp"},
    "period": {
        "en": "Periods since entry",
        "nb": "Perioder siden start",
        "sv": "Perioder sedan start",
    },
    "outcome": {"en": "What became of them", "nb": "Hva det ble til", "sv": "Vad det blev"},
    "n_at_risk": {
        "en": "Still in and followed",
        "nb": "Fortsatt med og fulgt",
        "sv": "Kvar och följda",
    },
    "n_events": {"en": "Left this way", "nb": "Gikk ut slik", "sv": "Lämnade så"},
    "hazard": {
        "en": "Share leaving in the period",
        "nb": "Andel ut i perioden",
        "sv": "Andel ut under perioden",
    },
    "hazard_low": _LOW,
    "hazard_high": _HIGH,
    "incidence": {
        "en": "Share by the end of the period",
        "nb": "Andel ved periodens slutt",
        "sv": "Andel vid periodens slut",
    },
    "conf_low": _LOW,
    "conf_high": _HIGH,
    "n_entered": {"en": "Entered", "nb": "Startet", "sv": "Började"},
    "share": {"en": "Share", "nb": "Andel", "sv": "Andel"},
    "n": {"en": "People", "nb": "Personer", "sv": "Personer"},
    "part": {"en": "Who", "nb": "Hvem", "sv": "Vilka"},
    "state": {"en": "Why absent", "nb": "Hvorfor tom", "sv": "Varför tom"},
}

WORDS = {
    "still_in": {"en": "still in", "nb": "fortsatt med", "sv": "fortfarande med"},
    "unknown_status": {"en": "not known", "nb": "ukjent", "sv": "okänt"},
    "all": {"en": "all", "nb": "alle", "sv": "alla"},
    "entered": {"en": "entered", "nb": "startet", "sv": "började"},
    "left": {
        "en": "left in a known way",
        "nb": "gikk ut på kjent måte",
        "sv": "lämnade på känt sätt",
    },
    "not_known": {
        "en": "left, not known where to",
        "nb": "gikk ut, ukjent hvor",
        "sv": "lämnade, okänt vart",
    },
    "last_seen_in": {
        "en": "still in when last seen",
        "nb": "fortsatt med sist de ble sett",
        "sv": "fortfarande med när de senast sågs",
    },
    "too_short": {
        "en": "seen for less than one period",
        "nb": "sett i mindre enn én periode",
        "sv": "sedda kortare än en period",
    },
    "came_late": {
        "en": "followed only some time after entry",
        "nb": "fulgt først en tid etter start",
        "sv": "följda först en tid efter start",
    },
    "none_seen": {
        "en": "nobody, or all: no interval",
        "nb": "ingen, eller alle: ikke noe intervall",
        "sv": "ingen, eller alla: inget intervall",
    },
}
