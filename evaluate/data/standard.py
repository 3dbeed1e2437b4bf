"""Published definitions of completion, leaving and absence: what a column of that name means."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from evaluate.core import Localised


@dataclass(frozen=True, slots=True)
class Break:
    """A day from which a definition, or what it is counted from, was another.

    Attributes
    ----------
    day : date
        First day of the new way.
    what : str
        What changed.
    """

    day: date
    what: str


@dataclass(frozen=True, slots=True)
class Standard:
    """A published definition.

    Attributes
    ----------
    id : str
        Its key.
    title : mapping of str to str
        By language.
    kind : {"completion", "early_leavers", "absence"}
        What is measured.
    country : str
        Where it holds.
    numerator, denominator, population : str
        Who is counted among whom.
    horizons : mapping of str to str
        Time from entry by kind of programme; one under ``""`` holds for all. Empty where
        nobody is followed.
    source, author, url, published : str
        Where it was read, and of when it is.
    breaks : tuple of Break
        In order.
    verified : bool
        Whether somebody compared it with the publisher's own words.
    note : str
        What a reader should know.
    """

    id: str
    title: Localised
    kind: str
    country: str
    numerator: str
    denominator: str
    population: str
    horizons: Mapping[str, str]
    source: str
    author: str
    url: str
    published: str
    breaks: tuple[Break, ...]
    verified: bool
    note: str


@cache
def standards() -> Mapping[str, Standard]:
    """Return every published definition by its key."""
    found: dict[str, Standard] = {}
    folder = files("evaluate.data") / "standards"
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            for key, block in tomllib.loads(file.read_text(encoding="utf-8")).items():
                breaks = tuple(Break(one["from"], one["what"]) for one in block.pop("breaks", ()))
                horizons = block.pop("horizons", {})
                found[key] = Standard(id=key, horizons=horizons, breaks=breaks, **block)
    return found
