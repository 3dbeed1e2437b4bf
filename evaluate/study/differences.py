"""Where two plans differ: elements by name, each with what stood there and what stands now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluate.study.plan import Json
from evaluate.study.syntax import shorten

LONGEST = 200
# Lists whose items have a name; all others are one element.
_NAMED = {
    "derive": "name",
    "join": "right",
    "subgroups": "column",
    "measured": "column",
    "costs": "item",
    "benefits": "item",
    "transfers": "item",
}
_TESTS = {"is", "is_not", "in", "not_in", "at_least", "at_most", "above", "below", "between",
          "missing"}  # fmt: skip
_WHOLE = {"design", "method"}  # another design is one change, not as many as it has fields


@dataclass(frozen=True, slots=True)
class Difference:
    """One element of a plan that is not what it was.

    Attributes
    ----------
    element : str
        Its place in the definition, such as ``"outcomes.score.smallest_worthwhile"``.
    registered, done : str or None
        In short words; ``None`` where there is nothing.
    """

    element: str
    registered: str | None
    done: str | None


def differences(registered: Json, done: Json) -> list[Difference]:
    """Return every element in which two canonical plans differ, in the order of their names.

    Which analysis leads an outcome follows from the analyses; it is an element of its own only
    where nothing but their order has changed.

    Parameters
    ----------
    registered, done : dict
        As ``plan_of`` returns them.
    """
    found = list(_walk((), registered, done))
    if any(one.element.partition(".")[0] in ("analyses", "outcomes") for one in found):
        return [one for one in found if not one.element.startswith("leading.")]
    return found


def elements(plan: Json) -> dict[str, str]:
    """Return every element of a plan in words, none cut short, by its place."""
    return dict(_leaves((), plan))


def _leaves(path: tuple[str, ...], value: Any) -> Iterator[tuple[str, str]]:
    inner = _children(path, value)
    if not inner:
        yield ".".join(path), _words(value) or "nothing"
        return
    for key, one in inner.items():
        yield from _leaves((*path, key), one)


def _children(path: tuple[str, ...], value: Any) -> Mapping[str, Any] | None:
    """Return the named parts of a value; ``None`` where it is an element itself."""
    if isinstance(value, Mapping):
        return value
    key = _NAMED.get(path[-1]) if path else None
    if key is None or not isinstance(value, list):
        return None
    names = [one.get(key) if isinstance(one, dict) else None for one in value]
    if not all(isinstance(one, str) for one in names) or len(set(names)) < len(names):
        return None
    return {one[key]: {k: v for k, v in one.items() if k != key} for one in value}


def _walk(path: tuple[str, ...], old: Any, new: Any) -> Iterator[Difference]:
    if _same(old, new):
        return
    left, right = _children(path, old), _children(path, new)
    as_one = path and path[-1] in _WHOLE and set(left or ()) != set(right or ())
    if as_one or left is None or right is None:
        yield Difference(".".join(path), _said(path, old), _said(path, new))
        return
    found = [
        one
        for key in (*left, *(k for k in right if k not in left))
        for one in _walk((*path, key), left.get(key), right.get(key))
    ]
    # Lists with the same items in another order are still not the same.
    yield from found or [Difference(".".join(path), ", ".join(left), ", ".join(right))]


def _same(old: Any, new: Any) -> bool:
    """Return whether two values are written alike: ``true`` is not 1."""
    return json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True)


def _said(path: tuple[str, ...], value: Any) -> str | None:
    """Return a value in words; a whole analysis or outcome is named by what tells it apart."""
    if isinstance(value, Mapping) and path[:-1] == ("analyses",):
        (design,) = value["design"]
        return f"{value['estimand']} on {value['outcome']} by {design}, {value['role']}"
    if isinstance(value, Mapping) and path[:-1] == ("outcomes",):
        return f"{value['unit']}, {value['role']}, to {value['direction']}"
    return in_words(value)


def in_words(value: Any) -> str | None:
    """Return a value of a plan on one line, short enough for a table's cell."""
    return None if value is None else shorten(_words(value) or "nothing", LONGEST)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if _is_condition(value):
        return _condition(value)
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_inner(one)}" for key, one in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ("; " if any(map(_is_condition, value)) else ", ").join(map(_inner, value))
    return str(value)


def _is_condition(value: Any) -> bool:
    """Return whether a value is a test of one column, whatever else it says about it."""
    return isinstance(value, Mapping) and "column" in value and len(_TESTS & set(value)) == 1


def _condition(value: Mapping[str, Any]) -> str:
    """Return a test of a column as a sentence, with what belongs to it in brackets."""
    (test,) = _TESTS & set(value)
    limit, join = value[test], " and " if test == "between" else ", "
    words = f"{test.replace('_', ' ')} {_words(limit)}"
    if isinstance(limit, list):
        words = f"{test.replace('_', ' ')} {join.join(map(_words, limit))}"
    if test == "missing":
        words = "is missing" if limit else "is not missing"
    more = {key: one for key, one in value.items() if key not in ("column", test)}
    return f"{value['column']} {words}" + (f" ({_words(more)})" if more else "")


def _inner(value: Any) -> str:
    if _is_condition(value):
        return _words(value)
    nested = isinstance(value, Mapping) or (isinstance(value, list) and len(value) > 1)
    return f"({_words(value)})" if nested else _words(value)
