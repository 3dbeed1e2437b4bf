"""Columns of the tables of results and their uncertainty, with their headings."""

from __future__ import annotations

from evaluate.core import CellType

COLUMNS: dict[str, tuple[tuple[str, CellType], ...]] = {
    "measures": (
        ("key", "text"),
        ("perspective", "text"),
        ("measure", "text"),
        ("value", "number"),
        ("low", "number"),
        ("high", "number"),
        ("state", "text"),
    ),
    "tornado": (
        ("parameter", "text"),
        ("low_value", "number"),
        ("high_value", "number"),
        ("unit", "text"),
        ("net_low", "money"),
        ("net_high", "money"),
        ("swing", "money"),
        ("switching", "number"),
        ("state", "text"),
    ),
    "scenarios": (
        ("key", "text"),
        ("scenario", "text"),
        ("payer", "text"),
        ("net", "money"),
        ("break_even", "number"),
        ("state", "text"),
    ),
    "information": (("parameter", "text"), ("value", "money"), ("population", "money")),
    "acceptability": (
        ("key", "text"),
        ("threshold", "money"),
        ("option", "text"),
        ("probability", "share"),
        ("net_benefit", "money"),
        ("optimal", "boolean"),
        ("evpi", "money"),
    ),
    "plane": (("draw", "integer"), ("effect", "number"), ("cost", "money")),
    "effectiveness": (
        ("option", "text"),
        ("cost", "money"),
        ("effect", "number"),
        ("ratio", "money"),
        ("low", "money"),
        ("high", "money"),
        ("status", "text"),
        ("state", "text"),
    ),
}

LABELS: dict[str, tuple[str, str, str]] = {
    "break_even": ("Break-even effect", "Effekt som balanserer", "Effekt vid jämvikt"),
    "cost": ("Cost per participant", "Kostnad per deltaker", "Kostnad per deltagare"),
    "draw": ("Draw", "Trekning", "Dragning"),
    "effect": ("Effect", "Effekt", "Effekt"),
    "evpi": (
        "Value of perfect information",
        "Verdien av full informasjon",
        "Värdet av fullständig information",
    ),
    "high": ("High", "Høy", "Hög"),
    "high_value": ("High value", "Høy verdi", "Högt värde"),
    "key": ("Key", "Nøkkel", "Nyckel"),
    "low": ("Low", "Lav", "Låg"),
    "low_value": ("Low value", "Lav verdi", "Lågt värde"),
    "measure": ("Measure", "Mål", "Mått"),
    "net": ("Net present value", "Netto nåverdi", "Nettonuvärde"),
    "net_benefit": ("Net benefit", "Netto nytte", "Nettonytta"),
    "net_high": (
        "Net at the high value",
        "Netto ved høy verdi",
        "Netto vid högt värde",
    ),
    "net_low": ("Net at the low value", "Netto ved lav verdi", "Netto vid lågt värde"),
    "optimal": (
        "Largest expected net benefit",
        "Størst forventet netto nytte",
        "Störst förväntad nettonytta",
    ),
    "option": ("Option", "Alternativ", "Alternativ"),
    "parameter": ("What varies", "Hva som varierer", "Vad som varierar"),
    "payer": ("Payer", "Aktør", "Aktör"),
    "perspective": ("Seen by", "Sett fra", "Sett från"),
    "population": (
        "For all whom the decision concerns",
        "For alle som avgjørelsen gjelder",
        "För alla som beslutet gäller",
    ),
    "probability": (
        "Probability of being best",
        "Sannsynlighet for å være best",
        "Sannolikhet att vara bäst",
    ),
    "ratio": (
        "Cost of one more unit",
        "Kostnad for én enhet mer",
        "Kostnad för en enhet till",
    ),
    "scenario": ("Scenario", "Scenario", "Scenario"),
    "state": ("Remark", "Anmerkning", "Anmärkning"),
    "status": ("Dominance", "Dominans", "Dominans"),
    "swing": ("Swing", "Utslag", "Utslag"),
    "switching": ("Switching value", "Vippepunkt", "Vippvärde"),
    "threshold": (
        "Value of one unit of effect",
        "Verdi av én enhet effekt",
        "Värde av en enhet effekt",
    ),
    "unit": ("Unit", "Enhet", "Enhet"),
    "value": ("Value", "Verdi", "Värde"),
}
