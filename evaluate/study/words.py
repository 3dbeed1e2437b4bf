"""What, why and fix of a mistake in a definition, in words about the definition."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evaluate.study.document import Key
from evaluate.study.syntax import shorten

Words = tuple[str, str, str]

_BLOCK = "a block of `key: value` lines"
_LIST = "a list"
_NUMBER = "a number"
_DATE = "a date such as 2015-08-31"
KINDS: Mapping[str, str] = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": _NUMBER,
    "decimal_type": _NUMBER,
    "bool_type": "`true` or `false`",
    "dict_type": _BLOCK,
    "mapping_type": _BLOCK,
    "model_type": _BLOCK,
    "model_attributes_type": _BLOCK,
    "tuple_type": _LIST,
    "list_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
}
_PATTERNS = {
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$": "small letters and digits, with single `-` between words",
    r"^[a-z][a-z0-9_]*$": "small letters, digits and `_`, beginning with a letter",
    r"^[A-Z]{3}$": "three capital letters, such as `NOK`",
    r"^https://\S+$": "an address that begins with `https://`",
    r"^\d{4}(-\d{2}(-\d{2})?)?$": "a year, a month or a day: 2015, 2015-08 or 2015-08-31",
}
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
    "multiple_of": ("multiple_of", "a multiple of"),
}
_SIZES = {
    "too_short": ("min_length", "at least", ("entry", "entries")),
    "too_long": ("max_length", "at most", ("entry", "entries")),
    "string_too_short": ("min_length", "at least", ("character", "characters")),
    "string_too_long": ("max_length", "at most", ("character", "characters")),
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """One value that the models do not accept, at its place in the file.

    Attributes
    ----------
    kind : str
        The validator's name for it.
    key : tuple
        Where it stands, or would stand.
    context : mapping
        The limits that it breaks.
    value : object
        What stands there.
    typed : str
        The same as it was typed, where it is one word or number.
    on_key : bool
        Whether the key is meant, not its value.
    union : tuple or None
        Place of the value that may be of several kinds, where this is one of its readings.
    branch : str
        Which reading.
    """

    kind: str
    key: Key
    context: Mapping[str, object]
    value: object
    typed: str = ""
    on_key: bool = False
    union: Key | None = None
    branch: str = ""

    @property
    def is_shape(self) -> bool:
        """Whether the value as a whole is of another kind than this reading wants."""
        whole = self.key == self.union and not self.on_key
        return whole and (self.kind in KINDS or self.kind == "literal_error")

    @property
    def wanted(self) -> str:
        """What should stand there."""
        if self.kind == "either":
            return str(self.context["expected"])
        if self.kind == "literal_error":
            return "one of " + ", ".join(f"`{word}`" for word in self.allowed)
        if self.kind == "string_pattern_mismatch":
            pattern = str(self.context.get("pattern"))
            return _PATTERNS.get(pattern, f"text of the form `{pattern}`")
        if self.kind == "dict_type" and self.branch.startswith("dict[literal"):
            return "text by language such as {en: …, nb: …}"
        return KINDS.get(self.kind, "something else")

    @property
    def allowed(self) -> list[str]:
        """The words of a closed vocabulary."""
        found = re.findall(r"'((?:\\.|[^'\\])*)'|(\d+)", str(self.context.get("expected", "")))
        return [quoted or number for quoted, number in found]


def dotted(key: Key) -> str:
    """Return a place as people write it; the items of a list are counted from 1."""
    parts = (f"[#{one + 1}]" if isinstance(one, int) else f".{shorten(one)}" for one in key)
    return "".join(parts).removeprefix(".")


def choose(word: str, allowed: Iterable[str]) -> str:
    """Return an imperative: the near-miss of ``word`` where there is one, else all words."""
    words = list(allowed)
    near = difflib.get_close_matches(word, words, n=1) or [
        one for one in words if one.casefold() == word.casefold()
    ]
    if near:
        return f"did you mean `{near[0]}`?"
    if len(words) == 1:
        return f"write `{words[0]}`"
    return "choose one of " + ", ".join(f"`{one}`" for one in words) if words else "delete it"


def words(mistake: Mistake, holds: str, known: Iterable[str]) -> Words:
    """Return what, why and fix.

    Parameters
    ----------
    mistake : Mistake
        What is wrong.
    holds : str
        What belongs at its place.
    known : iterable of str
        The keys that may stand there.

    Returns
    -------
    tuple of str
        In this order, ready for a ``Problem``.
    """
    name = dotted(mistake.key)
    if mistake.kind == "missing":
        return _missing(mistake, holds)
    if mistake.kind == "extra_forbidden":
        why = "a key that nothing reads would be lost without a word"
        return f"`{name}` is not a known key", why, choose(str(mistake.key[-1]), known)
    if mistake.on_key:
        return _key(mistake)
    if mistake.kind in KINDS or mistake.kind == "either":
        return f"`{name}` is {_found(mistake)}, not {mistake.wanted}", holds, _instead(mistake)
    if mistake.kind == "literal_error":
        what = f"`{name}` is {_found(mistake)}, which is not known here"
        return what, holds, choose(mistake.typed, mistake.allowed)
    if mistake.kind == "string_pattern_mismatch":
        what = f"`{name}` is {_found(mistake)}, which is not of the expected form"
        return what, holds, f"write {mistake.wanted}"
    return _limit(mistake, name, holds)


def rule_words(text: str, name: str, holds: str) -> Words:
    """Return the words of a broken rule: ``"what; fix"``, or ``"what; why: reason; fix"``."""
    what, _, fix = text.partition("; ")
    if fix.startswith("why: "):
        reason, _, fix = fix.partition("; ")
        holds = reason.removeprefix("why: ")
    place = f"`{name}`: " if name else ""
    return f"{place}{what}", holds, fix or "change it so that the rule holds"


def _missing(mistake: Mistake, holds: str) -> Words:
    last, around = mistake.key[-1], dotted(mistake.key[:-1])
    if isinstance(last, int):
        return f"`{around}` has too few entries", holds, f"write at least {last + 1} entries"
    place = f"under `{around}`" if around else "at the top level"
    return f"`{dotted(mistake.key)}` is missing", holds, f"add `{last}:` {place}"


def _key(mistake: Mistake) -> Words:
    key, around = shorten(str(mistake.key[-1])), dotted(mistake.key[:-1])
    literal = mistake.kind == "literal_error"
    fix = choose(key, mistake.allowed) if literal else f"write {mistake.wanted}"
    return f"`{key}` cannot be a key of `{around}`", "other parts refer to it by this key", fix


def _instead(mistake: Mistake) -> str:
    if isinstance(mistake.value, str) and mistake.allowed:
        near = difflib.get_close_matches(mistake.value, mistake.allowed, n=1)
        if near:
            return f"did you mean `{near[0]}`?"
    if mistake.wanted == _LIST and not isinstance(mistake.value, dict):
        return f"write it in brackets: [{mistake.typed}]"
    if mistake.wanted == _NUMBER and re.fullmatch(r"-?\d+,\d+", mistake.typed):
        return f"write it with a point: {mistake.typed.replace(',', '.')}"
    if mistake.wanted == "text" and isinstance(mistake.value, bool):
        return f"put it in quotes: '{mistake.typed}'"
    return f"write {mistake.wanted}"


def _limit(mistake: Mistake, name: str, holds: str) -> Words:
    if mistake.kind in _BOUNDS:
        limit, text = _BOUNDS[mistake.kind]
        bound = f"{text} {_number(mistake.context.get(limit))}"
        return (
            f"`{name}` is `{mistake.typed}`, which is not {bound}",
            holds,
            f"write a number that is {bound}",
        )
    if mistake.kind in _SIZES:
        limit, text, (one, many) = _SIZES[mistake.kind]
        count = mistake.context.get(limit)
        length = len(mistake.value) if isinstance(mistake.value, str | list | dict) else 0
        what = f"`{name}` has {length or 'no'} {one if length == 1 else many}"
        return what, holds, f"write {text} {count} {one if count == 1 else many}"
    return f"`{name}` cannot be read as it stands", holds, "compare it with the reference page"


def _found(mistake: Mistake) -> str:
    if isinstance(mistake.value, dict):
        return "a block of keys"
    if isinstance(mistake.value, list):
        return _LIST
    quoted = f"`{shorten(mistake.typed)}`"
    return f"the text {quoted}" if isinstance(mistake.value, str) else quoted


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
