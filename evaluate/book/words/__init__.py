"""The book's own words, by language: one catalogue for each language, the same keys in all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
FALLBACK = "en"
_NEAREST = {"nn": "nb"}  # a reader of one reads the other


@dataclass(frozen=True, slots=True)
class Words:
    """Speaks one language.

    Attributes
    ----------
    language : str
        Language code of the catalogue.
    catalogue : mapping of str to str
        Texts by key; ``{name}`` stands for a slot.
    """

    language: str
    catalogue: Mapping[str, str]

    def __call__(self, key: str, **slots: object) -> str:
        """Return the text of a key with its slots filled.

        Raises
        ------
        KeyError
            If the catalogue lacks the key or the text needs another slot.
        """
        return self.catalogue[key].format(**slots)

    def __contains__(self, key: object) -> bool:
        """Return whether the catalogue has a key."""
        return key in self.catalogue


@cache
def words(language: str, each: str = "") -> Words:
    """Return the words of a language; English where there is no catalogue.

    Parameters
    ----------
    language : str
        Language code.
    each : str
        What sums are told per, in the singular, where it is not a participant: an output.
    """
    known = next(
        one for one in (language, _NEAREST.get(language, FALLBACK), FALLBACK) if catalogue(one)
    )
    texts = catalogue(known)
    if each:
        people = texts["per.participant"]
        texts = told_per({**texts, "per.participant": f"per {people}"}, people, each)
        texts["per.participant"] = texts["per.participant"].removeprefix("per ")
    return Words(known, texts)


def told_per(texts: Mapping[str, str], people: str, each: str) -> dict[str, str]:
    """Return texts in which sums are told per something else than a participant.

    Parameters
    ----------
    texts : mapping of str to str
        Texts by key, with slots.
    people : str
        A participant, in the texts' language.
    each : str
        What stands in its place; braces in it are no slots.
    """
    each = each.replace("{", "{{").replace("}", "}}")
    found = dict(texts)
    for per in ("per", "Per"):
        for key, text in found.items():
            found[key] = text.replace(f"{per} {people}", f"{per} {each}")
    return found


def catalogue(language: str) -> dict[str, str]:
    """Return all texts of a language, merged from the files of every part of the book."""
    texts: dict[str, str] = {}
    for file in sorted(_FOLDER.glob(f"*.{language}.json")):
        texts |= json.loads(file.read_text(encoding="utf-8"))
    return texts
