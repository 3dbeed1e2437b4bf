"""What prose may point to, and the rule that no number is typed by hand."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from evaluate.core import Language
from evaluate.errors import Problem

Node = dict[str, Any]

_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December|"
    "januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember|"
    "januari|februari|maj|augusti|december"
)
_YEAR = r"(?:19|20)\d{2}"
_DATES = re.compile(
    rf"\b\d{{4}}-\d{{2}}(?:-\d{{2}})?\b|\b(?:\d{{1,2}}\.? )?(?:{_MONTHS})(?: {_YEAR})?\b"
    rf"|\b{_YEAR}(?:[-–/]\d{{2,4}})?\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"\b[^\W\d_]+[-_]?\d+\w*")  # HC2, Vg1, re78: the digit belongs to a name
_ROLES = ("n", "fact", "cite", "literal")
_PATH = re.compile(r"^[a-z][a-z0-9_]*(\.[\w =,:+-]+){2,3}$")


@dataclass(frozen=True, slots=True)
class Known:
    """What prose may refer to.

    Attributes
    ----------
    analyses, facts, references : collection of str
        Keys of the study.
    names : tuple of str
        Names in the study whose digits may stand in prose, such as ``"Plug In 2.0"``.
    """

    analyses: Collection[str]
    facts: Collection[str]
    references: Collection[str]
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Reader:
    """What is known while one text is read, and what was found wrong with it."""

    file: str
    known: Known
    problems: list[Problem] = field(default_factory=list)

    def fault(self, line: int, what: str, why: str, fix: str) -> None:
        """Note something that is wrong in a line."""
        self.problems.append(Problem(f"{self.file}:{line}", what, why, fix))


def role_node(role: str, content: str, line: int, reader: Reader) -> Node | None:
    """Return the node of a role with its content, or nothing when the role is unknown."""
    if role not in _ROLES:
        reader.fault(
            line,
            f"the role `{role}`",
            "only roles that show released numbers, facts and sources are read",
            "use one of: " + ", ".join(f"{{{one}}}" for one in _ROLES),
        )
        return None
    if role == "n":
        return _number(content, line, reader)
    if role == "literal":
        return _literal(content, line, reader)
    keys = reader.known.facts if role == "fact" else reader.known.references
    if content not in keys:
        what = "no fact has the id" if role == "fact" else "no reference has the key"
        why = "a reader could not find what stands behind the sentence"
        block = "facts" if role == "fact" else "references"
        reader.fault(line, f"{what} `{content}`", why, f"add it under `{block}:` in study.yaml")
    return {"type": "fact", "id": content} if role == "fact" else {"type": "cite", "key": content}


def _number(content: str, line: int, reader: Reader) -> Node:
    first = content.partition(".")[0]
    if not _PATH.match(content) or first not in {*reader.known.analyses, "economics"}:
        reader.fault(
            line,
            f"`{content}` names no number of this study",
            "a sentence would stand without its number",
            "write ANALYSIS.TERM.FIELD, such as main.overall.estimate, for an analysis that is there",
        )
    return {"type": "number", "path": content}


def _literal(content: str, line: int, reader: Reader) -> Node:
    text, _, reason = content.partition("|")
    if not reason.strip():
        reader.fault(
            line,
            "a literal without a reason",
            "a number typed by hand is not kept up to date by anything",
            "write {literal}`10 %|why this number may stand here`",
        )
    return {"type": "literal", "text": text.strip(), "reason": reason.strip()}


def find_digits(text: str, line: int, reader: Reader) -> None:
    """Note a number that was typed by hand."""
    rest = text
    for name in reader.known.names:
        rest = rest.replace(name, " ")
    rest = _NAME.sub(" ", _DATES.sub(" ", rest))
    if re.search(r"\d", rest):
        reader.fault(
            line,
            "a number typed by hand",
            "nothing would keep it equal to the result or the source",
            "use {n}`…`, {fact}`…` or {literal}`number|reason`",
        )


def names_with_digits(texts: Iterable[str | Mapping[Language, str]]) -> tuple[str, ...]:
    """Return the texts that hold a digit, longest first, in all their languages."""
    found = {
        one
        for text in texts
        for one in ((text,) if isinstance(text, str) else text.values())
        if re.search(r"\d", one)
    }
    return tuple(sorted(found, key=lambda one: (-len(one), one)))
