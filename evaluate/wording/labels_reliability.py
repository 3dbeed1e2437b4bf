"""Headings and words of the tables on how well items hang together."""

LABELS = {
    "key": {"en": "Key", "nb": "Nøkkel", "sv": "Nyckel"},
    "scale": {"en": "Scale", "nb": "Skala", "sv": "Skala"},
    "item": {"en": "Item", "nb": "Spørsmål", "sv": "Fråga"},
    "n": {"en": "Answered every item", "nb": "Svarte på alle", "sv": "Svarade på alla"},
    "n_incomplete": {
        "en": "Left an item out",
        "nb": "Hoppet over minst ett",
        "sv": "Hoppade över minst en",
    },
    "items": {"en": "Items that vary", "nb": "Spørsmål som varierer", "sv": "Frågor som varierar"},
    "alpha": {"en": "Cronbach's alpha", "nb": "Cronbachs alfa", "sv": "Cronbachs alfa"},
    "alpha_low": {"en": "Lower limit", "nb": "Nedre grense", "sv": "Nedre gräns"},
    "alpha_high": {"en": "Upper limit", "nb": "Øvre grense", "sv": "Övre gräns"},
    "standardised": {
        "en": "Alpha of standardised items",
        "nb": "Alfa for standardiserte spørsmål",
        "sv": "Alfa för standardiserade frågor",
    },
    "omega": {"en": "McDonald's omega", "nb": "McDonalds omega", "sv": "McDonalds omega"},
    "omega_state": {"en": "On omega", "nb": "Om omega", "sv": "Om omega"},
    "state": {"en": "Why absent", "nb": "Hvorfor tom", "sv": "Varför tom"},
    "item_total": {
        "en": "Correlation with the others' sum",
        "nb": "Korrelasjon med summen av de andre",
        "sv": "Korrelation med summan av de andra",
    },
    "alpha_without": {
        "en": "Alpha without it",
        "nb": "Alfa uten spørsmålet",
        "sv": "Alfa utan frågan",
    },
    "loading": {"en": "Loading", "nb": "Ladning", "sv": "Laddning"},
}

WORDS = {
    "constant": {
        "en": "all answered alike",
        "nb": "alle svarte likt",
        "sv": "alla svarade lika",
    },
    "negative": {
        "en": "negative: items point different ways",
        "nb": "negativ: spørsmålene peker hver sin vei",
        "sv": "negativ: frågorna pekar åt olika håll",
    },
    "at_boundary": {
        "en": "an item has no variance of its own left",
        "nb": "et spørsmål har ingen egen varians igjen",
        "sv": "en fråga har ingen egen varians kvar",
    },
    "too_few_items": {
        "en": "too few items",
        "nb": "for få spørsmål",
        "sv": "för få frågor",
    },
    "did_not_converge": {
        "en": "the fit did not settle",
        "nb": "tilpasningen falt ikke til ro",
        "sv": "anpassningen blev inte klar",
    },
    "too_few_units": {
        "en": "too few answered every item",
        "nb": "for få svarte på alle",
        "sv": "för få svarade på alla",
    },
    "no_variation": {
        "en": "fewer than two items vary",
        "nb": "færre enn to spørsmål varierer",
        "sv": "färre än två frågor varierar",
    },
}
