"""Headings and words of the tables on what was delivered."""

LABELS = {
    "site": {"en": "Site", "nb": "Sted", "sv": "Plats"},
    "n_target": {"en": "Target group", "nb": "Målgruppe", "sv": "Målgrupp"},
    "n_reached": {"en": "Reached", "nb": "Nådd", "sv": "Nådda"},
    "reach": {"en": "Reach", "nb": "Andel nådd", "sv": "Andel nådda"},
    "reach_low": {
        "en": "Reach, lower limit",
        "nb": "Andel nådd, nedre grense",
        "sv": "Andel nådda, nedre gräns",
    },
    "reach_high": {
        "en": "Reach, upper limit",
        "nb": "Andel nådd, øvre grense",
        "sv": "Andel nådda, övre gräns",
    },
    "contacts": {
        "en": "Contacts each",
        "nb": "Kontakter per deltaker",
        "sv": "Kontakter per deltagare",
    },
    "hours": {"en": "Hours each", "nb": "Timer per deltaker", "sv": "Timmar per deltagare"},
    "fidelity": {"en": "Fidelity", "nb": "Troskap mot planen", "sv": "Programtrohet"},
    "fidelity_low": {
        "en": "Fidelity, lower limit",
        "nb": "Troskap, nedre grense",
        "sv": "Programtrohet, nedre gräns",
    },
    "fidelity_high": {
        "en": "Fidelity, upper limit",
        "nb": "Troskap, øvre grense",
        "sv": "Programtrohet, övre gräns",
    },
    "never": {
        "en": "Components never delivered",
        "nb": "Deler som aldri ble levert",
        "sv": "Delar som aldrig gavs",
    },
    "observed": {"en": "Observations", "nb": "Observasjoner", "sv": "Observationer"},
    "delivery": {"en": "Was it delivered", "nb": "Ble det levert", "sv": "Gavs det"},
    "state": {"en": "What is missing", "nb": "Hva som mangler", "sv": "Vad som saknas"},
    "component": {"en": "Component", "nb": "Del", "sv": "Del"},
    "sites": {"en": "Sites", "nb": "Steder", "sv": "Platser"},
    "score": {"en": "Mean score", "nb": "Gjennomsnittlig skår", "sv": "Medelpoäng"},
    "sites_never": {
        "en": "Sites where never",
        "nb": "Steder der aldri",
        "sv": "Platser där aldrig",
    },
    "sites_full": {
        "en": "Sites where always in full",
        "nb": "Steder der alltid fullt ut",
        "sv": "Platser där alltid helt",
    },
    "key": {"en": "Key", "nb": "Nøkkel", "sv": "Nyckel"},
    "adaptation": {"en": "Adaptation", "nb": "Tilpasning", "sv": "Anpassning"},
    "observations": {"en": "Observations", "nb": "Observasjoner", "sv": "Observationer"},
    "effect": {"en": "Effect", "nb": "Effekt", "sv": "Effekt"},
    "conf_low": {"en": "Lower limit", "nb": "Nedre grense", "sv": "Nedre gräns"},
    "conf_high": {"en": "Upper limit", "nb": "Øvre grense", "sv": "Övre gräns"},
    "word": {"en": "What the effect shows", "nb": "Hva effekten viser", "sv": "Vad effekten visar"},
    "reading": {
        "en": "What may be said",
        "nb": "Hva som kan sies",
        "sv": "Vad som kan sägas",
    },
    "dose": {"en": "Dose", "nb": "Dose", "sv": "Dos"},
    "slope": {
        "en": "Outcome per unit of dose",
        "nb": "Utfall per enhet dose",
        "sv": "Utfall per enhet dos",
    },
    "p_value": {"en": "p-value", "nb": "p-verdi", "sv": "p-värde"},
    "df": {"en": "Degrees of freedom", "nb": "Frihetsgrader", "sv": "Frihetsgrader"},
    "correlation": {
        "en": "Rank correlation",
        "nb": "Rangkorrelasjon",
        "sv": "Rangkorrelation",
    },
    "p_ranks": {
        "en": "p-value, doses shuffled",
        "nb": "p-verdi, doser stokket",
        "sv": "p-värde, doser blandade",
    },
    "lowest": {
        "en": "Lowest without one site",
        "nb": "Lavest uten ett sted",
        "sv": "Lägst utan en plats",
    },
    "highest": {
        "en": "Highest without one site",
        "nb": "Høyest uten ett sted",
        "sv": "Högst utan en plats",
    },
}

WORDS = {
    "all": {"en": "all together", "nb": "alle samlet", "sv": "alla tillsammans"},
    "contacts": {"en": "contacts each", "nb": "kontakter per deltaker", "sv": "kontakter var"},
    "hours": {"en": "hours each", "nb": "timer per deltaker", "sv": "timmar var"},
    "delivered": {"en": "delivered", "nb": "levert", "sv": "gavs"},
    "not_delivered": {"en": "not delivered", "nb": "ikke levert", "sv": "gavs inte"},
    "not_tried": {
        "en": "not tried: it cannot be said that it did not work",
        "nb": "ikke prøvd: det kan ikke sies at det ikke virket",
        "sv": "inte prövad: det kan inte sägas att den inte fungerade",
    },
    "uncertain": {
        "en": "not certain whether it was delivered",
        "nb": "ikke sikkert om det ble levert",
        "sv": "inte säkert om det gavs",
    },
    "benefit": {"en": "benefit shown", "nb": "nytte påvist", "sv": "nytta påvisad"},
    "harm": {"en": "harm shown", "nb": "skade påvist", "sv": "skada påvisad"},
    "ruled_out": {
        "en": "effects worth having are excluded",
        "nb": "effekter verdt å ha er utelukket",
        "sv": "effekter värda att ha är uteslutna",
    },
    "not_detectable": {
        "en": "an effect worth having could not have been seen",
        "nb": "en effekt verdt å ha kunne ikke ha blitt sett",
        "sv": "en effekt värd att ha kunde inte ha setts",
    },
    "inconclusive": {"en": "inconclusive", "nb": "uavklart", "sv": "oklart"},
    "unknown": {"en": "not estimated", "nb": "ikke beregnet", "sv": "inte beräknad"},
    "did_not_work": {
        "en": "delivered, and it did not work here",
        "nb": "levert, og det virket ikke her",
        "sv": "gavs, och det fungerade inte här",
    },
    "cannot_be_told": {"en": "cannot be told", "nb": "kan ikke avgjøres", "sv": "kan inte avgöras"},
    "delivered_and_shown": {
        "en": "delivered, and the effect is shown",
        "nb": "levert, og effekten er påvist",
        "sv": "gavs, och effekten är påvisad",
    },
    "shown_not_delivered": {
        "en": "an effect is shown though less than the least was delivered",
        "nb": "en effekt er påvist selv om mindre enn minstemålet ble levert",
        "sv": "en effekt är påvisad fast mindre än det minsta gavs",
    },
    "shown_delivery_uncertain": {
        "en": "an effect is shown; whether it was delivered is not certain",
        "nb": "en effekt er påvist; om det ble levert, er ikke sikkert",
        "sv": "en effekt är påvisad; om det gavs är inte säkert",
    },
    "ruled_out_delivery_uncertain": {
        "en": "effects worth having are excluded; for want of delivery or of effect, cannot be told",
        "nb": "effekter verdt å ha er utelukket; om leveransen eller virkningen sviktet, kan ikke"
        " avgjøres",
        "sv": "effekter värda att ha är uteslutna; om leveransen eller verkan brast kan inte"
        " avgöras",
    },
    "not_estimated": {
        "en": "no effect was estimated",
        "nb": "ingen effekt er beregnet",
        "sv": "ingen effekt är beräknad",
    },
    "no_components": {
        "en": "no components are declared",
        "nb": "ingen deler er oppgitt",
        "sv": "inga delar är angivna",
    },
    "component_not_observed": {
        "en": "a planned component was not observed",
        "nb": "en planlagt del ble ikke observert",
        "sv": "en planerad del observerades inte",
    },
    "none": {"en": "none", "nb": "ingen", "sv": "ingen"},
    "too_few_sites": {"en": "too few sites", "nb": "for få steder", "sv": "för få platser"},
    "one_dose": {
        "en": "all sites had the same dose",
        "nb": "alle steder hadde samme dose",
        "sv": "alla platser hade samma dos",
    },
    "no_variation": {
        "en": "outcomes do not differ",
        "nb": "utfallene er like",
        "sv": "utfallen är lika",
    },
}
