"""Headings of the tables on single cases, and words for what stands in their cells."""

LABELS = {
    "statistic": {"en": "Measure", "nb": "Mål", "sv": "Mått"},
    "n_people": {"en": "People", "nb": "Personer", "sv": "Personer"},
    "cases": {"en": "Cases", "nb": "Kasus", "sv": "Fall"},
    "scheme": {"en": "How chance decided", "nb": "Slik trakk man", "sv": "Så lottades det"},
    "assignments": {
        "en": "Possible assignments",
        "nb": "Mulige trekninger",
        "sv": "Möjliga lottningar",
    },
    "exact": {"en": "All gone through", "nb": "Alle gjennomgått", "sv": "Alla genomgångna"},
    "difference": {
        "en": "Difference of phase means",
        "nb": "Forskjell mellom fasesnitt",
        "sv": "Skillnad mellan fasmedel",
    },
    "conf_low": {"en": "Lower limit", "nb": "Nedre grense", "sv": "Undre gräns"},
    "conf_high": {"en": "Upper limit", "nb": "Øvre grense", "sv": "Övre gräns"},
    "p_value": {"en": "p-value", "nb": "p-verdi", "sv": "p-värde"},
    "smallest_p": {
        "en": "Smallest possible p-value",
        "nb": "Minste mulige p-verdi",
        "sv": "Minsta möjliga p-värde",
    },
    "alternative": {"en": "Asked", "nb": "Spurt om", "sv": "Frågat om"},
    "state": {"en": "Why absent", "nb": "Hvorfor tom", "sv": "Varför tom"},
    "case": {"en": "Case", "nb": "Kasus", "sv": "Fall"},
    "start": {"en": "Start", "nb": "Start", "sv": "Start"},
    "occasions_before": {
        "en": "Occasions before",
        "nb": "Målinger før",
        "sv": "Mätningar före",
    },
    "occasions_after": {
        "en": "Occasions with the programme",
        "nb": "Målinger med tiltaket",
        "sv": "Mätningar med insatsen",
    },
    "mean_before": {"en": "Mean before", "nb": "Snitt før", "sv": "Medel före"},
    "mean_after": {
        "en": "Mean with the programme",
        "nb": "Snitt med tiltaket",
        "sv": "Medel med insatsen",
    },
    "nap": {
        "en": "Pairs in which later is better",
        "nb": "Par der senere er bedre",
        "sv": "Par där senare är bättre",
    },
    "nap_low": {"en": "Lower limit", "nb": "Nedre grense", "sv": "Undre gräns"},
    "nap_high": {"en": "Upper limit", "nb": "Øvre grense", "sv": "Övre gräns"},
    "tau_u": {"en": "Tau-U", "nb": "Tau-U", "sv": "Tau-U"},
    "log_ratio": {
        "en": "Log of the ratio of means",
        "nb": "Logaritmen av forholdet mellom snittene",
        "sv": "Logaritmen av kvoten mellan medlen",
    },
    "log_ratio_low": {"en": "Lower limit", "nb": "Nedre grense", "sv": "Undre gräns"},
    "log_ratio_high": {"en": "Upper limit", "nb": "Øvre grense", "sv": "Övre gräns"},
    "key": {"en": "Key", "nb": "Nøkkel", "sv": "Nyckel"},
    "time": {"en": "Occasion", "nb": "Måling", "sv": "Mättillfälle"},
    "phase": {"en": "Phase", "nb": "Fase", "sv": "Fas"},
    "value": {"en": "Value", "nb": "Verdi", "sv": "Värde"},
}

WORDS = {
    "all_cases": {
        "en": "all cases together",
        "nb": "alle kasus samlet",
        "sv": "alla fall tillsammans",
    },
    "mean_difference": {
        "en": "mean over cases of the difference of phase means",
        "nb": "snitt over kasus av forskjellen mellom fasesnitt",
        "sv": "medel över fallen av skillnaden mellan fasmedel",
    },
    "not_random": {"en": "it did not", "nb": "ikke trukket", "sv": "inte lottat"},
    "start_order": {
        "en": "which case began when",
        "nb": "hvem som startet når",
        "sv": "vem som började när",
    },
    "start_window": {
        "en": "each case's start, within a window",
        "nb": "starten for hvert kasus, innenfor et vindu",
        "sv": "starten för varje fall, inom ett fönster",
    },
    "phase_order": {
        "en": "which phase came first",
        "nb": "hvilken fase som kom først",
        "sv": "vilken fas som kom först",
    },
    "either": {"en": "any change", "nb": "enhver endring", "sv": "varje förändring"},
    "better": {
        "en": "a change for the better",
        "nb": "en endring til det bedre",
        "sv": "en förändring till det bättre",
    },
    "not_randomised": {
        "en": "no test: chance did not decide",
        "nb": "ingen test: det ble ikke trukket",
        "sv": "inget test: det lottades inte",
    },
    "too_few_assignments": {
        "en": "no limits: too few possible assignments",
        "nb": "ingen grenser: for få mulige trekninger",
        "sv": "inga gränser: för få möjliga lottningar",
    },
    "baseline": {"en": "before", "nb": "før", "sv": "före"},
    "with_programme": {"en": "with the programme", "nb": "med tiltaket", "sv": "med insatsen"},
}
