"""Headings and words of the tables on scored plans."""

LABELS = {
    "plan": {"en": "Plan", "nb": "Plan", "sv": "Plan"},
    "organiser": {"en": "Organiser", "nb": "Skoleeier", "sv": "Huvudman"},
    "readers": {"en": "Readers", "nb": "Lesere", "sv": "Läsare"},
    "total": {"en": "Points", "nb": "Poeng", "sv": "Poäng"},
    "possible": {"en": "Points possible", "nb": "Mulige poeng", "sv": "Möjliga poäng"},
    "short": {
        "en": "Criteria below the least",
        "nb": "Kriterier under minstemålet",
        "sv": "Kriterier under det minsta",
    },
    "unscored": {
        "en": "Criteria not scored",
        "nb": "Kriterier uten skår",
        "sv": "Kriterier utan poäng",
    },
    "meets": {
        "en": "Meets the least on all",
        "nb": "Når minstemålet på alle",
        "sv": "Når det minsta på alla",
    },
    "meets_every": {
        "en": "Says every reader",
        "nb": "Sier hver leser",
        "sv": "Säger varje läsare",
    },
    "meets_some": {
        "en": "By the highest score of any reader",
        "nb": "Etter den høyeste skåren fra noen leser",
        "sv": "Efter den högsta poängen från någon läsare",
    },
    "key": {"en": "Key", "nb": "Nøkkel", "sv": "Nyckel"},
    "criterion": {"en": "Criterion", "nb": "Kriterium", "sv": "Kriterium"},
    "least": {"en": "The least", "nb": "Minstemål", "sv": "Det minsta"},
    "middle": {"en": "Score (median)", "nb": "Skår (median)", "sv": "Poäng (median)"},
    "lowest": {"en": "Lowest score", "nb": "Laveste skår", "sv": "Lägsta poäng"},
    "highest": {"en": "Highest score", "nb": "Høyeste skår", "sv": "Högsta poäng"},
    "plans": {"en": "Plans", "nb": "Planer", "sv": "Planer"},
    "plans_met": {
        "en": "Plans up to the least",
        "nb": "Planer som når minstemålet",
        "sv": "Planer som når det minsta",
    },
    "plans_unknown": {
        "en": "Plans not known",
        "nb": "Planer vi ikke vet om",
        "sv": "Planer som inte är kända",
    },
    "share": {"en": "Share", "nb": "Andel", "sv": "Andel"},
    "conf_low": {"en": "Lower limit", "nb": "Nedre grense", "sv": "Nedre gräns"},
    "conf_high": {"en": "Upper limit", "nb": "Øvre grense", "sv": "Övre gräns"},
    "design_effect": {"en": "Design effect", "nb": "Designeffekt", "sv": "Designeffekt"},
    "at_least": {"en": "Share, at least", "nb": "Andel, minst", "sv": "Andel, minst"},
    "at_most": {"en": "Share, at most", "nb": "Andel, høyst", "sv": "Andel, högst"},
    "organisers": {"en": "Organisers", "nb": "Skoleeiere", "sv": "Huvudmän"},
    "standard": {"en": "Standard", "nb": "Krav", "sv": "Krav"},
    "mean": {"en": "Mean score", "nb": "Gjennomsnittlig skår", "sv": "Medelpoäng"},
    "pairs": {"en": "Pairs of scores", "nb": "Par av skårer", "sv": "Par av poäng"},
    "same": {"en": "The same score", "nb": "Samme skår", "sv": "Samma poäng"},
    "near": {
        "en": "At most one level apart",
        "nb": "Høyst ett nivå fra hverandre",
        "sv": "Högst en nivå isär",
    },
    "alpha": {
        "en": "Krippendorff's alpha (ordinal)",
        "nb": "Krippendorffs alfa (ordinal)",
        "sv": "Krippendorffs alfa (ordinal)",
    },
    "state": {"en": "What is missing", "nb": "Hva som mangler", "sv": "Vad som saknas"},
}

WORDS = {
    "all": {"en": "all criteria", "nb": "alle kriterier", "sv": "alla kriterier"},
    "median": {
        "en": "by the median of readers",
        "nb": "etter lesernes median",
        "sv": "efter läsarnas median",
    },
    "every_reader": {
        "en": "by every reader's score",
        "nb": "etter hver lesers skår",
        "sv": "efter varje läsares poäng",
    },
    "some_reader": {
        "en": "by the highest score of any reader",
        "nb": "etter den høyeste skåren fra noen leser",
        "sv": "efter den högsta poängen från någon läsare",
    },
    "not_scored": {"en": "not scored in full", "nb": "ikke fullt skåret", "sv": "inte helt bedömd"},
    "one_reader": {
        "en": "one reader: agreement is not known",
        "nb": "én leser: enigheten er ikke kjent",
        "sv": "en läsare: enigheten är inte känd",
    },
    "no_plans": {
        "en": "no plan is scored in full",
        "nb": "ingen plan er fullt skåret",
        "sv": "ingen plan är helt bedömd",
    },
}
