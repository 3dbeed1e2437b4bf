"""Rows of segments and codes made into a project that other programmes read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import NAMESPACE_URL, uuid5

from evaluate.data.refi_codes import Code
from evaluate.data.refi_model import Project, project_of
from evaluate.data.refi_xml import Node
from evaluate.errors import DataError, Problem

Cell = str | int | bool | None
Columns = Mapping[str, Sequence[Cell]]
_OURS = uuid5(NAMESPACE_URL, "urn:evaluate:refi-qda")


def guid_of(kind: str, name: str) -> str:
    """Return a GUID that is the same whenever the same thing is written.

    Parameters
    ----------
    kind, name : str
        Such as ``"code"`` and its key.
    """
    return str(uuid5(_OURS, f"{kind}\n{name}"))


def codes_of_rows(columns: Columns, where: str = "codes") -> tuple[Code, ...]:
    """Return codes from columns.

    Parameters
    ----------
    columns : mapping of str to sequence
        ``code``, and as far as there are ``name``, ``parent`` (a ``code``), ``definition``,
        ``colour``, ``codable`` and ``guid``, as ``rows_of`` gives them.
    where : str
        What messages call the table.

    Raises
    ------
    DataError
        If a code is there twice, or belongs under one that is not there, or under itself.
    """
    n = len(columns["code"])
    rows = [{key: column[at] for key, column in columns.items()} for at in range(n)]
    keys = [str(row["code"]) for row in rows]
    if len(set(keys)) < n:
        raise DataError(_fault(where, "a code is there twice"))
    guids = {
        str(row["code"]): str(row.get("guid") or guid_of("code", str(row["code"]))) for row in rows
    }
    parents = {str(row["code"]): row.get("parent") for row in rows}
    for start in keys:
        at: Cell = start
        for _ in range(n + 1):
            if at is None or at == "":
                break
            if str(at) not in guids:
                raise DataError(_fault(where, "a code belongs under one that is not there"))
            at = parents[str(at)]
        else:
            raise DataError(_fault(where, "a code belongs under itself"))
    return tuple(
        Code(
            guids[key],
            str(row.get("name") or key),
            guids[str(row["parent"])] if row.get("parent") else None,
            str(row["definition"]) if row.get("definition") else None,
            str(row["colour"]) if row.get("colour") else None,
            row.get("codable") not in {False, "false", "0"},
        )
        for key, row in zip(keys, rows, strict=True)
    )


def code_nodes(codes: tuple[Code, ...], parent: str | None = None) -> list[Node]:
    """Return codes as elements, each inside the one that it belongs under.

    Parameters
    ----------
    codes : tuple of Code
        The codebook.
    parent : str or None
        Key of the code whose own are wanted; those at the top by default.
    """
    found = []
    for one in codes:
        if one.parent == parent:
            attributes = {"guid": one.guid, "name": one.name}
            attributes["isCodable"] = "true" if one.codable else "false"
            if one.colour is not None:
                attributes["color"] = one.colour
            said = [Node("Description", text=one.definition)] if one.definition else []
            found.append(Node("Code", attributes, [*said, *code_nodes(codes, one.guid)]))
    return found


def project_of_rows(name: str, segments: Columns, codes: Columns) -> Project:
    """Return a project made of rows.

    Parameters
    ----------
    name : str
        What the project is called.
    segments : mapping of str to sequence
        ``code``, and as far as there are ``segment``, ``passage``, ``case``, ``coder``,
        ``source``, ``start`` and ``end``, as ``rows_of`` gives them. Without ``source`` each case
        is one; without a place a segment stands for all of its source.
    codes : mapping of str to sequence
        As for ``codes_of_rows``; codes of segments that are not there are added.

    Raises
    ------
    DataError
        If codes contradict each other.
    """
    used = dict.fromkeys(str(one) for one in segments["code"])
    known = {str(one) for one in codes["code"]}
    whole = {key: list(column) for key, column in codes.items()}
    for code in used:
        if code not in known:
            for key, column in whole.items():
                column.append(code if key == "code" else None)
    book = codes_of_rows(whole)
    by_name = dict(zip((str(one) for one in whole["code"]), book, strict=True))
    n = len(segments["code"])
    rows = [{key: column[at] for key, column in segments.items()} for at in range(n)]
    coders = sorted({str(row["coder"]) for row in rows if row.get("coder")})
    tree = Node("Project", {"name": name, "origin": "Evaluate"})
    if coders:
        people = [Node("User", {"guid": guid_of("coder", one), "name": one}) for one in coders]
        tree.children.append(Node("Users", {}, people))
    tree.children.append(Node("CodeBook", {}, [Node("Codes", {}, code_nodes(book))]))
    cases = _cases(rows)
    if cases:
        tree.children.append(Node("Cases", {}, cases))
    sources = _sources(rows, {key: one.guid for key, one in by_name.items()})
    if sources:
        tree.children.append(Node("Sources", {}, sources))
    return project_of(tree, name)


Row = Mapping[str, Cell]


def _source(row: Row) -> str:
    return str(row.get("source") or row.get("case") or "segments")


def _place(row: Row) -> str | None:
    """Return the key of the part that a row stands for, ``None`` where it is all of a source."""
    if row.get("start") is None or row.get("end") is None:
        return None
    key = row.get("passage") or f"{_source(row)}\n{row['start']}\n{row['end']}"
    return _guid("selection", str(key))


def _cases(rows: Sequence[Row]) -> list[Node]:
    """Return the cases; one that shares a source with another holds its own parts of it."""
    of_source: dict[str, set[Cell]] = {}
    for row in rows:
        of_source.setdefault(_source(row), set()).add(row.get("case") or None)
    held: dict[str, dict[tuple[str, str], None]] = {}
    for row in rows:
        if not row.get("case"):
            continue
        place, source = _place(row), _source(row)
        own = len(of_source[source]) > 1 and place is not None
        target = ("SelectionRef", str(place)) if own else ("SourceRef", guid_of("source", source))
        held.setdefault(str(row["case"]), {})[target] = None
    return [
        Node(
            "Case",
            {"guid": guid_of("case", name), "name": name},
            [Node(tag, {"targetGUID": one}) for tag, one in sorted(parts, key=_order)],
        )
        for name, parts in held.items()
    ]


def _order(part: tuple[str, str]) -> tuple[bool, str]:
    """Sort sources before parts, as the schema has them."""
    return part[0] == "SelectionRef", part[1]


def _sources(rows: Sequence[Row], codes: Mapping[str, str]) -> list[Node]:
    found: dict[str, Node] = {}
    parts: dict[tuple[str, str], Node] = {}
    wholes: dict[str, dict[str, Node]] = {}
    for at, row in enumerate(rows):
        name = _source(row)
        source = found.setdefault(
            name, Node("TextSource", {"guid": guid_of("source", name), "name": name})
        )
        key = str(row.get("segment") or f"{at}")
        coding = Node("Coding", {"guid": _guid("coding", key)})
        if row.get("coder"):
            coding.attributes["creatingUser"] = guid_of("coder", str(row["coder"]))
        coding.children.append(Node("CodeRef", {"targetGUID": codes[str(row["code"])]}))
        place = _place(row)
        if place is None:
            wholes.setdefault(name, {}).setdefault(coding.attributes["guid"], coding)
            continue
        if (name, place) not in parts:
            limits = {"startPosition": str(row["start"]), "endPosition": str(row["end"])}
            parts[name, place] = Node("PlainTextSelection", {"guid": place, **limits})
            source.children.append(parts[name, place])
        part = parts[name, place].children
        if all(one.attributes["guid"] != coding.attributes["guid"] for one in part):
            part.append(coding)
    for name, codings in wholes.items():
        found[name].children += codings.values()
    return list(found.values())


def _guid(kind: str, key: str) -> str:
    """Return a key that is a GUID already as it is, so that a project may go there and back."""
    shape = [len(one) for one in key.split("-")]
    plain = set(key.lower()) <= set("0123456789abcdef-")
    return key if plain and shape == [8, 4, 4, 4, 12] else guid_of(kind, key)


def _fault(where: str, what: str) -> Problem:
    return Problem(where, what, "a codebook is a tree of codes", "correct the table of codes")
