"""Headings of the table on who is there before and after."""

LABELS = {
    "group": {"en": "Who", "nb": "Hvem", "sv": "Vilka"},
    "n_rows": {"en": "Rows", "nb": "Rader", "sv": "Rader"},
    "n_obs": {"en": "With outcome", "nb": "Med utfall", "sv": "Med utfall"},
    "n_units": {"en": "Units", "nb": "Enheter", "sv": "Enheter"},
    "mean": {"en": "Mean", "nb": "Gjennomsnitt", "sv": "Medelvärde"},
}
