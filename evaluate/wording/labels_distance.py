"""Headings and words of the tables on how organisations see each other."""

LABELS = {
    "key": {"en": "Key", "nb": "Nøkkel", "sv": "Nyckel"},
    "case": {"en": "Case", "nb": "Kasus", "sv": "Fall"},
    "by": {"en": "Seen by", "nb": "Sett av", "sv": "Sett av"},
    "of": {"en": "Who is seen", "nb": "Hvem som ses", "sv": "Vem som ses"},
    "n": {"en": "Raters", "nb": "Vurderere", "sv": "Bedömare"},
    "mean": {"en": "Mean rating", "nb": "Gjennomsnittlig vurdering", "sv": "Medelbedömning"},
    "std_dev": {"en": "Standard deviation", "nb": "Standardavvik", "sv": "Standardavvikelse"},
    "conf_low": {"en": "Lower limit", "nb": "Nedre grense", "sv": "Nedre gräns"},
    "conf_high": {"en": "Upper limit", "nb": "Øvre grense", "sv": "Övre gräns"},
    "df": {"en": "Degrees of freedom", "nb": "Frihetsgrader", "sv": "Frihetsgrader"},
    "distance": {
        "en": "Distance, none to greatest",
        "nb": "Avstand, ingen til størst",
        "sv": "Avstånd, inget till störst",
    },
    "agreement": {
        "en": "Agreement among raters (r_wg)",
        "nb": "Enighet blant vurdererne (r_wg)",
        "sv": "Enighet bland bedömarna (r_wg)",
    },
    "state": {"en": "What is missing", "nb": "Hva som mangler", "sv": "Vad som saknas"},
    "one": {"en": "First side", "nb": "Første side", "sv": "Första sidan"},
    "other": {"en": "Other side", "nb": "Andre side", "sv": "Andra sidan"},
    "n_one": {
        "en": "Raters, first side",
        "nb": "Vurderere, første side",
        "sv": "Bedömare, första sidan",
    },
    "n_other": {
        "en": "Raters, other side",
        "nb": "Vurderere, andre side",
        "sv": "Bedömare, andra sidan",
    },
    "mean_one": {
        "en": "How the first sees the other",
        "nb": "Slik den første ser den andre",
        "sv": "Så ser den första den andra",
    },
    "mean_other": {
        "en": "How the other sees the first",
        "nb": "Slik den andre ser den første",
        "sv": "Så ser den andra den första",
    },
    "mean_seen": {
        "en": "How the other is seen",
        "nb": "Slik den andre blir sett",
        "sv": "Så ses den andra",
    },
    "mean_own": {
        "en": "How the other sees itself",
        "nb": "Slik den andre ser seg selv",
        "sv": "Så ser den andra sig själv",
    },
    "gap": {"en": "Gap", "nb": "Forskjell", "sv": "Skillnad"},
    "item": {"en": "Item", "nb": "Spørsmål", "sv": "Fråga"},
    "cases": {
        "en": "Cases with both sides",
        "nb": "Kasus med begge sider",
        "sv": "Fall med båda sidor",
    },
    "icc_one": {
        "en": "ICC by case, first side's raters",
        "nb": "ICC etter kasus, første sides vurderere",
        "sv": "ICC efter fall, första sidans bedömare",
    },
    "icc_other": {
        "en": "ICC by case, other side's raters",
        "nb": "ICC etter kasus, andre sides vurderere",
        "sv": "ICC efter fall, andra sidans bedömare",
    },
}

WORDS = {
    "all": {"en": "all items", "nb": "alle spørsmål", "sv": "alla frågor"},
    "no_raters": {"en": "nobody rated", "nb": "ingen har vurdert", "sv": "ingen har bedömt"},
    "one_rater": {
        "en": "one rater: no interval",
        "nb": "én vurderer: ikke noe intervall",
        "sv": "en bedömare: inget intervall",
    },
    "raters_alike": {
        "en": "all raters gave the same: no interval",
        "nb": "alle vurderte likt: ikke noe intervall",
        "sv": "alla bedömde lika: inget intervall",
    },
    "one_side_only": {
        "en": "only one side was asked: no gap",
        "nb": "bare én side er spurt: ingen forskjell",
        "sv": "bara en sida har tillfrågats: ingen skillnad",
    },
    "one_view_only": {
        "en": "one of the two views is missing",
        "nb": "ett av de to synene mangler",
        "sv": "en av de två bilderna saknas",
    },
    "too_few_raters": {
        "en": "too few raters, or all alike: no interval",
        "nb": "for få vurderere, eller alle like: ikke noe intervall",
        "sv": "för få bedömare, eller alla lika: inget intervall",
    },
    "too_few_cases": {
        "en": "too few cases, or all alike: no interval",
        "nb": "for få kasus, eller alle like: ikke noe intervall",
        "sv": "för få fall, eller alla lika: inget intervall",
    },
}
