"""Headings of the tables on pass rates, and words for what stands in their cells."""

_LOW = {"en": "Lower limit", "nb": "Nedre grense", "sv": "Undre gräns"}
_HIGH = {"en": "Upper limit", "nb": "Øvre grense", "sv": "Övre gräns"}

LABELS = {
    "key": {"en": "Group", "nb": "Gruppe", "sv": "Grupp"},
    "by": {"en": "By", "nb": "Etter", "sv": "Efter"},
    "level": {"en": "Value", "nb": "Verdi", "sv": "Värde"},
    "n": {"en": "Attempts", "nb": "Forsøk", "sv": "Försök"},
    "n_passed": {"en": "Passed", "nb": "Bestått", "sv": "Godkända"},
    "n_missing": {"en": "Result not known", "nb": "Ukjent resultat", "sv": "Okänt resultat"},
    "share": {"en": "Share passed", "nb": "Andel bestått", "sv": "Andel godkända"},
    "exact_low": {
        "en": "Exact interval, lower limit",
        "nb": "Eksakt intervall, nedre grense",
        "sv": "Exakt intervall, undre gräns",
    },
    "exact_high": {
        "en": "Exact interval, upper limit",
        "nb": "Eksakt intervall, øvre grense",
        "sv": "Exakt intervall, övre gräns",
    },
    "wilson_low": {
        "en": "Wilson's interval, lower limit",
        "nb": "Wilsons intervall, nedre grense",
        "sv": "Wilsons intervall, undre gräns",
    },
    "wilson_high": {
        "en": "Wilson's interval, upper limit",
        "nb": "Wilsons intervall, øvre grense",
        "sv": "Wilsons intervall, övre gräns",
    },
    "bayes": {
        "en": "With the declared prior, mean",
        "nb": "Med oppgitt forhåndsfordeling, snitt",
        "sv": "Med angiven förhandsfördelning, medel",
    },
    "bayes_low": _LOW,
    "bayes_high": _HIGH,
    "bound_low": {
        "en": "If all unknown had failed",
        "nb": "Om alle ukjente strøk",
        "sv": "Om alla okända underkänts",
    },
    "bound_high": {
        "en": "If all unknown had passed",
        "nb": "Om alle ukjente besto",
        "sv": "Om alla okända godkänts",
    },
    "reference": {"en": "Reference", "nb": "Referanse", "sv": "Referens"},
    "difference": {"en": "Difference", "nb": "Forskjell", "sv": "Skillnad"},
    "conf_low": _LOW,
    "conf_high": _HIGH,
    "p_value": {"en": "p-value, exact", "nb": "p-verdi, eksakt", "sv": "p-värde, exakt"},
    "above": {
        "en": "Probability of being above",
        "nb": "Sannsynlighet for å ligge over",
        "sv": "Sannolikhet att ligga över",
    },
    "state": {"en": "Why absent", "nb": "Hvorfor tom", "sv": "Varför tom"},
}

WORDS = {
    "all": {"en": "all", "nb": "alle", "sv": "alla"},
    "repeated_people": {
        "en": "people have several attempts: only the widened interval holds",
        "nb": "personer har flere forsøk: bare det utvidede intervallet gjelder",
        "sv": "personer har flera försök: bara det vidgade intervallet gäller",
    },
    "too_few": {
        "en": "too few attempts to show a rate",
        "nb": "for få forsøk til å vise en andel",
        "sv": "för få försök för att visa en andel",
    },
    "not_declared": {
        "en": "no test: the reference was not declared beforehand",
        "nb": "ingen test: referansen var ikke oppgitt på forhånd",
        "sv": "inget test: referensen var inte angiven i förväg",
    },
    "only_described": {
        "en": "no test: one group among several",
        "nb": "ingen test: én gruppe blant flere",
        "sv": "inget test: en grupp bland flera",
    },
}
