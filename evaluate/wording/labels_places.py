"""Headings of the tables on places, and words for what stands in their cells."""

_LOW = {"en": "Lower limit", "nb": "Nedre grense", "sv": "Undre gräns"}
_HIGH = {"en": "Upper limit", "nb": "Øvre grense", "sv": "Övre gräns"}

LABELS = {
    "place": {"en": "Place", "nb": "Sted", "sv": "Plats"},
    "key": {"en": "Key", "nb": "Nøkkel", "sv": "Nyckel"},
    "period": {"en": "Period", "nb": "Periode", "sv": "Period"},
    "n": {"en": "People", "nb": "Personer", "sv": "Personer"},
    "share": {"en": "Rate", "nb": "Andel", "sv": "Andel"},
    "conf_low": _LOW,
    "conf_high": _HIGH,
    "standardised": {"en": "Standardised", "nb": "Standardisert", "sv": "Standardiserad"},
    "standardised_low": _LOW,
    "standardised_high": _HIGH,
    "target": {"en": "All places", "nb": "Alle steder", "sv": "Alla platser"},
    "inner_low": {
        "en": "19 of 20 by chance, from",
        "nb": "19 av 20 ved tilfeldighet, fra",
        "sv": "19 av 20 av slump, från",
    },
    "inner_high": {"en": "to", "nb": "til", "sv": "till"},
    "outer_low": {
        "en": "998 of 1000 by chance, from",
        "nb": "998 av 1000 ved tilfeldighet, fra",
        "sv": "998 av 1000 av slump, från",
    },
    "outer_high": {"en": "to", "nb": "til", "sv": "till"},
    "position": {"en": "Beside chance", "nb": "Mot tilfeldighet", "sv": "Mot slumpen"},
    "rank": {"en": "Rank, middle", "nb": "Plassering, midt", "sv": "Rang, mitten"},
    "rank_low": {"en": "Rank, from", "nb": "Plassering, fra", "sv": "Rang, från"},
    "rank_high": {"en": "Rank, to", "nb": "Plassering, til", "sv": "Rang, till"},
    "best_third": {
        "en": "Probability of the best third",
        "nb": "Sannsynlighet for beste tredel",
        "sv": "Sannolikhet för bästa tredjedelen",
    },
    "worst_third": {
        "en": "Probability of the worst third",
        "nb": "Sannsynlighet for svakeste tredel",
        "sv": "Sannolikhet för svagaste tredjedelen",
    },
    "definition": {"en": "Definition", "nb": "Definisjon", "sv": "Definition"},
    "broken": {
        "en": "New definition",
        "nb": "Ny definisjon",
        "sv": "Ny definition",
    },
    "first": {"en": "From", "nb": "Fra", "sv": "Från"},
    "last": {"en": "To", "nb": "Til", "sv": "Till"},
    "change": {"en": "Change", "nb": "Endring", "sv": "Förändring"},
    "term": {
        "en": "Taken off for the new definition",
        "nb": "Trukket fra for ny definisjon",
        "sv": "Avdraget för ny definition",
    },
    "member": {"en": "Expected", "nb": "Forventet", "sv": "Förväntad"},
    "present": {"en": "In the data", "nb": "I dataene", "sv": "I data"},
    "periods": {"en": "Periods", "nb": "Perioder", "sv": "Perioder"},
    "state": {"en": "Why absent", "nb": "Hvorfor tom", "sv": "Varför tom"},
}

WORDS = {
    "inside": {
        "en": "as chance alone gives",
        "nb": "som tilfeldighet gir",
        "sv": "som slumpen ger",
    },
    "above": {"en": "above, 19 of 20", "nb": "over, 19 av 20", "sv": "över, 19 av 20"},
    "below": {"en": "below, 19 of 20", "nb": "under, 19 av 20", "sv": "under, 19 av 20"},
    "far_above": {
        "en": "above, 998 of 1000",
        "nb": "over, 998 av 1000",
        "sv": "över, 998 av 1000",
    },
    "far_below": {
        "en": "below, 998 of 1000",
        "nb": "under, 998 av 1000",
        "sv": "under, 998 av 1000",
    },
    "no_n": {
        "en": "no interval: the number of people is not published",
        "nb": "ikke noe intervall: antallet er ikke publisert",
        "sv": "inget intervall: antalet är inte publicerat",
    },
    "not_in_standard": {
        "en": "not standardised: a stratum is missing",
        "nb": "ikke standardisert: et lag mangler",
        "sv": "inte standardiserad: ett skikt saknas",
    },
    "definition_changed": {
        "en": "no change: the definition is another",
        "nb": "ingen endring: definisjonen er en annen",
        "sv": "ingen förändring: definitionen är en annan",
    },
    "missing_member": {
        "en": "expected, and not in the data",
        "nb": "forventet, men ikke i dataene",
        "sv": "förväntad, men inte i data",
    },
    "not_expected": {
        "en": "in the data, and not among those expected",
        "nb": "i dataene, men ikke blant de forventede",
        "sv": "i data, men inte bland de förväntade",
    },
}
