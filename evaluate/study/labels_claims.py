"""Words by which a sentence claims that a programme caused something, by language."""

from __future__ import annotations

# What the programme may be called where it is the subject.
_SUBJECTS = {
    "en": "programmes?|programs?|projects?|methods?|models?|collaborations?|cooperation|"
    "interventions?|measures?|supports?|training|courses?|practices?|networks?|it|they|we",
    "nb": "programmet|programmene|prosjektet|prosjektene|metoden|metodene|modellen|modellene|"
    "samarbeid|samarbeidet|tiltaket|tiltakene|innsatsen|oppfølgingen|praksisen|nettverket|det|de|vi",
    "nn": "programmet|programma|prosjektet|prosjekta|metoden|metodane|modellen|modellane|"
    "samarbeid|samarbeidet|tiltaket|tiltaka|innsatsen|oppfølginga|praksisen|nettverket|det|dei|vi",
    "sv": "programmet|programmen|projektet|projekten|metoden|metoderna|modellen|modellerna|"
    "samarbete|samarbetet|samverkan|insatsen|insatserna|stödet|arbetssättet|nätverket|det|de|vi",
}
_VERBS = {
    "en": "reduc(?:ed|es)|lower(?:ed|s)|rais(?:ed|es)|increas(?:ed|es)|improv(?:ed|es)|cuts?|"
    "halv(?:ed|es)|doubl(?:ed|es)|strengthen(?:ed|s)|help(?:ed|s)|work(?:ed|s)|stop(?:ped|s)|ma[dk]es?",
    "nb": "reduser(?:te|er)|senk(?:et|er)|øk(?:te|er)|hev(?:et|er)|forbedr(?:et|er)|styrk(?:et|er)|"
    "halver(?:te|er)|dobl(?:et|er)|hjalp|hjelper|virk(?:et|er)|stopp(?:et|er)",
    "nn": "reduser(?:te|er)|senk(?:a|ar)|auk(?:a|ar)|hev(?:a|ar)|betr(?:a|ar)|styrk(?:te|jer)|"
    "halver(?:te|er)|dobl(?:a|ar)|hjelpte|hjelper|verk(?:a|ar)|stopp(?:a|ar)",
    "sv": "minsk(?:ade|ar)|sänk(?:te|er)|ök(?:ade|ar)|höj(?:de|er)|förbättr(?:ade|ar)|stärk(?:te|er)|"
    "halver(?:ade|ar)|fördubbl(?:ade|ar)|hjälp(?:te|er)|fungera(?:de|r)|stopp(?:ade|ar)",
}
# What says by itself that one thing made another happen.
_CAUSES = {
    "en": "because of|due to|thanks to|led to|leads? to|caus(?:ed|es|ing)|result(?:ed|s)? in|"
    "br(?:ought|ings) about|prevent(?:ed|s)|(?:effects?|impacts?) (?:of|on)",
    "nb": "på grunn av|takket være|før(?:te|er) til|forårsak(?:et|er)|resulter(?:te|er) i|"
    "bidr(?:o|ar) til|forhindr(?:et|er)|(?:effekt|virkning)(?:en|er|ene)? (?:av|på)",
    "nn": "på grunn av|takka vere|før(?:te|er) til|resulter(?:te|er) i|medverk(?:a|ar) til|"
    "hindr(?:a|ar)|(?:effekt|verknad)(?:en|ar|ane|er)? (?:av|på)",
    "sv": "på grund av|tack vare|led(?:de|er) till|orsak(?:ade|ar)|resulter(?:ade|ar) i|"
    "bidr(?:og|ar) till|förhindr(?:ade|ar)|effekt(?:en|er|erna)? (?:av|på)",
}
# Before the words above, these say that nothing is claimed.
_NEGATIONS = {
    "en": "not|no|never|nor|neither|cannot|can't|without|whether|nothing|nobody|if",
    "nb": "ikke|ingen|ingenting|intet|aldri|uten|verken|hverken|hvorvidt|dersom|hvis",
    "nn": "ikkje|ingen|ingenting|aldri|utan|verken|korvidt|dersom|viss",
    "sv": "inte|ingen|inget|inga|ingenting|aldrig|utan|varken|huruvida",
}


def claiming(language: str) -> str:
    """Return the pattern of a causal claim in a language."""
    verbs, subjects = _VERBS[language], _SUBJECTS[language]
    return rf"\b(?:{_CAUSES[language]})\b|\b(?:{subjects})\b[^,;:]*?\b(?:{verbs})\b"


def denying(language: str) -> str:
    """Return the pattern of words that take a claim back."""
    return rf"\b(?:{_NEGATIONS[language]})\b"
