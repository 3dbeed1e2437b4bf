"""The words on figures, in each language."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: Mapping[str, tuple[str, str, str]] = {
    # key: English, Norwegian (bokmål), Swedish
    "to": ("to", "til", "till"),
    "points": ("percentage points", "prosentpoeng", "procentenheter"),
    "million": ("million", "millioner", "miljoner"),
    "milliard": ("billion", "milliarder", "miljarder"),
    "dummy": (
        "Dummy data: every number is invented",
        "Prøvedata: alle tall er oppdiktet",
        "Testdata: alla tal är påhittade",
    ),
    "programme": ("the programme", "tiltaket", "insatsen"),
    "with": ("With the programme", "Med tiltaket", "Med insatsen"),
    "without": ("Without", "Uten", "Utan"),
    "col_with": ("with", "med", "med"),
    "col_without": ("without", "uten", "utan"),
    "difference": ("difference", "forskjell", "skillnad"),
    "Difference": ("Difference", "Forskjell", "Skillnad"),
    "of 100": ("{n} of 100", "{n} av 100", "{n} av 100"),
    "per 100": ("of 100", "av 100", "av 100"),
    "more": ("{n} more", "{n} flere", "{n} fler"),
    "fewer": ("{n} fewer", "{n} færre", "{n} färre"),
    "higher": ("{n} higher", "{n} høyere", "{n} högre"),
    "lower": ("{n} lower", "{n} lavere", "{n} lägre"),
    "no difference": ("no difference", "ingen forskjell", "ingen skillnad"),
    "between": ("between {low} and {high}", "mellom {low} og {high}", "mellan {low} och {high}"),
    "interval": ("{level}% interval", "{level} % intervall", "{level} % intervall"),
    "not counted": (
        "{a} without it, against {b}",
        "{a} uten det, mot {b}",
        "{a} utan det, mot {b}",
    ),
    "than without": (
        "with the programme than without",
        "med tiltaket enn uten",
        "med insatsen än utan",
    ),
    "than comparison": (
        "in the programme group than in the comparison group",
        "i tiltaksgruppen enn i sammenligningsgruppen",
        "i insatsgruppen än i jämförelsegruppen",
    ),
    "overstated": (", likely overstated", ", trolig overvurdert", ", troligen överskattat"),
    "worthwhile": ("worth having from {n}", "verdt å ha fra {n}", "värt att ha från {n}"),
    "worthwhile note": (
        "Dashed line: the smallest effect worth having.",
        "Stiplet linje: den minste effekten som er verdt å ha.",
        "Streckad linje: den minsta effekten som är värd att ha.",
    ),
    # verdicts
    "shown benefit": ("shown benefit", "vist nytte", "visad nytta"),
    "shown harm": ("shown harm", "vist skade", "visad skada"),
    "ruled out": ("ruled out", "utelukket", "utesluten"),
    "not detectable": ("not detectable", "ikke påviselig", "ej påvisbar"),
    "inconclusive": ("inconclusive", "usikkert", "osäkert"),
    "not estimable": ("not estimable", "kan ikke beregnes", "kan ej beräknas"),
    # titles by verdict
    "title shown": (
        "{outcome}: {size} {than}{weak}",
        "{outcome}: {size} {than}{weak}",
        "{outcome}: {size} {than}{weak}",
    ),
    "title ruled out": (
        "{outcome}: an effect worth having is ruled out; {between}",
        "{outcome}: en effekt verdt å ha er utelukket; {between}",
        "{outcome}: en effekt värd att ha är utesluten; {between}",
    ),
    "title not detectable": (
        "{outcome}: these data are too few to tell; {between}",
        "{outcome}: dataene er for få til å si det; {between}",
        "{outcome}: dessa data räcker inte för att avgöra; {between}",
    ),
    "title inconclusive": (
        "{outcome}: inconclusive; {between}",
        "{outcome}: usikkert; {between}",
        "{outcome}: osäkert; {between}",
    ),
    "subtitle share": (
        "Each dot is one of 100 people; difference with {interval}",
        "Hver prikk er én av 100; forskjell med {interval}",
        "Varje prick är en av 100; skillnad med {interval}",
    ),
    "subtitle means": (
        "Mean of each group and their difference with {interval}, in {unit}",
        "Snitt i hver gruppe og forskjellen med {interval}, i {unit}",
        "Medelvärde i varje grupp och skillnaden med {interval}, i {unit}",
    ),
    "subtitle effect": (
        "Difference with {interval}, in {unit}",
        "Forskjell med {interval}, i {unit}",
        "Skillnad med {interval}, i {unit}",
    ),
    "Outcome": ("Outcome", "Utfall", "Utfall"),
    "Group": ("Group", "Gruppe", "Grupp"),
    "Value": ("Value", "Verdi", "Värde"),
    "Low": ("Low", "Lav", "Låg"),
    "High": ("High", "Høy", "Hög"),
    "Result": ("Result", "Resultat", "Resultat"),
    "Method": ("Method", "Metode", "Metod"),
    "Unit": ("Unit", "Enhet", "Enhet"),
    # forest
    "forest all": (
        "{n} of {all} outcomes show a benefit",
        "{n} av {all} utfall viser nytte",
        "{n} av {all} utfall visar nytta",
    ),
    "forest harm": ("; {n} a harm", "; {n} skade", "; {n} skada"),
    "forest none": (
        "None of {all} outcomes shows a benefit",
        "Ingen av {all} utfall viser nytte",
        "Inget av {all} utfall visar nytta",
    ),
    "forest subtitle": (
        "Difference with {interval}; hollow: another method beside the main one",
        "Forskjell med {interval}; hul: en annen metode ved siden av hovedmetoden",
        "Skillnad med {interval}; ihålig: en annan metod vid sidan av huvudmetoden",
    ),
    # balance
    "balance title": (
        "{n} of {all} characteristics differ by more than 0.25 standard deviations",
        "{n} av {all} kjennetegn skiller seg med mer enn 0,25 standardavvik",
        "{n} av {all} kännetecken skiljer sig med mer än 0,25 standardavvikelser",
    ),
    "balance adjust": (
        "{n} of {all} characteristics differ by more than 0.05 standard deviations, none by more "
        "than 0.25",
        "{n} av {all} kjennetegn skiller seg med mer enn 0,05 standardavvik, ingen med mer enn 0,25",
        "{n} av {all} kännetecken skiljer sig med mer än 0,05 standardavvikelser, inget med mer "
        "än 0,25",
    ),
    "balance fine": (
        "No characteristic differs by more than 0.05 standard deviations",
        "Ingen kjennetegn skiller seg med mer enn 0,05 standardavvik",
        "Inget kännetecken skiljer sig med mer än 0,05 standardavvikelser",
    ),
    "balance subtitle": (
        "Difference between the groups at the start, in standard deviations",
        "Forskjell mellom gruppene ved starten, i standardavvik",
        "Skillnad mellan grupperna vid starten, i standardavvikelser",
    ),
    "fine": ("fine", "greit", "bra"),
    "adjust": ("must be adjusted for", "må justeres for", "måste justeras för"),
    "apart": ("too far apart", "for ulike", "för olika"),
    "in model": ("in the model", "i modellen", "i modellen"),
    "not in model": ("not in the model", "ikke i modellen", "ej i modellen"),
    "Covariate": ("Characteristic", "Kjennetegn", "Kännetecken"),
    "Model": ("Model", "Modell", "Modell"),
    # attrition
    "attrition low": (
        "{lost} lost and {gap} apart: a low risk of bias from those who left",
        "{lost} falt fra, {gap} fra hverandre: lav risiko for skjevhet av frafall",
        "{lost} föll bort, {gap} isär: låg risk för skevhet av bortfall",
    ),
    "attrition high": (
        "{lost} lost and {gap} apart: those who left may have biased the result",
        "{lost} falt fra, {gap} fra hverandre: frafallet kan ha gitt skjevt resultat",
        "{lost} föll bort, {gap} isär: bortfallet kan ha gett skevt resultat",
    ),
    "attrition subtitle": (
        "People without an outcome, both groups together, and the difference between groups",
        "Personer uten utfall, begge grupper samlet, og forskjellen mellom gruppene",
        "Personer utan utfall, båda grupperna tillsammans, och skillnaden mellan grupperna",
    ),
    "this study": ("this study", "denne studien", "denna studie"),
    "cautious": ("cautious limit", "forsiktig grense", "försiktig gräns"),
    "low risk": ("low risk", "lav risiko", "låg risk"),
    "high risk": ("high risk", "høy risiko", "hög risk"),
    "overall lost": ("lost, both groups", "frafall, begge grupper", "bortfall, båda grupperna"),
    "apart points": (
        "difference between groups, percentage points",
        "forskjell mellom gruppene, prosentpoeng",
        "skillnad mellan grupperna, procentenheter",
    ),
    "Lost": ("Lost", "Frafall", "Bortfall"),
    "both": ("Both groups", "Begge grupper", "Båda grupperna"),
    # money
    "society": ("Society as a whole", "Samfunnet samlet", "Samhället som helhet"),
    "public_funds": (
        "Cost of raising taxes",
        "Skattefinansieringskostnad",
        "Skattefinansieringens kostnad",
    ),
    "pays": ("pays", "betaler", "betalar"),
    "gets": ("gets", "får", "får"),
    "net": ("net", "netto", "netto"),
    "Payer": ("Payer", "Aktør", "Aktör"),
    "prices": (
        "{currency}, {year} prices",
        "{currency}, {year}-priser",
        "{currency}, {year} års priser",
    ),
    "accounts subtitle": (
        "Present value per person in the programme, {prices}",
        "Nåverdi per person i tiltaket, {prices}",
        "Nuvärde per person i insatsen, {prices}",
    ),
    "society gains": (
        "On these figures society gains {n} per person in the programme ({range})",
        "Med disse tallene vinner samfunnet {n} per person i tiltaket ({range})",
        "Med dessa tal vinner samhället {n} per person i insatsen ({range})",
    ),
    "society loses": (
        "On these figures society loses {n} per person in the programme ({range})",
        "Med disse tallene taper samfunnet {n} per person i tiltaket ({range})",
        "Med dessa tal förlorar samhället {n} per person i insatsen ({range})",
    ),
    "society unsure": (
        "Whether society gains is uncertain: {range} per person in the programme",
        "Det er usikkert om samfunnet vinner: {range} per person i tiltaket",
        "Det är osäkert om samhället vinner: {range} per person i insatsen",
    ),
    "beyond": (
        "Of society's net, {n} lies beyond what was measured.",
        "Av samfunnets netto ligger {n} utover det som er målt.",
        "Av samhällets netto ligger {n} bortom det som mätts.",
    ),
    "flow title": (
        "Seen over {n} years, {payer} ends at {sum} per person in the programme",
        "Over {n} år ender {payer} på {sum} per person i tiltaket",
        "Över {n} år slutar {payer} på {sum} per person i insatsen",
    ),
    "flow subtitle": (
        "Running sum of present values by year, {prices}",
        "Løpende sum av nåverdier år for år, {prices}",
        "Löpande summa av nuvärden år för år, {prices}",
    ),
    "flow dashed": (
        "Dashed: beyond what was measured.",
        "Stiplet: utover det som er målt.",
        "Streckat: bortom det som mätts.",
    ),
    "years": ("years", "år", "år"),
    "Year": ("Year", "År", "År"),
    "gain title": (
        "On these figures society gains in {n} of 100 draws",
        "Med disse tallene vinner samfunnet i {n} av 100 trekninger",
        "Med dessa tal vinner samhället i {n} av 100 dragningar",
    ),
    "gains": ("gains in {n} of 100 draws", "vinner i {n} av 100", "vinner i {n} av 100"),
    "loses": ("loses in {n} of 100 draws", "taper i {n} av 100", "förlorar i {n} av 100"),
    "draws subtitle": (
        "Society's net present value per person in the programme, {prices}; height: share of draws",
        "Samfunnets netto nåverdi per person i tiltaket, {prices}; høyde: andel av trekningene",
        "Samhällets nettonuvärde per person i insatsen, {prices}; höjd: andel av dragningarna",
    ),
    "fewer than": ("fewer than {n}", "færre enn {n}", "färre än {n}"),
    "more than": ("more than {n}", "mer enn {n}", "mer än {n}"),
    "Cautious": ("Cautious limit", "Forsiktig grense", "Försiktig gräns"),
    "balance note": (
        "Up to 0.05 is fine, up to 0.25 must be adjusted for, above that the groups are too far "
        "apart. A cross marks what is too far apart or not adjusted for.",
        "Inntil 0,05 er greit, inntil 0,25 må justeres for, over det er gruppene for ulike. Et "
        "kryss viser det som er for ulikt eller ikke justert for.",
        "Upp till 0,05 är bra, upp till 0,25 måste justeras för, därutöver är grupperna för olika. "
        "Ett kryss visar det som är för olika eller inte justerat för.",
    ),
    "From": ("From", "Fra", "Från"),
    "To": ("To", "Til", "Till"),
    "Share": ("Share of draws", "Andel av trekningene", "Andel av dragningarna"),
}
_PLACE = {"en": 0, "nb": 1, "nn": 1, "sv": 2}
LANGUAGES = tuple(_PLACE)


def word(key: str, language: str, **values: object) -> str:
    """Return a word or sentence in a language, with its slots filled; English where unknown."""
    text = _WORDS[key][_PLACE.get(language, 0)]
    return text.format(**values) if values else text
