"""Rules that hold wherever a text, a list or a date stands in a definition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from pydantic import BaseModel

from evaluate.core import Reference
from evaluate.study.design_rules import Broken, Rule, Specs
from evaluate.study.document import Key
from evaluate.study.schema import Study
from evaluate.study.shape import attributes, is_text
from evaluate.study.words import dotted


def _dates(study: Study, _: Specs) -> Iterator[Broken]:
    for place, value in _walk(study, ()):
        if isinstance(value, Reference) and value.date is not None and not _is_date(value.date):
            key = (*place, "date")
            yield (
                key,
                f"`{dotted(key)}` is `{value.date}`, which is no date",
                "a reader looks for the source of that day or month",
                "write a year, a month or a day that exists: 2015, 2015-08 or 2015-08-31",
            )


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _texts(study: Study, _: Specs) -> Iterator[Broken]:
    for place, value in _walk(study, ()):
        if not isinstance(value, dict) or not is_text(Study, place):
            continue
        language = study.language
        if language not in value:
            given = " and ".join(f"`{one}`" for one in value) or "no language"
            yield (
                place,
                f"`{dotted(place)}` is given in {given}, not in `{language}`",
                f"`{language}` is the study's language, to which a missing text falls back",
                f"add `{language}:` under `{dotted(place)}`",
            )


def _repeats(study: Study, _: Specs) -> Iterator[Broken]:
    for place, value in _walk(study, ()):
        if isinstance(value, tuple | list):
            words = [one for one in value if isinstance(one, str)]
            for word, count in Counter(words).items():
                if count > 1:
                    index = max(i for i, one in enumerate(value) if one == word)
                    yield (
                        (*place, index),
                        f"`{word}` stands {count} times in `{dotted(place)}`",
                        "a repetition is a slip, or something else was meant",
                        "keep one of them",
                    )


def _walk(value: object, key: Key) -> Iterator[tuple[Key, object]]:
    """Yield every value of the study with its place, outermost first."""
    yield key, value
    if isinstance(value, BaseModel):
        for alias, name in attributes(type(value)).items():
            if name in value.model_fields_set:
                yield from _walk(getattr(value, name), (*key, alias))
    elif isinstance(value, dict):
        for part, inner in value.items():
            yield from _walk(inner, (*key, part))
    elif isinstance(value, tuple | list):
        for place, inner in enumerate(value):
            yield from _walk(inner, (*key, place))


TEXT_RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("language",), _texts),
    ((), _repeats),
    ((), _dates),
)
