"""Headings of the tables of contribution tracing."""

LABELS = {
    "claim": {"en": "Claim", "nb": "Påstand", "sv": "Påstående"},
    "trace": {"en": "Trace", "nb": "Spor", "sv": "Spår"},
    "prior": {"en": "Before the evidence", "nb": "Før bevisene", "sv": "Före bevisen"},
    "ratio": {"en": "Likelihood ratio", "nb": "Sannsynlighetsforhold", "sv": "Sannolikhetskvot"},
    "posterior": {"en": "After the evidence", "nb": "Etter bevisene", "sv": "Efter bevisen"},
    "low": {"en": "At least", "nb": "Minst", "sv": "Minst"},
    "high": {"en": "At most", "nb": "Høyst", "sv": "Högst"},
    "prior_half": {
        "en": "Prior needed for an even chance",
        "nb": "Forhåndstro som trengs for like sjanser",
        "sv": "Förhandstro som krävs för lika chanser",
    },
    "prior_sure": {
        "en": "Prior needed for 95 per cent",
        "nb": "Forhåndstro som trengs for 95 prosent",
        "sv": "Förhandstro som krävs för 95 procent",
    },
    "looked": {"en": "Looked for", "nb": "Lett etter", "sv": "Eftersökt"},
    "counted": {"en": "Counted", "nb": "Regnet med", "sv": "Medräknad"},
    "sources": {"en": "Independent sources", "nb": "Uavhengige kilder", "sv": "Oberoende källor"},
    "piece": {"en": "Evidence", "nb": "Bevis", "sv": "Bevis"},
    "evidence": {
        "en": "What was looked for",
        "nb": "Hva det ble lett etter",
        "sv": "Vad som söktes",
    },
    "source": {"en": "Source", "nb": "Kilde", "sv": "Källa"},
    "observed": {"en": "Found", "nb": "Funnet", "sv": "Funnet"},
    "test": {"en": "Kind of test", "nb": "Slags prøve", "sv": "Slags prov"},
    "if_true": {
        "en": "Chance of it if the claim holds",
        "nb": "Sjanse for det hvis påstanden holder",
        "sv": "Chans för det om påståendet håller",
    },
    "if_false": {
        "en": "Chance of it if not",
        "nb": "Sjanse for det hvis ikke",
        "sv": "Chans för det om inte",
    },
    "found": {"en": "Ratio if found", "nb": "Forhold hvis funnet", "sv": "Kvot om funnet"},
    "missed": {
        "en": "Ratio if missing",
        "nb": "Forhold hvis det mangler",
        "sv": "Kvot om det saknas",
    },
    "account": {"en": "Account", "nb": "Forklaring", "sv": "Förklaring"},
    "is_claim": {"en": "The claim itself", "nb": "Påstanden selv", "sv": "Påståendet självt"},
}
