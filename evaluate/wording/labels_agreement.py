"""Headings and words of the tables on how far coders agree."""

LABELS = {
    "key": {"en": "Key", "nb": "Nøkkel", "sv": "Nyckel"},
    "variable": {"en": "What was judged", "nb": "Hva som ble vurdert", "sv": "Vad som bedömdes"},
    "coefficient": {"en": "Measure", "nb": "Mål", "sv": "Mått"},
    "value": {"en": "Agreement", "nb": "Samsvar", "sv": "Överensstämmelse"},
    "low": {"en": "Lower limit", "nb": "Nedre grense", "sv": "Nedre gräns"},
    "high": {"en": "Upper limit", "nb": "Øvre grense", "sv": "Övre gräns"},
    "n_units": {
        "en": "Units that two or more coded",
        "nb": "Enheter som to eller flere kodet",
        "sv": "Enheter som två eller fler kodade",
    },
    "coders": {"en": "Coders", "nb": "Kodere", "sv": "Kodare"},
    "state": {"en": "Why absent", "nb": "Hvorfor tom", "sv": "Varför tom"},
    "code": {"en": "Code", "nb": "Kode", "sv": "Kod"},
    "percent": {"en": "Say the same", "nb": "Sier det samme", "sv": "Säger detsamma"},
    "gwet": {"en": "Gwet's AC1", "nb": "Gwets AC1", "sv": "Gwets AC1"},
    "n_given": {
        "en": "Units that somebody gave it",
        "nb": "Enheter som noen ga koden",
        "sv": "Enheter som någon gav koden",
    },
    "first": {"en": "Coder", "nb": "Koder", "sv": "Kodare"},
    "second": {"en": "and coder", "nb": "og koder", "sv": "och kodare"},
    "kappa": {"en": "Cohen's kappa", "nb": "Cohens kappa", "sv": "Cohens kappa"},
    "std_error": {"en": "Standard error", "nb": "Standardfeil", "sv": "Standardfel"},
    "z": {"en": "z", "nb": "z", "sv": "z"},
    "one": {"en": "One says", "nb": "Den ene sier", "sv": "Den ena säger"},
    "other": {"en": "another says", "nb": "en annen sier", "sv": "en annan säger"},
    "n_pairs": {"en": "Times", "nb": "Ganger", "sv": "Gånger"},
    "share": {
        "en": "Of all disagreements",
        "nb": "Av all uenighet",
        "sv": "Av all oenighet",
    },
}

WORDS = {
    "agreement.alpha": {
        "en": "Krippendorff's alpha",
        "nb": "Krippendorffs alfa",
        "sv": "Krippendorffs alfa",
    },
    "agreement.percent": {
        "en": "Share of pairs that say the same",
        "nb": "Andel par som sier det samme",
        "sv": "Andel par som säger detsamma",
    },
    "agreement.cohen": {"en": "Cohen's kappa", "nb": "Cohens kappa", "sv": "Cohens kappa"},
    "agreement.cohen_linear": {
        "en": "Cohen's kappa, linear weights",
        "nb": "Cohens kappa, lineære vekter",
        "sv": "Cohens kappa, linjära vikter",
    },
    "agreement.cohen_squared": {
        "en": "Cohen's kappa, squared weights",
        "nb": "Cohens kappa, kvadratiske vekter",
        "sv": "Cohens kappa, kvadratiska vikter",
    },
    "agreement.conger": {"en": "Conger's kappa", "nb": "Congers kappa", "sv": "Congers kappa"},
    "agreement.fleiss": {"en": "Fleiss' kappa", "nb": "Fleiss' kappa", "sv": "Fleiss kappa"},
    "agreement.gwet": {"en": "Gwet's AC1", "nb": "Gwets AC1", "sv": "Gwets AC1"},
    "agreement.brennan_prediger": {
        "en": "Brennan and Prediger's kappa",
        "nb": "Brennan og Predigers kappa",
        "sv": "Brennan och Predigers kappa",
    },
    "agreement.kendall": {"en": "Kendall's W", "nb": "Kendalls W", "sv": "Kendalls W"},
    "agreement.icc_agreement": {
        "en": "Intraclass correlation, absolute agreement",
        "nb": "Intraklassekorrelasjon, absolutt samsvar",
        "sv": "Intraklasskorrelation, absolut överensstämmelse",
    },
    "agreement.icc_consistency": {
        "en": "Intraclass correlation, consistency",
        "nb": "Intraklassekorrelasjon, konsistens",
        "sv": "Intraklasskorrelation, konsistens",
    },
    "agreement.all_equal": {
        "en": "all values are equal: not defined",
        "nb": "alle verdier er like: ikke definert",
        "sv": "alla värden är lika: inte definierat",
    },
    "agreement.one_value": {
        "en": "a coder uses one value only",
        "nb": "en koder bruker bare én verdi",
        "sv": "en kodare använder bara ett värde",
    },
    "agreement.too_few_units": {
        "en": "too few units that two coded, for an interval",
        "nb": "for få enheter som to kodet til et intervall",
        "sv": "för få enheter som två kodade för ett intervall",
    },
    "agreement.too_few_varied_draws": {
        "en": "varies too little for an interval",
        "nb": "varierer for lite til et intervall",
        "sv": "varierar för lite för ett intervall",
    },
    "agreement.no_shared_units": {
        "en": "no unit that both coded",
        "nb": "ingen enhet som begge kodet",
        "sv": "ingen enhet som båda kodade",
    },
}
