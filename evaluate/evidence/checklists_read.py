"""The lists of items as data: what each asks, and where its answer is looked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field

from evaluate.core import Address, Name, Strict

Source = Literal["definition", "results", "provenance", "author"]
LISTS = ("consort", "cluster", "strobe", "tidier", "cheers")
GATE = "gate"
_FOLDER = Path(__file__).parent / "lists"


class Item(Strict):
    """One thing that a report has to say."""

    item: str = Field(description="Its number in the list.")
    title: str = Field(max_length=120, description="What it asks, in our own words.")
    source: Source = Field(description="Who answers: the definition, results, hashes or authors.")
    verified: bool = Field(default=False, description="Whether the issuer's own list was compared.")
    needs: tuple[str, ...] = Field(default=(), description="What has to be there, all of it.")
    when: Name | None = Field(default=None, description="Condition under which it applies.")
    answer: Name | None = Field(default=None, description="Key under report.answers.")

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys under ``report.answers`` that count for it."""
        named = [
            part.strip().removeprefix("answer ")
            for need in self.needs
            for part in need.split("|")
            if part.strip().startswith("answer ")
        ]
        own = [] if self.answer is None else [self.answer]
        return tuple(dict.fromkeys(own + named))


class ItemList(Strict):
    """A published list of items, or our own gate list."""

    list: Name = Field(description="Its short name.")
    title: str = Field(description="Its name.")
    version: str = Field(description="Its version.")
    citation: str = Field(description="Where it was published.")
    url: Address | None = Field(default=None, description="Its address.")
    items: tuple[Item, ...] = Field(min_length=1, description="What it asks.")


@cache
def item_list(name: str) -> ItemList:
    """Return a list that the package ships.

    Parameters
    ----------
    name : {"consort", "cluster", "strobe", "tidier", "cheers", "gate"}
        Its short name.

    References
    ----------
    Each file in ``evaluate/evidence/lists`` cites its own.
    """
    text = (_FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return ItemList.model_validate(yaml.safe_load(text))


@cache
def answer_keys() -> tuple[str, ...]:
    """Return every key that may stand under ``report.answers``, those of the gate list first."""
    items = (item for name in (GATE, *LISTS) for item in item_list(name).items)
    return tuple(dict.fromkeys(key for item in items for key in item.keys))
