"""Columns of the tables of incentives, with their headings."""

from __future__ import annotations

from evaluate.core import CellType, Column

_FIGURES: tuple[tuple[str, CellType], ...] = (
    ("key", "text"),
    ("value", "number"),
    ("unit", "text"),
    ("source", "text"),
    ("url", "text"),
    ("date", "text"),
    ("page", "text"),
    ("status", "text"),
    ("note", "text"),
)
_SEAT: tuple[tuple[str, CellType], ...] = (
    ("key", "text"),
    ("programme", "text"),
    ("marginal_share", "share"),
)

_COLUMNS: dict[str, tuple[tuple[str, CellType], ...]] = {
    "incentives": (
        ("payer", "text"),
        ("outlay", "money"),
        ("gain", "money"),
        ("net", "money"),
        ("cost_share", "share"),
        ("benefit_share", "share"),
        ("gap", "share"),
        ("break_even", "number"),
        ("state", "text"),
        ("prob_positive", "share"),
        ("side_payment", "money"),
        ("contribution", "money"),
        ("horizon", "integer"),
        ("horizon_state", "text"),
    ),
    "side_payments": (("key", "text"), ("from", "text"), ("to", "text"), ("amount", "money")),
    "wrong_pocket": (("key", "text"), ("value", "number"), ("state", "text")),
    "organiser": (
        *_SEAT,
        ("margin_month", "money"),
        ("months_to_break_even", "number"),
        ("state", "text"),
        ("net_organiser", "money"),
        ("net_home_municipality", "money"),
        ("net_consolidated", "money"),
        ("net_state", "money"),
        ("net_pupil", "money"),
        ("status", "text"),
    ),
    "organiser_months": (
        *_SEAT,
        ("exit_month", "integer"),
        ("funded_months", "number"),
        ("months_to_break_even", "number"),
        ("state", "text"),
        ("net_organiser", "money"),
        ("net_home_municipality", "money"),
    ),
    "organiser_inputs": _FIGURES,
    "cofinancing": (
        ("key", "text"),
        ("rate", "share"),
        ("eligible", "money"),
        ("grant", "money"),
        ("cofunding", "money"),
        ("in_kind", "money"),
        ("cash", "money"),
        ("economic_cost", "money"),
        ("cash_cost", "money"),
        ("status", "text"),
        ("state", "text"),
    ),
    "cofinancing_inputs": _FIGURES,
    "fund": (
        ("year", "integer"),
        ("balance", "money"),
        ("repaid", "money"),
        ("saving", "money"),
        ("basis", "text"),
        ("state", "text"),
    ),
    "fund_result": (("key", "text"), ("value", "number"), ("unit", "text"), ("state", "text")),
    "fund_inputs": _FIGURES,
}

_LABELS: dict[str, tuple[str, str, str]] = {
    "amount": ("Amount", "Beløp", "Belopp"),
    "balance": ("Balance", "Saldo", "Saldo"),
    "basis": ("Saving", "Besparelse", "Besparing"),
    "benefit_share": ("Share of gains", "Andel av gevinsten", "Andel av vinsten"),
    "break_even": ("Break-even effect", "Effekt som balanserer", "Effekt vid jämvikt"),
    "cash": ("In cash", "Kontant", "Kontant"),
    "cash_cost": ("Cost in cash", "Kontant kostnad", "Kontant kostnad"),
    "cofunding": ("Co-funding", "Egenfinansiering", "Medfinansiering"),
    "contribution": ("Pays to others", "Betaler til andre", "Betalar till andra"),
    "cost_share": ("Share of outlay", "Andel av utlegget", "Andel av utlägget"),
    "date": ("Date", "Dato", "Datum"),
    "economic_cost": ("Economic cost", "Samlet ressursbruk", "Samlad resursförbrukning"),
    "eligible": ("Eligible cost", "Støtteberettiget kostnad", "Stödberättigande kostnad"),
    "exit_month": (
        "Month of averted exit",
        "Måned for avverget slutt",
        "Månad för avvärjt avbrott",
    ),
    "from": ("From", "Fra", "Från"),
    "funded_months": ("Months paid for", "Måneder det betales for", "Månader som ersätts"),
    "gain": ("Gain", "Gevinst", "Vinst"),
    "gap": ("Incentive gap", "Insentivgap", "Incitamentsgap"),
    "grant": ("Grant", "Tilskudd", "Stöd"),
    "horizon": ("Years needed", "År som trengs", "År som behövs"),
    "horizon_state": ("Remark on years", "Anmerkning om år", "Anmärkning om år"),
    "in_kind": ("In kind", "I naturalia", "I annat än pengar"),
    "key": ("Row", "Rad", "Rad"),
    "margin_month": (
        "Organiser's margin a month",
        "Skoleeierens margin per måned",
        "Huvudmannens marginal per månad",
    ),
    "marginal_share": (
        "Cost of one more pupil, share of funding",
        "Kostnad for én elev til, andel av tilskuddet",
        "Kostnad för en elev till, andel av ersättningen",
    ),
    "months_to_break_even": (
        "Months retained to break even",
        "Måneder til balanse",
        "Månader till jämvikt",
    ),
    "net": ("Net present value", "Netto nåverdi", "Nettonuvärde"),
    "net_consolidated": (
        "Organiser and municipality together",
        "Skoleeier og kommune samlet",
        "Huvudman och kommun tillsammans",
    ),
    "net_home_municipality": ("Home municipality", "Hjemkommunen", "Hemkommunen"),
    "net_organiser": ("School organiser", "Skoleeieren", "Huvudmannen"),
    "net_pupil": ("Pupil", "Eleven", "Eleven"),
    "net_state": ("The state", "Staten", "Staten"),
    "note": ("Note", "Merknad", "Anmärkning"),
    "outlay": ("Outlay", "Utlegg", "Utlägg"),
    "page": ("Page", "Side", "Sida"),
    "payer": ("Payer", "Aktør", "Aktör"),
    "prob_positive": (
        "Probability of a positive net",
        "Sannsynlighet for positiv netto",
        "Sannolikhet för positivt netto",
    ),
    "programme": ("Programme", "Utdanningsprogram", "Program"),
    "rate": ("Rate of support", "Støtteandel", "Stödandel"),
    "repaid": ("Repaid", "Tilbakebetalt", "Återfört"),
    "saving": ("Saving in the year", "Besparelse i året", "Besparing under året"),
    "side_payment": (
        "Payment that makes it whole",
        "Betaling som holder den skadesløs",
        "Betalning som håller den skadelös",
    ),
    "source": ("Source", "Kilde", "Källa"),
    "state": ("Remark", "Anmerkning", "Anmärkning"),
    "status": ("Status", "Status", "Status"),
    "to": ("To", "Til", "Till"),
    "unit": ("Unit", "Enhet", "Enhet"),
    "url": ("Address", "Adresse", "Adress"),
    "value": ("Value", "Verdi", "Värde"),
    "year": ("Year", "År", "År"),
}


def columns(kind: str, *, money: str, effect: str = "") -> tuple[Column, ...]:
    """Return the columns of a kind of table.

    Parameters
    ----------
    kind : str
        Which.
    money : str
        Currency, the unit of columns of money.
    effect : str
        Unit of the effect.
    """
    units = {"break_even": effect or None, "months_to_break_even": "months"}
    return tuple(
        Column(name, type_, _label(name), units.get(name, money if type_ == "money" else None))
        for name, type_ in _COLUMNS[kind]
    )


def kinds() -> tuple[str, ...]:
    """Return the kinds of tables there are."""
    return tuple(_COLUMNS)


def _label(name: str) -> dict[str, str]:
    return dict(zip(("en", "nb", "sv"), _LABELS[name], strict=True))
