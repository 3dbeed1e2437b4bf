"""Headings of the tables of a joint display."""

LABELS = {
    "case": {"en": "Case", "nb": "Case", "sv": "Fall"},
    "n_least": {
        "en": "Fewest people behind a number",
        "nb": "Færrest personer bak et tall",
        "sv": "Minst antal personer bakom ett tal",
    },
    "concordance": {"en": "Together", "nb": "Samlet", "sv": "Sammantaget"},
    "speak_for": {"en": "Speak for", "nb": "Taler for", "sv": "Talar för"},
    "speak_against": {"en": "Speak against", "nb": "Taler mot", "sv": "Talar emot"},
    "silent": {"en": "Silent", "nb": "Tause", "sv": "Tysta"},
    "missing": {"en": "Missing", "nb": "Mangler", "sv": "Saknas"},
    "column": {"en": "Strand", "nb": "Spor", "sv": "Spår"},
    "strand": {"en": "Kind", "nb": "Slag", "sv": "Slag"},
    "source": {"en": "Comes from", "nb": "Kommer fra", "sv": "Kommer från"},
    "cases": {"en": "Cases with a value", "nb": "Caser med verdi", "sv": "Fall med värde"},
    "cases_missing": {"en": "Cases without", "nb": "Caser uten", "sv": "Fall utan"},
    "rule_for": {"en": "Speaks for if", "nb": "Taler for hvis", "sv": "Talar för om"},
    "rule_against": {"en": "Speaks against if", "nb": "Taler mot hvis", "sv": "Talar emot om"},
    "state": {"en": "Note", "nb": "Merknad", "sv": "Anmärkning"},
}
