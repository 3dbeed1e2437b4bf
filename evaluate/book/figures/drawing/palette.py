"""Colours by role, never by habit: marks have at least 3:1 against their page, text 4.5:1."""

from __future__ import annotations

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "page": "#FFFFFF",
    "wash": "#F3F5F6",  # quiet surface: bands
    "rule": "#DDE2E6",  # hairlines, never the only carrier of meaning
    "ink": "#1B2530",
    "soft": "#56616C",  # second text, axes
    "programme": "#0B4F7D",  # with the programme; gains
    "comparison": "#B8721A",  # without it; costs
    "comparison_text": "#8A5210",  # the same colour where it is text
    "neutral": "#6F7B86",  # what is not the point
    "pale": "#B9C6D0",  # a fill that always has an outline
    "warning": "#A3195B",  # a failed check, invented data: always with a sign or a word
    "band": "#D9E6EF",  # area of the programme's colour, always with its line
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
MARKS = ("ink", "soft", "programme", "comparison", "neutral", "warning")
TEXTS = ("ink", "soft", "programme", "comparison_text", "warning")


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two ``#RRGGBB`` colours, 1 to 21.

    References
    ----------
    W3C (2023), Web Content Accessibility Guidelines 2.2, relative luminance.

    Examples
    --------
    >>> contrast("#FFFFFF", "#000000")
    21.0
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004
