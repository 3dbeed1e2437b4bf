"""XML of exchange files, read without what makes XML dangerous."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from evaluate.errors import DataError, Problem

DEEPEST = 100  # elements inside each other
MOST_ELEMENTS = 2_000_000
_DECLARED = '<?xml version="1.0" encoding="utf-8"?>\n'


@dataclass(slots=True)
class Node:
    """An element, its name without the namespace.

    Attributes
    ----------
    tag : str
        Its name.
    attributes : dict of str to str
        In the order of the file.
    children : list of Node
        Elements inside it.
    text : str
        What stands directly in it; white space alone counts as nothing.
    """

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    text: str = field(default="", repr=False)

    def all(self, *path: str) -> Iterator[Node]:
        """Yield the elements at a path below, such as ``("CodeBook", "Codes", "Code")``."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.tag == path[0]:
                yield from child.all(*path[1:])

    def first(self, *path: str) -> Node | None:
        """Return the first element at a path below, or ``None``."""
        return next(self.all(*path), None)

    def get(self, name: str) -> str | None:
        """Return an attribute, ``None`` where it is missing or empty."""
        return self.attributes.get(name) or None

    def said(self, tag: str) -> str | None:
        """Return the text of the child of that name, ``None`` where there is none."""
        child = self.first(tag)
        return child.text or None if child is not None else None


class _HarmError(Exception):
    """Why a file is not read on; never leaves this module."""


class _Builder:
    """Takes what the parser meets, and stops it where a file is built to do harm."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.space = ""
        self.open: list[Node] = []
        self.parts: list[list[str]] = []
        self.number = 0

    def doctype(self, *_: object) -> None:
        raise _HarmError("it declares a document type, which can name entities and other files")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(" ")
        self.number += 1
        if len(self.open) >= DEEPEST:
            raise _HarmError(f"its elements stand more than {DEEPEST} deep inside each other")
        if self.number > MOST_ELEMENTS:
            raise _HarmError(f"it has more than {MOST_ELEMENTS} elements")
        plain = {key: value for key, value in attributes.items() if " " not in key}
        node = Node(tag, plain)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root, self.space = node, space
        self.open.append(node)
        self.parts.append([])

    def end(self, _: str) -> None:
        node, text = self.open.pop(), "".join(self.parts.pop())
        node.text = text if text.strip() else ""

    def characters(self, text: str) -> None:
        if self.parts:
            self.parts[-1].append(text)


def parse(chunks: Generator[bytes, None, None], where: str, root: str) -> Node:
    """Return the root element of an XML document.

    Parameters
    ----------
    chunks : generator of bytes
        The document, piece by piece; it is closed.
    where : str
        What messages call the file.
    root : str
        Name that the root element must have, in a namespace of REFI-QDA.

    Raises
    ------
    DataError
        If it is no well-formed XML, declares a document type, nests too deep, is written in an
        encoding that is not known, or is another kind of document.
    """
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.EntityDeclHandler = builder.doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    try:
        with closing(chunks):
            for chunk in chunks:
                parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except _HarmError as refused:
        raise DataError(_fault(where, f"the XML is not read: {refused}")) from None
    except (expat.ExpatError, ValueError, LookupError) as broken:
        line = getattr(broken, "lineno", None)
        at = where if line is None else f"{where}:{line}"
        raise DataError(_fault(at, "the XML is damaged, or written in another encoding")) from None
    found = builder.root
    if found is None or found.tag != root or not builder.space.lower().startswith("urn:qda-xml:"):
        raise DataError(_fault(where, f"the XML is no `{root}` of REFI-QDA"))
    return found


def _fault(where: str, what: str) -> Problem:
    return Problem(
        where,
        what,
        "a file from elsewhere is read only where it is plainly what it says",
        "export it again from the programme that you code in, as REFI-QDA",
    )


def written(root: Node, namespace: str) -> bytes:
    """Return a document as bytes.

    Parameters
    ----------
    root : Node
        Its root element.
    namespace : str
        Of every element.
    """
    parts = [_DECLARED]
    _write(root, parts, f" xmlns={quoteattr(namespace)}")
    return "".join(parts).encode("utf-8")


def _write(node: Node, parts: list[str], more: str = "") -> None:
    # Line breaks in attributes have to be written as references, or readers make them blanks.
    kept = {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
    attributes = "".join(f" {k}={quoteattr(v, kept)}" for k, v in node.attributes.items())
    if not node.children and not node.text:
        parts.append(f"<{node.tag}{more}{attributes}/>")
        return
    parts.append(f"<{node.tag}{more}{attributes}>")
    parts.append(escape(node.text, {"\r": "&#13;"}))
    for child in node.children:
        _write(child, parts)
    parts.append(f"</{node.tag}>")
