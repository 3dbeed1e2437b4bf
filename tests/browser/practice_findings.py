"""Invented practices as a finding holds them."""

from __future__ import annotations

from typing import Any

from evaluate.core import Finding
from evaluate.inquiries import named
from evaluate.method import Inquiry
from evaluate.methods.practices import METHOD, Practices

RECORDS: dict[str, dict[str, Any]] = {
    "second": {
        "title": "Second chance <script>alert(1)</script>",
        "classes": {"compensating": 1.0},
        "levels": ["individual"],
        "targets": ["indicated"],
        "country": "ES",
        "method": "Small groups.",
    },
    "folk": {"title": "Folk high school", "classes": {"compensating": 0.8}, "country": "SE"},
    "virtual": {
        "title": "Virtual school",
        "classes": {"intervening": 1.0, "preventive": 0.3},
        "levels": ["region", "individual"],
        "targets": ["selective"],
        "country": "GB",
        "evidence": "monitoring",
        "evidence_source": "A register",
        "cost": {"amount": 1250.5, "unit": "EUR/pupil", "source": "A report"},
    },
    "climate": {
        "title": "Class climate",
        "classes": {"preventive": 1.0},
        "levels": ["class", "school"],
        "targets": ["universal"],
        "method": {"nb": "Godt klassemiljø bygges"},
        "actors": ["Teachers", "Pupils"],
    },
}


def study() -> Finding:
    """A finding with these practices alone."""
    spec = Practices.model_validate({"practices": RECORDS})
    result = named(METHOD.estimate(spec, Inquiry("found", lambda block: {})), "found")
    titles = {
        key: {"en": one} if isinstance(one, str) else dict(one)
        for key, one in METHOD.titles(spec).items()
    }
    shown = {
        "title": {"en": "Practices"},
        "question": {"en": "Which practices are there?"},
        "language": "en",
        "languages": ["en"],
        "outcomes": {},
        "methods": {"found": {"titles": titles}},
    }
    return Finding("found", shown, "public", "final", "complete", tables=result.tables)
