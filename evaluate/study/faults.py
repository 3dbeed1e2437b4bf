"""From the errors of a model to the mistakes that a person made, each once and on its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pydantic import BaseModel, ValidationError

from evaluate.study.document import Document, Key
from evaluate.study.entries import OF_DESIGN, OF_METHOD
from evaluate.study.shape import description, keys_at, purpose
from evaluate.study.syntax import Fault
from evaluate.study.words import KINDS, Mistake, dotted, rule_words, words

_RULES = ("value_error", "assertion_error")


def texts_typed_as_numbers(
    error: ValidationError, document: Document, base: Key = ()
) -> dict[Key, str]:
    """Return the places where text is wanted and a number stands, with what was typed."""
    return {
        one.key: document.written[one.key]
        for one in _located(error, document, base)
        if one.kind == "string_type" and one.key in document.written
    }


def faults(
    error: ValidationError, document: Document, model: type[BaseModel], base: Key = ()
) -> list[Fault]:
    """Return the faults behind a validation error, each on its line.

    Parameters
    ----------
    error : ValidationError
        All errors of one model.
    document : Document
        The file that was validated.
    model : type
        The model, for its descriptions and known keys.
    base : tuple
        Where in the file the model's own keys stand.

    Returns
    -------
    list of Fault
        One for each mistake, however many errors it caused.
    """
    found: list[Fault] = []
    mistakes = _settled(_located(error, document, base))
    for one in _without_echoes(mistakes, document, model, base):
        inner = one.key[len(base) :]
        if one.kind in _RULES:
            found += _broken_rules(one, document, _meaning(purpose(model, inner)))
        else:
            holds = _meaning(description(model, inner))
            known = keys_at(model, inner[:-1])
            found.append(Fault(document.line(one.key), *words(one, holds, known)))
    return found


def _located(error: ValidationError, document: Document, base: Key) -> list[Mistake]:
    node: object = document.value
    for part in base:
        node = node[part] if isinstance(node, dict) else None
    return [
        _locate(Mistake(one["type"], base, one.get("ctx") or {}, node), one["loc"], document)
        for one in error.errors(include_url=False, include_input=False)
    ]


def _locate(found: Mistake, loc: Sequence[str | int], document: Document) -> Mistake:
    """Walk from ``found`` along ``loc``, which also names readings of a union."""
    for place, part in enumerate(loc):
        node, here = found.value, found.key
        inside = isinstance(node, dict) and part in node
        inside |= isinstance(node, list) and isinstance(part, int) and part < len(node)
        if inside:
            found = replace(found, key=(*here, part), value=node[part])  # type: ignore[index]
        elif part in (OF_DESIGN, OF_METHOD):
            continue
        elif part == "[key]":
            found = replace(found, on_key=True)
        elif found.kind == "missing" and place == len(loc) - 1:
            found = replace(found, key=(*here, part))
        elif found.union is None:
            found = replace(found, union=here, branch=str(part))
    return replace(found, typed=_typed(found, document))


def _typed(found: Mistake, document: Document) -> str:
    if isinstance(found.value, bool):
        return str(found.value).lower()
    return document.written.get(found.key, str(found.value))


def _settled(mistakes: list[Mistake]) -> list[Mistake]:
    """Keep, of a value that may be of several kinds, the reading that was meant."""
    settled = [one for one in mistakes if one.union is None]
    for union in dict.fromkeys(one.union for one in mistakes if one.union is not None):
        readings: dict[str, list[Mistake]] = {}
        for one in mistakes:
            if one.union == union:
                readings.setdefault(one.branch, []).append(one)
        meant = [group for group in readings.values() if not any(e.is_shape for e in group)]
        meant.sort(key=len)
        settled += meant[0] if meant else [_either(readings.values())]
    return settled


def _either(readings: Iterable[list[Mistake]]) -> Mistake:
    shapes = [one for group in readings for one in group if one.is_shape]
    texts = [one.context["expected"] for one in shapes if one.kind == "literal_error"]
    # Text that is no word of a closed vocabulary is a word that is misspelt.
    if len(texts) == 1 and isinstance(shapes[0].value, str):
        return next(one for one in shapes if one.kind == "literal_error")
    kinds = [one.wanted for one in shapes]
    if KINDS["float_type"] in kinds:
        kinds = [one for one in kinds if one != KINDS["int_type"]]
    return replace(
        shapes[0], kind="either", context={"expected": " or ".join(dict.fromkeys(kinds))}
    )


def _without_echoes(
    mistakes: list[Mistake], document: Document, model: type[BaseModel], base: Key
) -> Iterator[Mistake]:
    """Leave out what follows from another fault: one mistake, one message."""
    meant = {
        (*one.key[:-1], near)
        for one in mistakes
        if one.kind == "extra_forbidden"
        for near in difflib.get_close_matches(
            str(one.key[-1]), list(keys_at(model, one.key[len(base) : -1])), n=1
        )
    }
    for one in mistakes:
        misspelt = one.kind == "missing" and one.key in meant
        below = any(one.key[: len(place)] == place for place in document.broken)
        above = one.kind in _RULES and any(
            place[: len(one.key)] == one.key for place in document.broken
        )
        # A list whose entries are wrong counts as short of entries, too.
        counted = isinstance(one.value, list | dict) and one.kind == "too_short"
        enough = counted and len(one.value) >= int(str(one.context["min_length"]))  # type: ignore[arg-type]
        if not (misspelt or below or above or enough):
            yield one


def _broken_rules(mistake: Mistake, document: Document, holds: str) -> Iterator[Fault]:
    for text in str(mistake.context.get("error", "")).splitlines():
        key = (*mistake.key, *_entry(text, mistake.value))
        yield Fault(document.line(key), *rule_words(text, dotted(mistake.key), holds))


def _entry(text: str, node: object) -> Key:
    """Return where below ``node`` the entry stands that a rule names, as in ``item `rent```."""
    match = re.match(r"(\w+) `([^`]+)`", text)
    if match is None or not isinstance(node, dict):
        return ()
    word, name = match.groups()
    if isinstance(node.get(f"{word}s"), dict) and name in node[f"{word}s"]:
        return (f"{word}s", name)
    places = [
        (key, place)
        for key, rows in node.items()
        for place, row in enumerate(rows if isinstance(rows, list) else ())
        if isinstance(row, dict) and row.get(word) == name
    ]
    return places[-1] if places else ()


def _meaning(text: str) -> str:
    return f"it is read as “{text.strip().rstrip('.')}”"
