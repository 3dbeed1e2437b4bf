"""The codes of an exchange file, and what every part of it is known by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evaluate.data.refi_xml import Node
from evaluate.errors import DataError, Problem


@dataclass(frozen=True, slots=True)
class Code:
    """A code.

    Attributes
    ----------
    guid, name : str
        Its key and its name; two codes may bear the same name under different ones.
    parent : str or None
        Key of the code that it belongs under.
    definition, colour : str or None
        When it is given; ``#RRGGBB``.
    codable : bool
        Whether segments may bear it, or it only holds others together.
    """

    guid: str
    name: str
    parent: str | None = None
    definition: str | None = None
    colour: str | None = None
    codable: bool = True


def key_of(guid: str) -> str:
    """Return a GUID as it is compared: programmes differ in case and in braces."""
    return guid.strip().strip("{}").lower()


def guid_in(node: Node, where: str) -> str:
    """Return the key of an element.

    Parameters
    ----------
    node : Node
        The element.
    where : str
        What messages call the file.

    Raises
    ------
    DataError
        If it has none.
    """
    guid = node.get("guid")
    if guid is None:
        raise DataError(fault(where, f"an element `{node.tag}` has no GUID"))
    return key_of(guid)


def codes_of(codebook: Node, where: str) -> tuple[Code, ...]:
    """Return the codes of a codebook, each after the one that it belongs under.

    Parameters
    ----------
    codebook : Node
        The element ``CodeBook``.
    where : str
        What messages call the file.

    Raises
    ------
    DataError
        If a code has no key or no name, or two have the same key.
    """
    found = tuple(
        code for node in codebook.all("Codes", "Code") for code in _codes(node, None, where)
    )
    if len({one.guid for one in found}) < len(found):
        raise DataError(fault(where, "two codes have the same GUID"))
    return found


def _codes(node: Node, parent: str | None, where: str) -> Iterator[Code]:
    name = node.get("name")
    if name is None:
        raise DataError(fault(where, "a code has no name"))
    code = Code(
        guid_in(node, where),
        name,
        parent,
        node.said("Description"),
        node.get("color"),
        (node.get("isCodable") or "true").lower() in {"true", "1"},
    )
    yield code
    for child in node.all("Code"):
        yield from _codes(child, code.guid, where)


def code_names(codes: tuple[Code, ...]) -> Mapping[str, str]:
    """Return what each code is called in rows: its name, with those above where two share it.

    Parameters
    ----------
    codes : tuple of Code
        The codebook.
    """
    by_key = {one.guid: one for one in codes}
    times = Counter(one.name for one in codes)

    def whole(one: Code) -> str:
        return one.name if one.parent is None else f"{whole(by_key[one.parent])}/{one.name}"

    names = {one.guid: one.name if times[one.name] == 1 else whole(one) for one in codes}
    again = Counter(names.values())
    return {key: one if again[one] == 1 else f"{one} ({key})" for key, one in names.items()}


def fault(where: str, what: str) -> Problem:
    """Return what is wrong with a project.

    Parameters
    ----------
    where : str
        What messages call the file.
    what : str
        What was found.
    """
    return Problem(
        where,
        what,
        "rows can be made only of a project whose parts fit each other",
        "repair the project in the programme that it was coded in, and export it again",
    )
