"""Columns of the account's tables, with their headings."""

from __future__ import annotations

from evaluate.core import CellType, Column

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
        ("per", "text"),
        ("years", "text"),
        ("growth", "share"),
        ("fade", "text"),
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
    "cost": ("Cost", "Kostnad", "Kostnad"),
    "cumulative": ("Running sum", "Løpende sum", "Löpande summa"),
    "currency": ("Currency", "Valuta", "Valuta"),
    "date": ("Date", "Dato", "Datum"),
    "effect": ("Break-even effect", "Effekt som balanserer", "Effekt vid jämvikt"),
    "extrapolated": ("Beyond follow-up", "Utover oppfølgingen", "Bortom uppföljningen"),
    "fade": ("Fading", "Avtakende", "Avtagande"),
    "from_year": ("From year", "Fra år", "Från år"),
    "growth": ("Real growth", "Realvekst", "Real tillväxt"),
    "high": ("To", "Til", "Till"),
    "item": ("Item", "Post", "Post"),
    "key": ("Payer and year", "Aktør og år", "Aktör och år"),
    "low": ("From", "Fra", "Från"),
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
    "payer": ("Payer", "Aktør", "Aktör"),
    "per": ("Per", "Per", "Per"),
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
    "rate": ("Real rate", "Realrente", "Realränta"),
    "receiver": ("Receiver", "Mottaker", "Mottagare"),
    "share": ("Share of draws", "Andel av trekningene", "Andel av dragningarna"),
    "side": ("Side", "Side", "Sida"),
    "source": ("Source", "Kilde", "Källa"),
    "state": ("Remark", "Anmerkning", "Anmärkning"),
    "status": ("Status", "Status", "Status"),
    "to_year": ("To year", "Til år", "Till år"),
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
    return tuple(
        Column(name, type_, _label(name), units.get(name, money if type_ == "money" else None))
        for name, type_ in _COLUMNS[kind]
    )


def _label(name: str) -> dict[str, str]:
    return dict(zip(("en", "nb", "sv"), _LABELS[name], strict=True))
