"""Headings and words of the table on places that were chosen because they were worst."""

LABELS = {
    "key": {"en": "Key", "nb": "Nøkkel", "sv": "Nyckel"},
    "place": {"en": "Place", "nb": "Sted", "sv": "Plats"},
    "places": {
        "en": "Places to choose from",
        "nb": "Steder å velge blant",
        "sv": "Platser att välja bland",
    },
    "size": {"en": "People in each", "nb": "Personer i hver", "sv": "Personer i varje"},
    "assumed": {
        "en": "Size is assumed",
        "nb": "Størrelsen er antatt",
        "sv": "Storleken är antagen",
    },
    "first": {
        "en": "Told of the first year",
        "nb": "Fortalt om første år",
        "sv": "Berättat om första året",
    },
    "later": {
        "en": "Told of the next year",
        "nb": "Fortalt om neste år",
        "sv": "Berättat om nästa år",
    },
    "later_low": {"en": "Lower limit", "nb": "Nedre grense", "sv": "Nedre gräns"},
    "later_high": {"en": "Upper limit", "nb": "Øvre grense", "sv": "Övre gräns"},
    "base": {"en": "Rate of all places", "nb": "Andel i alle steder", "sv": "Andel i alla platser"},
    "expected_first": {
        "en": "Expected of the worst, first year",
        "nb": "Ventet av det verste, første år",
        "sv": "Väntat av den sämsta, första året",
    },
    "expected_later": {
        "en": "Expected of the same place, next year",
        "nb": "Ventet av samme sted, neste år",
        "sv": "Väntat av samma plats, nästa år",
    },
    "explained": {
        "en": "Share of the fall that choosing the worst explains",
        "nb": "Del av fallet som forklares av at det verste ble valgt",
        "sv": "Del av fallet som förklaras av att den sämsta valdes",
    },
    "p_value": {
        "en": "Chance of such a fall without a programme",
        "nb": "Sannsynlighet for et slikt fall uten tiltak",
        "sv": "Sannolikhet för ett sådant fall utan insats",
    },
    "state": {"en": "Why absent", "nb": "Hvorfor tom", "sv": "Varför tom"},
}

WORDS = {
    "rate_out_of_range": {
        "en": "no rate of all places fits",
        "nb": "ingen andel for alle steder passer",
        "sv": "ingen andel för alla platser passar",
    },
}
