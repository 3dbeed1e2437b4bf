"""Headings of the tables of a theory of change."""

LABELS = {
    "node": {"en": "Step", "nb": "Ledd", "sv": "Led"},
    "kind": {"en": "Kind", "nb": "Slag", "sv": "Slag"},
    "level": {"en": "Level", "nb": "Nivå", "sv": "Nivå"},
    "actors": {"en": "Actors", "nb": "Aktører", "sv": "Aktörer"},
    "links_in": {"en": "Links that lead here", "nb": "Lenker hit", "sv": "Länkar hit"},
    "links_out": {"en": "Links that lead on", "nb": "Lenker videre", "sv": "Länkar vidare"},
    "link": {"en": "Claim", "nb": "Påstand", "sv": "Påstående"},
    "number": {"en": "No.", "nb": "Nr.", "sv": "Nr"},
    "start": {"en": "From", "nb": "Fra", "sv": "Från"},
    "end": {"en": "To", "nb": "Til", "sv": "Till"},
    "evidence": {"en": "Rests on", "nb": "Bygger på", "sv": "Bygger på"},
    "sources": {"en": "Sources", "nb": "Kilder", "sv": "Källor"},
    "feedback": {"en": "Leads back", "nb": "Virker tilbake", "sv": "Verkar tillbaka"},
    "path": {"en": "Way", "nb": "Vei", "sv": "Väg"},
    "route": {"en": "By way of", "nb": "Gjennom", "sv": "Genom"},
    "steps": {"en": "Links", "nb": "Lenker", "sv": "Länkar"},
    "weakest": {"en": "Weakest link", "nb": "Svakeste lenke", "sv": "Svagaste länken"},
    "rung": {
        "en": "Highest step of the ladder that it supports",
        "nb": "Høyeste trinn på stigen som den bærer",
        "sv": "Högsta steg på stegen som den bär",
    },
    "links": {"en": "Links", "nb": "Lenker", "sv": "Länkar"},
    "share": {"en": "Share of links", "nb": "Andel av lenkene", "sv": "Andel av länkarna"},
}
WAY = {"en": "Way", "nb": "Vei", "sv": "Väg"}
