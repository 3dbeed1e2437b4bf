"""Columns of the account's tables, with their headings."""

from __future__ import annotations

from evaluate.core import CellType, Column
from evaluate.economics import labels_results as results

_COLUMNS: dict[str, tuple[tuple[str, CellType], ...]] = {
    "accounts": (
        ("payer", "text"),
        ("cost", "money"),
        ("benefit", "money"),
        ("net", "money"),
        ("net_low", "money"),
        ("net_high", "money"),
        ("prob_positive", "share"),
        ("benefit_cost_ratio", "number"),
        ("state", "text"),
        ("net_extrapolated", "money"),
        ("share_extrapolated", "share"),
    ),
    "flows": (
        ("key", "text"),
        ("payer", "text"),
        ("item", "text"),
        ("side", "text"),
        ("year", "integer"),
        ("follows", "text"),
        ("each", "money"),
        ("value", "money"),
        ("present", "money"),
        ("taxed", "boolean"),
        ("extrapolated", "boolean"),
    ),
    "costs": (
        ("item", "text"),
        ("payer", "text"),
        ("type", "text"),
        ("phase", "text"),
        ("in_kind", "boolean"),
        ("saving", "boolean"),
        ("follows", "boolean"),
        ("fixed", "boolean"),
        ("quantity", "number"),
        ("unit", "text"),
        ("price", "money"),
        ("charged", "share"),
        ("per_participant", "money"),
        ("total", "money"),
        ("present", "money"),
    ),
    "cost_summary": (
        ("measure", "text"),
        ("per_participant", "money"),
        ("per_completed", "money"),
        ("total", "money"),
        ("share", "share"),
    ),
    "cash_flow": (
        ("key", "text"),
        ("payer", "text"),
        ("year", "integer"),
        ("value", "money"),
        ("cumulative", "money"),
        ("extrapolated", "boolean"),
    ),
    "distribution": (("bin", "integer"), ("low", "money"), ("high", "money"), ("share", "share")),
    "break_even": (
        ("payer", "text"),
        ("effect", "number"),
        ("state", "text"),
        ("prob_reached", "share"),
    ),
    "inputs": (
        ("item", "text"),
        ("payer", "text"),
        ("receiver", "text"),
        ("side", "text"),
        ("amount", "number"),
        ("currency", "text"),
        ("price_year", "integer"),
        ("converted", "money"),
        ("conversion", "text"),
        ("parameter", "text"),
        ("per", "text"),
        ("years", "text"),
        ("growth", "share"),
        ("fade", "text"),
        ("uncertain", "text"),
        ("expired", "boolean"),
        ("source", "text"),
        ("url", "text"),
        ("date", "text"),
        ("page", "text"),
        ("status", "text"),
        ("note", "text"),
    ),
    "schedule": (
        ("from_year", "integer"),
        ("to_year", "integer"),
        ("rate", "share"),
        ("source", "text"),
        ("url", "text"),
        ("date", "text"),
        ("status", "text"),
        ("note", "text"),
    ),
}

_LABELS: dict[str, tuple[str, str, str]] = {
    "amount": ("Amount", "Beløp", "Belopp"),
    "benefit": ("Benefit", "Nytte", "Nytta"),
    "benefit_cost_ratio": ("Benefit–cost ratio", "Nytte–kostnadsbrøk", "Nytto–kostnadskvot"),
    "bin": ("Bin", "Intervall", "Intervall"),
    "charged": ("Share charged", "Andel belastet", "Andel som belastas"),
    "conversion": ("Converted by", "Omregnet med", "Omräknat med"),
    "converted": ("In the account's money", "I regnskapets penger", "I kalkylens pengar"),
    "cost": ("Cost", "Kostnad", "Kostnad"),
    "cumulative": ("Running sum", "Løpende sum", "Löpande summa"),
    "currency": ("Currency", "Valuta", "Valuta"),
    "date": ("Date", "Dato", "Datum"),
    "each": (
        "For one unit of effect, or each participant",
        "For én enhet effekt, eller hver deltaker",
        "För en enhet effekt, eller varje deltagare",
    ),
    "effect": ("Break-even effect", "Effekt som balanserer", "Effekt vid jämvikt"),
    "expired": ("No longer in force", "Ikke lenger i kraft", "Inte längre i kraft"),
    "extrapolated": ("Beyond follow-up", "Utover oppfølgingen", "Bortom uppföljningen"),
    "fade": ("Fading", "Avtakende", "Avtagande"),
    "fixed": ("Whatever the number", "Uansett antall", "Oavsett antal"),
    "follows": ("Follows the effect", "Følger effekten", "Följer effekten"),
    "from_year": ("From year", "Fra år", "Från år"),
    "growth": ("Real growth", "Realvekst", "Real tillväxt"),
    "high": ("To", "Til", "Till"),
    "in_kind": ("In kind", "Naturalytelse", "In natura"),
    "item": ("Item", "Post", "Post"),
    "key": ("Payer and year", "Aktør og år", "Aktör och år"),
    "low": ("From", "Fra", "Från"),
    "measure": ("Measure", "Mål", "Mått"),
    "net": ("Net present value", "Netto nåverdi", "Nettonuvärde"),
    "net_extrapolated": (
        "Of which beyond follow-up",
        "Herav utover oppfølgingen",
        "Varav bortom uppföljningen",
    ),
    "net_high": ("High", "Høy", "Hög"),
    "net_low": ("Low", "Lav", "Låg"),
    "note": ("Note", "Merknad", "Anmärkning"),
    "page": ("Page", "Side", "Sida"),
    "parameter": ("Parameter", "Parameter", "Parameter"),
    "payer": ("Payer", "Aktør", "Aktör"),
    "per": ("Per", "Per", "Per"),
    "per_completed": (
        "Per person who completed",
        "Per person som fullførte",
        "Per person som fullföljde",
    ),
    "per_participant": ("Per participant", "Per deltaker", "Per deltagare"),
    "phase": ("Phase", "Fase", "Fas"),
    "present": ("Present value", "Nåverdi", "Nuvärde"),
    "price": ("Price of one", "Pris for én", "Pris för en"),
    "price_year": ("Price year", "Prisår", "Prisår"),
    "prob_positive": (
        "Probability of a positive net",
        "Sannsynlighet for positiv netto",
        "Sannolikhet för positivt netto",
    ),
    "prob_reached": (
        "Probability of reaching it",
        "Sannsynlighet for å nå den",
        "Sannolikhet att nå den",
    ),
    "quantity": ("Quantity", "Mengde", "Mängd"),
    "rate": ("Real rate", "Realrente", "Realränta"),
    "receiver": ("Receiver", "Mottaker", "Mottagare"),
    "saving": ("Avoided", "Unngått", "Undviken"),
    "share": ("Share of draws", "Andel av trekningene", "Andel av dragningarna"),
    "share_extrapolated": (
        "Share beyond follow-up",
        "Andel utover oppfølgingen",
        "Andel bortom uppföljningen",
    ),
    "side": ("Side", "Side", "Sida"),
    "source": ("Source", "Kilde", "Källa"),
    "state": ("Remark", "Anmerkning", "Anmärkning"),
    "status": ("Status", "Status", "Status"),
    "taxed": ("Tax revenue", "Skatteinntekt", "Skatteintäkt"),
    "to_year": ("To year", "Til år", "Till år"),
    "total": ("In all", "I alt", "Totalt"),
    "type": ("Type", "Type", "Typ"),
    "uncertain": ("Distribution", "Fordeling", "Fördelning"),
    "unit": ("Unit", "Enhet", "Enhet"),
    "url": ("Address", "Adresse", "Adress"),
    "value": ("Present value", "Nåverdi", "Nuvärde"),
    "year": ("Year", "År", "År"),
    "years": ("Years", "År", "År"),
}


def columns(kind: str, *, money: str, **units: str) -> tuple[Column, ...]:
    """Return the columns of a kind of table.

    Parameters
    ----------
    kind : str
        Which.
    money : str
        Currency, the unit of columns of money.
    **units : str
        Units of other columns, by name.
    """
    names, labels = _COLUMNS, _LABELS
    if kind in results.COLUMNS:
        names, labels = results.COLUMNS, results.LABELS
    return tuple(
        Column(
            name,
            type_,
            dict(zip(("en", "nb", "sv"), labels[name], strict=True)),
            units.get(name, money if type_ == "money" else None),
        )
        for name, type_ in names[kind]
    )
