"""What a coded project holds: coders, codes, sources, cases, and who gave what which code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from evaluate.data.refi_codes import Code, codes_of, fault, guid_in, key_of
from evaluate.data.refi_xml import Node
from evaluate.errors import DataError

_SELECTIONS = {
    "PlainTextSelection": ("text", "startPosition", "endPosition"),
    "PDFSelection": ("pdf", None, None),
    "PictureSelection": ("picture", None, None),
    "AudioSelection": ("audio", "begin", "end"),
    "VideoSelection": ("video", "begin", "end"),
    "TranscriptSelection": ("transcript", None, None),
}
_INNER = ("Representation", "TextDescription", "Transcript")
_SOURCES = ("TextSource", "PictureSource", "PDFSource", "AudioSource", "VideoSource")


@dataclass(frozen=True, slots=True)
class Segment:
    """A code that somebody gave a part of a source, or all of it.

    Attributes
    ----------
    guid, code, source : str
        Keys of the coding, the code and the source.
    selection : str or None
        Key of the part; ``None`` where all of the source was coded.
    coder : str or None
        Key of the coder.
    kind : str
        ``text``, ``pdf``, ``picture``, ``audio``, ``video``, ``transcript`` or ``source``.
    start, end : int or None
        Characters of the text, or milliseconds; ``None`` elsewhere.
    in_text : bool
        Whether ``start`` and ``end`` count in the plain text of the source itself.
    """

    guid: str
    code: str
    source: str
    selection: str | None
    coder: str | None
    kind: str
    start: int | None = None
    end: int | None = None
    in_text: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A case: a place, an organisation or a person.

    Attributes
    ----------
    guid, name : str
        Its key and its name.
    holds : frozenset of str
        Keys of the sources and parts that belong to it.
    values : mapping of str to str
        By key of the variable.
    """

    guid: str
    name: str
    holds: frozenset[str]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Project:
    """A coded project.

    Attributes
    ----------
    name : str
        What it is called.
    users, sources, variables : mapping of str to str
        Names by key.
    codes, cases, segments : tuple
        What was coded.
    tree : Node
        All of it, notes, sets and links too, as it is written again.
    texts : mapping of str to str
        Texts of sources by key, where they were asked for.
    text_names : mapping of str to str
        Names of the files that hold them.
    """

    name: str
    users: Mapping[str, str]
    codes: tuple[Code, ...]
    sources: Mapping[str, str]
    variables: Mapping[str, str]
    cases: tuple[Case, ...]
    segments: tuple[Segment, ...]
    tree: Node = field(repr=False)
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    text_names: Mapping[str, str] = field(default_factory=dict, repr=False)

    def cases_of(self, segment: Segment) -> list[str | None]:
        """Return the names of the cases of a segment: its own, else those of its source."""
        own = [one.name for one in self.cases if segment.selection in one.holds]
        return list(own or [one.name for one in self.cases if segment.source in one.holds])

    def said(self, segment: Segment) -> str | None:
        """Return what a segment says, ``None`` where its text was not read."""
        text = self.texts.get(segment.source)
        if text is None or not segment.in_text:
            return None
        return text[segment.start : segment.end]


def project_of(tree: Node, where: str, texts: Mapping[str, str] | None = None) -> Project:
    """Return what an XML project holds.

    Parameters
    ----------
    tree : Node
        Its root element.
    where : str
        What messages call the file.
    texts : mapping of str to str or None
        Texts of its sources by GUID.

    Raises
    ------
    DataError
        If it names a code that it does not have, a place that is no number, or
        the same key twice.
    """
    codebook = tree.first("CodeBook")
    codes = codes_of(codebook, where) if codebook is not None else ()
    nodes = [node for tag in _SOURCES for node in tree.all("Sources", tag)]
    sources = _named(nodes, where)
    segments = tuple(one for node in nodes for one in _segments(node, guid_in(node, where), where))
    users = _named(tree.all("Users", "User"), where)
    _require({one.code for one in segments}, {one.guid for one in codes}, where)
    # Some programmes leave out coders who have left a project: their key is then their name.
    users |= {one.coder: one.coder for one in segments if one.coder and one.coder not in users}
    inline = {
        guid_in(node, where): said
        for node in nodes
        if node.tag == "TextSource" and (said := node.said("PlainTextContent")) is not None
    }
    given = {key_of(guid): text for guid, text in (texts or {}).items()}
    paths = {guid_in(node, where): node.get("plainTextPath") or "" for node in nodes}
    files = {guid: path.removeprefix("internal://") for guid, path in paths.items() if path}
    return Project(
        name=tree.get("name") or "",
        users=users,
        codes=codes,
        sources=sources,
        variables=_named(tree.all("Variables", "Variable"), where),
        cases=tuple(_case(node, where) for node in tree.all("Cases", "Case")),
        segments=segments,
        tree=tree,
        texts=inline | given,
        text_names={guid: files[guid] for guid in given},
    )


def _segments(source: Node, key: str, where: str, *, own: bool = True) -> Iterator[Segment]:
    for part in source.children:
        if part.tag in _SELECTIONS:
            for one in part.all("Coding"):
                found = _segment(one, key, part, where)
                inside = own and source.tag == "TextSource"
                yield found if inside else _outside(found)
        if part.tag in _INNER or part.tag == "PDFSelection":
            for inner in (part, *part.all("Representation")):
                if inner.tag in _INNER:
                    yield from _segments(inner, key, where, own=False)
    yield from (_segment(one, key, None, where) for one in source.all("Coding"))


def _outside(one: Segment) -> Segment:
    """Return a segment whose characters do not count in the text of the source itself."""
    return Segment(
        one.guid, one.code, one.source, one.selection, one.coder, one.kind, one.start, one.end
    )


def _segment(coding: Node, source: str, part: Node | None, where: str) -> Segment:
    reference = coding.first("CodeRef")
    target = reference.get("targetGUID") if reference is not None else None
    if target is None:
        raise DataError(fault(where, "a coding names no code"))
    coder = coding.get("creatingUser") or (part.get("creatingUser") if part is not None else None)
    who = key_of(coder) if coder is not None else None
    if part is None:
        return Segment(guid_in(coding, where), key_of(target), source, None, who, "source")
    kind, first, last = _SELECTIONS[part.tag]
    start, end = (_place(part, one, where) for one in (first, last))
    if start is not None and end is not None and not 0 <= start <= end:
        raise DataError(fault(where, "a segment ends before it begins"))
    return Segment(
        guid_in(coding, where), key_of(target), source, guid_in(part, where), who, kind, start, end,
        kind == "text",
    )  # fmt: skip


def _place(part: Node, name: str | None, where: str) -> int | None:
    if name is None:
        return None
    said = part.get(name)
    if said is None or not said.strip().isascii() or not said.strip().isdecimal():
        raise DataError(fault(where, f"a segment has a `{name}` that is no whole number"))
    return int(said[:18])


def _case(node: Node, where: str) -> Case:
    references = [*node.all("SourceRef"), *node.all("SelectionRef")]
    values = {}
    for value in node.all("VariableValue"):
        reference = value.first("VariableRef")
        said = next((one.text for one in value.children if one.tag.endswith("Value")), "")
        if reference is not None and said:
            values[key_of(reference.attributes.get("targetGUID", ""))] = said
    holds = frozenset(key_of(one.attributes.get("targetGUID", "")) for one in references)
    return Case(guid_in(node, where), node.get("name") or "", holds, values)


def _named(nodes: Iterator[Node] | list[Node], where: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in nodes:
        key = guid_in(node, where)
        if key in found:
            raise DataError(fault(where, f"two elements `{node.tag}` have the same GUID"))
        found[key] = node.get("name") or key
    return found


def _require(named: set[str], known: set[str], where: str) -> None:
    missing = len(named - known)
    if missing:
        raise DataError(fault(where, f"segments name codes that are not there ({missing})"))
