"""Headings of the table of what is not computed."""

LABELS = {
    "key": {"en": "Line", "nb": "Linje", "sv": "Rad"},
    "what": {"en": "Asked for", "nb": "Spurt om", "sv": "Efterfrågat"},
    "needs": {"en": "Data that are missing", "nb": "Data som mangler", "sv": "Data som saknas"},
    "why": {"en": "Why it matters", "nb": "Hvorfor det betyr noe", "sv": "Varför det spelar roll"},
}
