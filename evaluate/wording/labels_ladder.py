"""Headings of the table of steps."""

LABELS = {
    "analysis": {"en": "Analysis", "nb": "Analyse", "sv": "Analys"},
    "method": {"en": "Method", "nb": "Metode", "sv": "Metod"},
    "rung": {"en": "Step reached", "nb": "Trinn nådd", "sv": "Steg som nåtts"},
    "highest": {"en": "Highest step", "nb": "Høyeste trinn", "sv": "Högsta steg"},
    "because": {"en": "Why not further", "nb": "Hvorfor ikke lenger", "sv": "Varför inte längre"},
}
