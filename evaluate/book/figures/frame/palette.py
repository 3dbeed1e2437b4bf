"""Colours by role. Marks have at least 3:1 against their page, text at least 4.5:1."""

from __future__ import annotations

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "page": "#FFFFFF",
    "wash": "#F3F5F6",  # quiet surface
    "rule": "#DDE2E6",  # hairlines, never the only carrier of meaning
    "ink": "#1B2530",
    "soft": "#56616C",  # second text, axes
    "programme": "#0B4F7D",  # with the programme, a gain, a result that was shown
    "comparison": "#B8721A",  # without the programme, a loss
    "comparison_text": "#8A5210",
    "neutral": "#6F7B86",  # what is not the point
    "pale": "#B9C6D0",  # filled, always with an outline
    "warning": "#A3195B",  # invented data, a limit crossed: always with a word
    "band": "#D9E6EF",
}

DARK: Mapping[str, str] = {
    "page": "#14191F",
    "wash": "#1D242C",
    "rule": "#36404A",
    "ink": "#E8ECEF",
    "soft": "#AEB8C1",
    "programme": "#5AA6DF",
    "comparison": "#F5CF95",
    "comparison_text": "#F5CF95",
    "neutral": "#8E9AA5",
    "pale": "#465461",
    "warning": "#F283AE",
    "band": "#23425A",
}

THEMES: Mapping[str, Mapping[str, str]] = {"light": LIGHT, "dark": DARK}
MARKS = ("programme", "comparison", "neutral", "warning", "ink", "soft")
TEXTS = ("ink", "soft", "programme", "comparison_text", "warning")


def as_text(role: str) -> str:
    """Return the role in which a mark's colour may be used for text."""
    return {"comparison": "comparison_text", "neutral": "soft"}.get(role, role)
